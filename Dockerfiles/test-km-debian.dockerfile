# What tests KM beyond what builds it, on Debian: CPython's own tests.
ARG BUILDENV_KM_DEBIAN
FROM ${BUILDENV_KM_DEBIAN}

RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      libpython3.11-testsuite \
 && rm -rf /var/lib/apt/lists/*

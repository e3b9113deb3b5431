# What builds and tests KM, on Debian.
ARG BASE_DEBIAN=debian:bookworm-slim
FROM ${BASE_DEBIAN}

RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      bats \
      busybox-static \
      ccache \
      clang-format \
      gcc \
      gdb \
      git \
      libc6-dev \
      make \
      musl-tools \
      procps \
      python3-minimal \
 && rm -rf /var/lib/apt/lists/*

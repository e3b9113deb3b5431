# What builds and tests KM, on Debian.
ARG BASE_DEBIAN=debian:bookworm-slim
FROM ${BASE_DEBIAN}

RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      bats \
      busybox-static \
      ccache \
      clang-format \
      g++ \
      gcc \
      gdb \
      git \
      libc6-dev \
      libexpat1-dev \
      libpython3-dev \
      make \
      musl-tools \
      procps \
      python3 \
      python3-dev \
      zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*

COPY gitconfig /etc/gitconfig

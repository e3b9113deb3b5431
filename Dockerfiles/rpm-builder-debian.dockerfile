# Builds RPMs on Debian, for what CentOS Stream 9 would call .el9, and makes and reads repositories.
ARG BASE_DEBIAN=debian:bookworm-slim
FROM ${BASE_DEBIAN}

RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      autoconf \
      automake \
      ccache \
      createrepo-c \
      curl \
      dnf \
      elfutils \
      gcc \
      gettext \
      git \
      libarchive-dev \
      libc6-dev \
      libjson-glib-dev \
      libsoup-3.0-dev \
      libtool \
      libxml2-utils \
      libxslt1-dev \
      make \
      meson \
      ninja-build \
      pkg-config \
      python3-dnf \
      python3-docutils \
      rpm \
      xsltproc \
      xz-utils \
 && rm -rf /var/lib/apt/lists/*

COPY macros.el9 /usr/lib/rpm/macros.d/macros.el9

# What builds and tests KM, on Fedora. Written after Fedora's documentation and not tested.
ARG BASE_FEDORA=fedora:43
FROM ${BASE_FEDORA}

RUN dnf install -y --setopt=install_weak_deps=False \
      bats \
      busybox \
      ccache \
      clang-tools-extra \
      expat-static \
      gcc \
      gcc-c++ \
      gdb \
      git-core \
      glibc-devel \
      glibc-static \
      libasan \
      libubsan \
      make \
      musl-gcc \
      musl-libc-static \
      procps-ng \
      python3 \
      python3-devel \
      zlib-ng-compat-static \
 && dnf clean all

COPY gitconfig /etc/gitconfig

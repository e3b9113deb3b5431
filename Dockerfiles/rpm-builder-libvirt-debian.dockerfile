# What libvirt and the tools of QEMU are built with, on Debian.
ARG RPM_BUILDER=rpm-builder
FROM ${RPM_BUILDER}

RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      augeas-tools \
      bash-completion \
      flex \
      bison \
      libacl1-dev \
      libattr1-dev \
      libaudit-dev \
      libblkid-dev \
      libcap-ng-dev \
      libcurl4-gnutls-dev \
      libdevmapper-dev \
      libfdt-dev \
      libglib2.0-dev \
      libgnutls28-dev \
      libjson-c-dev \
      libnbd-dev \
      libnl-3-dev \
      libnl-route-3-dev \
      libnuma-dev \
      libparted-dev \
      libpcap-dev \
      libpciaccess-dev \
      libpixman-1-dev \
      libreadline-dev \
      libsanlock-dev \
      libsasl2-dev \
      libselinux1-dev \
      libssh-dev \
      libsystemd-dev \
      libtasn1-6-dev \
      libtirpc-dev \
      libudev-dev \
      libxml2-dev \
      lvm2 \
      open-iscsi \
      parted \
      policykit-1 \
      python3-venv \
      qemu-utils \
      systemtap-sdt-dev \
      zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*

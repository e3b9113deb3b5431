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

# QEMU needs a newer meson than bookworm has. These two are Python alone, and run on bookworm's.
RUN mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -v security | head -n 1) \
 && echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} trixie main" >/etc/apt/sources.list.d/trixie.list \
 && apt-get update \
 && cd /tmp \
 && apt-get download meson/trixie python3-pycotap/trixie \
 && dpkg --install --force-depends meson_*.deb python3-pycotap_*.deb \
 && rm -rf /tmp/*.deb /etc/apt/sources.list.d/trixie.list /var/lib/apt/lists/*

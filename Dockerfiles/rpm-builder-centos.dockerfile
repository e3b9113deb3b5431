# Builds RPMs of libvirt and QEMU on CentOS Stream 9, and makes and reads repositories.
ARG BASE_CENTOS=quay.io/centos/centos:stream9
FROM ${BASE_CENTOS}

RUN dnf -y update \
 && dnf -y install dnf-plugins-core epel-release \
 && dnf config-manager --set-enabled crb \
 && dnf -y builddep libvirt qemu-kvm \
 && dnf -y install \
      autoconf \
      automake \
      ccache \
      createrepo_c \
      git \
      make \
      meson \
      ninja-build \
      python3-dnf \
      rpm-build \
 && dnf clean all

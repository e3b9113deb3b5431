#!/bin/sh
# Writes standin.spec: a package without files that provides what the builder's own libraries are, and
# the names in `names`. With it dnf resolves what was built here for an empty root, libraries for real,
# where no repository of a base system is at hand. It says nothing about another distribution.
set -eu

cat <<'SPEC' >standin.spec
Name: standin
Version: 1
Release: 1%{?dist}
Summary: Stands in for the base system of the machine that packages were built on
License: MIT
BuildArch: noarch
Source0: standin.tar
SPEC
{
    find /usr/lib /lib -name '*.so*' -type f | /usr/lib/rpm/elfdeps --provides || true
    echo 'rtld(GNU_HASH)'
    cat names
} | sort -u | sed 's/^/Provides: /' >>standin.spec
cat <<'SPEC' >>standin.spec
%description
Stands in for the base system of the machine that packages were built on.
%prep
%files
SPEC

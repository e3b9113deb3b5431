#!/bin/sh
# debian-source.sh FOLDER SUITE PACKAGE..: downloads the upstream tarballs of Debian's source packages
# into a folder, checked by apt against the archive's signature. The machine's own sources of packages
# stay as they are. A mirror may lack other files of a source package, which nobody wants here.
set -eu

folder=$1 suite=$2
shift 2
# shellcheck disable=SC2016 # fields of apt's
mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' |
    sed -n 's/^Debian //p' | grep -v security | head -n 1)
mirror=${mirror:-http://deb.debian.org/debian}
apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$folder"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb-src [signed-by=$keyring] $mirror $suite main" >"$apt/sources.list"

apt_get() {
    apt-get -q -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache" "$@" >"$apt/log" 2>&1
}

apt_get update || {
    cat "$apt/log" >&2
    exit 1
}
cd "$folder"
for package in "$@"; do
    apt_get source --download-only "$package" || true
    ls "$package"_*.orig.tar.*z >/dev/null 2>&1 || {
        cat "$apt/log" >&2
        echo "$0: the mirror has no upstream tarball of $package" >&2
        exit 1
    }
done

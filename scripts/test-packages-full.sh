#!/bin/sh
# test-packages-full.sh [FOLDER]: builds the real libvirt and the tools of the real QEMU with bumped
# versions, serves them, and installs them with dnf in a container. Takes half an hour on two cores
# and some 5 GB of disk. The sources, from Debian, and the logs stay in the folder, where it is given.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/setup.sh
. scripts/lib/setup.sh

set_up git=git
DOCKER_HOST=$(engine_fact url)
export DOCKER_HOST
root=$PWD
work=${1:-$(mktemp -d)}
mkdir -p "$work"
work=$(cd "$work" && pwd)
buildenv() { node "$root/$BUILDENV" -C "$work" "$@"; }

clean_up() {
    buildenv rpm stop >&2 || true
    stop_started_engine
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ ! -e "$work/qemu" ]; then
    say "sources of libvirt and QEMU"
    scripts/debian-source.sh "$work" trixie libvirt qemu
    mkdir "$work/libvirt" "$work/qemu"
    tar -xf "$work"/libvirt_*.orig.tar.xz -C "$work/libvirt" --strip-components=1
    tar -xf "$work"/qemu_*.orig.tar.xz -C "$work/qemu" --strip-components=1
fi
sed -i "s/^\(  version: '[0-9]*\.[0-9]*\)\.[0-9]*',/\1.99',/" "$work/libvirt/meson.build"
sed -i 's/^\([0-9]*\.[0-9]*\)\..*/\1.99/' "$work/qemu/VERSION"
libvirt=$(sed -n "s/^  version: '\(.*\)',/\1/p" "$work/libvirt/meson.build" | head -n 1)
qemu=$(cat "$work/qemu/VERSION")
say "libvirt $libvirt, QEMU $qemu"

# The images are those of the other tests.
sed -e 's/^project: .*/&\nnamespace: buildenv-packages/' -e "s|\.\./\.\./|$root/|" -e "s|^  image: .*|  image: rpm-builder-libvirt|" \
    examples/packages/buildenv.yaml >"$work/buildenv.yaml"
cat >>"$work/buildenv.yaml" <<YAML
  standin:
    image: rpm-builder-libvirt
    source: { path: $root/test/packages/standin }
    prepare: sh make-spec.sh
YAML

begin=$(date +%s)
LIBVIRT_DIR=$work/libvirt QEMU_DIR=$work/qemu QEMU_KVM_DIR=$root/test/packages/qemu-tools \
    buildenv rpm build
say "built in $(($(date +%s) - begin)) s"
url=$(buildenv rpm serve)
say "served at $url"

# A consumer in no network of the tool's own: packages, an empty root, what the programs say.
docker run --rm --network host "$(node -p '
    require(process.argv[1]).find(({ name }) => name === "rpm-builder-libvirt").reference
' "$(buildenv image list --json >"$work/images.json" && echo "$work/images.json")")" sh -euc '
    dnf -q -y --noplugins --nogpgcheck --installroot=/tmp/root --releasever=9 \
        --setopt=reposdir=/nowhere --setopt=cachedir=/tmp/cache --setopt=tsflags=noscripts \
        --setopt=install_weak_deps=False --setopt=module_platform_id=platform:el9 \
        --repofrompath="custom,$0" \
        install "libvirt-client-0:$1-1.el9" "libvirt-daemon-driver-qemu-0:$1-1.el9" \
        "qemu-img-17:$2-3.el9" >/dev/null
    export LD_LIBRARY_PATH=/tmp/root/usr/lib64
    [ "$(/tmp/root/usr/bin/virsh --version)" = "$1" ]
    /tmp/root/usr/bin/qemu-img --version | grep -F "$2"
    echo "virsh $(/tmp/root/usr/bin/virsh --version)"
' "$url" "$libvirt" "$qemu"
say "installed and run"

#!/bin/sh
# by-hand.sh SOURCE RPMS VOLUME IMAGE DIST: an RPM as one builds it without the tool, by KubeVirt's
# guide for custom RPMs: the source by rsync into a container with a work folder that stays, the build
# by exec, the RPMs and their repository by rsync out of it. DIST is the command that makes the tarball.
set -eu

source=$1 rpms=$2 volume=$3 image=$4 dist=$5
container=$(docker run --detach --tty --volume "$volume:/root" "$image" sh)
trap 'docker rm --force "$container" >/dev/null' EXIT

copy() {
    rsync -rlpt --delete --rsh='docker exec -i' "$@"
}

copy --exclude=/build --exclude=/.git "$source/" "$container:/root/source/"
docker exec --workdir /root/source "$container" sh -euc '
    [ -d .git ] || git init -q
    git add --all
    git -c user.name=builder -c user.email=builder@localhost commit -q --allow-empty -m "As it is"
    [ -d build ] || meson setup build
    ninja -C build build.ninja
    rm -rf build/meson-dist
    $0
    rpmbuild -ta --nodeps --nocheck --define "dist .el9" build/meson-dist/*.tar.xz
    createrepo_c -q --general-compress-type gz /root/rpmbuild/RPMS
' "$dist" >/dev/null
copy "$container:/root/rpmbuild/RPMS/" "$rpms/"

#!/bin/sh
# with-podman.sh COMMAND..: runs a command whose DOCKER_HOST is a Podman of its own, with storage in
# a temporary folder. As root, with Debian's podman, catatonit and runc.
set -eu

work=$(mktemp -d)
socket=$work/podman.sock
service=

# It replaces the machine's own files.
CONTAINERS_CONF=$(cd "$(dirname "$0")" && pwd)/lib/containers.conf
export CONTAINERS_CONF

storage() {
    echo "--root=$work/data --runroot=$work/run --tmpdir=$work/tmp"
    # An overlay cannot lie on another one.
    [ "$(stat --file-system --format=%T "$work")" != overlayfs ] || echo --storage-driver=vfs
}

answers() {
    DOCKER_HOST=unix://$socket docker version >/dev/null 2>&1
}

start() {
    # shellcheck disable=SC2046 # options
    podman $(storage) system service --time=0 "unix://$socket" >"$work/log" 2>&1 &
    service=$!
    while ! answers; do
        kill -0 $service || {
            cat "$work/log" >&2
            exit 1
        }
        sleep 0.1
    done
}

stop() {
    [ -z "$service" ] || {
        kill $service
        wait $service || true
    }
    # shellcheck disable=SC2046 # options
    podman $(storage) rm --all --force >/dev/null
    while read -r _ point _; do
        case $point in "$work"/*) echo "$point" ;; esac
    done </proc/mounts | sort -r | xargs -r umount
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

start
DOCKER_HOST=unix://$socket "$@"

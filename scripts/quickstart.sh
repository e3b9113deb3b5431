#!/bin/sh
# The main job from nothing: the build image, KM built and tested in it under KVM, and the image
# that is assembled of it run. Running it again takes seconds.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/setup.sh
. scripts/lib/setup.sh

buildenv() {
    say "buildenv $*"
    node $BUILDENV "$@"
}

set_up docker=docker.io
[ -w /dev/kvm ] || fail "no write access to /dev/kvm: turn on virtualization, or join the group that owns it"

buildenv image
buildenv run make -C km
buildenv run make -C km test
made=$(buildenv distro km --json)
image=$(echo "$made" | sed -n 's|.*"\(kontain/km:[^"]*\)".*|\1|p' | head -n 1)

DOCKER_HOST=$(engine_fact url)
export DOCKER_HOST
say "docker run --rm --device /dev/kvm --ulimit nofile=1024:1024 $image"
docker run --rm --device /dev/kvm --ulimit nofile=1024:1024 "$image"

say "done; $image is in the engine at $DOCKER_HOST"
if [ "$DOCKER_HOST" = "$(engine_fact own.url)" ]; then
    say "this engine goes on running; to stop it: node $BUILDENV engine stop"
fi

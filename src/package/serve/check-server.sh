#!/bin/sh
# check-server.sh URL: whether a consumer can read the repository.
set -eu
# shellcheck source=src/package/build/follow-client.sh
. /buildenv/follow-client.sh
curl -fsS --retry 10 --retry-connrefused --retry-max-time 15 --max-time 5 -o /dev/null \
    "$1repodata/repomd.xml"

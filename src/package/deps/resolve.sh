#!/bin/sh
# Runs resolve.py, and ends with the client.
set -eu
# shellcheck source=src/package/build/follow-client.sh
. /buildenv/follow-client.sh
python3 /buildenv/resolve.py

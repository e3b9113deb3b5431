#!/bin/sh
# Makes this machine ready: what is missing is installed, the tool built, an engine started where
# none answers. Nothing is done twice.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/setup.sh
. scripts/lib/setup.sh

# shellcheck disable=SC2119 # no programs beside the usual ones
set_up
say "ready; the engine is $(engine_fact url)"

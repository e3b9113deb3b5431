#!/bin/sh
# Runs the payload under the monitor. Its output is to equal the file `expected`.
# Usage: validate.sh MONITOR PAYLOAD
BB=$2 exec "$1" "$2" sh "$(dirname "$0")/script.sh"

#!/bin/sh
# Runs the payload under the monitor. Its output is to equal the file `expected`.
# Usage: validate.sh MONITOR PAYLOAD
exec "$1" "$2" one "two words" ""

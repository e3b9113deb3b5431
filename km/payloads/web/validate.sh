#!/bin/sh
# Runs the payload under the monitor, asks it over the network, some requests at the same time, and
# ends it. The output is to equal the file `expected`.
# Usage: validate.sh MONITOR PAYLOAD
set -eu
work=$(mktemp -d)
trap 'kill -KILL $server 2>/dev/null || true; rm -rf "$work"' EXIT
"$1" "$2" 0 >"$work/out" &
server=$!
until port=$(sed -n 's/listening on port //p' "$work/out") && [ -n "$port" ]; do
    kill -0 $server
done

get() {
    busybox wget -q -O - "http://127.0.0.1:$port$1" 2>&1
}

get /
get /sum/40/2
get /nothing || echo "refused"
clients=
for n in 1 2 3 4 5 6 7 8; do
    get "/sum/$n/1000" >"$work/$n" &
    clients="$clients $!"
done
wait $clients
cat "$work"/[1-8]
get /count
kill -TERM $server
wait $server
tail -n 1 "$work/out"

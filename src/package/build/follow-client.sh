# shellcheck shell=sh
# Sourced first by every script that runs in a builder's container. The engine ends this process's
# standard input when the client that is attached to it goes away, however it does: then everything
# here ends, and the container with it.
exec 3<&0 </dev/null
(
    cat >/dev/null
    kill -KILL -1
) <&3 &
exec 3<&-

# Lines for the client begin with a character that no build prints at the start of a line.
tell() {
    printf '\036%s\n' "$*"
}

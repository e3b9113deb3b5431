# Shared by the bats files. KM is the monitor, PROGRAMS the folder of test programs.
BUILD=${BUILD:-$BATS_TEST_DIRNAME/../build}
KM=${KM:-$BUILD/monitor/km}
PROGRAMS=$BUILD/tests/programs

setup() {
    if [ ! -r /dev/kvm ] || [ ! -w /dev/kvm ]; then
        [ "${REQUIRE_KVM:-}" = 1 ] && return 1
        skip "no access to /dev/kvm"
    fi
    DIR=$BATS_TEST_TMPDIR
}

# Runs a command, killed when it hangs.
limited() {
    timeout -s KILL "${LIMIT:-30}" "$@"
}

# The monitor: options first, then the payload.
km() {
    limited "$KM" "$@"
}

# Runs a test program natively and under the monitor: same standard output, same exit status.
same() {
    local program=$PROGRAMS/$1 native=0 inside=0
    shift
    limited "$program" "$@" >"$DIR/native.out" 2>"$DIR/native.err" || native=$?
    km "$program" "$@" >"$DIR/inside.out" 2>"$DIR/inside.err" || inside=$?
    if [ "$native" != "$inside" ] || ! cmp "$DIR/native.out" "$DIR/inside.out"; then
        echo "status: native $native, under km $inside"
        diff -a "$DIR/native.out" "$DIR/inside.out" | head -n 20
        cat "$DIR/inside.err"
        return 1
    fi
}

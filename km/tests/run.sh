#!/bin/sh
# Runs every suite and prints, last, how many tests passed, failed and were skipped.
# Usage: run.sh BUILD_FOLDER [SUITE..], all of them without one; temporary files go to $TMPDIR, or else to that folder.
set -u
cd "$(dirname "$0")" || exit 1
BUILD=$1
shift
work=$(mktemp -d "${TMPDIR:-$BUILD}/km-test.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
export BUILD TMPDIR="$work"

passed=0 failed=0 skipped=0

# Counts the lines of a suite's report, in the TAP format, and fails it when it ended early.
suite() {
    name=$1
    shift
    echo "# $name"
    "$@" >"$work/report" 2>"$work/errors" &
    child=$!
    wait $child
    status=$?
    planned=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$work/report" | tail -n 1)
    skip=$(grep -c '^ok .*# [sS][kK][iI][pP]' "$work/report")
    ok=$(($(grep -c '^ok ' "$work/report") - skip))
    not_ok=$(grep -c '^not ok ' "$work/report")
    missing=$((${planned:-1} - ok - skip - not_ok))
    if [ "$missing" -le 0 ] && [ "$not_ok" -eq 0 ] && [ "$status" -ne 0 ]; then
        missing=1
    fi
    cat "$work/report"
    if [ "$missing" -gt 0 ]; then
        echo "not ok - $name: $missing without a result, status $status"
        not_ok=$((not_ok + missing))
    fi
    [ "$status" -eq 0 ] || cat "$work/errors" >&2
    passed=$((passed + ok)) failed=$((failed + not_ok)) skipped=$((skipped + skip))
}

if [ $# -eq 0 ]; then
    for unit in map pt elf; do
        suite "unit: $unit" "$BUILD/tests/unit/${unit}_test"
    done
    set -- *.bats
fi

if [ ! -r /dev/kvm ] || [ ! -w /dev/kvm ]; then
    echo "WARNING: no access to /dev/kvm: the tests that need a virtual machine do not run" >&2
    if [ "${REQUIRE_KVM:-}" = 1 ]; then
        echo "not ok - REQUIRE_KVM=1, and /dev/kvm cannot be opened"
        failed=$((failed + 1))
    fi
fi
for file in "$@"; do
    suite "$file" bats --formatter tap "$file"
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

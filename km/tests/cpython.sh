#!/bin/sh
# Runs modules of CPython's own tests (Debian's libpython3.11-testsuite) natively and under the
# monitor, by the distribution's own python3, and compares how each test ends. Prints rows of the
# table in docs/cpython.md. Usage: cpython.sh BUILD_FOLDER MODULE..
set -u
cd "$(dirname "$0")" || exit 1
build=$1
shift
python=/usr/bin/python3
runner=$PWD/scripts/cpython.py
"$python" -c 'import test.test_os' 2>/dev/null || {
    echo "CPython's tests are not installed; the test image has them: make test-withdocker TARGET=cpython" >&2
    exit 1
}
work=$(mktemp -d "${TMPDIR:-$build}/km-cpython.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

# run KIND MODULE [MONITOR]: how each test of a module ended, sorted, in $work/KIND; a run that does
# not come to its end says so there.
run() {
    kind=$1 module=$2
    shift 2
    mkdir "$work/folder"
    (cd "$work/folder" && TMPDIR=$work/folder exec timeout -s KILL 900 "$@" "$python" "$runner" \
        "$work/report" "$module") >/dev/null 2>"$work/$kind.errors" </dev/null ||
        echo "$module did not end: status $?" >>"$work/report"
    sort "$work/report" >"$work/$kind"
    rm -rf "$work/folder" "$work/report"
}

ended() {
    grep -c " $1\$" "$work/inside"
}

failed=0 all=0
for module in "$@"; do
    begun=$(date +%s)
    run native "$module"
    middle=$(date +%s)
    run inside "$module" "$build/monitor/km"
    end=$(date +%s)
    diff "$work/native" "$work/inside" | grep '^[<>]' >"$work/different"
    different=$(wc -l <"$work/different")
    tests=$(wc -l <"$work/inside")
    echo "| $module | $tests | $(ended ok) | $(ended skipped) | $(ended failed) | $different |" \
        "$((middle - begun)) | $((end - middle)) |"
    if [ "$different" -gt 0 ]; then
        cat "$work/different" "$work/inside.errors"
        failed=$((failed + different))
    fi
    all=$((all + tests))
done
echo "$((all - failed)) passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]

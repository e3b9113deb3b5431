#!/bin/sh
# Prints, in Markdown, times natively and under the monitor, one row after the other in one run, and
# the monitor's own counters. Where gVisor's runsc is in PATH, and may run, it is the third column.
# Usage: benchmark.sh BUILD_FOLDER
set -eu
build=$1
programs=$build/tests/programs
km=$build/monitor/km

runsc=
if command -v runsc >/dev/null; then
    runsc="$(command -v runsc) --platform=ptrace --network=host --ignore-cgroups do"
    $runsc "$programs/status" 0 >/dev/null 2>&1 || runsc=
fi

# third COMMAND..: what a cell of the third column is to have.
third() {
    [ -z "$runsc" ] || echo " $("$@") |"
}

# The median time of a command.
row() {
    label=$1 count=$2
    shift 2
    # shellcheck disable=SC2086 # a command and its options
    echo "| $label, ms | $("$programs/timing" "$count" "$@") |" \
        "$("$programs/timing" "$count" "$km" "$@") |$(third "$programs/timing" "$count" $runsc "$@")"
}

# The median of five averages that a program prints.
median() {
    for _ in 1 2 3 4 5; do "$@"; done | sort -n | sed -n 3p
}

# The average that the program prints; the median of five runs.
micro() {
    # shellcheck disable=SC2086 # a command and its options
    echo "| $1, µs | $(median "$programs/micro" "$2" "$3") |" \
        "$(median "$km" "$programs/micro" "$2" "$3") |$(third median $runsc "$programs/micro" "$2" "$3")"
}

counters() {
    label=$1
    shift
    echo "| $label | $("$km" -S "$@" 2>&1 >/dev/null | sed -n 's/.*exits: *\([0-9]*\) system calls/\1/p') |"
}

echo "| | native | under km |$(third echo "runsc, by ptrace")"
echo "|---|---|---|$(third echo --- | tr -d ' ')"
row "hello, static, musl" 31 "$build/payloads/hello/hello"
row "hello, static, glibc" 31 "$programs/args"
[ ! -x "$build/payloads/busybox/busybox" ] || row "busybox echo" 31 "$build/payloads/busybox/busybox" echo
[ ! -x /bin/true ] || row "/bin/true, dynamic" 31 /bin/true
[ ! -x "$build/payloads/python/python" ] || row "python, static, -c pass" 15 "$build/payloads/python/python" -c pass
[ ! -x /usr/bin/python3 ] || row "python3 of the system, -c pass" 15 /usr/bin/python3 -c pass
micro "getppid" call 10000
micro "first touch of a page" touch 5000
micro "thread, start and join" thread 500
micro "fork, exit, wait" fork 100
micro "computing, a million steps" compute 100
echo
echo "| | system calls that left the virtual machine |"
echo "|---|---|"
counters "hello, static, musl" "$build/payloads/hello/hello"
counters "hello, static, glibc" "$programs/args"
counters "10,000 getppid" "$programs/micro" call 10000
[ ! -x "$build/payloads/python/python" ] || counters "python, static, -c pass" "$build/payloads/python/python" -c pass
[ ! -x /usr/bin/python3 ] || counters "python3 of the system, -c pass" /usr/bin/python3 -c pass

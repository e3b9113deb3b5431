#!/bin/sh
# Prints, in Markdown, which system calls the monitor supports, and which test program makes each:
# counted by the monitor itself while the programs run. Usage: coverage.sh BUILD_FOLDER
set -eu
cd "$(dirname "$0")"
build=$1
work=$(mktemp -d "${TMPDIR:-$build}/km-coverage.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Runs a program, and notes "call program" for each call that it makes.
count() {
    mkdir "$work/folder"
    label=$1
    shift
    "$build/monitor/km" -S -k "$work/log" "$@" >/dev/null 2>&1 </dev/null || true
    sed -n "s/.*calls: *[0-9]* \(.*\)/\1 $label/p" "$work/log" >>"$work/calls"
    rm -rf "$work/log" "$work/folder"
}

programs=$build/tests/programs
for name in args auxv bigwrite calls_process clocks floats; do
    count $name "$programs/$name"
done
count calls_files "$programs/calls_files" "$work/folder"
count files "$programs/files" "$work/folder"
count memory "$programs/memory" "$work/folder/file"
count pointers "$programs/pointers" "$work/folder/file"
count threads "$programs/threads" 4
[ ! -e "$programs/threads-musl" ] || count threads "$programs/threads-musl" 4
for subject in basic masks nested altstack interrupted restarted waiting threads timers; do
    count signals "$programs/signals" $subject
done
for subject in forking pipes vforking spawning signals own-files; do
    count processes "$programs/processes" $subject
done
count processes "$programs/processes" exec self
sort -u "$work/calls" >"$work/made"

cat <<'END'
# System calls

Made by `make coverage-table`: what the monitor supports, how, and the test program (`tests/programs/`)
that makes the call; each of those is run natively too, and compared. *Forwarded*: the host's
kernel gets the call, its pointers and descriptors checked. *Own*: the monitor does it, or checks
more than the table of arguments can say. *Refused*: fails with `ENOSYS` on purpose.

| call | support | tested by |
|---|---|---|
END
sed -n 's/^ *KM_\(CALL\|FORWARD\)(\([a-z0-9_]*\).*/\2 \1/p' ../monitor/calls_*.c | sort |
    while read -r call how; do
        if grep -q "^#define sys_$call refuse" ../monitor/calls_*.c; then
            how=refused
        fi
        by=$(sed -n "s/^$call \(.*\)/\1/p" "$work/made" | sort -u | head -n 3 | paste -s -d , |
            sed 's/,/, /g')
        case $how in
        CALL) how=own ;;
        FORWARD) how=forwarded ;;
        esac
        echo "| $call | $how | ${by:-none} |"
    done

printf '\nAny other call fails with `ENOSYS`, or ends the payload with `--kill-unimplemented`:\n\n'
sed -n 's/^ *KM_\(CALL\|FORWARD\)(\([a-z0-9_]*\).*/\2/p' ../monitor/calls_*.c | sort >"$work/supported"
sed -n 's/^ *\[[0-9]*\] = "\(.*\)",/\1/p' ../monitor/call_names_x86_64.c | sort |
    comm -23 - "$work/supported" | paste -s -d ' ' | fold -s -w 100 | sed 's/ *$//'

#!/usr/bin/env bats
# Unmodified dynamic programs of the distribution, with their own loader and libraries.

load common.bash

# Runs a command natively and under the monitor, and compares.
same_command() {
    local native=0 inside=0
    limited "$@" >"$DIR/native.out" 2>"$DIR/native.err" || native=$?
    km "$@" >"$DIR/inside.out" 2>"$DIR/inside.err" || inside=$?
    diff -a "$DIR/native.out" "$DIR/inside.out"
    [ "$native" = "$inside" ]
}

@test "clocks are read without leaving the virtual machine" {
    same clocks
    km -S "$PROGRAMS/clocks" vdso 2>"$DIR/stats" >"$DIR/out"
    grep -q "vDSO 1" "$DIR/out" || skip "the processor's time stamp counter is not the host's"
    [ "$(sed -n 's/.* \([0-9]*\) clock_gettime/\1/p' "$DIR/stats")" -eq 8000 ]
}

@test "tools of the system" {
    same_command /bin/ls -l "$BATS_TEST_DIRNAME"
    same_command /bin/cat "$BATS_TEST_DIRNAME/common.bash"
    same_command /bin/sh -c 'exit 9'
}

@test "bash: pipelines, substitutions, here-documents" {
    same_command /bin/bash -c 'set -o pipefail
        seq 100 | grep 7 | sort -rn | head -n 3
        echo "$(uname -s) ${#BASH_VERSION}" <(:) | cut -c 1-5
        cat <<<"here"; false | true; echo $?
        trap "echo end" EXIT; kill -USR1 $$'
}

@test "python3: json, threads, processes, ssl, sqlite3, sockets, signals, mappings" {
    [ -x /usr/bin/python3 ] || skip "no /usr/bin/python3"
    same_command /usr/bin/python3 "$BATS_TEST_DIRNAME/scripts/modules.py"
}

@test "a missing interpreter is told" {
    sed 's,/lib64/ld-linux-x86-64.so.2,/lib64/ld-linux-xxx-64.so.2,' /bin/true >"$DIR/true"
    chmod 755 "$DIR/true"
    run km "$DIR/true"
    [ "$status" -eq 126 ]
    [[ $output == *"its interpreter is missing"* ]]
}

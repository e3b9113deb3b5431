#!/usr/bin/env bats
# Programs built by km-gcc: their system calls are direct calls of the monitor.

load common.bash

KM_GCC=$BUILD/runtime/km-gcc

# Builds a test program, and compares what it does with the one that runs natively.
same_when_built() {
    local name=$1
    shift
    [ -e "$DIR/$name" ] ||
        "$KM_GCC" -O2 -D_GNU_SOURCE "$BATS_TEST_DIRNAME/programs/$name.c" -o "$DIR/$name"
    limited "$PROGRAMS/$name" "$@" >"$DIR/native.out" 2>/dev/null || native=$?
    km "$DIR/$name" "$@" >"$DIR/inside.out" 2>"$DIR/inside.err" || inside=$?
    diff "$DIR/native.out" "$DIR/inside.out"
    [ "${native:-0}" = "${inside:-0}" ]
}

@test "programs built by km-gcc behave as natively" {
    same_when_built args one "two words"
    same_when_built status 37
    mkdir "$DIR/folder"
    same_when_built bigwrite
    same_when_built threads 8
    same_when_built signals basic
    same_when_built signals restarted
    same_when_built signals interrupted
    same_when_built processes forking
    same_when_built processes pipes
}

@test "with the C library of the host too" {
    KM_CC=gcc same_when_built threads 8
    KM_CC=gcc same_when_built signals faults
    KM_CC=gcc same_when_built processes vforking
}

@test "no SYSCALL instruction is left, and the program runs under the monitor alone" {
    same_when_built status 3
    [ "$(objdump -d "$DIR/status" | grep -c '0f 05  *.*syscall')" -eq 0 ]
    [ "$(objdump -d "$DIR/status" | grep -c 'e7 81 ')" -gt 5 ]
    run limited "$DIR/status" 3
    [ "$status" -eq 139 ]
}

@test "direct calls from C" {
    cat >"$DIR/direct.c" <<'END'
#include <km/hypercall.h>
#include <sys/syscall.h>

int main(void)
{
    km_hypercall(SYS_write, 1, (long)"direct\n", 7, 0, 0, 0);
    return (int)-km_hypercall(SYS_write, 1, 8, 7, 0, 0, 0);
}
END
    "$KM_GCC" "$DIR/direct.c" -o "$DIR/direct"
    run km "$DIR/direct"
    [ "$output" = direct ]
    [ "$status" -eq 14 ]
}

@test "the wrapper compiles without linking, and fails as a compiler does" {
    cd "$DIR"
    echo 'int f(void) { return 1; }' >f.c
    "$KM_GCC" -c f.c
    [ -s f.o ]
    echo 'int main(void) { return g(); }' >bad.c
    run "$KM_GCC" -std=c11 -Werror bad.c -o bad
    [ "$status" -ne 0 ]
    [ ! -e bad ]
}

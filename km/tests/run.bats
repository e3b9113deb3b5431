#!/usr/bin/env bats
# Programs run as they do natively: output, arguments, environment, status, files, memory.

load common.bash

@test "arguments arrive: none, empty ones, blanks, many" {
    same args
    same args one "two words" "" '$x' --verbose -h
    same args $(seq 2000)
}

@test "static-pie and musl programs run" {
    same args-static-pie a b
    [ ! -e "$PROGRAMS/args-musl" ] || same args-musl a b
}

@test "the auxiliary vector is Linux's" {
    same auxv
}

@test "the environment is copied by default" {
    KMTEST_A=1 KMTEST_B="two words" same args
}

@test "--putenv gives the variables that it names, and no others" {
    KMTEST_A=1 km --putenv KMTEST_X=y --putenv KMTEST_X=z "$PROGRAMS/args" >"$DIR/out"
    [ "$(cat "$DIR/out")" = "ends with NULL
KMTEST_X=z" ]
}

@test "--copyenv with --putenv gives both, the named ones first in rank" {
    KMTEST_A=1 KMTEST_B=2 km --copyenv --putenv KMTEST_B=3 "$PROGRAMS/args" | sort >"$DIR/out"
    [ "$(grep KMTEST "$DIR/out")" = "KMTEST_A=1
KMTEST_B=3" ]
}

@test "the exit status passes through" {
    for status in 0 1 37 126 127 128 255; do
        same status $status
    done
}

@test "large writes arrive whole" {
    same bigwrite
    "$PROGRAMS/bigwrite" | cksum >"$DIR/native.sum"
    km "$PROGRAMS/bigwrite" | cksum >"$DIR/inside.sum"
    cmp "$DIR/native.sum" "$DIR/inside.sum"
}

@test "files are created, read, changed, removed" {
    mkdir "$DIR/files"
    same files "$DIR/files"
    [ -z "$(ls "$DIR/files")" ]
}

@test "standard input is read" {
    [ "$(echo through | km "$(command -v busybox)" cat)" = through ]
}

@test "memory is mapped, protected, moved, released" {
    same memory "$DIR/file"
}

@test "ten thousand mappings" {
    same mappings
}

@test "vector registers live across system calls" {
    same floats
}

@test "bad pointers give EFAULT" {
    same pointers "$DIR/out"
    [ "$(grep -c 'Bad address' "$DIR/inside.out")" -gt 100 ]
}

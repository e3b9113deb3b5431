#!/usr/bin/env bats
# Options, messages and statuses of the monitor itself.

bats_require_minimum_version 1.5.0
load common.bash

@test "an unknown system call fails with ENOSYS" {
    same nosys
}

@test "--kill-unimplemented ends the payload with the call's name and number" {
    run km --kill-unimplemented "$PROGRAMS/nosys" named
    [ "$status" -eq 159 ]
    [[ $output == *"kexec_load (246) is not implemented"* ]]
    run km --kill-unimplemented "$PROGRAMS/nosys"
    [ "$status" -eq 159 ]
    [[ $output == *"unknown (9999) is not implemented"* ]]
}

@test "--version and --help need no payload" {
    run km --version
    [ "$status" -eq 0 ]
    [[ $output =~ ^km\ [0-9]+\.[0-9]+\.[0-9]+\ \([0-9a-z]+\)$ ]]
    run km -h
    [ "$status" -eq 0 ]
    [[ $output == "Usage: km "* ]]
}

@test "no payload, and wrong options, are wrong usage" {
    run km
    [ "$status" -eq 2 ]
    [[ $output == *"no payload given"* ]]
    run km --no-such-option "$PROGRAMS/status"
    [ "$status" -eq 2 ]
    run km --putenv novalue "$PROGRAMS/status"
    [ "$status" -eq 2 ]
    [[ $output == *"--putenv needs NAME=VALUE"* ]]
}

@test "a payload that is not there" {
    run -127 km "$DIR/none"
    [ "$status" -eq 127 ]
    [[ $output == *"cannot run $DIR/none: No such file or directory"* ]]
}

@test "files that are no programs are refused" {
    : >"$DIR/empty"
    echo "some text" >"$DIR/text"
    head -c 100 "$PROGRAMS/status" >"$DIR/cut"
    head -c 20000 "$PROGRAMS/status" >"$DIR/cut-later"
    cp "$BUILD/tests/programs/status.c.o" "$DIR/object"
    cp "$PROGRAMS/status" "$DIR/machine"
    printf '\003' | dd of="$DIR/machine" bs=1 seek=18 conv=notrunc status=none
    chmod 755 "$DIR"/*
    for file in empty text cut cut-later object machine; do
        run km "$DIR/$file"
        echo "$file: $status $output"
        [ "$status" -eq 126 ]
        [[ $output == "km: cannot run $DIR/$file: "* ]]
        [ "$(echo "$output" | wc -l)" -eq 1 ]
    done
    run km "$DIR"
    [ "$status" -eq 126 ]
}

@test "a file without permission to execute is refused" {
    cp "$PROGRAMS/status" "$DIR/plain"
    chmod 644 "$DIR/plain"
    run km "$DIR/plain"
    [ "$status" -eq 126 ]
    [[ $output == *"Permission denied"* ]]
}

@test "-S counts exits and calls" {
    run km -S "$PROGRAMS/status" 3
    [ "$status" -eq 3 ]
    [[ $output == *"1 exit_group"* ]]
    [[ $output =~ exits:\ +[0-9]+\ system\ calls ]]
}

@test "-V logs calls, to a file with -k" {
    km -V -k "$DIR/log" "$PROGRAMS/args" x >"$DIR/out" 2>"$DIR/err"
    grep -q "arch_prctl(0x1002" "$DIR/log"
    [ ! -s "$DIR/err" ]
    run km -k "$DIR/none/log" "$PROGRAMS/status"
    [ "$status" -eq 125 ]
}

@test "few descriptors suffice" {
    (ulimit -n 64 && km "$PROGRAMS/args" x)
}

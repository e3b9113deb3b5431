#!/usr/bin/env bats
# Each system call that no other test makes, with its result.

load common.bash

@test "calls on files and descriptors" {
    for run in native inside; do mkdir "$DIR/$run"; done
    limited "$PROGRAMS/calls_files" "$DIR/native" >"$DIR/native.out"
    km "$PROGRAMS/calls_files" "$DIR/inside" >"$DIR/inside.out"
    diff "$DIR/native.out" "$DIR/inside.out"
}

@test "calls on process, memory, time, sockets" {
    same calls_process
}

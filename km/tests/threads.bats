#!/usr/bin/env bats
# Threads: each is a processor of the virtual machine.

load common.bash

@test "threads start, wait for each other, and end" {
    same threads
    [ ! -e "$PROGRAMS/threads-musl" ] || same threads-musl
}

@test "64 threads at once" {
    same threads 64
}

@test "the processors of ended threads are used again" {
    km -V "$PROGRAMS/threads" 4 >"$DIR/out" 2>"$DIR/log" || [ $? -eq 7 ]
    [ "$(grep -c ' clone(' "$DIR/log")" -gt 300 ]
    [ "$(grep -c ' processor ' "$DIR/log")" -lt 20 ]
}

#!/usr/bin/env bats
# Signals, compared with the kernel's.

load common.bash

@test "handlers, ignored signals, one-shot handlers" {
    same signals basic
}

@test "masks and pending signals" {
    same signals masks
}

@test "a handler runs inside another" {
    same signals nested
}

@test "handlers for faults learn address, code, error" {
    same signals faults
    same signals traps
    same signals truncated
}

@test "a handler for an overflown stack runs on another" {
    same signals altstack
}

@test "system calls are interrupted, or restarted" {
    same signals interrupted
    same signals restarted
}

@test "signals come while the payload computes, and change nothing" {
    same signals spinning
    same signals preserved
}

@test "sigwait, queued values, signalfd, timers" {
    same signals waiting
    same signals timers
}

@test "threads are signalled, computing or asleep, and cancelled" {
    for round in 1 2 3 4 5; do
        same signals threads
    done
    same signals cancel
}

@test "a fault that cannot be delivered ends the payload" {
    same signals die blocked
    same signals die ignored
    same signals die no-stack
}

@test "default actions end the payload as natively" {
    for signal in 1 2 6 9 13 15 34; do
        same signals die $signal
    done
}

@test "a signal from outside reaches the payload" {
    "$KM" "$PROGRAMS/signals" hold >"$DIR/out" 3>&- &
    pid=$!
    until grep -q holding "$DIR/out"; do
        kill -0 $pid
    done
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    [ "$status" -eq 5 ]
    [ "$(tail -n 1 "$DIR/out")" = "terminated politely" ]
}

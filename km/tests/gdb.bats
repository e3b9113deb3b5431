#!/usr/bin/env bats
# gdb, connected to the monitor.

load common.bash

teardown() {
    # What a failed test left.
    for pid in ${MONITOR:-} ${GDB:-}; do
        kill -KILL "$pid" 2>/dev/null || true
    done
}

# Starts the monitor with a payload, which waits for gdb: $MONITOR, $PORT.
begin() {
    command -v gdb >/dev/null || skip "gdb is not installed"
    timeout -s KILL 60 "$KM" -g0 "$@" <"${INPUT:-/dev/null}" >"$DIR/out" 2>"$DIR/err" 3>&- &
    MONITOR=$!
    until PORT=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\)$/\1/p' "$DIR/err") && [ -n "$PORT" ]; do
        kill -0 "$MONITOR"
        sleep 0.02
    done
}

# debug PROGRAM: gdb with the commands from standard input; its output is in $DIR/gdb.
debug() {
    cat >"$DIR/commands"
    timeout -s KILL 60 gdb -nx -batch "$1" -ex 'set pagination off' \
        -ex "target remote 127.0.0.1:$PORT" -x "$DIR/commands" >"$DIR/gdb" 2>&1 3>&- || true
    cat "$DIR/gdb"
}

# The exit status of the monitor.
ended() {
    local status=0
    wait "$MONITOR" || status=$?
    MONITOR=
    [ "$status" -eq "$1" ]
}

@test "breakpoints, stacks, threads, steps, registers, memory, and the end" {
    begin "$PROGRAMS/debugged"
    debug "$PROGRAMS/debugged" <<'END'
handle SIGUSR1 nostop noprint
break add
continue
backtrace
info threads
print a + 41
next
next
print sum + 100
print $fs_base != 0
set $xmm9.v4_int32[1] = 77
print $xmm9.v4_int32[1]
print $sp == $rsp
set var fraction = 2
print counter
stepi
delete
continue
END
    grep -q 'hit Breakpoint 1, add (a=1, b=1)' "$DIR/gdb"
    grep -q '^#1 .* in twice (a=1)' "$DIR/gdb"
    grep -q '^#2 .* in work (' "$DIR/gdb"
    [ "$(grep -c '^[* ] *[0-9]  *Thread [0-9]' "$DIR/gdb")" -eq 3 ]
    grep -q '^\$1 = 42$' "$DIR/gdb"
    grep -q '^\$2 = 102$' "$DIR/gdb"
    grep -q '^\$3 = 1$' "$DIR/gdb"
    grep -q '^\$4 = 77$' "$DIR/gdb"
    grep -q '^\$5 = 1$' "$DIR/gdb"
    grep -q 'exited with code 07' "$DIR/gdb"
    ! grep -q 'warning.*target description' "$DIR/gdb"
    ended 7
    [ "$(cat "$DIR/out")" = "4 calls, 11 handled, result 140" ]
}

@test "a breakpoint is hit each time, and changes nothing" {
    begin "$PROGRAMS/debugged"
    debug "$PROGRAMS/debugged" <<'END'
handle SIGUSR1 nostop noprint
break twice
commands
silent
printf "twice of %d\n", a
continue
end
continue
END
    [ "$(grep 'twice of' "$DIR/gdb" | paste -s -d ' ')" = \
        "twice of 1 twice of 3 twice of 7 twice of 20" ]
    ended 7
    [ "$(cat "$DIR/out")" = "4 calls, 11 handled, result 40" ]
}

@test "a signal is told, and delivered or not" {
    begin "$PROGRAMS/debugged"
    debug "$PROGRAMS/debugged" <<'END'
handle SIGUSR1 stop print pass
continue
next
print handled
signal 0
END
    grep -q 'received signal SIGUSR1' "$DIR/gdb"
    ended 7
    [ "$(cat "$DIR/out")" = "4 calls, 11 handled, result 40" ]

    begin "$PROGRAMS/debugged"
    debug "$PROGRAMS/debugged" <<'END'
handle SIGUSR1 stop print nopass
continue
continue
END
    ended 7
    [ "$(cat "$DIR/out")" = "4 calls, 10 handled, result 40" ]
}

@test "a fault is told where it happens, and ends the payload" {
    begin "$PROGRAMS/crash" fault
    debug "$PROGRAMS/crash" <<'END'
continue
backtrace
continue
END
    grep -q 'received signal SIGSEGV' "$DIR/gdb"
    [ "$(grep -c '^#[0-3] .*crash_here (' "$DIR/gdb")" -eq 4 ]
    grep -q 'terminated with signal SIGSEGV' "$DIR/gdb"
    ended 139
}

@test "a dynamic program with its libraries" {
    [ -x /usr/bin/python3 ] || skip "python3 is not installed"
    begin /usr/bin/python3 -c 'import math; print(math.sqrt(4))'
    debug /usr/bin/python3 <<'END'
break PyObject_Call
continue
info sharedlibrary
delete
continue
END
    grep -q 'Breakpoint 1, .* in PyObject_Call' "$DIR/gdb"
    grep -q 'Yes.*/libc.so.6' "$DIR/gdb"
    ended 0
    [ "$(cat "$DIR/out")" = 2.0 ]
}

# interrupt HOW INPUT: the payload runs in one of its ways, gdb is told to interrupt it, and then to
# let it come to its end.
interrupt() {
    mkfifo "$DIR/input"
    exec 5<>"$DIR/input"
    INPUT=$DIR/input
    begin "$PROGRAMS/debugged" "$1"
    printf '%s\n' 'continue' 'printf "stopped\n"' 'set var fraction = 2' 'continue' >"$DIR/commands"
    gdb -nx -batch "$PROGRAMS/debugged" -ex "target remote 127.0.0.1:$PORT" -x "$DIR/commands" \
        >"$DIR/gdb" 2>&1 3>&- &
    GDB=$!
    until grep -q running "$DIR/out"; do kill -0 "$MONITOR"; done
    kill -INT "$GDB"
    until grep -q stopped "$DIR/gdb"; do kill -0 "$MONITOR"; done
    printf %s "$2" >&5
    wait "$GDB"
    GDB=
    cat "$DIR/gdb"
    grep -q 'received signal SIGINT' "$DIR/gdb"
    ended 3
}

@test "gdb interrupts a payload that computes" {
    interrupt compute ""
    [ "$(tail -n 1 "$DIR/out")" = "read 0 -" ]
}

@test "gdb interrupts a payload that waits in a system call, which then goes on" {
    interrupt read x
    [ "$(tail -n 1 "$DIR/out")" = "read 1 x" ]
}

@test "detached, the payload goes on" {
    begin "$PROGRAMS/debugged"
    debug "$PROGRAMS/debugged" <<'END'
break add
continue
detach
END
    ended 7
    [ "$(cat "$DIR/out")" = "4 calls, 11 handled, result 40" ]
}

@test "a forked child goes its own way" {
    begin "$PROGRAMS/processes" forking
    debug "$PROGRAMS/processes" <<'END'
break fork
continue
continue
delete
continue
END
    "$PROGRAMS/processes" forking >"$DIR/native"
    ended 0
    cmp "$DIR/native" "$DIR/out"
}

@test "ports that are none, and one that is taken" {
    for port in x 70000 -1; do
        run km --gdb=$port "$PROGRAMS/args"
        [ "$status" -eq 2 ]
        [[ $output == *"--gdb needs a port"* ]]
    done
    begin "$PROGRAMS/args"
    run km -g"$PORT" "$PROGRAMS/args"
    [ "$status" -eq 125 ]
    [[ $output == *"cannot open port $PORT for gdb"* ]]
    debug "$PROGRAMS/args" <<<continue
    ended 0
}

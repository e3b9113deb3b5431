#!/usr/bin/env bats
# Core files, as gdb reads them.

load common.bash

ask_gdb() {
    gdb -nx -batch "$@" "$PROGRAMS/crash" "$DIR/core" 2>/dev/null
}

@test "a fault leaves a core file with stack, memory, all threads" {
    command -v gdb >/dev/null || skip "gdb is not installed"
    run km -C "$DIR/core" "$PROGRAMS/crash" fault
    [ "$status" -eq 139 ]
    ask_gdb -ex bt -ex "print marker" -ex "print \$_siginfo._sifields._sigfault.si_addr" \
        >"$DIR/out"
    cat "$DIR/out"
    [ "$(grep -c 'crash_here (' "$DIR/out")" -ge 4 ]
    grep -q ' in main (' "$DIR/out"
    grep -q '= 12345' "$DIR/out"
    grep -q '= (void \*) 0x10' "$DIR/out"
    ask_gdb -ex "thread apply all bt" >"$DIR/threads"
    grep -q 'computing_thread (' "$DIR/threads"
    grep -q 'waiting_thread (' "$DIR/threads"
}

@test "abort and the like leave one, SIGTERM none" {
    run km -C "$DIR/core" "$PROGRAMS/crash" abort
    [ "$status" -eq 134 ]
    [ "$(head -c 4 "$DIR/core" | tail -c 3)" = ELF ]
    rm "$DIR/core"
    run km -C "$DIR/core" "$PROGRAMS/crash" 3
    [ "$status" -eq 131 ]
    [ -s "$DIR/core" ]
    rm "$DIR/core"
    run km -C "$DIR/core" "$PROGRAMS/crash" 15
    [ "$status" -eq 143 ]
    [ ! -e "$DIR/core" ]
}

@test "handlers work as without a core file" {
    km -C "$DIR/core" "$PROGRAMS/signals" faults >"$DIR/with"
    km "$PROGRAMS/signals" faults >"$DIR/without"
    cmp "$DIR/with" "$DIR/without"
    [ ! -e "$DIR/core" ]
}

@test "a core file that cannot be written is told, and leaves nothing" {
    run km -C "$DIR/none/core" "$PROGRAMS/crash" fault
    [ "$status" -eq 139 ]
    [[ $output == *"cannot write the core file"* ]]
    [ ! -e "$DIR/none" ]
}

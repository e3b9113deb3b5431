#!/usr/bin/env bats
# A payload that faults ends as Linux ends it, and the monitor says where.

load common.bash

@test "access to what is not mapped, or not allowed, ends with 139" {
    for what in null write-text execute-data none kernel noncanonical stack hlt cli out in; do
        echo "$what"
        same faults $what
        grep -q "ended by signal 11 .* rip 0x" "$DIR/inside.err"
    done
}

@test "the message has the address" {
    run km "$PROGRAMS/faults" null
    [ "$status" -eq 139 ]
    [[ $output == *"page fault at address 0x8, rip 0x4"* ]]
}

@test "division by zero, invalid opcode, breakpoint, trap flag end with their signals" {
    same faults divide
    grep -q "ended by signal 8 " "$DIR/inside.err"
    same faults ud2
    same faults int3
    same faults trap-flag
}

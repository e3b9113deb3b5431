#!/usr/bin/env bats
# Payloads that mean harm: they get errors or signals, the monitor goes on.

load common.bash

# The program says itself whether the monitor held; the monitor says nothing but how payloads ended.
held() {
    km "$PROGRAMS/hostile" "$@" >"$DIR/out" 2>"$DIR/err"
    cat "$DIR/out"
    [ "$(wc -l <"$DIR/out")" -eq 1 ]
    grep -q ': held$' "$DIR/out"
    ! grep -v "the payload was ended by signal" "$DIR/err"
}

@test "pointers into the monitor's memory" {
    held plain
    held nested
}

@test "mappings over the monitor's memory" {
    held mappings
}

@test "threads whose end would be marked in the monitor's memory" {
    held thread-ends
}

@test "signal frames on the monitor's memory" {
    held signal-stacks
}

@test "the monitor's memory through files" {
    held memory-files
}

@test "the monitor's descriptors" {
    held descriptors
}

@test "huge lengths" {
    held lengths
}

@test "privileged and odd instructions" {
    held instructions
}

@test "ports" {
    held ports
}

@test "jumps to the monitor's stubs, and writes to them" {
    held stubs
}

@test "random system calls end children by errors and told faults alone" {
    mkdir "$DIR/junk"
    cd "$DIR/junk"
    LIMIT=100 km "$PROGRAMS/fuzz" 1 60 >"$DIR/out" 2>"$DIR/err"
    cat "$DIR/out"
    faults=$(sed -n 's/^60 ended, \([0-9]*\) by a fault$/\1/p' "$DIR/out")
    [ "$(grep -c 'the payload was ended by signal' "$DIR/err")" -eq "$faults" ]
}

@test "changed ELF files are refused, or run to an end" {
    for seed in $(seq 150); do
        "$PROGRAMS/mutate" "$seed" "$PROGRAMS/status" "$DIR/changed"
        chmod 755 "$DIR/changed"
        status=0
        LIMIT=10 km "$DIR/changed" 0 >"$DIR/out" 2>"$DIR/err" || status=$?
        [ "$status" -ne 125 ]
        # 134: the payload's own abort().
        [ "$status" -lt 128 ] || [ "$status" -eq 134 ] ||
            grep -q "the payload was ended by signal $((status - 128)) " "$DIR/err" ||
            { echo "seed $seed: status $status"; cat "$DIR/err"; false; }
    done
}

#!/usr/bin/env bats
# Processes: a virtual machine for each.

bats_require_minimum_version 1.5.0
load common.bash

@test "fork and wait: memory, status, signals" {
    same processes forking
    same processes generations
    same processes signals
}

@test "pipes between processes" {
    same processes pipes
}

@test "1000 processes in turn" {
    same processes many 1000
}

@test "vfork shares memory, posix_spawn tells errors" {
    same processes vforking
    same processes spawning
}

@test "exec: errors, descriptors, signals, names, from a thread" {
    for how in errors thread self cloexec signals; do
        echo "$how"
        same processes exec $how
    done
}

@test "fork and exec beside other threads" {
    same processes threads
}

@test "/proc/self is the payload's" {
    same processes own-files
}

@test "scripts, scripts of scripts, and broken ones" {
    printf '#!%s  say \nrest' "$PROGRAMS/processes" >"$DIR/one"
    printf '#! %s/one\n' "$DIR" >"$DIR/two"
    printf '#!/none\n' >"$DIR/missing"
    printf 'plain text\n' >"$DIR/plain"
    printf '#!\n' >"$DIR/empty"
    printf '#!%s/circle\n' "$DIR" >"$DIR/circle"
    chmod 755 "$DIR"/*
    for script in one two missing plain empty circle; do
        echo "$script"
        same processes exec "$DIR/$script"
    done
    [ "$(km "$DIR/two" x)" = "it says $DIR/one" ]
    run -127 km "$DIR/missing"
    run km "$DIR/circle"
    [ "$status" -eq 126 ]
}

@test "a program executed after the user changed still has its virtual machine" {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    user=$(km "$(command -v setpriv)" --reuid 65534 --regid 65534 --clear-groups /bin/sh -c 'id -u')
    [ "$user" = 65534 ]
}

@test "--argv0 gives another name" {
    [ "$(km --argv0 other "$PROGRAMS/processes" say something)" = "other says something" ]
}

@test "a shell script of busybox with pipelines and substitutions" {
    cat >"$DIR/script" <<'END'
busybox seq 20 | busybox sort -rn | busybox head -3
total=0
for i in $(busybox seq 10); do total=$((total + i)); done
echo "total $total in $(busybox basename "$0")"
(exit 3) || echo "status $?"
busybox false && echo no
busybox sleep 5 &
kill $!
wait $! || echo "background $?"
trap 'echo trapped' USR1
kill -USR1 $$
echo text | while read -r word; do echo "<$word>"; done
exec busybox echo last
END
    busybox=$(command -v busybox)
    "$busybox" sh "$DIR/script" >"$DIR/native.out" 2>"$DIR/native.err"
    km "$busybox" sh "$DIR/script" >"$DIR/inside.out" 2>"$DIR/inside.err"
    diff "$DIR/native.out" "$DIR/inside.out"
}

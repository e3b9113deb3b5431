#!/usr/bin/env bats
# The payload folders: each has a command that validates it, and the output to expect.

load common.bash

validate() {
    local folder=$BATS_TEST_DIRNAME/../payloads/$1 program=$2
    limited "$folder/validate.sh" "$KM" "$program" >"$DIR/out"
    diff "$folder/expected" "$DIR/out"
}

@test "hello" {
    validate hello "$BUILD/payloads/hello/hello"
}

@test "hello in C++" {
    [ -e "$BUILD/payloads/hello-cpp/hello-cpp" ] || skip "not built: no C++ compiler"
    validate hello-cpp "$BUILD/payloads/hello-cpp/hello-cpp"
}

@test "web server: threads, asked over the network" {
    command -v busybox >/dev/null || skip "busybox is not installed"
    validate web "$BUILD/payloads/web/web"
}

@test "busybox: a script in its shell" {
    [ -e "$BUILD/payloads/busybox/busybox" ] || skip "not built: busybox is not installed"
    validate busybox "$BUILD/payloads/busybox/busybox"
}

@test "python: static" {
    [ -e "$BUILD/payloads/python/python" ] || skip "not built: no static library of CPython"
    validate python "$BUILD/payloads/python/python"
}

@test "python: the distribution's own" {
    [ -x /usr/bin/python3 ] || skip "python3 is not installed"
    validate python /usr/bin/python3
}

#!/usr/bin/env bats
# The make system, on small trees of its own: no git, no virtual machine.

setup() {
    TREE=$BATS_TEST_TMPDIR/tree
    mkdir -p "$TREE"
    cp -r "$BATS_TEST_DIRNAME/../make" "$TREE/make"
    put Makefile 'SUBDIRS := library program' 'program: library'
    put library/Makefile 'LIB := answer' 'SOURCES := answer.c'
    put library/answer.h 'int answer(void);'
    put library/answer.c '#include "answer.h"' 'int answer(void) { return ANSWER; }'
    put program/Makefile 'EXEC := program' 'SOURCES := main.c deep/part.c' \
        'INCLUDES := ../library' 'LLIBS = $(TOP)/build/library/libanswer.a' \
        'LOCAL_LDOPTS := -static'
    put program/main.c '#include <stdio.h>' '#include "answer.h"' 'int part(void);' \
        'int main(void) { printf("%d %d\n", answer(), part()); return 0; }'
    put program/deep/part.c 'int part(void); int part(void) { return 7; }'
    echo 'LOCAL_COPTS := -DANSWER=42' >>"$TREE/library/Makefile"
    for folder in . library program; do
        [ $folder = . ] && top=. || top=..
        echo "include $top/make/actions.mk" >>"$TREE/$folder/Makefile"
    done
    unset MAKEFLAGS MAKELEVEL MFLAGS
}

# put FILE LINE..
put() {
    local file=$TREE/$1
    shift
    mkdir -p "$(dirname "$file")"
    printf '%s\n' "$@" >"$file"
}

build() {
    make -s -C "$TREE" "$@"
}

@test "folders, a library, a program, in parallel and without git" {
    build -j8
    [ "$("$TREE/build/program/program")" = "42 7" ]
    [ -e "$TREE/build/library/libanswer.a" ]
}

@test "a changed header, source or Makefile reaches what depends on it, and nothing else" {
    build
    [ -z "$(build)" ]
    before=$(stat -c %Y.%i "$TREE/build/program/deep/part.c.o")
    put library/answer.h 'int answer(void); /* changed */'
    touch -d '+2 seconds' "$TREE/library/answer.h"
    build --trace >"$BATS_TEST_TMPDIR/trace"
    grep -q 'main.c.o' "$BATS_TEST_TMPDIR/trace"
    [ "$(stat -c %Y.%i "$TREE/build/program/deep/part.c.o")" = "$before" ]
    sed -i s/42/43/ "$TREE/library/Makefile"
    touch -d '+4 seconds' "$TREE/library/Makefile"
    build
    [ "$("$TREE/build/program/program")" = "43 7" ]
}

@test "a shared library" {
    put shared/Makefile 'SOLIB := shared' 'SOURCES := shared.c' 'include ../make/actions.mk'
    put shared/shared.c 'int shared(void); int shared(void) { return 5; }'
    put user/Makefile 'EXEC := user' 'SOURCES := user.c' \
        'LLIBS = -L$(TOP)/build/shared -lshared' \
        "LOCAL_LDOPTS := -Wl,-rpath,'\$\$ORIGIN/../shared'" 'include ../make/actions.mk'
    put user/user.c 'int shared(void); int main(void) { return shared(); }'
    build -C shared
    build -C user
    run "$TREE/build/user/user"
    [ "$status" -eq 5 ]
    readelf -d "$TREE/build/user/user" | grep -q 'NEEDED.*libshared.so'
}

@test "a program with C++ in it" {
    put cpp/Makefile 'EXEC := cpp' 'SOURCES := main.cpp part.c' 'include ../make/actions.mk'
    put cpp/main.cpp '#include <iostream>' 'extern "C" int part(void);' \
        'int main() { std::cout << part() << std::endl; }'
    put cpp/part.c 'int part(void); int part(void) { return 9; }'
    build -C cpp
    [ "$("$TREE/build/cpp/cpp")" = 9 ]
}

@test "equal sources give equal bytes, wherever the tree lies" {
    build
    cp -r "$TREE" "$BATS_TEST_TMPDIR/elsewhere"
    rm -r "$BATS_TEST_TMPDIR/elsewhere/build"
    make -s -C "$BATS_TEST_TMPDIR/elsewhere" -j4
    for file in library/libanswer.a program/program; do
        cmp "$TREE/build/$file" "$BATS_TEST_TMPDIR/elsewhere/build/$file"
    done
}

@test "clean in a folder, and in the whole tree" {
    build
    build -C program clean
    [ ! -e "$TREE/build/program" ]
    [ -e "$TREE/build/library" ]
    build clean
    [ ! -e "$TREE/build" ]
}

@test "a program that fails to compile leaves no output, and fails make" {
    put program/main.c 'int main(void) { return unknown; }'
    run build
    [ "$status" -eq 2 ]
    [ ! -e "$TREE/build/program/program" ]
}

@test "help lists the goals, print-VAR a variable's value" {
    build help >"$BATS_TEST_TMPDIR/help"
    for goal in all clean withdocker buildenv-image distro print-VAR; do
        grep -q "^  $goal  *[A-Z]" "$BATS_TEST_TMPDIR/help"
    done
    [ "$(build print-BLDTOP)" = "$TREE/build" ]
    [ "$(build -C program print-EXEC)" = program ]
}

@test "goals for images are calls of buildenv" {
    while read -r goal words; do
        [ "$(build BUILDENV='echo buildenv' "$goal" | tail -n 1)" = "buildenv $words" ]
    done <<'END'
buildenv-image image build buildenv-km-debian
pull-buildenv-image image pull buildenv-km-debian
push-buildenv-image image push buildenv-km-debian
testenv-image image build test-km-debian
buildenv-local-fedora local install buildenv-km-fedora
distro distro
runenv-image distro
publish publish
publishclean unpublish
END
}

@test "withdocker hands goals, options and variables on" {
    run build withdocker BUILDENV='echo buildenv' TARGET='clean all' COPTS='-O1 -g' -k
    [ "$status" -eq 0 ]
    [[ $output == "buildenv run -- make "*" clean all" ]]
    [[ $output == *"COPTS=-O1 -g"* ]]
    [[ $output != *TARGET* ]]
}

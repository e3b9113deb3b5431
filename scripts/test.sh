#!/bin/sh
# Makes this machine ready and runs every test. The last line sums all suites:
# N passed, N failed, N skipped. With CI=true a missing engine or /dev/kvm is a failure.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/setup.sh
. scripts/lib/setup.sh

if [ "${CI:-}" = true ]; then
    export REQUIRE_ENGINE=1 REQUIRE_KVM=1
fi

work=$(mktemp -d)
passed=0 failed=0 skipped=0

clean_up() {
    rm -rf "$work"
    stop_started_engine
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# add NAME STATUS [PASSED FAILED SKIPPED]: a suite that failed without a failed test, or that
# counted nothing, is one failure.
add() {
    name=$1 status=$2 suite_failed=${4:-0}
    if [ "$suite_failed" -eq 0 ] && { [ "$status" -ne 0 ] || [ $# -lt 5 ]; }; then
        suite_failed=1
    fi
    passed=$((passed + ${3:-0})) failed=$((failed + suite_failed)) skipped=$((skipped + ${5:-0}))
    say "$name: ${3:-0} passed, $suite_failed failed, ${5:-0} skipped"
}

# check NAME COMMAND..: one test, which the command passes with status 0.
check() {
    name=$1
    shift
    say "$name"
    if "$@"; then add "$name" 0 1 0 0; else add "$name" $? 0 1 0; fi
}

# jest_suite NAME COMMAND..: a command that is jest, to which options can be added.
jest_suite() {
    name=$1 status=0
    shift
    say "jest: $name"
    "$@" --json --outputFile="$work/$name.json" || status=$?
    # shellcheck disable=SC2046 # three numbers, or nothing
    add "jest: $name" $status $(jest_counts "$work/$name.json")
}

# jest_project NAME
jest_project() {
    jest_suite "$1" npx jest --selectProjects "$1"
}

jest_counts() {
    [ ! -e "$1" ] || node -p '
        const result = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
        [
            result.numPassedTests,
            result.numFailedTests + result.numRuntimeErrorTestSuites,
            result.numPendingTests + result.numTodoTests,
        ].join(" ");
    ' "$1"
}

# counted NAME COMMAND..: a command that prints "N passed, N failed, N skipped".
counted() {
    name=$1
    shift
    say "$name"
    { "$@" && echo 0 >"$work/status" || echo $? >"$work/status"; } | tee "$work/output"
    counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$work/output" | tail -n 1)
    # shellcheck disable=SC2086 # three numbers, or nothing
    add "$name" "$(cat "$work/status")" $counts
}

set_up shellcheck=shellcheck nsenter=util-linux ip=iproute2 iptables=iptables /bin/busybox=busybox-static getfattr=attr skopeo=skopeo umoci=umoci setcap=libcap2-bin \
    ssh-keygen=openssh-client /usr/sbin/sshd=openssh-server \
    docker-registry=docker-registry openssl=openssl podman=podman catatonit=catatonit runc=runc
DOCKER_HOST=$(engine_fact url)
export DOCKER_HOST

check "eslint" npx eslint .
check "prettier" npx prettier --check .
check "tsc" npx tsc --noEmit
check "npm pack" npm pack --dry-run --silent
check "shellcheck" shellcheck -x scripts/*.sh scripts/bench/*.sh src/package/*/*.sh .ci/run
jest_project unit
jest_project engine
jest_project registry
jest_project e2e
# By themselves: what they time is the tool's, not an engine's that is busy with large images.
jest_project faults
jest_suite podman scripts/with-podman.sh npx jest --selectProjects e2e faults --testPathPatterns \
    test/e2e/run.test test/e2e/terminal.test test/e2e/identity.test \
    test/faults/faults.test test/faults/standby.test
check "images of packages" node $BUILDENV -f test/packages/buildenv.yaml image build rpm-builder rpm-server
jest_project packages
check "buildenv image" node $BUILDENV image
check "KM: format" node $BUILDENV run make -C km format-check
counted "KM" node $BUILDENV run make -C km test
counted "KM: sanitizers" node $BUILDENV run make -C km sanitize

stop_started_engine
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

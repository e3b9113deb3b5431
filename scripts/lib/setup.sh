# shellcheck shell=sh
# To be sourced in the repository's root: set_up makes this machine ready, and says what it does.

# Administrators' programs, which PATH often leaves out even for root.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

BUILDENV=dist/buildenv.cjs

# Packages that hold what is missing.
missing=
# Whether this run started the engine.
engine_started=no

say() {
    echo "==> $*" >&2
}

fail() {
    echo "$0: $*" >&2
    exit 1
}

# set_up [PROGRAM=PACKAGE..]: the tool built, an engine that answers, and the programs installed.
set_up() {
    check_node
    install_modules
    require_compiler
    build_tool
    require mmdebstrap=mmdebstrap git=git "$@"
    engine_answers || require_engine
    install_missing
    start_engine
}

check_node() {
    node -e '
        const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1);
    ' || fail "needs Node 20.19 or later: https://nodejs.org/en/download"
    command -v npm >/dev/null || fail "needs npm, which comes with Node: https://nodejs.org/en/download"
}

install_modules() {
    installed=node_modules/.package-lock.json
    if [ ! -e $installed ] || [ -n "$(find package-lock.json -newer $installed)" ]; then
        say "npm ci"
        npm ci --no-audit --no-fund >&2
    fi
}

# The supervisor is C; the tool is built before anything else is asked of it.
require_compiler() {
    require gcc=gcc /usr/include/stdio.h=libc6-dev
    install_missing
}

build_tool() {
    if [ ! -e $BUILDENV ] || [ -n "$(find src schema scripts/bundle.mjs scripts/static-programs.mjs package.json -newer $BUILDENV)" ]; then
        say "npm run build"
        npm run --silent build >&2
    fi
}

# require PROGRAM=PACKAGE..: notes the packages of programs and files that are not there.
require() {
    for pair in "$@"; do
        case $pair in
            /*) [ -e "${pair%%=*}" ] ;;
            *) command -v "${pair%%=*}" >/dev/null ;;
        esac && continue
        case "$missing " in
            *" ${pair#*=} "*) ;;
            *) missing="$missing ${pair#*=}" ;;
        esac
    done
}

require_engine() {
    require dockerd=docker.io ip=iproute2 iptables=iptables
    case $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) in
        Y*) require apparmor_parser=apparmor ;;
    esac
}

install_missing() {
    if [ "$(distribution)" = ubuntu ]; then
        require /usr/share/keyrings/debian-archive-keyring.gpg=debian-archive-keyring
    fi
    [ -n "$missing" ] || return 0
    if [ "$(distribution)" = other ]; then
        fail "these are missing, by the names of Debian's packages:$missing. Install them with this system's package manager, then run this again."
    elif [ "$(id -u)" -ne 0 ]; then
        fail "these packages are missing; as root: apt-get install$missing"
    fi
    say "apt-get install$missing"
    apt_get update
    case "$missing " in
        # Since Debian 13 the client is a package of its own.
        *" docker.io "*) apt-cache show docker-cli >/dev/null 2>&1 && missing="$missing docker-cli" ;;
    esac
    # shellcheck disable=SC2086 # a list of package names
    apt_get install -y --no-install-recommends $missing
    missing=
}

apt_get() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 "$@" >&2
}

# debian, ubuntu or other
distribution() (
    ID=other ID_LIKE=
    # shellcheck disable=SC1091 # a file of the system
    [ ! -r /etc/os-release ] || . /etc/os-release
    case " $ID $ID_LIKE " in
        *" ubuntu "*) echo ubuntu ;;
        *" debian "*) echo debian ;;
        *) echo other ;;
    esac
)

engine_answers() {
    node $BUILDENV engine status >/dev/null 2>&1
}

start_engine() {
    if engine_answers; then
        return 0
    fi
    say "buildenv engine start"
    node $BUILDENV engine start >&2
    engine_started=yes
}

stop_started_engine() {
    [ $engine_started = yes ] || return 0
    say "buildenv engine stop"
    node $BUILDENV engine stop >&2
    engine_started=no
}

# engine_fact KEY: from what the tool knows of the engine; `url` is the one that it uses.
engine_fact() {
    node $BUILDENV engine status --json |
        node -p "JSON.parse(require('node:fs').readFileSync(0, 'utf8')).$1"
}

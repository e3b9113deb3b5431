#!/bin/sh
# make-repository.sh KEEP NAME/KEY..: makes a repository of builds, which takes the place of the one
# before it in one step. KEEP is `latest`, the named builds alone, or `all`, earlier ones too.
set -eu
# shellcheck source=src/package/build/follow-client.sh
. /buildenv/follow-client.sh

keep=$1
shift
cd /rpms
rm -rf next.* current.next
next=$(mktemp -d next.XXXXXX)
chmod 755 "$next"

# Links, so that it costs no room; a later build takes the place of an earlier one of the same name.
add() {
    for file in packages/"$1"/*.rpm; do
        arch=${file%.rpm}
        arch=${arch##*.}
        mkdir -p "$next/$arch"
        ln -f "$file" "$next/$arch/"
    done
}

if [ "$keep" = all ]; then
    find packages -mindepth 2 -maxdepth 2 -type d ! -name '*.part' -printf '%T@ %P\n' | sort -n |
        while read -r _ build; do add "$build"; done
fi
for build in "$@"; do add "$build"; done
createrepo_c -q --no-database --compress-type gz --general-compress-type gz "$next"

made=repository.${next#next.}
mv "$next" "$made"
ln -s "$made" current.next
mv -T current.next current
find . -maxdepth 1 -name 'repository.*' ! -name "$made" -exec rm -rf {} +
[ "$keep" = latest ] || exit 0
wanted=" $* "
find packages -mindepth 2 -maxdepth 2 -type d ! -name '*.part' -printf '%P\n' |
    while read -r build; do
        case $wanted in
            *" $build "*) ;;
            *) rm -rf "packages/$build" ;;
        esac
    done

#!/bin/sh
# Builds the RPMs of one package. /buildenv/recipe has the variables, /build/source the source tree,
# /build/packaging the folder with the spec file, where there is one.
# shellcheck disable=SC2154 # the recipe's variables
set -eu
# shellcheck source=src/package/build/follow-client.sh
. /buildenv/follow-client.sh
# shellcheck disable=SC1091 # made for each package
. /buildenv/recipe

phase() {
    tell phase "$1"
}

for folder in /usr/lib/ccache /usr/lib64/ccache; do
    [ ! -d "$folder" ] || PATH=$folder:$PATH
done
export PATH CCACHE_DIR=/ccache HOME=/root

top=/build/rpm
sources=$top/SOURCES
mkdir -p "$sources"
cd /build/source

# The tree of a build is a repository of one commit, of which nothing belongs to anybody else.
make_repository() {
    git -c init.defaultBranch=main init -q
    git add --all --force
    GIT_AUTHOR_DATE="$time +0000" GIT_COMMITTER_DATE="$time +0000" \
        git -c user.name=buildenv -c user.email=buildenv@localhost commit -q -m 'The source'
}

# rpm PROGRAM ARG..: with the recipe's macros. The last definition of a macro holds.
rpm_with_macros() {
    program=$1
    shift
    eval "set -- $defines \"\$@\""
    "$program" --load=/buildenv/macros --define "_topdir $top" "$@"
}

# The value of a tag in the spec file once its macros are expanded: Source and Source0 are one.
spec_values() {
    rpm_with_macros rpmspec -P "$spec" |
        sed -n "s/^\($1\)[[:space:]]*:[[:space:]]*//Ip" | sed 's/[[:space:]]*$//'
}

case $method in
    meson-dist | git-archive)
        phase snapshot
        make_repository
        ;;
esac
if [ -n "$prepare" ]; then
    phase prepare
    sh -eux -c "$prepare"
fi
if [ "$method" = meson-dist ]; then
    phase configure
    eval "set -- $options"
    meson setup build "$@"
fi

phase spec
case $spec_folder in
    packaging) spec=/build/packaging/$spec_file ;;
    *) spec=/build/source/$spec_file ;;
esac
[ -f "$spec" ] || {
    echo "there is no spec file $spec_file after the phases before this one" >&2
    exit 1
}
nvr=$(rpm_with_macros rpmspec -q --srpm --qf '%{NAME} %{EPOCHNUM} %{VERSION} %{RELEASE}\n' "$spec" | head -n 1)
tell spec "$nvr"
[ "$goal" != spec ] || exit 0
# shellcheck disable=SC2086 # four words without spaces
set -- $nvr
name=$1 version=$3
tarball=$(spec_values 'source0\{0,1\}' | head -n 1)
tarball=${tarball##*/}
[ -n "$tarball" ] || {
    echo "$spec_file names no Source" >&2
    exit 1
}
prefix=$(printf '%s' "$prefix" | sed "s/{name}/$name/g; s/{version}/$version/g")
spec_values 'source[1-9][0-9]*\|patch[0-9]*' | while read -r file; do
    file=${spec%/*}/${file##*/}
    [ -f "$file" ] || {
        echo "$spec_file names ${file##*/}, which is not beside it" >&2
        exit 1
    }
    cp "$file" "$sources/"
done

phase dist
made=
case $method in
    meson-dist)
        meson dist -C build --no-tests --formats gztar
        made='build/meson-dist/*.tar.gz'
        ;;
    make-dist)
        make dist
        made="$name-$version.tar.*"
        ;;
    git-archive) git archive --prefix="$prefix/" --output="$sources/$tarball.tar" HEAD ;;
    command)
        sh -eux -c "$command"
        made=$output
        ;;
    tar) ;;
esac
case $method in
    git-archive) mv "$sources/$tarball.tar" "$sources/$tarball" ;;
    tar)
        cp "$spec" "/build/${spec##*/}" && spec=/build/${spec##*/}
        cd /build
        mv source "$prefix"
        tar -cf "$sources/$tarball" "$prefix"
        cd "$prefix"
        ;;
    *)
        # shellcheck disable=SC2086 # a pattern
        set -- $made
        [ -f "$1" ] || {
            echo "no tarball was made: there is no $made" >&2
            exit 1
        }
        cp "$1" "$sources/$tarball"
        ;;
esac
phase rpmbuild
eval "set -- $rpmbuild"
case $mode in
    t*) subject=$sources/$tarball ;;
    *) subject=$spec ;;
esac
rpm_with_macros rpmbuild "-$mode" "$@" "$subject"
ccache --show-stats 2>/dev/null || true

phase collect
pool=/rpms/packages/$package
rm -rf "$pool/$key.part"
mkdir -p "$pool/$key.part"
find $top/RPMS -name '*.rpm' -exec mv -t "$pool/$key.part" {} +
cd "$pool/$key.part"
for wanted in $expect; do
    rpm -qp --qf '%{NAME}\n' ./*.rpm | grep -qxF "$wanted" || {
        echo "the build made no package $wanted, which the recipe expects; it made:" >&2
        ls >&2
        exit 1
    }
done
for file in *.rpm; do
    sum=$(sha256sum "$file")
    tell rpm "$file ${sum%% *} $(rpm -qp --qf '%{NAME} %{EPOCHNUM} %{VERSION} %{RELEASE} %{ARCH}' "$file")"
done
rm -rf "${pool:?}/$key"
mv "$pool/$key.part" "$pool/$key"

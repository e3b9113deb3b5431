# Runs in busybox's shell; $BB is busybox.
set -eu

say() {
    printf '%s\n' "== $*"
}

say arithmetic
i=0
sum=0
while [ $i -lt 100 ]; do
    i=$((i + 1))
    sum=$((sum + i))
done
echo "sum $sum"

say pipelines
"$BB" seq 1000 | "$BB" grep 7 | "$BB" wc -l
"$BB" seq 5 | "$BB" sort -rn | "$BB" tr '\n' ' '
echo

say substitutions
words="one two three"
for word in $words; do
    echo "$word has $("$BB" printf %s "$word" | "$BB" wc -c) letters"
done

say files
dir=$("$BB" mktemp -d)
trap '"$BB" rm -rf "$dir"' EXIT
cd "$dir"
"$BB" dd if=/dev/zero bs=1024 count=300 2>/dev/null | "$BB" tr '\0' x >big
"$BB" gzip -c big >big.gz
"$BB" gunzip -c big.gz | "$BB" cmp - big && echo "same after gzip"
"$BB" mkdir -p a/b/c
echo text >a/b/c/file
"$BB" find a | "$BB" sort
"$BB" tar cf all.tar a
"$BB" rm -r a
"$BB" tar xf all.tar
"$BB" cat a/b/c/file
"$BB" md5sum big | "$BB" cut -c 1-32

say status
"$BB" false || echo "false gives $?"
(exit 42) || echo "a subshell gives $?"
"$BB" sh -c 'kill -TERM $$' || echo "killed gives $?"

say background
"$BB" sleep 10 &
kill $!
wait $! || echo "waited for $?"

say awk and sed
echo "a:b:c" | "$BB" awk -F: '{ print $3, $1; }' | "$BB" sed 's/c/C/'

#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Bad input: each file of tests/bad must make `vdcsim check` end with status 2 and tell what its `# expect:` lines say.
# Cases that cannot be files of text (a 10 MB line, bytes that are no text, a truncated trace) are made here.
#   VDCSIM=path/to/vdcsim tests/bad.sh [-v] [NAME...]
root=$(cd "$(dirname "$0")/.." && pwd)
vdcsim=${VDCSIM:-$root/vdcsim}
export VDCSIM_SCENARIOS="$root/scenarios" VDCSIM_CACHE=off LC_ALL=C
verbose=false
[ "$1" = -v ] && { verbose=true; shift; }
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

fail() { # name, why
	failed=$((failed + 1))
	printf 'FAILED %s: %s\n' "$1" "$2"
	sed 's/^/    /' "$work/err" | cut -c1-300 | head -5
}

# Runs `vdcsim check ARGUMENTS`; true when it ends with status 2 soon. $name is told.
check() {
	timeout 20 "$vdcsim" check "$@" >"$work/out" 2>"$work/err"
	status=$?
	[ $status = 2 ] && return 0
	fail "$name" "status $status, not 2"
	return 1
}

# Is there a line that begins with $1 and goes on with something that holds $2?
told() {
	awk -v start="$1" -v part="$2" 'index($0, start) == 1 && index($0, part) { found = 1 } END { exit !found }' \
		"$work/err"
}

# One made case: name, beginning of the line, part of the message, arguments of check.
made() {
	name=$1 start=$2 part=$3
	shift 3
	check "$@" || return
	if told "$start" "$part"; then
		passed=$((passed + 1))
		$verbose && echo "passed $name"
	else
		fail "$name" "did not say: $start ... $part"
	fi
}

for file in "$root"/tests/bad/*.yaml; do
	name=$(basename "$file" .yaml)
	case " $* " in "  " | *" $name "*) ;; *) continue ;; esac
	check "$file" || continue
	grep '^# expect: ' "$file" >"$work/expect" || { fail "$name" "has no expect line"; continue; }
	good=true
	while IFS= read -r line; do
		line=${line#\# expect: }
		place=${line%%: *} part=${line#*: }
		told "$file:$place: error: " "$part" || { good=false; fail "$name" "did not say: $place: $part"; break; }
	done <"$work/expect"
	$good && passed=$((passed + 1)) && $verbose && echo "passed $name"
done
[ $# -gt 0 ] && { echo "$passed passed, $failed failed"; [ $failed = 0 ]; exit; }

w=$work
valid='hosts: [{}]\nvms: [{}]\n'
printf "$valid" >"$w/valid.yaml"
: >"$w/empty.yaml"
made "empty file" "$w/empty.yaml:1:1: error: " "is empty" "$w/empty.yaml"
printf '# nothing\n' >"$w/comment.yaml"
made "only a comment" "$w/comment.yaml:1:1: error: " "is empty" "$w/comment.yaml"
made "missing file" "$w/none.yaml: error: " "cannot be read: No such file" "$w/none.yaml"
made "folder" "$w: error: " "cannot be read: it is a folder" "$w"
made "path through a file" "$w/valid.yaml/x.yaml: error: " "cannot be read: Not a directory" "$w/valid.yaml/x.yaml"
made "device" "/dev/zero: error: " "it is not a regular file" /dev/zero
mkfifo "$w/pipe.yaml"
made "pipe without a writer" "$w/pipe.yaml: error: " "it is not a regular file" "$w/pipe.yaml"
if [ "$(id -u)" != 0 ]; then
	mkdir "$w/closed" && cp "$w/valid.yaml" "$w/closed/x.yaml" && chmod 0 "$w/closed"
	made "unreadable folder" "$w/closed/x.yaml: error: " "Permission denied" "$w/closed/x.yaml"
	chmod 700 "$w/closed"
fi
head -c 100000 "$vdcsim" >"$w/binary.yaml"
made "binary file" "$w/binary.yaml:1:1: error: " "0x7f" "$w/binary.yaml"
{ printf 'seed: 1\000\n'; printf "$valid"; } >"$w/nul.yaml"
made "NUL byte" "$w/nul.yaml:1:8: error: " "byte 0x00 is no text" "$w/nul.yaml"
{ printf 'name: \303\050\n'; printf "$valid"; } >"$w/utf8.yaml"
made "invalid UTF-8" "$w/utf8.yaml:1:7: error: " "byte 0xc3 is not UTF-8" "$w/utf8.yaml"
{ printf 'name: a\n'; printf "$valid"; } | iconv -t UTF-16LE >"$w/utf16.yaml"
made "UTF-16" "$w/utf16.yaml:1:2: error: " "byte 0x00 is no text" "$w/utf16.yaml"
{ printf 'description: '; head -c 10000000 /dev/zero | tr '\0' x; printf "\n$valid"; } >"$w/long.yaml"
made "10 MB line" "$w/long.yaml:1:14: error: " "a value of 10000000 bytes; at most 65536" "$w/long.yaml"
{ head -c 10000000 /dev/zero | tr '\0' x; printf ": 1\n$valid"; } >"$w/longkey.yaml"
made "10 MB key" "$w/longkey.yaml:1:1: error: " "" "$w/longkey.yaml"
{ head -c 10000000 /dev/zero | tr '\0' '['; } >"$w/brackets.yaml"
made "10 MB of brackets" "$w/brackets.yaml:1:65: error: " "more than 64 levels" "$w/brackets.yaml"
if [ "$(getconf _PHYS_PAGES)" -lt 15000000 ]; then # of 4 KiB
	printf 'hosts: [{}]\nvms: [{count: 100000000}]\n' >"$w/guests.yaml"
	made "more guests than memory" "$w/guests.yaml:2:" "guests need about" "$w/guests.yaml"
fi
{ printf 'a: ['; yes 'x,' | head -n 1100000 | tr -d '\n'; printf ']\n'; } >"$w/many.yaml"
made "a million values" "$w/many.yaml:1:" "more than 1000000 values" "$w/many.yaml"
{ i=0; while [ $i -lt 300 ]; do printf 'key%d: 1\n' $i; i=$((i + 1)); done; } >"$w/keys.yaml"
made "300 keys" "$w/keys.yaml:257:1: error: " "a mapping of more than 256 keys" "$w/keys.yaml"
head -c 17000000 /dev/zero | tr '\0' '\n' >"$w/huge.yaml"
made "17 MB file" "$w/huge.yaml: error: " "larger than 16 MiB" "$w/huge.yaml"
printf "include: b.yaml\n$valid" >"$w/a.yaml"
printf 'include: a.yaml\n' >"$w/b.yaml"
made "include in a circle" "$w/b.yaml:1:10: error: " "a.yaml > $w/b.yaml > $w/a.yaml" "$w/a.yaml"
i=0
while [ $i -lt 12 ]; do
	n=$((i + 1))
	printf 'a: {include: [%s]}\nb: {include: [%s]}\n' "f$n.yaml, f$n.yaml, f$n.yaml, f$n.yaml, f$n.yaml" \
		"f$n.yaml, f$n.yaml, f$n.yaml, f$n.yaml, f$n.yaml" >"$w/f$i.yaml"
	i=$n
done
printf 'x: 1\n' >"$w/f12.yaml"
made "include bomb" "$w/f" "more than 1000 files are included" "$w/f0.yaml"

made "--set without =" "--set seed: error: " "has no '='" "$w/valid.yaml" --set seed
made "--set of an unknown key" "--set hosts.0.coers=4: error: " "did you mean 'cores'?" "$w/valid.yaml" --set hosts.0.coers=4
made "--set of an unknown key at the top" "--set dduration=1 h: error: " "did you mean 'duration'?" "$w/valid.yaml" \
	--set 'dduration=1 h'
made "--set without a unit" "--set duration=4: error: " "without a unit" "$w/valid.yaml" --set duration=4
made "--set beyond a list" "--set hosts.7.cores=4: error: " "the list has 1 elements" "$w/valid.yaml" --set hosts.7.cores=4
made "--set of an unknown name" "--set hosts.g4.cores=4: error: " "neither a number nor the name" "$w/valid.yaml" \
	--set hosts.g4.cores=4
made "--set below a value" "--set hosts.0.cores.x=4: error: " "" "$w/valid.yaml" --set hosts.0.cores=2 \
	--set hosts.0.cores.x=4
made "--set of broken YAML" "--set seed=[1:" "not YAML" "$w/valid.yaml" --set 'seed=[1'
made "--set of an include" "--set include=x.yaml: error: " "cannot be set" "$w/valid.yaml" --set include=x.yaml
made "--set of two dots" "--set hosts..cores=1: error: " "single dots" "$w/valid.yaml" --set hosts..cores=1

trace() { printf 'hosts: [{}]\nvms:\n  - demand: {trace: %s, format: planetlab}\n' "$1"; }
mkdir "$w/day" "$w/empty"
i=0; while [ $i -lt 288 ]; do echo $((i % 100)); i=$((i + 1)); done >"$w/day/vm1"
tar -C "$w" -czf "$w/day.tar.gz" day
head -c $(($(wc -c <"$w/day.tar.gz") / 2)) "$w/day.tar.gz" >"$w/cut.tar.gz"
: >"$w/nothing.tar.gz"
for bad in cut.tar.gz nothing.tar.gz empty valid.yaml none.tar.gz; do
	trace "$w/$bad" >"$w/trace.yaml"
	made "trace $bad" "$w/" "" "$w/trace.yaml"
done
mkdir "$w/nan" "$w/text" "$w/above" "$w/blank"
echo nan >"$w/nan/vm1"; echo hello >"$w/text/vm1"; echo 101 >"$w/above/vm1"; : >"$w/blank/vm1"
for bad in nan text above blank; do
	trace "$w/$bad" >"$w/trace.yaml"
	made "trace of $bad" "$w/" "" "$w/trace.yaml"
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]

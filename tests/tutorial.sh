#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Does what README.md, docs/tutorial.md and docs/guide.md tell a reader to type: every block marked `sh`, in order, a
# shell for each page, in a copy of the source (the reader adds a policy to it). Passes when every command ends with
# status 0 and prints what the page shows behind it. `tutorial.sh --show` prints the commands and all they say, to bring
# a page up to date.
#
# A page shows part of what is printed: each of its lines has to be there, in that order. `...` stands for anything,
# lines or the rest of a line, and one blank for several.
. "$(dirname "$0")/lib.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
show=${1:-}

if grep -qE '__(asan|tsan|ubsan)_' "$vdcsim"; then
	skip "the tutorial" "its build has sanitizers, which a reader's has not"
	finish
fi

# The copy holds what was built, with its times, so that only the reader's own policy is compiled.
copy=$work/vdcsim
mkdir -p "$copy/build"
sources()
{
	git ls-files -co --exclude-standard 2>/dev/null ||
		find . \( -path ./build -o -path ./demo -o -path ./.git \) -prune -o -type f -print
}
sources | grep -v '^\(\./\)\?tests/' | tar -cf - --ignore-failed-read -T - 2>/dev/null | tar -xf - -C "$copy"
if ! cp -a "$BUILD/objects" "$BUILD/libvdcsim.a" "$BUILD/vdcsim" "$BUILD/packages.mk" "$copy/build/"; then
	fail "there is no build to copy"
	finish
fi
cp -a "$BUILD/vdcsim" "$copy/"
# The reader's program finds traces beside the source; the copy has no such neighbour.
for traces in "${VDCSIM_TRACES:-}" "$PWD/../shared/traces"; do
	[ -d "$traces" ] || continue
	VDCSIM_TRACES=$(realpath "$traces")
	export VDCSIM_TRACES
	break
done
unset VDCSIM_SCENARIOS
export PATH=$copy:$PATH

# blocks PAGE: its commands, each block's words going to a file of its own; what the page shows, beside them.
blocks()
{
	echo 'set -e'
	[ -z "$show" ] || echo 'set -v'
	awk -v folder="$2" '
		/^```sh$/ { n++; kind = "sh"; printf "exec >%s/said.%d 2>&1; echo \"%d %d\" >&3\n", folder, n, n, NR + 1; next }
		/^```$/ && last == "sh" && NR == ended + 1 { kind = "shown"; last = ""; next }
		/^```/ && kind { last = kind; ended = NR; kind = ""; next }
		/^```/ { kind = "other"; next }
		kind == "sh" { print }
		kind == "shown" { print >(folder "/shown." n) }' "$1"
}

# compare SHOWN SAID: prints the first line that is shown and was not said.
compare()
{
	awk 'function plain(s) { gsub(/[ \t]+/, " ", s); sub(/^ /, "", s); sub(/ $/, "", s); return s }
		NR == FNR { said[++n] = plain($0); next }
		/^ *\.\.\.$/ { next }
		{
			want = plain($0); part = sub(/ *\.\.\.$/, "", want)
			for (at++; at <= n && !(part ? index(said[at], want) == 1 : said[at] == want); at++)
				;
			if (at > n) { print; exit }
		}' "$2" "$1"
}

# page FILE: runs it, compares.
page()
{
	local folder=$work/${1##*/} shown missing
	mkdir "$folder"
	blocks "$1" "$folder" >"$folder/commands.sh"
	if (cd "$copy" && bash "$folder/commands.sh" </dev/null 3>"$folder/where" 2>&1); then
		passed=$((passed + $(wc -l <"$folder/where")))
	else
		fail "$1: the block at line $(tail -1 "$folder/where" | cut -d' ' -f2)" \
			"$(tail -15 "$folder/said.$(tail -1 "$folder/where" | cut -d' ' -f1)")"
	fi
	[ -z "$show" ] || find "$folder" -name "said.*" -print0 | sort -zV | xargs -0 cat
	# Without the traces demand is drawn by chance, and all figures are others.
	[ -n "${VDCSIM_TRACES:-}" ] || return
	for shown in "$folder"/shown.*; do
		[ -e "$shown" ] || continue
		missing=$(compare "$shown" "$folder/said.${shown##*.}" 2>&1)
		if [ -z "$missing" ]; then
			pass
		else
			fail "$1 shows what is not printed (block ${shown##*.})" "$missing"
		fi
	done
}

page docs/tutorial.md
[ "$(wc -l <"$work/tutorial.md/where")" -ge 10 ] && pass || fail "docs/tutorial.md has only few blocks of commands"
if [ -n "${VDCSIM_TRACES:-}" ]; then
	page README.md
	page docs/guide.md
else
	skip "README.md and docs/guide.md" "they need the traces, which are not on this machine"
fi
finish

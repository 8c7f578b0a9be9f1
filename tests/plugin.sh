#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Policies that are loaded at run time: the file that `vdcsim new policy` writes builds and runs at once, and a plug-in
# that crashes, never answers, or lies loses its own run, is told by name, and leaves no file.
. "$(dirname "$0")/lib.sh"
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export VDCSIM_SCENARIOS=$root/scenarios
out=$work/.out err=$work/.err
cc=${CC:-cc}

says() { holds "$1: stderr says '$2'" grep -qF -- "$2" "$err"; }

absent() { holds "$1: $2 is not there" test ! -e "$2"; }
digest() { sed -n 's/.*"digest": *"\([^"]*\)".*/\1/p' "$out"; }

run() { expect "$1" "$2" run "$root/scenarios/library/tutorial_two_hosts.yaml" --set "placement.policy=$3" "${@:4}"; }

begin_from_the_template()
{
	expect 0 "new policy" new policy mine -o "$work"
	"$cc" -std=c11 -O2 -Wall -Wextra -Werror -shared -fPIC -o "$work/mine.so" "$work/mine.c" 2>"$err"
	same "the template compiles without a warning" "$?$(cat "$err")" 0
	run 0 "the template runs" "$work/mine.so" --json
	local first
	first=$(digest)
	run 0 "the template runs again" "$work/mine.so" --json
	same "two runs of a plug-in are equal" "$(digest)" "$first"
	run 0 "a parameter of a plug-in" "$work/mine.so" --set placement.parameters.reserve=0.5
	run 2 "a parameter out of range" "$work/mine.so" --set placement.parameters.reserve=2
	says "a parameter out of range" "it must be from 0 to 1"
	run 2 "an unknown parameter" "$work/mine.so" --set placement.parameters.reserv=0.5
	says "an unknown parameter" "did you mean 'reserve'?"
	expect 2 "new policy over an old one" new policy mine -o "$work"
	says "new policy over an old one" "it is not overwritten"
	expect 0 "a second policy beside it" new policy second -o "$work"
	expect 2 "a name that C has no place for" new policy 9-lives -o "$work"
	expect 2 "a folder that is not there" new policy third -o "$work/nowhere"
	expect 2 "another kind of file" new polcy third
	says "another kind of file" "policy"
}

# misbehave NUMBER: builds that plug-in; its path.
misbehave()
{
	local file=$work/misbehaves$1.so
	"$cc" -std=c11 -O1 -I. -shared -fPIC -DMISBEHAVIOUR="$1" -o "$file" -x c tests/plugin/misbehaves.c.in || exit 3
	echo "$file"
}

# loses NUMBER WHAT TEXT...: the run ends with status 3, says each text, and leaves no result.
loses()
{
	local file what=$2
	file=$(misbehave "$1")
	run 3 "$what" "$file" --set placement.budget=0.3s -o "$work/lost.h5"
	shift 2
	for text in "$@"; do
		says "$what" "$text"
	done
	absent "$what" "$work/lost.h5"
}

refused()
{
	run 2 "$2" "$(misbehave "$1")"
	says "$2" "$3"
}

begin_from_the_template
loses 1 "a plug-in that crashes" "policy 'misbehaves' crashed" "when asked 'place'" "this run is lost"
loses 2 "a plug-in that never answers" "took more than 0.3 s of CPU" "when asked 'place'"
loses 5 "a plug-in that ends the program" "ended the program"
loses 7 "a plug-in that crashes while it is loaded" "when asked 'load'"
run 0 "a plug-in that answers nonsense" "$(misbehave 3)" --json
if [ "$(sed -n 's/.*"plans_refused": *\([0-9]*\).*/\1/p' "$out")" -gt 0 ]; then
	pass
else
	fail "nonsense is refused and counted" "$(head -c 300 "$out")"
fi
refused 4 "another version of the ABI" "it speaks version 7 of the policy ABI; this program speaks 1"
refused 6 "a plug-in that answers nothing" "it answers no question"
refused 8 "a parameter whose preset is out of its own range" "the preset of its parameter 'x' is 2, and not from 0 to 1"
run 2 "a plug-in that is not there" ./nowhere.so
says "a plug-in that is not there" "nowhere.so"
echo "int x;" >"$work/empty.c" && "$cc" -shared -fPIC -o "$work/empty.so" "$work/empty.c"
run 2 "a library that is no policy" "$work/empty.so"
says "a library that is no policy" "it exports no"
expect 2 "a file that is no library" run "$root/scenarios/library/tutorial_two_hosts.yaml" \
	--set "placement.policy=$work/mine.c"
says "a file that is no library" "error: policy"
finish

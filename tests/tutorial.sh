#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs what docs/tutorial.md tells a reader to type: every block marked `sh`, in order, in one shell, in a copy of the
# source (the reader adds a policy to it). Passes when every command ends with status 0. `tutorial.sh --show` prints
# the commands and all they say, to bring the page up to date.
. "$(dirname "$0")/lib.sh"
page=docs/tutorial.md
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
# The reader's program finds traces beside the source; the copy has no such neighbour.
for traces in "${VDCSIM_TRACES:-}" "$PWD/../shared/traces"; do
	[ -d "$traces" ] || continue
	VDCSIM_TRACES=$(realpath "$traces")
	export VDCSIM_TRACES
	break
done
unset VDCSIM_SCENARIOS

{
	echo 'set -e'
	[ -z "$show" ] || echo 'set -v'
	awk '/^```sh$/ { inside = 1; print "echo \"# line " NR + 1 "\" >&3"; next } /^```$/ { inside = 0 } inside' "$page"
} >"$work/commands.sh"
blocks=$(grep -c '>&3$' "$work/commands.sh")
[ "$blocks" -ge 10 ] && pass || fail "$page has only $blocks blocks of commands"
cd "$copy" || exit 3
if bash "$work/commands.sh" >"$work/out" 2>&1 3>"$work/where" </dev/null; then
	pass
else
	fail "$page: the block at $(tail -1 "$work/where" | tr -d '#')" "$(tail -15 "$work/out")"
fi
[ -z "$show" ] || cat "$work/out"
passed=$((passed + $(wc -l <"$work/where") - 1))
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs every bench program and gathers its JSON lines in bench/results.jsonl, all of them or none.
#
# usage: bench/bench.sh [--quick]     BUILD tells the build folder (build)
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BUILD:-build}
results=bench/results.jsonl

fail() {
	echo "bench: $1" >&2
	exit "$2"
}

[[ $# -eq 0 || ($# -eq 1 && $1 == --quick) ]] || fail "usage: bench/bench.sh [--quick]" 2

programs=()
for source in bench/*.c; do
	program=$build/bench/$(basename "$source" .c)
	[[ -x $program ]] || fail "$program is not there; 'make bench' builds it" 2
	programs+=("$program")
done

unfinished=$(mktemp "$results.XXXXXX")
trap 'rm -f "$unfinished"' EXIT
for program in "${programs[@]}"; do
	"$program" "$@" | tee -a "$unfinished" || fail "$program failed; $results is as it was" 1
done
chmod 644 "$unfinished"
mv "$unfinished" "$results"

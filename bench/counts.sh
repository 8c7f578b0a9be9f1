#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Counts the instructions of fixed workloads with callgrind and compares them with bench/counts.txt.
#
# usage: bench/counts.sh [--bless]    BUILD tells the build folder (build)
# Each line of counts.txt is a program, one of its fixed workloads, and the count. Prints a JSON line each; exit
# status 1 when one is more than 5 % above. --bless writes the new counts. Unlike the clock, counts are the same on a
# busy machine; they do change with the compiler (these: gcc 12, -O2).
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BUILD:-build}
counts=bench/counts.txt
allowed_percent=5

bless=false
[[ ${1:-} == --bless ]] && bless=true
command -v valgrind >/dev/null || { echo "counts: valgrind is not installed" >&2; exit 3; }
unfinished=$(mktemp "$counts.XXXXXX")
trap 'rm -f "$unfinished" "$unfinished.log"' EXIT

status=0
while read -r program workload expected; do
	if [[ -z $program || $program == \#* ]]; then
		echo "$program${workload:+ $workload}${expected:+ $expected}" >>"$unfinished"
		continue
	fi
	if ! valgrind --tool=callgrind --callgrind-out-file=/dev/null \
			"$build/bench/$program" --fixed "$workload" >/dev/null 2>"$unfinished.log" </dev/null; then
		cat "$unfinished.log" >&2
		exit 3
	fi
	count=$(awk '/Collected/ {print $NF}' "$unfinished.log")
	ratio=$(awk -v now="$count" -v was="${expected:-$count}" 'BEGIN {printf "%.4f", now / was}')
	echo "{\"count\":\"$program/$workload\",\"instructions\":$count,\"expected\":${expected:-null},\"ratio\":$ratio}"
	echo "$program $workload $count" >>"$unfinished"
	if ! $bless && ((count * 100 > ${expected:-$count} * (100 + allowed_percent))); then
		echo "counts: $program $workload takes $count instructions, was $expected" >&2
		status=1
	fi
done <"$counts"

if $bless; then
	chmod 644 "$unfinished"
	mv "$unfinished" "$counts"
fi
exit $status

#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What `make test` runs: CUnit's suites and every script that counts, then one summary of all. Status 1 if any failed.
. "$(dirname "$0")/lib.sh"
log=$BUILD/cunit.log

# add NAME PASSED FAILED SKIPPED: into the totals and the closing table.
table=
add()
{
	passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
	table+=$(printf '  %-8s %5d passed %5d failed %5d skipped' "$@")$'\n'
}

# The numbers of CUnit's "tests  total ran passed failed inactive". A crash leaves none: that is one failure.
unit_tests()
{
	local numbers
	# stdbuf preloads a library, which the address sanitizer would complain about.
	ASAN_OPTIONS=verify_asan_link_order=0${ASAN_OPTIONS:+:$ASAN_OPTIONS} stdbuf -oL "$BUILD/tests" >"$log" 2>&1
	local status=$?
	cat "$log"
	numbers=$(awk '$1 == "tests" && NF >= 6 { print $4, $5 }' "$log")
	if [ -z "$numbers" ]; then
		echo "run: CUnit ended with status $status and no summary" >&2
		numbers="0 1"
	elif [ "$status" -ne 0 ] && [ "${numbers#* }" = 0 ]; then
		numbers="${numbers% *} 1"
	fi
	# shellcheck disable=SC2086 # two words
	add unit $numbers "$(sed -n 's/^\([0-9]*\) tests skipped.*/\1/p' "$log" | grep . || echo 0)"
}

# script NAME: its last line is 'NAME: N passed, N failed[, N skipped]'.
script()
{
	local last status
	[ -x "tests/$1.sh" ] || { add "$1" 0 1 0; echo "run: tests/$1.sh is missing" >&2; return; }
	BUILD=$BUILD VDCSIM=$vdcsim "tests/$1.sh" | tee "$BUILD/$1.log"
	status=${PIPESTATUS[0]}
	last=$(tail -1 "$BUILD/$1.log" | sed -nE 's/^([a-z]+: )?([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$/\2 \3 \5/p')
	[ -n "$last" ] || last="0 1"
	read -r good bad left <<<"$last"
	[ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	add "$1" "$good" "$bad" "${left:-0}"
}

# Every input that ever broke a reader, through the same harness that the fuzzer drives.
corpora()
{
	local program name folders good=0 bad=0
	for program in "$BUILD"/replay/*; do
		name=$(basename "$program")
		[ -x "$program" ] && [ -f "$program" ] && [ -d "tests/fuzz/corpus/$name" ] || continue
		folders="tests/fuzz/corpus/$name"
		[ "$name" = assemble ] && folders+=" models/hypervisor/guests"
		# shellcheck disable=SC2086 # folders are words
		if find $folders -type f -print0 | xargs -0 "$program" >/dev/null 2>"$BUILD/fuzz.log"; then
			good=$((good + 1))
		else
			bad=$((bad + 1))
			tail -20 "$BUILD/fuzz.log" >&2
		fi
	done
	add fuzz "$good" "$bad" 0
}

begun=$SECONDS
unit_tests
for name in layers bad cli golden completion tutorial plugin sweep slurm; do
	script "$name"
done
corpora
printf '\n%sin %d s\n' "$table" $((SECONDS - begun))
sed -n '/^Run Summary:/,/^Elapsed/p' "$log"
echo "test: $passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ]

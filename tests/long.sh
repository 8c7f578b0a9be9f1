#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What `make test-long` runs: the same results from other compilers and processors, sanitizers, valgrind, the large
# scenario, instruction counts, a bare machine. Takes tens of minutes.
. "$(dirname "$0")/lib.sh"
sample=scenarios/library/generated_small.yaml

digest_of()
{
	"$@" run "$sample" --json 2>/dev/null | jq -r .summary.digest
}

same_digest()
{
	local what=$1 digest
	shift
	digest=$(digest_of "$@")
	if [ -n "$digest" ] && [ "$digest" = "$reference" ]; then
		pass
	else
		fail "$what has digest ${digest:-none}, not $reference"
	fi
}

# step WHAT COMMAND...: passes when the command does; its output is kept for a failure.
step()
{
	local what=$1 log
	log=$BUILD/long.log
	shift
	echo "long: $what" >&2
	if "$@" >"$log" 2>&1; then
		pass
	else
		fail "$what" "$(tail -15 "$log")"
	fi
}

sameness()
{
	local compiler level folder
	reference=$(digest_of "$vdcsim")
	for compiler in gcc clang; do
		for level in -O0 -O2 -O3; do
			folder=build/same$level-$compiler
			step "$compiler $level builds" make -s CC=$compiler OPT=$level BUILD="$folder" "$folder/vdcsim"
			same_digest "$compiler $level" "$folder/vdcsim"
		done
	done
	same_digest "no AVX, no FMA" env GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F "$vdcsim"
}

sanitized()
{
	step "tests under address and undefined" make -s SANITIZE=address,undefined test
	step "tests under thread" make -s SANITIZE=thread build/thread/tests
	step "tests under thread pass" env TSAN_OPTIONS=allocator_may_return_null=1 build/thread/tests
}

valgrind_clean()
{
	step "valgrind over the unit tests" valgrind --quiet --error-exitcode=1 --leak-check=full --show-leak-kinds=definite \
		--errors-for-leak-kinds=definite --trace-children=no "$BUILD/tests"
	step "valgrind over a run" valgrind --quiet --error-exitcode=1 --leak-check=full --show-leak-kinds=definite \
		--errors-for-leak-kinds=definite "$vdcsim" run "$sample" -o "$BUILD/valgrind.h5"
}

bash -n tests/*.sh || exit 3
./setup.sh dev || exit 3
sameness
sanitized
valgrind_clean
step "a million random programs, each beside a bare machine" env VDCSIM_LONG=1 "$BUILD/tests" models_vmm
step "10,000 intervals of an M/M/1 queue" env VDCSIM_REPETITIONS=10000 "$BUILD/tests" laws_coverage
step "a sweep on Slurm, a node and the controller killed" tests/slurm.sh --faults
step "policies without what distinguishes them fail" tests/mutants.sh
step "goldens with the large scenario" tests/golden.sh --long
step "the report in a browser" tests/report.sh
step "instruction counts" bench/counts.sh
step "a bare machine" tests/fresh.sh
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Are the cases of tests/policies/ sharp? Each line of mutants.txt takes away what distinguishes a policy; the mutant
# is compiled in the policy's place and linked with the tests, and some case must fail. Names those that live.
. "$(dirname "$0")/lib.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
suites=(placement spread overloaded select drain scale balance power governors failed)

# The tests of policies and no others, so that a link takes a tenth of a second.
main_of()
{
	local suite
	echo '#include <CUnit/Basic.h>'
	echo '#include "tests/test.h"'
	for suite in "${suites[@]}"; do echo "extern const struct suite suite_policies_$suite;"; done
	echo 'int main(void) { const struct suite *suites[] = {'
	for suite in "${suites[@]}"; do echo "&suite_policies_$suite,"; done
	echo '}; CU_initialize_registry();'
	echo 'for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) { CU_pSuite s = CU_add_suite(suites[i]->name, 0, 0);'
	echo 'for (size_t k = 0; k < suites[i]->count; k++) CU_add_test(s, suites[i]->tests[k].sentence, suites[i]->tests[k].run); }'
	echo 'CU_basic_set_mode(CU_BRM_SILENT); CU_basic_run_tests(); return CU_get_number_of_failures() > 0; }'
}

# shellcheck disable=SC2206 # CC may be words
cc=(${CC:-gcc} -std=c11 -D_GNU_SOURCE -I. -O1 -w -ffp-contract=off)
main_of >"$work/main.c"
declare -A object
for file in policies/registry.c policies/*/*.c tests/policies/view.c "${suites[@]/#/tests/policies/}"; do
	[ -f "$file" ] || file=$file.c
	object[$file]=$work/${file//\//_}.o
	"${cc[@]}" -c "$file" -o "${object[$file]}" || exit 3
done
"${cc[@]}" -c "$work/main.c" -o "$work/main.o" || exit 3

# link FILE OBJECT: a program of the tests in which the object stands in the file's place
link()
{
	local file all=("$work/main.o" "$2")
	for file in "${!object[@]}"; do [ "$file" = "$1" ] || all+=("${object[$file]}"); done
	"${cc[@]}" "${all[@]}" -lcunit -o "$work/tests"
}

link policies/place/first_fit.c "${object[policies/place/first_fit.c]}" || exit 3
if "$work/tests" >/dev/null 2>&1; then pass; else fail "the tests pass on the policies as they are"; finish; fi

while IFS=$'\t' read -r file old new; do
	[[ $file == policies/* ]] || continue
	old=${old//\\n/$'\n'} old=${old//\\t/$'\t'} new=${new//\\n/$'\n'} new=${new//\\t/$'\t'}
	text=$(<"$file")
	if [[ $text != *"$old"* ]]; then
		fail "$file has no: $old"
		continue
	fi
	printf '%s\n' "${text/"$old"/"$new"}" >"$work/mutant.c"
	if ! "${cc[@]}" -c "$work/mutant.c" -o "$work/mutant.o" 2>"$work/said" || ! link "$file" "$work/mutant.o"; then
		fail "$file: with '$new' for '$old' it does not compile" "$(head -3 "$work/said")"
	elif timeout 10 "$work/tests" >/dev/null 2>&1; then
		fail "$file: no case fails with '$new' for '$old'"
	else
		pass
	fi
done <tests/mutants.txt
for file in policies/*/*.c; do
	grep -q "^$file	" tests/mutants.txt || fail "$file has no mutant in tests/mutants.txt"
done
finish

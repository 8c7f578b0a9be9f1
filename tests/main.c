/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs all suites, or the one named on the command line, and prints CUnit's summary. */
#include "tests/test.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUITE_ENTRY(name) extern const struct suite suite_##name;
#include "tests/suites.def"
#undef SUITE_ENTRY

#define SUITE_ENTRY(name) &suite_##name,
static const struct suite *const suites[] = {
#include "tests/suites.def"
};
#undef SUITE_ENTRY

static unsigned skipped; /* the one mutable file-scope variable: CUnit's test functions take no argument */

void test_skip(const char *why)
{
	skipped++;
	printf(" skipped: %s ...", why);
}

static void suite_register(const struct suite *s)
{
	CU_pSuite registered = CU_add_suite(s->name, NULL, NULL);
	for (size_t i = 0; registered && i < s->count; i++)
		if (!CU_add_test(registered, s->tests[i].sentence, s->tests[i].run))
			registered = NULL;
	if (!registered) {
		fprintf(stderr, "tests: cannot register %s: %s\n", s->name, CU_get_error_msg());
		exit(3);
	}
}

int main(int argc, char **argv)
{
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 3;
	for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
		if (argc < 2 || strcmp(argv[1], suites[i]->name) == 0)
			suite_register(suites[i]);
	CU_basic_set_mode(argc < 2 ? CU_BRM_NORMAL : CU_BRM_VERBOSE);
	CU_basic_run_tests();
	unsigned failed = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
	unsigned ran = CU_get_number_of_tests_run();
	CU_cleanup_registry();
	if (skipped)
		printf("%u tests skipped: what they need is not on this machine\n", skipped);
	return failed || !ran ? 1 : 0;
}

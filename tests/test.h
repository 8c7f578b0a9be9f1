/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a test file needs: CUnit's assertions, and a table of tests whose names are sentences. */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <CUnit/CUnit.h>
#include <stddef.h>

struct test {
	const char *sentence;
	void (*run)(void);
};

struct suite {
	const char *name;
	const struct test *tests;
	size_t count;
};

/* Ends a test file: names its suite. Each suite has one line in tests/suites.def. */
#define SUITE(suite_name, table) \
	extern const struct suite suite_##suite_name; \
	const struct suite suite_##suite_name = { #suite_name, table, sizeof table / sizeof *table };

/* Says why a test could not run (a trace that is not there) and counts it as skipped, not as passed. */
void test_skip(const char *why);

#endif

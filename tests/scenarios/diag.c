/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages about bad input: their order, their number, and the suggestions. */
#include "scenarios/diag.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

static char *printed(struct diag *d)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	diag_print(d, out);
	fclose(out);
	return text;
}

static void messages_are_sorted(void)
{
	struct diag d;
	diag_init(&d);
	diag_error(&d, (struct place){"b.yaml", 1, 1}, "third");
	diag_warning(&d, (struct place){"a.yaml", 7, 2}, "second");
	diag_error(&d, (struct place){"a.yaml", 7, 1}, "first %d", 1);
	diag_error(&d, (struct place){"--set x=1", 0, 0}, "zeroth");
	char *text = printed(&d);
	CU_ASSERT_STRING_EQUAL(text, "--set x=1: error: zeroth\na.yaml:7:1: error: first 1\n"
	                             "a.yaml:7:2: warning: second\nb.yaml:1:1: error: third\n");
	CU_ASSERT_EQUAL(d.errors, 3);
	free(text);
	diag_fini(&d);
}

static void only_twenty_are_shown(void)
{
	struct diag d;
	diag_init(&d);
	for (uint32_t i = 0; i < 5000; i++)
		diag_error(&d, (struct place){"a.yaml", i + 1, 1}, "wrong");
	char *text = printed(&d);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "a.yaml:20:1: error: wrong\nand 4980 more\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "a.yaml:21:"));
	CU_ASSERT_EQUAL(d.errors, 5000);
	free(text);
	diag_fini(&d);
}

static void one_place_says_it_once(void)
{
	struct diag d;
	diag_init(&d);
	for (int i = 0; i < 3; i++)
		diag_error(&d, (struct place){"a.yaml", 4, 2}, "no unit");
	char *text = printed(&d);
	CU_ASSERT_STRING_EQUAL(text, "a.yaml:4:2: error: no unit\n");
	free(text);
	diag_fini(&d);
}

static void nothing_is_printed_of_nothing(void)
{
	struct diag d;
	diag_init(&d);
	char *text = printed(&d);
	CU_ASSERT_STRING_EQUAL(text, "");
	free(text);
	diag_fini(&d);
}

static void near_words_are_found(void)
{
	static const char *const words[] = {"hosts", "vms", "duration", "seed"};
	CU_ASSERT_STRING_EQUAL(diag_near("hostz", words, 4), "hosts");
	CU_ASSERT_STRING_EQUAL(diag_near("hsots", words, 4), "hosts");
	CU_ASSERT_STRING_EQUAL(diag_near("durration", words, 4), "duration");
	CU_ASSERT_STRING_EQUAL(diag_near("sed", words, 4), "seed");
	CU_ASSERT_STRING_EQUAL(diag_near("vm", words, 4), "vms");
}

static void far_words_are_not(void)
{
	static const char *const words[] = {"hosts", "vms", "duration", "a"};
	char long_word[200];
	memset(long_word, 'x', sizeof long_word - 1);
	long_word[sizeof long_word - 1] = '\0';
	CU_ASSERT_PTR_NULL(diag_near("colour", words, 4));
	CU_ASSERT_PTR_NULL(diag_near("", words, 4));
	CU_ASSERT_PTR_NULL(diag_near("b", words, 4));
	CU_ASSERT_PTR_NULL(diag_near(long_word, words, 4));
	CU_ASSERT_PTR_NULL(diag_near("x", NULL, 0));
}

static const struct test tests[] = {
	{"messages are sorted by file, line and column", messages_are_sorted},
	{"twenty messages are shown and the rest counted", only_twenty_are_shown},
	{"the same message at one place is told once", one_place_says_it_once},
	{"nothing is printed when nothing is wrong", nothing_is_printed_of_nothing},
	{"a misspelt word finds its neighbour", near_words_are_found},
	{"a strange word finds none", far_words_are_not},
};
SUITE(scenarios_diag, tests)

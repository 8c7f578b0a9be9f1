/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Studies: their designs, runs and seeds, and what is wrong with bad ones. */
#include "scenarios/study_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

static struct study *study_of(const char *text)
{
	struct diag diag;
	diag_init(&diag);
	struct study *s = study_read_text(text, "study.yaml", &diag);
	if (!s)
		diag_print(&diag, stderr);
	diag_fini(&diag);
	return s;
}

/* The study is refused, with these words. */
static void refused(const char *text, const char *words)
{
	struct diag diag;
	bool said = false;
	diag_init(&diag);
	struct study *s = study_read_text(text, "study.yaml", &diag);
	CU_ASSERT_PTR_NULL(s);
	for (uint32_t i = 0; i < diag.count; i++)
		said |= strstr(diag.messages[i].text, words) != NULL;
	CU_ASSERT_TRUE(said);
	if (!said)
		fprintf(stderr, "not said: %s\n", words);
	study_free(s);
	diag_fini(&diag);
}

static void test_factorial(void)
{
	struct study *s = study_of("scenario: x\naxes:\n- {key: a, values: [p, q]}\n- {key: b, values: [1, "
	                           "2, 3]}\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT(s->points == 6 && s->key_count == 2 && s->replications == 1);
	static const char *const wanted[] = {"p", "1", "p", "2", "p", "3", "q", "1", "q", "2", "q", "3"};
	for (int i = 0; i < 12; i++)
		CU_ASSERT_STRING_EQUAL(s->values[i], wanted[i]);
	study_free(s);
}

static void test_ranges(void)
{
	struct study *s = study_of("scenario: x\naxes:\n"
		"- {key: a, from: 1 GiB, to: 16 GiB, steps: 5, scale: log}\n- {key: b, from: 1, to: 4, "
			"steps: 2}\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	static const char *const wanted[] = {"1 GiB", "2 GiB", "4 GiB", "8 GiB", "16 GiB"};
	for (int i = 0; i < 5; i++)
		CU_ASSERT_STRING_EQUAL(s->values[4 * i], wanted[i]);
	CU_ASSERT(strcmp(s->values[1], "1") == 0 && strcmp(s->values[3], "4") == 0);
	study_free(s);
}

static void test_zip(void)
{
	struct study *s = study_of("scenario: x\naxes:\n- zip: {a: [1, 2], b: [u, v]}\n- {key: c, values: "
	                           "[7]}\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT(s->points == 2 && s->key_count == 3);
	CU_ASSERT_STRING_EQUAL(s->values[3], "2");
	CU_ASSERT_STRING_EQUAL(s->values[4], "v");
	CU_ASSERT_STRING_EQUAL(s->values[5], "7");
	study_free(s);
}

static void test_hypercube(void)
{
	struct study *s = study_of("scenario: x\ndesign: latin_hypercube\npoints: 50\naxes:\n"
		"- {key: a, from: 0, to: 1.0 }\n- {key: b, from: 0.5, to: 50.5}\n- {key: c, values: [p, "
			"q]}\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(s->points, 50);
	bool seen[50] = {false};
	int p_count = 0;
	for (uint32_t i = 0; i < 50; i++) {
		int part = (int)((strtod(s->values[3 * i + 1], NULL) - 0.5));
		CU_ASSERT_FATAL(part >= 0 && part < 50);
		CU_ASSERT_FALSE(seen[part]); /* each fiftieth of an axis once */
		seen[part] = true;
		p_count += *s->values[3 * i + 2] == 'p';
	}
	CU_ASSERT_EQUAL(p_count, 25);
	study_free(s);
}

static void test_sobol(void)
{
	struct study *s = study_of("scenario: x\ndesign: sobol\npoints: 3\naxes:\n"
		"- {key: a, from: 0.0, to: 8 }\n- {key: b, from: 0, to: 8}\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	/* Antonov and Saleev's order: 1/2 1/2, 3/4 1/4, 1/4 3/4. */
	static const char *const wanted[] = {"4", "4", "6", "2", "2", "6"};
	for (int i = 0; i < 6; i++)
		CU_ASSERT_STRING_EQUAL(s->values[i], wanted[i]);
	study_free(s);
}

static void test_crossed(void)
{
	struct study *s = study_of("scenario: x\ndesign: sobol\npoints: 3\naxes:\n"
		"- {key: k, values: [p, q], crossed: true}\n- {key: a, from: 0.0, to: 8}\n"
		"- {key: m, values: [u, v], crossed: true}\n- {key: b, from: 0.0, to: 8}\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(s->points, 12);
	/* The first point of the design, with each of the four pairs; then the second. */
	static const char *const wanted[] = {"p", "4", "u", "4", "p", "4", "v", "4", "q", "4", "u", "4",
	                                     "q", "4", "v", "4", "p", "6", "u", "2"};
	for (int i = 0; i < 20; i++)
		CU_ASSERT_STRING_EQUAL(s->values[i], wanted[i]);
	study_free(s);
}

static void test_seeds(void)
{
	struct arena arena;
	struct study *s = study_of("scenario: x\nset: [z=1]\nreplications: 3\naxes: [{key: a, values: [1, "
	                           "2]}]\n");
	struct study *own = study_of("scenario: x\nreplications: 3\ncommon_random_numbers: false\n"
		"axes: [{key: a, values: [1, 2]}]\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_PTR_NOT_NULL_FATAL(own);
	arena_init(&arena);
	struct study_run first = study_run(s, 0, 1, &arena), second = study_run(s, 1, 1, &arena);
	CU_ASSERT(first.seed == second.seed && first.seed != study_run(s, 0, 2, &arena).seed);
	CU_ASSERT(study_run(own, 0, 1, &arena).seed != study_run(own, 1, 1, &arena).seed);
	CU_ASSERT(second.override_count == 2 && strcmp(second.overrides[0], "z=1") == 0 &&
	          strcmp(second.overrides[1], "a=2") == 0);
	arena_fini(&arena);
	study_free(s);
	study_free(own);
}

static void test_until(void)
{
	struct study *s = study_of("scenario: x\nuntil: {metric: energy_j, half_width: 1 %, least: 4, most: "
	                           "50}\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT(s->has_until && s->replications == 4 && s->until_most == 50 && s->points == 1);
	CU_ASSERT_DOUBLE_EQUAL(s->until_half_width, 0.01, 1e-15);
	study_free(s);
}

static void test_bad(void)
{
	refused("axes: []\n", "a study needs a `scenario`");
	refused("scenario: x\naxis: 3\n", "did you mean 'axes'?");
	refused("scenario: x\naxes: [{key: a}]\n", "an axis needs `values`, or `from` and `to`");
	refused("scenario: x\naxes: [{key: a, from: 1 GiB, to: 2 s}]\n", "both need the same unit");
	refused("scenario: x\naxes: [{key: a, from: 2, to: 1}]\n", "'to' must be above 'from'");
	refused("scenario: x\naxes: [{key: a, from: 0, to: 1, steps: 5}]\n", "5 whole numbers from 0 to 1");
	refused("scenario: x\naxes: [{key: a, from: 0, to: 1, scale: log}]\n", "begins above 0");
	refused("scenario: x\naxes: [{key: a, values: [1]}, {key: a, values: [2]}]\n", "is on two axes");
	refused("scenario: x\naxes: [{zip: {a: [1, 2], b: [1]}}]\n", "as many of each");
	refused("scenario: x\naxes: [{file: nowhere.csv}]\n", "cannot read nowhere.csv");
	refused("scenario: x\ndesign: sobol\naxes: [{key: a, from: 0, to: 1}]\n", "needs `points`");
	refused("scenario: x\npoints: 4\n", "'points' is for latin_hypercube and sobol");
	refused("scenario: x\nreplications: 0\n", "it must be a whole number from 1 to 1000000");
	refused("scenario: x\nreplications: 1000000\naxes: [{key: a, from: 0.0, to: 1, steps: 100}]\n",
	        "more than");
	refused("scenario: x\nuntil: {metric: e, half_width: 2}\n", "above 0 and below 100 %");
	refused("scenario: x\naxes: [{key: seed, values: [1, 2]}]\n", "'seed' is no axis");
	refused("scenario: x\nset: [seed=5]\n", "'seed' is not set here");
	refused("- 1\n", "a study is a mapping");
}

static const struct test tests[] = {
	{"a factorial design has each combination, the last axis fastest", test_factorial},
	{"ranges are linear or logarithmic, with their unit", test_ranges},
	{"zipped keys change together", test_zip},
	{"a Latin hypercube meets each part of each axis once", test_hypercube},
	{"Sobol's points are Sobol's", test_sobol},
	{"a crossed axis is combined with every point of a design", test_crossed},
	{"a replication has one seed at all points, or one at each", test_seeds},
	{"a study may replicate until it is sure", test_until},
	{"a bad study is refused with the reason", test_bad},
};
SUITE(scenarios_study, tests)

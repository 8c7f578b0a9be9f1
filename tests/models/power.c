/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power curves: points measured, closed forms, rounding, and spans against single states. */
#include "models/power.h"

#include <math.h>
#include <string.h>

#include "sim/random.h"
#include "tests/test.h"

#define STATES 1000

/* HP ProLiant ML110 G4, SPECpower_ssj2008, as CloudSim has it. */
static const struct power_curve g4 = {
	.name = "g4", .form = POWER_TABLE,
	.table_w = { 86, 89.4, 92.6, 96, 99.5, 102, 106, 108, 112, 114, 117 },
};

static void table_points(void)
{
	for (int k = 0; k < POWER_POINTS; k++)
		CU_ASSERT_EQUAL(power_uw(&g4, k * 372, 3720), llround(g4.table_w[k] * 1e6));
	CU_ASSERT_EQUAL(power_uw(&g4, 25, 100), 94300000);
	CU_ASSERT_EQUAL(power_uw(&g4, 999, 1000), 116970000);
	CU_ASSERT_DOUBLE_EQUAL(power_w(&g4, 0.25), 94.3, 1e-12);
}

static void closed_forms(void)
{
	struct power_curve c = { .name = "c", .idle_w = 100, .max_w = 200 };
	static const int64_t right_uw[POWER_FORMS] = {
		[POWER_LINEAR] = 125000000, [POWER_SQRT] = 150000000,
		[POWER_SQUARE] = 106250000, [POWER_CUBIC] = 101562500,
	};
	for (enum power_form form = POWER_LINEAR; form < POWER_FORMS; form++) {
		c.form = form;
		CU_ASSERT_EQUAL(power_uw(&c, 500, 2000), right_uw[form]);
		CU_ASSERT_EQUAL(power_uw(&c, 0, 2000), 100000000);
		CU_ASSERT_EQUAL(power_uw(&c, 2000, 2000), 200000000);
		CU_ASSERT_EQUAL(power_w(&c, 1), 200.0);
	}
}

/* Half a microwatt is 2^-1 exactly after the multiplication only for few watts: 2^-6 W = 15625 uW;
 * 2^-7 W = 7812.5 uW. */
static void halves_up(void)
{
	struct power_curve c = { .name = "c", .form = POWER_LINEAR, .idle_w = 0x1p-7, .max_w = 0x1p-7 };
	CU_ASSERT_EQUAL(power_uw(&c, 1, 2), 7813);
	c.idle_w = c.max_w = 0x3p-7;
	CU_ASSERT_EQUAL(power_uw(&c, 1, 2), 23438);
	c.idle_w = c.max_w = 0.4999999999e-6;
	CU_ASSERT_EQUAL(power_uw(&c, 1, 2), 0);
}

static void span_equals_single(void)
{
	struct random_stream r;
	random_init(&r, 3, "test_power", 0);
	uint32_t wrong = 0;
	for (int k = 0; k < 200; k++) {
		struct power_curve c = { .name = "c", .form = (enum power_form)(k % POWER_FORMS) };
		double given[STATES], uw[STATES + 1];
		int64_t capacity = 1 + (int64_t)random_below(&r, UINT64_C(1) << (1 + random_below(&r, 45)));
		uint32_t n = (uint32_t)random_below(&r, STATES + 1);
		c.idle_w = random_uniform(&r, 0, 300);
		c.max_w = c.idle_w + random_uniform(&r, 0, 1000);
		for (int i = 0; i < POWER_POINTS; i++)
			c.table_w[i] = random_uniform(&r, 0, 500);
		for (uint32_t i = 0; i < n; i++)
			given[i] = (double)random_below(&r, (uint64_t)capacity + 1);
		uw[n] = -1;
		power_span(&c, n, given, (double)capacity, uw);
		for (uint32_t i = 0; i < n; i++)
			wrong += uw[i] != (double)power_uw(&c, (int64_t)given[i], capacity);
		wrong += uw[n] != -1;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void names(void)
{
	CU_ASSERT_STRING_EQUAL(power_form_names[POWER_TABLE], "table");
	CU_ASSERT_STRING_EQUAL(power_form_names[POWER_LINEAR], "linear");
	CU_ASSERT_STRING_EQUAL(power_form_names[POWER_SQRT], "sqrt");
	CU_ASSERT_STRING_EQUAL(power_form_names[POWER_SQUARE], "square");
	CU_ASSERT_STRING_EQUAL(power_form_names[POWER_CUBIC], "cubic");
}

static const struct test tests[] = {
	{ "a table gives its points and is linear between them", table_points },
	{ "linear, sqrt, square and cubic at a quarter, idle and full", closed_forms },
	{ "half a microwatt rounds up, and just below it does not", halves_up },
	{ "a span of states has the bits of each state alone", span_equals_single },
	{ "each form has its name", names },
};

SUITE(models_power, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was measured and what was not: boxes, round trips, options; and the choices that `list` tells. */
#include "tests/test.h"

#include <string.h>

#include "models/migration/choices.h"
#include "models/migration/range.h"
#include "sim/time.h"

#define MIB 1048576.0

/* In the midst of "link, pre-copy". */
static struct move_case measured(void)
{
	return (struct move_case){
		.data_pages = 40000, .zero_pages = 25536, .path_Bps = 125 * MIB,
		.dirty = dirty_pattern(DIRTY_UNIFORM, 1024, 16384, 8000),
		.rules = move_rules_default(STOP_QEMU),
	};
}

static const char *why_not(const struct move_case *c)
{
	const char *why = NULL;
	CU_ASSERT_PTR_NULL(range_find(&move_precopy, c, c->path_Bps, &why));
	return why ? why : "";
}

static void test_strata(void)
{
	for (const struct range_stratum *s = range_strata; s->name; s++) {
		bool known = false;
		for (uint32_t k = 0; move_kinds[k]; k++)
			known |= strcmp(move_kinds[k]->name, s->kind) == 0;
		CU_ASSERT(known);
		CU_ASSERT(s->runs > 0 && s->total_01 > 0 && s->total_01 <= s->total_p90_01);
		CU_ASSERT(s->bytes_01 >= 0 && s->downtime_ms >= (double)RANGE_ROUND_TRIP_NS / 1e6);
		for (unsigned a = 0; a < RANGE_AXES; a++)
			CU_ASSERT(s->box[a].least <= s->box[a].most);
	}
}

static void test_round_trip(void)
{
	struct move_case c = measured();
	c.round_trip_ns = 400 * NS_PER_US; /* a rack's */
	const struct range_stratum *s = range_find(&move_precopy, &c, c.path_Bps, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_STRING_EQUAL(s->name, "link, pre-copy");
	/* What it adds is what the model says, and no more than the model's error. */
	struct move near, far;
	CU_ASSERT(move_run(&move_precopy, &c, c.path_Bps, 0, &far));
	c.round_trip_ns = 0;
	CU_ASSERT(move_run(&move_precopy, &c, c.path_Bps, 0, &near));
	CU_ASSERT_EQUAL(far.now_ns - near.now_ns, 800 * NS_PER_US);
	CU_ASSERT_EQUAL(far.downtime_ns - near.downtime_ns, 400 * NS_PER_US);
	c.round_trip_ns = 20 * NS_PER_MS;
	CU_ASSERT_STRING_EQUAL(why_not(&c), "no migration over such a distance was measured");
}

static void test_options(void)
{
	struct move_case c = measured();
	c.rules.stop = STOP_XEN;
	CU_ASSERT_STRING_EQUAL(why_not(&c), "only QEMU's stop rule was measured");
	c = measured();
	c.disk = DISK_COPY;
	CU_ASSERT_STRING_EQUAL(why_not(&c), "no migration of a disk was measured");
	c = measured();
	c.rules.balloon = true;
	CU_ASSERT_STRING_EQUAL(why_not(&c), "no migration with such options was measured");
}

/* Auto-converge was measured on guests to which it does something; of a slow one it takes nothing. */
static void test_auto_converge(void)
{
	struct move_case c = measured();
	c.rules.auto_converge = true;
	const struct range_stratum *s = range_find(&move_precopy, &c, c.path_Bps, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_STRING_EQUAL(s->name, "link, pre-copy");
	c.dirty = dirty_pattern(DIRTY_UNIFORM, 1024, 8192, 32000);
	s = range_find(&move_precopy, &c, c.path_Bps, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_STRING_EQUAL(s->name, "link, pre-copy, auto-converge");
}

static void test_axes(void)
{
	struct move_case c = measured();
	c.zero_pages *= 100;
	CU_ASSERT_STRING_EQUAL(why_not(&c), "no guest of such a size was measured");
	c = measured();
	c.rules.downtime_limit_ns = 3 * NS_PER_S;
	CU_ASSERT_STRING_EQUAL(why_not(&c), "no such downtime limit was measured");
	c = measured();
	c.dirty = dirty_pattern(DIRTY_UNIFORM, 1024, 16384, 64000);
	CU_ASSERT_STRING_EQUAL(why_not(&c),
	                       "no guest with such a dirty rate over its bandwidth was measured");
	c = measured();
	c.path_Bps = 1e10;
	CU_ASSERT_STRING_EQUAL(why_not(&c), "no migration over such a bandwidth was measured");
	c.rules.most_Bps = 64 * MIB; /* and then the path does not count */
	CU_ASSERT_PTR_NOT_NULL(range_find(&move_precopy, &c, c.path_Bps, NULL));
}

static void test_choices(void)
{
	uint32_t topics = 0;
	for (const struct move_choices *c = move_choices; c->topic; c++, topics++) {
		CU_ASSERT(c->count > 1 && *c->question);
		for (uint32_t i = 0; i < c->count; i++) {
			CU_ASSERT_PTR_NOT_NULL_FATAL(c->rows[i].summary);
			CU_ASSERT_PTR_NOT_NULL_FATAL(c->rows[i].source);
			CU_ASSERT(*c->names[i] && *c->rows[i].source);
			CU_ASSERT(strlen(c->rows[i].summary) <= 90); /* a line of a terminal, with its name */
		}
	}
	CU_ASSERT_EQUAL(topics, 5);
	CU_ASSERT_EQUAL(move_choices[0].count, STOP_RULES);
	CU_ASSERT_EQUAL(move_choices[1].count, DIRTY_PATTERNS);
}

static const struct test tests[] = {
	{"each stratum is of a kind that there is, with errors and boxes that can be", test_strata},
	{"a round trip counts as measured while it adds no more than the error", test_round_trip},
	{"options that no measured run had are told", test_options},
	{"auto-converge counts where it has something to do", test_auto_converge},
	{"a case outside of a box is told on which axis", test_axes},
	{"each choice of a migration has a line and a source", test_choices},
};
SUITE(models_range, tests)

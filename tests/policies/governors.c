/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frequency governors, decision by decision: P-states 0 to 3 are 1, 0.8, 0.6 and 0.4 of the speed. */
#include "tests/test.h"

#include "tests/policies/view.h"

struct state {
	const char *why;
	int64_t demand_hz;             /* of 1000 at the fastest */
	uint32_t speed, expected;
};

/* The P-state after one look, or after several of the same demand. */
static uint32_t ask(const char *policy, const char *parameters, const struct state *c, uint32_t looks)
{
	struct view v;
	view_init(&v);
	view_host(&v)->demand_hz = c->demand_hz;
	v.hosts[0].speed = c->speed;
	view_policy(&v, policy, parameters);
	for (uint32_t i = 0; i < looks; i++)
		view_power(&v);
	uint32_t speed = v.hosts[0].speed;
	view_fini(&v);
	return speed;
}

static void check(const char *policy, const struct state *cases, size_t n)
{
	CU_ASSERT(n >= 5);
	for (size_t i = 0; i < n; i++)
		view_equal(cases[i].why, ask(policy, "", &cases[i], 1), cases[i].expected);
}
#define CASES(table) table, sizeof table / sizeof *table

static void test_constant(void)
{
	static const struct state fast[] = {
		{"idle", 0, 0, 0}, {"idle and slow", 0, 3, 0}, {"busy", 1000, 0, 0},
			{"busy and slow", 1000, 2, 0},
		{"more than busy", 2000, 1, 0},
	};
	static const struct state slow[] = {
		{"idle", 0, 0, 3}, {"idle and slow", 0, 3, 3}, {"busy", 1000, 0, 3},
			{"busy and slow", 1000, 2, 3},
		{"more than busy", 2000, 1, 3},
	};
	check("performance", CASES(fast));
	check("powersave", CASES(slow));
	CU_ASSERT_NOT_EQUAL(ask("powersave", "", &fast[0], 1),
	                    fast[0].expected); /* each is the other's mutant */
}

static void test_ondemand(void)
{
	static const struct state cases[] = {
		{"96 % busy: fastest", 960, 0, 0},
		{"30 % busy: 0.4 + 0.3 x 0.6 = 0.58", 300, 0, 2},
		{"60 % busy: 0.76", 600, 0, 1},
		{"idle: slowest", 0, 0, 3},
		{"97.5 % busy at the slowest: fastest at once", 390, 3, 0},
		{"40 % busy at the slowest: 0.64", 160, 3, 2},
		{"more than busy at 0.6", 700, 2, 0},
	};
	check("ondemand", CASES(cases));
	view_equal("the mutant is schedutil: 1.25 x 0.3", ask("schedutil", "", &cases[1], 1), 3);
	view_equal("a lower threshold", ask("ondemand", "up_threshold=0.5", &cases[2], 1), 0);
}

static void test_conservative(void)
{
	static const struct state cases[] = {
		{"10 % busy: 0.95 is not a P-state below yet", 100, 0, 0},
		{"50 % is between: nothing", 500, 0, 0},
		{"busy at the fastest: no faster", 900, 0, 0},
		{"busy at the slowest: 0.45 is not a P-state above yet", 390, 3, 3},
		{"idle at the slowest: no slower", 0, 3, 3},
	};
	check("conservative", CASES(cases));
	view_equal("steps add up: 0.8 after four", ask("conservative", "", &cases[0], 4), 1);
	view_equal("one step of 0.25 down: 0.75 needs 0.8",
	           ask("conservative", "freq_step=0.25", &cases[0], 1), 1);
	view_equal("two: 0.5 needs 0.6", ask("conservative", "freq_step=0.25", &cases[0], 2), 2);
	/* 500 Hz at 0.4: full, 0.65 allows 0.6; 83 % busy there, 0.9 allows 0.8; 62.5 % busy there: stays. */
	const struct state up = {"", 500, 3, 0};
	view_equal("one step up", ask("conservative", "freq_step=0.25", &up, 1), 2);
	view_equal("two steps up", ask("conservative", "freq_step=0.25", &up, 2), 1);
	view_equal("and no third", ask("conservative", "freq_step=0.25", &up, 3), 1);
	view_equal("the mutant leaps", ask("ondemand", "", &up, 1), 0);
	/* However long it was idle, what it wants never falls below the slowest. */
	struct view v;
	view_init(&v);
	view_host(&v)->speed = 3;
	view_policy(&v, "conservative", "freq_step=0.25");
	for (uint32_t i = 0; i < 9; i++)
		view_power(&v);
	v.hosts[0].demand_hz = 390;
	view_same("idle for long, and up at once", view_power(&v), "speed 2 of 0; ");
	view_fini(&v);
}

static void test_schedutil(void)
{
	static const struct state cases[] = {
		{"1.25 x 0.5 = 0.625", 500, 0, 1},
		{"1.25 x 0.4 = 0.5", 400, 0, 2},
		{"1.25 x 0.3 = 0.375", 300, 0, 3},
		{"1.25 x 0.9 is more than all", 900, 0, 0},
		{"at 0.4 no more than 0.4 is seen: 0.5", 700, 3, 2},
		{"at 0.6 no more than 0.6: 0.75", 700, 2, 1},
		{"at 0.8 all is seen: 0.875", 700, 1, 0},
		{"the speed in force does not matter if all is seen", 300, 1, 3},
	};
	check("schedutil", CASES(cases));
	view_equal("up from the slowest in three looks", ask("schedutil", "", &cases[4], 3), 0);
	view_equal("the mutant keeps no headroom", ask("schedutil", "headroom=1", &cases[0], 1), 2);
}

static void test_others_alone(void)
{
	static const char *const governors[] = {"performance", "powersave", "ondemand", "conservative",
	                                        "schedutil"};
	for (size_t i = 0; i < sizeof governors / sizeof *governors; i++) {
		struct view v;
		view_init(&v);
		view_host(&v)->on = false;
		view_host(&v)->speeds = 1;
		v.hosts[0].speed = 1;
		view_policy(&v, governors[i], "");
		view_same(governors[i], view_power(&v), "");
		view_fini(&v);
	}
}

static const struct test tests[] = {
	{"performance and powersave do not look", test_constant},
	{"ondemand leaps up and follows the load down", test_ondemand},
	{"conservative goes step by step", test_conservative},
	{"schedutil keeps a quarter above what it sees", test_schedutil},
	{"hosts that are off or have one speed are left alone", test_others_alone},
};
SUITE(policies_governors, tests)

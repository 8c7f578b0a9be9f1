/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which host is emptied, and whether that is worth it, decision by decision. */
#include "tests/test.h"

#include "tests/policies/view.h"

#define NOBODY POLICY_NONE
#define S 1000000000LL

/* Hosts of 300, 100, 200 and 900 Hz demand, two guests each. */
static void four_hosts(struct view *v, const char *policy, const char *parameters)
{
	static const int64_t demand_hz[] = {150, 50, 100, 450};
	view_init(v);
	for (uint32_t h = 0; h < 4; h++) {
		view_host(v);
		view_guest(v, h, demand_hz[h], 100);
		view_guest(v, h, demand_hz[h], 100);
	}
	view_policy(v, policy, parameters);
}

static void test_least_utilised(void)
{
	struct view v;
	four_hosts(&v, "least_utilised_first", "");
	view_equal("10 %", view_drain(&v), 1);
	view_equal("20 %", view_drain(&v), 2);
	view_equal("30 %", view_drain(&v), 0);
	view_equal("90 %", view_drain(&v), 3);
	view_equal("all have been tried", view_drain(&v), NOBODY);
	v.view.now_ns = 1;
	view_equal("another round", view_drain(&v), 1);
	view_fini(&v);
	/* The mutant takes hosts as they come. */
	four_hosts(&v, "least_utilised_first", "");
	CU_ASSERT_NOT_EQUAL(view_drain(&v), 0);
	view_fini(&v);
}

static void test_who_is_no_candidate(void)
{
	struct view v;
	four_hosts(&v, "least_utilised_first", "threshold=0.5");
	v.hosts[1].closed = true;
	view_equal("the least used is closed", view_drain(&v), 2);
	view_equal("the next", view_drain(&v), 0);
	view_equal("90 % is above the threshold", view_drain(&v), NOBODY);
	view_fini(&v);
	four_hosts(&v, "least_utilised_first", "");
	v.hosts[1].tried = true;
	v.hosts[2].on = false;
	view_equal("tried, and off", view_drain(&v), 0);
	view_fini(&v);
	four_hosts(&v, "least_utilised_first", "");
	view_move(&v, 2, NOBODY);
	view_move(&v, 3, NOBODY);
	view_equal("an empty host is not emptied", view_drain(&v), 2);
	view_fini(&v);
	four_hosts(&v, "least_utilised_first", "");
	v.hosts[2].cpu_hz = 4000;
	view_equal("a share, not Hz: 5 %", view_drain(&v), 2);
	view_fini(&v);
}

static void test_targets_stay(void)
{
	struct view v;
	four_hosts(&v, "least_utilised_first", "");
	view_equal("10 %", view_drain(&v), 1);
	view_move(&v, 2, 2); /* its guests go to host 2 and host 0 */
	view_move(&v, 3, 0);
	view_equal("hosts 2 and 0 have just taken guests", view_drain(&v), 3);
	view_equal("and so nobody is left", view_drain(&v), NOBODY);
	view_fini(&v);
}

struct bargain {
	const char *why, *parameters;
	int64_t demand_hz, target_hz;  /* of the guest that leaves, of the host that takes it */
	int64_t ram_bytes;             /* 100 of them move in a second */
	int64_t wake_s;
	double sleep_w;
	bool worth;
};

/* One guest of host 0 goes to host 1. Curve 1: 100 W idle, 0.1 W a Hz, so that only the idle power is
 * saved. */
static bool ask_worth(const struct bargain *b, bool in_thought, uint32_t curve)
{
	struct view v;
	view_init(&v);
	for (uint32_t h = 0; h < 2; h++) {
		view_host(&v)->wake_ns = b->wake_s * S;
		v.hosts[h].sleep_w = b->sleep_w;
		v.hosts[h].power = curve;
	}
	view_guest(&v, 0, b->demand_hz, b->ram_bytes);
	view_guest(&v, 1, b->target_hz, 100);
	const struct policy_move move = {0, 0, 1, b->ram_bytes * S / 100};
	view_policy(&v, "cost_benefit", b->parameters);
	if (in_thought)
		view_move(&v, 0, 1);
	bool worth = v.policy->worth(v.state, &v.view, &move, 1);
	view_fini(&v);
	return worth;
}

static void test_cost_benefit(void)
{
	static const struct bargain cases[] = {
		{"100 W for 90 s against 500 W for 10 s and no wake-up", "stable=100 penalty=500", 200,
		 100, 1000, 0, 0, true},
		{"100 W for 90 s against 1000 W for 10 s", "stable=100 penalty=1000", 200, 100, 1000, 0,
		 0, false},
		{"the load changes before the guest has left", "stable=10 penalty=0", 200, 100, 1000, 0,
		 0, false},
		{"9000 J against 5000 J and 2 x 10 s of 200 W", "stable=100 penalty=500", 200, 100, 1000,
		 10, 0, false},
		{"a longer calm pays for the same: 19000 J", "stable=200 penalty=500", 200, 100, 1000, 10,
		 0, true},
		{"asleep it draws 60 W: 3600 J against 5000 J", "stable=100 penalty=500", 200, 100, 1000,
		 0, 60, false},
		{"nothing to move, all to save", "", 0, 100, 0, 0, 0, true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int thought = 0; thought < 2; thought++)
			view_equal(cases[i].why, ask_worth(&cases[i], thought, 1), cases[i].worth);
	/* The mutant asks nothing and always moves. */
	CU_ASSERT_FALSE(cases[1].worth);
	/* On a square curve the target's rise is what counts: 400 and 400 of 1000 Hz draw 16 + 16 W apart
	 * and 64 W together. */
	const struct bargain square = {"", "stable=1000 penalty=0", 400, 400, 100, 0, 0, false};
	const struct bargain light = {"", "stable=1000 penalty=0", 400, 0, 100, 0, 0, false};
	view_equal("together they draw more", ask_worth(&square, false, 9), false);
	view_equal("the same, counted in thought", ask_worth(&square, true, 9), false);
	view_equal("equal draws save nothing", ask_worth(&light, false, 9), false);
}

static void test_empty_target(void)
{
	/* Two guests of 100 Hz to a host that was empty: 110 W + 10 W more there, 120 W less here. */
	struct view v;
	view_init(&v);
	for (uint32_t h = 0; h < 3; h++)
		view_host(&v)->sleep_w = 10;
	view_guest(&v, 0, 100, 100);
	view_guest(&v, 0, 100, 100);
	view_guest(&v, 2, 100, 100);
	const struct policy_move empty[] = {{0, 0, 1, S}, {1, 0, 1, S}},
		used[] = {{0, 0, 2, S}, {1, 0, 2, S}};
	view_policy(&v, "cost_benefit", "penalty=0");
	CU_ASSERT_FALSE(v.policy->worth(v.state, &v.view, empty, 2));
	CU_ASSERT(v.policy->worth(v.state, &v.view, used, 2));
	view_move(&v, 0, 1);
	view_move(&v, 1, 1);
	CU_ASSERT_FALSE(v.policy->worth(v.state, &v.view, empty, 2));
	view_fini(&v);
}

static void test_thought(void)
{
	/* 140 W less here, 25 - 1 W more on a square curve, for 10 s: 1160 J against 1000 J for the move. */
	struct view v;
	view_init(&v);
	view_host(&v);
	view_host(&v)->power = 9;
	view_guest(&v, 0, 400, 100);
	view_guest(&v, 1, 100, 100);
	const struct policy_move move = {0, 0, 1, S};
	view_policy(&v, "cost_benefit", "stable=11 penalty=1000");
	CU_ASSERT(v.policy->worth(v.state, &v.view, &move, 1));
	view_move(&v, 0, 1); /* 81 - 25 W, if it were counted twice */
	CU_ASSERT(v.policy->worth(v.state, &v.view, &move, 1));
	view_fini(&v);
}

static const struct test tests[] = {
	{"the least used host is emptied first", test_least_utilised},
	{"closed, tried, empty, full hosts and those that are off are no candidates",
	 test_who_is_no_candidate},
	{"a host that has just taken guests is left alone", test_targets_stay},
	{"moves are worth it when they save more than they cost", test_cost_benefit},
	{"nothing is saved by moving to a host that could have slept", test_empty_target},
	{"a move that stands in the view already is counted once", test_thought},
};
SUITE(policies_drain, tests)

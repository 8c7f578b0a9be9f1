/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many guests a service has, and how a guest moves, decision by decision. */
#include "tests/test.h"

#include "tests/policies/view.h"

#define S 1000000000

struct service {
	const char *why;
	uint32_t guests, starting;
	double load_01, response_ms, target_ms;
	int64_t ago_s;                 /* the last change */
	uint32_t expected;
};

static uint32_t ask(const char *policy, const char *parameters, const struct service *c)
{
	const struct policy_service service = {
		.name = "shop", .guests = c->guests, .starting = c->starting, .least = 1, .most = 100,
		.load_01 = c->load_01, .response_ns = c->response_ms * 1e6, .target_ns = c->target_ms * 1e6,
		.since_ns = 1000 * (int64_t)S - c->ago_s * S,
	};
	struct view v;
	view_init(&v);
	v.view.now_ns = 1000 * (int64_t)S;
	view_policy(&v, policy, parameters);
	uint32_t n = view_scale(&v, &service);
	view_fini(&v);
	return n;
}

static void check(const char *policy, const char *parameters, const struct service *cases, size_t n)
{
	CU_ASSERT(n >= 5);
	for (size_t i = 0; i < n; i++)
		view_equal(cases[i].why, ask(policy, parameters, &cases[i]), cases[i].expected);
}
#define CASES(table) table, sizeof table / sizeof *table

static void test_thresholds(void)
{
	static const struct service cases[] = {
		{"80 % is above 70 %", 4, 0, 0.8, 0, 0, 400, 5},
		{"20 % is below 30 %", 4, 0, 0.2, 0, 0, 400, 3},
		{"50 % is between", 4, 0, 0.5, 0, 0, 400, 4},
		{"70 % is not above 70 %", 4, 0, 0.7, 0, 0, 400, 4},
		{"200 s after a change nothing changes", 4, 0, 0.8, 0, 0, 200, 4},
		{"one that is starting is counted", 4, 1, 0.8, 0, 0, 400, 6},
	};
	check("threshold_scaling", "", CASES(cases));
	view_equal("two at once", ask("threshold_scaling", "step=2", &cases[0]), 6);
	const struct service one = {"", 1, 0, 0.1, 0, 0, 400, 0};
	view_equal("not below none", ask("threshold_scaling", "step=2", &one), 0);
	view_equal("the mutant does not cool down", ask("threshold_scaling", "cool_down=0", &cases[4]), 5);
}

static void test_target(void)
{
	static const struct service cases[] = {
		{"4 x 0.9 / 0.5 = 7.2", 4, 0, 0.9, 0, 0, 400, 8},
		{"4.16 is within 10 % of 4", 4, 0, 0.52, 0, 0, 400, 4},
		{"4.48 is not", 4, 0, 0.56, 0, 0, 400, 5},
		{"1.6 are enough", 4, 0, 0.2, 0, 0, 400, 2},
		{"but not 10 s after a change", 4, 0, 0.2, 0, 0, 10, 4},
		{"more are needed at once", 4, 0, 0.9, 0, 0, 10, 8},
		{"7.2 is within 10 % of 4 and 3 that start", 4, 3, 0.9, 0, 0, 400, 7},
		{"no load, no guest", 4, 0, 0, 0, 0, 400, 0},
	};
	check("target_tracking", "", CASES(cases));
	view_equal("the mutant goes step by step", ask("threshold_scaling", "", &cases[0]), 5);
}

/* a = 2 Erlang: B 0.667 0.4 0.2105 0.0952 0.0367 0.0121; slowdown of three 1.444, four 1.0870, five
 * 1.0199, six 1.0045. A service time of 10 ms gives 10.8696 ms on four. */
static void test_queue(void)
{
	static const struct service cases[] = {
		{"three answer in 14.4 ms", 4, 0, 0.5, 10.869565, 15, 400, 3},
		{"but not in 12 ms", 4, 0, 0.5, 10.869565, 12, 400, 4},
		{"five answer in 10.2 ms", 4, 0, 0.5, 10.869565, 10.5, 400, 5},
		{"10 ms of service are never 9 ms: until there is no queue", 4, 0, 0.5, 10.869565, 9, 400, 6},
		{"fewer only after a while", 4, 0, 0.5, 10.869565, 15, 10, 4},
		{"more at once", 4, 0, 0.5, 10.869565, 10.5, 10, 5},
		{"3 Erlang on two guests: by load, 0.75 on four", 2, 0, 1.5, 100, 15, 400, 4},
		{"nothing promised: by load", 4, 0, 0.5, 10.869565, 0, 400, 3},
		{"no load", 4, 0, 0, 0, 15, 400, 1},
	};
	check("queue_scaling", "", CASES(cases));
	view_equal("the mutant looks at load", ask("target_tracking", "", &cases[2]), 4);
	/* Larger services can be hotter: twice the load, less than twice the guests. */
	const struct service twice = {"", 8, 0, 0.5, 10.06, 12, 400, 0};
	CU_ASSERT(ask("queue_scaling", "", &twice) < 8);
}

struct moving {
	const char *why;
	double dirty_bps, net_01;      /* of the guest, of the target's NIC */
	double nic_bps;
	uint32_t priority;
	const char *expected;
};

static const char *ask_method(const char *parameters, const struct moving *c)
{
	struct view v;
	view_init(&v);
	for (uint32_t h = 0; h < 2; h++)
		view_host(&v)->nic_bps = c->nic_bps;
	v.hosts[1].net_01 = c->net_01;
	struct policy_guest *g = view_guest(&v, 0, 100, 100);
	g->dirty_bps = c->dirty_bps;
	g->priority = c->priority;
	view_policy(&v, "by_dirty_rate", parameters);
	const char *method = view_method(&v, 0, 1);
	view_fini(&v);
	return method;
}

static void test_method(void)
{
	static const struct moving cases[] = {
		{"400 of 1000 bit/s", 400, 0, 1000, 0, "precopy"},
		{"600 are more than half", 600, 0, 1000, 0, "postcopy"},
		{"half of the target's NIC is busy: 300 of 500", 300, 0.5, 1000, 0, "postcopy"},
		{"a guest that must not be lost", 600, 0, 1000, 1, "hybrid"},
		{"which converges all the same", 400, 0, 1000, 1, "precopy"},
		{"no NIC known: 100 bytes in 1 s are 800 bit/s", 399, 0, 0, 0, "precopy"},
		{"401 are more than half of that", 401, 0, 0, 0, "postcopy"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		view_same(cases[i].why, ask_method("", &cases[i]), cases[i].expected);
	view_same("the mutant waits for ever", ask_method("converges=1", &cases[1]), "precopy");
}

static void test_no_such_method(void)
{
	static const char *const only[] = {"cold", NULL};
	struct view v;
	view_init(&v);
	view_host(&v);
	view_host(&v);
	view_guest(&v, 0, 100, 100);
	v.view.methods = only;
	view_policy(&v, "by_dirty_rate", "");
	view_same("there is no pre-copy", view_method(&v, 0, 1), "as ever");
	view_fini(&v);
}

static const struct test tests[] = {
	{"thresholds add and take one, and then wait", test_thresholds},
	{"target tracking goes to the number at once, up sooner than down", test_target},
	{"queue scaling takes the fewest that answer in time", test_queue},
	{"the dirty rate decides between pre-copy and post-copy", test_method},
	{"a method that there is not is not named", test_no_such_method},
};
SUITE(policies_scale, tests)

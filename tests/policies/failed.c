/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens when a host fails or is expected to, decision by decision. */
#include "tests/test.h"

#include "tests/policies/view.h"

#define S 1000000000

/* Host 0 has failed and lost guests 0, 1 and 2 of 400 Hz with priorities 0, 2 and 1; hosts 1 and 2 may be
 * promised 1000 Hz each, of which so much is. */
static void three_lost(struct view *v, int64_t booked_1_hz, int64_t booked_2_hz)
{
	static const uint32_t priorities[] = {0, 2, 1};
	view_init(v);
	for (uint32_t h = 0; h < 3; h++)
		view_host(v)->cpu_limit_hz = 1000;
	for (uint32_t i = 0; i < 3; i++)
		view_guest(v, POLICY_NONE, 100, 100)->priority = priorities[i];
	v->hosts[0].on = false;
	v->hosts[0].state = POLICY_HOST_FAILED;
	v->hosts[1].cpu_booked_hz = booked_1_hz;
	v->hosts[2].cpu_booked_hz = booked_2_hz;
	view_policy(v, "ha_restart", "");
}

static const uint32_t lost[] = {0, 1, 2};
static const struct policy_failure failure = {.host = 0, .count = 3, .lost = lost};

static void test_restart(void)
{
	struct view v;
	three_lost(&v, 400, 200);
	view_same("by priority, each where most is left", view_failed(&v, &failure),
	          "start 1 on 2; start 2 on 1; start 0 on 2; ");
	view_fini(&v);
	/* The mutant, by id, would leave out guest 2 and not guest 0. */
	three_lost(&v, 400, 600);
	view_same("room for two: the least important waits", view_failed(&v, &failure),
	          "start 1 on 1; start 2 on 2; ");
	view_fini(&v);
	three_lost(&v, 400, 600);
	v.guests[0].vcpus = 2;
	v.guests[0].cpu_hz = 200;
	view_same("a smaller one behind has room", view_failed(&v, &failure),
	          "start 1 on 1; start 2 on 2; start 0 on 1; ");
	view_fini(&v);
	three_lost(&v, 400, 200);
	v.guests[0].priority = v.guests[1].priority = v.guests[2].priority = 5;
	view_same("equal priorities: by id", view_failed(&v, &failure),
	          "start 0 on 2; start 1 on 1; start 2 on 2; ");
	view_fini(&v);
	three_lost(&v, 1000, 1000);
	view_same("no room at all", view_failed(&v, &failure), "");
	const struct policy_failure expected = {.host = 0, .count = 0, .expected_ns = S};
	view_same("one that is only expected", view_failed(&v, &expected), "");
	view_fini(&v);
}

struct admission {
	const char *why, *parameters;
	int64_t limit_hz[4], booked_hz[4], booked_bytes[4];
	uint32_t n, off;
	bool move;
	uint32_t expected;
};

static uint32_t ask_place(const char *parameters, const struct admission *c)
{
	struct view v;
	view_init(&v);
	for (uint32_t h = 0; h < c->n; h++) {
		struct policy_host *host = view_host(&v);
		host->on = h != c->off;
		host->cpu_limit_hz = c->limit_hz[h];
		host->cpu_booked_hz = c->booked_hz[h];
		host->ram_booked_bytes = c->booked_bytes[h];
	}
	const struct policy_request request = {
		.vcpus = 4, .vcpu_hz = 100, .cpu_hz = 400, .ram_bytes = 100, .move = c->move,
	};
	view_policy(&v, "ha_restart", parameters);
	uint32_t host = view_place(&v, &request);
	view_fini(&v);
	return host;
}

static void test_admission(void)
{
	static const struct admission cases[] = {
		{"1500 Hz are left, 500 without a host", "", {1000, 1000, 1000}, {500, 500, 500}, {0}, 3,
		 9, false, 0},
		{"1200 Hz are left, 200 without a host", "", {1000, 1000, 1000}, {600, 600, 600}, {0}, 3,
		 9, false,
		 POLICY_NONE},
		{"a guest that moves adds nothing", "", {1000, 1000, 1000}, {600, 600, 600}, {0}, 3, 9,
		 true, 0},
		{"memory is kept as well", "", {1000, 1000, 1000}, {0, 0, 0}, {700, 700, 700}, 3, 9,
		 false, POLICY_NONE},
		{"two hosts of four: 400 Hz are left", "spare=2", {1000, 1000, 1000, 1000},
		 {400, 400, 400, 400}, {0},
		 4, 9, false, 0},
		{"two hosts of four: 200 Hz are left", "spare=2", {1000, 1000, 1000, 1000},
		 {450, 450, 450, 450}, {0},
		 4, 9, false, POLICY_NONE},
		{"the two largest of four, 2000 and 1000: 400 Hz are left", "spare=2",
		 {2000, 1000, 1000, 1000},
		 {400, 400, 400, 400}, {0}, 4, 9, false, 0},
		{"the largest host is the one that fails", "", {3000, 1000, 1000}, {0, 900, 900}, {0}, 3,
		 9, false,
		 POLICY_NONE},
		{"hosts that are off are no reserve", "", {1000, 1000, 1000}, {500, 500, 0}, {0}, 3, 2,
		 false, POLICY_NONE},
		{"there is most room on host 1", "", {1000, 1000, 1000}, {500, 200, 500}, {0}, 3, 9,
		 false, 1},
		{"one host alone has no reserve", "", {1000}, {0}, {0}, 1, 9, false, POLICY_NONE},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		view_equal(cases[i].why, ask_place(cases[i].parameters, &cases[i]), cases[i].expected);
	view_equal("the mutant keeps nothing", ask_place("spare=0", &cases[1]), 0);
}

/* Host 0 is expected to fail; guests 0, 1, 2 take 3, 1 and 5 s; guest 2 has priority 1. */
static void expected(struct view *v, const char *parameters)
{
	static const int64_t ram_bytes[] = {300, 100, 500};
	view_init(v);
	for (uint32_t h = 0; h < 3; h++)
		view_host(v);
	for (uint32_t i = 0; i < 3; i++)
		view_guest(v, 0, 100, ram_bytes[i])->priority = i == 2;
	v->hosts[1].demand_hz = 500;
	v->hosts[2].demand_hz = 100;
	view_policy(v, "proactive_move", parameters);
}

static void check_lead(const char *why, const char *parameters, int64_t lead_s, const char *said)
{
	const struct policy_failure failure_ahead = {.host = 0, .expected_ns = lead_s * S};
	struct view v;
	expected(&v, parameters);
	view_same(why, view_failed(&v, &failure_ahead), said);
	view_fini(&v);
}

static void test_proactive(void)
{
	check_lead("time for all: the important one, then the small ones, each where least is demanded",
	           "", 100,
	           "migrate 2 to 2; migrate 1 to 2; migrate 0 to 2; ");
	check_lead("6 s and 7.2 s are in time, 10.8 s are not", "", 8, "migrate 2 to 2; migrate 1 to 2; ");
	check_lead("the important one is too large, the next is not", "", 4, "migrate 1 to 2; ");
	check_lead("no lead", "", 0, "");
	check_lead("the mutant hopes", "margin=0.5", 8, "migrate 2 to 2; migrate 1 to 2; migrate 0 to 2; ");
}

static void test_proactive_room(void)
{
	const struct policy_failure ahead = {.host = 0, .expected_ns = 100 * (int64_t)S};
	const uint32_t gone[] = {0};
	const struct policy_failure came = {.host = 0, .count = 1, .lost = gone};
	struct view v;
	expected(&v, "");
	v.hosts[1].demand_hz = 100;
	v.hosts[2].demand_hz = 500;
	view_same("the least loaded host has the lower id", view_failed(&v, &ahead),
	          "migrate 2 to 1; migrate 1 to 1; migrate 0 to 1; ");
	view_fini(&v);
	expected(&v, "");
	v.hosts[2].ram_booked_bytes = 900;
	view_same("the least loaded host has little memory", view_failed(&v, &ahead),
	          "migrate 2 to 1; migrate 1 to 2; migrate 0 to 1; ");
	view_fini(&v);
	expected(&v, "");
	v.guests[1].moves = false;
	view_same("one that is on its way already", view_failed(&v, &ahead),
	          "migrate 2 to 2; migrate 0 to 2; ");
	view_fini(&v);
	expected(&v, "");
	view_same("a failure that came is not its business", view_failed(&v, &came), "");
	v.hosts[1].on = v.hosts[2].on = false;
	view_same("nowhere to go", view_failed(&v, &ahead), "");
	view_fini(&v);
}

static const struct test tests[] = {
	{"lost guests start again by priority", test_restart},
	{"admission keeps what the largest hosts would leave behind", test_admission},
	{"a host that will fail is left as far as there is time", test_proactive},
	{"moves ahead of a failure need room", test_proactive_room},
};
SUITE(policies_failed, tests)

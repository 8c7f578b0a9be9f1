/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Placement that looks at what guests do or who they are: the least loaded host, and replicas apart. */
#include "tests/test.h"

#include "tests/policies/view.h"

#define MOST 6

struct load {
	const char *why;
	int64_t demand_hz[MOST], booked_hz[MOST]; /* of at most 1000 */
	uint32_t off;                  /* this one is off */
	uint32_t n, expected;
};

static uint32_t ask_load(const char *policy, const struct load *c)
{
	const struct policy_request request = {.vcpus = 1, .vcpu_hz = 100, .cpu_hz = 100, .ram_bytes = 10};
	struct view v;
	view_init(&v);
	for (uint32_t i = 0; i < c->n; i++) {
		struct policy_host *h = view_host(&v);
		h->cpu_limit_hz = 1000;
		h->demand_hz = c->demand_hz[i];
		h->cpu_booked_hz = c->booked_hz[i];
		h->on = i != c->off;
	}
	view_policy(&v, policy, "");
	uint32_t host = view_place(&v, &request);
	view_fini(&v);
	return host;
}

static void test_least_loaded(void)
{
	static const struct load cases[] = {
		{"the least demand, much as is promised on it", {500, 100, 300}, {100, 800, 500}, MOST, 3, 1},
		{"equal demand: the one with most left to book", {300, 100, 100}, {0, 500, 400}, MOST, 3, 2},
		{"equal in both: the lowest id", {300, 100, 100}, {0, 0, 0}, MOST, 3, 1},
		{"the least loaded has no room", {500, 100, 300}, {100, 950, 500}, MOST, 3, 2},
		{"the least loaded is off", {500, 0, 300}, {100, 0, 500}, 1, 3, 2},
		{"more is demanded than there is", {2000, 1500}, {900, 900}, MOST, 2, 1},
		{"none has room", {100, 100}, {950, 1000}, MOST, 2, POLICY_NONE},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		view_equal(cases[i].why, ask_load("least_loaded", &cases[i]), cases[i].expected);
	view_equal("the mutant looks at promises", ask_load("worst_fit", &cases[0]), 0);
	/* A share, not Hz: 300 of 2000 are less than 200 of 1000. */
	const struct policy_request request = {.vcpus = 1, .vcpu_hz = 100, .cpu_hz = 100, .ram_bytes = 10};
	struct view v;
	view_init(&v);
	view_host(&v)->demand_hz = 200;
	view_host(&v)->demand_hz = 300;
	v.hosts[1].cpu_hz = 2000;
	view_policy(&v, "least_loaded", "");
	view_equal("a share, not Hz", view_place(&v, &request), 1);
	view_fini(&v);
}

struct replicas {
	const char *why;
	uint32_t racks[MOST];
	int64_t booked_hz[MOST];
	uint32_t n;
	uint32_t on[MOST], count;      /* hosts of replicas that run */
	uint32_t apart, expected;
};

static uint32_t ask_replicas(const char *policy, const struct replicas *c)
{
	struct policy_request request = {
		.guest = c->count, .vcpus = 1, .vcpu_hz = 100, .cpu_hz = 100, .ram_bytes = 10,
			.apart = c->apart,
	};
	struct view v;
	view_init(&v);
	for (uint32_t i = 0; i < c->n; i++) {
		view_host(&v)->rack = c->racks[i];
		v.hosts[i].cpu_limit_hz = 1000;
	}
	for (uint32_t i = 0; i < c->count; i++)
		view_guest(&v, c->on[i], 10, 10)->apart = 7;
	for (uint32_t i = 0; i < c->n; i++)
		v.hosts[i].cpu_booked_hz = c->booked_hz[i];
	view_policy(&v, policy, "");
	uint32_t host = view_place(&v, &request);
	/* Asked again it says the same: nothing of the first question is left. */
	CU_ASSERT_EQUAL(view_place(&v, &request), host);
	view_fini(&v);
	return host;
}

static void test_spread(void)
{
	static const struct replicas cases[] = {
		{"the first replica goes where there is most room", {0, 0, 1, 1}, {500, 300, 400, 600}, 4,
		 {0}, 0, 7, 1},
		{"the second to the other rack, though there is less room",
		 {0, 0, 1, 1}, {500, 300, 800, 900}, 4, {1}, 1, 7, 2},
		{"the third to the other host of a rack", {0, 0, 1, 1}, {500, 300, 400, 600}, 4, {1, 2},
		 2, 7, 0},
		{"never two on a host: none is left", {0, 1}, {100, 100}, 2, {0, 1}, 2, 7, POLICY_NONE},
		{"a full rack is no choice", {0, 0, 1, 1}, {500, 300, 950, 1000}, 4, {1}, 1, 7, 0},
		{"one that need not keep apart goes where there is most room",
		 {0, 0, 1, 1}, {500, 300, 800, 900}, 4, {1}, 1, POLICY_NONE, 1},
		{"other replicas do not count", {0, 0, 1, 1}, {500, 300, 800, 900}, 4, {1}, 1, 8, 1},
		{"the rack that holds one comes last", {0, 0, 1, 1}, {500, 600, 400, 300}, 4, {2}, 1, 7, 0},
		{"equal in all: the lowest id", {0, 1, 2}, {100, 100, 100}, 3, {0}, 1, 7, 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		view_equal(cases[i].why, ask_replicas("spread", &cases[i]), cases[i].expected);
	view_equal("the mutant does not know replicas", ask_replicas("worst_fit", &cases[1]), 1);
	CU_ASSERT_NOT_EQUAL(cases[1].expected, 1);
}

static void test_move(void)
{
	/* Replicas on host 0 (rack 0) and host 2 (rack 1); the first one moves, and is not in its own way. */
	struct view v;
	view_init(&v);
	for (uint32_t i = 0; i < 4; i++)
		view_host(&v)->rack = i / 2;
	view_guest(&v, 0, 10, 10)->apart = 7;
	view_guest(&v, 2, 10, 10)->apart = 7;
	view_policy(&v, "spread", "");
	v.hosts[0].closed = true;
	v.hosts[1].cpu_booked_hz = 1000;
	struct policy_request request = policy_request_of(&v.view, 0);
	view_equal("rack 1 has one, rack 0 none but itself", view_place(&v, &request), 1);
	v.view.guests = NULL;
	view_equal("without guests in the view: worst fit", view_place(&v, &request), 3);
	view_fini(&v);
}

static const struct test tests[] = {
	{"least loaded looks at demand and not at promises", test_least_loaded},
	{"spread keeps replicas on different hosts and in different racks", test_spread},
	{"a replica that moves is not in its own way", test_move},
};
SUITE(policies_spread, tests)

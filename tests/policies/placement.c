/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The placement policies, decision by decision: a view written down by hand, a request, the host they must
 * name. */
#include "tests/test.h"

#include <stdio.h>

#include "policies/registry.h"

#define NO_HOST UINT32_MAX
#define MOST_HOSTS 6

/* A host of ten cores of 100 Hz on which so much is booked; room for 1000 bytes of memory and of disk. */
#define SIZE(limit_hz) \
	.cores = 10, .core_hz = 100, .cpu_hz = 1000, .cpu_limit_hz = (limit_hz), .ram_limit_bytes = 1000, \
	.disk_limit_bytes = 1000
#define HOST(booked_hz) {.on = true, .guests = (booked_hz) > 0, .cpu_booked_hz = (booked_hz), SIZE(1000)}
#define OFF {.on = false, SIZE(1000)}

struct decision {
	const char *why;
	struct policy_host hosts[MOST_HOSTS];
	uint32_t count;
	uint32_t vcpus;                /* of 100 Hz; with 10 bytes of memory and of disk each */
	uint32_t expected;
};

/* Curve k: idle 100 k W, and k W more for each percent, so that each Hz costs 0.1 k W; curve 0 draws
 * nothing. Curve 9 is a square from 0 to 100 W. */
static double fake_power_w(const struct policy_view *view, uint32_t power, double u_01)
{
	(void)view;
	return power == 9 ? 100 * u_01 * u_01 : 100.0 * power + 100.0 * power * u_01;
}

static uint32_t decide(const struct policy *policy, void *state, const struct decision *d)
{
	const struct policy_view view = {
		.struct_size = sizeof view, .host_count = d->count, .hosts = d->hosts,
		.power_w = fake_power_w,
	};
	const struct policy_request request = {
		.vcpus = d->vcpus, .vcpu_hz = 100, .cpu_hz = d->vcpus * 100, .ram_bytes = d->vcpus * 10,
		.disk_bytes = d->vcpus * 10,
	};
	uint32_t host = NO_HOST;
	return policy->place(state, &view, &request, &host) ? host : NO_HOST;
}

static void check(const char *name, double value, const struct decision *decisions, size_t n)
{
	const struct policy *policy = policy_find(name);
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	for (size_t k = 0; k < n; k++) {
		uint64_t state[8] = {0};
		CU_ASSERT_FATAL(policy->state_bytes <= sizeof state);
		if (policy->open)
			policy->open(state, NULL, &value);
		uint32_t host = decide(policy, state, &decisions[k]);
		CU_ASSERT_EQUAL(host, decisions[k].expected);
		if (host != decisions[k].expected)
			printf("\n    %s, %s: not host %u", name, decisions[k].why, host);
	}
}
#define CHECK_ALL(name, value, decisions) \
	check((name), (value), (decisions), sizeof (decisions) / sizeof *(decisions))

static const struct decision first_fit[] = {
	{"all are empty", {HOST(0), HOST(0), HOST(0)}, 3, 1, 0},
	{"the first is full", {HOST(1000), HOST(200), HOST(100)}, 3, 1, 1},
	{"a later one would fit better, the first with room is taken",
	 {HOST(950), HOST(0), HOST(900)}, 3, 1, 1},
	{"one Hz is missing on the first", {HOST(701), HOST(700)}, 2, 3, 1},
	{"the first is off", {OFF, HOST(500)}, 2, 1, 1},
	{"none has room", {HOST(950), HOST(901)}, 2, 1, NO_HOST},
	{"there are no hosts", {HOST(0)}, 0, 1, NO_HOST},
};

static const struct decision best_fit[] = {
	{"all are empty: the lowest id", {HOST(0), HOST(0), HOST(0)}, 3, 1, 0},
	{"the fullest that has room", {HOST(100), HOST(800), HOST(500)}, 3, 1, 1},
	{"the fullest has no room", {HOST(100), HOST(950), HOST(500)}, 3, 1, 2},
	{"it would be filled to the last Hz", {HOST(600), HOST(700)}, 2, 3, 1},
	{"equally full: the lowest id", {HOST(100), HOST(500), HOST(500)}, 3, 1, 1},
	{"the fullest is off", {HOST(100), OFF, HOST(300)}, 3, 1, 2},
	{"none has room", {HOST(950), OFF}, 2, 1, NO_HOST},
};

static const struct decision worst_fit[] = {
	{"all are empty: the lowest id", {HOST(0), HOST(0), HOST(0)}, 3, 1, 0},
	{"the emptiest", {HOST(800), HOST(500), HOST(100)}, 3, 1, 2},
	{"the emptiest is off", {HOST(800), OFF, HOST(300)}, 3, 1, 2},
	{"equally empty: the lowest id", {HOST(500), HOST(100), HOST(100)}, 3, 1, 1},
	{"only one has room", {HOST(901), HOST(900), HOST(901)}, 3, 1, 1},
	{"none has room", {HOST(950), HOST(1000)}, 2, 1, NO_HOST},
};

/* Where its limit differs, free CPU and not booked CPU decides. */
static void test_limits(void)
{
	struct decision d = {"", {HOST(300), HOST(200)}, 2, 1, 0};
	d.hosts[0].cpu_limit_hz = 2000;
	CU_ASSERT_EQUAL(decide(policy_find("best_fit"), NULL, &d), 1);
	CU_ASSERT_EQUAL(decide(policy_find("worst_fit"), NULL, &d), 0);
	d.hosts[0].cpu_limit_hz = 1000;
	CU_ASSERT_EQUAL(decide(policy_find("best_fit"), NULL, &d), 0);
	CU_ASSERT_EQUAL(decide(policy_find("worst_fit"), NULL, &d), 1);
}

static void test_first_fit(void)
{
	CHECK_ALL("first_fit", 0, first_fit);
}

static void test_best_fit(void)
{
	CHECK_ALL("best_fit", 0, best_fit);
}

static void test_worst_fit(void)
{
	CHECK_ALL("worst_fit", 0, worst_fit);
}

/* Only next fit remembers where it was. */
static void test_next_fit(void)
{
	const struct policy *policy = policy_find("next_fit");
	uint64_t state[1] = {0};
	CU_ASSERT_EQUAL_FATAL(policy->state_bytes, sizeof(uint32_t));
	struct decision d = {"", {HOST(1000), HOST(0), HOST(0), HOST(900)}, 4, 1, 0};
	CU_ASSERT_EQUAL(decide(policy, state, &d), 1);
	CU_ASSERT_EQUAL(decide(policy, state, &d), 1); /* it stays while there is room */
	d.hosts[1].cpu_booked_hz = 950;
	CU_ASSERT_EQUAL(decide(policy, state, &d), 2);
	d.hosts[0].cpu_booked_hz = d.hosts[1].cpu_booked_hz = 0;
	/* it does not look back: first fit would take host 0 */
	CU_ASSERT_EQUAL(decide(policy, state, &d), 2);
	d.hosts[2].on = false;
	CU_ASSERT_EQUAL(decide(policy, state, &d), 3);
	d.hosts[3].cpu_booked_hz = 1000;
	CU_ASSERT_EQUAL(decide(policy, state, &d), 0); /* behind the last one comes the first */
	d.vcpus = 11;
	CU_ASSERT_EQUAL(decide(policy, state, &d), NO_HOST);
	d.vcpus = 10;
	CU_ASSERT_EQUAL(decide(policy, state, &d), 0);
	d.count = 0;
	CU_ASSERT_EQUAL(decide(policy, state, &d), NO_HOST);
}

/* A host that may be booked three times over, and its power curve. */
#define POWER(booked_hz, curve) \
	{.on = true, .guests = (booked_hz) > 0, .cpu_booked_hz = (booked_hz), .power = (curve), SIZE(3000)}

static const struct decision power_aware[] = {
	{"the host whose curve rises least", {POWER(100, 3), POWER(100, 1), POWER(100, 2)}, 3, 1, 1},
	{"equal rises: the lowest id", {POWER(100, 2), POWER(500, 1), POWER(100, 1)}, 3, 1, 1},
	{"it costs more per Hz, but the other is empty and would have to wake",
	 {POWER(0, 1), POWER(100, 2)}, 2, 1, 1},
	{"waking costs less than the rise of the other", {POWER(0, 1), POWER(100, 3)}, 2, 6, 0},
	{"a square rises least where little is booked",
	 {POWER(800, 9), POWER(200, 9), POWER(500, 9)}, 3, 1, 1},
	{"what is booked beyond capacity costs nothing more", {POWER(200, 1), POWER(1500, 3)}, 2, 1, 1},
	{"the cheapest is off", {POWER(100, 3), OFF, POWER(100, 2)}, 3, 1, 2},
	{"none has room", {POWER(2950, 1), OFF}, 2, 1, NO_HOST},
};

static const struct decision power_unaware_of_waking[] = {
	{"an empty host is as good as any", {POWER(0, 1), POWER(100, 2)}, 2, 1, 0},
	{"equal rises: the lowest id though it is empty", {POWER(0, 1), POWER(100, 1)}, 2, 1, 0},
	{"the host whose curve rises least", {POWER(0, 3), POWER(0, 2)}, 2, 1, 1},
};

static void test_power_aware(void)
{
	CHECK_ALL("power_aware_best_fit", 1, power_aware);
	CHECK_ALL("power_aware_best_fit", 0, power_unaware_of_waking);
}

/* One view on which no two policies agree: 500, 100, 800, 300 and 400 Hz are booked, the last host draws
 * nothing, and next fit stands at the fourth. */
static void test_distinguished(void)
{
	const struct decision d = {
		"", {POWER(500, 1), POWER(100, 1), POWER(800, 2), POWER(300, 1), POWER(400, 0)}, 5, 1, 0,
	};
	uint32_t at_last[2] = {3, 0};
	uint64_t wake[1] = {1};
	CU_ASSERT_EQUAL(decide(policy_find("first_fit"), NULL, &d), 0);
	CU_ASSERT_EQUAL(decide(policy_find("worst_fit"), NULL, &d), 1);
	CU_ASSERT_EQUAL(decide(policy_find("best_fit"), NULL, &d), 2);
	CU_ASSERT_EQUAL(decide(policy_find("next_fit"), at_last, &d), 3);
	CU_ASSERT_EQUAL(decide(policy_find("power_aware_best_fit"), wake, &d), 4);
}

/* Each term of the test that all policies share keeps a guest out alone. */
static void test_fits(void)
{
	const struct policy_host room = {
		.on = true, .cores = 4, .core_hz = 100, .cpu_hz = 400, .cpu_limit_hz = 500,
		.cpu_booked_hz = 300,
		.ram_limit_bytes = 20, .ram_booked_bytes = 10, .disk_limit_bytes = 9, .disk_booked_bytes = 4,
	};
	const struct policy_request fits = {
		.vcpus = 4, .vcpu_hz = 100, .cpu_hz = 200, .ram_bytes = 10, .disk_bytes = 5,
	};
	CU_ASSERT(policy_fits(&room, &fits));
	struct policy_host h = room;
	struct policy_request r = fits;
	h.on = false;
	CU_ASSERT_FALSE(policy_fits(&h, &fits));
	r.vcpus = 5;
	CU_ASSERT_FALSE(policy_fits(&room, &r));
	r = fits;
	r.vcpu_hz = 101;
	CU_ASSERT_FALSE(policy_fits(&room, &r));
	r = fits;
	r.cpu_hz = 201;
	CU_ASSERT_FALSE(policy_fits(&room, &r));
	r = fits;
	r.ram_bytes = 11;
	CU_ASSERT_FALSE(policy_fits(&room, &r));
	r = fits;
	r.disk_bytes = 6;
	CU_ASSERT_FALSE(policy_fits(&room, &r));
}

static void test_registry(void)
{
	uint32_t n = 0;
	for (; policy_registry[n]; n++) {
		const struct policy *p = policy_registry[n];
		CU_ASSERT_EQUAL(p->abi, POLICY_ABI);
		CU_ASSERT_EQUAL(p->struct_size, sizeof(struct policy));
		CU_ASSERT_PTR_EQUAL(policy_find(p->name), p);
		CU_ASSERT(p->place || p->overloaded || p->select || p->drain || p->worth || p->method ||
		          p->balance || p->power || p->failed || p->scale);
		CU_ASSERT(!p->score || p->place);
		CU_ASSERT(p->summary && *p->summary && p->source && *p->source);
		for (const struct policy_parameter *q = p->parameters; q && q->name; q++)
			CU_ASSERT(q->least <= q->preset && q->preset <= q->most && q->unit && q->summary);
	}
	CU_ASSERT_EQUAL(n, 41);
	CU_ASSERT_PTR_NULL(policy_find("first fit"));
	CU_ASSERT_PTR_NULL(policy_find(""));
}

static const struct test tests[] = {
	{"first fit takes the first host that has room", test_first_fit},
	{"best fit takes the fullest host that has room", test_best_fit},
	{"worst fit takes the emptiest host", test_worst_fit},
	{"free CPU and not booked CPU decides where limits differ", test_limits},
	{"next fit goes on from where the last guest went", test_next_fit},
	{"power-aware best fit takes the host whose power rises least", test_power_aware},
	{"there is a view on which no two policies agree", test_distinguished},
	{"each term of the common test keeps a guest out alone", test_fits},
	{"every policy in the registry is complete and found by its name", test_registry},
};
SUITE(policies_placement, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which guest leaves a host, decision by decision: guests of one host in small numbers, and the one that
 * must be named. Each policy has a mutant, which lacks what distinguishes it and names another. */
#include "tests/test.h"

#include "tests/policies/view.h"

#define MOST 5
#define NOBODY POLICY_NONE

struct candidate {
	int64_t demand_hz, ram_bytes;
	double dirty_bps, net_bps, faults_hz;
	bool stays;
};

/* A guest of so much demand and memory, and what else is given. */
#define G(demand, ram, ...) {.demand_hz = (demand), .ram_bytes = (ram), __VA_ARGS__}

struct choice {
	const char *why;
	struct candidate guests[MOST];
	uint32_t n, expected;
};

static uint32_t ask(const char *policy, const char *parameters, const struct choice *c)
{
	struct view v;
	view_init(&v);
	view_host(&v)->net_01 = 0.2;
	for (uint32_t i = 0; i < c->n; i++) {
		struct policy_guest *g = view_guest(&v, 0, c->guests[i].demand_hz, c->guests[i].ram_bytes);
		g->dirty_bps = c->guests[i].dirty_bps;
		g->net_bps = c->guests[i].net_bps;
		g->faults_hz = c->guests[i].faults_hz;
		g->gray = c->guests[i].faults_hz > 0;
		g->moves = !c->guests[i].stays;
	}
	view_policy(&v, policy, parameters);
	uint32_t guest = view_select(&v, 0);
	view_fini(&v);
	return guest;
}

static void check(const char *policy, const char *parameters, const struct choice *cases, size_t n)
{
	CU_ASSERT(n >= 5);
	for (size_t i = 0; i < n; i++)
		view_equal(cases[i].why, ask(policy, parameters, &cases[i]), cases[i].expected);
}
#define CASES(table) table, sizeof table / sizeof *table

static void test_minimum_migration_time(void)
{
	static const struct choice cases[] = {
		{"the least memory: 60 bytes over 800 bit/s are gone in 0.6 s",
		 {G(100, 90), G(100, 60), G(100, 80)}, 3, 1},
		{"how busy it is does not matter", {G(10, 90), G(390, 60)}, 2, 1},
		{"equal memory: the one that came first", {G(100, 60), G(50, 60), G(10, 60)}, 3, 0},
		{"one that stays is passed over", {G(100, 90), G(100, 60, .stays = true), G(100, 80)}, 3, 2},
		{"nobody may move", {G(100, 90, .stays = true)}, 1, NOBODY},
		{"what it writes is not looked at", {G(100, 90), G(100, 60, .dirty_bps = 700)}, 2, 1},
	};
	check("minimum_migration_time", "", CASES(cases));
	/* With what is resent: 720 bit over 800 bit/s, or 480 bit over 800 - 700 bit/s. */
	view_equal("0.9 s or 4.8 s", ask("minimum_migration_time", "dirty=1", &cases[5]), 0);
	const struct choice never = {
		"two write faster than the link sends",
		{G(1, 90, .dirty_bps = 900), G(1, 60, .dirty_bps = 800), G(1, 99)}, 3, 2,
	};
	view_equal(never.why, ask("minimum_migration_time", "dirty=1", &never), 2);
	view_equal("the mutant looks at load", ask("minimum_utilisation", "", &cases[1]), 0);
}

static void test_minimum_utilisation(void)
{
	static const struct choice cases[] = {
		{"a tenth of its CPU", {G(200, 10), G(40, 90), G(100, 50)}, 3, 1},
		{"idle is least", {G(200, 10), G(40, 10), G(0, 90)}, 3, 2},
		{"equal: the one that came first", {G(40, 90), G(40, 10)}, 2, 0},
		{"one that stays is passed over", {G(200, 10), G(40, 10, .stays = true)}, 2, 0},
		{"nobody may move", {G(40, 90, .stays = true)}, 1, NOBODY},
	};
	check("minimum_utilisation", "", CASES(cases));
	view_equal("the mutant looks at memory", ask("minimum_migration_time", "", &cases[0]), 0);
	/* 100 of 200 Hz are a larger share than 150 of 400 Hz. */
	struct view v;
	view_init(&v);
	view_host(&v);
	view_guest(&v, 0, 100, 10)->cpu_hz = 200;
	view_guest(&v, 0, 150, 10);
	view_policy(&v, "minimum_utilisation", "");
	view_equal("a share, not Hz", view_select(&v, 0), 1);
	view_fini(&v);
}

/* How often each of four is chosen, out of n. */
static void count(const char *parameters, uint32_t n, uint32_t *counts, bool fourth_stays)
{
	struct view v;
	view_init(&v);
	view_host(&v);
	for (uint32_t i = 0; i < 4; i++)
		view_guest(&v, 0, 100, 10 + i);
	v.guests[3].moves = !fourth_stays;
	view_policy(&v, "random_choice", parameters);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t guest = view_select(&v, 0);
		CU_ASSERT_FATAL(guest < 4);
		counts[guest]++;
	}
	view_fini(&v);
}

/* Of 4000 choices each of four has 1000 on average, with a standard deviation of 27; 137 are five of them. */
static void test_random_choice(void)
{
	uint32_t once[4] = {0}, again[4] = {0}, other[4] = {0}, three[4] = {0}, first[4] = {0};
	count("", 4000, once, false);
	count("", 4000, again, false);
	count("seed=2", 4000, other, false);
	count("", 3000, three, true);
	count("", 20, first, false);
	for (uint32_t i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(once[i], again[i]);
		CU_ASSERT(once[i] > 863 && once[i] < 1137);
		CU_ASSERT(other[i] > 863 && other[i] < 1137);
		CU_ASSERT(i == 3 ? three[i] == 0 : three[i] > 863 && three[i] < 1137);
		CU_ASSERT(first[i] > 0); /* the mutant, which always takes one, fails here */
	}
	CU_ASSERT(once[0] != other[0] || once[1] != other[1] || once[2] != other[2]);
	static const struct choice nobody = {"nobody may move", {G(40, 90, .stays = true)}, 1, NOBODY};
	view_equal(nobody.why, ask("random_choice", "", &nobody), NOBODY);
}

struct correlated {
	const char *why;
	double past[MOST][8];
	uint32_t guests, samples, stays, expected; /* stays: one of them, or NOBODY */
};

static uint32_t ask_pasts(const char *policy, const struct correlated *c)
{
	struct view v;
	view_init(&v);
	view_host(&v);
	for (uint32_t i = 0; i < c->guests; i++) {
		view_guest(&v, 0, 100 + i, 100 - i)->moves = i != c->stays;
		view_guest_past(&v, i, c->past[i], c->samples);
	}
	view_policy(&v, policy, "");
	uint32_t guest = view_select(&v, 0);
	view_fini(&v);
	return guest;
}

/* The last one has the least memory and so goes where there is no answer. a, b, c below are orthogonal. */
#define A {1, 1, 1, 1, 0, 0, 0, 0}
#define B {1, 1, 0, 0, 1, 1, 0, 0}
#define C {1, 0, 1, 0, 1, 0, 1, 0}
#define TWICE_B {2, 2, 0, 0, 2, 2, 0, 0}
#define SUM {3.5, 3, 1.5, 1, 2.5, 2, 0.5, 0}

static void test_maximum_correlation(void)
{
	static const struct correlated cases[] = {
		/* Of s = a + 2 b + c / 2 the share that a and b leave is 0.5 / 10.5, of 2 b 0.5 / 8.5, of
		 * a 0.5 / 2.5. */
		{"the sum of two others, with some noise, is explained best", {TWICE_B, SUM, A}, 3, 8,
		 NOBODY, 1},
		{"a flat load goes with nothing",
		 {A, {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}, {1, 1, 1, 0, 0, 0, 0, 0}},
		 3, 8, 2, 0},
		/* Unexplained: of the third 0.0727, of a 0.0755. */
		{"one that goes with nobody stays", {A, C, {1, 1, 1, 1, 0, 0, 0, 0.5}, B}, 4, 8, NOBODY, 2},
		{"two copies have no answer: the least memory", {A, A, B}, 3, 8, NOBODY, 2},
		{"three samples of three guests are too few", {A, {1, 1, 0}, {1, 0, 1}}, 3, 3, NOBODY, 2},
		{"a guest alone", {A}, 1, 8, NOBODY, 0},
		{"the one that is explained best may not move", {TWICE_B, SUM, A}, 3, 8, 1, 0},
	};
	CU_ASSERT(sizeof cases / sizeof *cases >= 5);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		view_equal(cases[i].why, ask_pasts("maximum_correlation", &cases[i]), cases[i].expected);
	view_equal("the mutant looks at memory", ask_pasts("minimum_migration_time", &cases[0]), 2);
}

static void test_largest_volume_to_size(void)
{
	static const struct choice cases[] = {
		/* 1 / (1 - 0.5) / 40 = 0.05; 1 / (1 - 0.75) / 100 = 0.04; 1 / 30 = 0.033 */
		{"volume 2 in 40 bytes", {G(200, 40), G(300, 100), G(0, 30)}, 3, 0},
		/* 1.667 / 50 = 0.033; 1.667 x 2 / 90 = 0.037 */
		{"traffic counts", {G(160, 50), G(160, 90, .net_bps = 500)}, 2, 1},
		/* 1 / 0.01 / 100 = 1 both; 99 % is as full as more than all */
		{"shares count as 0.99 at most", {G(400, 100), G(396, 99), G(4000, 100)}, 3, 1},
		{"a guest that faults counts as full: 100 / 900 and 4 / 50",
		 {G(300, 50), G(0, 900, .faults_hz = 1)}, 2, 1},
		{"equal: the one that came first", {G(100, 50), G(100, 50)}, 2, 0},
		{"one that stays is passed over", {G(200, 40, .stays = true), G(300, 100)}, 2, 1},
		{"nobody may move", {G(200, 40, .stays = true)}, 1, NOBODY},
	};
	check("largest_volume_to_size", "", CASES(cases));
	view_equal("a mutant looks at memory", ask("minimum_migration_time", "", &cases[0]), 2);
	/* Without the traffic the second case is decided by memory. */
	const struct choice blind = {"", {G(160, 50), G(160, 90)}, 2, 0};
	view_equal("a mutant does not see traffic", ask("largest_volume_to_size", "", &blind), 0);
}

static const struct test tests[] = {
	{"minimum migration time takes the guest with the least memory", test_minimum_migration_time},
	{"minimum utilisation takes the guest that uses the least share", test_minimum_utilisation},
	{"a random choice is even, repeatable, and another with another seed", test_random_choice},
	{"maximum correlation takes the guest that the others explain", test_maximum_correlation},
	{"volume to size takes the most load a byte", test_largest_volume_to_size},
};
SUITE(policies_select, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fair shares under affinity: worked cases, and the law of max-min in random ones. */
#include "sim/share_pinned.h"

#include <stdbool.h>
#include <string.h>

#include "sim/random.h"
#include "sim/share.h"
#include "tests/test.h"

#define MOST 12

static void solve(uint32_t n, const int64_t *want, const uint64_t *cores, uint32_t core_count, int64_t *given)
{
	share_pinned(&(struct share_pinned){
		.n = n, .want = want, .cores = cores, .core_count = core_count, .core_capacity = 100,
	}, given);
}

static void unbound(void)
{
	const int64_t want[] = {100, 300, 20, 250};
	const uint64_t cores[] = {15, 15, 15, 15};
	int64_t given[4], plain[4];
	solve(4, want, cores, 4, given);
	share_solve(4, want, NULL, NULL, 400, plain);
	CU_ASSERT(memcmp(given, plain, sizeof given) == 0);
}

static void bound_pair(void)
{
	/* Two share core 0; the third may use both cores and gets the whole other one. */
	const int64_t want[] = {100, 100, 200};
	const uint64_t cores[] = {1, 1, 3};
	int64_t given[3];
	solve(3, want, cores, 2, given);
	CU_ASSERT_EQUAL(given[0], 50);
	CU_ASSERT_EQUAL(given[1], 50);
	CU_ASSERT_EQUAL(given[2], 100);
}

static void bound_apart(void)
{
	/* The bound one wants little, so the free one takes what is left of its core too. */
	const int64_t want[] = {30, 200};
	const uint64_t cores[] = {1, 3};
	int64_t given[2];
	solve(2, want, cores, 2, given);
	CU_ASSERT_EQUAL(given[0], 30);
	CU_ASSERT_EQUAL(given[1], 170);
}

static void chain(void)
{
	/* Cores 0 and 1, 1 and 2, and one bound to core 1: all can have 100. */
	const int64_t want[] = {100, 100, 100};
	const uint64_t cores[] = {3, 6, 2};
	int64_t given[3];
	solve(3, want, cores, 3, given);
	CU_ASSERT_EQUAL(given[0], 100);
	CU_ASSERT_EQUAL(given[1], 100);
	CU_ASSERT_EQUAL(given[2], 100);
}

static void tiers(void)
{
	/* The upper one fills core 0: the lower one that is bound there starves, the free one does not. */
	const int64_t want[] = {100, 100, 200};
	const uint64_t cores[] = {1, 1, 3};
	const uint32_t tier[] = {7, 0, 0};
	int64_t given[3];
	share_pinned(&(struct share_pinned){
		.n = 3, .want = want, .cores = cores, .tier = tier, .core_count = 2, .core_capacity = 100,
	}, given);
	CU_ASSERT_EQUAL(given[0], 100);
	CU_ASSERT_EQUAL(given[1], 0);
	CU_ASSERT_EQUAL(given[2], 100);
}

static void tier_that_can_move_aside(void)
{
	/* The upper one may run on either core: the lower one that is bound to core 0 loses nothing. */
	const int64_t want[] = {100, 100};
	const uint64_t cores[] = {3, 1};
	const uint32_t tier[] = {7, 0};
	int64_t given[2];
	share_pinned(&(struct share_pinned){
		.n = 2, .want = want, .cores = cores, .tier = tier, .core_count = 2, .core_capacity = 100,
	}, given);
	CU_ASSERT_EQUAL(given[0], 100);
	CU_ASSERT_EQUAL(given[1], 100);
}

/* What the claimants within a set of cores were given. */
static int64_t load_of(const struct share_pinned *p, const int64_t *given, uint64_t set)
{
	int64_t load = 0;
	for (uint32_t i = 0; i < p->n; i++)
		load += (p->cores[i] & ~set) == 0 ? given[i] : 0;
	return load;
}

/* Is claimant i held by a full set of cores in which nobody has more per weight than it has? */
static bool held(const struct share_pinned *p, const int64_t *given, uint32_t i)
{
	for (uint64_t set = 1; set < UINT64_C(1) << p->core_count; set++) {
		if (p->cores[i] & ~set)
			continue;
		int64_t room = __builtin_popcountll(set) * p->core_capacity;
		if (load_of(p, given, set) < room)
			continue;
		bool least = true;
		for (uint32_t j = 0; j < p->n; j++) {
			int64_t above = (given[j] - 1) * p->weight[i];
			if ((p->cores[j] & ~set) == 0 && above > (given[i] + 1) * p->weight[j])
				least = false;
		}
		if (least)
			return true;
	}
	return false;
}

static void random_world(struct random_stream *r, struct share_pinned *p, int64_t *want, uint64_t *cores,
                         uint32_t *weight)
{
	uint64_t mask[3];
	p->n = 1 + (uint32_t)random_below(r, MOST);
	p->core_count = 1 + (uint32_t)random_below(r, 5);
	p->core_capacity = 1000000;
	for (int k = 0; k < 3; k++)
		mask[k] = 1 + random_below(r, (UINT64_C(1) << p->core_count) - 1);
	for (uint32_t i = 0; i < p->n; i++) {
		cores[i] = random_below(r, 2) ? (UINT64_C(1) << p->core_count) - 1 : mask[random_below(r, 3)];
		want[i] = (int64_t)random_below(r, 1500000);
		weight[i] = 1 + (uint32_t)random_below(r, 4);
	}
	p->want = want;
	p->cores = cores;
	p->weight = weight;
}

static void law(void)
{
	struct random_stream r;
	random_init(&r, 1, "pinned", 0);
	uint32_t overloads = 0, unfair = 0, contended = 0;
	for (int world = 0; world < 3000; world++) {
		struct share_pinned p = {0};
		int64_t want[MOST], given[MOST];
		uint64_t cores[MOST];
		uint32_t weight[MOST];
		random_world(&r, &p, want, cores, weight);
		share_pinned(&p, given);
		for (uint64_t set = 1; set < UINT64_C(1) << p.core_count; set++)
			overloads += load_of(&p, given, set) > __builtin_popcountll(set) * p.core_capacity;
		for (uint32_t i = 0; i < p.n; i++) {
			bool full = given[i] == want[i];
			contended += !full;
			unfair += !full && !held(&p, given, i);
		}
	}
	CU_ASSERT_EQUAL(overloads, 0);
	CU_ASSERT_EQUAL(unfair, 0);
	CU_ASSERT(contended > 1000);
}

static const struct test tests[] = {
	{"nobody bound is the plain share", unbound},
	{"two bound to one core share it", bound_pair},
	{"a free claimant takes what a bound one leaves", bound_apart},
	{"overlapping masks are matched up", chain},
	{"a higher tier goes first on the cores it needs", tiers},
	{"a higher tier that can move aside costs nothing", tier_that_can_move_aside},
	{"in 3000 random worlds no core is overloaded and whoever lacks is held by a full set", law},
};
SUITE(sim_share_pinned, tests)

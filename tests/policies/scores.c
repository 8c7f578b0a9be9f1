/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kept scores against the plain scan of all hosts, over random changes: the same host, always. And rounds of
 * waiting guests against a list that is walked from its start. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/registry.h"
#include "policies/scores.h"
#include "policies/waiting.h"
#include "sim/memory.h"
#include "sim/random.h"

#define HOSTS 150
#define STEPS 4000

struct cluster {
	struct policy_host hosts[HOSTS];
	struct policy_view view;
	struct random_stream random;
};

/* Curve k: linear, with a slope that differs from the next curve's by far less than a tie, so that chains of
 * ties come about. */
static double nearly_equal_w(const struct policy_view *view, uint32_t power, double u_01)
{
	(void)view;
	return 100 + (100 + 3e-8 * power) * u_01;
}

static void cluster_open(struct cluster *c, uint64_t seed)
{
	memset(c, 0, sizeof *c);
	random_init(&c->random, seed, "scores", 0);
	for (uint32_t h = 0; h < HOSTS; h++)
		c->hosts[h] = (struct policy_host){
			.on = true,
			.cores = h % 3 ? 16 : 8,
			.core_hz = h % 5 ? 100 : 50,
			.cpu_hz = 1600,
			.cpu_limit_hz = h % 3 ? 1600 : 800,
			.ram_limit_bytes = 1000,
			.disk_limit_bytes = 1000,
			.power = h % 4,
		};
	c->view = (struct policy_view){
		.struct_size = sizeof c->view,
		.host_count = HOSTS,
		.hosts = c->hosts,
		.power_w = nearly_equal_w,
	};
}

/* Books or unbooks something somewhere, or switches a host. */
static uint32_t cluster_change(struct cluster *c)
{
	uint32_t h = (uint32_t)random_below(&c->random, HOSTS);
	struct policy_host *p = &c->hosts[h];
	p->on = random_below(&c->random, 20) != 0;
	p->cpu_booked_hz = (int64_t)random_below(&c->random, 17) * p->cpu_limit_hz / 16;
	p->ram_booked_bytes = (int64_t)random_below(&c->random, 1001);
	p->guests = p->cpu_booked_hz > 0;
	return h;
}

static struct policy_request request_of(struct cluster *c, uint32_t sizes)
{
	uint32_t size = (uint32_t)random_below(&c->random, sizes);
	return (struct policy_request){
		.vcpus = 1 + size % 9,
		.vcpu_hz = size % 2 ? 100 : 50,
		.cpu_hz = (1 + size % 9) * (size % 2 ? 100 : 50),
		.ram_bytes = 10 * (1 + size % 7),
		.disk_bytes = size / 9,
	};
}

static void agree(const char *name, uint32_t sizes, uint64_t most_changes)
{
	static const double values[1] = {1};
	const struct policy *policy = policy_find(name);
	uint64_t state[8] = {0};
	uint32_t wrong = 0, found = 0;
	struct cluster c;
	struct scores scores;
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	CU_ASSERT_FATAL(policy->state_bytes <= sizeof state);
	cluster_open(&c, sizes + most_changes);
	if (policy->open)
		policy->open(state, &c.view, values);
	scores_open(&scores, policy, state, &c.view);
	for (uint32_t k = 0; k < STEPS; k++) {
		for (uint64_t n = random_below(&c.random, most_changes + 1); n-- > 0;)
			scores_changed(&scores, cluster_change(&c));
		struct policy_request request = request_of(&c, sizes);
		uint32_t kept = UINT32_MAX, plain = UINT32_MAX;
		bool kept_says = scores_place(&scores, &request, &kept);
		bool plain_says = policy->place(state, &c.view, &request, &plain);
		wrong += kept_says != plain_says || (plain_says && kept != plain);
		found += plain_says;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(found > STEPS / 10);
	if (wrong)
		printf("\n    %s: %u of %d differ", name, wrong, STEPS);
	scores_close(&scores);
}

static const char *const scored[] = {"first_fit", "best_fit", "worst_fit", "power_aware_best_fit"};

static void test_few_changes(void)
{
	for (size_t i = 0; i < sizeof scored / sizeof *scored; i++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(policy_find(scored[i])->score);
		agree(scored[i], 20, 3);
	}
}

/* More than the log holds between two questions of one size. */
static void test_many_changes(void)
{
	for (size_t i = 0; i < sizeof scored / sizeof *scored; i++)
		agree(scored[i], 20, 100);
}

static void test_many_sizes(void)
{
	for (size_t i = 0; i < sizeof scored / sizeof *scored; i++)
		agree(scored[i], 10 * SCORES_SHAPES, 3);
}

/* Steps of 0.7 ties: the plain scan ends where a look for the lowest does not. */
static double steps(const void *state, const struct policy_view *view, const struct policy_request *request,
                    uint32_t host)
{
	(void)state;
	(void)request;
	return 1 + 7e-10 * (double)view->hosts[host].rack;
}

static void test_chains(void)
{
	static const struct policy policy = {.score = steps, .score_tie = 1e-9};
	struct cluster c;
	uint32_t wrong = 0, not_lowest = 0;
	cluster_open(&c, 1);
	for (uint32_t k = 0; k < STEPS; k++) {
		struct scores scores;
		struct policy_request request = {.vcpus = 1, .vcpu_hz = 50, .cpu_hz = 50};
		uint32_t kept = 0, plain = 0;
		for (uint32_t h = 0; h < HOSTS; h++)
			c.hosts[h].rack = (uint32_t)random_below(&c.random, 1 + k % 6);
		scores_open(&scores, &policy, NULL, &c.view);
		CU_ASSERT_FATAL(scores_place(&scores, &request, &kept));
		CU_ASSERT_FATAL(policy_lowest(&policy, NULL, &c.view, &request, &plain));
		wrong += kept != plain;
		not_lowest += c.hosts[plain].rack > 0;
		scores_close(&scores);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(not_lowest > 0);
}

static void test_no_hosts(void)
{
	struct scores scores;
	const struct policy_view view = {.struct_size = sizeof view};
	struct policy_request request = {.vcpus = 1};
	uint32_t host;
	scores_open(&scores, policy_find("best_fit"), NULL, &view);
	CU_ASSERT_FALSE(scores_place(&scores, &request, &host));
	CU_ASSERT_FALSE(scores_place(&scores, &request, &host));
	scores_close(&scores);
}

#define TYPES 7
#define GUESTS 3000

/* One guest of the naive list. */
struct guest {
	uint32_t vm, type, priority;
	bool nested;
};

struct naive {
	struct guest list[GUESTS];
	uint32_t count;
};

static void naive_add(struct naive *n, struct guest g)
{
	uint32_t at = n->count++;
	for (; at && n->list[at - 1].priority < g.priority; at--)
		n->list[at] = n->list[at - 1];
	n->list[at] = g;
}

/* Is there room for this guest in this round? Each type has so much. */
static bool room_take(uint32_t room[TYPES], const struct guest *g)
{
	if (g->nested)
		return g->vm % 3 == 0;
	if (!room[g->type])
		return false;
	room[g->type]--;
	return true;
}

static uint32_t naive_round(struct naive *n, uint32_t room[TYPES], uint32_t *started)
{
	bool full[TYPES] = {false};
	uint32_t kept = 0, count = 0;
	for (uint32_t k = 0; k < n->count; k++) {
		struct guest g = n->list[k];
		if ((!g.nested && full[g.type]) || !room_take(room, &g)) {
			full[g.type] |= !g.nested;
			n->list[kept++] = g;
		} else {
			started[count++] = g.vm;
		}
	}
	n->count = kept;
	return count;
}

static uint32_t queue_round(struct waiting *w, const struct guest *guests, uint32_t room[TYPES],
                            uint32_t *started)
{
	uint32_t vm, count = 0;
	waiting_round(w);
	while (waiting_next(w, &vm)) {
		bool stays = !room_take(room, &guests[vm]);
		if (!stays)
			started[count++] = vm;
		waiting_tried(w, stays);
	}
	return count;
}

static void test_rounds(void)
{
	static const uint32_t priorities[TYPES] = {0, 0, 5, 0, 5, 9, 0};
	struct naive *naive = memory_new(1, sizeof *naive, "naive");
	struct guest *guests = memory_new(GUESTS, sizeof *guests, "guests");
	uint32_t *a = memory_new(GUESTS, sizeof *a, "a"), *b = memory_new(GUESTS, sizeof *b, "b");
	struct waiting w = {0};
	struct random_stream random;
	uint32_t next = 0, rounds = 0, wrong = 0, total = 0;
	random_init(&random, 1, "waiting", 0);
	while (next < GUESTS) {
		for (uint64_t n = random_below(&random, 40); n-- > 0 && next < GUESTS; next++) {
			uint32_t type = (uint32_t)random_below(&random, TYPES);
			bool nested = random_below(&random, 9) == 0;
			guests[next] = (struct guest){next, type, priorities[type], nested};
			naive_add(naive, guests[next]);
			waiting_add(&w, next, type, priorities[type], guests[next].nested);
		}
		uint32_t room[TYPES], same[TYPES];
		for (uint32_t t = 0; t < TYPES; t++)
			room[t] = same[t] = (uint32_t)random_below(&random, 6);
		uint32_t n = naive_round(naive, room, a);
		wrong += queue_round(&w, guests, same, b) != n || memcmp(a, b, n * sizeof *a) != 0;
		total += n;
		rounds++;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(rounds > 100 && total > GUESTS / 2);
	waiting_free(&w);
	free(naive);
	free(guests);
	free(a);
	free(b);
}

static const struct test tests[] = {
	{"kept scores name the host that the plain scan names", test_few_changes},
	{"so they do when more changed than the log holds", test_many_changes},
	{"so they do with more sizes than are kept", test_many_sizes},
	{"chains of ties end where the plain scan ends", test_chains},
	{"without hosts there is no room", test_no_hosts},
	{"rounds start whom a walk over the whole list starts, in its order", test_rounds},
};
SUITE(policies_scores, tests)

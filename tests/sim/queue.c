/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue against the heap: whatever is pushed, both give the same entries in the same order. */
#include "sim/queue.h"

#include "sim/heap.h"
#include "tests/sim/child.h"
#include "tests/test.h"

struct pair {
	struct queue *queue;
	struct heap heap;
	int64_t now;            /* the last key popped */
	uint64_t random, pushed;
	size_t wrong;
};

typedef int64_t pair_key(struct pair *p);

static void pair_init(struct pair *p, uint64_t seed)
{
	*p = (struct pair){.queue = queue_open(), .random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
	heap_init(&p->heap);
}

static void pair_push(struct pair *p, int64_t key)
{
	struct queue_entry e = {.key = key, .tag = p->pushed++};
	queue_push(p->queue, e);
	heap_push(&p->heap, e);
}

static bool pair_pop(struct pair *p)
{
	struct queue_entry got = {0}, expected = {0}, seen = {0};
	bool peeked = p->pushed % 3 == 0 ? queue_peek(p->queue, &seen) : false;
	bool popped = queue_pop(p->queue, &got);
	bool there = heap_pop(&p->heap, &expected);
	p->wrong += popped != there || got.key != expected.key || got.tag != expected.tag;
	p->wrong += peeked && (seen.key != got.key || seen.tag != got.tag);
	p->wrong += queue_count(p->queue) != p->heap.count;
	if (there)
		p->now = expected.key;
	return there;
}

/* Empties both and expects that all was right. */
static void pair_fini(struct pair *p)
{
	while (pair_pop(p))
		;
	CU_ASSERT_EQUAL(p->wrong, 0);
	CU_ASSERT_EQUAL(queue_count(p->queue), 0);
	queue_close(p->queue);
	heap_fini(&p->heap);
}

static uint64_t pair_random(struct pair *p)
{
	p->random ^= p->random << 13;
	p->random ^= p->random >> 7;
	p->random ^= p->random << 17;
	return p->random;
}

/* A random walk of the number pending: up, down, up and down again, by phases of `steps`. */
static void walk(pair_key *key, size_t steps, uint64_t seed)
{
	static const unsigned push_percent[] = {80, 30, 60, 50, 25};
	struct pair p;
	pair_init(&p, seed);
	for (size_t i = 0; i < steps * 5; i++) {
		if (pair_random(&p) % 100 < push_percent[i / steps])
			pair_push(&p, key(&p));
		else
			pair_pop(&p);
	}
	pair_fini(&p);
}

static void walks(pair_key *key)
{
	walk(key, 300, 1);
	walk(key, 3000, 2);
	walk(key, 330000, 3); /* up to 2e5 pending */
}

/* -ln of a uniform, by the leading zeros: exact enough here, and the same on every machine. */
static int64_t exponential(struct pair *p)
{
	uint64_t r = pair_random(p) | 1;
	return p->now + __builtin_clzll(r) * INT64_C(693147180) + (int64_t)(r % 693147180);
}

static int64_t ticks(struct pair *p)
{
	const int64_t tick = INT64_C(300000000000) << 4;
	if (pair_random(p) % 8)
		return (p->now / tick + 1) * tick;
	return p->now + (int64_t)(pair_random(p) % (uint64_t)tick);
}

static int64_t camel(struct pair *p)
{
	uint64_t r = pair_random(p) % 1000;
	int64_t hump_us = r < 450 ? 500000 : r < 900 ? 1500000 : 4000000;
	return p->now + hump_us * 1000 + (int64_t)(r % 450) * 4000;
}

static int64_t all_equal(struct pair *p)
{
	(void)p;
	return 77;
}

static int64_t few_keys(struct pair *p)
{
	return p->now + (int64_t)(pair_random(p) % 20);
}

static int64_t every_magnitude(struct pair *p)
{
	int64_t left = INT64_MAX - p->now;
	int64_t step = (int64_t)(pair_random(p) >> 1 >> pair_random(p) % 63);
	return p->now + (step < left ? step : left);
}

static int64_t anywhere(struct pair *p)
{
	return (int64_t)(pair_random(p) >> 1 >> pair_random(p) % 63);
}

static int64_t often_below(struct pair *p)
{
	int64_t ahead = pair_random(p) % 2 ? 0 : (int64_t)(pair_random(p) % 100000000);
	int64_t key = p->now - (int64_t)(pair_random(p) % 1000) + ahead;
	return key > 0 ? key : 0;
}

/* As the engine asks: one of three times, any of 16 ranks; so also below the last key, but never
 * before its time. */
static int64_t ranks(struct pair *p)
{
	uint64_t r = pair_random(p);
	int64_t ahead_ns = r % 100 < 3 ? INT64_C(300000000000) : (int64_t)(r % 2);
	return ((p->now >> 4) + ahead_ns) << 4 | (int64_t)(r >> 60);
}

static void walk_exponential(void)
{
	walks(exponential);
}

static void walk_ticks(void)
{
	walks(ticks);
}

static void walk_camel(void)
{
	walks(camel);
}

static void walk_all_equal(void)
{
	walks(all_equal);
}

static void walk_few_keys(void)
{
	walks(few_keys);
}

static void walk_every_magnitude(void)
{
	walks(every_magnitude);
}

static void walk_anywhere(void)
{
	walk(anywhere, 300, 1);
	walk(anywhere, 3000, 2);
	walk(anywhere, 30000, 3);
}

static void walk_often_below(void)
{
	walks(often_below);
}

static void walk_ranks(void)
{
	walks(ranks);
}

static void equal_keys_while_they_leave(void)
{
	struct pair p;
	pair_init(&p, 4);
	for (int i = 0; i < 1000; i++)
		pair_push(&p, 4096);
	for (int i = 0; i < 5000; i++) {
		pair_pop(&p);
		pair_push(&p, 4096);
		if (i % 7 == 0)
			pair_push(&p, 4097 + i % 3);
	}
	CU_ASSERT_EQUAL(p.now, 4096);
	pair_fini(&p);
	CU_ASSERT_EQUAL(p.now, 4099);
}

static void lower_keys_while_equal_ones_leave(void)
{
	struct pair p;
	pair_init(&p, 5);
	for (int i = 0; i < 2000; i++)
		pair_push(&p, 0x12345);
	for (int i = 0; i < 200; i++) {
		pair_pop(&p);
		CU_ASSERT_EQUAL(p.now, 0x12345);
		/* More than the bottom holds, in descending order, and equal ones between. */
		for (int k = 0; k < 2 + 400 * (i % 10 == 9); k++) {
			pair_push(&p, 0x12344 - k % 5);
			pair_push(&p, 0x12345);
		}
		while (pair_pop(&p) && p.now != 0x12345)
			;
	}
	pair_fini(&p);
}

static void far_below_after_a_look_ahead(void)
{
	/* Peeking makes a far bucket current; then come many entries long before it, some before
	 * the last base. */
	struct pair p;
	struct queue_entry e;
	pair_init(&p, 6);
	for (int i = 0; i < 5000; i++)
		pair_push(&p, (INT64_C(1) << 50) + (int64_t)(pair_random(&p) >> 40));
	CU_ASSERT(queue_peek(p.queue, &e));
	CU_ASSERT(e.key >= INT64_C(1) << 50);
	for (int i = 0; i < 1000; i++)
		pair_push(&p, (int64_t)(pair_random(&p) >> 30));
	CU_ASSERT(queue_peek(p.queue, &e));
	CU_ASSERT(e.key < INT64_C(1) << 40);
	pair_fini(&p);
}

static void largest_keys(void)
{
	struct pair p;
	pair_init(&p, 7);
	for (int64_t i = 0; i < 100; i++) {
		pair_push(&p, INT64_MAX - i % 10);
		pair_push(&p, INT64_MAX - (i << 50));
		pair_push(&p, i % 3);
	}
	for (int i = 0; i < 290; i++)
		pair_pop(&p);
	pair_push(&p, INT64_MAX);
	pair_push(&p, 0);
	pair_fini(&p);
	CU_ASSERT_EQUAL(p.now, INT64_MAX);
}

static bool tag_is_even(const void *context, const struct queue_entry *e)
{
	(void)context;
	return e->tag % 2 == 0;
}

/* Keeps the even tags of a queue in some state, and expects them in the order in which all of them
 * were due. */
static void filter_after(pair_key *key, size_t pops)
{
	struct pair p;
	struct queue_entry e, expected;
	size_t left = 0;
	pair_init(&p, 8 + pops);
	for (int i = 0; i < 20000; i++)
		pair_push(&p, key(&p));
	for (size_t i = 0; i < pops; i++) {
		pair_pop(&p);
		pair_push(&p, key(&p));
	}
	queue_filter(p.queue, tag_is_even, NULL);
	while (heap_pop(&p.heap, &expected)) {
		if (expected.tag % 2)
			continue;
		left++;
		p.wrong += !queue_pop(p.queue, &e) || e.tag != expected.tag;
	}
	CU_ASSERT(left > 100);
	CU_ASSERT_EQUAL(queue_count(p.queue), 0);
	pair_fini(&p);
}

static void filtered(void)
{
	for (size_t pops = 0; pops < 400; pops += 37) {
		filter_after(exponential, pops);
		filter_after(all_equal, pops);
		filter_after(ranks, pops);
	}
}

static void empty_and_again(void)
{
	struct pair p;
	struct queue_entry e = {.key = 3};
	pair_init(&p, 9);
	CU_ASSERT(!queue_pop(p.queue, &e));
	CU_ASSERT(!queue_peek(p.queue, &e));
	CU_ASSERT_EQUAL(e.key, 3);
	for (int round = 0; round < 300; round++) {
		for (int i = 0; i < round % 5; i++)
			pair_push(&p, (int64_t)(pair_random(&p) >> (1 + round % 50)));
		while (pair_pop(&p))
			;
		CU_ASSERT(!queue_pop(p.queue, &e));
	}
	pair_fini(&p);
}

static void push_negative(void)
{
	queue_push(queue_open(), (struct queue_entry){.key = -1});
}

static void push_negative_later(void)
{
	struct queue *q = queue_open();
	struct queue_entry e;
	queue_push(q, (struct queue_entry){.key = INT64_MAX});
	queue_pop(q, &e);
	queue_push(q, (struct queue_entry){.key = INT64_MIN});
}

static void negative_keys(void)
{
	struct child child = child_run(push_negative);
	CU_ASSERT(child_aborted(&child));
	CU_ASSERT(child_said(&child, "sim/queue.c"));
	child = child_run(push_negative_later);
	CU_ASSERT(child_aborted(&child));
}

static const struct test tests[] = {
	{"exponential times leave as from the heap", walk_exponential},
	{"ticks leave as from the heap", walk_ticks},
	{"two humps leave as from the heap", walk_camel},
	{"equal keys leave as from the heap", walk_all_equal},
	{"few different keys leave as from the heap", walk_few_keys},
	{"steps of every magnitude leave as from the heap", walk_every_magnitude},
	{"keys anywhere, before and after the last, leave as from the heap", walk_anywhere},
	{"keys often below the last leave as from the heap", walk_often_below},
	{"times with ranks leave as from the heap", walk_ranks},
	{"equal keys pushed while such ones leave go behind them", equal_keys_while_they_leave},
	{"lower keys pushed while equal ones leave go before the rest", lower_keys_while_equal_ones_leave},
	{"entries long before those that were looked at leave first", far_below_after_a_look_ahead},
	{"the largest keys leave last", largest_keys},
	{"a filter keeps what it should, in order", filtered},
	{"an empty queue says so and serves again", empty_and_again},
	{"a negative key is our mistake", negative_keys},
};

SUITE(sim_queue, tests)

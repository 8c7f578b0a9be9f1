/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hold model: pop the earliest entry, push it back later; ns a hold of the queue beside the
 * 4-ary heap.
 *
 * usage: hold [--quick] [--only TEXT]     JSON lines, one a case (those with TEXT in their names)
 *        hold --fixed NAME                one small workload, untimed, for counting instructions
 *
 * Both sets do the same holds in turn, round by round, so that they see the same noise of a shared
 * machine, and must end with the same checksum: same entries, same order. Figures are the least
 * (and the median) CPU time of the rounds, the driver's own 3 ns or so included. With cancels,
 * every other hold also cancels another entry and asks for it again, both sets by generations, as
 * the engine does. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/event.h"
#include "sim/heap.h"
#include "sim/memory.h"
#include "sim/queue.h"
#include "sim/time.h"

#define ROUNDS_MOST 9
#define INLINE static inline __attribute__((always_inline))

enum shape { EXPONENTIAL, TICKS, CAMEL, SHAPES };
enum set { SET_QUEUE, SET_HEAP, SET_ENGINE };

static const char *const shape_names[SHAPES] = {"exponential", "ticks", "camel"};

struct bench_case {
	const char *name;          /* of the family: hold, cancel, engine */
	enum shape shape;
	enum set set;              /* the peer is always the heap */
	bool cancel;
	unsigned digits;           /* 10^digits pending */
};

/* One set with its own copy of the workload's state. */
struct driver {
	struct queue *queue;
	struct heap heap;
	struct engine *engine;
	event_type type;
	enum shape shape;
	uint64_t random, checksum, left;
	uint32_t pending;
	uint32_t *generation;      /* of each entry, when there are cancels */
};

INLINE uint64_t driver_random(struct driver *d)
{
	d->random ^= d->random << 13;
	d->random ^= d->random >> 7;
	d->random ^= d->random << 17;
	return d->random;
}

/* -ln(u) to about 1e-3 from the exponent and a parabola of the mantissa: cheap, as a driver should
 * be. */
INLINE double minus_log(uint64_t r)
{
	union { uint64_t bits; double value; } x;
	r |= 1;
	int zeros = __builtin_clzll(r);
	x.bits = (r << zeros << 1 >> 12) | UINT64_C(0x3ff0000000000000);
	double m = x.value;
	return 0.69314718 * (zeros + 1 - ((-0.33582878 * m + 2.0) * m - 1.65871022));
}

/* Exponential: mean 1 s. Ticks: seven of eight on multiples of 300 s, the others exponential with
 * mean 10 s. Camel: 90 % in two humps of 0.1 % width. */
INLINE int64_t driver_later(struct driver *d, int64_t now_ns, uint32_t entry)
{
	const int64_t tick_ns = 300 * NS_PER_S;
	uint64_t r = driver_random(d);
	if (d->shape == EXPONENTIAL)
		return now_ns + (int64_t)(1e9 * minus_log(r)) + 1;
	if (d->shape == TICKS)
		return entry & 7 ? (now_ns / tick_ns + 1) * tick_ns
		                 : now_ns + (int64_t)(10e9 * minus_log(r)) + 1;
	double u = (double)(r >> 11) * 0x1p-53;
	if (u < 0.45)
		return now_ns + (int64_t)(2e9 * (0.25 + 0.001 * u / 0.45)) + 1;
	if (u < 0.90)
		return now_ns + (int64_t)(2e9 * (0.75 + 0.001 * (u - 0.45) / 0.45)) + 1;
	return now_ns + (int64_t)(2e9 * (u - 0.90) * 10) + 1;
}

INLINE void driver_push(struct driver *d, enum set set, struct queue_entry e)
{
	if (set == SET_QUEUE)
		queue_push(d->queue, e);
	else
		heap_push(&d->heap, e);
}

INLINE struct queue_entry driver_pop(struct driver *d, enum set set)
{
	struct queue_entry e = {0};
	if (set == SET_QUEUE)
		queue_pop(d->queue, &e);
	else
		heap_pop(&d->heap, &e);
	return e;
}

INLINE void driver_check(struct driver *d, int64_t now_ns, uint64_t entry)
{
	d->checksum = (d->checksum ^ (uint64_t)now_ns ^ entry) * UINT64_C(0x9e3779b97f4a7c15);
}

INLINE struct queue_entry driver_entry(struct driver *d, int64_t now_ns, uint32_t entry)
{
	int64_t key = driver_later(d, now_ns, entry) << 4;
	return (struct queue_entry){.key = key, .tag = (uint64_t)d->generation[entry] << 32 | entry};
}

INLINE void driver_run(struct driver *d, enum set set, bool cancel, uint64_t holds)
{
	for (uint64_t i = 0; i < holds; i++) {
		struct queue_entry e = driver_pop(d, set);
		while (cancel && d->generation[(uint32_t)e.tag] != e.tag >> 32)
			e = driver_pop(d, set);
		uint32_t entry = (uint32_t)e.tag;
		int64_t now_ns = e.key >> 4;
		driver_check(d, now_ns, entry);
		if (!cancel) {
			e.key = driver_later(d, now_ns, entry) << 4;
			driver_push(d, set, e);
			continue;
		}
		d->generation[entry]++;
		driver_push(d, set, driver_entry(d, now_ns, entry));
		if (i & 1) {
			uint32_t other = (uint32_t)((driver_random(d) >> 32) * d->pending >> 32);
			d->generation[other]++;
			driver_push(d, set, driver_entry(d, now_ns, other));
		}
	}
}

static void driver_fire(struct engine *engine, void *context, const struct event *event)
{
	struct driver *d = context;
	uint32_t entry = (uint32_t)event->a;
	driver_check(d, event->time_ns, entry);
	event_at(engine, driver_later(d, event->time_ns, entry), d->type, entry, 0);
	if (--d->left == 0)
		engine_stop(engine);
}

static void driver_hold(struct driver *d, const struct bench_case *c, enum set set, uint64_t holds)
{
	if (set == SET_ENGINE) {
		d->left = holds;
		engine_run(d->engine, TIME_MAX_NS);
	} else if (set == SET_QUEUE) {
		c->cancel ? driver_run(d, SET_QUEUE, true, holds) : driver_run(d, SET_QUEUE, false, holds);
	} else {
		c->cancel ? driver_run(d, SET_HEAP, true, holds) : driver_run(d, SET_HEAP, false, holds);
	}
}

static uint32_t case_pending(const struct bench_case *c)
{
	uint32_t pending = 1;
	for (unsigned i = 0; i < c->digits; i++)
		pending *= 10;
	return pending;
}

static void driver_init(struct driver *d, const struct bench_case *c, enum set set)
{
	*d = (struct driver){.shape = c->shape, .random = UINT64_C(88172645463325252)};
	d->pending = case_pending(c);
	d->generation = memory_huge_new(d->pending * sizeof *d->generation, "bench");
	heap_init(&d->heap);
	if (set == SET_QUEUE)
		d->queue = queue_open();
	if (set == SET_ENGINE) {
		d->engine = engine_open("bench", 1);
		d->type = engine_type(d->engine, "hold", 0, driver_fire, d);
	}
	for (uint32_t entry = 0; entry < d->pending; entry++) {
		struct queue_entry e = driver_entry(d, 0, entry);
		if (set == SET_ENGINE)
			event_at(d->engine, e.key >> 4, d->type, entry, 0);
		else
			driver_push(d, set, e);
	}
}

static void driver_fini(struct driver *d)
{
	if (d->queue)
		queue_close(d->queue);
	engine_close(d->engine);
	heap_fini(&d->heap);
	memory_huge_free(d->generation, d->pending * sizeof *d->generation);
}

static double cpu_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double driver_time(struct driver *d, const struct bench_case *c, enum set set, uint64_t holds)
{
	double before = cpu_ns();
	driver_hold(d, c, set, holds);
	return (cpu_ns() - before) / (double)holds;
}

static int by_value(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;
	return (a > b) - (a < b);
}

/* False when the two sets do not agree. */
static bool case_run(const struct bench_case *c, const char *name, bool quick)
{
	struct driver ours, peer;
	double ours_ns[ROUNDS_MOST] = {0}, peer_ns[ROUNDS_MOST] = {0};
	uint64_t pending = case_pending(c);
	uint64_t warm = pending < 300000 ? 300000 : pending > 4000000 ? 4000000 : pending;
	uint64_t holds = quick ? 400000 : 1000000;
	size_t rounds = quick || c->digits == 7 ? 5 : ROUNDS_MOST;
	driver_init(&ours, c, c->set);
	driver_init(&peer, c, SET_HEAP);
	driver_hold(&ours, c, c->set, warm);
	driver_hold(&peer, c, SET_HEAP, warm);
	for (size_t i = 0; i < rounds; i++) {
		ours_ns[i] = driver_time(&ours, c, c->set, holds);
		peer_ns[i] = driver_time(&peer, c, SET_HEAP, holds);
	}
	bool agree = ours.checksum == peer.checksum;
	driver_fini(&ours);
	driver_fini(&peer);
	qsort(ours_ns, rounds, sizeof *ours_ns, by_value);
	qsort(peer_ns, rounds, sizeof *peer_ns, by_value);
	printf("{\"bench\":\"%s\",\"ns\":%.1f,\"median_ns\":%.1f,\"peer\":\"4-ary heap\",\"peer_ns\":%.1f,"
	       "\"peer_median_ns\":%.1f,\"ratio\":%.2f}\n",
	       name, ours_ns[0], ours_ns[rounds / 2], peer_ns[0], peer_ns[rounds / 2],
	       peer_ns[0] / ours_ns[0]);
	fflush(stdout);
	if (!agree)
		fprintf(stderr, "hold: %s: the queue and the heap do not give the same entries\n", name);
	return agree;
}

static bool cases_run(bool quick, const char *only)
{
	static const struct bench_case families[] = {
		{.name = "hold", .shape = EXPONENTIAL, .set = SET_QUEUE},
		{.name = "hold", .shape = TICKS, .set = SET_QUEUE},
		{.name = "hold", .shape = CAMEL, .set = SET_QUEUE},
		{.name = "cancel", .shape = EXPONENTIAL, .set = SET_QUEUE, .cancel = true},
		{.name = "engine", .shape = EXPONENTIAL, .set = SET_ENGINE},
	};
	bool agree = true;
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		for (unsigned digits = 3; digits <= 7; digits++) {
			struct bench_case c = families[i];
			char name[64];
			c.digits = digits;
			snprintf(name, sizeof name, "%s/%s/1e%u", c.name, shape_names[c.shape], digits);
			bool wanted = !quick || digits == 6 || (i == 0 && digits < 6 && digits % 2);
			if (wanted && (!only || strstr(name, only)))
				agree &= case_run(&c, name, quick);
		}
	}
	return agree;
}

static int fixed_run(const char *name)
{
	static const struct { const char *name; struct bench_case c; } fixed[] = {
		{"exponential", {.shape = EXPONENTIAL, .set = SET_QUEUE, .digits = 4}},
		{"ticks", {.shape = TICKS, .set = SET_QUEUE, .digits = 4}},
		{"camel", {.shape = CAMEL, .set = SET_QUEUE, .digits = 4}},
		{"cancel", {.shape = EXPONENTIAL, .set = SET_QUEUE, .cancel = true, .digits = 4}},
		{"engine", {.shape = EXPONENTIAL, .set = SET_ENGINE, .digits = 4}},
	};
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
		if (strcmp(fixed[i].name, name) != 0)
			continue;
		struct driver d;
		driver_init(&d, &fixed[i].c, fixed[i].c.set);
		driver_hold(&d, &fixed[i].c, fixed[i].c.set, 200000);
		printf("%s %016llx\n", name, (unsigned long long)d.checksum);
		driver_fini(&d);
		return 0;
	}
	fprintf(stderr, "hold: no fixed workload '%s'\n", name);
	return 2;
}

int main(int argc, char **argv)
{
	bool quick = false;
	const char *only = NULL;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--quick") == 0) {
			quick = true;
		} else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
			only = argv[++i];
		} else if (strcmp(argv[i], "--fixed") == 0 && i + 1 < argc) {
			return fixed_run(argv[++i]);
		} else {
			fprintf(stderr, "usage: hold [--quick] [--only TEXT] | hold --fixed NAME\n");
			return 2;
		}
	}
	return cases_run(quick, only) ? 0 : 1;
}

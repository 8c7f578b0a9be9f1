/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many migrations at once over one core link, as flows, beside rates solved from scratch: flow [--quick].
 *
 * The case of SimGrid's peer program (issue 5): n guests of 4 GiB +- 50 % move between pairs of hosts with
 * cards of 10 Gbit/s, all over one link of n * 5 Gbit/s, each sender at most at 1000 MiB/s. A round sends
 * what was dirtied during the one before, 30 % of the sender's most, until that fits 30 ms. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/flow.h"
#include "sim/memory.h"
#include "sim/time.h"
#include "tests/sim/flow_oracle.h"

#define CARD_BPS INT64_C(10000000000)
#define CORE_BPS INT64_C(5000000000)
#define MOST_BPS INT64_C(8388608000)    /* 1000 MiB/s */
#define MIB INT64_C(8388608)            /* bits */
#define STOP_MS 30

struct migration {
	int64_t bits, most_bits, started_ns;
	bool last;
};

struct bench {
	struct engine *engine;
	struct flows *flows;
	struct migration *migrations;
	uint32_t n, rounds;
	int64_t ended_ns;
};

static int64_t cpu_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The mixer that the peer draws its sizes with. */
static uint64_t mix64(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static void migrations_draw(struct bench *b)
{
	for (uint32_t i = 0; i < b->n; i++) {
		int64_t ram = 4096 + 4096 * 50 * ((int64_t)(mix64(i) % 2001) - 1000) / 100000;
		b->migrations[i] = (struct migration){ .bits = ram * MIB, .most_bits = ram * MIB / 10 * 9 };
	}
	b->rounds = 0;
	b->ended_ns = 0;
}

static struct flow_request round_of(struct bench *b, uint32_t i)
{
	b->rounds++;
	return (struct flow_request){
		.links = {2 * i, 2 * i + 1, 2 * b->n}, .link_count = 3, .weight = 1, .most_bps = MOST_BPS,
		.bits = b->migrations[i].bits, .tag = i,
	};
}

/* After a round: false when that was the last. */
static bool next_round(struct bench *b, uint32_t i, int64_t now_ns)
{
	struct migration *m = &b->migrations[i];
	if (m->last) {
		b->ended_ns = now_ns;
		return false;
	}
	int64_t took_ns = now_ns - m->started_ns;
	int64_t dirty = (int64_t)((wide)(MOST_BPS / 10 * 3) * took_ns / NS_PER_S);
	dirty = dirty < m->most_bits ? dirty : m->most_bits;
	m->last = (wide)dirty * took_ns <= (wide)m->bits * STOP_MS * NS_PER_MS;
	m->bits = dirty;
	m->started_ns = now_ns;
	return true;
}

static void done(void *context, uint32_t flow, uint64_t tag)
{
	struct bench *b = context;
	uint32_t i = (uint32_t)tag;
	(void)flow;
	if (next_round(b, i, engine_now_ns(b->engine))) {
		struct flow_request r = round_of(b, i);
		flow_add(b->flows, &r);
	}
}

static int64_t ours(struct bench *b)
{
	int64_t from = cpu_ns();
	migrations_draw(b);
	b->engine = engine_open("bench", 1);
	b->flows = flows_open(b->engine, 3, done, b);
	for (uint32_t i = 0; i < 2 * b->n; i++)
		flows_link_add(b->flows, CARD_BPS);
	flows_link_add(b->flows, CORE_BPS * b->n);
	for (uint32_t i = 0; i < b->n; i++) {
		struct flow_request r = round_of(b, i);
		flow_add(b->flows, &r);
	}
	engine_run(b->engine, 1000 * NS_PER_S);
	flows_close(b->flows);
	engine_close(b->engine);
	return cpu_ns() - from;
}

static int64_t from_scratch(struct bench *b)
{
	struct oracle o;
	int64_t from = cpu_ns(), t;
	migrations_draw(b);
	oracle_init(&o, b->n, 2 * b->n + 1);
	for (uint32_t i = 0; i < 2 * b->n; i++)
		oracle_link(&o, i, CARD_BPS);
	oracle_link(&o, 2 * b->n, CORE_BPS * b->n);
	for (uint32_t i = 0; i < b->n; i++) {
		struct flow_request r = round_of(b, i);
		oracle_add(&o, i, &r);
	}
	while ((t = oracle_next_ns(&o)) < INT64_MAX) {
		oracle_advance(&o, t);
		for (uint32_t i = 0; i < b->n; i++) {
			if (!oracle_done(&o, i))
				continue;
			oracle_remove(&o, i);
			if (!next_round(b, i, t))
				continue;
			struct flow_request r = round_of(b, i);
			oracle_add(&o, i, &r);
		}
	}
	oracle_fini(&o);
	return cpu_ns() - from;
}

static void measure(uint32_t n, bool beside, int trials)
{
	struct bench b = { .n = n, .migrations = memory_new(n, sizeof *b.migrations, "migrations") };
	int64_t best = INT64_MAX, peer = 0;
	for (int k = 0; k < trials; k++) {
		int64_t ns = ours(&b);
		best = ns < best ? ns : best;
	}
	uint32_t rounds = b.rounds;
	int64_t ended_ns = b.ended_ns;
	if (beside) {
		peer = from_scratch(&b);
		if (b.rounds != rounds || b.ended_ns != ended_ns) {
			fprintf(stderr, "bench: flows and their oracle differ at %" PRIu32 "\n", n);
			exit(1);
		}
	}
	printf("{\"bench\":\"flow/%" PRIu32 "\",\"ns\":%.1f,\"unit\":\"a flow\",\"cpu_s\":%.4f,", n,
	       (double)best / rounds, (double)best / 1e9);
	printf("\"flows\":%" PRIu32 ",\"last_s\":%.6f", rounds, (double)ended_ns / 1e9);
	if (beside)
		printf(",\"peer\":\"from scratch\",\"peer_ns\":%.1f,\"ratio\":%.1f", (double)peer / rounds,
		       (double)peer / (double)best);
	printf("}\n");
	free(b.migrations);
}

int main(int argc, char **argv)
{
	bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
	measure(300, true, quick ? 5 : 20);
	measure(3000, !quick, quick ? 3 : 10);
	measure(30000, false, quick ? 1 : 3);
	return 0;
}

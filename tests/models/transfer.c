/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers to and from a pool, by hand: equal shares, ends to the nanosecond. */
#include "tests/test.h"

#include "models/transfer.h"
#include "tests/models/small.h"

#define MOST 64

struct bench {
	struct small s;
	struct transfers t;
	uint64_t tags[MOST];
	int64_t at_ns[MOST];
	uint32_t count;
};

static void note_done(void *context, uint64_t tag)
{
	struct bench *b = context;
	b->tags[b->count] = tag;
	b->at_ns[b->count++] = engine_now_ns(b->s.engine);
}

/* A pool that reads 8000 bit/s (1000 B/s) and writes 4000 bit/s. */
static void bench_open(struct bench *b)
{
	*b = (struct bench){0};
	small_open(&b->s);
	struct world *w = &b->s.world;
	ARRAY_GROW(w->pools, w->pool_count, w->pool_room, "pools");
	w->pools[w->pool_count++] = (struct pool){.name = "pool", .read_bps = 8000, .write_bps = 4000};
	transfers_open(&b->t, w);
	b->t.done = note_done;
	b->t.context = b;
}

static void bench_close(struct bench *b)
{
	transfers_close(&b->t);
	small_close(&b->s);
}

static uint32_t reads(struct bench *b, int64_t bytes, uint64_t tag)
{
	return transfer_begin(&b->t, (pool_id){0}, TRANSFER_READ, bytes, tag);
}

static void check_end(const struct bench *b, uint32_t k, uint64_t tag, int64_t at_ms)
{
	CU_ASSERT(b->count > k);
	CU_ASSERT_EQUAL(b->tags[k], tag);
	CU_ASSERT_EQUAL(b->at_ns[k], at_ms * NS_PER_MS);
}

/* 10 kB alone take 10 s. At 4 s another 3 kB: both at 500 B/s until it has its own at 10 s; the first has had
 * 4 + 3 = 7 kB by then and takes 3 s more. Writing does not disturb reading. */
static void test_shares(void)
{
	struct bench b;
	bench_open(&b);
	reads(&b, 10000, 1);
	transfer_begin(&b.t, (pool_id){0}, TRANSFER_WRITE, 10000, 3);
	engine_run(b.s.engine, 4 * NS_PER_S);
	reads(&b, 3000, 2);
	engine_run(b.s.engine, 100 * NS_PER_S);
	CU_ASSERT_EQUAL(b.count, 3);
	check_end(&b, 0, 2, 10000);
	check_end(&b, 1, 1, 13000);
	check_end(&b, 2, 3, 20000);
	CU_ASSERT_EQUAL(engine_pending(b.s.engine), 0);
	bench_close(&b);
}

/* Three of 1 kB at once end together at 3 s, in the order in which they began. */
static void test_ties(void)
{
	struct bench b;
	bench_open(&b);
	for (uint64_t k = 0; k < 3; k++)
		reads(&b, 1000, k);
	engine_run(b.s.engine, 3 * NS_PER_S);
	for (uint32_t k = 0; k < 3; k++)
		check_end(&b, k, k, 3000);
	bench_close(&b);
}

/* Two of 4 kB; one is cancelled at 2 s, when each has had 1 kB: the other needs 3 s more. */
static void test_cancel(void)
{
	struct bench b;
	bench_open(&b);
	uint32_t gone = reads(&b, 4000, 1);
	reads(&b, 4000, 2);
	engine_run(b.s.engine, 2 * NS_PER_S);
	transfer_cancel(&b.t, gone);
	engine_run(b.s.engine, 60 * NS_PER_S);
	CU_ASSERT_EQUAL(b.count, 1);
	check_end(&b, 0, 2, 5000);
	reads(&b, 1000, 3);
	CU_ASSERT_EQUAL(b.t.count, 2); /* a place in the table is used again */
	engine_run(b.s.engine, 70 * NS_PER_S);
	check_end(&b, 1, 3, 61000);
	bench_close(&b);
}

/* Seven transfers of unlike sizes at unlike times: the last one ends when all bytes are moved, within a
 * nanosecond for each change. */
static void test_rounding(void)
{
	struct bench b;
	bench_open(&b);
	int64_t bytes = 0;
	for (int64_t k = 0; k < 7; k++) {
		engine_run(b.s.engine, k * 333333333);
		reads(&b, 1000 + 777 * k, (uint64_t)k);
		bytes += 1000 + 777 * k;
	}
	engine_run(b.s.engine, 1000 * NS_PER_S);
	CU_ASSERT_EQUAL(b.count, 7);
	int64_t busy_ns = bytes * NS_PER_MS; /* 1000 B/s */
	CU_ASSERT(b.at_ns[6] >= busy_ns && b.at_ns[6] <= busy_ns + 14);
	bench_close(&b);
}

static const struct test tests[] = {
	{"those that read a pool share its rate equally, those that write it theirs", test_shares},
	{"transfers that end together are told in the order in which they began", test_ties},
	{"what a cancelled transfer had goes to the others", test_cancel},
	{"a pool is busy exactly as long as its bytes take", test_rounding},
};
SUITE(models_transfer, tests)

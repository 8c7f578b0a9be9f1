/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guests that are copied all the time: epochs by hand. */
#include "models/migration/remus.h"

#include "sim/time.h"
#include "tests/test.h"

/* A sweep of 1000 pages a second over 100 pages; 1000 bytes a page at 1 MB/s: a page takes 1 ms to
 * send. */
static struct remus guest(int64_t epoch_ms)
{
	return (struct remus){
		.dirty = dirty_pattern(DIRTY_SEQUENTIAL, 0, 100, 1000),
		.epoch_ns = epoch_ms * NS_PER_MS,
		.pause_ns = 2 * NS_PER_MS,
		.copy_ns = 100 * NS_PER_US,
		.bandwidth_Bps = 1e6,
		.page_bytes = 1000,
		.latency_ns = NS_PER_MS,
		.detect_ns = 50 * NS_PER_MS,
		.activate_ns = 200 * NS_PER_MS,
	};
}

static void long_epochs(void)
{
	/* 200 ms: all 100 pages; pause 2 + 10 ms, sent in 100 ms, acknowledged 2 ms later. */
	struct remus r = guest(200);
	struct remus_outcome o = remus_run(&r);
	CU_ASSERT_EQUAL(o.run_ns, 200 * NS_PER_MS);
	CU_ASSERT_EQUAL(o.paused_ns, 12 * NS_PER_MS);
	CU_ASSERT_EQUAL(o.send_ns, 100 * NS_PER_MS);
	CU_ASSERT_DOUBLE_EQUAL(o.pages, 100, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(o.speed_01, 200.0 / 212, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(o.bandwidth_Bps, 100e3 / 0.212, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(o.latency_mean_s, 0.1 + 0.114, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(o.latency_most_s, 0.2 + 0.114, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(o.undone_mean_s, 0.114 + 0.106, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(o.recovery_s, 0.25, 1e-12);
}

static void too_short_epochs(void)
{
	/* 10 ms dirty 10 pages, which take 12 ms on their way: the next runs 12 ms, dirties 12, which
	 * take 14 ... until it dirties all 100 in 100 ms, which take 102: there it stays. */
	struct remus r = guest(10);
	struct remus_outcome o = remus_run(&r);
	CU_ASSERT_EQUAL(o.run_ns, 102 * NS_PER_MS);
	CU_ASSERT_DOUBLE_EQUAL(o.pages, 100, 1e-9);
	CU_ASSERT(o.epochs > 40);
}

static void nothing_written(void)
{
	struct remus r = guest(25);
	r.dirty = dirty_pattern(DIRTY_UNIFORM, 0, 100, 0);
	struct remus_outcome o = remus_run(&r);
	CU_ASSERT_DOUBLE_EQUAL(o.speed_01, 25.0 / 27, 1e-12);
	CU_ASSERT_EQUAL(o.bandwidth_Bps, 0);
	/* Half an epoch, the pause, there and back. */
	CU_ASSERT_DOUBLE_EQUAL(o.latency_mean_s, 0.0125 + 0.002 + 0.002, 1e-12);
}

static void trade(void)
{
	struct remus_outcome before = {.run_ns = 0};
	for (int64_t ms = 120; ms < 2000; ms *= 2) {
		struct remus r = guest(ms);
		struct remus_outcome o = remus_run(&r);
		if (before.run_ns) {
			CU_ASSERT(o.speed_01 > before.speed_01);
			CU_ASSERT(o.latency_mean_s > before.latency_mean_s);
			CU_ASSERT(o.bandwidth_Bps < before.bandwidth_Bps);
		}
		before = o;
	}
}

static void clients(void)
{
	struct remus_outcome o = {.speed_01 = 0.5, .latency_mean_s = 0.03};
	/* 10 ms become 20 ms, and wait 30 ms. */
	CU_ASSERT_DOUBLE_EQUAL(remus_closed_loop_01(&o, 0.01), 0.2, 1e-12);
}

static const struct test tests[] = {
	{"an epoch that outlasts its sending is as worked out by hand", long_epochs},
	{"an epoch waits until the one before is acknowledged", too_short_epochs},
	{"a guest that writes nothing pays for pauses alone", nothing_written},
	{"longer epochs give speed for latency", trade},
	{"a client in a closed loop waits for both", clients},
};
SUITE(models_remus, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinds of migration and their stop rules, by hand: pages of 4096 bytes without headers over 4096000 bytes
 * a second, so that a thousand pages go in a second. */
#include "tests/test.h"

#include <string.h>

#include "models/migration/leg.h"
#include "sim/time.h"

#define RATE 4096000.0
#define NEAR(a, b, by) CU_ASSERT_DOUBLE_EQUAL(a, b, by)

/* No fixed times and no headers: what is sent is what takes time. */
static struct move_case bare(enum stop_rule stop, double data_pages, double write_hz, int64_t set)
{
	struct move_case c = {.data_pages = data_pages, .path_Bps = RATE, .rules = move_rules_default(stop)};
	struct move_rules *r = &c.rules;
	r->header_bytes = r->zero_bytes = r->sync_page_ns = r->zero_page_ns = 0;
	r->prepare_ns = r->stop_ns = r->commit_ns = r->activate_ns = r->discard_ns = 0;
	r->peek = false;
	c.dirty = dirty_pattern(DIRTY_SEQUENTIAL, 0, set, write_hz);
	return c;
}

static struct move run(const struct move_kind *kind, const struct move_case *c)
{
	struct move m;
	CU_ASSERT_TRUE(move_run(kind, c, RATE, 0, &m));
	return m;
}

static void test_cold(void)
{
	struct move_case c = bare(STOP_QEMU, 2000, 500, 1000);
	c.device_bytes = 409600;
	c.rules.stop_ns = 3 * NS_PER_MS;
	c.rules.activate_ns = 4 * NS_PER_MS;
	c.device_ns = 5 * NS_PER_MS;
	c.round_trip_ns = NS_PER_MS;
	struct move m = run(&move_cold, &c);
	/* 2 s of pages, 0.1 s of devices, 3 + 4 + 5 ms, and a round trip for the commit; another one to
	 * prepare. */
	CU_ASSERT_EQUAL(m.downtime_ns, 2113 * NS_PER_MS);
	CU_ASSERT_EQUAL(m.now_ns, 2114 * NS_PER_MS);
	CU_ASSERT_EQUAL(m.round, 1);
	NEAR(m.sent_pages, 2000, 1e-9);
	NEAR(m.sent_bytes, 2000 * 4096 + 409600, 1e-6);
}

static void test_rounds(void)
{
	/* 1000, 500, 250, 125 pages, and 62.5 with the guest stopped: after four rounds, whatever is left. */
	struct move_case c = bare(STOP_ROUNDS, 1000, 500, 1000);
	c.rules.rounds_most = 4;
	struct move m = run(&move_precopy, &c);
	CU_ASSERT_EQUAL(m.downtime_ns, 62500 * NS_PER_US);
	CU_ASSERT_EQUAL(m.now_ns, 1937500 * NS_PER_US);
	CU_ASSERT_EQUAL(m.round, 5);
	CU_ASSERT_FALSE(m.converged);
	NEAR(m.log[0].pages, 1000, 1e-6);
	NEAR(m.log[3].pages, 125, 1e-6);
	NEAR(m.log[3].dirtied_pages, 62.5, 1e-6);
	CU_ASSERT_EQUAL(m.log[2].start_ns, 1500 * NS_PER_MS);
	CU_ASSERT_EQUAL(m.stopped_at_ns, 1875 * NS_PER_MS);
}

static void test_working_set(void)
{
	/* Faster than the link: every round sends the working set of 300 pages, and never less. */
	struct move_case c = bare(STOP_ROUNDS, 1000, 5000, 300);
	struct move m = run(&move_precopy, &c);
	for (int k = 1; k < 5; k++)
		NEAR(m.log[k].pages, 300, 1e-6);
	CU_ASSERT_EQUAL(m.downtime_ns, 300 * NS_PER_MS);
}

static void test_xen(void)
{
	/* Twice the pages of a round are never under 50, RAM three times over is sent first: 1000 + 8 *
	 * 300 > 3000. */
	struct move_case c = bare(STOP_XEN, 1000, 5000, 300);
	struct move m = run(&move_precopy, &c);
	CU_ASSERT_EQUAL(m.round, 9);
	CU_ASSERT_FALSE(m.converged);
	/* With a working set of 20 the second round is one of few pages, and the last. */
	c = bare(STOP_XEN, 1000, 5000, 20);
	m = run(&move_precopy, &c);
	CU_ASSERT_EQUAL(m.round, 3);
	CU_ASSERT_TRUE(m.converged);
	/* And 29 rounds are the most: of 60 pages of 1000, 29 rounds are below three times its memory. */
	c = bare(STOP_XEN, 1000, 5000, 60);
	CU_ASSERT_EQUAL(run(&move_precopy, &c).round, 30);
}

static void test_peek(void)
{
	/* A sweep that goes over its 400 pages twice in a round of T seconds: 3/4 of them are dirty when
	 * their turn comes, so 1000 - 300 pages go, T = 0.7 s if it is told so. */
	struct dirty d = dirty_pattern(DIRTY_SEQUENTIAL, 0, 400, 800 / 0.7);
	NEAR(move_early_01(&d.writer[0], 0.7), 0.75, 1e-12);
	struct move_case c = bare(STOP_XEN, 1000, 800 / 0.7, 400);
	c.rules.peek = true;
	struct move m = run(&move_precopy, &c);
	NEAR(m.log[0].pages, 700, 15);
	NEAR(m.sent_pages, 1000 + m.again_pages, 1e-6);
	d = dirty_pattern(DIRTY_UNIFORM, 0, 400, 400);
	NEAR(move_early_01(&d.writer[0], 1), 0.36787944117144233, 1e-12); /* 1 - (1 - 1/e) */
	NEAR(move_early_01(&d.writer[0], 1e-7), 0.5e-7, 1e-18);
	CU_ASSERT_EQUAL(move_early_01(&d.writer[0], 0), 0);
}

static void test_clark(void)
{
	/* Rates in bytes a second: the first round at the least, then 50 Mbit/s above what was dirtied. */
	struct move_case c = bare(STOP_CLARK, 20000, 2000, 20000);
	struct move m;
	struct leg_report report = {.activity_01 = 1};
	c.path_Bps = 125e6;
	move_begin(&m, &c);
	move_precopy.next(&m, NULL);
	move_precopy.next(&m, &report);
	CU_ASSERT_EQUAL(m.leg.stage, LEG_ROUND);
	NEAR(m.leg.most_Bps, 12.5e6, 1e-3);
	report.elapsed_ns = (int64_t)(m.leg.bytes / 12.5e6 * 1e9);
	move_precopy.next(&m, &report);
	NEAR(m.leg.most_Bps, 2000 * 4096 + 6.25e6, 10);
	/* Who dirties all that is sent makes the rate grow by 50 from 100 on; when it would be above 500,
	 * after nine rounds, the guest is stopped and the rest goes at 500. */
	c = bare(STOP_CLARK, 200000, 600 * 125000.0 / 4096, 200000);
	c.path_Bps = 125e6;
	CU_ASSERT_TRUE(move_run(&move_precopy, &c, 125e6, 0, &m));
	CU_ASSERT_EQUAL(m.round, 10);
	CU_ASSERT_FALSE(m.converged);
	NEAR(m.log[8].bytes / ((double)m.log[8].elapsed_ns / 1e9), 62.5e6, 1);
	NEAR((double)m.downtime_ns, m.log[9].bytes / 62.5e6 * 1e9, 2);
}

static void test_vmotion(void)
{
	/* Dirtying faster than the link, it would never end; slowed to half the bandwidth, it does. */
	struct move_case c = bare(STOP_VMOTION, 20000, 2000, 20000);
	struct move m = run(&move_precopy, &c);
	CU_ASSERT_TRUE(m.converged);
	NEAR(m.throttle_01, 0.75, 1e-6);
	CU_ASSERT_TRUE(m.downtime_ns < 500 * NS_PER_MS);
	CU_ASSERT_TRUE(m.lost_s > 10);
	/* One that converges by itself is not slowed. */
	c = bare(STOP_VMOTION, 20000, 400, 20000);
	CU_ASSERT_EQUAL(run(&move_precopy, &c).throttle_01, 0);
}

static void test_qemu_ends_early(void)
{
	/* 2010 pages, threshold 300: the round ends at the first call of 50 pages after 1710 went. */
	struct move_case c = bare(STOP_QEMU, 2010, 0, 0);
	struct move m = run(&move_precopy, &c);
	NEAR(m.log[0].pages, 1750, 1e-6);
	CU_ASSERT_EQUAL(m.downtime_ns, 260 * NS_PER_MS);
	CU_ASSERT_TRUE(m.converged);
	/* Zero pages count in full, and take next to nothing: 300 of them leave no round for the
	 * threshold. */
	c.zero_pages = 10000;
	m = run(&move_precopy, &c);
	NEAR(m.log[0].pages, 2010, 1e-6);
	CU_ASSERT_TRUE(m.downtime_ns < NS_PER_MS);
}

static void test_auto_converge(void)
{
	struct move_case c = bare(STOP_QEMU, 20000, 1500, 18000);
	struct move m;
	CU_ASSERT_FALSE(move_run(&move_precopy, &c, RATE, 300 * NS_PER_S, &m));
	CU_ASSERT_EQUAL(m.throttle_01, 0);
	c.rules.auto_converge = true;
	CU_ASSERT_TRUE(move_run(&move_precopy, &c, RATE, 300 * NS_PER_S, &m));
	/* Steps of QEMU: 20, 30, 40 ... percent. */
	double steps = (m.throttle_01 - 0.2) / 0.1;
	CU_ASSERT_TRUE(m.throttle_01 >= 0.2 && m.throttle_01 <= 0.99);
	NEAR(steps, (double)(int)(steps + 0.5), 1e-9);
	/* A guest paced by a clock catches up after short pauses, so that the throttle must go further. */
	double closed = m.throttle_01;
	c.dirty.open_loop = true;
	c.dirty.backlog_ns = 50 * NS_PER_MS;
	if (move_run(&move_precopy, &c, RATE, 300 * NS_PER_S, &m))
		CU_ASSERT_TRUE(m.throttle_01 > closed);
}

static void test_stun(void)
{
	/* A rogue writer of 5000 a second is held to 100 after the first round. */
	struct move_case c = bare(STOP_ROUNDS, 10000, 5000, 10000);
	c.rules.stun_Hz = 100;
	struct move m = run(&move_precopy, &c);
	NEAR(m.log[1].pages, 10000, 1e-6);
	NEAR(m.log[2].pages, 1000, 1e-6);
	NEAR(m.log[3].pages, 100, 1e-6);
}

static void test_self(void)
{
	struct move_case c = bare(STOP_ROUNDS, 1000, 500, 1000);
	struct move managed = run(&move_precopy, &c);
	c.rules.self = true;
	c.rules.self_lost_01 = 0.2;
	struct move self = run(&move_precopy, &c);
	/* Its own work slows it down, so that it dirties 0.4 pages a page: 1000, 400, 160, 64, 25.6; its own
	 * sending dirties 64 more, and copying the last 74.24 into the snapshot takes a microsecond each. */
	NEAR(self.log[4].pages, 25.6, 1e-6);
	NEAR(self.log[5].pages, 10.24 + 64, 1e-6);
	NEAR((double)self.downtime_ns, 74.24e6 + 74.24e3, 2);
	CU_ASSERT_TRUE(self.downtime_ns > managed.downtime_ns);
	CU_ASSERT_TRUE(self.lost_s > managed.lost_s);
}

static void test_balloon(void)
{
	const struct move_kind *const both[] = {&move_precopy, &move_postcopy, &move_cold};
	for (int k = 0; k < 3; k++) {
		struct move_case c = bare(STOP_QEMU, 2000, 0, 0);
		c.free_pages = 800;
		c.cache_pages = 200;
		struct move all = run(both[k], &c);
		c.rules.balloon = true;
		struct move m = run(both[k], &c);
		NEAR(m.freed_pages, 800, 0);
		NEAR(m.sent_pages, 1200, 1e-6);
		/* and 500 ns a page */
		CU_ASSERT_EQUAL(all.now_ns - m.now_ns, 800 * NS_PER_MS - 400 * NS_PER_US);
		CU_ASSERT_TRUE(m.lost_s > 0);
		c.rules.drop_cache = true;
		NEAR(run(both[k], &c).sent_pages, 1000, 1e-6);
	}
}

static void test_bytes(void)
{
	/* Compression, and differences of pages sent again that fit the cache by half. */
	struct move_case c = bare(STOP_ROUNDS, 1000, 500, 400);
	c.rules.compress_01 = 0.5;
	struct move m = run(&move_precopy, &c);
	NEAR(m.sent_bytes, m.sent_pages * 2048, 1e-3);
	NEAR(m.saved_bytes, m.sent_pages * 2048, 1e-3);
	c.rules.compress_01 = 1;
	c.rules.resend_bytes = 96;
	c.rules.resend_cache_pages = 200;
	m = run(&move_precopy, &c);
	NEAR(m.sent_bytes, 1000 * 4096 + m.again_pages * (96 + 4096) / 2, 1e-3);
	/* One stream of 1 MB/s and a window of 100 kB a round trip; four of them. */
	c = bare(STOP_ROUNDS, 1000, 0, 0);
	c.rules.channel_Bps = 1e6;
	NEAR((double)run(&move_precopy, &c).now_ns, 4.096e9, 10);
	c.round_trip_ns = 200 * NS_PER_MS;
	c.rules.window_bytes = 100e3;
	NEAR((double)run(&move_precopy, &c).now_ns, 8.192e9 + 0.4e9, 10);
	c.rules.channels = 4;
	NEAR((double)run(&move_precopy, &c).now_ns, 2.048e9 + 0.4e9, 10);
}

static void test_disk(void)
{
	/* 4096 MB of disk: 1000 s ahead of the memory. */
	struct move_case c = bare(STOP_ROUNDS, 1000, 0, 0);
	c.disk_bytes = 4096e6;
	CU_ASSERT_EQUAL(run(&move_precopy, &c).now_ns, NS_PER_S);
	c.disk = DISK_COPY;
	CU_ASSERT_EQUAL(run(&move_precopy, &c).now_ns, 1001 * NS_PER_S);
	/* Written at a tenth of the link, 500 MB of it are dirty after 1000 s but for 409.6 MB; they go
	 * along with the memory, then what was written in those 101 s, and so on; the last bit with the
	 * guest stopped. */
	c.disk_write_Bps = RATE / 10;
	c.disk_set_bytes = 500e6;
	struct move m = run(&move_precopy, &c);
	NEAR(m.disk_sent_bytes, 4096e6 + 409.6e6 + 41.3696e6 + 4.13696e6 + 413696 + 41369.6 + 4136.96, 1);
	NEAR((double)m.downtime_ns, 4136.96 / RATE * 1e9, 10);
	/* A mirror sends each write once more while it lasts, and leaves nothing for the stop. */
	c.disk = DISK_MIRROR;
	m = run(&move_precopy, &c);
	NEAR(m.disk_sent_bytes, (4096e6 + 1000 * 4096) / 0.9 - 1000 * 4096, 1);
	CU_ASSERT_EQUAL(m.downtime_ns, 0);
	/* Cold: all of it with the guest stopped, nothing is written. */
	m = run(&move_cold, &c);
	NEAR(m.disk_sent_bytes, 4096e6, 1e-3);
	CU_ASSERT_EQUAL(m.downtime_ns, 1001 * NS_PER_S);
}

static void test_hybrid(void)
{
	struct move_case c = bare(STOP_ROUNDS, 1000, 500, 1000);
	c.rules.rounds_most = 29;
	c.rules.hybrid_round = 3;
	struct move m = run(&move_hybrid, &c);
	/* Two rounds, 1000 and 500; then 250 are pushed. */
	CU_ASSERT_TRUE(m.switching);
	NEAR(m.log[2].pages, 250, 1e-6);
	CU_ASSERT_EQUAL(m.now_ns, 1750 * NS_PER_MS);
	CU_ASSERT_EQUAL(m.residual_ns, 250 * NS_PER_MS);
	CU_ASSERT_EQUAL(m.downtime_ns, 0);
	/* A deadline ends a round in its midst: after 0.4 s, 400 of 1000 went, and nothing was written but
	 * these. */
	c.rules.hybrid_after_ns = 400 * NS_PER_MS;
	m = run(&move_hybrid, &c);
	CU_ASSERT_EQUAL(m.stopped_at_ns, 400 * NS_PER_MS);
	NEAR(m.log[1].pages, 600 + 200, 1e-6);
	/* A guest that converges first is moved by pre-copy. */
	c = bare(STOP_QEMU, 1000, 0, 0);
	c.rules.hybrid_round = 5;
	CU_ASSERT_FALSE(run(&move_hybrid, &c).switching);
}

static void test_fate(void)
{
	struct move_case c = bare(STOP_ROUNDS, 1000, 500, 1000);
	struct leg_report report = {.activity_01 = 1};
	struct move m;
	move_begin(&m, &c);
	for (bool on = move_precopy.next(&m, NULL); on; on = move_precopy.next(&m, &report)) {
		bool early = m.leg.stage < LEG_ACTIVATE;
		CU_ASSERT_EQUAL(move_fate(&m, BREAK_CANCEL), early ? FATE_AT_SOURCE : FATE_GOES_ON);
		CU_ASSERT_EQUAL(move_fate(&m, BREAK_NETWORK), early ? FATE_AT_SOURCE : FATE_GOES_ON);
		CU_ASSERT_EQUAL(move_fate(&m, BREAK_TARGET), early ? FATE_AT_SOURCE : FATE_LOST);
		CU_ASSERT_EQUAL(move_fate(&m, BREAK_SOURCE), early ? FATE_LOST : FATE_GOES_ON);
	}
	bool pushed = false;
	move_begin(&m, &c);
	for (bool on = move_postcopy.next(&m, NULL); on; on = move_postcopy.next(&m, &report))
		if (m.leg.stage == LEG_PUSH) {
			pushed = true;
			CU_ASSERT_EQUAL(move_fate(&m, BREAK_NETWORK), FATE_LOST);
			CU_ASSERT_EQUAL(move_fate(&m, BREAK_SOURCE), FATE_LOST);
			CU_ASSERT_EQUAL(move_fate(&m, BREAK_TARGET), FATE_LOST);
			CU_ASSERT_EQUAL(move_fate(&m, BREAK_CANCEL), FATE_GOES_ON);
		}
	CU_ASSERT_TRUE(pushed);
}

static void test_plain_data(void)
{
	/* Stored after any leg and read back elsewhere, a migration goes on as if nothing had been. */
	struct move_case c = bare(STOP_ROUNDS, 1000, 500, 1000);
	struct leg_report report = {.activity_01 = 1};
	struct move whole = run(&move_precopy, &c), m, stored;
	move_begin(&m, &c);
	memset(&c, 0xff, sizeof c); /* nor does it need its case any more */
	for (bool on = move_precopy.next(&m, NULL); on; on = move_precopy.next(&m, &report)) {
		memcpy(&stored, &m, sizeof m);
		memset(&m, 0xff, sizeof m);
		memcpy(&m, &stored, sizeof m);
		report.elapsed_ns = m.leg.time_ns + (int64_t)(m.leg.bytes / RATE * 1e9 + 0.5);
	}
	CU_ASSERT_EQUAL(m.now_ns, whole.now_ns);
	CU_ASSERT_EQUAL(m.sent_bytes, whole.sent_bytes);
}

static const struct test tests[] = {
	{"a cold migration stops the guest for all that is sent", test_cold},
	{"textbook rounds halve when half as much is dirtied as is sent", test_rounds},
	{"rounds shrink to the working set and no further", test_working_set},
	{"Xen ends after a round of few pages, and gives up after 29 or three times the memory", test_xen},
	{"pages that are dirty again when their turn comes wait for the next round", test_peek},
	{"Clark's rate follows the dirty rate from 100 to 500 Mbit/s", test_clark},
	{"vMotion slows a guest that dirties faster than the link", test_vmotion},
	{"QEMU ends a round as soon as the rest fits the downtime limit", test_qemu_ends_early},
	{"auto-converge takes CPU away in steps until the migration converges", test_auto_converge},
	{"a stunned writer dirties no more than it is allowed", test_stun},
	{"self migration dirties pages of its own and copies the last ones", test_self},
	{"pages given back are not sent, by any kind", test_balloon},
	{"compression, differences, channels and windows change bytes and rates as told", test_bytes},
	{"a local disk goes ahead of the memory, with what is written meanwhile", test_disk},
	{"a hybrid turns to post-copy after its rounds or at its deadline", test_hybrid},
	{"until the target has committed a broken migration leaves the guest at the source", test_fate},
	{"a migration under way is plain data", test_plain_data},
};
SUITE(models_migration_kinds, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QEMU's migration thread: cases that can be counted by hand. */
#include <string.h>

#include "models/migration/qemu.h"
#include "models/migration/xbzrle.h"
#include "sim/time.h"
#include "tests/test.h"

#define DATA_BYTES (QEMU_PAGE + QEMU_PAGE_HEADER)

/* 6400 pages, the first 4000 with data, over a wire of 41.04 MB/s: 10 000 data pages a second. */
static struct qemu_case plain(enum qemu_mode mode)
{
	return (struct qemu_case){
		.pages = 6400, .data = {{0, 4000}}, .data_count = 1,
		.link = {.rate_Bps = 1e4 * DATA_BYTES, .buffer_bytes = 300000},
		.rules = qemu_rules_default(mode),
		.costs = {.first_ns = 1000, .again_ns = 1000, .linked_ns = 1000, .stopped_ns = 1000,
	                  .placed_ns = 1000, .zero_ns = 100, .zero_placed_ns = 100, .stop_ns = NS_PER_MS,
	                  .resume_ns = 2 * NS_PER_MS},
	};
}

static struct qemu_outcome run(const struct qemu_case *c)
{
	struct qemu_outcome out;
	qemu_migrate(c, 1, &out);
	return out;
}

static void idle_guest(void)
{
	struct qemu_case c = plain(QEMU_PRECOPY);
	struct qemu_outcome out = run(&c);
	CU_ASSERT(out.completed);
	CU_ASSERT_EQUAL(out.sent_pages, 4000);
	CU_ASSERT_EQUAL(out.zero_pages, 2400);
	CU_ASSERT_EQUAL(out.sent_bytes, 4000 * DATA_BYTES + 2400 * QEMU_ZERO_PAGE_BYTES);
	/* At the start, when the rest fits the limit, and with the guest stopped. */
	CU_ASSERT_EQUAL(out.syncs, 3);
	CU_ASSERT_DOUBLE_EQUAL(time_s(out.total_ns), 0.4, 0.02);
}

static void cold_guest(void)
{
	struct qemu_case c = plain(QEMU_COLD);
	c.dirty = dirty_pattern(DIRTY_UNIFORM, 0, 4000, 1e5);
	c.costs.ask_ns = 8 * NS_PER_MS;
	struct qemu_outcome out = run(&c);
	CU_ASSERT_EQUAL(out.sent_pages, 4000);
	CU_ASSERT_EQUAL(out.downtime_ns, out.total_ns + 8 * NS_PER_MS);
}

/* 32 MiB/s: a slice of 100 ms ends with the first buffer of 32 pages beyond 3.36 MB, which is the 26th. */
static void slices(void)
{
	struct qemu_case c = plain(QEMU_PRECOPY);
	c.data[0].count = c.pages;
	c.link.rate_Bps = 0;
	c.rules.max_bandwidth_Bps = 32 << 20;
	c.rules.downtime_limit_ns = 0;
	struct qemu_outcome out = run(&c);
	/* 7 whole slices of 832 pages, then the rest of the 6400 at once. */
	CU_ASSERT(out.total_ns > 700 * NS_PER_MS && out.total_ns < 712 * NS_PER_MS);
}

static void stops_below_limit(void)
{
	struct qemu_case c = plain(QEMU_PRECOPY);
	c.pages = c.data[0].count = 8000;
	c.rules.downtime_limit_ns = 300 * NS_PER_MS;
	struct qemu_outcome out = run(&c);
	/* 3000 pages fit the limit; the thread looks each 50 ms, so it stops with at least 2500 left. */
	CU_ASSERT(out.downtime_ns > 240 * NS_PER_MS && out.downtime_ns < 310 * NS_PER_MS);
	c.rules.downtime_limit_ns = 30 * NS_PER_MS;
	out = run(&c);
	CU_ASSERT(out.downtime_ns < 35 * NS_PER_MS);
}

static void never_converges(void)
{
	struct qemu_case c = plain(QEMU_PRECOPY);
	c.dirty = dirty_pattern(DIRTY_UNIFORM, 0, 4000, 1e5);
	c.rules.downtime_limit_ns = 30 * NS_PER_MS;
	c.rules.time_limit_ns = 3 * NS_PER_S;
	struct qemu_outcome out = run(&c);
	CU_ASSERT(!out.completed);
	CU_ASSERT(out.total_ns >= 3 * NS_PER_S && out.total_ns < 3200 * NS_PER_MS);
	CU_ASSERT_EQUAL(out.downtime_ns, 0);
}

static void auto_converge(void)
{
	struct qemu_case c = plain(QEMU_PRECOPY);
	c.dirty = dirty_pattern(DIRTY_UNIFORM, 0, 4000, 1e5);
	c.rules.downtime_limit_ns = 30 * NS_PER_MS;
	c.rules.time_limit_ns = 60 * NS_PER_S;
	c.rules.auto_converge = true;
	struct qemu_outcome out = run(&c);
	CU_ASSERT(out.completed);
	/* 20, 30, ... 90, 99: a step each two looks, which are a second apart. */
	CU_ASSERT(out.throttle_01c >= 90);
	CU_ASSERT(out.total_ns > 16 * NS_PER_S);
}

static void postcopy_once(void)
{
	struct qemu_case c = plain(QEMU_POSTCOPY);
	c.dirty = dirty_pattern(DIRTY_UNIFORM, 0, 4000, 1e5);
	c.rules.switch_pass = 1;
	c.rules.poll_ns = 20 * NS_PER_MS;
	struct qemu_outcome out = run(&c);
	CU_ASSERT(out.completed && out.postcopy);
	/* After the switch each page goes once; before it at most one call of 50 ms went, 500 pages. */
	CU_ASSERT(out.sent_pages >= 4000 && out.sent_pages <= 4600);
	CU_ASSERT(out.downtime_ns < 5 * NS_PER_MS);
	CU_ASSERT_EQUAL(out.syncs, 2);
}

static void hybrid_after_a_pass(void)
{
	struct qemu_case c = plain(QEMU_HYBRID);
	c.dirty = dirty_pattern(DIRTY_UNIFORM, 0, 4000, 1e5);
	struct qemu_outcome out = run(&c);
	CU_ASSERT(out.completed && out.postcopy);
	/* All data once, and what the first pass left dirty: all of it, at this rate. */
	CU_ASSERT(out.sent_pages > 7000 && out.sent_pages <= 8600);
}

static void packets(void)
{
	struct qemu_case c = plain(QEMU_PRECOPY);
	c.rules.multifd = true;
	c.rules.downtime_limit_ns = 0;
	c.link.rate_Bps = 0;
	struct qemu_outcome out = run(&c);
	/* Whole pages without headers; 50 packets of 128, a few more where a call ended. */
	int64_t heads = out.sent_bytes - 4000 * QEMU_PAGE;
	CU_ASSERT_EQUAL(heads % 1344, 0);
	CU_ASSERT(heads >= 50 * 1344 && heads <= 54 * 1344);
}

static void differences(void)
{
	struct qemu_case c = plain(QEMU_PRECOPY);
	c.dirty = dirty_pattern(DIRTY_UNIFORM, 0, 1000, 2e4);
	c.rules.downtime_limit_ns = 5 * NS_PER_MS;
	c.rules.time_limit_ns = 20 * NS_PER_S;
	struct qemu_outcome whole = run(&c);
	c.rules.xbzrle = true;
	struct qemu_outcome small = run(&c);
	CU_ASSERT(!whole.completed && small.completed);
	CU_ASSERT(small.small_pages > 0);
	CU_ASSERT(small.sent_bytes < whole.sent_bytes / 4);
}

static void cache(void)
{
	struct xbzrle x;
	xbzrle_init(&x, 2 * XBZRLE_PLACES, 8);
	CU_ASSERT_EQUAL(xbzrle_bytes(&x, 5, 1, false), -1); /* the first pass keeps nothing */
	x.on = true;
	CU_ASSERT_EQUAL(xbzrle_bytes(&x, 5, 2, false), -1); /* missed, and copied in */
	x.writes[5] = 2;
	CU_ASSERT_EQUAL(xbzrle_bytes(&x, 5, 2, false), 11 + 2 * 11);
	CU_ASSERT_EQUAL(xbzrle_bytes(&x, 5, 3, false), 0); /* unchanged */
	/* Another page of the same place must wait until this one was of no use for two passes. */
	CU_ASSERT_EQUAL(xbzrle_bytes(&x, 5 + XBZRLE_PLACES, 4, false), -1);
	CU_ASSERT_EQUAL(xbzrle_bytes(&x, 5, 4, false), 0);
	CU_ASSERT_EQUAL(xbzrle_bytes(&x, 5 + XBZRLE_PLACES, 6, false), -1);
	CU_ASSERT_EQUAL(xbzrle_bytes(&x, 5 + XBZRLE_PLACES, 6, false), 0);
	xbzrle_fini(&x);
}

static void same_again(void)
{
	struct qemu_case c = plain(QEMU_PRECOPY);
	struct qemu_outcome a, b, other;
	c.dirty = dirty_pattern(DIRTY_HOT_COLD, 0, 3000, 3000);
	qemu_migrate(&c, 7, &a);
	qemu_migrate(&c, 7, &b);
	qemu_migrate(&c, 8, &other);
	CU_ASSERT_EQUAL(memcmp(&a, &b, sizeof a), 0);
	CU_ASSERT_NOT_EQUAL(a.sent_pages, other.sent_pages);
}

static void bytes_add_up(void)
{
	for (uint32_t mode = 0; mode < QEMU_MODES; mode++) {
		struct qemu_case c = plain((enum qemu_mode)mode);
		c.dirty = dirty_pattern(DIRTY_UNIFORM, 100, 2000, 2000);
		struct qemu_outcome out = run(&c);
		CU_ASSERT_EQUAL(out.sent_bytes,
		                out.sent_pages * DATA_BYTES + out.zero_pages * QEMU_ZERO_PAGE_BYTES);
		CU_ASSERT(out.sent_pages >= 4000 && out.zero_pages == 2400);
	}
}

static void spread(void)
{
	struct qemu_case c = plain(QEMU_PRECOPY);
	c.spread_pages = 1200;
	struct qemu_outcome out = run(&c);
	CU_ASSERT_EQUAL(out.sent_pages, 5200);
	CU_ASSERT_EQUAL(out.zero_pages, 1200);
}

static const struct test tests[] = {
	{"without writes each page goes once: 4104 bytes, a zero page 9", idle_guest},
	{"a cold guest sends nothing twice and is down all the time", cold_guest},
	{"max-bandwidth is spent in slices of whole buffers", slices},
	{"the guest stops when the rest fits the downtime limit", stops_below_limit},
	{"a guest that dirties faster than the link is cancelled at the limit", never_converges},
	{"auto-converge takes CPU away until the guest can be moved", auto_converge},
	{"post-copy sends no page twice", postcopy_once},
	{"hybrid sends what one pass left dirty once more", hybrid_after_a_pass},
	{"channels pack 128 pages under one head", packets},
	{"differences let a guest converge that otherwise would not", differences},
	{"the cache of pages sent keeps to its rules", cache},
	{"the same seed gives the same migration", same_again},
	{"bytes are pages times their sizes, for each mode", bytes_add_up},
	{"spread data pages lie among the zero pages", spread},
};
SUITE(models_qemu, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Simulated time: the one rounding rule, and its limits. */
#include "sim/time.h"

#include <math.h>

#include "tests/sim/child.h"
#include "tests/test.h"

static void expect_ns(double s, int64_t expected_ns)
{
	int64_t ns = -1;
	CU_ASSERT(time_from_s(s, &ns));
	CU_ASSERT_EQUAL(ns, expected_ns);
}

static void expect_refused(double s)
{
	int64_t ns = -7;
	CU_ASSERT(!time_from_s(s, &ns));
	CU_ASSERT_EQUAL(ns, -7);
}

static void seconds_to_nearest(void)
{
	expect_ns(0, 0);
	expect_ns(-0.0, 0);
	expect_ns(1, NS_PER_S);
	expect_ns(0.3, 300000000);
	expect_ns(0.1 + 0.2, 300000000);
	expect_ns(86400, NS_PER_DAY);
	expect_ns(1e-9, 1);
	expect_ns(0.4e-9, 0);
	expect_ns(0.6e-9, 1);
	expect_ns(1e-300, 0);
	/* The nearest double ends in ...6787.3 ns. */
	expect_ns(31536000.123456789, INT64_C(31536000123456787));
}

static void halves_away_from_zero(void)
{
	/* 2^-10 s is 976562.5 ns exactly; 2^-11 s is 488281.25 ns. */
	expect_ns(0x1p-10, 976563);
	expect_ns(0x1p-11, 488281);
	expect_ns(3 * 0x1p-10, 2929688);
	expect_ns(1 + 0x1p-10, NS_PER_S + 976563);
	/* Just below a half: a rounded product alone would see the half. */
	expect_ns(nextafter(0x1p-10, 0), 976562);
	expect_ns(nextafter(0x1p-10, 1), 976563);
}

static void limits_of_time(void)
{
	expect_ns(576460752, 576460752 * NS_PER_S);
	expect_ns(576460752.25, 576460752 * NS_PER_S + 250000000);
	expect_refused(576460752.5);
	expect_refused(576460753.5);
	expect_refused(1e300);
	expect_refused(HUGE_VAL);
	expect_refused((double)NAN);
	expect_refused(-1e-12);
	expect_refused(-HUGE_VAL);
}

static void every_ns_comes_back(void)
{
	/* Up to 2^53 ns (104 days) a time in seconds names its nanosecond. */
	uint64_t x = 1;
	for (int i = 0; i < 20000; i++) {
		x = x * UINT64_C(6364136223846793005) + 1442695040888963407u;
		int64_t ns = (int64_t)(x >> 12 >> (x % 40)), back = -1;
		CU_ASSERT(time_from_s(time_s(ns), &back));
		CU_ASSERT_EQUAL(back, ns);
	}
}

static void work_rounds_up(void)
{
	CU_ASSERT_EQUAL(time_for_work(0, 5), 0);
	CU_ASSERT_EQUAL(time_for_work(1, 1), NS_PER_S);
	CU_ASSERT_EQUAL(time_for_work(1, 3), 333333334);
	CU_ASSERT_EQUAL(time_for_work(3, 3), NS_PER_S);
	CU_ASSERT_EQUAL(time_for_work(1, INT64_MAX), 1);
	CU_ASSERT_EQUAL(time_for_work(INT64_C(4) << 30, INT64_C(1250000000)), 3435973837);
}

static void large_work(void)
{
	/* work * 1e9 no longer fits 64 bits: 1e18 units at 1e9 a second take 1e9 s, more than there
	 * is. */
	CU_ASSERT_EQUAL(time_for_work(INT64_C(1000000000000000000), INT64_C(10000000000)),
	                100000000 * NS_PER_S);
	CU_ASSERT_EQUAL(time_for_work(INT64_C(1000000000000000001), INT64_C(10000000000)),
	                100000000 * NS_PER_S + 1);
	CU_ASSERT_EQUAL(time_for_work(INT64_C(1000000000000000000), NS_PER_S), TIME_MAX_NS);
	CU_ASSERT_EQUAL(time_for_work(INT64_MAX, 1), TIME_MAX_NS);
	CU_ASSERT_EQUAL(time_for_work(INT64_C(9000000000), 1), TIME_MAX_NS);
	CU_ASSERT_EQUAL(time_for_work(INT64_MAX, INT64_MAX), NS_PER_S);
}

static void both_divisions_agree(void)
{
	/* Around the largest work that 64 bits hold. */
	for (int64_t rate = 16; rate < 2000; rate += 37) {
		int64_t edge = (INT64_MAX - rate) / NS_PER_S;
		for (int64_t work = edge - 3; work <= edge + 3; work++) {
			int64_t ns = time_for_work(work, rate);
			__extension__ __int128 given = (__int128)ns * rate, asked = (__int128)work * NS_PER_S;
			CU_ASSERT(given >= asked || ns == TIME_MAX_NS);
			CU_ASSERT(given - rate < asked);
		}
	}
}

static void work_without_rate(void)
{
	(void)time_for_work(1, 0);
}

static void no_rate_is_our_mistake(void)
{
	struct child child = child_run(work_without_rate);
	CU_ASSERT(child_aborted(&child));
	CU_ASSERT(child_said(&child, "'rate > 0 && work >= 0' does not hold"));
}

static const struct test tests[] = {
	{"seconds become the nearest nanosecond", seconds_to_nearest},
	{"halves are rounded away from zero, and only halves", halves_away_from_zero},
	{"what is not finite, negative or beyond the last instant is refused", limits_of_time},
	{"a nanosecond survives the way to seconds and back", every_ns_comes_back},
	{"the time of work is rounded up", work_rounds_up},
	{"the time of work beyond 64 bits is exact, and never more than the last instant", large_work},
	{"the narrow and the wide division agree", both_divisions_agree},
	{"work without a rate is our mistake", no_rate_is_our_mistake},
};

SUITE(sim_time, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dirty memory: hand-worked counts of distinct pages, and what a slowed guest still writes. */
#include <math.h>

#include "models/migration/dirty.h"
#include "sim/time.h"
#include "tests/test.h"

static void even_writers(void)
{
	struct dirty d = dirty_pattern(DIRTY_UNIFORM, 0, 1000, 500);
	CU_ASSERT_DOUBLE_EQUAL(dirty_distinct(&d, 0), 0, 0);
	CU_ASSERT_DOUBLE_EQUAL(dirty_distinct(&d, 2), 1000 * (1 - exp(-1.0)), 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(dirty_distinct(&d, 1e6), 1000, 1e-9);
	CU_ASSERT_EQUAL(dirty_working_set(&d), 1000);
}

static void sweeps(void)
{
	struct dirty d = dirty_pattern(DIRTY_SEQUENTIAL, 0, 1000, 500);
	CU_ASSERT_DOUBLE_EQUAL(dirty_distinct(&d, 1), 500, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(dirty_distinct(&d, 3), 1000, 1e-9);
}

static void hot_and_cold(void)
{
	struct dirty d = dirty_pattern(DIRTY_HOT_COLD, 100, 1000, 500);
	CU_ASSERT_EQUAL(d.count, 2);
	CU_ASSERT_EQUAL(d.writer[0].first, 100);
	CU_ASSERT_EQUAL(d.writer[1].first, 200);
	double hot = 100 * (1 - exp(-450.0 / 100)), cold = 900 * (1 - exp(-50.0 / 900));
	CU_ASSERT_DOUBLE_EQUAL(dirty_distinct(&d, 1), hot + cold, 1e-9);
}

static void nothing_written(void)
{
	struct dirty no_rate = dirty_pattern(DIRTY_UNIFORM, 0, 1000, 0);
	struct dirty no_pages = dirty_pattern(DIRTY_SEQUENTIAL, 0, 0, 500);
	CU_ASSERT_EQUAL(no_rate.count, 0);
	CU_ASSERT_EQUAL(no_pages.count, 0);
	CU_ASSERT_DOUBLE_EQUAL(dirty_distinct(&no_rate, 10), 0, 0);
}

static void slowed(void)
{
	struct dirty closed = dirty_pattern(DIRTY_UNIFORM, 0, 1000, 500), open = closed;
	open.open_loop = true;
	open.backlog_ns = 50 * NS_PER_MS;
	open.burst_ns = NS_PER_MS;
	/* A client that waits does a tenth of its work when it runs a tenth of the time. */
	CU_ASSERT_DOUBLE_EQUAL(dirty_slowed(&closed, 10 * NS_PER_MS, 90 * NS_PER_MS), 0.1, 1e-12);
	/* A clock catches up after 40 ms, and gives up all but 1 ms of 90. */
	CU_ASSERT_DOUBLE_EQUAL(dirty_slowed(&open, 10 * NS_PER_MS, 40 * NS_PER_MS), 1, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(dirty_slowed(&open, 10 * NS_PER_MS, 90 * NS_PER_MS), 0.11, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(dirty_slowed(&open, 10 * NS_PER_MS, 0), 1, 0);
}

static const struct test tests[] = {
	{"even writers leave n (1 - exp(-rt/n)) distinct pages", even_writers},
	{"a sweep leaves every page once, and no more than there are", sweeps},
	{"nine writes of ten go to a tenth of a hot-cold set", hot_and_cold},
	{"no rate or no pages is no writer", nothing_written},
	{"a slowed client writes less, a clock catches up", slowed},
};
SUITE(models_dirty, tests)

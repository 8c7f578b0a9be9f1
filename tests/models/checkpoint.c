/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs with checkpoints: runs by hand, Young's and Daly's formulas, and the simulation against them. */
#include "models/checkpoint.h"

#include <math.h>

#include "sim/time.h"
#include "tests/test.h"

#define SEEDS 20
#define RUNS 1000
#define MIN NS_PER_MIN

/* Failures each `gap` after the one before. */
static struct checkpoint_outcome run(int64_t gap_min, int64_t work_min, int64_t interval_min)
{
	const struct checkpoint job = {
		.between = {LAW_CONSTANT, 60.0 * (double)gap_min, 0}, .work_ns = work_min * MIN,
		.interval_ns = interval_min * MIN, .dump_ns = 2 * MIN, .restart_ns = 3 * MIN,
	};
	struct random_stream r;
	random_init(&r, 1, "by hand", 0);
	return checkpoint_run(&job, &r);
}

static void without_failures(void)
{
	/* 10 + 2, 10 + 2, 5 + 2: ends at 31, when the first failure would come at 31. */
	struct checkpoint_outcome o = run(31, 25, 10);
	CU_ASSERT(o.finished);
	CU_ASSERT_EQUAL(o.run_ns, 31 * MIN);
	CU_ASSERT_EQUAL(o.failures, 0);
	CU_ASSERT_EQUAL(o.redone_ns, 0);
}

static void with_failures(void)
{
	/* At 30 two stretches are safe and 6 min lost; then 3 + 5 + 2 more. */
	struct checkpoint_outcome o = run(30, 25, 10);
	CU_ASSERT(o.finished);
	CU_ASSERT_EQUAL(o.failures, 1);
	CU_ASSERT_EQUAL(o.run_ns, 40 * MIN);
	CU_ASSERT_EQUAL(o.redone_ns, 6 * MIN);
	CU_ASSERT_EQUAL(o.restart_ns, 3 * MIN);
	/* Failures at 20, 40, 60 ...: 12 + 8 lost, then 3 + 12 + 5 lost each time: three times; then 3
	 * + 5 + 2. */
	o = run(20, 45, 10);
	CU_ASSERT(o.finished);
	CU_ASSERT_EQUAL(o.failures, 4);
	CU_ASSERT_EQUAL(o.run_ns, (4 * 20 + 10) * MIN);
	CU_ASSERT_EQUAL(o.redone_ns, (8 + 3 * 5) * MIN);
	CU_ASSERT_EQUAL(o.restart_ns, 4 * 3 * MIN);
}

static void never_finished(void)
{
	/* A stretch of 12 never fits between failures at each 10; a restart of 3 never into 2. */
	CU_ASSERT_FALSE(run(10, 25, 10).finished);
	struct checkpoint_outcome o = run(2, 25, 1);
	CU_ASSERT_FALSE(o.finished);
	CU_ASSERT(o.run_ns == TIME_MAX_NS || o.failures == CHECKPOINT_FAILURES_MOST);
}

/* The cases of Daly's figures 3 to 5. */
static struct checkpoint daly_job(double mean_min)
{
	return (struct checkpoint){
		.between = {LAW_EXPONENTIAL, 60 * mean_min, 0}, .work_ns = 500 * NS_PER_HOUR,
		.interval_ns = NS_PER_HOUR, .dump_ns = 5 * MIN, .restart_ns = 10 * MIN,
	};
}

static void published_optima(void)
{
	static const struct { double mean_min, best_min, within; } daly[] = {
		{24 * 60, 117, 0.5}, {6 * 60, 57, 0.5}, {15, 9.1, 0.05},
	};
	for (size_t i = 0; i < sizeof daly / sizeof *daly; i++) {
		double mean_s = 60 * daly[i].mean_min, best_s = checkpoint_daly_optimum_s(mean_s, 300);
		CU_ASSERT_DOUBLE_EQUAL(best_s / 60, daly[i].best_min, daly[i].within);
		/* The series is near the root that it approximates: within a per cent, here. */
		CU_ASSERT_DOUBLE_EQUAL(best_s / checkpoint_exact_optimum_s(mean_s, 300), 1, 0.01);
	}
	CU_ASSERT_DOUBLE_EQUAL(checkpoint_young_optimum_s(24 * 3600, 300), 7200, 1e-9);
	CU_ASSERT_EQUAL(checkpoint_daly_optimum_s(100, 200), 100); /* delta >= 2M */
}

static void exact_is_least(void)
{
	for (double mean_min = 15; mean_min < 10000; mean_min *= 3) {
		struct checkpoint job = daly_job(mean_min);
		double best_s = checkpoint_exact_optimum_s(job.between.mean_s, 300), least_s;
		CU_ASSERT_TRUE_FATAL(time_from_s(best_s, &job.interval_ns));
		least_s = checkpoint_daly_s(&job);
		CU_ASSERT_TRUE_FATAL(time_from_s(best_s * 1.01, &job.interval_ns));
		CU_ASSERT(checkpoint_daly_s(&job) > least_s);
		CU_ASSERT_TRUE_FATAL(time_from_s(best_s * 0.99, &job.interval_ns));
		CU_ASSERT(checkpoint_daly_s(&job) > least_s);
	}
}

static void expressions_agree(void)
{
	struct checkpoint job = daly_job(24 * 60); /* 500 stretches of an hour */
	CU_ASSERT_DOUBLE_EQUAL(checkpoint_expected_s(&job) / checkpoint_daly_s(&job), 1, 1e-12);
	job.interval_ns = 7 * NS_PER_HOUR; /* 71 and one of 3 hours, which is cheaper by itself */
	CU_ASSERT(checkpoint_expected_s(&job) < checkpoint_daly_s(&job));
	/* Without failures to speak of: work and checkpoints. */
	job.between.mean_s = 1e15;
	CU_ASSERT_DOUBLE_EQUAL(checkpoint_expected_s(&job), 500 * 3600 + 72 * 300, 1);
}

/* The aim of the issue: over 20 seeds the mean is within 0.5 % of Daly's expression, |z| < 3.5. */
static void mean_run_time(void)
{
	static const double means_min[] = {24 * 60, 6 * 60, 60};
	for (size_t i = 0; i < sizeof means_min / sizeof *means_min; i++) {
		struct checkpoint job = daly_job(means_min[i]);
		double sum_s = 0, squares = 0, law_s;
		job.interval_ns = job.work_ns / (i < 2 ? 250 : 1500);
		law_s = checkpoint_daly_s(&job);
		for (uint64_t seed = 1; seed <= SEEDS; seed++) {
			struct checkpoint_mean m = checkpoint_simulate(&job, seed, RUNS);
			CU_ASSERT(m.finished && m.failures > 0);
			CU_ASSERT_DOUBLE_EQUAL(m.run_s / law_s, 1, 0.005);
			sum_s += m.run_s;
			squares += m.error_s * m.error_s;
		}
		double z = (sum_s - SEEDS * law_s) / sqrt(squares);
		CU_ASSERT(fabs(z) < 3.5);
		CU_ASSERT_DOUBLE_EQUAL(sum_s / SEEDS / law_s, 1, 0.005);
	}
}

/* The simulated optimum is within 5 % of Daly's, for each of his cases. */
static void simulated_optimum(void)
{
	static const double means_min[] = {24 * 60, 6 * 60, 60};
	static const uint32_t runs[] = {4000, 1000, 200};
	for (size_t i = 0; i < sizeof means_min / sizeof *means_min; i++) {
		struct checkpoint job = daly_job(means_min[i]);
		double daly_s = checkpoint_daly_optimum_s(job.between.mean_s, 300);
		double found_s = checkpoint_search_s(&job, daly_s, 1, runs[i]);
		CU_ASSERT_DOUBLE_EQUAL(found_s / daly_s, 1, 0.05);
	}
	/* At 15 minutes a run has thousands of failures: a tenth of the work says as much. */
	struct checkpoint job = daly_job(15);
	job.work_ns /= 10;
	double daly_s = checkpoint_daly_optimum_s(job.between.mean_s, 300);
	CU_ASSERT_DOUBLE_EQUAL(checkpoint_search_s(&job, daly_s, 1, 300) / daly_s, 1, 0.05);
	/* And Young's is a third too long there. */
	CU_ASSERT(checkpoint_young_optimum_s(job.between.mean_s, 300) > 1.3 * daly_s);
	job.work_ns = MIN;
	CU_ASSERT_EQUAL(checkpoint_search_s(&job, daly_s, 1, 10), 0);
}

/* Of any law. */
static void weibull_failures(void)
{
	struct checkpoint bursts = daly_job(24 * 60);
	bursts.between.kind = LAW_WEIBULL;
	bursts.between.shape = 0.7;
	struct checkpoint_mean m = checkpoint_simulate(&bursts, 1, 1000);
	CU_ASSERT(m.finished && m.failures > 0);
	/* What is left of a run when work, dumps, redone work and restarts are taken off. */
	CU_ASSERT_DOUBLE_EQUAL(m.run_s - m.redone_s - m.restart_s, 500 * (3600 + 300), 1e-3);
}

static const struct test tests[] = {
	{"without failures a job takes its work and its checkpoints", without_failures},
	{"a failure costs what was not saved, and a restart", with_failures},
	{"a job that cannot get on is given up", never_finished},
	{"Daly's formula gives the optima that he published", published_optima},
	{"the exact optimum is the least of Daly's expression", exact_is_least},
	{"the exact expectation is Daly's where stretches are whole", expressions_agree},
	{"the mean run time is Daly's over twenty seeds", mean_run_time},
	{"the simulated optimum is within 5 % of Daly's", simulated_optimum},
	{"a run is work, checkpoints, redone work and restarts", weibull_failures},
};
SUITE(models_checkpoint, tests)

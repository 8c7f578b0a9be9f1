/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals and tests against published and hand-worked values, and against their own promise of coverage. */
#include "analysis/inference.h"

#include <math.h>
#include <string.h>

#include "sim/random.h"
#include "tests/test.h"

#define LEVEL 0.95

static void test_student(void)
{
	static const double x[] = {1, 2, 3, 4, 5};
	struct interval i = interval_mean(x, 5, LEVEL);
	/* t(4) at 97.5 % is 2.776445, the standard error sqrt(2.5/5). */
	CU_ASSERT_DOUBLE_EQUAL(i.estimate, 3, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(i.high - i.low, 2 * 2.7764451052 * sqrt(0.5), 1e-8);
	CU_ASSERT_DOUBLE_EQUAL(i.low + i.high, 6, 1e-12);
	i = interval_mean(x, 1, LEVEL);
	CU_ASSERT(i.estimate == 1 && isinf(i.low) && isinf(i.high));
}

/* Student's own data (1908): hours of sleep gained under two drugs, t = -4.0621, p = 0.002833. */
static void test_sleep(void)
{
	static const double a[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
	static const double b[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
	struct test_result t = test_paired(a, b, 10);
	struct interval i = interval_paired(a, b, 10, LEVEL);
	CU_ASSERT_DOUBLE_EQUAL(t.statistic, -4.0621, 5e-5);
	CU_ASSERT_DOUBLE_EQUAL(t.p, 0.002833, 5e-7);
	CU_ASSERT_DOUBLE_EQUAL(i.estimate, -1.58, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(i.low, -2.4598858, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(i.high, -0.7001142, 1e-6);
	CU_ASSERT(test_paired(a, a, 10).p == 1 && test_paired(a, b, 1).p == 1);
}

/* Of samples of ten of a normal variate, 95 % of the intervals hold the mean. */
static void test_coverage(void)
{
	struct random_stream s;
	double x[10];
	int held = 0, runs = 10000;
	random_init(&s, 20261122, "coverage", 0);
	for (int r = 0; r < runs; r++) {
		for (int k = 0; k < 10; k++)
			x[k] = random_normal(&s, 5, 2);
		struct interval i = interval_mean(x, 10, LEVEL);
		held += i.low <= 5 && 5 <= i.high;
	}
	CU_ASSERT_DOUBLE_EQUAL((double)held / runs, LEVEL, 0.0066); /* three standard errors */
}

static double plug_in_variance(const double *x, size_t n)
{
	double mean = statistic_mean(x, n), sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (x[i] - mean) * (x[i] - mean);
	return n ? sum / (double)n : 0;
}

/* Efron and Tibshirani 1993, tables 14.1 and 14.2: the spatial test data, BCa at 90 % is (115.8, 259.6). */
static void test_bootstrap(void)
{
	static const double x[] = {48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6,
	                           0,  33, 28, 34, 4,  32, 24, 47, 41, 24, 26, 30, 41};
	struct bootstrap how = {plug_in_variance, 20000, 1};
	struct interval i = interval_bootstrap(x, 26, 0.9, &how), again =
		interval_bootstrap(x, 26, 0.9, &how);
	CU_ASSERT_DOUBLE_EQUAL(i.estimate, 171.534, 0.001);
	CU_ASSERT_DOUBLE_EQUAL(i.low, 115.8, 4);
	CU_ASSERT_DOUBLE_EQUAL(i.high, 259.6, 6);
	CU_ASSERT(memcmp(&i, &again, sizeof i) == 0);
	how.statistic = statistic_median;
	i = interval_bootstrap(x, 26, LEVEL, &how);
	CU_ASSERT(i.estimate == 31 && i.low >= 22 && i.high <= 42);
	CU_ASSERT(isinf(interval_bootstrap(x, 1, LEVEL, &how).high));
}

static void test_quantile(void)
{
	double x[100];
	for (int k = 0; k < 100; k++)
		x[k] = k + 1;
	/* The median of ten lies between the second and the ninth: 1 - 2 x 11/1024 = 97.9 %. */
	struct interval i = interval_quantile(x, 10, 0.5, LEVEL);
	CU_ASSERT(i.estimate == 5.5 && i.low == 2 && i.high == 9);
	/* Of five, not even the outermost reach 95 %: 1 - 2/32. */
	i = interval_quantile(x, 5, 0.5, LEVEL);
	CU_ASSERT(i.estimate == 3 && isinf(i.low) && isinf(i.high));
	/* Of 100, the 40th and the 61st (Conover). */
	i = interval_quantile(x, 100, 0.5, LEVEL);
	CU_ASSERT(i.low == 40 && i.high == 61);
	i = interval_quantile(x, 100, 0.99, LEVEL);
	CU_ASSERT(i.low == 97 && isinf(i.high));
}

/* An autoregressive series: the plain interval is too narrow by sqrt((1 + r)/(1 - r)), the series' is not. */
static void test_series(void)
{
	enum { N = 2000, RUNS = 400 };
	static double x[N];
	struct random_stream s;
	int held = 0, batches = 0, plain = 0;
	random_init(&s, 7, "series", 0);
	for (int r = 0; r < RUNS; r++) {
		double y = random_normal(&s, 0, 1 / sqrt(1 - 0.64));
		for (int k = 0; k < N; k++) {
			x[k] = y;
			y = 0.8 * y + random_normal(&s, 0, 1);
		}
		struct interval i = interval_series(x, N, LEVEL), b = interval_batches(x, N, 20, LEVEL);
		struct interval m = interval_mean(x, N, LEVEL);
		held += i.low <= 0 && 0 <= i.high;
		batches += b.low <= 0 && 0 <= b.high;
		plain += m.low <= 0 && 0 <= m.high;
	}
	CU_ASSERT_DOUBLE_EQUAL((double)held / RUNS, LEVEL, 0.035);
	CU_ASSERT_DOUBLE_EQUAL((double)batches / RUNS, LEVEL, 0.035);
	CU_ASSERT((double)plain / RUNS < 0.6);
}

static void test_warmup(void)
{
	double x[200], flat[50];
	for (int k = 0; k < 200; k++)
		x[k] = k < 25 ? 100 - k : (k * 7) % 5;
	for (int k = 0; k < 50; k++)
		flat[k] = 3;
	CU_ASSERT_EQUAL(warmup_mser5(x, 200), 25);
	CU_ASSERT_EQUAL(warmup_mser5(flat, 50), 0);
	CU_ASSERT_EQUAL(warmup_mser5(x, 9), 0);
}

/* Hollander and Wolfe 1973, p. 69: permeability constants; W = 35, one-sided p = 0.1272. */
static void test_mann_whitney_published(void)
{
	static const double x[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
	static const double y[] = {1.15, 0.88, 0.90, 0.74, 1.21};
	static const double low[] = {1, 2, 3}, high[] = {4, 5, 6}, tied[] = {1, 1, 1};
	struct test_result r = test_mann_whitney(x, 10, y, 5);
	CU_ASSERT_EQUAL(r.statistic, 35);
	CU_ASSERT_DOUBLE_EQUAL(r.p, 2 * 0.1272, 1e-4);
	r = test_mann_whitney(low, 3, high, 3);
	CU_ASSERT(r.statistic == 0);
	CU_ASSERT_DOUBLE_EQUAL(r.p, 0.1, 1e-12); /* one order in twenty, and its mirror */
	CU_ASSERT(test_mann_whitney(tied, 3, tied, 3).p == 1 && test_mann_whitney(low, 0, high, 3).p == 1);
}

/* The exact distribution and the normal one agree where both are allowed. */
static void test_mann_whitney_normal(void)
{
	double a[20], b[20], ties[20];
	for (int k = 0; k < 20; k++) {
		a[k] = k;
		b[k] = k + 3.5;
		ties[k] = k == 1 ? b[0] : b[k];
	}
	double exact = test_mann_whitney(a, 20, b, 20).p, normal = test_mann_whitney(a, 20, ties, 20).p;
	CU_ASSERT(exact > 0.02 && exact < 0.2);
	CU_ASSERT_DOUBLE_EQUAL(normal, exact, 0.01);
}

static void test_ks_values(void)
{
	static double x[1000], y[1000];
	for (int k = 0; k < 1000; k++) {
		x[k] = k;
		y[k] = k + 60;
	}
	struct test_result r = test_ks(x, 1000, y, 1000);
	CU_ASSERT_DOUBLE_EQUAL(r.statistic, 0.06, 1e-12);
	/* lambda = (22.3607 + 0.12 + 0.0049) 0.06 = 1.34914; the tabled 5 % point is 1.3581. */
	CU_ASSERT_DOUBLE_EQUAL(r.p, 0.0525, 1e-4);
	CU_ASSERT(test_ks(x, 1000, x, 1000).p == 1);
	CU_ASSERT(test_ks(x, 0, y, 10).p == 1);
}

static void test_adjust(void)
{
	double holm[] = {0.01, 0.04, 0.03, 0.005}, hochberg[] = {0.01, 0.04, 0.03, 0.005};
	static const double wanted_holm[] = {0.03, 0.06, 0.06, 0.02}, wanted[] = {0.02, 0.04, 0.04, 0.02};
	adjust_holm(holm, 4);
	adjust_benjamini_hochberg(hochberg, 4);
	for (int k = 0; k < 4; k++) {
		CU_ASSERT_DOUBLE_EQUAL(holm[k], wanted_holm[k], 1e-12);
		CU_ASSERT_DOUBLE_EQUAL(hochberg[k], wanted[k], 1e-12);
	}
}

/* y = 10 + 3 a + b with a, b = -1, 1: a explains 9/10, b 1/10. */
static void test_effects(void)
{
	static const uint32_t level[] = {0, 0, 0, 1, 1, 0, 1, 1};
	static const double y[] = {6, 8, 12, 14};
	struct design d = {level, y, 4, 2};
	double effect[2];
	CU_ASSERT_DOUBLE_EQUAL(main_effect(&d, 0, effect, 2), 0.9, 1e-12);
	CU_ASSERT(effect[0] == -3 && effect[1] == 3);
	CU_ASSERT_DOUBLE_EQUAL(main_effect(&d, 1, effect, 2), 0.1, 1e-12);
	CU_ASSERT(effect[0] == -1 && effect[1] == 1);
}

static const struct test tests[] = {
	{"the mean of five has Student's interval, that of one has none", test_student},
	{"Student's sleep data give his t and p", test_sleep},
	{"95 of 100 intervals hold the mean", test_coverage},
	{"the bootstrap gives Efron's published interval, the same each time", test_bootstrap},
	{"quantiles lie between the order statistics of the tables", test_quantile},
	{"a correlated series gets an interval as wide as it needs", test_series},
	{"the warm-up that is cut off is the one that was put in", test_warmup},
	{"Mann and Whitney's test gives published values", test_mann_whitney_published},
	{"the exact and the normal distribution of U agree", test_mann_whitney_normal},
	{"the distance of two samples and its chance are Kolmogorov's", test_ks_values},
	{"many p-values are adjusted as in the textbook", test_adjust},
	{"main effects and their shares of a two by two design", test_effects},
};
SUITE(analysis_inference, tests)

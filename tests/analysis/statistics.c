/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics against values worked by hand. */
#include "analysis/statistics.h"

#include <math.h>

#include "tests/test.h"

#define NEAR 1e-12

static void test_moments(void)
{
	static const double even[] = {1, 2, 3, 4}, skewed[] = {0, 0, 0, 4}, flat[] = {7, 7};
	struct moments m = statistics_moments(even, 4);
	CU_ASSERT_DOUBLE_EQUAL(m.mean, 2.5, NEAR);
	CU_ASSERT_DOUBLE_EQUAL(m.deviation, sqrt(1.25), NEAR);
	CU_ASSERT_DOUBLE_EQUAL(m.skewness, 0, NEAR);
	/* Fourth moment (2 x 1.5^4 + 2 x 0.5^4)/4 = 2.5625 over 1.25^2, less 3. */
	CU_ASSERT_DOUBLE_EQUAL(m.kurtosis, -1.36, NEAR);
	m = statistics_moments(skewed, 4);
	/* Mean 1, variance 3, third moment (3 x (-1) + 27)/4 = 6 over 3^1.5. */
	CU_ASSERT_DOUBLE_EQUAL(m.skewness, 6 / (3 * sqrt(3)), NEAR);
	m = statistics_moments(flat, 2);
	CU_ASSERT(m.mean == 7 && m.deviation == 0 && m.skewness == 0 && m.kurtosis == 0);
	CU_ASSERT(statistics_moments(flat, 0).mean == 0);
}

static void test_variances(void)
{
	static const double x[] = {1, 3, 5, 9};
	const struct panel p = {x, 2, 2}, lone = {x, 1, 4};
	struct variances v = statistics_variances(&p);
	CU_ASSERT_DOUBLE_EQUAL(v.between, 12.5, NEAR); /* means 2 and 7 */
	CU_ASSERT_DOUBLE_EQUAL(v.within, 2.5, NEAR);   /* (1 + 4)/2 */
	CU_ASSERT_EQUAL(statistics_variances(&lone).between, 0);
}

static void test_autocorrelation(void)
{
	static const double x[] = {1, 2, 3, 4}, two[] = {1, 3, 5, 9}, flat[] = {2, 2, 2};
	const struct panel p = {x, 1, 4}, panel = {two, 2, 2}, constant = {flat, 1, 3};
	/* Deviations -1.5, -0.5, 0.5, 1.5; their squares sum to 5. */
	static const double expected[] = {1, 0.25, -0.3, -0.45, 0};
	for (uint32_t lag = 0; lag < 5; lag++)
		CU_ASSERT_DOUBLE_EQUAL(statistics_autocorrelation(&p, lag), expected[lag], NEAR);
	/* Around each row's own mean: (-1 - 4)/(2 + 8). */
	CU_ASSERT_DOUBLE_EQUAL(statistics_autocorrelation(&panel, 1), -0.5, NEAR);
	CU_ASSERT_EQUAL(statistics_autocorrelation(&constant, 1), 0);
}

static void test_row_correlation(void)
{
	static const double same[] = {1, 2, 4, 11, 12, 14}, opposed[] = {1, 2, 4, -1, -2, -4};
	static const double apart[] = {0, 1, 0, 1, 0, 0, 1, 1};
	const struct panel a = {same, 2, 3}, b = {opposed, 2, 3}, c = {apart, 2, 4}, lone = {same, 1, 6};
	CU_ASSERT_DOUBLE_EQUAL(statistics_row_correlation(&a), 1, NEAR);
	CU_ASSERT_DOUBLE_EQUAL(statistics_row_correlation(&b), -1, NEAR);
	CU_ASSERT_DOUBLE_EQUAL(statistics_row_correlation(&c), 0, NEAR);
	CU_ASSERT_EQUAL(statistics_row_correlation(&lone), 0);
}

static void test_ks(void)
{
	static const struct {
		double a[4], b[4];
		size_t na, nb;
		double distance;
	} cases[] = {
		{{4, 2, 3, 1}, {5, 3, 6, 4}, 4, 4, 0.5},   /* at 2: two of four, none */
		{{1, 2, 3, 4}, {4, 3, 2, 1}, 4, 4, 0},
		{{1, 2, 3, 4}, {5, 6, 7, 8}, 4, 4, 1},
		{{1, 1, 1, 2}, {1, 2, 2, 2}, 4, 4, 0.5},   /* ties are counted together */
		{{1, 2}, {2}, 2, 1, 0.5},
		{{1, 3, 5}, {2, 4}, 3, 2, 1.0 / 3},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		double a[4], b[4];
		for (int k = 0; k < 4; k++) {
			a[k] = cases[i].a[k];
			b[k] = cases[i].b[k];
		}
		double distance = statistics_ks(a, cases[i].na, b, cases[i].nb);
		CU_ASSERT_DOUBLE_EQUAL(distance, cases[i].distance, NEAR);
	}
}

static const struct test tests[] = {
	{"moments of four numbers are those worked by hand", test_moments},
	{"variance splits into between rows and within", test_variances},
	{"autocorrelation is pooled around each row's own mean", test_autocorrelation},
	{"rows that move together correlate by 1, against each other by -1", test_row_correlation},
	{"the Kolmogorov-Smirnov distance is the largest gap, ties counted together", test_ks},
};
SUITE(analysis_statistics, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regression for the least mean relative error: what it finds, and what cannot be told apart. */
#include "analysis/regression.h"

#include <math.h>

#include "tests/test.h"

#define ROWS 60

/* y = 100 + 3 a + 5 b - 2 c over a grid that leaves no column to the others. */
static void rows_fill(struct regression_row rows[static ROWS])
{
	for (int i = 0; i < ROWS; i++) {
		double a = i % 7, b = (i * i) % 11, c = (i * 5) % 13;
		rows[i] = (struct regression_row){{1, a, b, c}, 100 + 3 * a + 5 * b - 2 * c};
	}
}

static void check(const double c[static REGRESSION_COLUMNS], double tolerance)
{
	static const double wanted[REGRESSION_COLUMNS] = {100, 3, 5, -2};
	for (int i = 0; i < REGRESSION_COLUMNS; i++)
		CU_ASSERT(fabs(c[i] - wanted[i]) < tolerance);
}

static void test_exact(void)
{
	struct regression_row rows[ROWS];
	double c[REGRESSION_COLUMNS];
	rows_fill(rows);
	CU_ASSERT_FATAL(regression_fit(rows, ROWS, c));
	check(c, 1e-9);
}

/* Least squares would follow them: six values are off by 90 times all else. */
static void test_outliers(void)
{
	struct regression_row rows[ROWS];
	double c[REGRESSION_COLUMNS];
	rows_fill(rows);
	for (int i = 0; i < ROWS; i += 10)
		rows[i].y *= 10;
	CU_ASSERT_FATAL(regression_fit(rows, ROWS, c));
	check(c, 0.1);
}

static void test_singular(void)
{
	struct regression_row rows[ROWS];
	double c[REGRESSION_COLUMNS];
	rows_fill(rows);
	for (int i = 0; i < ROWS; i++)
		rows[i].x[3] = rows[i].x[1] + rows[i].x[2];
	CU_ASSERT_FALSE(regression_fit(rows, ROWS, c));
	CU_ASSERT_FALSE(regression_fit(rows, 3, c));
	CU_ASSERT_FALSE(regression_fit(rows, 0, c));
}

static const struct test tests[] = {
	{"coefficients without error are found", test_exact},
	{"a tenth of values ten times too large changes little", test_outliers},
	{"columns that depend on each other, and too few rows, are refused", test_singular},
};
SUITE(analysis_regression, tests)

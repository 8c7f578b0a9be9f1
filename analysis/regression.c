/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weighted least squares by Cholesky's factors, repeated. */
#include "analysis/regression.h"

#include <math.h>
#include <string.h>

#include "sim/fault.h"

#define K REGRESSION_COLUMNS
#define PASSES 60
#define LEAST_ERROR 0.002       /* relative; smaller ones count as this, so that no weight is infinite */
#define SINGULAR 1e-12          /* of a diagonal element: what is left of it is rounding */

struct normal {
	double a[K][K], b[K];
};

static double predicted(const struct regression_row *row, const double c[static K])
{
	double sum = 0;
	for (int i = 0; i < K; i++)
		sum += c[i] * row->x[i];
	return sum;
}

static void normal_fill(struct normal *n, const struct regression_row *rows, size_t count,
                        const double c[static K])
{
	memset(n, 0, sizeof *n);
	for (size_t r = 0; r < count; r++) {
		const struct regression_row *row = &rows[r];
		ASSERT(row->y > 0);
		double off = fabs(predicted(row, c) - row->y) / row->y;
		double weight = 1 / (row->y * row->y * fmax(off, LEAST_ERROR));
		for (int i = 0; i < K; i++) {
			n->b[i] += weight * row->x[i] * row->y;
			for (int j = 0; j <= i; j++)
				n->a[i][j] += weight * row->x[i] * row->x[j];
		}
	}
}

/* a = L L'; L is left in a's lower half. */
static bool factors(double a[static K][K])
{
	for (int i = 0; i < K; i++) {
		double whole = a[i][i];
		for (int j = 0; j <= i; j++) {
			double sum = a[i][j];
			for (int k = 0; k < j; k++)
				sum -= a[i][k] * a[j][k];
			if (i == j && !(sum > SINGULAR * whole))
				return false;
			a[i][j] = i == j ? sqrt(sum) : sum / a[j][j];
		}
	}
	return true;
}

static bool solve(struct normal *n, double c[static K])
{
	if (!factors(n->a))
		return false;
	for (int i = 0; i < K; i++) {
		c[i] = n->b[i];
		for (int k = 0; k < i; k++)
			c[i] -= n->a[i][k] * c[k];
		c[i] /= n->a[i][i];
	}
	for (int i = K; i-- > 0;) {
		for (int k = i + 1; k < K; k++)
			c[i] -= n->a[k][i] * c[k];
		c[i] /= n->a[i][i];
	}
	return true;
}

bool regression_fit(const struct regression_row *rows, size_t count, double c[static K])
{
	struct normal n;
	memset(c, 0, K * sizeof *c); /* all are off by the same part of y: plain least squares, relative */
	for (int pass = 0; pass < PASSES; pass++) {
		normal_fill(&n, rows, count, c);
		if (!solve(&n, c))
			return false;
	}
	return true;
}

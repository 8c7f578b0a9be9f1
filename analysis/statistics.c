/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics of samples, over GSL's: the one file that includes its statistics and sorting. */
#include "analysis/statistics.h"

#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "sim/memory.h"

struct moments statistics_moments(const double *x, size_t n)
{
	struct moments m = {0};
	if (n == 0)
		return m;
	m.mean = gsl_stats_mean(x, 1, n);
	m.deviation = gsl_stats_sd_with_fixed_mean(x, 1, n, m.mean);
	if (m.deviation > 0) {
		m.skewness = gsl_stats_skew_m_sd(x, 1, n, m.mean, m.deviation);
		m.kurtosis = gsl_stats_kurtosis_m_sd(x, 1, n, m.mean, m.deviation);
	}
	return m;
}

static double *row_means(const struct panel *p)
{
	double *mean = memory_new(p->rows, sizeof *mean, "means of rows");
	for (uint32_t row = 0; row < p->rows; row++)
		mean[row] = gsl_stats_mean(p->x + (size_t)row * p->n, 1, p->n);
	return mean;
}

struct variances statistics_variances(const struct panel *p)
{
	struct variances v = {0};
	if (!p->rows || !p->n)
		return v;
	double *mean = row_means(p);
	if (p->rows > 1)
		v.between = gsl_stats_variance(mean, 1, p->rows);
	for (uint32_t row = 0; row < p->rows; row++)
		v.within += gsl_stats_variance_with_fixed_mean(p->x + (size_t)row * p->n, 1, p->n, mean[row]);
	v.within /= p->rows;
	free(mean);
	return v;
}

double statistics_autocorrelation(const struct panel *p, uint32_t lag)
{
	if (lag >= p->n || !p->rows)
		return 0;
	double *mean = row_means(p), products = 0, squares = 0;
	for (uint32_t row = 0; row < p->rows; row++) {
		const double *x = p->x + (size_t)row * p->n;
		for (uint32_t k = 0; k < p->n; k++) {
			squares += (x[k] - mean[row]) * (x[k] - mean[row]);
			if (k + lag < p->n)
				products += (x[k] - mean[row]) * (x[k + lag] - mean[row]);
		}
	}
	free(mean);
	return squares > 0 ? products / squares : 0;
}

double statistics_row_correlation(const struct panel *p)
{
	if (p->rows < 2 || !p->n)
		return 0;
	double *across = memory_new(p->n, sizeof *across, "means over rows"), rows = p->rows;
	for (uint32_t row = 0; row < p->rows; row++)
		for (uint32_t k = 0; k < p->n; k++)
			across[k] += p->x[(size_t)row * p->n + k] / rows;
	double mean = gsl_stats_mean(across, 1, p->n);
	double common = gsl_stats_variance_with_fixed_mean(across, 1, p->n, mean);
	double within = statistics_variances(p).within;
	free(across);
	return within > 0 ? (rows * common / within - 1) / (rows - 1) : 0;
}

/* Both are walked in step: at each value that occurs, all samples up to it are counted. */
double statistics_ks(double *a, size_t na, double *b, size_t nb)
{
	double distance = 0;
	gsl_sort(a, 1, na);
	gsl_sort(b, 1, nb);
	for (size_t i = 0, j = 0; i < na && j < nb;) {
		double x = a[i] < b[j] ? a[i] : b[j];
		while (i < na && a[i] <= x)
			i++;
		while (j < nb && b[j] <= x)
			j++;
		distance = fmax(distance, fabs((double)i / (double)na - (double)j / (double)nb));
	}
	return distance;
}

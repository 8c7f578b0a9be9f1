/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics of samples: moments, autocorrelation, distance of two distributions, for panels of series.
 *
 * A panel is many series (rows) of equal spacing that are taken for draws of one process. Its variance has
 * two parts: between rows (their means differ) and within (around a row's own mean). Autocorrelations are of
 * the part within; they are the usual estimates with n, not n - k, in the denominator (Box and Jenkins,
 * 1970), pooled over rows, which are 0 for a panel without any variance. */
#ifndef ANALYSIS_STATISTICS_H
#define ANALYSIS_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

struct panel {
	const double *x;        /* [rows][n] */
	uint32_t rows, n;
};

struct moments {
	double mean, deviation; /* of the population: n in the denominator */
	double skewness;        /* third central moment over deviation^3; 0 without deviation */
	double kurtosis;        /* excess: 0 for the normal distribution */
};

struct moments statistics_moments(const double *x, size_t n);

/* Variance of the rows' means (rows - 1 in the denominator; 0 for one row), and around them. */
struct variances {
	double between, within;
};

struct variances statistics_variances(const struct panel *p);

/* Autocorrelation of lag samples, within rows. 0 when lag >= n. */
double statistics_autocorrelation(const struct panel *p, uint32_t lag);

/* Mean correlation of two rows, within rows and from the variance of the mean over rows: that variance is
 * s^2 (c + (1 - c)/rows). 0 for one row. */
double statistics_row_correlation(const struct panel *p);

/* Kolmogorov-Smirnov: the largest difference of the two cumulated distributions. Sorts both. */
double statistics_ks(double *a, size_t na, double *b, size_t nb);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a number of runs allow to be said: intervals, comparisons of two policies, effects of factors.
 *
 * Runs are independent where each has a seed of its own; pairs share a seed (common random numbers). Within
 * one run neighbouring values depend on each other: interval_series and interval_batches are for those.
 * Level is that of confidence, 0 < level < 1: 0.95. Where there are too few values for an interval it is
 * unbounded (-inf, inf), never silently narrow. All over GSL's distributions; inference.c is the one file
 * that includes them. */
#ifndef ANALYSIS_INFERENCE_H
#define ANALYSIS_INFERENCE_H

#include <stddef.h>
#include <stdint.h>

struct interval {
	double estimate, low, high;
};

/* The mean of independent values: Student's t. Unbounded for n < 2. */
struct interval interval_mean(const double *x, size_t n, double level);

/* The mean of a[i] - b[i]: two policies under common random numbers. */
struct interval interval_paired(const double *a, const double *b, size_t n, double level);

/* Bias-corrected and accelerated bootstrap (Efron 1987) of any statistic of a sample. `resamples` of 1000 or
 * more; the draws are those of the stream (seed, "bootstrap"). A sample without spread gives a point. */
struct bootstrap {
	double (*statistic)(const double *x, size_t n);
	uint32_t resamples;
	uint64_t seed;
};
struct interval interval_bootstrap(const double *x, size_t n, double level, const struct bootstrap *how);
double statistic_mean(const double *x, size_t n);
double statistic_median(const double *x, size_t n);

/* The q-quantile, 0 < q < 1: linear between order statistics (Hyndman and Fan 1996, type 7), and the interval
 * between two order statistics that holds it whatever the distribution (binomial). Unbounded on a side for
 * which n is too small. `sorted` ascends. */
struct interval interval_quantile(const double *sorted, size_t n, double q, double level);

/* The mean of a correlated series: effective number of values from the autocorrelation, summed as long as
 * pairs of neighbouring lags stay positive (Geyer 1992, initial positive sequence). */
struct interval interval_series(const double *x, size_t n, double level);
/* The same by the means of `batches` equal parts (Law and Kelton); the rest of n is left out at the front. */
struct interval interval_batches(const double *x, size_t n, uint32_t batches, double level);

/* How many values at the front to leave out: MSER-5 (White, Cobb and Spratt 2000): the number of batches of
 * five whose removal makes the standard error least, at most half of them; in values. */
size_t warmup_mser5(const double *x, size_t n);

struct test_result {
	double statistic, p;     /* two-sided */
};

/* Do two samples come from one distribution? U of the first sample. Exact without ties up to 20 values each;
 * else normal with the correction for ties and for continuity. */
struct test_result test_mann_whitney(const double *a, size_t na, const double *b, size_t nb);
/* Largest distance of two cumulated distributions; p after Kolmogorov's limit with Stephens's (1970)
 * finite-size term. */
struct test_result test_ks(const double *a, size_t na, const double *b, size_t nb);
/* Mean of a[i] - b[i] against 0: Student's t. p = 1 for n < 2. */
struct test_result test_paired(const double *a, const double *b, size_t n);

/* Many comparisons at once: p-values as they would have to be quoted. Holm (1979) holds the chance of any
 * false finding, Benjamini and Hochberg (1995) the share of false ones among the findings. In place. */
void adjust_holm(double *p, size_t n);
void adjust_benjamini_hochberg(double *p, size_t n);

/* A full factorial design, each cell equally often: level[run * factors + f] counts from 0. */
struct design {
	const uint32_t *level;
	const double *y;          /* [run] */
	size_t runs;
	uint32_t factors;
};

/* Main effect of a factor: effect[l] = mean over the runs at level l, less the mean over all. Returns the
 * share of the total sum of squares that the factor explains, 0 if nothing varies. */
double main_effect(const struct design *design, uint32_t factor, double *effect, uint32_t levels);

#endif

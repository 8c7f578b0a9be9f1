/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals and tests over GSL's distributions. */
#include "analysis/inference.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/fault.h"
#include "sim/memory.h"
#include "sim/random.h"

#define EXACT_MOST 20 /* values each, for the exact distribution of U */

static struct interval unbounded(double estimate)
{
	return (struct interval){estimate, -INFINITY, INFINITY};
}

/* Sum of squares around the mean: two passes, as one would lose digits. */
static double squares(const double *x, size_t n, double mean)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (x[i] - mean) * (x[i] - mean);
	return sum;
}

static struct interval student(double mean, double error, double freedom, double level)
{
	double half = gsl_cdf_tdist_Pinv(0.5 + level / 2, freedom) * error;
	return (struct interval){mean, mean - half, mean + half};
}

double statistic_mean(const double *x, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += x[i];
	return n ? sum / (double)n : 0;
}

struct interval interval_mean(const double *x, size_t n, double level)
{
	double mean = statistic_mean(x, n);
	ASSERT(level > 0 && level < 1);
	if (n < 2)
		return unbounded(mean);
	double variance = squares(x, n, mean) / (double)(n - 1);
	return student(mean, sqrt(variance / (double)n), (double)(n - 1), level);
}

static double *differences(const double *a, const double *b, size_t n)
{
	double *d = memory_new(n, sizeof *d, "differences");
	for (size_t i = 0; i < n; i++)
		d[i] = a[i] - b[i];
	return d;
}

struct interval interval_paired(const double *a, const double *b, size_t n, double level)
{
	double *d = differences(a, b, n);
	struct interval i = interval_mean(d, n, level);
	free(d);
	return i;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double *sorted_copy(const double *x, size_t n)
{
	double *copy = memory_new(n, sizeof *copy, "sorted sample");
	memcpy(copy, x, n * sizeof *copy);
	qsort(copy, n, sizeof *copy, ascending);
	return copy;
}

/* Type 7 of Hyndman and Fan. */
static double quantile(const double *sorted, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t below = (size_t)at;
	if (below + 1 >= n)
		return sorted[n - 1];
	return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

double statistic_median(const double *x, size_t n)
{
	if (n == 0)
		return 0;
	double *sorted = sorted_copy(x, n);
	double median = quantile(sorted, n, 0.5);
	free(sorted);
	return median;
}

/* Efron's acceleration, from the statistic with each value left out in turn. */
static double acceleration(const double *x, size_t n, const struct bootstrap *how)
{
	double *rest = memory_new(n - 1, sizeof *rest, "jackknife");
	double *out = memory_new(n, sizeof *out, "jackknife");
	double cubes = 0;
	for (size_t i = 0; i < n; i++) {
		memcpy(rest, x, i * sizeof *rest);
		memcpy(rest + i, x + i + 1, (n - 1 - i) * sizeof *rest);
		out[i] = how->statistic(rest, n - 1);
	}
	double mean = statistic_mean(out, n), square = squares(out, n, mean);
	for (size_t i = 0; i < n; i++)
		cubes += (mean - out[i]) * (mean - out[i]) * (mean - out[i]);
	free(rest);
	free(out);
	return square > 0 ? cubes / (6 * pow(square, 1.5)) : 0;
}

static double *bootstrap_draws(const double *x, size_t n, const struct bootstrap *how)
{
	struct random_stream stream;
	double *sample = memory_new(n, sizeof *sample, "bootstrap");
	double *drawn = memory_new(how->resamples, sizeof *drawn, "bootstrap");
	random_init(&stream, how->seed, "bootstrap", 0);
	for (uint32_t r = 0; r < how->resamples; r++) {
		for (size_t i = 0; i < n; i++)
			sample[i] = x[random_below(&stream, n)];
		drawn[r] = how->statistic(sample, n);
	}
	qsort(drawn, how->resamples, sizeof *drawn, ascending);
	free(sample);
	return drawn;
}

/* Share of the draws below the estimate, ties counted half; kept off 0 and 1, whose normal scores are
 * infinite. */
static double share_below(const double *drawn, uint32_t n, double estimate)
{
	double below = 0;
	for (uint32_t r = 0; r < n; r++)
		below += drawn[r] < estimate ? 1 : drawn[r] == estimate ? 0.5 : 0;
	double least = 0.5 / (double)n;
	return fmin(fmax(below / (double)n, least), 1 - least);
}

struct interval interval_bootstrap(const double *x, size_t n, double level, const struct bootstrap *how)
{
	double estimate = how->statistic(x, n);
	ASSERT(level > 0 && level < 1 && how->resamples >= 100);
	if (n < 2)
		return unbounded(estimate);
	double *drawn = bootstrap_draws(x, n, how);
	double bias = gsl_cdf_ugaussian_Pinv(share_below(drawn, how->resamples, estimate));
	double bend = acceleration(x, n, how), ends[2];
	for (int side = 0; side < 2; side++) {
		double z = bias + gsl_cdf_ugaussian_Pinv(side ? 0.5 + level / 2 : 0.5 - level / 2);
		ends[side] = quantile(drawn, how->resamples, gsl_cdf_ugaussian_P(bias + z / (1 - bend * z)));
	}
	free(drawn);
	return (struct interval){estimate, ends[0], ends[1]};
}

struct interval interval_quantile(const double *sorted, size_t n, double q, double level)
{
	double tail = (1 - level) / 2;
	ASSERT(q > 0 && q < 1 && level > 0 && level < 1 && n <= UINT32_MAX);
	if (n == 0)
		return unbounded(0);
	struct interval i = unbounded(quantile(sorted, n, q));
	/* The l-th smallest exceeds the quantile with the chance that fewer than l of n fall below it. */
	for (size_t l = 1; l <= n; l++) {
		if (gsl_cdf_binomial_P((unsigned)(l - 1), q, (unsigned)n) > tail)
			break;
		i.low = sorted[l - 1];
	}
	for (size_t u = n; u >= 1; u--) {
		if (gsl_cdf_binomial_Q((unsigned)(u - 1), q, (unsigned)n) > tail)
			break;
		i.high = sorted[u - 1];
	}
	return i;
}

/* Sum over lags 0 .. n - lag of products of deviations, over n. */
static double covariance(const double *x, size_t n, double mean, size_t lag)
{
	double sum = 0;
	for (size_t i = 0; i + lag < n; i++)
		sum += (x[i] - mean) * (x[i + lag] - mean);
	return sum / (double)n;
}

struct interval interval_series(const double *x, size_t n, double level)
{
	double mean = statistic_mean(x, n);
	ASSERT(level > 0 && level < 1);
	if (n < 4)
		return unbounded(mean);
	double variance = covariance(x, n, mean, 0), sum = -variance;
	if (!(variance > 0))
		return (struct interval){mean, mean, mean};
	for (size_t lag = 0; lag + 1 < n / 2; lag += 2) {
		double pair = covariance(x, n, mean, lag) + covariance(x, n, mean, lag + 1);
		if (pair <= 0)
			break;
		sum += 2 * pair;
	}
	/* Values that lean on each other count for fewer; those that alternate
	 * never for more than they are. */
	double effective = fmin((double)n, fmax(2, (double)n * variance / fmax(sum, 1e-300)));
	double unbiased = variance * (double)n / (double)(n - 1);
	return student(mean, sqrt(unbiased / effective), effective - 1, level);
}

struct interval interval_batches(const double *x, size_t n, uint32_t batches, double level)
{
	ASSERT(batches >= 2);
	size_t size = n / batches;
	if (size == 0)
		return unbounded(statistic_mean(x, n));
	double *mean = memory_new(batches, sizeof *mean, "means of batches");
	const double *from = x + (n - size * batches);
	for (uint32_t b = 0; b < batches; b++)
		mean[b] = statistic_mean(from + b * size, size);
	struct interval i = interval_mean(mean, batches, level);
	free(mean);
	return i;
}

size_t warmup_mser5(const double *x, size_t n)
{
	enum { BATCH = 5 };
	size_t batches = n / BATCH, best = 0;
	double sum = 0, square = 0, least = INFINITY;
	if (batches < 2)
		return 0;
	/* From the end: sums over the batches that stay. */
	for (size_t d = batches; d-- > 0;) {
		double mean = statistic_mean(x + d * BATCH, BATCH), left = (double)(batches - d);
		sum += mean;
		square += mean * mean;
		double error = fmax(square - sum * sum / left, 0) / (left * left);
		if (d <= batches / 2 && error <= least) {
			least = error;
			best = d;
		}
	}
	return best * BATCH;
}

struct ranked {
	double x;
	int from;
};

static int by_value(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	return (x->x > y->x) - (x->x < y->x);
}

/* Sum of the mean ranks of sample 0, and the sum of t^3 - t over groups of ties. */
static double rank_sum(struct ranked *all, size_t n, double *ties)
{
	double sum = 0;
	qsort(all, n, sizeof *all, by_value);
	*ties = 0;
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && all[j].x == all[i].x;)
			j++;
		double t = (double)(j - i), rank = (double)(i + 1 + j) / 2;
		*ties += t * t * t - t;
		for (size_t k = i; k < j; k++)
			sum += all[k].from == 0 ? rank : 0;
	}
	return sum;
}

/* P(U <= u) over all orders of na and nb values: counts by the recurrence of Mann and Whitney (1947). */
static double exact_below(size_t na, size_t nb, size_t u)
{
	size_t most = na * nb;
	double *count = memory_new((na + 1) * (most + 1), sizeof *count, "distribution of U");
	double all = 0, below = 0;
	/* count[a][s]: ways to choose a of the values seen so far whose U is s. */
	count[0] = 1;
	for (size_t place = 0; place < na + nb; place++)
		for (size_t a = na < place + 1 ? na : place + 1; a >= 1; a--) {
			size_t gain = place - (a - 1); /* values of the other sample below it */
			for (size_t s = most + 1; gain <= nb && s-- > gain;)
				count[a * (most + 1) + s] += count[(a - 1) * (most + 1) + s - gain];
		}
	for (size_t s = 0; s <= most; s++) {
		all += count[na * (most + 1) + s];
		below += s <= u ? count[na * (most + 1) + s] : 0;
	}
	free(count);
	return below / all;
}

struct test_result test_mann_whitney(const double *a, size_t na, const double *b, size_t nb)
{
	struct ranked *all = memory_new(na + nb, sizeof *all, "ranks");
	double ties, m = (double)na * (double)nb, n = (double)(na + nb);
	if (na == 0 || nb == 0) {
		free(all);
		return (struct test_result){0, 1};
	}
	for (size_t i = 0; i < na + nb; i++)
		all[i] = i < na ? (struct ranked){a[i], 0} : (struct ranked){b[i - na], 1};
	double u = rank_sum(all, na + nb, &ties) - (double)na * ((double)na + 1) / 2;
	free(all);
	double lower = fmin(u, m - u);
	if (ties == 0 && na <= EXACT_MOST && nb <= EXACT_MOST)
		return (struct test_result){u, fmin(1, 2 * exact_below(na, nb, (size_t)lower))};
	double variance = m / 12 * (n + 1 - ties / (n * (n - 1)));
	if (!(variance > 0))
		return (struct test_result){u, 1};
	double z = fmax(0, fabs(u - m / 2) - 0.5) / sqrt(variance);
	return (struct test_result){u, fmin(1, 2 * gsl_cdf_ugaussian_Q(z))};
}

/* Kolmogorov's limit: 2 sum (-1)^(k-1) exp(-2 k^2 x^2). */
static double kolmogorov(double x)
{
	double sum = 0;
	if (x < 0.2)
		return 1; /* the series alternates without converging; the chance differs from 1 by 1e-12 */
	for (int k = 1; k <= 100; k++) {
		double term = exp(-2 * (double)k * (double)k * x * x);
		sum += k % 2 ? term : -term;
		if (term < 1e-16)
			break;
	}
	return fmin(1, fmax(0, 2 * sum));
}

struct test_result test_ks(const double *a, size_t na, const double *b, size_t nb)
{
	if (na == 0 || nb == 0)
		return (struct test_result){0, 1};
	double *x = sorted_copy(a, na), *y = sorted_copy(b, nb), largest = 0;
	for (size_t i = 0, j = 0; i < na && j < nb;) {
		double at = fmin(x[i], y[j]);
		while (i < na && x[i] == at)
			i++;
		while (j < nb && y[j] == at)
			j++;
		largest = fmax(largest, fabs((double)i / (double)na - (double)j / (double)nb));
	}
	free(x);
	free(y);
	double root = sqrt((double)na * (double)nb / (double)(na + nb));
	return (struct test_result){largest, kolmogorov((root + 0.12 + 0.11 / root) * largest)};
}

struct test_result test_paired(const double *a, const double *b, size_t n)
{
	if (n < 2)
		return (struct test_result){0, 1};
	double *d = differences(a, b, n), mean = statistic_mean(d, n);
	double error = sqrt(squares(d, n, mean) / (double)(n - 1) / (double)n);
	free(d);
	if (!(error > 0))
		return (struct test_result){mean == 0 ? 0 : copysign(INFINITY, mean), mean == 0 ? 1 : 0};
	double t = mean / error;
	return (struct test_result){t, 2 * gsl_cdf_tdist_Q(fabs(t), (double)(n - 1))};
}

struct indexed {
	double p;
	size_t at;
};

static int by_p(const void *a, const void *b)
{
	const struct indexed *x = a, *y = b;
	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

static struct indexed *order_of(const double *p, size_t n)
{
	struct indexed *order = memory_new(n, sizeof *order, "order of p-values");
	for (size_t i = 0; i < n; i++)
		order[i] = (struct indexed){p[i], i};
	qsort(order, n, sizeof *order, by_p);
	return order;
}

void adjust_holm(double *p, size_t n)
{
	struct indexed *order = order_of(p, n);
	double largest = 0;
	for (size_t k = 0; k < n; k++) {
		largest = fmax(largest, order[k].p * (double)(n - k));
		p[order[k].at] = fmin(1, largest);
	}
	free(order);
}

void adjust_benjamini_hochberg(double *p, size_t n)
{
	struct indexed *order = order_of(p, n);
	double smallest = 1;
	for (size_t k = n; k-- > 0;) {
		smallest = fmin(smallest, order[k].p * (double)n / (double)(k + 1));
		p[order[k].at] = smallest;
	}
	free(order);
}

double main_effect(const struct design *design, uint32_t factor, double *effect, uint32_t levels)
{
	size_t *count = memory_new(levels, sizeof *count, "runs by level");
	double mean = statistic_mean(design->y, design->runs), explained = 0;
	double total = squares(design->y, design->runs, mean);
	ASSERT(factor < design->factors);
	for (uint32_t l = 0; l < levels; l++)
		effect[l] = 0;
	for (size_t run = 0; run < design->runs; run++) {
		uint32_t l = design->level[run * design->factors + factor];
		ASSERT(l < levels);
		effect[l] += design->y[run] - mean;
		count[l]++;
	}
	for (uint32_t l = 0; l < levels; l++) {
		effect[l] = count[l] ? effect[l] / (double)count[l] : 0;
		explained += (double)count[l] * effect[l] * effect[l];
	}
	free(count);
	return total > 0 ? explained / total : 0;
}

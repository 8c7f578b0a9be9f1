/* SPDX-License-Identifier: MIT */
/* Arithmetic on the past of a host or guest, for policies: a few samples, oldest first, the newest last.
 *
 * Only + - * / and comparisons, so that every machine computes the same bits. It includes nothing but the
 * C standard's own headers, and a plug-in may take a copy of it. All functions take n >= 1 samples; the
 * ones that sort take a copy that may be changed, and are meant for tens of samples. */
#ifndef POLICIES_HISTORY_H
#define POLICIES_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline double history_mean(const double *u, uint32_t n)
{
	double sum = 0;
	for (uint32_t i = 0; i < n; i++)
		sum += u[i];
	return sum / n;
}

/* By insertion: the samples are few, and often nearly in order. */
static inline void history_sort(double *u, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		double x = u[i];
		uint32_t k = i;
		for (; k > 0 && u[k - 1] > x; k--)
			u[k] = u[k - 1];
		u[k] = x;
	}
}

/* The middle one, or the mean of the two in the middle. Sorts. */
static inline double history_median(double *u, uint32_t n)
{
	history_sort(u, n);
	return n % 2 ? u[n / 2] : (u[n / 2 - 1] + u[n / 2]) / 2;
}

/* Median of the distances from the median (Hampel 1974). Sorts and overwrites. */
static inline double history_mad(double *u, uint32_t n)
{
	double median = history_median(u, n);
	for (uint32_t i = 0; i < n; i++)
		u[i] = u[i] < median ? median - u[i] : u[i] - median;
	return history_median(u, n);
}

/* The sample of rank p (n + 1), rounded half up, of sorted samples: no interpolation, as in CloudSim. */
static inline double history_quantile(const double *sorted, uint32_t n, double p)
{
	uint32_t rank = (uint32_t)(p * (n + 1) + 0.5);
	return sorted[rank < 1 ? 0 : rank > n ? n - 1 : rank - 1];
}

/* A straight line through samples at x = 0, 1, ... n - 1, by its weighted means and slope. */
struct history_line {
	double x, u, slope;
};

/* Least squares; `weight` NULL: all weigh the same. A single point, or weight on one only, has no slope. */
static inline struct history_line history_line(const double *u, const double *weight, uint32_t n)
{
	double sum = 0, sum_x = 0, sum_u = 0, xx = 0, xu = 0;
	for (uint32_t i = 0; i < n; i++) {
		double w = weight ? weight[i] : 1;
		sum += w;
		sum_x += w * i;
		sum_u += w * u[i];
	}
	struct history_line line = {sum_x / sum, sum_u / sum, 0};
	for (uint32_t i = 0; i < n; i++) {
		double w = weight ? weight[i] : 1;
		xx += w * (i - line.x) * (i - line.x);
		xu += w * (i - line.x) * (u[i] - line.u);
	}
	if (xx > 0)
		line.slope = xu / xx;
	return line;
}

static inline double history_line_at(struct history_line line, double x)
{
	return line.u + line.slope * (x - line.x);
}

/* Cleveland's tricube (1979): 1 at no distance, 0 from distance 1 on. */
static inline double history_tricube(double distance)
{
	double rest = 1 - distance * distance * distance;
	return distance < 1 ? rest * rest * rest : 0;
}

/* The next sample by a first-order autoregression around the mean: mean + phi (newest - mean), with phi the
 * correlation of neighbours (Yule-Walker), so that |phi| <= 1. Samples that are all equal continue. */
static inline double history_next(const double *u, uint32_t n)
{
	double mean = history_mean(u, n), variance = 0, neighbours = 0;
	for (uint32_t i = 0; i < n; i++) {
		variance += (u[i] - mean) * (u[i] - mean);
		neighbours += i > 0 ? (u[i] - mean) * (u[i - 1] - mean) : 0;
	}
	return variance > 0 ? mean + neighbours / variance * (u[n - 1] - mean) : u[n - 1];
}

/* Sandpiper's rule (Wood et al. 2007): at least k of the newest `of` samples lie above the threshold, and
 * the one that is expected next does too. */
static inline bool history_sustained(const double *u, uint32_t n, uint32_t k, uint32_t of, double threshold)
{
	uint32_t above = 0;
	for (uint32_t i = n > of ? n - of : 0; i < n; i++)
		above += u[i] > threshold;
	return above >= k && history_next(u, n) > threshold;
}

#endif

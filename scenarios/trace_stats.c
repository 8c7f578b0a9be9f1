/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums over all samples of a set. */
#include "scenarios/trace_stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/memory.h"
#include "sim/time.h"

#define EVEN_NS (NS_PER_MS / 2)
#define DISTANCES 4096 /* that are looked at for the period; a power of two */

uint32_t trace_row_count(const struct demand_set *set, uint32_t row)
{
	return set->irregular ? set->row_count[row] : set->axis.count;
}

int64_t trace_stamp_ns(const struct demand_set *set, uint32_t row, uint32_t sample)
{
	if (set->irregular)
		return set->stamps_ns[demand_row_stamps(set, row) + sample];
	return set->axis.start_ns + sample * set->axis.period_ns;
}

double trace_value(const struct demand_set *set, uint32_t row, enum demand_column column, uint32_t sample)
{
	const struct demand_samples *s = &set->columns[column];
	size_t at = demand_row_samples(set, column, row) + sample;
	double x = s->bits == 8 ? ((const uint8_t *)s->at)[at] : ((const uint16_t *)s->at)[at];
	return x / s->full_scale * (column > DEMAND_MEMORY ? s->column_max : 1);
}

/* The commonest distance, in ms. Distances are counted in a table of hashes, of which rare ones may be
 * pushed out: the majority never is (Misra and Gries 1982, a bucket at a time). */
static int64_t commonest_ms(const struct demand_set *set)
{
	struct count {
		int64_t ms;
		uint64_t n;
	} *counts = memory_new(DISTANCES, sizeof *counts, "distances of stamps"), best = {0, 0};
	for (uint32_t row = 0; row < set->rows; row++)
		for (uint32_t i = 1; i < trace_row_count(set, row); i++) {
			int64_t ns = trace_stamp_ns(set, row, i) - trace_stamp_ns(set, row, i - 1);
			int64_t ms = (ns + EVEN_NS) / NS_PER_MS;
			struct count *c = &counts[((uint64_t)ms * UINT64_C(0x9e3779b97f4a7c15)) >> 52];
			if (c->ms != ms && c->n)
				c->n--;
			else
				*c = (struct count){ms, c->n + 1};
		}
	for (uint32_t i = 0; i < DISTANCES; i++)
		if (counts[i].n > best.n)
			best = counts[i];
	free(counts);
	return best.ms;
}

static void distance_count(struct axis_stats *stats, double s)
{
	double off = fabs(s - stats->period_s);
	stats->distances++;
	if (off < 0.5e-3) {
		stats->even++;
	} else if (s > 1.5 * stats->period_s) {
		stats->gaps++;
		stats->gap_total_s += s - stats->period_s;
		stats->gap_longest_s = fmax(stats->gap_longest_s, s);
		return;
	} else if (s < 0.5 * stats->period_s) {
		stats->short_ones++;
		return;
	}
	stats->jitter_s += off;
	stats->jitter_most_s = fmax(stats->jitter_most_s, off);
}

void axis_stats(const struct demand_set *set, struct axis_stats *stats)
{
	int64_t first_ns = INT64_MAX, last_ns = INT64_MIN;
	*stats = (struct axis_stats){.row_least = UINT32_MAX};
	stats->period_s =
		set->irregular ? (double)commonest_ms(set) / 1e3 : (double)set->axis.period_ns / 1e9;
	for (uint32_t row = 0; row < set->rows; row++) {
		uint32_t n = trace_row_count(set, row);
		int64_t end_ns = trace_stamp_ns(set, row, n - 1);
		stats->samples += n;
		stats->row_least = n < stats->row_least ? n : stats->row_least;
		stats->row_most = n > stats->row_most ? n : stats->row_most;
		first_ns = trace_stamp_ns(set, row, 0) < first_ns ? trace_stamp_ns(set, row, 0) : first_ns;
		last_ns = end_ns > last_ns ? end_ns : last_ns;
		for (uint32_t i = 1; i < n; i++) {
			int64_t ns = trace_stamp_ns(set, row, i) - trace_stamp_ns(set, row, i - 1);
			distance_count(stats, (double)ns / 1e9);
		}
	}
	stats->span_s = (double)(last_ns - first_ns) / 1e9;
	uint64_t near = stats->distances - stats->gaps - stats->short_ones;
	stats->jitter_s = near ? stats->jitter_s / (double)near : 0;
}

/* Sums of one row, around `centre`. */
struct row_sums {
	double n, d1, d2, d3, d4, product;
};

static struct row_sums row_sum(const struct demand_set *set, uint32_t row, enum demand_column column,
                               double centre)
{
	struct row_sums sums = {.n = trace_row_count(set, row)};
	double before = 0;
	for (uint32_t i = 0; i < trace_row_count(set, row); i++) {
		double d = trace_value(set, row, column, i) - centre, square = d * d;
		sums.d1 += d;
		sums.d2 += square;
		sums.d3 += square * d;
		sums.d4 += square * square;
		sums.product += d * before;
		before = d;
	}
	return sums;
}

/* The mean and the ends: what the second pass is centred on. */
static double first_pass(const struct demand_set *set, enum demand_column column, struct column_stats *stats)
{
	double n = 0, sum = 0, zeros = 0;
	stats->least = HUGE_VAL;
	stats->most = -HUGE_VAL;
	for (uint32_t row = 0; row < set->rows; row++)
		for (uint32_t i = 0; i < trace_row_count(set, row); i++) {
			double x = trace_value(set, row, column, i);
			n++;
			sum += x;
			zeros += x == 0;
			stats->least = fmin(stats->least, x);
			stats->most = fmax(stats->most, x);
		}
	stats->mean = n > 0 ? sum / n : 0;
	stats->zero_01 = n > 0 ? zeros / n : 0;
	return n;
}

void column_stats(const struct demand_set *set, enum demand_column column, struct column_stats *stats)
{
	*stats = (struct column_stats){0};
	double n = first_pass(set, column, stats), between = 0, within = 0, pairs = 0;
	struct row_sums all = {0};
	for (uint32_t row = 0; row < set->rows; row++) {
		struct row_sums r = row_sum(set, row, column, stats->mean);
		double mean = r.d1 / r.n;
		all.d2 += r.d2;
		all.d3 += r.d3;
		all.d4 += r.d4;
		between += r.d1 * mean;
		within += r.d2 - r.d1 * mean;
		/* Around the row's own mean; what the ends of the row add is left out. */
		pairs += r.product - r.d1 * mean;
	}
	double variance = all.d2 / n;
	stats->deviation = sqrt(variance);
	if (!(variance > 0))
		return;
	stats->skewness = all.d3 / n / (variance * stats->deviation);
	stats->kurtosis = all.d4 / n / (variance * variance);
	stats->between_01 = between / all.d2;
	stats->correlation_01 = within > 0 ? pairs / within : 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a demand set is like: its axis, its gaps and jitter, and the moments of each column. */
#ifndef SCENARIOS_TRACE_STATS_H
#define SCENARIOS_TRACE_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/demand.h"

struct axis_stats {
	uint64_t samples;               /* of all rows */
	uint32_t row_least, row_most;   /* samples of a row */
	double span_s;                  /* from the first stamp of any row to the last */
	double period_s; /* the commonest distance of two stamps, to the ms; 0: there is none */
	uint64_t distances;             /* between neighbouring stamps of a row */
	uint64_t even;                  /* of these: the period, to the ms */
	uint64_t gaps, short_ones;      /* more than 1.5, less than half of it */
	double gap_longest_s, gap_total_s; /* total: beyond the period */
	double jitter_s;                /* mean distance from the period of those that are neither */
	double jitter_most_s;
};

/* Of all samples alike, in fractions (CPU, memory), bit/s and byte/s. */
struct column_stats {
	double mean, deviation, skewness, kurtosis; /* kurtosis: 3 for a normal distribution */
	double least, most, zero_01;
	double between_01;              /* share of the variance that lies between the rows' means */
	double correlation_01;          /* of neighbouring samples of a row, over all rows */
};

/* A distance counts as the period when it differs by less than half a millisecond. */
void axis_stats(const struct demand_set *set, struct axis_stats *stats);
void column_stats(const struct demand_set *set, enum demand_column column, struct column_stats *stats);

uint32_t trace_row_count(const struct demand_set *set, uint32_t row);
int64_t trace_stamp_ns(const struct demand_set *set, uint32_t row, uint32_t sample);
/* In fractions, bit/s or byte/s. */
double trace_value(const struct demand_set *set, uint32_t row, enum demand_column column, uint32_t sample);

#endif

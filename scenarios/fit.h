/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits a generator of demand to a trace, by moments and least squares.
 *
 *   ar1       level: the mean. autocorrelation: that of lag 1, freed of the bias (1 + 3a)/n that a row's
 *             estimated mean leaves (Kendall, Biometrika 1954; Marriott and Pope, ibid.). noise: the
 *             deviation within rows, of which that mean hides the part v(a, n), the variance of the mean of
 *             n samples. spread: the deviation of rows' means beyond v. correlation: that of two rows.
 *   diurnal   a cosine of 24 h by least squares, each row with a mean of its own. Rows' peaks differ by up to
 *             2 h either way, which lowers the amplitude of their sum by sin(s)/s, s = 2 pi 2 h/24 h. Noise
 *             and its correlations: what the wave leaves of the variance and of the autocovariance.
 *   on_off    two levels by the threshold that leaves the least variance within the two classes (Otsu, IEEE
 *             Trans. SMC 1979); on_time and off_time from the share of time on and the counted changes.
 *
 * CPU only. An irregular trace is read at the median distance of its stamps. Rows are cut to the shortest
 * that has at least half the longest's samples; shorter ones are left out. */
#ifndef SCENARIOS_FIT_H
#define SCENARIOS_FIT_H

#include <stdbool.h>

#include "analysis/statistics.h"
#include "models/demand.h"
#include "scenarios/scenario.h"

/* A set's CPU as numbers; x and row_start_ns are owned. */
struct fit_data {
	struct panel panel;
	double *x;
	int64_t *row_start_ns;      /* of each row's first sample */
	int64_t period_ns;
	uint32_t left_out;          /* rows that are too short */
};

/* False when the set has no CPU column or fewer than 4 samples a row; data then needs no free. */
bool fit_data_read(struct fit_data *data, const struct demand_set *set);
void fit_data_free(struct fit_data *data);

/* Fits `source` (ar1, diurnal, on_off) into demand. NULL, or why it cannot be done. */
const char *fit_demand(const struct fit_data *data, enum scenario_source source,
                       struct scenario_demand *demand);

#endif

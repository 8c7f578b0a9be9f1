/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The heat map of hosts over time: CPU utilisation in cells of some hosts and some intervals, for the plot
 * and for the report's canvas. */
#ifndef ANALYSIS_HEAT_H
#define ANALYSIS_HEAT_H

#include <stdbool.h>

#include "analysis/results.h"

struct heat {
	struct results_series delivered, on;
	double *capacity_ghz;                /* [host] */
	uint64_t rows, columns;
	uint64_t hosts_a_row, times_a_column;
	float *cells;                        /* per cent [row][column]; NaN: all off */
	bool any_off;
};

/* Reads and fills at most rows_max x columns_max cells: each is the mean of its hosts and intervals, weighted
 * by the time that they were on. False when the file has no series of hosts. */
bool heat_open(struct heat *h, struct results *results, uint64_t rows_max, uint64_t columns_max);
void heat_close(struct heat *h);

/* Viridis (Smith and van der Walt 2015) at ten points: even to the eye, in grey and to the colour-blind. */
#define HEAT_COLOURS 10
extern const char *const heat_colours[HEAT_COLOURS];

#endif

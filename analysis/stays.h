/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guests' states over time, read from the table of events: for the plot of their lives. */
#ifndef ANALYSIS_STAYS_H
#define ANALYSIS_STAYS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "analysis/results.h"

/* A guest was in a state from one time to another. */
struct stay {
	double from_s, to_s;
	uint64_t row;                        /* of the plot, from 1 */
	int state;                           /* enum vm_state; VM_STATES: migrating, at the target already */
};

struct stays {
	struct stay *all;
	uint32_t count, room;
};

/* The stays of those guests that have a row (row_of[vm] > 0), up to span_s. False, and nothing, when the file
 * tells of no state but running and waiting: then other columns say all. */
bool stays_read(struct stays *s, struct results *results, const uint64_t *row_of, uint64_t vms,
                double span_s);
void stays_free(struct stays *s);

/* Datablocks of boxes, one for each look; then `plot ...` with the looks that occur, which goes on after
 * it. */
void stays_put(FILE *gnuplot, const struct stays *s, double unit);
void stays_plot(FILE *gnuplot, const struct stays *s);

#endif

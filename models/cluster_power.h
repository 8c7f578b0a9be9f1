/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cluster draws, from the load averages of its hosts that run jobs; and when its meters see it.
 *
 * A host draws
 *   idle + first min(L, 1) + core min(L, cores) - waiting min(|dL|, moves)
 * with L its load average over a minute and dL how far that moved since the sample before (30 s).
 *   - The first busy core wakes the package: it leaves its deep sleep states, and memory and uncore with it.
 *   - Further cores add the same each, until the package meets its power limit: from there on clocks fall as
 *     cores join, and power stays.
 *   - Linux counts as load not only who runs but also who waits for disk or network (state D), and such load
 *     comes and goes, while that of busy cores stands still. So load that moves draws less.
 * These are readings of what a fit shows: which of Lisa's jobs computed and which waited was not seen. All of
 * it is linear in the four powers, so that a fit is a regression over cluster_use.
 *
 * A host's meter is read every period, and when a job begins or ends on it: in between, the cluster's sum
 * stands still. Load averages lag behind what they tell; lag_ns later they tell of the reading. */
#ifndef MODELS_CLUSTER_POWER_H
#define MODELS_CLUSTER_POWER_H

#include <stdint.h>

struct cluster_power {
	uint32_t hosts;
	double idle_w, first_w, core_w, waiting_w;      /* waiting: for each unit of |dL| */
	double cores, moves;                            /* where L and |dL| stop to count */
	int64_t reading_ns, phase_ns, lag_ns;           /* readings at phase + k reading */
};

/* Lisa of SURF in October 2022: 277 hosts of 16 cores at 2.1 GHz. */
extern const struct cluster_power cluster_power_lisa;

/* Sums over hosts: what the constants are multiplied with. */
struct cluster_use {
	double first, cores, moving;
};

/* Adds a host of this load, which moved by this much. */
void cluster_use_add(const struct cluster_power *p, struct cluster_use *use, double load, double moved);

double cluster_power_w(const struct cluster_power *p, const struct cluster_use *use);

/* The last regular reading at or before an instant. */
int64_t cluster_reading_ns(const struct cluster_power *p, int64_t at_ns);

#endif

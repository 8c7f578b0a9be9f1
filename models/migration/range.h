/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does a case lie among those that validated the model, and how far was the model off there?
 *
 * A model is worth what it was held against. Each stratum is a box around migrations that were measured on
 * QEMU 10 (docs/validation.md): memory, working set, dirty rate over bandwidth, bandwidth, downtime limit. A
 * case inside one carries that stratum's error; a case outside all is an extrapolation, and its result
 * says so and why.
 *
 * The box is not all. Those migrations went between two QEMU processes of one machine, over a socket whose
 * rate was held down: one at a time, without a round trip to speak of, by QEMU's rules alone. So
 *   - a path with a round trip is like them as long as what the trip adds, twice itself to the total and
 *     once to the downtime, is no more than the model's own error: up to RANGE_ROUND_TRIP_NS. Within a
 *     datacenter that holds. Beyond, windows and slow starts matter, which nobody measured here;
 *   - one that had to share its path with others is not: the arithmetic of a leg is the same, and was
 *     not held against QEMU (validate grid5000 does so for durations). Only its end can tell (range_shared);
 *   - other stop rules, ballooning, compression, disks and the like are not. */
#ifndef MODELS_MIGRATION_RANGE_H
#define MODELS_MIGRATION_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/migration/leg.h"

/* The least error of the downtime in any stratum is 1.5 ms. */
#define RANGE_ROUND_TRIP_NS INT64_C(1000000)

struct range_box { double least, most; };

/* Where a case lies. */
enum range_axis { RANGE_BANDWIDTH, RANGE_RAM, RANGE_DIRTY, RANGE_SET, RANGE_LIMIT, RANGE_AXES };
struct range_axis_info {
	const char *name, *unit;
	const char *outside;             /* told of a case that is outside there */
};
extern const struct range_axis_info range_axes[RANGE_AXES];

struct range_stratum {
	const char *name, *kind;         /* the migration kind's name */
	bool held;                       /* by max-bandwidth, not by the link */
	bool throttled;                  /* auto-converge was on, and had something to do */
	struct range_box box[RANGE_AXES];
	uint32_t runs;
	/* Relative errors, median and 90th percentile, and of the downtime the absolute one's median. */
	double total_01, total_p90_01, bytes_01, downtime_ms;
};

/* Ended by a NULL name. */
extern const struct range_stratum range_strata[];

/* A case at a bandwidth, on each axis. */
void range_place(const struct move_case *c, double rate_Bps, double place[static RANGE_AXES]);

/* The stratum around this case at this bandwidth, or NULL; then *why (if not NULL) says what is outside. */
const struct range_stratum *range_find(const struct move_kind *kind, const struct move_case *c,
                                       double rate_Bps, const char **why);

/* Why a migration that found its path slower than it is alone lies outside. */
extern const char range_shared[];

#endif

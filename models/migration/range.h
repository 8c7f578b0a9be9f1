/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does a case lie among those that validated the model, and how far was the model off there?
 *
 * A model is worth what it was held against. Each stratum is a box around the migrations measured on QEMU
 * 10 (docs/validation.md): memory, working set, dirty rate over bandwidth, bandwidth, downtime limit. A
 * case inside one carries that stratum's error; a case outside all is an extrapolation, and its result
 * says so. */
#ifndef MODELS_MIGRATION_RANGE_H
#define MODELS_MIGRATION_RANGE_H

#include <stdbool.h>

#include "models/migration/leg.h"

struct range_box { double least, most; };

struct range_stratum {
	const char *name, *kind;         /* the migration kind's name */
	bool held;                       /* by max-bandwidth, not by the link */
	struct range_box ram_mib, set_part, dirty_part, bandwidth_MiBps, limit_ms;
	uint32_t runs;
	/* Median relative errors, and of the downtime the absolute one. */
	double total_01, total_p90_01, bytes_01, downtime_ms;
};

/* Ended by a NULL name. */
extern const struct range_stratum range_strata[];

/* The stratum around this case at this bandwidth, or NULL; then *why (if not NULL) says what is outside. */
const struct range_stratum *range_find(const struct move_kind *kind, const struct move_case *c,
                                       double rate_Bps, const char **why);

#endif

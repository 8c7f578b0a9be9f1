/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migrations leg by leg as plots want them: the columns of `migrations` and `migration_legs` side by side.
 *
 * Only migrations that have legs can be shown, the first so many of them. Times are since the start of a
 * migration, in seconds, so that migrations of different hours can be laid over one another. */
#ifndef ANALYSIS_LEGS_H
#define ANALYSIS_LEGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "analysis/results.h"
#include "models/migration/leg.h"

#define LEGS_SHOWN 8                     /* migrations in one plot at most */

enum legs_column {
	LEGS_MIGRATION, LEGS_ROUND, LEGS_START, LEGS_END, LEGS_BYTES, LEGS_DIRTIED, LEGS_ACTIVITY,
	LEGS_REQUIRED,
	LEGS_THROTTLE = LEGS_REQUIRED, LEGS_COLUMNS
};

struct legs {
	uint64_t rows, migrations, vms;
	double *columns[LEGS_COLUMNS];   /* [row]; those behind LEGS_REQUIRED may be NULL */
	const char **stages;             /* [row] */
	const char **kinds, **results;   /* [migration] */
	double *vm, *starts, *totals, *downtimes, *lost; /* [migration] */
	const char **names;              /* [vm]; NULL: VMs were not recorded */
	uint32_t shown[LEGS_SHOWN], shown_count;
};

/* False when the file has no migrations with legs. Close it in any case. */
bool legs_open(struct legs *l, struct results *results, uint32_t most);
void legs_close(struct legs *l);

/* A column's value, 0 where the file (an older one) has no such column. */
double legs_value(const struct legs *l, enum legs_column column, uint64_t row);
bool legs_is(const struct legs *l, uint64_t row, uint32_t migration, enum leg_stage stage);
double legs_seconds(const struct legs *l, uint64_t row);
double legs_since_s(const struct legs *l, uint64_t row);

/* The longest of those shown. */
double legs_longest_s(const struct legs *l);

/* "pre-copy" for "precopy", and a colour for each kind: the same in all plots. */
const char *legs_kind(const char *kind);
const char *legs_colour(const char *kind);

/* "pre-copy, web-3" in quotes, for gnuplot. */
void legs_label(FILE *gnuplot, const struct legs *l, uint32_t migration);

#endif

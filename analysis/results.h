/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results files: one HDF5 file a run. The layout is documented in analysis/results.md; SCHEMA_VERSION names
 * it.
 *
 * A file is written beside its place, synced and renamed: a reader sees the old file or the whole new one,
 * never half of one. Everything outside /provenance is byte-equal between two runs of one scenario, seed
 * and overrides; behind it all is a seal over it (analysis/seal.h). analysis/h5.c is the only file that sees
 * libhdf5. */
#ifndef ANALYSIS_RESULTS_H
#define ANALYSIS_RESULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/record.h"
#include "analysis/resilience.h"
#include "analysis/summary.h"
#include "models/migration/migration.h"
#include "models/world.h"

#define RESULTS_SCHEMA_VERSION 1

struct results_input {
	const struct world *world;
	const struct record *record;
	const struct migrations *migrations;
	const struct summary *summary;
	const struct provenance *provenance;
	const char *scenario_name, *scenario_text;
	const char *const *overrides;
	uint32_t override_count;
	uint64_t seed;
	const struct carbon_hour *carbon; /* of sites with a carbon trace; may be NULL */
	uint64_t carbon_count;
	const struct machine_run *machines; /* runs on the small machine; may be NULL */
	uint32_t machine_count;
	const struct resilience *resilience; /* sections `jobs`, `remus`; may be NULL */
	const struct cloudsim_outcome *cloudsim; /* section `cloudsim`; may be NULL */
	const struct costs *costs;        /* prices; may be NULL */
	bool generated;          /* a trace was missing and generated demand stands in for it */
};

/* Ends the process with status 3 and a message when the file cannot be written. */
void results_write(const char *path, const struct results_input *in);

/* A file opened for reading. */
struct results;
/* NULL with *why set: what follows the path in a message, like "is no results file of this program, or is
 * damaged". */
struct results *results_open(const char *path, const char **why);
void results_close(struct results *r);

void results_summary(struct results *r, struct summary *s, struct provenance *p);
/* Strings that live as long as r. */
const char *results_scenario_name(struct results *r);
const char *results_scenario_text(struct results *r);
uint64_t results_seed(struct results *r);
/* How it was called with --set. */
const char *const *results_overrides(struct results *r, uint32_t *count);
/* A copy of a text that lives as long as r. */
const char *results_keep(struct results *r, const char *text);

/* A table: 1-D columns of equal length, or a series seen as time x entity. */
/* Numbers that stand for words (states, kinds) are shown as these; absent ids are -1, absent times NaN. */
enum results_type { RESULTS_INT, RESULTS_REAL, RESULTS_TEXT };
struct results_column {
	const char *name, *unit, *long_name; /* unit may be NULL */
	enum results_type type;
	const int64_t *ints;
	const double *reals;
	const char *const *texts;
};
struct results_table {
	const char *name, *summary;
	uint64_t rows;
	uint32_t column_count;
	struct results_column *columns;
};
struct results_table_info {
	const char *name, *summary;
};
/* What can be shown of this file: "sites", "hosts", "vms", "events", "migrations", "series/hosts/power_w"
 * ... Count in *n. */
const struct results_table_info *results_tables(struct results *r, uint32_t *n);
/* NULL when there is no such table, or it is damaged. Lives until the next call or close. A series has a
 * column time_s and one for each entity; hosts and guests get a column of names ("g4-17"), which the file
 * does not store. */
const struct results_table *results_table(struct results *r, const char *name);

/* A 2-D series: values[time * entities + entity]; `name` as in results_tables ("series/hosts/power_w").
 * False when absent or damaged. Lives as long as r. */
struct results_series {
	uint64_t times, entities;
	const double *time_s;        /* start of each interval */
	double interval_s;           /* its length; the last one may be shorter */
	const float *values;
	const char *unit, *long_name;
};
bool results_series(struct results *r, const char *name, struct results_series *series);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study: one scenario, axes over its keys, a design of points, replications. `vdcsim sweep study.yaml` runs
 * it.
 *
 *   scenario: precopy_rounds                 # a path or a scenario of the library
 *   set: [duration=30s]                      # holds for every run
 *   design: factorial                        # or latin_hypercube, sobol: `points` of them
 *   points: 64
 *   axes:
 *     - {key: migration.kind, values: [precopy, postcopy]}
 *     - {key: hosts.0.nic, from: 1 Gbit/s, to: 40 Gbit/s, steps: 5, scale: log}
 *     - {zip: {vms.0.ram: [1 GiB, 4 GiB], vms.0.dirty.working_set: [100 MiB, 400 MiB]}}
 *     - {file: points.csv}                   # a column a key, a row a level
 *   replications: 10
 *   common_random_numbers: true              # replication r has the same seed at every point
 *   seed: 1
 *   until: {metric: energy_j, half_width: 1 %, least: 5, most: 100}   # replicate until it is as sure as that
 *   metrics: [energy_j, slav]                # of interest to tables and plots; all are kept
 *   keep: summary                            # or results: a file a run
 *
 * A point has a level on each axis. A run is a point and a replication; it is (scenario, overrides, seed),
 * and its name is the hash of these, of the scenario's text and of the program's version: a run that is there
 * and whole need not be run again, whoever asked for it. Seeds: hash(study's seed, replication) with common
 * random numbers, else hash(hash(study's seed, point), replication). */
#ifndef SCENARIOS_STUDY_H
#define SCENARIOS_STUDY_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/diag.h"
#include "sim/memory.h"

#define STUDY_RUNS_MOST 10000000 /* runs; more is taken for a slip */

enum study_design { STUDY_FACTORIAL, STUDY_LATIN_HYPERCUBE, STUDY_SOBOL, STUDY_DESIGNS };
extern const char *const study_design_names[STUDY_DESIGNS];

/* Keys that change together. A level has a value for each; a range has none of its own until a design or its
 * steps give them. */
struct study_axis {
	const char **keys;
	uint32_t key_count, levels;
	const char **values;        /* [level * key_count + key] */
	bool range, log;
	bool crossed;               /* in a design of points: each value with each point */
	double from, to;            /* in `unit` */
	const char *unit;           /* as written behind `from`: "" for plain numbers */
	/* both ends are written as whole numbers, without a unit: all are rounded */
	bool whole;
	struct place place;
};

struct study {
	struct arena arena;
	const char *path, *text;    /* of the study's file */
	const char *scenario;
	const char **sets;          /* overrides of every run */
	uint32_t set_count;
	enum study_design design;
	struct study_axis *axes;
	uint32_t axis_count;
	uint32_t points;            /* points of the design */
	const char **values;        /* [point][key], keys of all axes in order */
	uint32_t *levels;           /* factorial: [point][axis]; else NULL */
	uint32_t key_count;
	const char **keys;          /* of all axes, in order */
	int64_t replications;       /* of each point; with `until` the least */
	bool common_random_numbers, keep_results;
	uint64_t seed;
	const char **metrics;
	uint32_t metric_count;
	bool has_until;
	const char *until_metric;
	double until_half_width;    /* relative */
	int64_t until_most;
};

void study_free(struct study *study);

/* One run: "KEY=VALUE" for each key of the axes after study.sets, and its seed. */
struct study_run {
	uint32_t point, replication;
	uint64_t seed;
	uint32_t override_count;
	const char **overrides;     /* in the arena given to study_run() */
};
struct study_run study_run(const struct study *study, uint32_t point, uint32_t replication,
                           struct arena *arena);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sweep: a study, its folder, and what is known of its runs.
 *
 *   STUDY/study.yaml     the study as it was given
 *   STUDY/origin         the folder in which relative paths of the study hold
 *   STUDY/log-HOST-N     records of runs (analysis/run_log.h), a file a worker
 *   STUDY/NAME.h5        results of a run, where the study keeps them
 *
 * The truth about a sweep is what its logs hold: what a scheduler says of its jobs is never asked. A run is
 * known by its name, the hash of (program's version, scenario with all it includes, overrides, seed): one
 * that is there and whole is not run again; the same run in two logs is one. A failed run is run again by
 * `resume`. */
#ifndef CLI_SWEEP_STATE_H
#define CLI_SWEEP_STATE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "analysis/run_log.h"
#include "scenarios/scenario.h"
#include "scenarios/study.h"

struct sweep {
	struct study *study;
	char folder[PATH_MAX];
	uint64_t base;                 /* hash of version and scenario */
	struct run_record *records;    /* one a run that was ever ended, the best of its log entries */
	uint32_t count, room;
	struct arena tails;            /* what failed runs left on stderr */
	uint32_t *slots;               /* by name: open addressing, index + 1 into records */
	uint32_t slot_mask;
	uint64_t torn_bytes, doubled;  /* in the logs */
};

/* Reads the study, checks its scenario with the overrides of its first point, and makes the folder if it is
 * not there. A folder that holds another study's text is refused. False after messages. */
bool sweep_begin(struct sweep *sweep, const char *study_path, const char *folder, struct diag *diag);
/* One that was begun: goes to its origin first. */
bool sweep_continue(struct sweep *sweep, const char *folder, struct diag *diag);
void sweep_close(struct sweep *sweep);

/* Reads all logs anew. */
void sweep_load(struct sweep *sweep);
uint64_t sweep_name(const struct sweep *sweep, const struct study_run *run);
/* Is it a run of this study as it stands, and not of an earlier scenario or program? */
bool sweep_is_ours(const struct sweep *sweep, const struct run_record *record);
/* NULL: has not ended, or only in ways that do not count. */
const struct run_record *sweep_find(const struct sweep *sweep, uint64_t name);

/* The next runs of a study that are not done, in order of point and replication; with `until`, as many as the
 * records so far ask for. */
struct sweep_todo {
	struct study_run *runs;        /* without overrides: study_run() makes them */
	uint32_t count;
	bool more;                     /* when these are done, ask again */
};
struct sweep_todo sweep_todo(const struct sweep *sweep);

/* Takes out what is done by now: a task may be run twice. */
void sweep_drop_done(const struct sweep *sweep, struct sweep_todo *todo);

#endif

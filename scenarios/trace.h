/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Traces: where they are found, who reads them, and the cache of what was read.
 *
 * A trace is named in trace_table (planetlab, ...) or is a path. Named ones are looked for under
 * $VDCSIM_TRACES, then ../shared/traces (relative to the working directory and to the program),
 * then $XDG_CACHE_HOME/vdcsim or ~/.cache/vdcsim. They are never part of the project: most have no
 * licence that would allow it.
 *
 * Reading text is slow, so the samples are kept in a binary file under the cache folder
 * (scenarios/cache.h), named by a hash of the source's path, subset and format. In it stand the
 * source's size and time of change, the reader's version and a checksum (XXH3) over the whole. A
 * file that is older than its source or reader is made anew; so is one that is damaged, with a
 * warning. It is written beside and renamed. A cache folder that cannot be written is no error.
 * What a reader warned about is not cached, so that it warns again. VDCSIM_CACHE=off turns the
 * cache off. */
#ifndef SCENARIOS_TRACE_H
#define SCENARIOS_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/demand.h"
#include "scenarios/diag.h"

struct trace_reader {
	const char *format;         /* "planetlab" */
	const char *summary;
	uint32_t version;           /* raised when the reader's result changes: old cache files are ignored */
	/* Reads a folder or archive into a set, rows in byte order of names. False after an error in diag. */
	bool (*read)(const char *path, const char *subset, struct demand_set *set, struct place place,
	             struct diag *diag);
};
extern const struct trace_reader *const trace_readers[];   /* ended by NULL */

struct trace_info {
	const char *name, *file, *format, *summary, *address;  /* file: below a traces folder */
	const char *const *subsets;                            /* known subsets, ended by NULL; or NULL */
};
extern const struct trace_info trace_table[];              /* of demand; ended by a NULL name */
/* All that have a name: of demand, of arrivals, of carbon. Each is ended by a NULL name, the list by NULL. */
extern const struct trace_info *const trace_tables[];

/* The path of a named trace or of a path that exists; false when it is nowhere (no message). */
bool trace_find(const char *name, char *path, uint32_t size);

/* The same, with an error in diag that says where it was looked for. Finds named lists of arrivals too
 * (scenarios/arrivals.h). */
bool trace_look(const char *name, char *path, uint32_t size, struct place place, struct diag *diag);

/* Opens a trace through the cache. `format` may be NULL for a named trace. The set is released by
 * set->release. On failure false, with one error in diag at `place`. */
bool trace_open(const char *name, const char *subset, const char *format, struct demand_set *set,
                struct place place, struct diag *diag);

/* The cache folder (created when `create`), or NULL when off or impossible. */
const char *trace_cache_folder(char *path, uint32_t size, bool create);

#endif

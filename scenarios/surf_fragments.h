/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SURF's jobs used: a folder with tasks.csv (id, submission_time, cpu_capacity) and fragments.csv (id,
 * duration in ms, cpu_usage in MHz), each plain, .gz or .xz.
 *
 * A row is a job. Its fragments follow each other from its submission on; behind the last one, or alone,
 * stands a sample of 0. Trace time 0 is the first submission, as in the list of the same jobs
 * (scenarios/surf.h). Samples are shares of a job's own capacity in units of 1/C, C being the largest
 * capacity in MHz: where all jobs have one capacity, as here, a sample is a whole number of MHz and nothing
 * is rounded. */
#ifndef SCENARIOS_SURF_FRAGMENTS_H
#define SCENARIOS_SURF_FRAGMENTS_H

#include "scenarios/text.h"
#include "scenarios/trace.h"

/* The text alone, for the reader and for tests: both NUL-terminated. False after a mistake; *in_fragments
 * then tells in which of the two. */
struct surf_texts {
	const char *tasks, *fragments;
	size_t tasks_size, fragments_size;
};
bool surf_fragments_parse(const struct surf_texts *texts, struct demand_set *set,
                          struct text_mistake *mistake, bool *in_fragments);

extern const struct trace_reader surf_fragments_reader;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of a sweep: a record a run, appended whole, each with its own checksum.
 *
 * A hundred thousand small files would hurt a shared file system, so the runs of one worker share one log.
 * Whoever is killed in the middle of a record leaves a torn one at the end; the next writer appends behind
 * it, and the reader finds its way from one mark to the next and leaves out what does not add up. A run may
 * be in several logs (a cluster executes at least once): equal records are one run, and the reader of the
 * study says so.
 *
 * A file is a sequence of records in the byte order of the machine: mark, payload's size, XXH3 of the
 * payload, payload. Nothing else, no header: an empty file is an empty log. */
#ifndef ANALYSIS_RUN_LOG_H
#define ANALYSIS_RUN_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/summary.h"

#define RUN_FIGURES_MOST 96
#define RUN_TAIL_MOST 2000     /* bytes of stderr that a failed run leaves */

enum run_end {
	RUN_DONE,              /* figures are there */
	RUN_FAILED,            /* ended with a status other than 0 */
	RUN_KILLED             /* ended by a signal */
};

struct run_record {
	uint64_t name;         /* scenarios/study_name.h */
	uint32_t point, replication;
	uint64_t seed;
	enum run_end end;
	int32_t status;        /* exit status or signal */
	int64_t wall_ns, cpu_ns, peak_rss_bytes;
	bool generated;        /* a trace was missing, and generated demand stood in for it */
	char digest[33];
	uint32_t figure_count; /* numbers of summary_figures, in its order, texts left out */
	double figures[RUN_FIGURES_MOST];
	const char *tail;      /* the last of stderr of a run that failed; else "" */
};

/* Puts the numbers and the digest of a summary into the record. */
void run_record_figures(struct run_record *record, const struct summary *summary);
/* How many numbers a summary has, and the row of the i-th. */
uint32_t run_figure_count(void);
const struct figure *run_figure(uint32_t i);

/* Appends with one write to a file opened with O_APPEND; false with errno. */
bool run_log_append(int fd, const struct run_record *record);

/* Calls `take` with each whole record, whose tail lives as long as the call; how many bytes were left out
 * because they did not add up. A file that is not there is an empty log; one that cannot be read ends the
 * process with status 3. */
uint64_t run_log_read(const char *path, void (*take)(void *context, const struct run_record *record),
                      void *context);

#endif

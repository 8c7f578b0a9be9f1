/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A progress bar on stderr, only when that is a terminal; redrawn at most ten times a second. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool shown;          /* stderr is a terminal that can go back to the start of a line */
	bool drawn;
	int64_t next_ns;     /* monotonic clock */
	const char *label;
};

void progress_begin(struct progress *p, const char *label);
/* `context` is the struct progress: fits run_go. */
void progress_step(void *context, double done_01);
/* Takes the bar away. */
void progress_end(struct progress *p);

#endif

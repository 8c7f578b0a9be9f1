/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bar: "planetlab_day  [#########.........]  45 %". */
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim/time.h"

#define BAR_COLUMNS 40
#define REDRAW_NS (100 * NS_PER_MS)

static int64_t clock_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

void progress_begin(struct progress *p, const char *label)
{
	const char *terminal = getenv("TERM");
	*p = (struct progress){.label = label};
	p->shown = isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
	p->next_ns = clock_ns() + REDRAW_NS; /* a run that is over at once shows no bar at all */
}

void progress_step(void *context, double done_01)
{
	struct progress *p = context;
	if (!p->shown || clock_ns() < p->next_ns)
		return;
	int filled = (int)(done_01 * BAR_COLUMNS + 0.5);
	fprintf(stderr, "\r%s  [", p->label);
	for (int i = 0; i < BAR_COLUMNS; i++)
		fputc(i < filled ? '#' : '.', stderr);
	fprintf(stderr, "] %3.0f %%", done_01 * 100);
	fflush(stderr);
	p->drawn = true;
	p->next_ns = clock_ns() + REDRAW_NS;
}

void progress_end(struct progress *p)
{
	if (p->drawn)
		fputs("\r\033[K", stderr);
	p->shown = p->drawn = false;
}

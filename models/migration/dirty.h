/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a guest dirties its memory: writers, each over a run of pages, and how many distinct pages they touch.
 *
 * A writer writes at a steady rate either to pages drawn evenly from its run, or to one after another in a
 * sweep that begins again. Of n pages, writes at rate r leave after t seconds
 *     evenly    n (1 - exp(-r t / n))     distinct pages in expectation (Poisson thinning; Clark 2005, s. 3)
 *     a sweep   min(n, r t)
 * dirty. Writers do not overlap, so a guest dirties the sum: a hot-cold set is two even writers, one with a
 * tenth of the pages and nine tenths of the writes, say.
 *
 * The rates are those of a guest that gets the CPU it wants. A guest that is slowed (throttled, starved)
 * writes less, in one of two ways (dirty_slowed): a closed loop writes in proportion to the CPU it gets; an
 * open loop, which is paced by a clock, catches up after each pause unless it has fallen behind by
 * more than backlog_ns, and then gives up what it missed. */
#ifndef MODELS_MIGRATION_DIRTY_H
#define MODELS_MIGRATION_DIRTY_H

#include <stdbool.h>
#include <stdint.h>

#define DIRTY_WRITERS 4

struct dirty_writer {
	int64_t first, pages;    /* its run of the guest's pages */
	double rate_hz;          /* page writes a second */
	bool sweep;
};

struct dirty {
	struct dirty_writer writer[DIRTY_WRITERS];
	uint32_t count;
	bool open_loop;
	int64_t backlog_ns;      /* open loop only */
	int64_t burst_ns;        /* and what it still does of a backlog that it gives up */
};

enum dirty_pattern { DIRTY_UNIFORM, DIRTY_HOT_COLD, DIRTY_SEQUENTIAL, DIRTY_PATTERNS };
extern const char *const dirty_pattern_names[DIRTY_PATTERNS]; /* "uniform", "hotcold", "seq" */

/* A working set of `pages` from `first` on, written rate_hz times a second: evenly, or with nine
 * writes of ten to its first tenth, or in a sweep. No pages or no rate: no writer. */
struct dirty dirty_pattern(enum dirty_pattern pattern, int64_t first, int64_t pages, double rate_hz);

/* Distinct pages expected after so many seconds of undisturbed writing; no negative time. */
double dirty_distinct(const struct dirty *d, double seconds);

/* The same of one writer. */
double dirty_writer_distinct(const struct dirty_writer *w, double seconds);

/* All pages that any writer ever writes: what dirty_distinct tends to. */
int64_t dirty_working_set(const struct dirty *d);

/* The part of its writes that a guest still does when it runs run_ns of every run_ns + pause_ns; 0 .. 1. */
double dirty_slowed(const struct dirty *d, int64_t run_ns, int64_t pause_ns);

#endif

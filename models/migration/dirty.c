/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distinct pages dirtied by even writers and sweeps, in closed form. */
#include "models/migration/dirty.h"

#include "sim/fault.h"
#include "sim/transcend.h"

const char *const dirty_pattern_names[DIRTY_PATTERNS] = {"uniform", "hotcold", "seq"};

static void add(struct dirty *d, int64_t first, int64_t pages, double rate_hz, bool sweep)
{
	ASSERT(d->count < DIRTY_WRITERS);
	if (pages > 0 && rate_hz > 0)
		d->writer[d->count++] = (struct dirty_writer){first, pages, rate_hz, sweep};
}

struct dirty dirty_pattern(enum dirty_pattern pattern, int64_t first, int64_t pages, double rate_hz)
{
	struct dirty d = {.count = 0};
	if (pattern == DIRTY_HOT_COLD) {
		int64_t hot = pages / 10 > 0 ? pages / 10 : 1;
		add(&d, first, hot, 0.9 * rate_hz, false);
		add(&d, first + hot, pages - hot, 0.1 * rate_hz, false);
	} else {
		add(&d, first, pages, rate_hz, pattern == DIRTY_SEQUENTIAL);
	}
	return d;
}

double dirty_writer_distinct(const struct dirty_writer *w, double seconds)
{
	double n = (double)w->pages, writes = w->rate_hz * seconds;
	if (w->sweep)
		return writes < n ? writes : n;
	return -n * expm1(-writes / n);
}

double dirty_distinct(const struct dirty *d, double seconds)
{
	ASSERT(seconds >= 0);
	double sum = 0;
	for (uint32_t k = 0; k < d->count; k++)
		sum += dirty_writer_distinct(&d->writer[k], seconds);
	return sum;
}

int64_t dirty_working_set(const struct dirty *d)
{
	int64_t pages = 0;
	for (uint32_t k = 0; k < d->count; k++)
		pages += d->writer[k].pages;
	return pages;
}

double dirty_slowed(const struct dirty *d, int64_t run_ns, int64_t pause_ns)
{
	ASSERT(run_ns >= 0 && pause_ns >= 0);
	if (pause_ns == 0)
		return 1;
	int64_t kept_ns = run_ns;
	if (d->open_loop)
		kept_ns += pause_ns <= d->backlog_ns ? pause_ns : d->burst_ns;
	return (double)kept_ns / (double)(run_ns + pause_ns);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept of a run while it goes: series over time, the table of what happened, totals.
 *
 * Recording listens to the world's hooks. Spans (piecewise constant rates of a host) are summed exactly, as
 * rate times nanoseconds in 128 bits; a closed interval becomes one value, the mean over the interval. A
 * mean is a function of the exact sum alone, so it does not matter in which pieces or batches the spans
 * came.
 *
 * Host series are floats [host][interval], so that a host replayed in one batch writes sequentially; they
 * are turned to [time][entity] when written. Site series are sums over the site's hosts and are doubles.
 * Every recorded value goes into the engine's digest.
 *
 * Cost: a span that is just an interval (the usual case: samples and intervals of 300 s on one grid) is a
 * conversion and an addition a series; spans shorter than an interval are added up in 64 bits first, so
 * that 128-bit arithmetic happens once an interval. Series that are not asked for cost nothing. */
#ifndef ANALYSIS_RECORD_H
#define ANALYSIS_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "models/world.h"
#include "sim/wide.h"

/* CPU is in GHz (1 GHz = 1e9 work units a second), so that hosts of different speeds add up; what share of a
 * host that is, tells its capacity in the table of hosts. */
enum series { SERIES_DEMANDED, SERIES_DELIVERED, SERIES_POWER, SERIES_ON, SERIES_ACTIVE, SERIES_COUNT };

/* `unit` of ON and ACTIVE: of a host, the fraction of the interval; of a site, a number of hosts. */
struct series_info {
	const char *name, *unit, *host_long_name, *site_long_name;
};
extern const struct series_info series_table[SERIES_COUNT];

struct record_options {
	bool hosts, sites, vms, events;     /* which tables */
	int64_t interval_ns;                /* > 0 */
};

/* The open interval of a host: sums of rate times ns, by enum series; ON and ACTIVE are ns. */
struct host_bucket {
	wide sum[SERIES_COUNT];
	uint32_t interval;
	bool open;
};

/* The sums of a site. Each interval's sum is whole[] * interval_ns + rest[]: spans that fill an interval
 * add to `whole`, in 64 bits (46 million hosts of 200 GHz would fit), all others to `rest`. */
struct site_sums {
	int64_t *whole[SERIES_COUNT];       /* [interval] */
	wide *rest[SERIES_COUNT];           /* [interval] */
};

struct record {
	struct world *world;
	struct record_options options;
	int64_t end_ns; /* of the run: known beforehand; the last interval may be shorter */
	uint32_t intervals;
	enum host_state *first_states;     /* [host]: when recording was opened */
	struct host_bucket *buckets;        /* [host] */
	float *host_series[SERIES_COUNT];   /* [host][interval]; NULL where not kept */
	double *site_series[SERIES_COUNT];  /* [site][interval]; filled by record_finish */
	struct site_sums *site_sums;        /* [site]; NULL where not kept */
	struct note *notes;
	uint32_t note_count, note_room;
};

/* Takes over world->hooks. The world's hosts and sites must all be there. */
void record_open(struct record *r, struct world *world, const struct record_options *options, int64_t end_ns);
/* After fluid_finish: closes what is open, and adds every recorded value to the digest. */
void record_finish(struct record *r);
void record_close(struct record *r);

/* The length of an interval: the last one ends with the run. */
int64_t record_interval_ns(const struct record *r, uint32_t interval);

#endif

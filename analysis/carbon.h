/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Emissions of sites whose carbon intensity changes from hour to hour.
 *
 *   emission = PUE * sum over hours h of E(h) * c(h)
 *
 * E(h) is what the site's hosts draw in hour h, exact (128 bits, sim/wide.h), and c(h) the intensity of that
 * hour, constant within it. Hours are those of the clock: the run may begin within one.
 *
 * It listens to the spans of hosts before recording does, and passes them on. A site without a series costs
 * nothing more than this call, a run without any site of that kind not even that. A batch of equal spans is
 * one addition a span and one multiplication an hour. */
#ifndef ANALYSIS_CARBON_H
#define ANALYSIS_CARBON_H

#include <stdbool.h>
#include <stdint.h>

#include "models/world.h"
#include "sim/wide.h"

#define CARBON_HOUR_NS INT64_C(3600000000000)

/* Intensities hour by hour; count 0: the site has one intensity (site.carbon_g_per_kwh). */
struct carbon_series {
	double *g_per_kwh;        /* owned by the holder */
	uint32_t count;
	int64_t phase_ns;         /* how far into the first hour the run begins, below an hour */
};

/* What a site drew and emitted in an hour: the rows of /carbon in results. */
struct carbon_hour {
	int64_t time_ns;          /* its start; the first one's is the run's */
	uint32_t site;
	double g_per_kwh, carbon_g; /* carbon_g: with PUE */
	wide energy;              /* of the hosts alone, half femtojoules as in struct host */
};

struct carbon {
	struct world *world;
	struct world_hooks next;      /* that listened before */
	struct carbon_series *series; /* [site], taken over; NULL: no site has one */
	wide **drawn;                 /* [site][hour]: uW ns; NULL for sites without a series */
	struct carbon_hour *hours;    /* site after site, hour by hour; made by carbon_finish */
	uint64_t hour_count;
};

/* Takes over `series` (an array of world->site_count, or NULL). Each must last to the end of the run. Sets
 * carbon_g_per_kwh of sites with one to its mean over time. After record_open, before the run. */
void carbon_open(struct carbon *c, struct world *world, struct carbon_series *series);

/* Fills `hours`, and sets carbon_g_per_kwh of these sites to the mean weighted by energy: emission over
 * energy. From that the summary works out carbon_g. After fluid_finish, before summary_of. */
void carbon_finish(struct carbon *c);
void carbon_close(struct carbon *c);

/* How many hours of the clock a run touches. */
uint32_t carbon_hours(int64_t phase_ns, int64_t duration_ns);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The power of a cluster from load averages. */
#include "models/cluster_power.h"

#include <math.h>

#include "sim/fault.h"
#include "sim/time.h"

/* The four powers were fitted on days 1 to 3 (7 to 9 October 2022) of the cluster's measured power, for the
 * least mean relative error: vdcsim validate power DIR FILE --fit. Where L and |dL| stop, the period of the
 * meters and the lag were chosen on the same days (docs/validation.md): 5 to 8 cores, 0.3 to 0.6 and 0 to
 * 60 s do as well. */
const struct cluster_power cluster_power_lisa = {
	.hosts = 277,
	.idle_w = 32.35,
	.first_w = 52.3,
	.core_w = 13.1,
	.waiting_w = 49.5,
	.cores = 7,
	.moves = 0.5,
	.reading_ns = 240 * NS_PER_S,
	.phase_ns = 30 * NS_PER_S,
	.lag_ns = 30 * NS_PER_S,
};

void cluster_use_add(const struct cluster_power *p, struct cluster_use *use, double load, double moved)
{
	ASSERT(load >= 0);
	use->first += fmin(load, 1);
	use->cores += fmin(load, p->cores);
	use->moving += fmin(fabs(moved), p->moves);
}

double cluster_power_w(const struct cluster_power *p, const struct cluster_use *use)
{
	return p->hosts * p->idle_w + p->first_w * use->first + p->core_w * use->cores -
	       p->waiting_w * use->moving;
}

int64_t cluster_reading_ns(const struct cluster_power *p, int64_t at_ns)
{
	int64_t since_ns = (at_ns - p->phase_ns) % p->reading_ns;
	return at_ns - since_ns - (since_ns < 0 ? p->reading_ns : 0);
}

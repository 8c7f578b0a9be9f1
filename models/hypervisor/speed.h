/* SPDX-License-Identifier: GPL-3.0-or-later */
/* P-states and power caps: how fast a host runs for now, and how much it may draw.
 *
 * A P-state is a speed of the cores and the curve of what the host draws at it; 0 is the fastest, and is
 * what the host type says. A cap holds the CPU that is given below the load at which the host would draw
 * more: time is taken away, as a processor under a power limit does by halting its cores in turn. Below
 * its idle power no host can be brought: then nothing is given. Curves must not fall as load rises.
 *
 * The table is there once somebody has set a speed or a cap; without it all hosts run as their types say.
 * Hosts with a discrete scheduler (discrete.h) have neither. */
#ifndef MODELS_HYPERVISOR_SPEED_H
#define MODELS_HYPERVISOR_SPEED_H

#include "models/world.h"

struct host_speed {                    /* a P-state; host_type.speeds */
	int64_t core_hz;
	curve_id curve;
};

struct pace {
	uint32_t speed;
	int64_t cpu_hz;                /* at this P-state */
	int64_t most_hz;               /* and under the cap */
	int64_t cap_uw;                /* 0: none */
	curve_id curve;
};

/* From now on. NULL, or why not. */
const char *speed_set(struct world *world, host_id host, uint32_t speed);
const char *speed_cap(struct world *world, host_id host, int64_t cap_uw);

/* What the host runs at, whatever its state. */
static inline int64_t speed_cpu_hz(const struct world *world, const struct host *host)
{
	return world->paces ? world->paces[host - world->hosts].cpu_hz : world->host_types[host->type].cpu_hz;
}

static inline int64_t speed_most_hz(const struct world *world, const struct host *host)
{
	return world->paces ? world->paces[host - world->hosts].most_hz
	                    : world->host_types[host->type].cpu_hz;
}

static inline const struct power_curve *speed_curve(const struct world *world, const struct host *host)
{
	curve_id curve = world->paces ? world->paces[host - world->hosts].curve
	                              : world->host_types[host->type].curve;
	return &world->curves[curve.i];
}

#endif

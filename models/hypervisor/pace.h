/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast a host runs for now: what speed.c sets, and sharing and power read. */
#ifndef MODELS_HYPERVISOR_PACE_H
#define MODELS_HYPERVISOR_PACE_H

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

/* What the host runs at, whatever its state. */
static inline int64_t pace_cpu_hz(const struct world *world, const struct host *host)
{
	return world->paces ? world->paces[host - world->hosts].cpu_hz : world->host_types[host->type].cpu_hz;
}

static inline int64_t pace_most_hz(const struct world *world, const struct host *host)
{
	return world->paces ? world->paces[host - world->hosts].most_hz
	                    : world->host_types[host->type].cpu_hz;
}

static inline const struct power_curve *pace_curve(const struct world *world, const struct host *host)
{
	curve_id curve = world->paces ? world->paces[host - world->hosts].curve
	                              : world->host_types[host->type].curve;
	return &world->curves[curve.i];
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The present of one host: what its guests ask for, what each gets, what the host draws. Internal to fluid.c.
 *
 * solve_present reads the guests' demand_hz and writes their given_hz and the host's demand, given and power.
 * It is arithmetic on the tables: no time passes and nothing is integrated. */
#ifndef MODELS_HYPERVISOR_SOLVE_H
#define MODELS_HYPERVISOR_SOLVE_H

#include "models/hypervisor/memory_host.h"
#include "models/hypervisor/pace.h"
#include "models/world.h"

/* Reads a guest's demand under its cursor into vm->demand_hz: whole Hz, cut to its cap. */
void solve_demand(const struct world *world, struct vm *vm);

/* Shares the host's CPU at this instant. */
void solve_present(struct world *world, struct host *host);

/* CPU that migrations from and to the host ask for. */
static inline int64_t solve_moving_hz(const struct world *world, const struct host *host)
{
	return world->moving_hz ? world->moving_hz[host - world->hosts] : 0;
}

/* Is there a service domain, a scanner of memory or a migration that wants CPU? Then samples are solved
 * one by one. */
static inline bool solve_has_service(const struct world *world, const struct host *host)
{
	return (world->overheads && world->host_types[host->type].hypervisor) ||
	       memory_host_scan_hz(world, host) || solve_moving_hz(world, host);
}

/* The CPU that a host offers: all of it, at its speed and under its cap, when on; else none. */
static inline int64_t solve_capacity_hz(const struct world *world, const struct host *host)
{
	return host->state == HOST_ON ? pace_most_hz(world, host) : 0;
}

#endif

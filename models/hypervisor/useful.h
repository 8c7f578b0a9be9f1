/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Useful work under a hypervisor: what a guest got, divided by its slow-down.
 *
 * While a guest runs on a host, slow_ppb tells how much CPU a unit of its work takes there, and asks_hz what
 * 100 % of its demand is in CPU. Both change only here; before they do, what was delivered at the old
 * slow-down is settled: useful = delivered / slow, overhead = the rest. So the sums depend on the moments of
 * change alone, not on the steps by which a host was walked. Only in worlds with world.useful. */
#ifndef MODELS_HYPERVISOR_USEFUL_H
#define MODELS_HYPERVISOR_USEFUL_H

#include "models/world.h"

/* A guest comes onto a host of this type, before its demand is solved. */
void useful_enter(struct world *world, uint32_t vm, uint32_t host_type);

/* It leaves; the host was advanced to now. */
void useful_leave(struct world *world, uint32_t vm);

/* Another slow-down from now on; the host was advanced to now. At least OVERHEAD_UNIT. */
void useful_set(struct world *world, uint32_t vm, int64_t slow_ppb);

/* Settles what was delivered up to now. */
void useful_settle(struct world *world, uint32_t vm);

/* What 100 % of a guest's demand is, in CPU. */
static inline int64_t useful_asks_hz(const struct world *world, const struct vm *vm)
{
	const struct vm_useful *u = world->useful ? &world->useful[vm - world->vms] : NULL;
	return u && u->slow_ppb ? u->asks_hz : world->vm_types[vm->type].cpu_hz;
}

#endif

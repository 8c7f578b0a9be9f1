/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Splits what guests got into useful work and overhead. */
#include "models/hypervisor/useful.h"

#define ASKS_MOST (INT64_C(1) << 50) /* demand is rounded in doubles, exact below 2^51 (models/demand.h) */

void useful_settle(struct world *world, uint32_t i)
{
	struct vm_useful *u = &world->useful[i];
	wide delivered = world->vms[i].demanded - world->vms[i].stolen, fresh = delivered - u->settled;
	if (!u->slow_ppb || fresh <= 0)
		return;
	/* Hz ns / 1000 first: the product with 1e9 then stays below 2^127 for 10^10 Hz over 18 years. */
	wide useful = fresh / 1000 * OVERHEAD_UNIT / u->slow_ppb * 1000;
	wide overhead = u->slow_ppb == OVERHEAD_UNIT ? 0 : fresh - useful;
	u->overhead += overhead;
	u->settled = delivered;
	struct vm_parent p = world->vms[i].parent;
	while (p.is_vm)
		p = world->vms[p.i].parent;
	world->hosts[p.i].overhead += overhead;
}

void useful_set(struct world *world, uint32_t i, int64_t slow_ppb)
{
	struct vm_useful *u = &world->useful[i];
	useful_settle(world, i);
	ASSERT(slow_ppb >= OVERHEAD_UNIT);
	u->slow_ppb = slow_ppb;
	int64_t cpu_hz = world->vm_types[world->vms[i].type].cpu_hz;
	wide asks_hz = wide_divide(wide_product(cpu_hz, slow_ppb), OVERHEAD_UNIT);
	u->asks_hz = asks_hz < ASKS_MOST ? (int64_t)asks_hz : ASKS_MOST;
}

void useful_enter(struct world *world, uint32_t i, uint32_t host_type)
{
	world->useful[i].settled = world->vms[i].demanded - world->vms[i].stolen;
	useful_set(world, i, world_overhead(world, host_type, world->vms[i].type)->slow_ppb);
}

void useful_leave(struct world *world, uint32_t i)
{
	useful_settle(world, i);
	world->useful[i].slow_ppb = 0;
}

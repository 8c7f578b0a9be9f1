/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What guests lose of the CPU that they are given, by cause. Internal to fluid.c and batch.c.
 *
 * A guest's vCPU that is given a core and cannot use it: its migration slows it down, a page is not there, a
 * forbidden operation is filtered. Each cause takes its part of what those before it left. What is lost stays
 * given: the host's power and its other guests do not know of it. */
#ifndef MODELS_HYPERVISOR_LOSS_H
#define MODELS_HYPERVISOR_LOSS_H

#include "models/hypervisor/filter.h"
#include "models/hypervisor/memory_host.h"

/* Parts per million, rounded down when applied, so that a guest never gets less than it should. */
struct loss {
	uint32_t migration, memory, filter;
};

/* Of a guest directly on a host; those inside it lose the same parts. */
static inline struct loss loss_of(const struct world *world, const struct host *host, uint32_t v)
{
	const struct vm *vm = &world->vms[v];
	struct loss loss = {vm->loss_ppm, 0, 0};
	if (world->memory)
		loss.memory = world->memory->vms[v].loss_ppm;
	if (world->filters)
		loss.filter = world->filters->ppm[(size_t)host->type * world->vm_type_count + vm->type];
	return loss;
}

/* Does any guest of the host lose anything? */
static inline bool loss_any(const struct world *world, const struct host *host)
{
	if (memory_loses(world, host))
		return true;
	for (uint32_t k = 0; k < host->guest_count; k++) {
		const struct vm *vm = &world->vms[host->guests[k]];
		if (vm->loss_ppm ||
		    (world->filters &&
		     world->filters->ppm[(size_t)host->type * world->vm_type_count + vm->type]))
			return true;
	}
	return false;
}

/* Takes one cause's part of *given_hz. */
static inline int64_t loss_take(int64_t *given_hz, uint32_t ppm)
{
	int64_t lost_hz = (int64_t)(wide_product(*given_hz, ppm) / 1000000);
	*given_hz -= lost_hz;
	return lost_hz;
}

#endif

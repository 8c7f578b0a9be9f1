/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What filtering forbidden operations costs, by technique, and how many there were. */
#include "models/hypervisor/filter.h"

#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/hypervisor.h"
#include "sim/memory.h"

double filter_price_ns(const struct host_type *type)
{
	if (!type->hypervisor)
		return 0;
	const struct technique_costs *c = &type->hypervisor->technique_costs;
	switch (type->hypervisor->technique) {
	case TECHNIQUE_HARDWARE:
		return c->exit_ns + c->emulate_ns;
	case TECHNIQUE_TRAP_EMULATE:
	case TECHNIQUE_BINARY_TRANSLATION:
	case TECHNIQUE_PARTIAL:
	case TECHNIQUE_PARAVIRTUAL:
		return c->trap_ns + c->emulate_ns;
	case TECHNIQUE_INTERPRETATION:
	case TECHNIQUE_CROSS_ISA:
		return operation_native_ns[OP_PRIVILEGED] + c->emulate_ns;
	default: /* no kernel of its own: a system call that fails */
		return operation_native_ns[OP_SYSCALL] + c->syscall_ns;
	}
}

void filter_open(struct world *world, const double *rates)
{
	bool any = false;
	uint32_t types = world->vm_type_count;
	for (uint32_t t = 0; t < types; t++)
		any = any || rates[t] > 0;
	if (!any)
		return;
	struct filters *f = memory_new(1, sizeof *f, "filters of forbidden operations");
	f->ppm = memory_new((size_t)world->host_type_count * types, sizeof *f->ppm, "costs of filtering");
	f->rates = memory_new(types, sizeof *f->rates, "rates of forbidden operations");
	f->lost = memory_new(world->vm_count, sizeof *f->lost, "time lost to filtering");
	memcpy(f->rates, rates, types * sizeof *rates);
	for (uint32_t h = 0; h < world->host_type_count; h++)
		for (uint32_t t = 0; t < types; t++) {
			double c = rates[t] * filter_price_ns(&world->host_types[h]) / NS_PER_S;
			f->ppm[h * types + t] = (uint32_t)(c / (1 + c) * 1e6 + 0.5);
		}
	world->filters = f;
}

void filter_close(struct world *world)
{
	struct filters *f = world->filters;
	if (!f)
		return;
	free(f->ppm);
	free(f->rates);
	free(f->lost);
	free(f);
	world->filters = NULL;
}

uint64_t filter_count(const struct world *world, uint32_t v)
{
	const struct vm *vm = &world->vms[v];
	if (!world->filters)
		return 0;
	double work_s = wide_double(vm->demanded - vm->stolen) /
	                (double)world->vm_types[vm->type].vcpu_hz / NS_PER_S;
	return (uint64_t)(world->filters->rates[vm->type] * work_s + 0.5);
}

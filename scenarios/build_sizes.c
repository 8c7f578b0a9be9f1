/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Types of guests from the capacities that a trace tells of its rows. */
#include "scenarios/build_sizes.h"

#include <stdlib.h>

#include "sim/memory.h"

/* As much of `cpu_hz` as `part_hz` is of `whole_hz`. */
static int64_t share_of(int64_t cpu_hz, int64_t part_hz, int64_t whole_hz)
{
	return (int64_t)((double)cpu_hz * ((double)part_hz / (double)whole_hz));
}

/* The type of a size: made from the group's (`base`) when it is the first of that size. Types of one group
 * stand together at the end of the table, from `from` on. */
static uint32_t type_of_size(struct world *w, uint32_t base, uint32_t from, int64_t cpu_hz, int64_t ram_bytes)
{
	int64_t speed_hz = w->vm_types[base].vcpu_hz;
	int64_t vcpus = (cpu_hz + speed_hz - 1) / speed_hz;
	int64_t vcpu_hz = cpu_hz / vcpus;
	for (uint32_t i = from; i < w->vm_type_count; i++)
		if (w->vm_types[i].vcpus == vcpus && w->vm_types[i].vcpu_hz == vcpu_hz &&
		    w->vm_types[i].ram_bytes == ram_bytes)
			return i;
	const char *name = arena_printf(&w->arena, "%s.%lldMHz.%lldMiB", w->vm_types[base].name,
	                                (long long)(cpu_hz / 1000000), (long long)(ram_bytes >> 20));
	uint32_t type = world_vm_type_add(w, name);
	struct vm_type *t = &w->vm_types[type];
	const struct vm_type *group = &w->vm_types[base];
	name = t->name;
	*t = *group;
	t->name = name;
	t->vcpus = (uint32_t)vcpus;
	t->vcpu_hz = vcpu_hz;
	t->cpu_hz = vcpus * vcpu_hz;
	t->cap_hz = share_of(t->cpu_hz, group->cap_hz, group->cpu_hz);
	t->reservation_hz = share_of(t->cpu_hz, group->reservation_hz, group->cpu_hz);
	t->ram_bytes = ram_bytes;
	return type;
}

bool build_sizes(struct world *w, const struct scenario_vm *g, uint32_t first, uint32_t n, struct diag *diag)
{
	if (n == 0)
		return true;
	uint32_t base = w->vms[first].type, from = w->vm_type_count;
	const struct demand_set *set = w->plans[w->vm_types[base].plan.i].set;
	if (!set->row_cpu_hz) {
		diag_error(diag, g->place,
		           "the trace of '%s' does not tell how large its machines are; leave 'sizes' out",
		           g->name);
		return false;
	}
	for (uint32_t k = 0; k < n; k++) {
		struct vm *vm = &w->vms[first + k];
		double cpu_hz = set->row_cpu_hz[vm->row];
		double ram_bytes = set->row_memory_bytes ? set->row_memory_bytes[vm->row] : 0;
		if (cpu_hz < 1)
			cpu_hz = (double)w->vm_types[base].cpu_hz;
		if (ram_bytes < 1)
			ram_bytes = (double)w->vm_types[base].ram_bytes;
		vm->type = type_of_size(w, base, from, (int64_t)(cpu_hz + 0.5), (int64_t)(ram_bytes + 0.5));
	}
	/* Numbers count within a type, so that names stay unique. */
	uint32_t *used = memory_new(w->vm_type_count, sizeof *used, "sizes of guests");
	for (uint32_t k = 0; k < n; k++)
		w->vms[first + k].number = used[w->vms[first + k].type]++;
	free(used);
	return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of memory pressure as means and times. */
#include "analysis/pressure.h"

#include <string.h>

#include "models/hypervisor/filter.h"

static double mean(wide sum, wide time)
{
	return time ? wide_double(sum) / wide_double(time) : 0;
}

static void memory_of(struct pressure_vm *row, const struct memory_vm *m, int64_t vcpu_hz)
{
	row->memory_lost = m->lost;
	row->memory_lost_s = wide_double(m->lost) / (double)vcpu_hz / 1e9;
	row->ballooned_bytes = mean(m->ballooned, m->time);
	row->swapped_bytes = mean(m->swapped, m->time);
	row->most_ballooned_bytes = m->most_balloon_bytes;
	row->most_swapped_bytes = m->most_swapped_bytes;
}

struct pressure_vm *pressure_vms(const struct world *world)
{
	if (!world->memory && !world->filters)
		return NULL;
	struct pressure_vm *rows = memory_new(world->vm_count, sizeof *rows, "memory of guests");
	for (uint32_t i = 0; i < world->vm_count; i++) {
		const struct vm *vm = &world->vms[i];
		rows[i].type = vm->type;
		rows[i].number = vm->number;
		rows[i].forbidden = (int64_t)filter_count(world, i);
		rows[i].filter_lost = world->filters ? world->filters->lost[i] : 0;
		if (world->memory)
			memory_of(&rows[i], &world->memory->vms[i], world->vm_types[vm->type].vcpu_hz);
	}
	return rows;
}

struct pressure_host *pressure_hosts(const struct world *world)
{
	if (!world->memory)
		return NULL;
	struct pressure_host *rows = memory_new(world->host_count, sizeof *rows, "memory of hosts");
	for (uint32_t i = 0; i < world->host_count; i++) {
		const struct memory_of_host *m = &world->memory->hosts[i];
		rows[i] = (struct pressure_host){
			.type = world->hosts[i].type, .number = world->hosts[i].number,
			.resident_bytes = mean(m->resident, m->since_ns), .shared_bytes = mean(m->shared,
			                                                                       m->since_ns),
			.ballooned_bytes = mean(m->ballooned, m->since_ns),
			.swapped_bytes = mean(m->swapped, m->since_ns),
		};
		memcpy(rows[i].state_ns, m->state_ns, sizeof m->state_ns);
	}
	return rows;
}

struct pressure_io *pressure_ios(const struct world *world, uint32_t *count)
{
	*count = 0;
	if (!world->overheads)
		return NULL;
	struct pressure_io *rows =
		memory_new((size_t)world->host_type_count * world->vm_type_count, sizeof *rows,
		           "ways of I/O");
	for (uint32_t h = 0; h < world->host_type_count; h++)
		for (uint32_t t = 0; t < world->vm_type_count; t++) {
			const struct overhead *o = world_overhead(world, h, t);
			if (!o->io || o->refused)
				continue;
			rows[(*count)++] = (struct pressure_io){
				h, t, o->io, o->io_guest_ns, o->io_service_ns, o->io_latency_ns,
					o->io_guest_most,
				o->io_service_most,
			};
		}
	return rows;
}

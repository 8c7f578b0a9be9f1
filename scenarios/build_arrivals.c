/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds guests from a list of arrivals. */
#include "scenarios/build_arrivals.h"

#include <stdlib.h>

#define MILLI 1000

bool build_arrivals_open(const struct scenario *s, const struct scenario_vm *g, struct arrivals *out,
                         struct diag *diag)
{
	const struct scenario_arrivals *from = &g->arrivals;
	const struct arrivals_request request = {
		.name = from->trace,
		.subset = from->subset,
		.format = from->format,
		.lifetimes = from->lifetimes,
		.seed = s->seed,
	};
	if (!arrivals_open(&request, out, from->place, diag))
		return false;
	int64_t offset_ns = from->has_offset ? from->offset_ns : out->start_ns[0];
	uint32_t kept = 0;
	for (uint32_t i = 0; i < out->count; i++) {
		int64_t start_ns = out->start_ns[i] - offset_ns;
		if (start_ns < 0 || start_ns > s->duration_ns)
			continue;
		out->start_ns[kept] = start_ns;
		out->life_ns[kept] = out->life_ns[i];
		out->tenant[kept] = out->tenant[i];
		out->flavour[kept++] = out->flavour[i];
	}
	out->count = kept;
	if (!kept)
		diag_warning(diag, from->place, "no VM of the list arrives during the run");
	return true;
}

struct scenario_vm build_arrivals_sized(const struct scenario_vm *g, const struct arrivals_flavour *size)
{
	struct scenario_vm sized = *g;
	int64_t full_hz = size->vcpu_hz ? size->vcpu_hz : g->vcpu_hz;
	sized.vcpus = (size->cpu_milli + MILLI - 1) / MILLI;
	sized.vcpu_hz = full_hz * size->cpu_milli / (sized.vcpus * MILLI);
	sized.ram_bytes = size->ram_bytes;
	return sized;
}

void build_arrivals_guests(struct world *w, const struct arrivals *a, uint32_t first, uint32_t type)
{
	uint32_t *numbers = memory_new(a->flavour_count, sizeof *numbers, "numbers of guests");
	for (uint32_t i = 0; i < a->count; i++) {
		struct vm *vm = &w->vms[first + i];
		vm->type = type + a->flavour[i];
		vm->number = numbers[a->flavour[i]]++;
		vm->start_ns = a->start_ns[i];
		vm->life_ns = a->life_ns[i];
	}
	free(numbers);
}

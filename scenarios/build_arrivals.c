/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds guests from a list of arrivals. */
#include "scenarios/build_arrivals.h"

#include <stdlib.h>
#include <string.h>

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
		arrivals_move(out, kept, i);
		out->start_ns[kept++] = start_ns;
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

static int by_text(const void *name, const void *row)
{
	return strcmp(name, *(const char *const *)row);
}

/* Where list and demand are of one trace, each guest has the row of its own name. */
static bool rows_find(struct world *w, const struct scenario_vm *g, const struct arrivals *a, uint32_t first,
                      struct diag *diag)
{
	const struct scenario_demand *d = &g->demand;
	if (!a->name || !a->count || d->source != SOURCE_TRACE || strcmp(d->trace, g->arrivals.trace) != 0)
		return true;
	const struct demand_set *set = w->plans[w->vm_types[w->vms[first].type].plan.i].set;
	for (uint32_t i = 0; set->row_names && i < a->count; i++) {
		const char *const *row =
			bsearch(a->name[i], set->row_names, set->rows, sizeof *set->row_names, by_text);
		if (!row) {
			diag_error(diag, d->place, "the trace '%s' tells no demand of its '%s'", d->trace,
			           a->name[i]);
			return false;
		}
		w->vms[first + i].row = (uint32_t)(row - set->row_names);
	}
	return true;
}

/* Who asked for each of them: a column beside the guests, which other groups leave empty. */
static void tenants_keep(struct world *w, const struct arrivals *a, uint32_t first)
{
	w->vm_tenant = memory_resize(w->vm_tenant, w->vm_tenant_count, w->vm_count, sizeof *w->vm_tenant,
	                             "tenants of guests");
	for (uint32_t v = w->vm_tenant_count; v < w->vm_count; v++)
		w->vm_tenant[v] = v < first ? ID_NONE : a->tenant[v - first];
	w->vm_tenant_count = w->vm_count;
}

bool build_arrivals_guests(struct world *w, const struct scenario_vm *g, const struct arrivals *a,
                           uint32_t first, struct diag *diag)
{
	uint32_t type = w->vm_count > first ? w->vms[first].type : 0;
	uint32_t *numbers = memory_new(a->flavour_count, sizeof *numbers, "numbers of guests");
	for (uint32_t i = 0; i < a->count; i++) {
		struct vm *vm = &w->vms[first + i];
		vm->type = type + a->flavour[i];
		vm->number = numbers[a->flavour[i]]++;
		vm->start_ns = a->start_ns[i];
		vm->life_ns = a->life_ns[i];
	}
	free(numbers);
	tenants_keep(w, a, first);
	return rows_find(w, g, a, first, diag);
}

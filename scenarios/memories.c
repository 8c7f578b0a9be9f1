/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory of hosts and VMs as a scenario tells it. */
#include "scenarios/memories.h"

#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/filter.h"
#include "models/hypervisor/hypervisor.h"
#include "models/hypervisor/fluid.h"
#include "models/hypervisor/memory_host.h"

static void check_host(const struct check *c, uint32_t i)
{
	static const char *const scanning[] = {"memory.scan_rate", "memory.scan_cost"};
	static const char *const ballooning[] = {"memory.balloon_limit", "memory.balloon_rate"};
	const struct scenario_host *h = &c->s->hosts[i];
	if (!h->has_memory)
		return;
	if (h->scheduler.kind)
		diag_error(c->diag, check_place(c, "hosts", i, "memory"),
		           "'memory' of '%s' needs scheduler: fluid; others do not wait for pages",
		           h->name);
	for (int k = 0; k < 2; k++) {
		if (!h->memory.sharing && check_given(c, "hosts", i, scanning[k]))
			diag_error(c->diag, check_place(c, "hosts", i, scanning[k]),
			           "'%s' has no effect without sharing: true", scanning[k] + 7);
		if (!h->memory.balloon && check_given(c, "hosts", i, ballooning[k]))
			diag_error(c->diag, check_place(c, "hosts", i, ballooning[k]),
			           "'%s' has no effect with balloon: false", ballooning[k] + 7);
	}
}

static void check_vm(const struct check *c, uint32_t i)
{
	const struct scenario_vm *v = &c->s->vms[i];
	const struct memory_type *m = &v->memory;
	bool active_given = check_given(c, "vms", i, "memory.active") != NULL;
	if (active_given && m->trace != MEMORY_TRACE_USED && m->active_01 > m->used_01)
		diag_error(c->diag, check_place(c, "vms", i, "memory.active"),
		           "active (%g %%) is more than is used (%g %%)", 100 * m->active_01,
		           100 * m->used_01);
	if (m->reservation_01 > m->limit_01)
		diag_error(c->diag, check_place(c, "vms", i, "memory.reservation"),
		           "reservation (%g %%) is above the limit (%g %%)", 100 * m->reservation_01,
		           100 * m->limit_01);
	if (m->trace != MEMORY_TRACE_NONE && v->demand.source != SOURCE_TRACE)
		diag_error(c->diag, check_place(c, "vms", i, "memory.trace"),
		           "'trace: %s' needs demand.trace, whose memory column it is",
		           memory_trace_names[m->trace]);
}

static void check_used(const struct check *c, uint32_t i, bool memory, bool fluid)
{
	const struct scenario_vm *v = &c->s->vms[i];
	if (!memory && check_given(c, "vms", i, "memory"))
		diag_warning(c->diag, check_place(c, "vms", i, "memory"),
		             "'memory' of '%s' has no effect: no host has 'memory'", v->name);
	if (v->misbehaviour > 0 && !fluid)
		diag_error(c->diag, check_place(c, "vms", i, "misbehaviour"),
		           "'misbehaviour' needs scheduler: fluid on every host");
}

/* A way of I/O that no host has. */
static void check_io(const struct check *c, uint32_t i)
{
	const struct scenario_vm *v = &c->s->vms[i];
	const char *why = NULL, *who = NULL;
	for (uint32_t h = 0; v->has_io && h < c->s->host_group_count; h++) {
		const struct hypervisor *preset =
			c->s->hosts[h].has_hypervisor ? hypervisor_find(c->s->hosts[h].hypervisor) : NULL;
		const char *refused = preset ? io_path_refusal(preset, v->io) : NULL;
		if (!refused)
			return;
		why = refused;
		who = preset->name;
	}
	if (why)
		diag_error(c->diag, check_place(c, "vms", i, "io"), "io: %s is possible on no host; %s: %s",
		           io_path_names[v->io], who, why);
}

void memories_check(const struct check *c)
{
	bool memory = false, fluid = true;
	for (uint32_t i = 0; i < c->s->host_group_count; i++) {
		memory |= c->s->hosts[i].has_memory;
		fluid = fluid && !c->s->hosts[i].scheduler.kind;
		check_host(c, i);
	}
	for (uint32_t i = 0; i < c->s->vm_group_count; i++) {
		check_vm(c, i);
		check_io(c, i);
		check_used(c, i, memory, fluid);
	}
}

/* Whose pages are equal: the first group whose content has this name. */
static const char *content_name(const struct scenario_vm *v)
{
	return v->content ? v->content : v->image ? v->image : v->name;
}

static uint32_t content_of(const struct scenario *s, uint32_t group)
{
	uint32_t i = 0;
	while (strcmp(content_name(&s->vms[i]), content_name(&s->vms[group])) != 0)
		i++;
	return i;
}

static bool has_column(const struct world *world, const struct vm_type *t)
{
	return t->plan.i != ID_NONE && world->plans[t->plan.i].set->columns[DEMAND_MEMORY].at;
}

bool memories_build(struct world *world, const struct scenario *s, struct diag *diag)
{
	bool well = true;
	for (uint32_t i = 0; i < s->host_group_count; i++) {
		if (!s->hosts[i].has_memory)
			continue;
		struct memory_rules *rules = arena_new(&world->arena, 1, sizeof *rules);
		*rules = s->hosts[i].memory;
		rules->balloon_rate = s->hosts[i].balloon_bps / 8;
		rules->swap_rate = s->hosts[i].swap_bps / 8;
		world->host_types[i].memory = rules;
	}
	struct memory_type *types = memory_new(world->vm_type_count, sizeof *types,
	                                       "memory of kinds of guests");
	double *rates = memory_new(world->vm_type_count, sizeof *rates, "rates of forbidden operations");
	for (uint32_t t = 0; t < world->vm_type_count; t++) {
		uint32_t group = world->vm_types[t].group;
		types[t] = s->vms[group].memory;
		types[t].content = content_of(s, group);
		rates[t] = s->vms[group].misbehaviour;
		if (types[t].trace == MEMORY_TRACE_NONE || has_column(world, &world->vm_types[t]))
			continue;
		diag_error(diag, s->vms[group].place,
		           "memory.trace of '%s': its demand trace has no memory column",
		           s->vms[group].name);
		well = false;
	}
	memory_open(world, types, fluid_touch);
	filter_open(world, rates);
	free(types);
	free(rates);
	return well;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds a world from a scenario: the physical part first, then guests and their demand. */
#include "scenarios/build.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/hypervisor/pace.h"
#include "scenarios/build_arrivals.h"
#include "scenarios/build_life.h"
#include "scenarios/build_sizes.h"
#include "scenarios/draw.h"
#include "scenarios/generate.h"
#include "scenarios/hypervisors.h"
#include "scenarios/memories.h"
#include "scenarios/schedulers.h"
#include "scenarios/trace.h"
#include "sim/memory.h"

#define GUEST_BYTES 640.0                 /* a guest's part of all tables while they grow */
#define GUESTS_MOST UINT64_C(100000000)   /* what 64 GiB of tables hold; a larger number is a mistyped one */
#define GIB 1073741824.0

static site_id site_named(const struct scenario *s, const char *name)
{
	for (uint32_t i = 0; name && i < s->site_count; i++)
		if (strcmp(s->sites[i].name, name) == 0)
			return (site_id){i};
	return (site_id){0};
}

static void build_sites(struct world *w, const struct scenario *s)
{
	for (uint32_t i = 0; i < s->site_count; i++) {
		world_site_add(w, s->sites[i].name);
		w->sites[i].pue = s->sites[i].pue;
		w->sites[i].carbon_g_per_kwh = s->sites[i].carbon_g_per_kwh;
	}
	if (s->site_count < 2)
		return;
	node_id wan = network_node_add(&w->network, NODE_WAN, 0);
	for (uint32_t i = 0; i < s->site_count; i++) {
		const struct scenario_site *g = &s->sites[i];
		network_cable_add(&w->network, w->sites[i].core, wan,
		                  g->has_wan_link ? g->wan_bps : s->network.wan_bps,
		                  g->has_wan_latency ? g->wan_latency_ns : s->network.wan_latency_ns);
	}
}

static int64_t microwatts(double watts)
{
	return (int64_t)(watts * 1e6 + 0.5);
}

static struct host_phase phase(const struct scenario_phase *p)
{
	return (struct host_phase){p->time_ns, microwatts(p->power_w)};
}

/* P-states: the host's own speed, and the slower ones. */
static void build_speeds(struct world *w, struct host_type *t, const struct scenario_host *g)
{
	if (!g->speed_count)
		return;
	struct host_speed *speeds = arena_new(&w->arena, g->speed_count + 1, sizeof *speeds);
	speeds[0] = (struct host_speed){t->core_hz, t->curve};
	for (uint32_t k = 0; k < g->speed_count; k++) {
		const struct power_curve curve = {
			.name = t->name, .form = POWER_LINEAR,
			.idle_w = g->speeds[k].idle_w, .max_w = g->speeds[k].max_w,
		};
		speeds[k + 1] = (struct host_speed){g->speeds[k].core_hz, {world_curve_add(w, &curve)}};
	}
	t->speeds = speeds;
	t->speed_count = g->speed_count + 1;
}

static void build_host_type(struct world *w, const struct scenario_host *g)
{
	struct power_curve curve = {
		.name = arena_string(&w->arena, g->name), .form = g->power_form, .idle_w = g->power_idle_w,
		.max_w = g->power_max_w,
	};
	memcpy(curve.table_w, g->power_table_w, sizeof curve.table_w);
	curve_id id = {world_curve_add(w, &curve)};
	uint32_t type = world_host_type_add(w, g->name);
	struct host_type *t = &w->host_types[type];
	t->catalog = g->type ? arena_string(&w->arena, g->type) : NULL;
	t->cores = (uint32_t)g->cores;
	t->core_hz = g->core_hz;
	t->cpu_hz = g->cores * g->core_hz;
	t->ram_bytes = g->ram_bytes;
	t->disk_bytes = g->disk_bytes;
	t->nic_bps = g->nic_bps;
	t->curve = id;
	build_speeds(w, t, g);
	t->phase[HOST_OFF] = phase(&g->off);
	t->phase[HOST_BOOTING] = phase(&g->boot);
	t->phase[HOST_SUSPENDING] = phase(&g->suspend);
	t->phase[HOST_SUSPENDED] = phase(&g->suspended);
	t->phase[HOST_RESUMING] = phase(&g->resume);
	t->phase[HOST_SHUTTING_DOWN] = phase(&g->shutdown);
	t->phase[HOST_FAILED] = phase(&g->off);
}

struct racks {
	rack_id current;
	int64_t left;       /* places left in it */
	uint32_t site;
	int64_t made;
};

/* The rack of the next host of a group: the current one, or a new one when it is full or stands elsewhere. */
static rack_id rack_for(struct world *w, const struct scenario *s, const struct scenario_host *g,
                        struct racks *r)
{
	site_id site = site_named(s, g->site);
	if (r->made && r->left > 0 && r->site == site.i)
		return r->current;
	char *name = arena_printf(&w->arena, "%s-rack-%lld", s->sites[site.i].name, (long long)r->made);
	r->current = (rack_id){world_rack_add(w, name, site)};
	r->site = site.i;
	r->left = g->has_per_rack ? g->per_rack : INT64_MAX;
	r->made++;
	network_cable_add(&w->network, w->racks[r->current.i].tor, w->sites[site.i].core, s->network.rack_bps,
	                  s->network.rack_latency_ns);
	return r->current;
}

static void build_host(struct world *w, const struct scenario *s, uint32_t group, uint32_t number,
                       struct racks *racks)
{
	const struct scenario_host *g = &s->hosts[group];
	rack_id rack = rack_for(w, s, g, racks);
	racks->left--;
	uint32_t h = world_host_add(w, group, rack);
	struct host *host = &w->hosts[h];
	host->number = number;
	host->state = g->on ? HOST_ON : HOST_OFF;
	network_cable_add(&w->network, host->node, w->racks[rack.i].tor, g->nic_bps,
	                  s->network.nic_latency_ns);
}

/* Hosts group after group, or one of each group in turn as
 * long as each lasts (CloudSim's host i has type i mod 2). */
static void build_hosts(struct world *w, const struct scenario *s)
{
	struct racks racks = {0};
	int64_t most = 0;
	for (uint32_t g = 0; g < s->host_group_count; g++) {
		build_host_type(w, &s->hosts[g]);
		most = s->hosts[g].count > most ? s->hosts[g].count : most;
	}
	if (s->host_order == ORDER_GROUPED) {
		for (uint32_t g = 0; g < s->host_group_count; g++) {
			racks.left = 0; /* a group begins a rack of its own */
			for (int64_t k = 0; k < s->hosts[g].count; k++)
				build_host(w, s, g, (uint32_t)k, &racks);
		}
		return;
	}
	for (int64_t k = 0; k < most; k++)
		for (uint32_t g = 0; g < s->host_group_count; g++)
			if (k < s->hosts[g].count)
				build_host(w, s, g, (uint32_t)k, &racks);
}

static void build_pools(struct world *w, const struct scenario *s)
{
	for (uint32_t i = 0; i < s->pool_count; i++) {
		const struct scenario_pool *p = &s->pools[i];
		site_id site = site_named(s, p->site);
		ARRAY_GROW(w->pools, w->pool_count, w->pool_room, "storage pool table");
		node_id node = network_node_add(&w->network, NODE_POOL, w->pool_count);
		int64_t rate_bps = p->read_bps > p->write_bps ? p->read_bps : p->write_bps;
		network_cable_add(&w->network, node, w->sites[site.i].core, rate_bps,
		                  s->network.rack_latency_ns);
		w->pools[w->pool_count++] = (struct pool){
			.name = arena_string(&w->arena, p->name), .site = site, .node = node,
			.capacity_bytes = p->capacity_bytes,
			.read_bps = p->read_bps, .write_bps = p->write_bps,
		};
	}
}

static const char *text_or_empty(struct world *w, const char *text)
{
	return arena_string(&w->arena, text ? text : "");
}

static void build_images(struct world *w, const struct scenario *s)
{
	for (uint32_t i = 0; i < s->image_count; i++) {
		ARRAY_GROW(w->images, w->image_count, w->image_room, "image table");
		w->images[w->image_count++] = (struct image){
			.name = text_or_empty(w, s->images[i].name), .os = text_or_empty(w, s->images[i].os),
			.isa = text_or_empty(w, s->images[i].isa),
			.format = text_or_empty(w, s->images[i].format),
			.size_bytes = s->images[i].size_bytes,
		};
	}
}

/* The index of a name in a table of names, added when it is new; ID_NONE for no name. */
static uint32_t intern(struct world *w, const char ***names, uint32_t *count, uint32_t *room,
                       const char *name)
{
	if (!name)
		return ID_NONE;
	for (uint32_t i = 0; i < *count; i++)
		if (strcmp((*names)[i], name) == 0)
			return i;
	ARRAY_GROW(*names, *count, *room, "table of names");
	(*names)[*count] = arena_string(&w->arena, name);
	return (*count)++;
}

static image_id image_named(const struct scenario *s, const char *name)
{
	for (uint32_t i = 0; name && i < s->image_count; i++)
		if (strcmp(s->images[i].name, name) == 0)
			return (image_id){i};
	return (image_id){ID_NONE};
}

static struct demand_set *set_add(struct build *b)
{
	ARRAY_GROW(b->sets, b->set_count, b->set_room, "demand sets");
	struct demand_set *set = memory_new(1, sizeof *set, "demand set");
	b->sets[b->set_count++] = set;
	return set;
}

/* The name under which a trace is shared between groups. */
static char *trace_key(struct arena *arena, const struct scenario_demand *d)
{
	return arena_printf(arena, "%s%s%s", d->trace, d->subset ? "/" : "", d->subset ? d->subset : "");
}

/* The set of a group's demand: a trace (opened once, however many groups read it) or a generated one of
 * `rows` rows. NULL after an error. */
static struct demand_set *set_for(struct build *b, const struct scenario *s, const struct scenario_vm *g,
                                  struct diag *diag)
{
	const struct scenario_demand *d = &g->demand;
	if (d->source == SOURCE_TRACE) {
		char *key = trace_key(&b->world->arena, d);
		for (uint32_t i = 0; i < b->set_count; i++)
			if (b->sets[i]->name && strcmp(b->sets[i]->name, key) == 0)
				return b->sets[i];
		char path[4096];
		if (d->if_missing == MISSING_ERROR || trace_find(d->trace, path, sizeof path)) {
			struct demand_set *set = set_add(b);
			if (!trace_open(d->trace, d->subset, d->format, set, d->place, diag))
				return NULL;
			set->name = key;
			return set;
		}
		b->generated = true;
	}
	enum scenario_source source = d->source == SOURCE_TRACE ? d->generator : d->source;
	uint32_t rows = source == SOURCE_CONSTANT ? 1 : (uint32_t)g->count;
	struct demand_set *set = set_add(b);
	generate_set(set, d, source, arena_string(&b->world->arena, g->name), rows, s->duration_ns, s->seed);
	return set;
}

/* The rows [*first, *first + *rows) that are the group's part of its
 * set: the set in `parts` parts of equal size, the last shorter. */
static void part_of(const struct scenario_demand *d, const struct demand_set *set, uint32_t *first,
                    uint32_t *rows)
{
	int64_t total = set->rows, each = (total + d->parts - 1) / d->parts;
	int64_t from = (d->part - 1) * each, to = from + each;
	from = from < total ? from : total;
	to = to < total ? to : total;
	*first = (uint32_t)from;
	*rows = (uint32_t)(to - from);
}

struct group {
	uint32_t type, first, count, first_row, rows;
	struct arrivals arrivals;       /* of a trace; or none */
};

/* Demand and number of one group's guests. False after an error. */
static bool build_demand(struct build *b, const struct scenario *s, uint32_t index, struct group *out,
                         struct diag *diag)
{
	const struct scenario_vm *g = &s->vms[index];
	const struct scenario_demand *d = &g->demand;
	struct vm_type *type = &b->world->vm_types[out->type];
	out->count = (uint32_t)g->count;
	out->rows = 1;
	if (d->source == SOURCE_NONE)
		return true;
	struct demand_set *set = set_for(b, s, g, diag);
	if (!set)
		return false;
	bool from_trace = d->source == SOURCE_TRACE && set->row_names;
	out->first_row = 0;
	out->rows = set->rows;
	if (from_trace)
		part_of(d, set, &out->first_row, &out->rows);
	if (from_trace && !g->has_count)
		out->count = out->rows;
	if (out->rows == 0 && out->count) {
		diag_error(diag, d->place, "part %lld/%lld of the trace has no rows; it has %u in all",
		           (long long)d->part, (long long)d->parts, set->rows);
		return false;
	}
	struct demand_plan plan = {
		.set = set, .scale = d->scale, .shift_ns = -d->offset_ns, .hold = d->hold,
		.interval_ns = d->read_interval_ns, .offset_ns = d->read_offset_ns, .end = d->end,
	};
	type->plan = (plan_id){world_plan_add(b->world, &plan)};
	return true;
}

static void build_vm_type(struct world *w, const struct scenario *s, const struct scenario_vm *g,
                          uint32_t type)
{
	struct vm_type *t = &w->vm_types[type];
	t->vcpus = (uint32_t)g->vcpus;
	t->vcpu_hz = g->vcpu_hz;
	t->cpu_hz = g->vcpus * g->vcpu_hz;
	t->cap_hz = (int64_t)((double)t->cpu_hz * g->cap_01);
	t->reservation_hz = (int64_t)((double)t->cpu_hz * g->reservation_01);
	t->weight = (uint32_t)g->weight;
	t->priority = (uint32_t)g->priority;
	t->cpu_priority = (uint32_t)g->cpu_priority;
	t->ram_bytes = g->ram_bytes;
	t->disk_bytes = g->disk_bytes;
	t->image = image_named(s, g->image);
	t->tenant.i = intern(w, &w->tenants, &w->tenant_count, &w->tenant_room, g->tenant);
	t->service.i = intern(w, &w->services, &w->service_count, &w->service_room, g->service);
	t->dies_idle = g->dies_idle;
	build_vm_life(w, s, g, t);
}

/* The group that holds this group's guests, one in one; NULL when hosts do. */
static const struct group *holder_of(const struct scenario *s, const struct group *groups, uint32_t index)
{
	for (uint32_t k = 0; s->vms[index].inside && k < index; k++)
		if (strcmp(s->vms[k].name, s->vms[index].inside) == 0)
			return &groups[k];
	return NULL;
}

/* An instant after a time, at most the end of time. */
static int64_t later(int64_t at_ns, int64_t span_ns)
{
	return span_ns < TIME_MAX_NS - at_ns ? at_ns + span_ns : TIME_MAX_NS;
}

static int64_t positive(int64_t ns)
{
	return ns > 0 ? ns : 1;
}

static void build_guests(struct world *w, const struct scenario *s, struct group *groups, uint32_t index)
{
	const struct scenario_vm *g = &s->vms[index];
	struct group *group = &groups[index];
	group->first = world_vms_add(w, group->type, group->count);
	const struct group *holder = holder_of(s, groups, index);
	const char *arrival = arena_printf(&w->arena, "vm_arrival/%s", g->name);
	const char *life = arena_printf(&w->arena, "vm_life/%s", g->name);
	int64_t start_ns = g->start_ns;
	for (uint32_t k = 0; k < group->count; k++) {
		struct vm *vm = &w->vms[group->first + k];
		vm->state = g->undefined ? VM_UNDEFINED : VM_DEFINED;
		vm->row = group->first_row + k % group->rows;
		if (g->has_interarrival)
			start_ns = later(start_ns, draw_ns(&g->interarrival, arrival, s->seed, k));
		vm->start_ns = start_ns;
		start_ns = later(start_ns, g->spacing_ns);
		if (g->has_life)
			vm->life_ns = positive(draw_ns(&g->life, life, s->seed, k));
		vm->inside = holder ? holder->first + k % holder->count : ID_NONE;
	}
}

/* The type of a group, its demand and number; with arrivals a type for each of their sizes. */
static bool build_group(struct build *b, const struct scenario *s, uint32_t index, struct group *out,
                        struct diag *diag)
{
	struct world *w = b->world;
	const struct scenario_vm *g = &s->vms[index];
	if (g->has_arrivals && !build_arrivals_open(s, g, &out->arrivals, diag))
		return false;
	uint32_t types = g->has_arrivals ? out->arrivals.flavour_count : 1;
	for (uint32_t k = 0; k < types; k++) {
		const struct arrivals_flavour *size = g->has_arrivals ? &out->arrivals.flavours[k] : NULL;
		const char *name = size ? arena_printf(&w->arena, "%s.%s", g->name, size->name) : g->name;
		struct scenario_vm sized = size ? build_arrivals_sized(g, size) : *g;
		uint32_t type = world_vm_type_add(w, name);
		out->type = k ? out->type : type;
		build_vm_type(w, s, &sized, type);
		w->vm_types[type].group = index;
		w->vm_types[type].plan = w->vm_types[out->type].plan;
		if (k == 0 && !build_demand(b, s, index, out, diag))
			return false;
	}
	if (g->has_arrivals)
		out->count = out->arrivals.count;
	return true;
}

/* Their tables must fit into this machine's memory: told now, not when it has begun to swap. */
static bool guests_fit(const struct scenario *s, uint64_t total, struct diag *diag)
{
	double need_bytes = (double)total * GUEST_BYTES;
	double have_bytes = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
	if (!(have_bytes > 0) || need_bytes <= have_bytes)
		return true;
	diag_error(diag, s->vms[0].place,
	           "%llu guests need about %.3g GiB of memory; this machine has %.3g GiB",
	           (unsigned long long)total, need_bytes / GIB, have_bytes / GIB);
	return false;
}

static bool build_vms(struct build *b, const struct scenario *s, struct diag *diag)
{
	struct world *w = b->world;
	struct group *groups = memory_new(s->vm_group_count, sizeof *groups, "groups of guests");
	uint64_t total = 0;
	bool ok = true;
	for (uint32_t i = 0; i < s->vm_group_count; i++) {
		ok = build_group(b, s, i, &groups[i], diag) && ok;
		total += groups[i].count;
	}
	if (ok && total > GUESTS_MOST)
		diag_error(diag, s->vms[0].place, "%llu guests; at most %llu are allowed",
		           (unsigned long long)total, (unsigned long long)GUESTS_MOST);
	ok = ok && total <= GUESTS_MOST && guests_fit(s, total, diag);
	for (uint32_t i = 0; ok && i < s->vm_group_count; i++) {
		build_guests(w, s, groups, i);
		if (s->vms[i].has_arrivals)
			ok = build_arrivals_guests(w, &s->vms[i], &groups[i].arrivals, groups[i].first, diag);
		else if (s->vms[i].trace_sizes && s->vms[i].demand.source == SOURCE_TRACE && !b->generated)
			ok = build_sizes(w, &s->vms[i], groups[i].first, groups[i].count, diag);
	}
	for (uint32_t i = 0; i < s->vm_group_count; i++)
		if (s->vms[i].has_arrivals)
			arrivals_close(&groups[i].arrivals);
	free(groups);
	return ok;
}

bool build_world(struct build *b, const struct scenario *s, struct diag *diag)
{
	struct world *w = b->world;
	w->rules = s->rules;
	build_sites(w, s);
	build_hosts(w, s);
	build_pools(w, s);
	build_images(w, s);
	if (!build_vms(b, s, diag))
		return false;
	hypervisors_build(w, s);
	schedulers_build(w, s);
	build_isolation(w, s);
	return memories_build(w, s, diag);
}

/* Splits "web-3" into the length of its group and its number. */
static bool split_name(const char *name, size_t *group, uint64_t *number)
{
	const char *dash = strrchr(name, '-');
	char *end;
	if (!dash || dash[1] < '0' || dash[1] > '9')
		return false;
	*group = (size_t)(dash - name);
	*number = strtoull(dash + 1, &end, 10);
	return *end == '\0';
}

static bool is_group(const char *name, const char *text, size_t size)
{
	return strlen(name) == size && memcmp(name, text, size) == 0;
}

bool build_find_vm(const struct world *w, const char *name, uint32_t *vm)
{
	size_t group;
	uint64_t number;
	if (!split_name(name, &group, &number))
		return false;
	for (uint32_t v = 0; v < w->vm_count; v++)
		if (w->vms[v].number == number && is_group(w->vm_types[w->vms[v].type].name, name, group)) {
			*vm = v;
			return true;
		}
	return false;
}

bool build_find_host(const struct world *w, const char *name, uint32_t *host)
{
	size_t group;
	uint64_t number;
	if (!split_name(name, &group, &number))
		return false;
	for (uint32_t h = 0; h < w->host_count; h++) {
		const char *type = w->host_types[w->hosts[h].type].name;
		if (w->hosts[h].number == number && is_group(type, name, group)) {
			*host = h;
			return true;
		}
	}
	return false;
}

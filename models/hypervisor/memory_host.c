/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory pressure in a world: gathers a host's guests, solves, keeps sums and rows, asks for the next
 * event. */
#include "models/hypervisor/memory_host.h"

#include <stdlib.h>
#include <string.h>

const char *const memory_trace_names[MEMORY_TRACES] = {"none", "used", "active"};

static int64_t share_of(int64_t bytes, double part_01)
{
	double share = (double)bytes * part_01;
	return share < (double)bytes ? (int64_t)share : bytes;
}

/* The part of its RAM that a traced guest's trace tells for now; its cursor moves on. */
static double traced_01(const struct world *world, const struct vm *vm, struct demand_cursor *cursor)
{
	const struct demand_plan *plan = &world->plans[world->vm_types[vm->type].plan.i];
	demand_seek(plan, vm->row, engine_now_ns(world->engine), cursor);
	double value = demand_value(plan, vm->row, DEMAND_MEMORY, cursor);
	return value < 1 ? value : 1;
}

/* A guest's figures. Returns when they change next. */
static int64_t guest_read(struct world *world, uint32_t v, struct memory_guest *g)
{
	const struct vm *vm = &world->vms[v];
	struct memory_vm *m = &world->memory->vms[v];
	const struct vm_type *type = &world->vm_types[vm->type];
	const struct memory_type *t = &world->memory->types[vm->type];
	bool stands = vm_state_holds[vm->state] == VM_HOLDS_MEMORY, traced = t->trace != MEMORY_TRACE_NONE;
	double now_01 = traced ? traced_01(world, vm, &m->cursor) : 0;
	int64_t ram = type->ram_bytes;
	int64_t used = share_of(ram, t->trace == MEMORY_TRACE_USED ? now_01 : t->used_01);
	int64_t active = stands ? 0 : share_of(ram, t->trace == MEMORY_TRACE_ACTIVE ? now_01 : t->active_01);
	*g = (struct memory_guest){
		.ram_bytes = ram, .used_bytes = used, .active_bytes = active < used ? active : used,
		.shareable_bytes = share_of(used, t->shareable_01), .content = t->content,
		.reservation_bytes = share_of(ram, t->reservation_01), .limit_bytes = share_of(ram,
		                                                                               t->limit_01),
		.reuse_ns = t->reuse_ns, .vcpus = type->vcpus, .balloon_bytes = m->balloon_bytes,
		.goal_bytes = m->goal_bytes,
	};
	return traced ? m->cursor.next_ns : TIME_MAX_NS;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void guest_write(struct memory_vm *m, const struct memory_guest *g)
{
	m->used_bytes = g->used_bytes;
	m->active_bytes = g->active_bytes;
	m->shared_bytes = g->shared_bytes;
	m->balloon_bytes = g->balloon_bytes;
	m->goal_bytes = g->goal_bytes;
	m->swapped_bytes = g->swapped_bytes;
	m->resident_bytes = g->resident_bytes;
	m->loss_ppm = g->loss_ppm;
	m->most_balloon_bytes = larger(m->most_balloon_bytes, g->balloon_bytes);
	m->most_swapped_bytes = larger(m->most_swapped_bytes, g->swapped_bytes);
}

/* Sums over the time since the host was last looked at; balloons and scanner go on. */
static void integrate(struct world *world, uint32_t h, int64_t now_ns)
{
	struct memory_of_host *m = &world->memory->hosts[h];
	const struct host *host = &world->hosts[h];
	const struct memory_rules *rules = world->host_types[host->type].memory;
	int64_t dt_ns = now_ns - m->since_ns;
	m->shared += wide_product(m->now.shared_bytes, dt_ns);
	m->ballooned += wide_product(m->now.ballooned_bytes, dt_ns);
	m->swapped += wide_product(m->now.swapped_bytes, dt_ns);
	m->resident += wide_product(m->now.resident_bytes, dt_ns);
	m->state_ns[m->now.state] += dt_ns;
	for (uint32_t k = 0; k < host->guest_count; k++) {
		struct memory_vm *vm = &world->memory->vms[host->guests[k]];
		vm->ballooned += wide_product(vm->balloon_bytes, dt_ns);
		vm->swapped += wide_product(vm->swapped_bytes, dt_ns);
		vm->time += dt_ns;
		vm->balloon_bytes = memory_inflated(rules, vm->balloon_bytes, vm->goal_bytes, dt_ns);
	}
	memory_scanned(&m->now, dt_ns);
	m->since_ns = now_ns;
}

static void row_add(struct memory *memory, uint32_t h, int64_t now_ns)
{
	const struct memory_host *n = &memory->hosts[h].now;
	ARRAY_GROW(memory->rows, memory->row_count, memory->row_room, "memory of hosts over time");
	memory->rows[memory->row_count++] = (struct memory_row){
		.time_ns = now_ns, .host = h, .state = n->state, .capacity_bytes = n->capacity_bytes,
		.used_bytes = n->used_bytes, .resident_bytes = n->resident_bytes,
		.shared_bytes = n->shared_bytes, .ballooned_bytes = n->ballooned_bytes,
		.swapped_bytes = n->swapped_bytes, .denied_bytes = n->denied_bytes,
	};
}

/* What guests can have: the host's memory without what its hypervisor keeps, for itself and for each
 * guest. */
static int64_t capacity(const struct world *world, const struct host *host)
{
	int64_t bytes = world->host_types[host->type].ram_bytes;
	if (!world->overheads)
		return bytes;
	bytes -= world->host_services[host->type].ram_bytes;
	for (uint32_t k = 0; k < host->guest_count; k++)
		bytes -= world_overhead(world, host->type, world->vms[host->guests[k]].type)->ram_bytes;
	return larger(bytes, 0);
}

static void ask(struct world *world, uint32_t h, int64_t at_ns)
{
	struct memory_of_host *m = &world->memory->hosts[h];
	if (event_pending(world->engine, m->event) && m->event_ns <= at_ns)
		return;
	event_cancel(world->engine, m->event);
	m->event = at_ns < TIME_MAX_NS ? event_at(world->engine, at_ns, world->memory->changes, h,
	                                          0) : EVENT_NONE;
	m->event_ns = at_ns;
}

static void digest(struct world *world, uint32_t h)
{
	const struct memory_of_host *m = &world->memory->hosts[h];
	const uint64_t words[5] = {h, (uint64_t)m->now.resident_bytes, (uint64_t)m->now.ballooned_bytes,
	                           (uint64_t)m->now.swapped_bytes, (uint64_t)m->now.state};
	digest_add(engine_digest(world->engine), DIGEST_CONSTANT, words);
}

/* When to look again at what needs left_ns more: after a part of it, or all of it when it is short. */
static int64_t step_of(int64_t left_ns, int64_t parts, int64_t least_ns)
{
	int64_t step_ns = left_ns / parts;
	return left_ns == 0 ? TIME_MAX_NS : step_ns > least_ns ? step_ns : left_ns < least_ns ? left_ns
		: least_ns;
}

static int64_t sooner(int64_t next_ns, int64_t now_ns, int64_t step_ns)
{
	return step_ns < next_ns - now_ns ? now_ns + step_ns : next_ns;
}

static void solve(struct world *world, uint32_t h)
{
	struct memory *memory = world->memory;
	struct memory_of_host *m = &memory->hosts[h];
	const struct host *host = &world->hosts[h];
	int64_t now_ns = engine_now_ns(world->engine), next_ns = TIME_MAX_NS;
	if (host->guest_count > memory->scratch_room) {
		free(memory->scratch);
		memory->scratch_room = 2 * host->guest_count;
		memory->scratch = memory_new(memory->scratch_room, sizeof *memory->scratch,
		                             "memory of guests");
	}
	for (uint32_t k = 0; k < host->guest_count; k++) {
		int64_t change_ns = guest_read(world, host->guests[k], &memory->scratch[k]);
		next_ns = change_ns < next_ns ? change_ns : next_ns;
	}
	m->now.capacity_bytes = capacity(world, host);
	memory_solve(world->host_types[host->type].memory, &m->now, memory->scratch, host->guest_count);
	m->losing = 0;
	for (uint32_t k = 0; k < host->guest_count; k++) {
		guest_write(&memory->vms[host->guests[k]], &memory->scratch[k]);
		m->losing += memory->scratch[k].loss_ppm > 0;
	}
	next_ns = sooner(next_ns, now_ns, step_of(m->now.inflating_ns, 4, NS_PER_S / 4));
	next_ns = sooner(next_ns, now_ns, step_of(m->now.merging_ns, 8, 60 * NS_PER_S));
	ask(world, h, next_ns);
}

static bool differ(const struct memory_host *a, const struct memory_host *b)
{
	return a->state != b->state || a->capacity_bytes != b->capacity_bytes ||
		a->used_bytes != b->used_bytes ||
	       a->resident_bytes != b->resident_bytes || a->shared_bytes != b->shared_bytes ||
	       a->ballooned_bytes != b->ballooned_bytes || a->swapped_bytes != b->swapped_bytes;
}

static void fired(struct engine *engine, void *context, const struct event *event)
{
	struct world *world = context;
	uint32_t h = (uint32_t)event->a;
	struct memory_of_host *m = &world->memory->hosts[h];
	int64_t now_ns = engine_now_ns(engine);
	struct memory_host before = m->now;
	m->event = EVENT_NONE;
	world->memory->touch(world, (host_id){h});
	integrate(world, h, now_ns);
	solve(world, h);
	digest(world, h);
	if (world->memory->keeps_rows && differ(&before, &m->now))
		row_add(world->memory, h, now_ns);
}

void memory_changed(struct world *world, host_id host)
{
	if (!world->memory || !world->host_types[world->hosts[host.i].type].memory)
		return;
	ask(world, host.i, engine_now_ns(world->engine));
}

void memory_leave(struct world *world, vm_id vm)
{
	struct vm_parent host = world->vms[vm.i].parent;
	if (!world->memory || host.is_vm || !world->host_types[world->hosts[host.i].type].memory)
		return;
	integrate(world, host.i, engine_now_ns(world->engine));
	struct memory_vm *m = &world->memory->vms[vm.i];
	m->used_bytes = m->active_bytes = m->shared_bytes = m->balloon_bytes = m->goal_bytes = 0;
	m->swapped_bytes = m->resident_bytes = 0;
	m->loss_ppm = 0;
}

void memory_open(struct world *world, const struct memory_type *types, memory_touch touch)
{
	bool any = false;
	for (uint32_t i = 0; i < world->host_type_count; i++)
		any = any || world->host_types[i].memory;
	if (!any)
		return;
	struct memory *m = memory_new(1, sizeof *m, "memory of hosts");
	m->types = memory_new(world->vm_type_count, sizeof *m->types, "memory of kinds of guests");
	memcpy(m->types, types, world->vm_type_count * sizeof *m->types);
	m->vms = memory_new(world->vm_count, sizeof *m->vms, "memory of guests");
	m->hosts = memory_new(world->host_count, sizeof *m->hosts, "memory of hosts");
	m->keeps_rows = true;
	m->touch = touch;
	m->changes = engine_type(world->engine, "memory changes", RANK_SETTLE, fired, world);
	world->memory = m;
}

void memory_close(struct world *world)
{
	struct memory *m = world->memory;
	if (!m)
		return;
	free(m->types);
	free(m->vms);
	free(m->hosts);
	free(m->rows);
	free(m->scratch);
	free(m);
	world->memory = NULL;
}

void memory_finish(struct world *world, int64_t t_ns)
{
	struct memory *m = world->memory;
	if (!m)
		return;
	for (uint32_t h = 0; h < world->host_count; h++)
		if (world->host_types[world->hosts[h].type].memory)
			integrate(world, h, t_ns);
	for (uint32_t v = 0; v < world->vm_count; v++) {
		const struct memory_vm *vm = &m->vms[v];
		const uint64_t words[5] = {v, (uint64_t)vm->lost, (uint64_t)vm->ballooned,
			(uint64_t)vm->swapped,
		                           (uint64_t)vm->time};
		digest_add(engine_digest(world->engine), DIGEST_CONSTANT, words);
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks hosts through time, lazily: spans of constant rates between two changes, integrated exactly. */
#include "models/hypervisor/fluid.h"

#include "models/hypervisor/batch.h"
#include "models/hypervisor/discrete.h"
#include "models/hypervisor/loss.h"
#include "models/hypervisor/solve.h"
#include "models/hypervisor/useful.h"

/* Solves a stale host at since_ns, closes the open interval of the trapezoid rule, and tells the digest. */
static void settle(struct world *world, uint32_t id)
{
	struct host *host = &world->hosts[id];
	solve_present(world, host);
	host->stale = false;
	if (discrete_has(world, id))
		discrete_settle(world, id);
	if (world->rules.energy == ENERGY_TRAPEZOID) {
		if (host->open_counts)
			host->energy += wide_product(host->open_uw + host->raw_uw,
			                             host->since_ns - host->open_ns);
		host->open_ns = host->since_ns;
		host->open_uw = host->raw_uw;
		host->open_counts = host->power_uw > 0;
	}
	const int64_t state[3] = {host->demand_hz, host->given_hz, host->power_uw};
	batch_digest(engine_digest(world->engine), id, host->since_ns, state);
	CHECK(host->given_hz <= solve_capacity_hz(world, host));
}

static void integrate_guest(struct world *world, struct vm *vm, const struct loss *loss, int64_t dt_ns)
{
	if (vm->demand_hz == 0)
		return;
	int64_t left_hz = vm->given_hz;
	vm->migration_lost += wide_product(loss_take(&left_hz, loss->migration), dt_ns);
	if (loss->memory)
		world->memory->vms[vm - world->vms].lost += wide_product(loss_take(&left_hz, loss->memory),
		                                                         dt_ns);
	if (loss->filter)
		world->filters->lost[vm - world->vms] += wide_product(loss_take(&left_hz, loss->filter),
		                                                      dt_ns);
	vm->demanded += wide_product(vm->demand_hz, dt_ns);
	vm->stolen += wide_product(vm->demand_hz - left_hz, dt_ns);
}

/* What a guest loses, those inside it lose too: only guests directly on a host move, and have its memory. */
static void integrate_tree(struct world *world, struct vm *vm, const struct loss *loss, int64_t dt_ns)
{
	integrate_guest(world, vm, loss, dt_ns);
	for (uint32_t c = vm->first_child; c != ID_NONE; c = world->vms[c].next_sibling)
		integrate_tree(world, &world->vms[c], loss, dt_ns);
}

/* How long a host was in which state, and what it was asked for. */
static void integrate_states(const struct world *world, struct host *host, int64_t dt_ns)
{
	if (host->state == HOST_ON) {
		host->on_ns += dt_ns;
		bool active = host->demand_hz > host->service_want_hz;
		host->active_ns += active ? dt_ns : 0;
		bool saturated = active && host->demand_hz >= solve_capacity_hz(world, host);
		host->saturated_ns += saturated ? dt_ns : 0;
	}
	host->demanded += wide_product(host->demand_hz, dt_ns);
}

/* Integrates the present from since_ns to end_ns. */
static void pass(struct world *world, uint32_t id, int64_t end_ns)
{
	struct host *host = &world->hosts[id];
	int64_t dt_ns = end_ns - host->since_ns;
	integrate_states(world, host, dt_ns);
	if (discrete_has(world, id)) {
		discrete_pass(world, id, end_ns);
		return;
	}
	if (world->rules.energy == ENERGY_EXACT)
		host->energy += 2 * wide_product(host->power_uw, dt_ns);
	host->given += wide_product(host->given_hz, dt_ns);
	host->service += wide_product(host->service_hz, dt_ns);
	for (uint32_t k = 0; k < host->guest_count; k++) {
		const struct loss loss = loss_of(world, host, host->guests[k]);
		integrate_tree(world, &world->vms[host->guests[k]], &loss, dt_ns);
	}
	if (world->hooks.span) {
		double demand_hz = (double)host->demand_hz, given_hz = (double)host->given_hz;
		double drawn_uw = (double)host->power_uw;
		world->hooks.span(world->hooks.context, &(struct host_span){
			.host = {id}, .t0_ns = host->since_ns, .dt_ns = dt_ns, .n = 1,
			.demand_hz = &demand_hz, .given_hz = &given_hz, .power_uw = &drawn_uw,
			.on = host->state == HOST_ON,
		});
	}
	host->since_ns = end_ns;
}

static void step_tree(struct world *world, struct vm *vm, struct host *host)
{
	plan_id plan = world->vm_types[vm->type].plan;
	if (plan.i != ID_NONE && vm->cursor.next_ns == host->since_ns) {
		demand_step(&world->plans[plan.i], vm->row, &vm->cursor);
		solve_demand(world, vm);
	}
	if (vm->cursor.next_ns < host->next_ns)
		host->next_ns = vm->cursor.next_ns;
	for (uint32_t c = vm->first_child; c != ID_NONE; c = world->vms[c].next_sibling)
		step_tree(world, &world->vms[c], host);
}

/* The steps of a host's guests need not wait for memory one after the other. */
static inline __attribute__((always_inline)) void foresee(const struct world *world, const struct vm *vm)
{
	plan_id plan = world->vm_types[vm->type].plan;
	if (plan.i != ID_NONE)
		demand_soon(world->plans[plan.i].set, vm->row, vm->cursor.tick + 1);
}

/* Steps the cursors that change at since_ns and finds the next change. */
static void step(struct world *world, struct host *host)
{
	host->next_ns = TIME_MAX_NS;
	for (uint32_t k = 0; k < host->guest_count; k++)
		foresee(world, &world->vms[host->guests[k]]);
	for (uint32_t k = 0; k < host->guest_count; k++)
		step_tree(world, &world->vms[host->guests[k]], host);
}

void fluid_advance(struct world *world, host_id id, int64_t t_ns)
{
	struct host *host = &world->hosts[id.i];
	ASSERT(t_ns >= host->since_ns);
	for (;;) {
		if (host->stale)
			settle(world, id.i);
		if (host->since_ns >= t_ns)
			return;
		pass(world, id.i, host->next_ns < t_ns ? host->next_ns : t_ns);
		if (host->since_ns < host->next_ns)
			return;
		step(world, host);
		uint32_t n = batch_length(world, host, t_ns);
		if (n) {
			batch_walk(world, id, n);
			step(world, host);
		}
		host->updates++;
		host->stale = true;
	}
}

void fluid_touch(struct world *world, host_id id)
{
	struct host *host = &world->hosts[id.i];
	int64_t now_ns = engine_now_ns(world->engine);
	if (!host->stale || host->since_ns < now_ns)
		fluid_advance(world, id, now_ns);
	host->stale = true;
	if (world->rules.batch)
		return;
	event_cancel(world->engine, host->tick);
	host->tick = event_at(world->engine, now_ns, world->settle, id.i, 0);
}

void fluid_advance_all(struct world *world, int64_t t_ns)
{
	for (uint32_t h = 0; h < world->host_count; h++)
		fluid_advance(world, (host_id){h}, t_ns);
}

void fluid_finish(struct world *world, int64_t t_ns)
{
	fluid_advance_all(world, t_ns);
	bool open = world->rules.energy == ENERGY_TRAPEZOID && world->rules.last_interval;
	for (uint32_t h = 0; open && h < world->host_count; h++) {
		struct host *host = &world->hosts[h];
		if (host->open_counts)
			host->energy += wide_product(2 * host->open_uw, t_ns - host->open_ns);
		host->open_counts = false;
	}
	for (uint32_t v = 0; world->useful && v < world->vm_count; v++)
		useful_settle(world, v);
	if (world->discrete)
		discrete_digest(world);
	if (world->memory)
		memory_finish(world, t_ns);
	world_digest_outcome(world);
}

/* The clock of a guest's plan, if hosts can replay it in batches. */
static uint32_t clock_of(const struct world *world, uint32_t vm)
{
	plan_id plan = world->vm_types[world->vms[vm].type].plan;
	int64_t start_ns, period_ns;
	if (plan.i == ID_NONE || world->vms[vm].fixed ||
	    !demand_regular(&world->plans[plan.i], &start_ns, &period_ns))
		return ID_NONE;
	return world->plans[plan.i].clock;
}

/* The clock that all guests share. */
static void find_clock(const struct world *world, struct host *host)
{
	host->clock = host->guest_count ? clock_of(world, host->guests[0]) : ID_NONE;
	for (uint32_t k = 1; k < host->guest_count; k++)
		if (clock_of(world, host->guests[k]) != host->clock)
			host->clock = ID_NONE;
}

static void find_next(const struct world *world, const struct vm *vm, int64_t *next_ns)
{
	if (vm->cursor.next_ns < *next_ns)
		*next_ns = vm->cursor.next_ns;
	for (uint32_t c = vm->first_child; c != ID_NONE; c = world->vms[c].next_sibling)
		find_next(world, &world->vms[c], next_ns);
}

host_id fluid_host_of(const struct world *world, vm_id vm)
{
	struct vm_parent p = world->vms[vm.i].parent;
	while (p.is_vm && p.i != ID_NONE)
		p = world->vms[p.i].parent;
	return (host_id){p.i};
}

/* How many guests there are inside a guest, at any depth. */
static uint32_t nested_in(const struct world *world, const struct vm *vm)
{
	uint32_t n = 0;
	for (uint32_t c = vm->first_child; c != ID_NONE; c = world->vms[c].next_sibling)
		n += 1 + nested_in(world, &world->vms[c]);
	return n;
}

void fluid_guest_add(struct world *world, vm_id id, struct vm_parent parent)
{
	struct vm *vm = &world->vms[id.i];
	ASSERT(vm->parent.i == ID_NONE);
	ASSERT(parent.i != ID_NONE && !(parent.is_vm && parent.i == id.i));
	vm->parent = parent;
	struct host *host = &world->hosts[fluid_host_of(world, id).i];
	host->nested_count += nested_in(world, vm) + parent.is_vm;
	if (parent.is_vm) {
		vm->next_sibling = world->vms[parent.i].first_child;
		world->vms[parent.i].first_child = id.i;
	} else {
		ARRAY_GROW(host->guests, host->guest_count, host->guest_room, "guests of a host");
		vm->slot = host->guest_count;
		host->guests[host->guest_count++] = id.i;
	}
	plan_id plan = world->vm_types[vm->type].plan;
	if (plan.i != ID_NONE)
		demand_seek(&world->plans[plan.i], vm->row, engine_now_ns(world->engine), &vm->cursor);
	if (world->useful)
		useful_enter(world, id.i, host->type);
	solve_demand(world, vm);
	/* One guest more: the common clock can only stay or
	 * go; looking at all guests again would cost n^2. */
	if (host->guest_count == 1 && !parent.is_vm)
		host->clock = clock_of(world, id.i);
	else if (clock_of(world, id.i) != host->clock)
		host->clock = ID_NONE;
	find_next(world, vm, &host->next_ns);
	if (discrete_has(world, fluid_host_of(world, id).i))
		discrete_guest_add(world, fluid_host_of(world, id).i, id.i);
	if (world->entered)
		world->entered(world, id, fluid_host_of(world, id));
	if (world->memory && !parent.is_vm)
		memory_changed(world, fluid_host_of(world, id));
}

void fluid_guest_remove(struct world *world, vm_id id)
{
	struct vm *vm = &world->vms[id.i];
	ASSERT(vm->parent.i != ID_NONE);
	if (world->useful)
		useful_leave(world, id.i);
	if (discrete_has(world, fluid_host_of(world, id).i))
		discrete_guest_remove(world, fluid_host_of(world, id).i, id.i);
	struct host *host = &world->hosts[fluid_host_of(world, id).i];
	if (world->memory && !vm->parent.is_vm) {
		memory_leave(world, id);
		memory_changed(world, fluid_host_of(world, id));
	}
	host->nested_count -= nested_in(world, vm) + vm->parent.is_vm;
	if (vm->parent.is_vm) {
		uint32_t *link = &world->vms[vm->parent.i].first_child;
		while (*link != id.i) {
			ASSERT(*link != ID_NONE);
			link = &world->vms[*link].next_sibling;
		}
		*link = vm->next_sibling;
		vm->next_sibling = ID_NONE;
	} else {
		ASSERT(vm->slot < host->guest_count && host->guests[vm->slot] == id.i);
		/* The order of arrival is kept: it decides ties, and sums must not depend on who left. */
		for (uint32_t k = vm->slot + 1; k < host->guest_count; k++) {
			host->guests[k - 1] = host->guests[k];
			world->vms[host->guests[k]].slot = k - 1;
		}
		host->guest_count--;
	}
	vm->parent = (struct vm_parent){false, ID_NONE};
	vm->demand_hz = vm->given_hz = 0;
	find_clock(world, host);
	host->next_ns = TIME_MAX_NS;
	for (uint32_t k = 0; k < host->guest_count; k++)
		find_next(world, &world->vms[host->guests[k]], &host->next_ns);
}

void fluid_guest_fix(struct world *world, vm_id id, bool fixed, int64_t hz)
{
	struct vm *vm = &world->vms[id.i];
	struct host *host = &world->hosts[fluid_host_of(world, id).i];
	vm->fixed = fixed;
	vm->fixed_hz = fixed ? hz : 0;
	solve_demand(world, vm);
	find_clock(world, host);
	if (world->memory)
		memory_changed(world, fluid_host_of(world, id));
}

int64_t fluid_energy_uj(const struct host *host)
{
	return (int64_t)wide_divide(host->energy, 2 * NS_PER_S);
}

/* rules.batch off: an event for each change of each host, as a simulator without batches would queue them. */
static void tick_fired(struct engine *engine, void *context, const struct event *event)
{
	struct world *world = context;
	struct host *host = &world->hosts[event->a];
	world->carriers++;
	fluid_advance(world, (host_id){(uint32_t)event->a}, engine_now_ns(engine));
	host->tick = EVENT_NONE;
	if (host->next_ns < TIME_MAX_NS)
		host->tick = event_at(engine, host->next_ns, world->tick, event->a, 0);
}

void fluid_unbatched_start(struct world *world)
{
	ASSERT(!world->rules.batch);
	world->tick = engine_type(world->engine, "demand changes", RANK_DEMAND, tick_fired, world);
	world->settle = engine_type(world->engine, "shares settle", RANK_SETTLE, tick_fired, world);
}

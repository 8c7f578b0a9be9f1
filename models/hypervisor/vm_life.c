/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each request does to a guest: state, books, shares, and what it waits for. */
#include "models/hypervisor/vm_life.h"

#include "models/hypervisor/bound.h"
#include "models/hypervisor/fluid.h"
#include "models/hypervisor/vm_disk.h"

static const struct vm_type *type_of(const struct world *world, vm_id id)
{
	return &world->vm_types[world->vms[id.i].type];
}

static void tell_room(struct lifecycle *life, host_id host)
{
	if (life->room)
		life->room(life->room_context, host);
}

/* The instant at which a guest that runs from now on ends: its life, its trace, or its first idle update. */
static int64_t vm_end_ns(const struct world *world, const struct vm *vm)
{
	int64_t now_ns = engine_now_ns(world->engine);
	int64_t end_ns = vm->life_ns < TIME_MAX_NS - now_ns ? now_ns + vm->life_ns : TIME_MAX_NS;
	const struct vm_type *t = &world->vm_types[vm->type];
	if (t->plan.i == ID_NONE)
		return end_ns;
	const struct demand_plan *plan = &world->plans[t->plan.i];
	int64_t trace_ns = demand_end_ns(plan, vm->row);
	end_ns = trace_ns < end_ns ? trace_ns : end_ns;
	if (t->dies_idle) {
		int64_t idle_ns = demand_first_zero_ns(plan, vm->row, now_ns);
		end_ns = idle_ns < end_ns ? idle_ns : end_ns;
	}
	return end_ns > now_ns ? end_ns : now_ns;
}

static void arm_end(struct lifecycle *life, vm_id id)
{
	struct vm *vm = &life->world->vms[id.i];
	if (event_pending(life->world->engine, vm->end))
		return; /* it has run before: its life goes on */
	int64_t end_ns = vm_end_ns(life->world, vm);
	if (end_ns < TIME_MAX_NS)
		vm->end = event_at(life->world->engine, end_ns, life->vm_end, id.i, 0);
}

/* What a guest asks for in a state other than running, where its plan says it. */
static int64_t state_demand_hz(const struct world *world, vm_id id)
{
	const struct vm_type *t = type_of(world, id);
	switch (world->vms[id.i].state) {
	case VM_STARTING:
		return world->stores[id.i].image ? 0 : t->boot.cpu_hz;
	case VM_SHUTTING_DOWN:
	case VM_REBOOTING:
		return t->shut_down.cpu_hz;
	default:
		return 0;
	}
}

/* A guest changes its state and stays where it is. The caller tells. */
static void change(struct lifecycle *life, vm_id id, enum vm_state state)
{
	struct world *world = life->world;
	struct vm *vm = &world->vms[id.i];
	host_id host = fluid_host_of(world, id);
	enum vm_holds held = vm_state_holds[vm->state], holds = vm_state_holds[state];
	ASSERT(held != VM_HOLDS_NOTHING && holds != VM_HOLDS_NOTHING);
	fluid_touch(world, host);
	if (held != holds && !vm->parent.is_vm)
		lifecycle_book_cpu(world, host, id, holds == VM_HOLDS_ALL);
	world_changed(world, host);
	vm->state = state;
	bool runs = state == VM_RUNNING;
	if (!runs || vm->fixed)
		fluid_guest_fix(world, id, !runs, runs ? 0 : state_demand_hz(world, id));
}

static void enter(struct lifecycle *life, vm_id id, enum vm_state state)
{
	change(life, id, state);
	world_note(life->world, NOTE_VM_STATE, id.i, fluid_host_of(life->world, id).i, state);
}

/* What its state waited for is over or will not come. */
static void stop_waiting(struct lifecycle *life, vm_id id)
{
	if (!life->world->stores)
		return;
	struct vm_store *store = &life->world->stores[id.i];
	event_cancel(life->world->engine, store->timer);
	store->timer = EVENT_NONE;
	if (store->moving != ID_NONE)
		transfer_cancel(&life->transfers, store->moving);
	store->moving = ID_NONE;
	store->image = false;
}

static void leave_note(struct world *world, vm_id id, host_id host, enum vm_state state)
{
	if (state == VM_STOPPED)
		world_note(world, NOTE_VM_ENDED, id.i, host.i, 0);
	else if (state == VM_LOST)
		world_note(world, NOTE_VM_LOST, id.i, host.i, 0);
	else
		world_note(world, NOTE_VM_STATE, id.i, host.i, state);
}

/* The end of a guest's stay: its life's end is off, and a memory image is gone. Saving is no end. */
static void end_life(struct lifecycle *life, vm_id id)
{
	struct world *world = life->world;
	struct vm *vm = &world->vms[id.i];
	event_cancel(world->engine, vm->end);
	vm->end = EVENT_NONE;
	vm->ended_ns = engine_now_ns(world->engine);
	if (world->stores)
		vm_disk_hold(world, id, &world->stores[id.i].saved_bytes, 0);
}

static void leave(struct lifecycle *life, vm_id id, enum vm_state state);

/* Guests inside a guest that is stopped are stopped, else lost. */
static void lose_children(struct lifecycle *life, vm_id id, enum vm_state state)
{
	const struct vm *vms = life->world->vms;
	while (vms[id.i].first_child != ID_NONE)
		leave(life, (vm_id){vms[id.i].first_child}, state == VM_STOPPED ? VM_STOPPED : VM_LOST);
}

/* A guest leaves its host: nested guests first, then its books and its place in the list. */
static void leave(struct lifecycle *life, vm_id id, enum vm_state state)
{
	struct world *world = life->world;
	lose_children(life, id, state);
	struct vm *vm = &world->vms[id.i];
	host_id host = fluid_host_of(world, id);
	ASSERT(host.i < world->host_count);
	fluid_touch(world, host);
	if (vm->state == VM_MIGRATING && life->migration_broken)
		life->migration_broken(life->migration_context, id,
		                       state == VM_LOST ? BREAKS_HOST_FAILS : BREAKS_GUEST_ENDS);
	if (!vm->parent.is_vm) {
		if (vm_state_holds[vm->state] == VM_HOLDS_MEMORY)
			lifecycle_book_cpu(world, host, id, true); /* so that all is given back at once */
		lifecycle_unbook(world, host, id);
	}
	fluid_guest_remove(world, id);
	vm->fixed = false;
	vm->fixed_hz = 0;
	stop_waiting(life, id);
	vm->state = state;
	if (state != VM_SAVED)
		end_life(life, id);
	leave_note(world, id, host, state);
}

static void guest_lost(struct lifecycle *life, vm_id id)
{
	leave(life, id, VM_LOST);
}

/* Its state lasts so long, and until so many bytes have been moved. False: neither, it is over at once. */
static bool wait_for(struct lifecycle *life, vm_id id, int64_t time_ns, enum transfer_way way, int64_t bytes)
{
	struct world *world = life->world;
	if (!time_ns && !bytes)
		return false;
	struct vm_store *store = vm_disk_store(world, id);
	int64_t now_ns = engine_now_ns(world->engine);
	if (time_ns) /* a phase that outlasts time itself never ends */
		store->timer = event_at(world->engine, time_ns < TIME_MAX_NS - now_ns ? now_ns + time_ns
		                        : TIME_MAX_NS, life->vm_timer, id.i, 0);
	if (bytes)
		store->moving = transfer_begin(&life->transfers, type_of(world, id)->pool, way, bytes,
		                               VM_DISK_TAG(id.i, 0));
	return true;
}

static void run(struct lifecycle *life, vm_id id)
{
	enter(life, id, VM_RUNNING);
	arm_end(life, id);
	tell_room(life, (host_id){ID_NONE}); /* a guest may wait to run inside it */
}

/* Waits for the image, if there is one to be moved, or else for the boot. False: there is nothing to wait
 * for. */
static bool boot_wait(struct lifecycle *life, vm_id id, bool image)
{
	const struct vm_type *t = type_of(life->world, id);
	if (image && wait_for(life, id, 0, TRANSFER_READ, t->image_bytes)) {
		life->world->stores[id.i].image = true;
		return true;
	}
	return wait_for(life, id, t->boot.time_ns, TRANSFER_READ, t->boot_read_bytes);
}

/* Boots where it is. */
static void boot(struct lifecycle *life, vm_id id)
{
	if (boot_wait(life, id, false))
		enter(life, id, VM_STARTING);
	else
		run(life, id);
}

static void save_done(struct lifecycle *life, vm_id id)
{
	host_id host = fluid_host_of(life->world, id);
	leave(life, id, VM_SAVED);
	tell_room(life, host);
}

/* Time or bytes that a guest's state waited for are over. */
static void waited(struct lifecycle *life, vm_id id)
{
	struct world *world = life->world;
	struct vm_store *store = &world->stores[id.i];
	if (event_pending(world->engine, store->timer) || store->moving != ID_NONE)
		return;
	switch (world->vms[id.i].state) {
	case VM_STARTING:
		if (!store->image) {
			run(life, id);
			break;
		}
		store->image = false;
		if (boot_wait(life, id, false))
			change(life, id, VM_STARTING); /* now it asks for the boot's CPU */
		else
			run(life, id);
		break;
	case VM_SAVING:
		save_done(life, id);
		break;
	case VM_RESTORING:
		vm_disk_hold(world, id, &store->saved_bytes, 0);
		run(life, id);
		break;
	case VM_SHUTTING_DOWN:
		vm_life_stop(life, id);
		break;
	case VM_REBOOTING:
		boot(life, id);
		break;
	default:
		ASSERT(!"a guest in this state waits for nothing");
	}
}

static void timer_fired(struct engine *engine, void *context, const struct event *event)
{
	struct lifecycle *life = context;
	(void)engine;
	waited(life, (vm_id){(uint32_t)event->a});
}

static void transfer_over(void *context, uint64_t tag)
{
	struct lifecycle *life = context;
	vm_id id = {(uint32_t)(tag >> 1)};
	if (tag & 1) {
		vm_disk_copied(life, id);
		tell_room(life, (host_id){ID_NONE}); /* it may wait, with its disk busy so far */
		return;
	}
	life->world->stores[id.i].moving = ID_NONE;
	waited(life, id);
}

static const char *refusal(const struct world *world, vm_id id, enum vm_request request)
{
	const struct vm *vm = &world->vms[id.i];
	ASSERT(id.i < world->vm_count && (unsigned)request < VM_REQUESTS);
	if (!vm_request_allowed(vm->state, request))
		return vm_ways[request].why;
	bool freezes = request == VM_PAUSE || request == VM_SAVE || request == VM_REBOOT ||
	               request == VM_RESET;
	if (freezes && vm->first_child != ID_NONE)
		return "guests run inside it";
	return vm_disk_refuses(world, id, request);
}

static const char *place_refusal(const struct world *world, uint32_t vm_type, struct vm_parent parent)
{
	ASSERT(parent.i < (parent.is_vm ? world->vm_count : world->host_count));
	if (parent.is_vm && world->vms[parent.i].state != VM_RUNNING)
		return "the guest that is to hold it is not running";
	host_id host = parent.is_vm ? fluid_host_of(world, (vm_id){parent.i}) : (host_id){parent.i};
	if (world->hosts[host.i].state != HOST_ON)
		return "the host is not on";
	return parent.is_vm ? NULL : bound_refusal(world, host, vm_type);
}

/* Books it on its parent's host and puts it there. */
static host_id arrive(struct world *world, vm_id id, struct vm_parent parent)
{
	host_id host = parent.is_vm ? fluid_host_of(world, (vm_id){parent.i}) : (host_id){parent.i};
	fluid_touch(world, host);
	if (!parent.is_vm)
		lifecycle_book(world, host, id);
	fluid_guest_add(world, id, parent);
	return host;
}

const char *vm_life_start(struct lifecycle *life, vm_id id, struct vm_parent parent)
{
	struct world *world = life->world;
	const char *why = refusal(world, id, VM_START);
	if (!why)
		why = place_refusal(world, world->vms[id.i].type, parent);
	if (why)
		return why;
	host_id host = arrive(world, id, parent);
	struct vm *vm = &world->vms[id.i];
	vm->state = VM_RUNNING;
	if (vm->placed_ns < 0)
		vm->placed_ns = engine_now_ns(world->engine);
	vm->ended_ns = -1;
	bool boots = boot_wait(life, id, true);
	if (!boots)
		arm_end(life, id);
	world_note(world, NOTE_VM_PLACED, id.i, host.i, 0);
	if (boots)
		enter(life, id, VM_STARTING);
	return NULL;
}

const char *vm_life_restore(struct lifecycle *life, vm_id id, struct vm_parent parent)
{
	struct world *world = life->world;
	const char *why = refusal(world, id, VM_RESTORE);
	if (!why)
		why = place_refusal(world, world->vms[id.i].type, parent);
	if (why)
		return why;
	arrive(world, id, parent);
	world->vms[id.i].state = VM_RUNNING;
	wait_for(life, id, 0, TRANSFER_READ, world->stores[id.i].saved_bytes);
	enter(life, id, VM_RESTORING);
	return NULL;
}

const char *vm_life_stop(struct lifecycle *life, vm_id id)
{
	struct world *world = life->world;
	const char *why = refusal(world, id, VM_STOP);
	if (why)
		return why;
	struct vm *vm = &world->vms[id.i];
	if (vm_state_holds[vm->state] == VM_HOLDS_NOTHING) {
		vm->state = VM_STOPPED;
		end_life(life, id);
		world_note(world, NOTE_VM_ENDED, id.i, ID_NONE, 0);
		return NULL;
	}
	host_id host = fluid_host_of(world, id);
	leave(life, id, VM_STOPPED);
	tell_room(life, host);
	return NULL;
}

const char *vm_life_clone(struct lifecycle *life, vm_id id, vm_id into)
{
	const char *why = refusal(life->world, id, VM_CLONE);
	return why ? why : vm_disk_clone(life, id, into);
}

/* A crashed guest that is not destroyed stays on its host: without those inside it, and without what it was
 * waiting for. */
static void fall_in_place(struct lifecycle *life, vm_id id)
{
	struct world *world = life->world;
	struct vm *vm = &world->vms[id.i];
	lose_children(life, id, VM_CRASHED);
	if (vm->state == VM_MIGRATING && life->migration_broken)
		life->migration_broken(life->migration_context, id, BREAKS_GUEST_ENDS);
	stop_waiting(life, id);
	if (world->stores)
		vm_disk_hold(world, id, &world->stores[id.i].saved_bytes, 0);
}

static void crash(struct lifecycle *life, vm_id id)
{
	struct world *world = life->world;
	host_id host = fluid_host_of(world, id);
	enum vm_on_crash then = type_of(world, id)->on_crash;
	bool shared = world->host_types[world->hosts[host.i].type].isolation == ISOLATION_OS;
	shared = shared && !world->vms[id.i].parent.is_vm;
	if (shared || then == ON_CRASH_DESTROY) {
		leave(life, id, VM_CRASHED);
		const char *why = shared ? lifecycle_host(life, host, HOST_CRASH) : NULL;
		ASSERT(!why); /* only a host that is on holds guests */
		tell_room(life, host);
		return;
	}
	fall_in_place(life, id);
	if (then == ON_CRASH_PRESERVE) {
		event_cancel(world->engine, world->vms[id.i].end);
		enter(life, id, VM_PRESERVED);
		return;
	}
	world_note(world, NOTE_VM_STATE, id.i, host.i, VM_CRASHED);
	boot(life, id);
}

/* To a state of no host, from one of no host. */
static void rest(struct lifecycle *life, vm_id id, enum vm_state state)
{
	struct world *world = life->world;
	event_cancel(world->engine, world->vms[id.i].end);
	world->vms[id.i].state = state;
	world_note(world, NOTE_VM_STATE, id.i, ID_NONE, state);
}

static void save(struct lifecycle *life, vm_id id)
{
	struct vm_store *store = vm_disk_store(life->world, id);
	int64_t ram_bytes = type_of(life->world, id)->ram_bytes;
	vm_disk_hold(life->world, id, &store->saved_bytes, ram_bytes);
	wait_for(life, id, 0, TRANSFER_WRITE, ram_bytes);
	enter(life, id, VM_SAVING);
}

static void define(struct lifecycle *life, vm_id id)
{
	const struct vm_type *t = type_of(life->world, id);
	struct vm_store *store = t->pool.i == ID_NONE ? NULL : vm_disk_store(life->world, id);
	if (store && !store->disk_bytes && store->base == ID_NONE)
		vm_disk_hold(life->world, id, &store->disk_bytes, t->pool_disk_bytes);
	rest(life, id, VM_DEFINED);
}

static void delete(struct lifecycle *life, vm_id id)
{
	if (life->world->stores)
		vm_disk_forget(life->world, id);
	rest(life, id, VM_UNDEFINED);
}

static void go_down(struct lifecycle *life, vm_id id, enum vm_state through)
{
	if (wait_for(life, id, type_of(life->world, id)->shut_down.time_ns, TRANSFER_READ, 0))
		enter(life, id, through);
	else if (through == VM_REBOOTING)
		boot(life, id);
	else
		vm_life_stop(life, id);
}

static void carry_out(struct lifecycle *life, vm_id id, enum vm_request request)
{
	switch (request) {
	case VM_DEFINE:
		define(life, id);
		break;
	case VM_PAUSE:
		enter(life, id, VM_PAUSED);
		tell_room(life, fluid_host_of(life->world, id));
		break;
	case VM_UNPAUSE:
		enter(life, id, VM_RUNNING);
		break;
	case VM_SAVE:
		save(life, id);
		break;
	case VM_SHUT_DOWN:
		go_down(life, id, VM_SHUTTING_DOWN);
		break;
	case VM_REBOOT:
		go_down(life, id, VM_REBOOTING);
		break;
	case VM_RESET:
		stop_waiting(life, id);
		boot(life, id);
		break;
	case VM_CRASH:
		crash(life, id);
		break;
	case VM_DELETE:
		delete(life, id);
		break;
	case VM_UNDEFINE:
		rest(life, id, VM_UNDEFINED);
		break;
	default:
		vm_disk_request(life, id, request);
	}
}

const char *vm_life_request(struct lifecycle *life, vm_id id, enum vm_request request)
{
	ASSERT(request != VM_START && request != VM_RESTORE && request != VM_CLONE && request != VM_MIGRATE);
	if (request == VM_STOP)
		return vm_life_stop(life, id);
	const char *why = refusal(life->world, id, request);
	if (!why)
		carry_out(life, id, request);
	return why;
}

static void vm_end(struct engine *engine, void *context, const struct event *event)
{
	struct lifecycle *life = context;
	(void)engine;
	const char *why = vm_life_stop(life, (vm_id){(uint32_t)event->a});
	ASSERT(why == NULL);
}

void vm_life_init(struct lifecycle *life)
{
	life->vm_end = engine_type(life->world->engine, "guest ends", RANK_VM_END, vm_end, life);
	life->guest_lost = guest_lost;
}

void vm_life_open(struct lifecycle *life)
{
	struct world *world = life->world;
	bool needed = false;
	for (uint32_t i = 0; i < world->vm_type_count; i++) {
		const struct vm_type *t = &world->vm_types[i];
		needed |= t->boot.time_ns || t->shut_down.time_ns || t->pool.i != ID_NONE;
	}
	if (!needed)
		return;
	life->vm_timer = engine_type(world->engine, "guest's phase ends", RANK_HOST, timer_fired, life);
	transfers_open(&life->transfers, world);
	life->transfers.done = transfer_over;
	life->transfers.context = life;
	for (uint32_t v = 0; v < world->vm_count; v++) {
		int64_t bytes = type_of(world, (vm_id){v})->pool_disk_bytes;
		if (world->vms[v].state != VM_UNDEFINED && bytes)
			vm_disk_hold(world, (vm_id){v}, &vm_disk_store(world, (vm_id){v})->disk_bytes, bytes);
	}
}

void vm_life_close(struct lifecycle *life)
{
	transfers_close(&life->transfers);
}

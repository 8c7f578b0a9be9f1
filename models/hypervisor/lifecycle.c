/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state tables of hosts and guests, and what each transition does to books, shares and events. */
#include "models/hypervisor/lifecycle.h"

#include "models/hypervisor/fluid.h"

const char *const host_request_names[HOST_REQUESTS] = {
	"power on", "power off", "suspend", "resume", "fail", "repair",
};

/* What a request does to a host in the state from which it
 * is allowed: a transition that takes time, then rest. */
struct way {
	enum host_state from, through, to;
	bool at_once;
};

static const struct way ways[HOST_REQUESTS] = {
	[HOST_POWER_ON] = {HOST_OFF, HOST_BOOTING, HOST_ON, false},
	[HOST_POWER_OFF] = {HOST_ON, HOST_SHUTTING_DOWN, HOST_OFF, false},
	[HOST_SUSPEND] = {HOST_ON, HOST_SUSPENDING, HOST_SUSPENDED, false},
	[HOST_RESUME] = {HOST_SUSPENDED, HOST_RESUMING, HOST_ON, false},
	[HOST_FAIL] = {HOST_STATES, HOST_FAILED, HOST_FAILED, true}, /* from any state but failed */
	[HOST_REPAIR] = {HOST_FAILED, HOST_OFF, HOST_OFF, true},
};

static const char *const ways_why[HOST_REQUESTS] = {
	[HOST_POWER_ON] = "only a host that is off can be powered on",
	[HOST_POWER_OFF] = "only a host that is on can be powered off",
	[HOST_SUSPEND] = "only a host that is on can be suspended",
	[HOST_RESUME] = "only a suspended host can be resumed",
	[HOST_FAIL] = "the host has failed already",
	[HOST_REPAIR] = "only a failed host can be repaired",
};

static void host_enter(struct lifecycle *life, host_id id, enum host_state state)
{
	struct world *world = life->world;
	fluid_touch(world, id);
	world->hosts[id.i].state = state;
	world_changed(world, id);
	world_note(world, NOTE_HOST_STATE, ID_NONE, id.i, state);
}

static void host_done(struct engine *engine, void *context, const struct event *event)
{
	struct lifecycle *life = context;
	host_id id = {(uint32_t)event->a};
	(void)engine;
	host_enter(life, id, (enum host_state)event->b);
	life->world->hosts[id.i].transition = EVENT_NONE;
	if (event->b == HOST_ON && life->room)
		life->room(life->room_context, id);
}

/* A guest leaves: nested guests first, then its books, its place in the list and its end event. */
static void vm_leave(struct lifecycle *life, vm_id id, enum vm_state state, enum note_kind note)
{
	struct world *world = life->world;
	while (world->vms[id.i].first_child != ID_NONE)
		vm_leave(life, (vm_id){world->vms[id.i].first_child}, state, note);
	struct vm *vm = &world->vms[id.i];
	host_id host = fluid_host_of(world, id);
	fluid_touch(world, host);
	if (vm->state == VM_MIGRATING && life->migration_broken)
		life->migration_broken(life->migration_context, id);
	if (!vm->parent.is_vm)
		lifecycle_unbook(world, host, id);
	fluid_guest_remove(world, id);
	event_cancel(world->engine, vm->end);
	vm->end = EVENT_NONE;
	vm->state = state;
	vm->ended_ns = engine_now_ns(world->engine);
	world_note(world, note, id.i, host.i, 0);
}

static void host_fail(struct lifecycle *life, host_id id)
{
	struct world *world = life->world;
	while (world->hosts[id.i].guest_count) {
		struct host *host = &world->hosts[id.i];
		vm_leave(life, (vm_id){host->guests[host->guest_count - 1]}, VM_LOST, NOTE_VM_LOST);
	}
	event_cancel(world->engine, world->hosts[id.i].transition);
	world->hosts[id.i].transition = EVENT_NONE;
	/* Guests still booked here are on their way in: their migrations break, they go on where they run. */
	if (!life->migration_broken || !world->hosts[id.i].cpu_booked_hz)
		return;
	for (uint32_t v = 0; v < world->vm_count; v++)
		if (world->vms[v].state == VM_MIGRATING && world->vms[v].target.i == id.i)
			life->migration_broken(life->migration_context, (vm_id){v});
}

const char *lifecycle_host(struct lifecycle *life, host_id id, enum host_request request)
{
	struct world *world = life->world;
	const struct way *way = &ways[request];
	struct host *host = &world->hosts[id.i];
	bool allowed = request == HOST_FAIL ? host->state != HOST_FAILED : host->state == way->from;
	if (!allowed)
		return ways_why[request];
	bool leaves_on = request == HOST_POWER_OFF || request == HOST_SUSPEND;
	if (leaves_on && (host->guest_count || host->cpu_booked_hz || host->ram_booked_bytes))
		return "guests are on the host or on their way to it";
	if (request == HOST_FAIL)
		host_fail(life, id);
	int64_t time_ns = way->at_once ? 0 : world->host_types[host->type].phase[way->through].time_ns;
	host_enter(life, id, way->through);
	int64_t done_ns = engine_now_ns(world->engine) + time_ns;
	if (!way->at_once)
		host->transition = event_at(world->engine, done_ns, life->host_done, id.i, (uint64_t)way->to);
	return NULL;
}

void lifecycle_book(struct world *world, host_id host, vm_id vm)
{
	const struct vm_type *t = &world->vm_types[world->vms[vm.i].type];
	world->hosts[host.i].cpu_booked_hz += t->cpu_hz;
	world->hosts[host.i].ram_booked_bytes += t->ram_bytes;
	world->hosts[host.i].disk_booked_bytes += t->disk_bytes;
	world_changed(world, host);
}

void lifecycle_unbook(struct world *world, host_id host, vm_id vm)
{
	const struct vm_type *t = &world->vm_types[world->vms[vm.i].type];
	world->hosts[host.i].cpu_booked_hz -= t->cpu_hz;
	world->hosts[host.i].ram_booked_bytes -= t->ram_bytes;
	world->hosts[host.i].disk_booked_bytes -= t->disk_bytes;
	world_changed(world, host);
}

/* The instant at which a guest that starts now ends: its life, its trace, or its first idle update. */
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

const char *lifecycle_vm_start(struct lifecycle *life, vm_id id, struct vm_parent parent)
{
	struct world *world = life->world;
	struct vm *vm = &world->vms[id.i];
	if (vm->state != VM_DEFINED && vm->state != VM_WAITING)
		return "only a guest that is defined or waiting can be started";
	if (parent.is_vm && world->vms[parent.i].state != VM_RUNNING)
		return "the guest that is to hold it is not running";
	host_id host = parent.is_vm ? fluid_host_of(world, (vm_id){parent.i}) : (host_id){parent.i};
	if (world->hosts[host.i].state != HOST_ON)
		return "the host is not on";
	fluid_touch(world, host);
	if (!parent.is_vm)
		lifecycle_book(world, host, id);
	fluid_guest_add(world, id, parent);
	vm->state = VM_RUNNING;
	vm->placed_ns = engine_now_ns(world->engine);
	int64_t end_ns = vm_end_ns(world, vm);
	if (end_ns < TIME_MAX_NS)
		vm->end = event_at(world->engine, end_ns, life->vm_end, id.i, 0);
	world_note(world, NOTE_VM_PLACED, id.i, host.i, 0);
	return NULL;
}

const char *lifecycle_vm_stop(struct lifecycle *life, vm_id id)
{
	struct world *world = life->world;
	struct vm *vm = &world->vms[id.i];
	if (vm->state == VM_WAITING || vm->state == VM_DEFINED) {
		vm->state = VM_STOPPED;
		vm->ended_ns = engine_now_ns(world->engine);
		world_note(world, NOTE_VM_ENDED, id.i, ID_NONE, 0);
		return NULL;
	}
	if (vm->state != VM_RUNNING && vm->state != VM_MIGRATING)
		return "only a guest that is running, migrating or waiting can be stopped";
	host_id host = fluid_host_of(world, id);
	vm_leave(life, id, VM_STOPPED, NOTE_VM_ENDED);
	if (life->room)
		life->room(life->room_context, host);
	return NULL;
}

static void vm_end(struct engine *engine, void *context, const struct event *event)
{
	struct lifecycle *life = context;
	(void)engine;
	const char *why = lifecycle_vm_stop(life, (vm_id){(uint32_t)event->a});
	ASSERT(why == NULL);
}

void lifecycle_init(struct lifecycle *life, struct world *world)
{
	*life = (struct lifecycle){.world = world};
	life->host_done = engine_type(world->engine, "host transition ends", RANK_HOST, host_done, life);
	life->vm_end = engine_type(world->engine, "guest ends", RANK_VM_END, vm_end, life);
}

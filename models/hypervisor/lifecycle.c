/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state table of hosts, and what each transition does to guests, shares and events; the books. */
#include "models/hypervisor/lifecycle.h"

#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/bound.h"
#include "models/hypervisor/fluid.h"

const char *const host_request_names[HOST_REQUESTS] = {
	"power on", "power off", "suspend", "resume", "fail", "repair", "crash", "host OS crash",
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
	[HOST_CRASH] = {HOST_ON, HOST_BOOTING, HOST_ON, false}, /* it boots again by itself */
	[HOST_OS_CRASH] = {HOST_ON, HOST_BOOTING, HOST_ON, false},
};

static const char *const ways_why[HOST_REQUESTS] = {
	[HOST_POWER_ON] = "only a host that is off can be powered on",
	[HOST_POWER_OFF] = "only a host that is on can be powered off",
	[HOST_SUSPEND] = "only a host that is on can be suspended",
	[HOST_RESUME] = "only a suspended host can be resumed",
	[HOST_FAIL] = "the host has failed already",
	[HOST_REPAIR] = "only a failed host can be repaired",
	[HOST_CRASH] = "only a host that is on can crash",
	[HOST_OS_CRASH] = "only a host that is on can crash",
};

static void host_enter(struct lifecycle *life, host_id id, enum host_state state)
{
	struct world *world = life->world;
	ASSERT((unsigned)state < HOST_STATES);
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
	/* Only what is on holds guests, and a failure cancels what was under way. */
	ASSERT(life->world->hosts[id.i].state != HOST_FAILED && !life->world->hosts[id.i].guest_count);
	host_enter(life, id, (enum host_state)event->b);
	life->world->hosts[id.i].transition = EVENT_NONE;
	if (event->b == HOST_ON && life->room)
		life->room(life->room_context, id);
}

static void guests_lose(struct lifecycle *life, host_id id)
{
	struct world *world = life->world;
	while (world->hosts[id.i].guest_count) {
		struct host *host = &world->hosts[id.i];
		life->guest_lost(life, (vm_id){host->guests[host->guest_count - 1]});
	}
	event_cancel(world->engine, world->hosts[id.i].transition);
	world->hosts[id.i].transition = EVENT_NONE;
	/* Guests still booked here are on their way in: their migrations break, they go on where they run. */
	if (!life->migration_broken || !world->hosts[id.i].cpu_booked_hz)
		return;
	for (uint32_t v = 0; v < world->vm_count; v++)
		if (world->vms[v].state == VM_MIGRATING && world->vms[v].target.i == id.i)
			life->migration_broken(life->migration_context, (vm_id){v}, BREAKS_OTHER_FAILS);
}

/* A copy of its list, which is about to shrink. */
static uint32_t *guests_of(const struct host *host)
{
	uint32_t *guests = memory_new(host->guest_count, sizeof *guests, "guests of a failed host");
	memcpy(guests, host->guests, host->guest_count * sizeof *guests);
	return guests;
}

/* Of those that were there, some may live on elsewhere: a migration had just committed. */
static void tell_failed(struct lifecycle *life, host_id id, uint32_t *guests, uint32_t n)
{
	uint32_t lost = 0;
	for (uint32_t k = 0; k < n; k++)
		if (life->world->vms[guests[k]].state == VM_LOST)
			guests[lost++] = guests[k];
	life->failed(life->failed_context, id, guests, lost);
}

enum host_state lifecycle_host_leads(enum host_state state, enum host_request request)
{
	bool allowed = request == HOST_FAIL ? state != HOST_FAILED : state == ways[request].from;
	return allowed ? ways[request].through : HOST_STATES;
}

const char *lifecycle_host(struct lifecycle *life, host_id id, enum host_request request)
{
	ASSERT(id.i < life->world->host_count && (unsigned)request < HOST_REQUESTS);
	struct world *world = life->world;
	const struct way *way = &ways[request];
	struct host *host = &world->hosts[id.i];
	if (lifecycle_host_leads(host->state, request) == HOST_STATES)
		return ways_why[request];
	bool leaves_on = request == HOST_POWER_OFF || request == HOST_SUSPEND;
	int64_t kept_bytes = world->host_services ? world->host_services[host->type].ram_bytes : 0;
	if (leaves_on && (host->guest_count || host->cpu_booked_hz || host->ram_booked_bytes > kept_bytes))
		return "guests are on the host or on their way to it";
	if (request == HOST_OS_CRASH && world->host_types[host->type].isolation == ISOLATION_TYPE_1)
		return "under a hypervisor of type 1 lies no host OS";
	bool fails = request == HOST_FAIL || request == HOST_CRASH || request == HOST_OS_CRASH;
	uint32_t held = fails && life->failed ? host->guest_count : 0;
	uint32_t *guests = held ? guests_of(host) : NULL;
	if (fails)
		guests_lose(life, id);
	int64_t time_ns = way->at_once ? 0 : world->host_types[host->type].phase[way->through].time_ns;
	host_enter(life, id, way->through);
	int64_t done_ns = engine_now_ns(world->engine) + time_ns;
	if (!way->at_once)
		host->transition = event_at(world->engine, done_ns, life->host_done, id.i, (uint64_t)way->to);
	if (fails && life->failed)
		tell_failed(life, id, guests, held);
	free(guests);
	return NULL;
}

void lifecycle_book(struct world *world, host_id host, vm_id vm)
{
	const struct vm_type *t = &world->vm_types[world->vms[vm.i].type];
	world->hosts[host.i].cpu_booked_hz += t->cpu_hz;
	bound_book(world, host, world->vms[vm.i].type);
	world->hosts[host.i].ram_booked_bytes += world_guest_ram(world, host, world->vms[vm.i].type);
	world->hosts[host.i].disk_booked_bytes += t->disk_bytes;
	world_changed(world, host);
}

void lifecycle_unbook(struct world *world, host_id host, vm_id vm)
{
	const struct vm_type *t = &world->vm_types[world->vms[vm.i].type];
	world->hosts[host.i].cpu_booked_hz -= t->cpu_hz;
	bound_unbook(world, host, world->vms[vm.i].type);
	world->hosts[host.i].ram_booked_bytes -= world_guest_ram(world, host, world->vms[vm.i].type);
	world->hosts[host.i].disk_booked_bytes -= t->disk_bytes;
	ASSERT(world->hosts[host.i].cpu_booked_hz >= 0 && world->hosts[host.i].ram_booked_bytes >= 0);
	ASSERT(world->hosts[host.i].disk_booked_bytes >= 0);
	world_changed(world, host);
}

void lifecycle_book_cpu(struct world *world, host_id host, vm_id vm, bool book)
{
	const struct vm_type *t = &world->vm_types[world->vms[vm.i].type];
	world->hosts[host.i].cpu_booked_hz += book ? t->cpu_hz : -t->cpu_hz;
	ASSERT(world->hosts[host.i].cpu_booked_hz >= 0);
	world_changed(world, host);
}

void lifecycle_init(struct lifecycle *life, struct world *world)
{
	*life = (struct lifecycle){.world = world};
	life->host_done = engine_type(world->engine, "host transition ends", RANK_HOST, host_done, life);
}

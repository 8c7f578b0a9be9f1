/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all kinds of migration share: checks, the target's reservation, the switch-over, failure. */
#include "models/migration/migration.h"

#include <stdlib.h>

#include "models/hypervisor/bound.h"
#include "models/hypervisor/fluid.h"
#include "models/hypervisor/memory_host.h"

extern const struct migration_kind migration_ram_over_bandwidth;

const struct migration_kind *const migration_kinds[] = {
	&migration_ram_over_bandwidth,
	NULL,
};

static void vm_loss(struct migrations *m, vm_id vm, uint32_t loss_ppm)
{
	fluid_touch(m->world, fluid_host_of(m->world, vm));
	m->world->vms[vm.i].loss_ppm = loss_ppm;
}

/* The move is over: the target becomes the guest's host. */
static void migration_end(struct engine *engine, void *context, const struct event *event)
{
	struct migrations *m = context;
	struct migration *move = &m->all[event->a];
	struct world *world = m->world;
	struct vm *vm = &world->vms[move->vm.i];
	ASSERT(!move->done && event->a < m->count);
	ASSERT(vm->state == VM_MIGRATING && vm->target.i == move->target.i);
	vm_loss(m, move->vm, 0);
	fluid_touch(world, move->target);
	lifecycle_unbook(world, move->source, move->vm);
	fluid_guest_remove(world, move->vm);
	fluid_guest_add(world, move->vm, (struct vm_parent){false, move->target.i});
	vm->state = VM_RUNNING;
	vm->target.i = ID_NONE;
	move->end_ns = engine_now_ns(engine);
	move->done = true;
	world_note(world, NOTE_MIGRATION_END, move->vm.i, move->source.i, move->target.i);
	if (m->life->room)
		m->life->room(m->life->room_context, move->source);
}

/* Source or target is going away: the guest stays where it runs and the target's reservation goes back. */
static void migration_broken(void *context, vm_id id)
{
	struct migrations *m = context;
	struct vm *vm = &m->world->vms[id.i];
	uint32_t k = m->count;
	while (k-- && (m->all[k].vm.i != id.i || m->all[k].done))
		;
	ASSERT(k < m->count);
	struct migration *move = &m->all[k];
	event_cancel(m->world->engine, m->ends[k]);
	vm_loss(m, id, 0);
	lifecycle_unbook(m->world, move->target, id);
	vm->state = VM_RUNNING;
	vm->target.i = ID_NONE;
	move->end_ns = engine_now_ns(m->world->engine);
	move->done = move->failed = true;
	world_note(m->world, NOTE_MIGRATION_FAILED, id.i, move->source.i, move->target.i);
	if (m->life->room)
		m->life->room(m->life->room_context, move->target);
}

void migrations_init(struct migrations *m, struct world *world, struct lifecycle *life)
{
	*m = (struct migrations){
		.world = world, .life = life, .kind = migration_kinds[0], .bandwidth_share = 1.0,
	};
	m->end = engine_type(world->engine, "migration ends", RANK_MIGRATION, migration_end, m);
	life->migration_broken = migration_broken;
	life->migration_context = m;
}

void migrations_fini(struct migrations *m)
{
	free(m->all);
	free(m->ends);
}

static const char *refusal(const struct migrations *m, vm_id id, host_id target)
{
	const struct vm *vm = &m->world->vms[id.i];
	const struct host *to = &m->world->hosts[target.i];
	const struct vm_type *t = &m->world->vm_types[vm->type];
	const struct host_type *room = &m->world->host_types[to->type];
	if (vm->state == VM_MIGRATING)
		return "the guest is migrating already";
	if (vm->state != VM_RUNNING)
		return "the guest is not running";
	if (vm->parent.is_vm)
		return "a nested guest moves with the guest that holds it";
	if (vm->parent.i == target.i)
		return "the guest is on that host already";
	if (to->state != HOST_ON)
		return "the target host is not on";
	if (m->world->overheads && world_overhead(m->world, to->type, vm->type)->refused)
		return "the target host's hypervisor cannot run such a guest";
	if (t->vcpu_hz > room->core_hz || t->vcpus > room->cores)
		return "the target host's cores are too slow or too few";
	/* Memory and disk are never overcommitted by a move, unless the host reclaims memory; CPU may be, as
	 * the fair share decides. */
	int64_t ram_bytes = (int64_t)((double)room->ram_bytes * memory_overcommit(room, 1));
	if (world_guest_ram(m->world, target, vm->type) > ram_bytes - to->ram_booked_bytes)
		return "the target host has too little free memory";
	if (t->disk_bytes > room->disk_bytes - to->disk_booked_bytes)
		return "the target host has too little free disk";
	return bound_refusal(m->world, target, vm->type);
}

const char *migration_start(struct migrations *m, vm_id id, host_id target)
{
	ASSERT(id.i < m->world->vm_count && target.i < m->world->host_count);
	struct world *world = m->world;
	const char *why = refusal(m, id, target);
	if (why)
		return why;
	struct vm *vm = &world->vms[id.i];
	host_id source = {vm->parent.i};
	struct network_path path;
	if (!network_path(&world->network, world->hosts[source.i].node, world->hosts[target.i].node, &path))
		return "no network path leads to the target host";
	const struct vm_type *t = &world->vm_types[vm->type];
	struct migration_case c = {
		.ram_bytes = t->ram_bytes, .disk_bytes = t->disk_bytes, .path_bps = path.capacity_bps,
		.latency_ns = path.latency_ns, .bandwidth_share = m->bandwidth_share,
	};
	struct migration move = {
		.vm = id, .source = source, .target = target,
		.start_ns = engine_now_ns(world->engine), .end_ns = -1,
	};
	m->kind->plan(&c, &move.outcome);
	ASSERT(move.outcome.total_ns >= 0 && move.outcome.sent_bytes >= 0);
	ASSERT(move.outcome.downtime_ns >= 0 && move.outcome.downtime_ns <= move.outcome.total_ns);
	ARRAY_GROW(m->all, m->count, m->room, "migration table");
	ARRAY_GROW(m->ends, m->count, m->ends_room, "migration table");
	m->all[m->count] = move;
	int64_t end_ns = TIME_MAX_NS - move.start_ns > move.outcome.total_ns
		? move.start_ns + move.outcome.total_ns : TIME_MAX_NS;
	m->ends[m->count] = event_at(world->engine, end_ns, m->end, m->count, id.i);
	m->count++;
	lifecycle_book(world, target, id);
	vm_loss(m, id, m->loss_ppm);
	vm->state = VM_MIGRATING;
	vm->target = target;
	vm->migrations++;
	world_note(world, NOTE_MIGRATION_START, id.i, source.i, target.i);
	return NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all kinds of migration share: checks, the target's reservation, the switch-over, failure. */
#include "models/migration/migration.h"

#include <math.h>
#include <stdlib.h>

#include "models/hypervisor/bound.h"
#include "models/hypervisor/fluid.h"
#include "models/hypervisor/memory_host.h"
#include "models/migration/carry.h"
#include "models/migration/processes.h"
#include "models/migration/range.h"
#include "sim/time.h"

extern const struct migration_kind migration_ram_over_bandwidth;

const struct migration_kind *const migration_kinds[] = {
	&migration_ram_over_bandwidth,
	NULL,
};

const char *const migration_verdict_names[MIGRATION_VERDICTS] = {
	"under way",
	"done",
	"cancelled",
	"source failed",
	"target failed",
	"network failed",
	"guest ended",
};

static void vm_loss(struct migrations *m, vm_id vm, uint32_t loss_ppm)
{
	fluid_touch(m->world, fluid_host_of(m->world, vm));
	m->world->vms[vm.i].loss_ppm = loss_ppm;
}

static void migration_over(struct migrations *m, uint32_t index, const struct network_path *path);

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
	move->end_ns = move->switch_ns = engine_now_ns(engine);
	move->done = true;
	move->result = MIGRATION_DONE;
	world_note(world, NOTE_MIGRATION_END, move->vm.i, move->source.i, move->target.i);
	migration_over(m, (uint32_t)event->a, NULL);
	if (m->life->room)
		m->life->room(m->life->room_context, move->source);
}

/* A planned move is off: the guest stays where it runs and the target's reservation goes back. */
static void plan_off(struct migrations *m, vm_id id, enum migration_verdict result)
{
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
	move->result = result;
	world_note(m->world, NOTE_MIGRATION_FAILED, id.i, move->source.i, move->target.i);
	migration_over(m, k, NULL);
	if (m->life->room)
		m->life->room(m->life->room_context, move->target);
}

/* The guest is going, or one of the two hosts under it. */
static void migration_broken(void *context, vm_id id, enum migration_breaks by)
{
	static const enum migration_verdict results[] = {
		[BREAKS_GUEST_ENDS] = MIGRATION_GUEST_ENDED,
		[BREAKS_HOST_FAILS] = MIGRATION_NO_SOURCE,
		[BREAKS_OTHER_FAILS] = MIGRATION_NO_TARGET,
	};
	struct migrations *m = context;
	uint32_t carry = carry_of(m, id);
	if (carry == ID_NONE) {
		plan_off(m, id, results[by]);
		return;
	}
	const struct migration *move = &m->all[m->carries[carry]->migration];
	bool at_target = m->world->vms[id.i].parent.i == move->target.i;
	enum migration_verdict result = results[by];
	if (at_target && by != BREAKS_GUEST_ENDS)
		result = by == BREAKS_HOST_FAILS ? MIGRATION_NO_TARGET : MIGRATION_NO_SOURCE;
	if (by == BREAKS_OTHER_FAILS)
		carry_break(m, carry, at_target ? BREAK_SOURCE : BREAK_TARGET, result);
	else
		carry_leave(m, carry, result, by == BREAKS_HOST_FAILS);
}

void migrations_init(struct migrations *m, struct world *world, struct lifecycle *life)
{
	*m = (struct migrations){
		.world = world,
		.life = life,
		.kind = migration_kinds[0],
		.bandwidth_share = 1.0,
		.over = migration_over, .link_share_01 = 1.0,
		.carry_free = ID_NONE,
		.rules = move_rules_default(STOP_QEMU),
	};
	m->end = engine_type(world->engine, "migration ends", RANK_MIGRATION, migration_end, m);
	life->migration_broken = migration_broken;
	life->migration_context = m;
}

void migrations_fini(struct migrations *m)
{
	carry_close(m);
	free(m->moving_hz);
	free(m->all);
	free(m->ends);
	free(m->cut);
	free(m->out);
	free(m->in);
	free(m->on_link);
	free(m->queue);
	free(m->refusals);
}

/* A guest is held in the form of the hypervisor that it runs on. */
static bool compatible(struct migrations *m, const struct vm *vm, const struct host *to)
{
	if (!m->hosts || !m->guests)
		return true;
	struct compat_guest guest = m->guests[vm->type].needs;
	guest.hypervisor = m->hosts[m->world->hosts[vm->parent.i].type].hypervisor;
	m->lack = compat_lack(&guest, &m->hosts[to->type]);
	return compat_check(&guest, &m->hosts[to->type], m->why, sizeof m->why);
}

static const char *refusal(struct migrations *m, vm_id id, host_id target)
{
	m->lack = LACK_NOTHING;
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
	if (!compatible(m, vm, to))
		return m->why;
	return bound_refusal(m->world, target, vm->type);
}

static bool limited(const struct migrations *m)
{
	return m->limits.out || m->limits.in || m->limits.link || m->limits.all;
}

/* A move begins or ends: what limits count. `path` is NULL for a planned one, which loads no link. */
static void count(struct migrations *m, const struct migration *move, const struct network_path *path,
	bool begins)
{
	uint32_t by = begins ? 1 : UINT32_MAX;
	m->under_way += by;
	if (!m->out)
		return;
	m->out[move->source.i] += by;
	m->in[move->target.i] += by;
	for (uint32_t k = 0; path && k < path->count; k++)
		m->on_link[path->links[k].i] += by;
}

static bool must_wait(const struct migrations *m, host_id source, host_id target,
	const struct network_path *path)
{
	const struct migration_limits *most = &m->limits;
	if (!m->out)
		return false;
	bool waits = (most->all && m->under_way >= most->all) || (most->out &&
		m->out[source.i] >= most->out) ||
	             (most->in && m->in[target.i] >= most->in);
	for (uint32_t k = 0; k < path->count && most->link && !waits; k++)
		waits = m->on_link[path->links[k].i] >= most->link;
	return waits;
}

/* Nothing is known of the model's error. */
static void range_none(struct migration *move, const char *outside)
{
	move->validated = false;
	move->stratum = NULL;
	move->outside = outside;
	move->stratum_runs = 0;
	move->total_error_01 = move->total_error_p90_01 = (double)NAN;
	move->bytes_error_01 = move->downtime_error_s = (double)NAN;
}

static void migration_over(struct migrations *m, uint32_t index, const struct network_path *path)
{
	if (m->all[index].shared && m->all[index].validated)
		range_none(&m->all[index], range_shared);
	count(m, &m->all[index], path, false);
	if (m->queued && !event_pending(m->world->engine, m->next_event))
		m->next_event = event_at(m->world->engine, engine_now_ns(m->world->engine), m->next, 0, 0);
}

/* What is to be moved, from the guest's type. */
static struct move_case case_of(const struct migrations *m, uint32_t type, const struct network_path *path)
{
	static const struct migration_guest plain = {.touches = 1};
	const struct vm_type *t = &m->world->vm_types[type];
	const struct migration_guest *g = m->guests ? &m->guests[type] : &plain;
	double pages = (double)t->ram_bytes / PAGE_BYTES, data = pages * (1 - g->zero_01);
	double bps = (double)path->capacity_bps * m->link_share_01;
	return (struct move_case){
		.data_pages = data,
		.zero_pages = pages - data,
		.free_pages = data * g->free_01,
		.cache_pages = data * g->cache_01,
		.dirty = g->dirty,
		.touches = g->touches,
		.vcpus = t->vcpus,
		.device_bytes = g->device_bytes,
		.device_ns = g->device_ns,
		.disk = m->disk,
		.disk_bytes = (double)t->disk_bytes,
		.disk_set_bytes = g->disk_set_bytes,
		.disk_write_Bps = g->disk_write_Bps,
		.round_trip_ns = 2 * path->latency_ns,
		.path_Bps = bps / 8,
		.rules = m->rules,
	};
}

/* Whether the model was held against such a migration; what it sends alone on the path counts. */
static void range_of(struct migration *move, const struct move_kind *kind, const struct move_case *c)
{
	const char *outside = NULL;
	const struct range_stratum *s = range_find(kind, c, c->path_Bps, &outside);
	range_none(move, outside);
	if (!s)
		return;
	move->validated = true;
	move->stratum = s->name;
	move->outside = NULL;
	move->stratum_runs = s->runs;
	move->total_error_01 = s->total_01;
	move->total_error_p90_01 = s->total_p90_01;
	move->bytes_error_01 = s->bytes_01;
	move->downtime_error_s = s->downtime_ms / 1e3;
}

static void plan_start(struct migrations *m, struct migration *move, const struct network_path *path)
{
	const struct vm_type *t = &m->world->vm_types[m->world->vms[move->vm.i].type];
	struct migration_case c = {
		.ram_bytes = t->ram_bytes,
		.disk_bytes = t->disk_bytes,
		.path_bps = path->capacity_bps,
		.latency_ns = path->latency_ns,
		.bandwidth_share = m->bandwidth_share,
	};
	move->kind = m->kind->name;
	m->kind->plan(&c, &move->outcome);
	ASSERT(move->outcome.total_ns >= 0 && move->outcome.sent_bytes >= 0);
	ASSERT(move->outcome.downtime_ns >= 0 && move->outcome.downtime_ns <= move->outcome.total_ns);
	int64_t end_ns = TIME_MAX_NS - move->start_ns > move->outcome.total_ns
	                         ? move->start_ns + move->outcome.total_ns
	                         : TIME_MAX_NS;
	m->ends[move - m->all] = event_at(m->world->engine, end_ns, m->end, (uint64_t)(move - m->all),
		move->vm.i);
	vm_loss(m, move->vm, m->loss_ppm);
}

/* Books the target and begins. */
static void begin(struct migrations *m, const struct migration_request *r, const struct network_path *path)
{
	struct world *world = m->world;
	struct vm *vm = &world->vms[r->vm.i];
	const struct move_kind *kind = r->kind ? r->kind : m->move_kind;
	uint32_t index = m->count++;
	ARRAY_GROW(m->all, index, m->room, "migration table");
	ARRAY_GROW(m->ends, index, m->ends_room, "migration table");
	struct migration *move = &m->all[index];
	*move = (struct migration){
		.vm = r->vm,
		.source = {vm->parent.i},
		.target = r->target,
		.asked_ns = r->asked_ns,
		.start_ns = engine_now_ns(world->engine),
		.end_ns = -1,
		.switch_ns = -1,
	};
	range_none(move, NULL);
	if (!kind)
		plan_start(m, move, path);
	lifecycle_book(world, r->target, r->vm);
	world_changed(world, move->source);
	vm->state = VM_MIGRATING;
	vm->target = r->target;
	vm->migrations++;
	count(m, move, kind ? path : NULL, true);
	world_note(world, NOTE_MIGRATION_START, r->vm.i, move->source.i, r->target.i);
	if (!kind)
		return;
	struct move_case c = case_of(m, vm->type, path);
	if (r->rules)
		c.rules = *r->rules;
	c.disk = r->has_disk ? r->disk : c.disk;
	move->kind = kind->name;
	move->disk = c.disk;
	move->round_trip_ns = c.round_trip_ns;
	move->path_Bps = c.path_Bps;
	for (uint32_t k = 0; k < c.dirty.count; k++)
		move->dirty_Bps += c.dirty.writer[k].rate_hz * PAGE_BYTES;
	range_of(move, kind, &c);
	carry_start(m, index, kind, &c, path);
}

static uint32_t place_in_queue(const struct migrations *m, vm_id vm)
{
	for (uint32_t k = 0; k < m->queued; k++)
		if (m->queue[k].vm.i == vm.i)
			return k;
	return ID_NONE;
}

/* Why a request cannot be; or NULL, and its path. */
static const char *look(struct migrations *m, const struct migration_request *r, struct network_path *path)
{
	struct world *world = m->world;
	const char *why = refusal(m, r->vm, r->target);
	if (why)
		return why;
	host_id source = {world->vms[r->vm.i].parent.i};
	if (!network_path(&world->network, world->hosts[source.i].node, world->hosts[r->target.i].node, path))
		return "no network path leads to the target host";
	for (uint32_t k = 0; k < path->count && m->cut; k++)
		if (m->cut[path->links[k].i])
			return "a cable on the way to the target host is cut";
	return NULL;
}

bool migration_waits(const struct migrations *m, vm_id vm)
{
	return place_in_queue(m, vm) != ID_NONE;
}

host_id migration_target(const struct migrations *m, vm_id vm)
{
	uint32_t carry = carry_of(m, vm);
	ASSERT(m->world->vms[vm.i].state == VM_MIGRATING);
	return carry == ID_NONE ? m->world->vms[vm.i].target : m->all[m->carries[carry]->migration].target;
}

/* Keeps why a migration did not begin. A reason that was made up for this one is copied. */
static void refuse(struct migrations *m, const struct migration_request *r, const char *why)
{
	const struct vm *vm = &m->world->vms[r->vm.i];
	bool on_host = vm->parent.i != ID_NONE && !vm->parent.is_vm;
	ASSERT(why && *why);
	m->refused++;
	ARRAY_GROW(m->refusals, m->refusal_count, m->refusal_room, "migrations that were refused");
	m->refusals[m->refusal_count++] = (struct migration_refusal){
		.time_ns = engine_now_ns(m->world->engine),
		.vm = r->vm,
		.source = {on_host ? vm->parent.i : ID_NONE},
		.target = r->target,
		.lack = m->lack,
		.why = why == m->why ? arena_string(&m->world->arena, why) : why,
	};
}

const char *migration_ask(struct migrations *m, const struct migration_request *request)
{
	ASSERT(request->vm.i < m->world->vm_count && request->target.i < m->world->host_count);
	struct network_path path;
	struct migration_request r = *request;
	ASSERT(m->flows || !r.kind); /* migrations_open knew that there would be legs */
	r.asked_ns = engine_now_ns(m->world->engine);
	const char *why = look(m, &r, &path);
	if (!why && place_in_queue(m, r.vm) != ID_NONE)
		why = "the guest waits for a migration already";
	if (why) {
		refuse(m, &r, why);
		return why;
	}
	if (must_wait(m, (host_id){m->world->vms[r.vm.i].parent.i}, r.target, &path)) {
		m->waited++;
		ARRAY_GROW(m->queue, m->queued, m->queue_room, "migrations that wait");
		m->queue[m->queued++] = r;
		return NULL;
	}
	begin(m, &r, &path);
	return NULL;
}

const char *migration_start(struct migrations *m, vm_id vm, host_id target)
{
	return migration_ask(m, &(struct migration_request){.vm = vm, .target = target});
}

/* Something ended: those that waited are looked at in order, each once. One that cannot be any more is
 * refused. */
static void next_fired(struct engine *engine, void *context, const struct event *event)
{
	struct migrations *m = context;
	uint32_t kept = 0, n = m->queued;
	(void)engine;
	(void)event;
	m->next_event = EVENT_NONE;
	for (uint32_t k = 0; k < n; k++) {
		struct migration_request r = m->queue[k];
		struct network_path path;
		const char *why = look(m, &r, &path);
		if (why) {
			refuse(m, &r, why);
			world_note(m->world, NOTE_PLAN_REFUSED, r.vm.i, r.target.i, 0);
		} else if (must_wait(m, (host_id){m->world->vms[r.vm.i].parent.i}, r.target, &path)) {
			m->queue[kept++] = r;
		} else {
			begin(m, &r, &path);
		}
	}
	m->queued = kept;
}

const char *migration_cancel(struct migrations *m, vm_id vm)
{
	uint32_t place = place_in_queue(m, vm);
	if (place != ID_NONE) {
		for (uint32_t k = place + 1; k < m->queued; k++)
			m->queue[k - 1] = m->queue[k];
		m->queued--;
		return NULL;
	}
	if (m->world->vms[vm.i].state != VM_MIGRATING)
		return "the guest is not migrating";
	uint32_t carry = carry_of(m, vm);
	if (carry == ID_NONE)
		plan_off(m, vm, MIGRATION_CANCELLED);
	else if (!carry_break(m, carry, BREAK_CANCEL, MIGRATION_CANCELLED))
		return "the target has committed; the migration cannot be called back";
	return NULL;
}

static bool crosses(const struct network_path *path, uint32_t link, uint32_t back)
{
	for (uint32_t k = 0; k < path->count; k++)
		if (path->links[k].i == link || path->links[k].i == back)
			return true;
	return false;
}

static void cut_link(struct migrations *m, uint32_t link, bool cut)
{
	double share_bps = (double)m->world->network.links[link].capacity_bps * m->link_share_01;
	int64_t bps = share_bps < (double)FLOW_CAPACITY_MAX_BPS ? (int64_t)share_bps : FLOW_CAPACITY_MAX_BPS;
	m->cut[link] = cut;
	if (m->flows)
		flows_link_set(m->flows, link, cut ? 0 : bps);
}

/* A planned move has no path but that between its hosts. */
static void plans_break(struct migrations *m, uint32_t link, uint32_t back)
{
	const struct world *w = m->world;
	for (uint32_t k = 0; k < m->count; k++) {
		const struct migration *move = &m->all[k];
		struct network_path path;
		if (move->done || carry_of(m, move->vm) != ID_NONE)
			continue;
		node_id from = w->hosts[move->source.i].node, to = w->hosts[move->target.i].node;
		if (network_path(&w->network, from, to, &path) && crosses(&path, link, back))
			plan_off(m, move->vm, MIGRATION_NO_NETWORK);
	}
}

const char *migrations_cable(struct migrations *m, host_id host, bool cut)
{
	const struct network *net = &m->world->network;
	uint32_t up = net->nodes[m->world->hosts[host.i].node.i].up;
	if (up == ID_NONE)
		return "the host has no cable";
	if (!m->cut)
		m->cut = memory_new(net->link_count, sizeof *m->cut, "cables");
	if (m->cut[up] == cut)
		return cut ? "the cable is cut already" : "the cable is not cut";
	cut_link(m, up, cut);
	cut_link(m, net->links[up].back, cut);
	for (uint32_t k = 0; k < m->carry_count && cut; k++)
		if (m->carries[k]->migration != ID_NONE && crosses(&m->carries[k]->path, up,
			net->links[up].back))
			carry_break(m, k, BREAK_NETWORK, MIGRATION_NO_NETWORK);
	if (cut)
		plans_break(m, up, net->links[up].back);
	if (m->processes)
		processes_cables(m->processes);
	if (m->changed)
		m->changed(m->changed_context);
	return NULL;
}

void migrations_open(struct migrations *m)
{
	const struct world *world = m->world;
	ASSERT(!m->out && !m->flows);
	if (limited(m)) {
		m->out = memory_new(world->host_count, sizeof *m->out, "migrations of hosts");
		m->in = memory_new(world->host_count, sizeof *m->in, "migrations of hosts");
		m->on_link = memory_new(world->network.link_count, sizeof *m->on_link, "migrations of links");
		m->next = engine_type(world->engine, "waiting migrations try again", RANK_CONTROL,
			next_fired, m);
	}
	if (!m->move_kind && !m->with_legs)
		return;
	m->cut = memory_new(world->network.link_count, sizeof *m->cut, "cables");
	if (m->host_cpu_01 > 0)
		m->moving_hz = memory_new(world->host_count, sizeof *m->moving_hz, "CPU of migrations");
	m->world->moving_hz = m->moving_hz;
	carry_open(m);
}

void migrations_finish(struct migrations *m)
{
	for (uint32_t k = 0; k < m->carry_count; k++)
		if (m->carries[k]->migration != ID_NONE)
			carry_figures(m, k);
}

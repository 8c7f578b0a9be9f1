/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migrations as flows and events: legs one after another, the switch of hosts, ends good and bad. */
#include "models/migration/carry.h"

#include <math.h>
#include <stdlib.h>

#include "models/hypervisor/discrete.h"
#include "models/hypervisor/fluid.h"
#include "models/migration/processes.h"
#include "sim/time.h"

#define PPM 1000000u
#define SHARED_SLACK 0.01 /* below the error of the model (range.h) */

static void step(struct migrations *m, uint32_t id, const struct leg_report *report);

static void loss_set(struct migrations *m, vm_id vm, uint32_t ppm)
{
	fluid_touch(m->world, fluid_host_of(m->world, vm));
	m->world->vms[vm.i].loss_ppm = ppm;
}

static wide used(const struct vm *vm)
{
	return vm->demanded - vm->stolen + vm->migration_lost;
}

/* Of the CPU that the guest wanted in this leg, what it would have used without the migration. */
static double undisturbed_01(const struct migrations *m, const struct carry *c)
{
	const struct vm *vm = &m->world->vms[m->all[c->migration].vm.i];
	wide wanted = vm->demanded - c->demanded, got = used(vm) - c->used;
	return wanted > 0 ? wide_double(got) / wide_double(wanted) : 1;
}

static void spend(struct migrations *m, uint32_t host, bool begin)
{
	struct world *world = m->world;
	int64_t hz = (int64_t)((double)world->host_types[world->hosts[host].type].core_hz * m->host_cpu_01);
	if (discrete_has(world, host) || hz == 0)
		return;
	fluid_touch(world, (host_id){host});
	world->moving_hz[host] += begin ? hz : -hz;
	ASSERT(world->moving_hz[host] >= 0);
}

static void sending(struct migrations *m, struct carry *c, bool sends)
{
	if (c->sends == sends)
		return;
	c->sends = sends;
	spend(m, m->all[c->migration].source.i, sends);
	spend(m, m->all[c->migration].target.i, sends);
}

static int64_t bits_of(double bytes)
{
	double bits = bytes * 8;
	ASSERT(bits < 0x1p62);
	int64_t whole = (int64_t)bits;
	return (double)whole < bits ? whole + 1 : whole;
}

static void tell(const struct migrations *m)
{
	if (m->changed)
		m->changed(m->changed_context);
}

static void send(struct migrations *m, uint32_t id)
{
	struct carry *c = m->carries[id];
	const struct leg *leg = &c->move.leg;
	struct flow_request request = {
		.link_count = c->path.count,
		.weight = 1,
		.most_bps = FLOW_UNLIMITED,
		.bits = bits_of(leg->bytes),
		.tag = id,
	};
	for (uint32_t k = 0; k < c->path.count; k++)
		request.links[k] = c->path.links[k].i;
	if (leg->most_Bps > 0 && leg->most_Bps < 0x1p44)
		request.most_bps = bits_of(leg->most_Bps);
	c->flow = flow_add(m->flows, &request);
}

static void wait_fixed(struct migrations *m, uint32_t id)
{
	struct carry *c = m->carries[id];
	int64_t now_ns = engine_now_ns(m->world->engine), time_ns = c->move.leg.time_ns;
	int64_t end_ns = time_ns < TIME_MAX_NS - now_ns ? now_ns + time_ns : TIME_MAX_NS;
	c->timer = event_at(m->world->engine, end_ns, m->timer, id, m->all[c->migration].vm.i);
}

static void leg_begin(struct migrations *m, uint32_t id)
{
	struct carry *c = m->carries[id];
	vm_id vm = m->all[c->migration].vm;
	const struct leg *leg = &c->move.leg;
	bool stands = leg->guest == GUEST_STOPPED;
	double lost_01 = 1 - (1 - leg->lost_01) * (1 - leg->throttle_01);
	loss_set(m, vm, stands ? PPM : (uint32_t)(lost_01 * PPM + 0.5));
	c->began_ns = engine_now_ns(m->world->engine);
	c->demanded = m->world->vms[vm.i].demanded;
	c->used = used(&m->world->vms[vm.i]);
	sending(m, c, leg->bytes > 0);
	if (leg->bytes > 0)
		send(m, id);
	else
		wait_fixed(m, id);
	tell(m);
}

/* Did the bytes of the leg take longer than they would have alone on the path? */
static bool shared(const struct carry *c, int64_t elapsed_ns)
{
	const struct leg *leg = &c->move.leg;
	double rate_Bps = c->move.c.path_Bps;
	if (leg->most_Bps > 0 && leg->most_Bps < rate_Bps)
		rate_Bps = leg->most_Bps;
	double alone_s = leg->bytes / rate_Bps;
	return time_s(elapsed_ns - leg->time_ns) > alone_s * (1 + SHARED_SLACK) + 1e-6;
}

static void leg_over(struct migrations *m, uint32_t id)
{
	struct carry *c = m->carries[id];
	vm_id vm = m->all[c->migration].vm;
	int64_t now_ns = engine_now_ns(m->world->engine);
	fluid_advance(m->world, fluid_host_of(m->world, vm), now_ns);
	struct leg_report report = {
		.elapsed_ns = now_ns - c->began_ns,
		.activity_01 = (1 - c->move.leg.lost_01) * undisturbed_01(m, c),
	};
	if (shared(c, report.elapsed_ns))
		m->all[c->migration].shared = true;
	step(m, id, &report);
}

/* A flow's last bit is through. */
static void sent(void *context, uint32_t flow, uint64_t tag)
{
	struct migrations *m = context;
	if (tag & FLOW_TAG_PROCESS) {
		processes_sent(m->processes, (uint32_t)tag);
		return;
	}
	struct carry *c = m->carries[tag];
	ASSERT(c->flow == flow);
	c->flow = FLOW_NONE;
	tell(m);
	if (c->move.leg.time_ns > 0)
		wait_fixed(m, (uint32_t)tag);
	else
		leg_over(m, (uint32_t)tag);
}

static void timer_fired(struct engine *engine, void *context, const struct event *event)
{
	(void)engine;
	leg_over(context, (uint32_t)event->a);
}

/* The target has committed: it becomes the guest's host, and the source the one that is still booked
 * besides. */
static void switch_over(struct migrations *m, struct carry *c)
{
	struct world *world = m->world;
	struct migration *move = &m->all[c->migration];
	struct vm *vm = &world->vms[move->vm.i];
	ASSERT(vm->parent.i == move->source.i && vm->target.i == move->target.i);
	fluid_touch(world, move->source);
	fluid_touch(world, move->target);
	fluid_guest_remove(world, move->vm);
	fluid_guest_add(world, move->vm, (struct vm_parent){false, move->target.i});
	vm->target = move->source;
	move->switch_ns = engine_now_ns(world->engine);
	world_note(world, NOTE_MIGRATION_SWITCH, move->vm.i, move->source.i, move->target.i);
}

/* In a round that is over; the log ends, and then the rate has it. */
static double dirtied(const struct carry *c, uint32_t round, int64_t elapsed_ns)
{
	if (round <= MOVE_ROUNDS)
		return c->move.log[round - 1].dirtied_pages;
	return c->move.dirty_Hz * time_s(elapsed_ns);
}

/* What is to be told of a leg that the kind has left behind: struct move is too large to be copied for
 * that. */
struct left {
	struct leg leg;
	uint32_t round;
	double data;
};

static struct left left_of(const struct move *move)
{
	return (struct left){move->leg, move->round, move->leg_data};
}

/* Keeps what is to be told of a leg; pages that it dirtied are known only now. */
static void leg_keep(struct migrations *m, const struct carry *c, const struct left *before,
	double activity_01)
{
	struct migration *move = &m->all[c->migration];
	int64_t now_ns = engine_now_ns(m->world->engine);
	uint32_t round = before->round;
	move->stage_ns[before->leg.stage] += now_ns - c->began_ns;
	ARRAY_GROW(m->legs, m->leg_count, m->leg_room, "legs of migrations");
	m->legs[m->leg_count++] = (struct migration_leg){
		.migration = c->migration,
		.round = round,
		.stage = before->leg.stage,
		.guest = before->leg.guest,
		.start_ns = c->began_ns,
		.end_ns = now_ns,
		.bytes = before->leg.bytes,
		.pages = before->data,
		.dirtied_pages = before->leg.stage == LEG_ROUND ? dirtied(c, round, now_ns - c->began_ns) : 0,
		.activity_01 = before->leg.guest == GUEST_STOPPED ? 0
			: activity_01 * (1 - before->leg.throttle_01),
		.throttle_01 = before->leg.throttle_01,
		.most_Bps = before->leg.most_Bps,
	};
}

void carry_figures(struct migrations *m, uint32_t id)
{
	const struct carry *c = m->carries[id];
	const struct move *move = &c->move;
	struct migration *out = &m->all[c->migration];
	int64_t leg_ns = engine_now_ns(m->world->engine) - c->began_ns;
	double under_way = c->flow == FLOW_NONE ? 0 : (double)flow_sent_bits(m->flows, c->flow) / 8;
	/* Of the leg under way, the part that is over. */
	double part = out->done ? 1 : move->leg.bytes > 0 ? under_way / move->leg.bytes
	                                                  : 0;
	out->outcome.total_ns = engine_now_ns(m->world->engine) - out->start_ns;
	out->outcome.sent_bytes = (int64_t)(move->sent_bytes + under_way + 0.5);
	out->outcome.downtime_ns = move->downtime_ns;
	if (!out->done && move->leg.guest == GUEST_STOPPED)
		out->outcome.downtime_ns += leg_ns;
	out->rounds = move->round;
	out->residual_ns = move->residual_ns;
	out->stall_ns = c->stall_ns + (int64_t)((double)(move->stall_ns - c->stall_ns) * part);
	out->faults = c->faults + (move->faults - c->faults) * part;
	out->fault_s = out->faults > 0 ? time_s(out->stall_ns) / out->faults : 0;
	out->sent_pages = move->sent_pages;
	out->freed_pages = move->freed_pages;
	out->again_pages = move->again_pages;
	out->stay_pages = move->stay_pages;
	out->saved_bytes = move->saved_bytes;
	out->disk_bytes = move->disk_sent_bytes;
	out->throttle_01 = move->throttle_01;
	out->slowed_s = move->lost_s;
	if (!out->done && move->leg.guest != GUEST_STOPPED)
		out->slowed_s += time_s(leg_ns) * (1 - (1 - move->leg.lost_01) * (1 - move->leg.throttle_01));
	if (!out->done && move->leg.guest == GUEST_AT_TARGET)
		out->residual_ns += leg_ns;
	out->converged = move->converged;
}

/* The same of a leg that is cut short: which pages are dirty, nobody has read. */
static void leg_keep_part(struct migrations *m, const struct carry *c, double bytes)
{
	struct left last = left_of(&c->move);
	leg_keep(m, c, &last, (1 - c->move.leg.lost_01) * undisturbed_01(m, c));
	struct migration_leg *leg = &m->legs[m->leg_count - 1];
	leg->bytes = bytes;
	leg->pages = 0;
	leg->dirtied_pages = leg->stage == LEG_ROUND ? (double)NAN : 0;
}

/* Gives back the host where the guest does not run, and all that the migration held. */
static void end(struct migrations *m, uint32_t id, enum migration_verdict result, bool lost)
{
	struct carry *c = m->carries[id];
	struct world *world = m->world;
	struct migration *move = &m->all[c->migration];
	struct vm *vm = &world->vms[move->vm.i];
	host_id other = vm->target;
	ASSERT(vm->state == VM_MIGRATING && !move->done);
	move->done = result == MIGRATION_DONE;
	carry_figures(m, id);
	double under_way = 0;
	if (c->flow != FLOW_NONE)
		under_way = (double)flow_remove(m->flows, c->flow) / 8;
	event_cancel(world->engine, c->timer);
	sending(m, c, false);
	loss_set(m, move->vm, 0); /* and the sums of the guest are those of now */
	if (!move->done)
		leg_keep_part(m, c, under_way);
	lifecycle_unbook(world, other, move->vm);
	vm->state = VM_RUNNING;
	vm->target.i = ID_NONE;
	move->end_ns = engine_now_ns(world->engine);
	move->failed = result != MIGRATION_DONE;
	move->done = true;
	move->lost = lost;
	move->result = result;
	struct network_path path = c->path;
	c->migration = ID_NONE;
	c->next_free = m->carry_free;
	m->carry_free = id;
	world_note(world, move->failed ? NOTE_MIGRATION_FAILED : NOTE_MIGRATION_END, move->vm.i,
		move->source.i,
	           move->target.i);
	tell(m);
	m->over(m, (uint32_t)(move - m->all), &path);
	if (m->life->room)
		m->life->room(m->life->room_context, other);
}

static void step(struct migrations *m, uint32_t id, const struct leg_report *report)
{
	struct carry *c = m->carries[id];
	struct left before = left_of(&c->move);
	c->faults = c->move.faults;
	c->stall_ns = c->move.stall_ns;
	bool on = c->kind->next(&c->move, report);
	if (report)
		leg_keep(m, c, &before, report->activity_01);
	if (!on) {
		end(m, id, MIGRATION_DONE, false);
		return;
	}
	if (c->move.leg.stage == LEG_ACTIVATE)
		switch_over(m, c);
	leg_begin(m, id);
}

void carry_start(struct migrations *m, uint32_t migration, const struct move_kind *kind,
	const struct move_case *c,
                 const struct network_path *path)
{
	uint32_t id = m->carry_free;
	if (id == ID_NONE) {
		ARRAY_GROW(m->carries, m->carry_count, m->carry_room, "migrations under way");
		id = m->carry_count++;
		m->carries[id] = memory_new(1, sizeof **m->carries, "a migration under way");
	} else {
		m->carry_free = m->carries[id]->next_free;
	}
	struct carry *carry = m->carries[id];
	*carry = (struct carry){.kind = kind, .path = *path, .migration = migration, .flow = FLOW_NONE};
	move_begin(&carry->move, c);
	step(m, id, NULL);
}

uint32_t carry_of(const struct migrations *m, vm_id vm)
{
	for (uint32_t k = 0; k < m->carry_count; k++)
		if (m->carries[k]->migration != ID_NONE && m->all[m->carries[k]->migration].vm.i == vm.i)
			return k;
	return ID_NONE;
}

bool carry_break(struct migrations *m, uint32_t id, enum move_break how, enum migration_verdict result)
{
	enum move_fate fate = move_fate(&m->carries[id]->move, how);
	vm_id vm = m->all[m->carries[id]->migration].vm;
	if (fate == FATE_GOES_ON)
		return false;
	end(m, id, result, fate == FATE_LOST);
	if (fate == FATE_LOST) {
		host_id host = fluid_host_of(m->world, vm);
		m->life->guest_lost(m->life, vm);
		if (m->life->room)
			m->life->room(m->life->room_context, host);
	}
	return true;
}

void carry_leave(struct migrations *m, uint32_t id, enum migration_verdict result, bool lost)
{
	end(m, id, result, lost);
}

void carry_open(struct migrations *m)
{
	const struct network *net = &m->world->network;
	m->timer = engine_type(m->world->engine, "migration goes on", RANK_MIGRATION, timer_fired, m);
	m->flows = flows_open(m->world->engine, RANK_MIGRATION, sent, m);
	m->carry_free = ID_NONE;
	for (uint32_t l = 0; l < net->link_count; l++) {
		double share_bps = (double)net->links[l].capacity_bps * m->link_share_01;
		int64_t most_bps = FLOW_CAPACITY_MAX_BPS;
		flows_link_add(m->flows, share_bps < (double)most_bps ? (int64_t)share_bps : most_bps);
	}
}

void carry_close(struct migrations *m)
{
	if (m->flows)
		flows_close(m->flows);
	for (uint32_t k = 0; k < m->carry_count; k++)
		free(m->carries[k]);
	free(m->carries);
	free(m->legs);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes that move: frozen, sent, and then for ever in need of their home. */
#include "models/migration/processes.h"

#include <stdlib.h>

#include "sim/flow.h"
#include "sim/time.h"

const char *const process_state_names[PROCESS_STATES] = {"at home", "frozen", "away", "lost"};

/* What a step of a process is, in its event. */
enum process_step { STEP_FREEZE, STEP_SEND, STEP_LOOK };

static int64_t now_of(const struct processes *p)
{
	return engine_now_ns(p->migrations->world->engine);
}

static void tell(const struct processes *p)
{
	if (p->migrations->changed)
		p->migrations->changed(p->migrations->changed_context);
}

static bool is_on(const struct processes *p, uint32_t host)
{
	return p->migrations->world->hosts[host].state == HOST_ON;
}

static bool path_cut(const struct migrations *m, const struct network_path *path)
{
	for (uint32_t k = 0; k < path->count && m->cut; k++)
		if (m->cut[path->links[k].i])
			return true;
	return false;
}

static bool find_path(const struct processes *p, uint32_t from, uint32_t to, struct network_path *path)
{
	const struct world *w = p->migrations->world;
	return network_path(&w->network, w->hosts[from].node, w->hosts[to].node, path);
}

/* The closed form, with what is known by now of its life away. */
static void foresee(const struct processes *p, struct process *q)
{
	int64_t until_ns = q->lost_ns >= 0 ? q->lost_ns : now_of(p);
	struct process_case c = {
		.memory_bytes = q->plan.memory_bytes, .files = q->plan.files, .sockets = q->plan.sockets,
		.call_hz = q->plan.call_hz, .call_bytes = q->plan.call_bytes,
		.bandwidth_Bps = (double)q->path.capacity_bps * p->migrations->link_share_01 / 8,
		.round_trip_ns = 2 * q->path.latency_ns, .freeze_ns = q->plan.freeze_ns,
		.lives_ns = q->moved_ns >= 0 ? until_ns - q->moved_ns : 0,
	};
	process_move(&c, &q->outcome);
}

static void flow_end(const struct processes *p, struct process *q)
{
	if (q->flow == FLOW_NONE)
		return;
	double bytes = (double)flow_remove(p->migrations->flows, q->flow) / 8;
	q->flow = FLOW_NONE;
	if (q->state == PROCESS_AWAY)
		q->outcome.forwarded_bytes = bytes;
	else
		q->outcome.sent_bytes = bytes;
	tell(p);
}

static void flow_begin(const struct processes *p, uint32_t index, int64_t most_bps, int64_t bits)
{
	struct process *q = &p->all[index];
	struct flow_request request = {
		.link_count = q->path.count, .weight = 1, .most_bps = most_bps, .bits = bits,
		.tag = FLOW_TAG_PROCESS | index,
	};
	for (uint32_t k = 0; k < q->path.count; k++)
		request.links[k] = q->path.links[k].i;
	q->flow = flow_add(p->migrations->flows, &request);
	tell(p);
}

static void freeze(struct processes *p, uint32_t index)
{
	struct process *q = &p->all[index];
	int64_t now_ns = now_of(p);
	if (!is_on(p, q->plan.home) || !is_on(p, q->plan.to))
		q->why = "one of its hosts is not on";
	else if (!find_path(p, q->plan.home, q->plan.to, &q->path) || path_cut(p->migrations, &q->path))
		q->why = "no network path leads there";
	if (q->why)
		return;
	q->state = PROCESS_FROZEN;
	foresee(p, q);
	q->outcome.sent_bytes = 0;
	int64_t wait_ns = q->plan.freeze_ns + 2 * q->path.latency_ns;
	int64_t at_ns = wait_ns < TIME_MAX_NS - now_ns ? now_ns + wait_ns : TIME_MAX_NS;
	q->timer = event_at(p->migrations->world->engine, at_ns, p->step, index, STEP_SEND);
}

/* It runs on the other host; its calls go home from now on, as fast as its own waiting lets it make them. */
void processes_sent(struct processes *p, uint32_t index)
{
	struct process *q = &p->all[index];
	ASSERT(index < p->count && q->state == PROCESS_FROZEN);
	q->flow = FLOW_NONE;
	q->state = PROCESS_AWAY;
	q->moved_ns = now_of(p);
	double calls_hz = q->plan.call_hz * (1 - q->outcome.slowed_01);
	int64_t bps = (int64_t)(calls_hz * q->plan.call_bytes * 8);
	bool back = find_path(p, q->plan.to, q->plan.home, &q->path);
	ASSERT(back); /* cables lead both ways */
	if (q->outcome.left_behind > 0 && bps > 0)
		flow_begin(p, index, bps, FLOW_UNLIMITED);
	else
		tell(p);
}

static void lose(struct processes *p, struct process *q, const char *why)
{
	flow_end(p, q);
	q->state = PROCESS_LOST;
	q->lost_ns = now_of(p);
	q->why = why;
}

/* What has become of its hosts and of the cables between them? */
static void look(struct processes *p, struct process *q)
{
	bool home = is_on(p, q->plan.home), there = is_on(p, q->plan.to);
	if (q->state == PROCESS_FROZEN && !home) {
		event_cancel(p->migrations->world->engine, q->timer);
		lose(p, q, "its home went down while it moved");
	} else if (q->state == PROCESS_FROZEN && (!there || path_cut(p->migrations, &q->path))) {
		event_cancel(p->migrations->world->engine, q->timer);
		flow_end(p, q);
		q->state = PROCESS_AT_HOME;
		q->why = "it could not get there, and runs on at home";
	} else if (q->state == PROCESS_AWAY && !there) {
		lose(p, q, "its host went down");
	} else if (q->state == PROCESS_AWAY && !home && q->outcome.left_behind > 0) {
		lose(p, q, "its home is not on, and its files and sockets are there");
	}
}

static void step(struct engine *engine, void *context, const struct event *event)
{
	struct processes *p = context;
	uint32_t index = (uint32_t)event->a;
	(void)engine;
	ASSERT(index < p->count);
	switch ((enum process_step)event->b) {
	case STEP_FREEZE:
		freeze(p, index);
		break;
	case STEP_SEND:
		flow_begin(p, index, FLOW_UNLIMITED, p->all[index].plan.memory_bytes * 8);
		break;
	case STEP_LOOK:
		look(p, &p->all[index]);
		break;
	}
}

void processes_cables(struct processes *p)
{
	for (uint32_t k = 0; k < p->count; k++)
		if (p->all[k].state == PROCESS_FROZEN)
			look(p, &p->all[k]);
}

/* A note is told in the midst of things: the look comes at the same instant, after them. */
static void noted(void *context, const struct note *note)
{
	struct processes *p = context;
	struct engine *engine = p->migrations->world->engine;
	if (note->kind != NOTE_HOST_STATE)
		return;
	for (uint32_t k = 0; k < p->count; k++)
		if (p->all[k].plan.home == note->host || p->all[k].plan.to == note->host)
			event_at(engine, note->time_ns, p->step, k, STEP_LOOK);
}

void processes_init(struct processes *p, struct migrations *m)
{
	*p = (struct processes){.migrations = m};
}

void processes_add(struct processes *p, const struct process_plan *plan)
{
	ASSERT(plan->home != plan->to && plan->memory_bytes > 0 && plan->call_hz >= 0);
	ARRAY_GROW(p->all, p->count, p->room, "processes that move");
	p->all[p->count++] = (struct process){
		.plan = *plan, .flow = FLOW_NONE, .timer = EVENT_NONE, .moved_ns = -1, .lost_ns = -1,
	};
}

void processes_open(struct processes *p)
{
	struct migrations *m = p->migrations;
	struct engine *engine = m->world->engine;
	ASSERT(m->flows);
	p->step = engine_type(engine, "a process moves", RANK_RECORD, step, p);
	m->processes = p;
	world_listen(m->world, noted, p);
	for (uint32_t k = 0; k < p->count; k++)
		event_at(engine, p->all[k].plan.at_ns, p->step, k, STEP_FREEZE);
}

void processes_finish(struct processes *p)
{
	for (uint32_t k = 0; k < p->count; k++) {
		struct process *q = &p->all[k];
		struct process_outcome carried = q->outcome;
		if (q->state == PROCESS_AWAY && q->flow != FLOW_NONE)
			carried.forwarded_bytes = (double)flow_sent_bits(p->migrations->flows, q->flow) / 8;
		if (q->moved_ns >= 0) {
			int64_t until_ns = q->lost_ns >= 0 ? q->lost_ns : now_of(p);
			q->outcome = carried;
			q->outcome.sent_bytes = (double)q->plan.memory_bytes;
			q->outcome.total_ns = q->outcome.downtime_ns = q->moved_ns - q->plan.at_ns;
			q->outcome.residual_ns = carried.left_behind ? until_ns - q->moved_ns : 0;
		} else {
			q->outcome.total_ns = q->outcome.downtime_ns = 0;
		}
		q->outcome.lost = q->state == PROCESS_LOST;
		const uint64_t words[5] = {
			k, (uint64_t)q->state, (uint64_t)q->moved_ns, (uint64_t)q->lost_ns,
			digest_of_double(q->outcome.forwarded_bytes),
		};
		digest_add(engine_digest(p->migrations->world->engine), DIGEST_PROCESS, words);
	}
}

void processes_close(struct processes *p)
{
	free(p->all);
}

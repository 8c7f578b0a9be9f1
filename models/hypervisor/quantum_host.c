/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The discrete vCPU scheduler as others see it: opening, adding, removing, and what was counted. */
#include "models/hypervisor/quantum.h"

#include "models/hypervisor/quantum_kind.h"
#include "sim/fault.h"

const char *const quantum_scheduler_names[QUANTUM_SCHEDULERS] = { "round_robin", "stride", "cfs", "eevdf",
	                                                          "credit" };
const char *const quantum_allocation_names[QUANTUM_ALLOCATIONS] = { "availability", "utilization", "priority",
	                                                            "stay" };

static const struct quantum_kind *const quantum_kinds[QUANTUM_SCHEDULERS] = {
	&quantum_round_robin, &quantum_stride, &quantum_cfs, &quantum_eevdf, &quantum_credit
};

struct quantum *quantum_open(const struct quantum_rules *rules, uint32_t cores, uint64_t seed, int64_t now_ns)
{
	ASSERT(cores >= 1 && cores <= 4096 && rules->scheduler < QUANTUM_SCHEDULERS);
	ASSERT(rules->slice_ns > 0 && rules->tick_ns >= 0);
	ASSERT(rules->cap_slice_ns > 0 && rules->cap_period_ns > 0);
	struct quantum *q = memory_new(1, sizeof *q, "scheduler");
	q->now_ns = q->opened_ns = q->busy_since_ns = now_ns;
	q->rules = *rules;
	q->seed = seed;
	random_init(&q->chance, seed, "quantum_balance", 0);
	q->heavier = (uint32_t)random_below(&q->chance, 2);
	q->kind = quantum_kinds[rules->scheduler];
	q->core_count = q->idle = cores;
	q->cores = memory_new(cores, sizeof *q->cores, "cores");
	q->busy_ns = memory_new(cores + 1, sizeof *q->busy_ns, "cores");
	q->lanes = memory_new(QUANTUM_RANKS, sizeof *q->lanes, "run queues");
	if (rules->gang) {
		q->plan = memory_new(cores, sizeof *q->plan, "cores");
		q->trial = memory_new(cores, sizeof *q->trial, "cores");
	}
	q->seat_free = q->team_free = QUANTUM_NONE;
	quantum_alarm_room(&q->at_core, cores);
	quantum_alarm_room(&q->timers, QUANTUM_ALARM_FIRST);
	for (uint32_t c = 0; c < cores; c++) {
		struct quantum_core *core = &q->cores[c];
		if (rules->gang)
			q->plan[c] = QUANTUM_NONE;
		core->running = core->last = core->shown = core->keeper = QUANTUM_NONE;
		core->idle_since_ns = core->since_ns = now_ns;
		core->preempt_ns = core->slice_ns = QUANTUM_NEVER;
	}
	return q;
}

void quantum_close(struct quantum *q)
{
	if (!q)
		return;
	for (uint32_t r = 0; r < QUANTUM_RANKS; r++) {
		for (uint32_t c = 0; q->lanes[r] && c < q->core_count; c++) {
			free(q->lanes[r][c].queue.at);
			free(q->lanes[r][c].later.at);
		}
		free(q->lanes[r]);
	}
	free(q->lanes);
	free(q->plan);
	free(q->trial);
	free(q->cores);
	free(q->busy_ns);
	free(q->seats);
	free(q->teams);
	free(q->book.seat);
	free(q->book.credit_ns);
	free(q->book.earns_ns);
	free(q->book.standing);
	free(q->at_core.at);
	free(q->timers.at);
	free(q);
}

static void timers_room(struct quantum *q)
{
	uint32_t most = q->seat_count > q->team_count ? q->seat_count : q->team_count;
	quantum_alarm_room(&q->timers, QUANTUM_ALARM_FIRST + 2 * most);
}

uint32_t quantum_group_add(struct quantum *q, const struct quantum_group *group)
{
	uint32_t g = q->team_free;
	if (g == QUANTUM_NONE) {
		ARRAY_GROW(q->teams, q->team_count, q->team_room, "groups");
		g = q->team_count++;
	} else {
		q->team_free = q->teams[g].next_free;
	}
	q->teams[g] = (struct quantum_team){ .is = *group, .used = true, .first = QUANTUM_NONE,
		                             .holder = QUANTUM_NONE };
	timers_room(q);
	quantum_team_set(q, g);
	return g;
}

void quantum_group_set(struct quantum *q, uint32_t group, const struct quantum_group *to)
{
	ASSERT(group < q->team_count && q->teams[group].used);
	q->teams[group].is = *to;
	quantum_team_set(q, group);
}

void quantum_group_remove(struct quantum *q, uint32_t group)
{
	struct quantum_team *g = &q->teams[group];
	ASSERT(group < q->team_count && g->used && g->members == 0);
	quantum_alarm_set(&q->timers, quantum_alarm_team(group), QUANTUM_NEVER);
	g->used = false;
	g->next_free = q->team_free;
	q->team_free = group;
}

uint32_t quantum_vcpu_add(struct quantum *q, const struct quantum_vcpu *vcpu)
{
	struct quantum_team *g = &q->teams[vcpu->group];
	ASSERT(vcpu->group < q->team_count && g->used && vcpu->weight >= 1 && vcpu->weight <= 1 << 20);
	uint32_t v = q->seat_free;
	if (v == QUANTUM_NONE) {
		ARRAY_GROW(q->seats, q->seat_count, q->seat_room, "vCPUs");
		v = q->seat_count++;
	} else {
		q->seat_free = q->seats[v].next;
	}
	timers_room(q);
	struct quantum_seat *s = &q->seats[v];
	*s = (struct quantum_seat){ .is = *vcpu, .used = true, .fresh = true, .group = vcpu->group };
	s->next = g->first;
	g->first = v;
	g->members++;
	s->core = v % q->core_count;
	s->ran_on = QUANTUM_NONE;
	s->rank = g->rank;
	s->woken_ns = QUANTUM_NEVER;
	s->added_ns = s->state_since_ns = q->now_ns;
	s->grant_ns = g->is.cap_ns > 0 ? 0 : QUANTUM_ENDLESS;
	s->reserve_ns = QUANTUM_ENDLESS;
	quantum_work_start(q, v);
	return v;
}

void quantum_vcpu_remove(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	ASSERT(v < q->seat_count && s->used);
	if (s->state != QUANTUM_ASLEEP)
		quantum_sleep(q, v);
	quantum_lock_drop(q, v);
	if (q->kind->forget)
		q->kind->forget(q, v);
	quantum_alarm_set(&q->timers, quantum_alarm_seat(v), QUANTUM_NEVER);
	for (uint32_t c = 0; c < q->core_count; c++)
		if (q->cores[c].last == v)
			q->cores[c].last = QUANTUM_NONE; /* the number will mean somebody else */
	struct quantum_team *g = &q->teams[s->group];
	uint32_t *link = &g->first;
	while (*link != v)
		link = &q->seats[*link].next;
	*link = s->next;
	g->members--;
	s->used = false;
	s->next = q->seat_free;
	q->seat_free = v;
}

int64_t quantum_now_ns(const struct quantum *q)
{
	return q->now_ns;
}

/* Nothing is settled here: to look must not change where virtual times are rounded. */
struct quantum_counts quantum_vcpu_counts(const struct quantum *q, uint32_t v)
{
	ASSERT(v < q->seat_count && q->seats[v].used);
	const struct quantum_seat *s = &q->seats[v];
	const struct quantum_core *core = &q->cores[s->core];
	struct quantum_counts n = s->counts;
	int64_t for_ns = q->now_ns - s->state_since_ns;
	if (s->state == QUANTUM_READY)
		n.ready_ns += for_ns;
	if (s->state == QUANTUM_THROTTLED)
		n.throttled_ns += for_ns;
	if (s->state == QUANTUM_ASLEEP)
		n.asleep_ns += for_ns;
	if (s->begun && s->endless)
		n.demanded_ns += q->now_ns - s->busy_since_ns;
	if (s->state == QUANTUM_RUNNING && core->since_ns > q->now_ns)
		n.ready_ns -= core->since_ns - q->now_ns;
	if (s->state == QUANTUM_RUNNING && core->since_ns <= q->now_ns) {
		n.run_ns += q->now_ns - core->since_ns;
		if (s->lock == QUANTUM_LOCK_WANTED)
			n.spun_ns += q->now_ns - core->since_ns;
	}
	return n;
}

struct quantum_core_counts quantum_core_counts(const struct quantum *q, uint32_t c)
{
	ASSERT(c < q->core_count);
	const struct quantum_core *core = &q->cores[c];
	struct quantum_core_counts n = core->counts;
	if (core->running == QUANTUM_NONE)
		n.idle_ns += q->now_ns - core->idle_since_ns;
	else if (core->since_ns > q->now_ns)
		n.switch_ns -= core->since_ns - q->now_ns;
	else
		n.busy_ns += q->now_ns - core->since_ns;
	return n;
}

const int64_t *quantum_busy_ns(struct quantum *q)
{
	q->busy_ns[q->core_count - q->idle] += q->now_ns - q->busy_since_ns;
	q->busy_since_ns = q->now_ns;
	return q->busy_ns;
}

const uint64_t *quantum_latency(const struct quantum *q)
{
	return q->latency;
}

const uint64_t *quantum_group_latency(const struct quantum *q, uint32_t group)
{
	ASSERT(group < q->team_count && q->teams[group].used);
	return q->teams[group].latency;
}

uint64_t quantum_group_throttles(const struct quantum *q, uint32_t group)
{
	ASSERT(group < q->team_count && q->teams[group].used);
	return q->teams[group].throttles;
}

void quantum_watch(struct quantum *q, quantum_watch_fn *watch, void *context)
{
	q->watch = watch;
	q->watch_context = context;
}

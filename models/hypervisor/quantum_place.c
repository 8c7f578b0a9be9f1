/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queues of cores: who waits where, which core a waking vCPU takes, and what moves between cores. */
#include "models/hypervisor/quantum_kind.h"

#include "sim/fault.h"

/* A group's weight is shared by those of its vCPUs that are not asleep, on whatever core they are: a flat
 * hierarchy, where Linux has a tree a core and an estimate of each core's part. */
void quantum_load(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	const struct quantum_team *g = &q->teams[s->group];
	if (s->load_of == g->runnable)
		return;
	int64_t load = (int64_t)g->is.weight << QUANTUM_LOAD_SHIFT;
	if (g->runnable != s->is.weight)
		load = (int64_t)(wide_product(load, s->is.weight) / g->runnable);
	s->load = load > 1 << QUANTUM_LOAD_SHIFT ? load : 1 << QUANTUM_LOAD_SHIFT;
	s->inverse = (int64_t)(((wide)QUANTUM_LOAD_ONE << QUANTUM_INVERSE_SHIFT) / s->load);
	s->load_of = g->runnable;
	q->book.stale = true;
}

void quantum_enqueue(struct quantum *q, uint32_t v, uint32_t c, enum quantum_join why)
{
	struct quantum_core *core = &q->cores[c];
	struct quantum_seat *s = &q->seats[v];
	if (why == QUANTUM_EXPIRED || why == QUANTUM_PREEMPTED) {
		q->kind->join(q, quantum_lane_of(q, c, s->rank), v, why);
	} else {
		struct quantum_lane *from = quantum_lane_of(q, s->core, s->rank);
		s->rank = q->teams[s->group].rank;
		s->core = c;
		struct quantum_lane *lane = quantum_lane_of(q, c, s->rank);
		quantum_load(q, v);
		if (lane != from && why != QUANTUM_NEW && q->kind->move)
			q->kind->move(q, from, lane, v);
		q->kind->join(q, lane, v, why);
		lane->members++;
		lane->load += s->load;
	}
	quantum_lane_of(q, c, s->rank)->waiting++;
	core->waiting++;
	core->ranks |= 1ull << s->rank;
	q->waiting++;
	q->waiting_of[s->rank]++;
	q->waiting_ranks |= 1ull << s->rank;
}

static void uncount(struct quantum *q, uint32_t c, uint32_t rank)
{
	struct quantum_lane *lane = quantum_lane_of(q, c, rank);
	q->cores[c].waiting--;
	if (--lane->waiting == 0)
		q->cores[c].ranks &= ~(1ull << rank);
	q->waiting--;
	if (--q->waiting_of[rank] == 0)
		q->waiting_ranks &= ~(1ull << rank);
}

uint32_t quantum_dequeue(struct quantum *q, uint32_t c, uint32_t rank)
{
	uint32_t v = q->kind->pick(q, quantum_lane_of(q, c, rank));
	uncount(q, c, rank);
	return v;
}

void quantum_dequeue_one(struct quantum *q, uint32_t v)
{
	const struct quantum_seat *s = &q->seats[v];
	struct quantum_lane *lane = quantum_lane_of(q, s->core, s->rank);
	if (!quantum_line_remove(&lane->queue, v))
		ASSERT(quantum_line_remove(&lane->later, v));
	uncount(q, s->core, s->rank);
}

void quantum_changed(struct quantum *q)
{
	if (q->rules.gang)
		quantum_alarm_set(&q->timers, QUANTUM_ALARM_GANG, q->now_ns);
}

void quantum_leave(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	struct quantum_lane *lane = quantum_lane_of(q, s->core, s->rank);
	if (!quantum_line_remove(&lane->queue, v))
		ASSERT(quantum_line_remove(&lane->later, v));
	quantum_quit(q, lane, v);
	uncount(q, s->core, s->rank);
	struct quantum_core *core = &q->cores[s->core];
	if (core->running != QUANTUM_NONE && core->rank == s->rank) {
		quantum_settle(q, s->core);
		quantum_arm(q, s->core);
	}
}

static bool idle(const struct quantum *q, uint32_t c)
{
	return q->cores[c].running == QUANTUM_NONE && q->cores[c].waiting == 0;
}

/* How much a core is worth avoiding; less is better. */
static int64_t cost_of(const struct quantum *q, uint32_t c)
{
	const struct quantum_core *core = &q->cores[c];
	if (q->rules.allocation == QUANTUM_BY_UTILIZATION) {
		int64_t load = 0;
		for (uint64_t left = q->ranks; left; left &= left - 1)
			load += q->lanes[__builtin_ctzll(left)][c].load;
		return load;
	}
	int64_t runnable = core->waiting + (core->running != QUANTUM_NONE);
	if (q->rules.allocation == QUANTUM_BY_PRIORITY)
		return (int64_t)core->rank * (int64_t)UINT32_MAX + runnable;
	return runnable;
}

static uint32_t first_allowed(const struct quantum *q, const struct quantum_seat *s)
{
	uint32_t c = 0;
	while (c + 1 < q->core_count && !quantum_allowed(s, c))
		c++;
	ASSERT(quantum_allowed(s, c)); /* or else it may run nowhere */
	return c;
}

/* The rank that core c runs, or is about to. */
static uint32_t rank_at(const struct quantum *q, uint32_t c)
{
	const struct quantum_core *core = &q->cores[c];
	uint32_t top = core->ranks ? 63 - (uint32_t)__builtin_clzll(core->ranks) : 0;
	if (core->running == QUANTUM_NONE)
		return top;
	return core->preempt_ns <= q->now_ns && top > core->rank ? top : core->rank;
}

/* The core for v: its last one if that is idle; another idle one; one that runs a lower rank; else by the
 * rule. Ties go to the last core, then to the next ones in a circle. */
static uint32_t choose_core(const struct quantum *q, uint32_t v)
{
	const struct quantum_seat *s = &q->seats[v];
	uint32_t best = quantum_allowed(s, s->core) ? s->core : first_allowed(q, s), c = best;
	if (q->rules.allocation == QUANTUM_STAY || q->core_count == 1 || idle(q, best))
		return best;
	uint32_t rank = q->teams[s->group].rank, lowest = rank_at(q, best);
	int64_t least = lowest > rank ? INT64_MAX : cost_of(q, best);
	lowest = lowest > rank ? rank : lowest;
	for (uint32_t k = 1; k < q->core_count; k++) {
		c = c + 1 < q->core_count ? c + 1 : 0;
		if (!quantum_allowed(s, c))
			continue;
		if (idle(q, c))
			return c;
		uint32_t runs = rank_at(q, c);
		if (runs > lowest)
			continue;
		int64_t cost = cost_of(q, c);
		if (runs < lowest || cost < least) {
			best = c;
			least = cost;
			lowest = runs;
		}
	}
	return best;
}

/* v has joined core c: does it run at once, and if not, when is the running one looked at? */
static void knock(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	struct quantum_core *core = &q->cores[s->core];
	quantum_changed(q);
	if (q->rules.gang)
		return;
	if (core->running == QUANTUM_NONE) {
		quantum_alarm_set(&q->at_core, s->core, q->now_ns);
		return;
	}
	int64_t when = QUANTUM_NEVER;
	if (s->rank > core->rank)
		when = q->now_ns;
	else if (s->rank == core->rank)
		when = q->kind->preempts(q, quantum_lane_of(q, s->core, s->rank), v);
	core->preempt_ns = when < core->preempt_ns ? when : core->preempt_ns;
	quantum_arm(q, s->core);
}

void quantum_put(struct quantum *q, uint32_t v, uint32_t c, enum quantum_join why)
{
	quantum_settle(q, c);
	quantum_enqueue(q, v, c, why);
	knock(q, v);
}

void quantum_place(struct quantum *q, uint32_t v, enum quantum_join why)
{
	if (q->seats[v].state != QUANTUM_READY)
		quantum_state_set(q, v, QUANTUM_READY);
	quantum_put(q, v, choose_core(q, v), why);
	if (q->rules.balance_ns && quantum_alarm_get(&q->timers, QUANTUM_ALARM_BALANCE) == QUANTUM_NEVER &&
	    q->core_count > 1) {
		int64_t past = (q->now_ns - q->opened_ns) % q->rules.balance_ns;
		quantum_alarm_set(&q->timers, QUANTUM_ALARM_BALANCE, q->now_ns + q->rules.balance_ns - past);
	}
	if (q->kind->timer && quantum_alarm_get(&q->timers, QUANTUM_ALARM_KIND) == QUANTUM_NEVER)
		quantum_alarm_set(&q->timers, QUANTUM_ALARM_KIND, quantum_tick(q, q->now_ns + 1));
}

void quantum_wake(struct quantum *q, uint32_t v, enum quantum_join why)
{
	struct quantum_seat *s = &q->seats[v];
	struct quantum_team *g = &q->teams[s->group];
	s->counts.wakeups++;
	g->runnable += s->is.weight;
	s->woken_ns = q->now_ns;
	if (s->fresh)
		why = QUANTUM_NEW;
	if (g->dry) {
		s->woken_ns = QUANTUM_NEVER;
		quantum_state_set(q, v, QUANTUM_THROTTLED);
		return;
	}
	s->fresh = false;
	quantum_place(q, v, why);
}

void quantum_sleep(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	if (s->state == QUANTUM_RUNNING)
		quantum_unseat(q, s->core);
	else if (s->state == QUANTUM_READY)
		quantum_leave(q, v);
	quantum_state_set(q, v, QUANTUM_ASLEEP);
	quantum_changed(q);
	q->teams[s->group].runnable -= s->is.weight;
	s->woken_ns = QUANTUM_NEVER;
}

/* The first in the kind's order of those who wait at `from` in this rank and may run at c. */
static uint32_t movable(const struct quantum *q, uint32_t from, uint32_t rank, uint32_t c)
{
	const struct quantum_lane *lane = &q->lanes[rank][from];
	for (int k = 0; k < 2; k++) {
		const struct quantum_line *l = k ? &lane->later : &lane->queue;
		for (uint32_t i = l->head; i < l->tail; i++)
			if (quantum_allowed(&q->seats[l->at[i].vcpu], c))
				return l->at[i].vcpu;
	}
	return QUANTUM_NONE;
}

/* Of the ranks above those that wait at c, highest first: from the core where most wait. */
void quantum_pull(struct quantum *q, uint32_t c)
{
	const struct quantum_core *core = &q->cores[c];
	uint64_t above = core->ranks ? ~0ull << (63 - __builtin_clzll(core->ranks)) << 1 : ~0ull;
	for (uint64_t left = q->waiting_ranks & above; left;) {
		uint32_t rank = 63 - (uint32_t)__builtin_clzll(left), most = 0, found = QUANTUM_NONE;
		left &= ~(1ull << rank);
		for (uint32_t k = 1, from = c; k < q->core_count; k++) {
			from = from + 1 < q->core_count ? from + 1 : 0;
			if (q->lanes[rank][from].waiting <= most)
				continue;
			uint32_t v = movable(q, from, rank, c);
			if (v != QUANTUM_NONE) {
				found = v;
				most = q->lanes[rank][from].waiting;
			}
		}
		if (found != QUANTUM_NONE) {
			quantum_leave(q, found);
			quantum_enqueue(q, found, c, QUANTUM_MOVED);
			return;
		}
	}
}

/* A core that would run s now, other than its own; NONE: there is none. */
static uint32_t taker(const struct quantum *q, const struct quantum_seat *s)
{
	for (uint32_t k = 1, c = s->core; k < q->core_count; k++) {
		c = c + 1 < q->core_count ? c + 1 : 0;
		if (quantum_allowed(s, c) && (idle(q, c) || rank_at(q, c) < s->rank))
			return c;
	}
	return QUANTUM_NONE;
}

static bool offer_one(struct quantum *q, const struct quantum_line *l)
{
	for (uint32_t i = l->head; i < l->tail; i++) {
		uint32_t v = l->at[i].vcpu, c = taker(q, &q->seats[v]);
		if (c == QUANTUM_NONE || q->seats[v].delayed)
			continue;
		quantum_leave(q, v);
		quantum_put(q, v, c, QUANTUM_MOVED);
		return true;
	}
	return false;
}

void quantum_offer(struct quantum *q, uint32_t c)
{
	if (q->rules.allocation == QUANTUM_STAY || q->rules.gang)
		return;
	for (uint64_t left = q->cores[c].ranks; left; left &= left - 1) {
		const struct quantum_lane *lane = quantum_lane_of(q, c, (uint32_t)__builtin_ctzll(left));
		while (offer_one(q, &lane->queue) || offer_one(q, &lane->later))
			;
	}
}

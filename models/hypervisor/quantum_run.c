/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop of the discrete scheduler, and what one core does: who runs, until when, and who is next. */
#include "models/hypervisor/quantum_kind.h"

#include "sim/fault.h"

void quantum_settle(struct quantum *q, uint32_t c)
{
	struct quantum_core *core = &q->cores[c];
	int64_t ran_ns = q->now_ns - core->since_ns;
	if (core->running == QUANTUM_NONE || ran_ns <= 0)
		return;
	struct quantum_seat *s = &q->seats[core->running];
	core->since_ns = q->now_ns;
	core->counts.busy_ns += ran_ns;
	s->counts.run_ns += ran_ns;
	if (q->rules.gang)
		q->teams[s->group].pass_ns += ran_ns * 1024 / q->teams[s->group].is.weight;
	if (s->lock == QUANTUM_LOCK_WANTED) {
		s->counts.spun_ns += ran_ns;
	} else {
		s->left_ns -= ran_ns;
		s->lock_left_ns -= ran_ns;
	}
	s->grant_ns -= ran_ns;
	s->reserve_ns -= ran_ns;
	if (q->kind->charge)
		q->kind->charge(q, quantum_lane_of(q, c, core->rank), core->running, ran_ns);
}

void quantum_arm(struct quantum *q, uint32_t c)
{
	struct quantum_core *core = &q->cores[c];
	const struct quantum_seat *s = &q->seats[core->running];
	struct quantum_lane *lane = quantum_lane_of(q, c, core->rank);
	int64_t run_ns = quantum_burst(s);
	run_ns = s->grant_ns < run_ns ? s->grant_ns : run_ns;
	run_ns = s->reserve_ns < run_ns ? s->reserve_ns : run_ns;
	int64_t at = core->since_ns + run_ns;
	core->slice_ns = QUANTUM_NEVER;
	if (lane->waiting && !q->rules.gang)
		core->slice_ns = q->kind->until(q, lane, core->running);
	at = core->slice_ns < at ? core->slice_ns : at;
	at = core->preempt_ns < at ? core->preempt_ns : at;
	at = core->since_ns > at ? core->since_ns : at; /* a switch is not interrupted */
	quantum_alarm_set(&q->at_core, c, at > q->now_ns ? at : q->now_ns);
}

void quantum_state_set(struct quantum *q, uint32_t v, enum quantum_state to)
{
	struct quantum_seat *s = &q->seats[v];
	int64_t for_ns = q->now_ns - s->state_since_ns;
	if (s->state == QUANTUM_READY)
		s->counts.ready_ns += for_ns;
	else if (s->state == QUANTUM_THROTTLED)
		s->counts.throttled_ns += for_ns;
	else if (s->state == QUANTUM_ASLEEP)
		s->counts.asleep_ns += for_ns;
	s->state = to;
	s->state_since_ns = q->now_ns;
}

static void busy_count(struct quantum *q)
{
	q->busy_ns[q->core_count - q->idle] += q->now_ns - q->busy_since_ns;
	q->busy_since_ns = q->now_ns;
}

void quantum_unseat(struct quantum *q, uint32_t c)
{
	struct quantum_core *core = &q->cores[c];
	uint32_t v = core->running;
	struct quantum_seat *s = &q->seats[v];
	quantum_settle(q, c);
	int64_t unspent_ns = core->since_ns - q->now_ns; /* of a switch that is cut short */
	if (unspent_ns > 0) {
		core->counts.switch_ns -= unspent_ns;
		s->counts.ready_ns -= unspent_ns;
	}
	quantum_give_back(q, v);
	struct quantum_lane *lane = quantum_lane_of(q, c, core->rank);
	quantum_quit(q, lane, v);
	busy_count(q);
	core->running = QUANTUM_NONE;
	core->idle_since_ns = q->now_ns;
	q->idle++;
	quantum_alarm_set(&q->at_core, c, q->now_ns);
}

static uint32_t latency_bin(int64_t wait_ns)
{
	uint64_t us = (uint64_t)wait_ns / 1000;
	if (us == 0)
		return 0;
	uint32_t octave = 63 - (uint32_t)__builtin_clzll(us);
	/* The upper half of an octave begins at sqrt 2: where the square reaches 2^(2 octave + 1). */
	uint64_t top = octave < 16 ? us << (16 - octave) : us >> (octave - 16);
	uint32_t bin = 2 * octave + (top * top >= (uint64_t)1 << 33);
	return bin < QUANTUM_LATENCY_BINS ? bin : QUANTUM_LATENCY_BINS - 1;
}

static void tell(struct quantum *q, uint32_t c, uint32_t v)
{
	struct quantum_core *core = &q->cores[c];
	if (core->shown == v)
		return;
	core->shown = v;
	if (q->watch)
		q->watch(q->watch_context, q->now_ns, c, v);
}

/* A core that has lost its vCPU to this one at this very instant has not told so yet. */
static void show(struct quantum *q, uint32_t c, uint32_t came_from)
{
	uint32_t v = q->cores[c].running;
	bool moved = came_from != QUANTUM_NONE && came_from != c && v != QUANTUM_NONE;
	if (moved && q->cores[came_from].shown == v)
		tell(q, came_from, QUANTUM_NONE);
	tell(q, c, v);
}

/* v, in no queue, begins to run at core c, on which nobody runs. */
static void seat(struct quantum *q, uint32_t c, uint32_t v)
{
	struct quantum_core *core = &q->cores[c];
	struct quantum_seat *s = &q->seats[v];
	int64_t cost_ns = 0;
	if (core->last != v) {
		cost_ns = q->rules.switch_ns;
		core->counts.switches++;
		core->last = v;
	}
	uint32_t came_from = s->ran_on;
	if (came_from != c && came_from != QUANTUM_NONE) {
		s->counts.moves++;
		cost_ns += q->rules.migrate_ns;
	}
	s->ran_on = c;
	quantum_state_set(q, v, QUANTUM_RUNNING);
	s->counts.ready_ns += cost_ns;
	s->counts.slices += core->keeper != v;
	core->counts.switch_ns += cost_ns;
	core->running = v;
	core->rank = s->rank;
	core->start_ns = core->since_ns = q->now_ns + cost_ns;
	core->preempt_ns = QUANTUM_NEVER;
	core->protect_ns = s->deadline_ns;
	if (s->woken_ns != QUANTUM_NEVER) {
		int64_t wait_ns = core->start_ns - s->woken_ns;
		s->counts.wakeup_wait_ns += wait_ns;
		uint32_t bin = latency_bin(wait_ns);
		q->latency[bin]++;
		q->teams[s->group].latency[bin]++;
		s->woken_ns = QUANTUM_NEVER;
	}
	if (s->lock == QUANTUM_LOCK_WANTED)
		quantum_lock_start(q, v);
	quantum_arm(q, c);
	show(q, c, came_from);
}

static uint32_t take_next(struct quantum *q, uint32_t c)
{
	const struct quantum_core *core = &q->cores[c];
	if (q->rules.gang)
		return quantum_gang_next(q, c);
	if ((core->ranks ^ q->waiting_ranks) > core->ranks)
		quantum_pull(q, c); /* a higher rank waits elsewhere, or nobody here */
	if (!core->ranks)
		return QUANTUM_NONE;
	return quantum_dequeue(q, c, 63 - (uint32_t)__builtin_clzll(core->ranks));
}

/* The next to run at c, taken out of its queue; NONE: there is nobody. */
static uint32_t next_of(struct quantum *q, uint32_t c)
{
	for (;;) {
		uint32_t v = take_next(q, c);
		if (v == QUANTUM_NONE || !q->teams[q->seats[v].group].limited)
			return v;
		enum quantum_taken taken = quantum_take(q, v);
		if (taken == QUANTUM_GO)
			return v;
		struct quantum_lane *lane = quantum_lane_of(q, c, q->seats[v].rank);
		quantum_quit(q, lane, v);
		if (taken == QUANTUM_DRY)
			quantum_throttle(q, v);
		else
			quantum_lower(q, v);
	}
}

/* What ends by itself: the work, the purse. False: nobody runs here any more. */
static bool goes_on(struct quantum *q, uint32_t c)
{
	struct quantum_core *core = &q->cores[c];
	uint32_t v = core->running;
	struct quantum_seat *s = &q->seats[v];
	if (quantum_burst(s) <= 0)
		quantum_work_done(q, v);
	if (core->running == QUANTUM_NONE)
		return false;
	if (s->grant_ns > 0 && s->reserve_ns > 0)
		return true;
	enum quantum_taken taken = quantum_take(q, v);
	if (taken == QUANTUM_GO)
		return true;
	quantum_unseat(q, c);
	if (taken == QUANTUM_DRY)
		quantum_throttle(q, v);
	else
		quantum_lower(q, v);
	return false;
}

/* Who else could run instead of the running one: of its rank or above. */
static bool rivals(const struct quantum_core *core)
{
	return core->ranks >> core->rank;
}

/* The running one goes back into its queue. Its load may have changed meanwhile. */
static void requeue(struct quantum *q, uint32_t c, enum quantum_join why)
{
	struct quantum_core *core = &q->cores[c];
	uint32_t v = core->running;
	struct quantum_seat *s = &q->seats[v];
	if (s->load_of == q->teams[s->group].runnable) {
		quantum_enqueue(q, v, c, why);
		return;
	}
	struct quantum_lane *lane = quantum_lane_of(q, c, core->rank);
	quantum_quit(q, lane, v);
	quantum_enqueue(q, v, c, QUANTUM_MOVED);
}

/* Who is left waiting here while another core would run it is moved there: at once, and seldom. */
static void offer(struct quantum *q, uint32_t c)
{
	if (q->cores[c].waiting && (q->idle || q->ranks & (q->ranks - 1)))
		quantum_offer(q, c);
}

/* Nobody runs at c: takes the next. */
static void fill(struct quantum *q, uint32_t c)
{
	struct quantum_core *core = &q->cores[c];
	uint32_t v = next_of(q, c);
	if (v != QUANTUM_NONE) {
		busy_count(q);
		q->idle--;
		core->counts.idle_ns += q->now_ns - core->idle_since_ns;
		seat(q, c, v);
	} else {
		show(q, c, QUANTUM_NONE);
	}
	offer(q, c);
}

/* As the rest of decide, for one whose group has a purse, which may run dry at any step. */
static void step_down(struct quantum *q, uint32_t c, bool expired)
{
	struct quantum_core *core = &q->cores[c];
	uint32_t old = core->running;
	quantum_unseat(q, c);
	quantum_alarm_set(&q->at_core, c, QUANTUM_NEVER);
	quantum_state_set(q, old, QUANTUM_READY);
	quantum_enqueue(q, old, c, QUANTUM_MOVED);
	core->keeper = old;
	fill(q, c);
	core->keeper = QUANTUM_NONE;
	if (core->running == old)
		return;
	q->seats[old].counts.preemptions += !expired;
}

/* An alarm of core c has gone off. */
static void decide(struct quantum *q, uint32_t c)
{
	struct quantum_core *core = &q->cores[c];
	uint32_t old = core->running;
	quantum_alarm_set(&q->at_core, c, QUANTUM_NEVER);
	if (old == QUANTUM_NONE) {
		fill(q, c);
		return;
	}
	quantum_settle(q, c);
	if (!goes_on(q, c)) {
		quantum_alarm_set(&q->at_core, c, QUANTUM_NEVER);
		fill(q, c);
		return;
	}
	bool expired = q->now_ns >= core->slice_ns, preempted = q->now_ns >= core->preempt_ns;
	core->preempt_ns = preempted ? QUANTUM_NEVER : core->preempt_ns;
	if (!(expired || preempted) || !rivals(core)) {
		quantum_arm(q, c);
		return;
	}
	if (q->teams[q->seats[old].group].limited) {
		step_down(q, c, expired);
		return;
	}
	requeue(q, c, expired ? QUANTUM_EXPIRED : QUANTUM_PREEMPTED);
	uint32_t v = next_of(q, c);
	if (v == old) { /* nobody is better: it keeps the core, with a new slice */
		core->start_ns = q->now_ns;
		quantum_arm(q, c);
		return;
	}
	quantum_state_set(q, old, QUANTUM_READY);
	q->seats[old].counts.preemptions += !expired;
	seat(q, c, v);
	offer(q, c);
}

static void timer(struct quantum *q, uint32_t slot)
{
	quantum_alarm_set(&q->timers, slot, QUANTUM_NEVER);
	if (slot == QUANTUM_ALARM_KIND)
		quantum_alarm_set(&q->timers, slot, q->kind->timer(q));
	else if (slot == QUANTUM_ALARM_BALANCE)
		quantum_balance(q);
	else if (slot == QUANTUM_ALARM_GANG)
		quantum_gang_plan(q);
	else if ((slot - QUANTUM_ALARM_FIRST) % 2)
		quantum_alarm_rings(q, (slot - QUANTUM_ALARM_FIRST) / 2);
	else
		quantum_refill(q, (slot - QUANTUM_ALARM_FIRST) / 2);
}

void quantum_run(struct quantum *q, int64_t t_ns)
{
	ASSERT(t_ns >= q->now_ns);
	for (;;) {
		int64_t at_core = quantum_alarm_first(&q->at_core);
		int64_t at_timer = quantum_alarm_first(&q->timers);
		int64_t at = at_timer <= at_core ? at_timer : at_core;
		if (at > t_ns)
			break;
		q->now_ns = at;
		if (at_timer <= at_core)
			timer(q, quantum_alarm_slot(&q->timers));
		else
			decide(q, quantum_alarm_slot(&q->at_core));
	}
	q->now_ns = t_ns;
}

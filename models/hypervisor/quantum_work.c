/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What vCPUs want: periods of work, spin locks, and the one that sleeps when it would be charged. */
#include "models/hypervisor/quantum_kind.h"

#include "sim/fault.h"

int64_t quantum_burst(const struct quantum_seat *s)
{
	if (s->lock == QUANTUM_LOCK_WANTED)
		return QUANTUM_ENDLESS;
	if (s->lock == QUANTUM_LOCK_HELD)
		return s->lock_left_ns; /* what it holds the lock for is done before it may sleep */
	return s->left_ns < s->lock_left_ns ? s->left_ns : s->lock_left_ns;
}

static void rearm(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	if (s->state != QUANTUM_RUNNING)
		return;
	quantum_settle(q, s->core);
	quantum_arm(q, s->core);
}

/* It sleeps a while before each sample, on whose instant it wakes: samples come first. */
static void cheat(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	int64_t sample_ns = quantum_tick(q, q->now_ns + 1);
	if (s->state == QUANTUM_ASLEEP) {
		quantum_alarm_set(&q->timers, quantum_alarm_seat(v), sample_ns - s->is.work.lock_hold_ns);
		quantum_wake(q, v, QUANTUM_WOKEN);
	} else {
		quantum_alarm_set(&q->timers, quantum_alarm_seat(v), sample_ns);
		quantum_sleep(q, v);
	}
}

static void period(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	const struct quantum_work *w = &s->is.work;
	if (s->state == QUANTUM_RUNNING)
		quantum_settle(q, s->core);
	bool late = s->counts.periods > 0 && s->left_ns > 0;
	s->counts.periods_late += late;
	s->counts.periods++;
	s->counts.demanded_ns += w->work_ns;
	s->left_ns = w->work_ns + (w->late == QUANTUM_LATE_CARRY && late ? s->left_ns : 0);
	s->period_ns = q->now_ns + w->period_ns;
	quantum_alarm_set(&q->timers, quantum_alarm_seat(v), s->period_ns);
	if (s->state == QUANTUM_ASLEEP)
		quantum_wake(q, v, QUANTUM_WOKEN);
	else
		rearm(q, v);
}

/* The first alarm of new work: its phase is over. */
static void begin(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	const struct quantum_work *w = &s->is.work;
	s->begun = true;
	s->busy_since_ns = q->now_ns;
	if (!s->endless) {
		period(q, v);
		return;
	}
	s->left_ns = QUANTUM_ENDLESS;
	if (w->behaviour == QUANTUM_CHEAT) {
		int64_t sample_ns = quantum_tick(q, q->now_ns + w->lock_hold_ns + 1);
		quantum_alarm_set(&q->timers, quantum_alarm_seat(v), sample_ns - w->lock_hold_ns);
	}
	if (s->state == QUANTUM_ASLEEP)
		quantum_wake(q, v, QUANTUM_WOKEN);
}

void quantum_alarm_rings(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	if (!s->begun)
		begin(q, v);
	else if (s->is.work.behaviour == QUANTUM_CHEAT)
		cheat(q, v);
	else if (s->is.work.work_ns > 0)
		period(q, v);
}

static void lock_take(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	q->teams[s->group].holder = v;
	s->lock = QUANTUM_LOCK_HELD;
	s->lock_left_ns = s->is.work.lock_hold_ns;
}

/* The lock goes to the one that has spun longest among those that have a core: others do not see it. */
static void lock_let_go(struct quantum *q, uint32_t group)
{
	struct quantum_team *g = &q->teams[group];
	uint32_t next = QUANTUM_NONE;
	g->holder = QUANTUM_NONE;
	for (uint32_t k = g->first; k != QUANTUM_NONE; k = q->seats[k].next) {
		const struct quantum_seat *s = &q->seats[k];
		if (s->lock == QUANTUM_LOCK_WANTED && s->state == QUANTUM_RUNNING &&
		    (next == QUANTUM_NONE || s->spin_since_ns < q->seats[next].spin_since_ns))
			next = k;
	}
	if (next == QUANTUM_NONE)
		return;
	quantum_settle(q, q->seats[next].core);
	lock_take(q, next);
	quantum_arm(q, q->seats[next].core);
}

void quantum_lock_start(struct quantum *q, uint32_t v)
{
	if (q->teams[q->seats[v].group].holder == QUANTUM_NONE)
		lock_take(q, v);
}

void quantum_lock_drop(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	bool held = s->lock == QUANTUM_LOCK_HELD;
	s->lock = QUANTUM_LOCK_OUT;
	s->lock_left_ns = QUANTUM_ENDLESS;
	if (s->is.work.behaviour == QUANTUM_SPIN)
		s->lock_left_ns = s->is.work.lock_every_ns;
	if (held)
		lock_let_go(q, s->group);
}

/* The vCPU must be settled: a lock may be wanted at the very end of the work. */
void quantum_work_done(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	if (s->lock == QUANTUM_LOCK_HELD) {
		quantum_lock_drop(q, v);
	} else if (s->lock_left_ns <= 0 && s->left_ns > 0) {
		s->lock = QUANTUM_LOCK_WANTED;
		s->spin_since_ns = q->now_ns;
		quantum_lock_start(q, v);
	}
	if (s->left_ns <= 0 && s->lock == QUANTUM_LOCK_OUT)
		quantum_sleep(q, v);
}

static bool is_endless(const struct quantum_work *w)
{
	return w->behaviour == QUANTUM_CHEAT || (w->work_ns > 0 && w->work_ns >= w->period_ns);
}

static void work_check(const struct quantum *q, const struct quantum_work *w)
{
	ASSERT(w->behaviour < QUANTUM_BEHAVIOURS && w->late < QUANTUM_LATES);
	ASSERT(w->work_ns >= 0 && w->phase_ns >= 0);
	ASSERT(w->behaviour == QUANTUM_CHEAT || w->work_ns == 0 || w->period_ns > 0);
	ASSERT(w->behaviour != QUANTUM_SPIN || (w->lock_every_ns > 0 && w->lock_hold_ns > 0));
	ASSERT(w->behaviour != QUANTUM_CHEAT ||
	       (w->lock_hold_ns > 0 && w->lock_hold_ns < q->rules.tick_ns));
}

/* Work for one that has none under way: it begins after its phase. */
void quantum_work_start(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	work_check(q, &s->is.work);
	s->endless = is_endless(&s->is.work);
	s->begun = false;
	s->left_ns = 0;
	quantum_lock_drop(q, v);
	bool any = s->is.work.work_ns > 0 || s->endless;
	quantum_alarm_set(&q->timers, quantum_alarm_seat(v),
	                  any ? q->now_ns + s->is.work.phase_ns : QUANTUM_NEVER);
}

static void work_end_demand(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	if (s->begun && s->endless)
		s->counts.demanded_ns += q->now_ns - s->busy_since_ns;
	s->busy_since_ns = q->now_ns;
}

/* Between two kinds of periodic work the period under way goes on, with what is new about it; from or to
 * endless work there is no period to go on with, and the new work starts at once. */
void quantum_work_set(struct quantum *q, uint32_t v, const struct quantum_work *to)
{
	struct quantum_seat *s = &q->seats[v];
	ASSERT(v < q->seat_count && s->used);
	if (s->state == QUANTUM_RUNNING)
		quantum_settle(q, s->core);
	struct quantum_work old = s->is.work;
	bool goes_on = s->begun && !s->endless && !is_endless(to) && old.work_ns > 0 && to->work_ns > 0 &&
	               old.behaviour == to->behaviour && old.behaviour != QUANTUM_CHEAT;
	if (s->begun && s->endless && is_endless(to) && old.behaviour == to->behaviour &&
	    old.behaviour == QUANTUM_DUTY) {
		s->is.work = *to;
		return;
	}
	work_end_demand(q, v);
	s->is.work = *to;
	if (!goes_on) {
		if (s->state != QUANTUM_ASLEEP)
			quantum_sleep(q, v);
		s->is.work.phase_ns = s->begun ? 0 : to->phase_ns;
		quantum_work_start(q, v);
		return;
	}
	work_check(q, to);
	s->counts.demanded_ns += to->work_ns - old.work_ns;
	s->left_ns += to->work_ns - old.work_ns;
	s->left_ns = s->left_ns > 0 ? s->left_ns : 0;
	if (s->state == QUANTUM_ASLEEP && s->left_ns > 0)
		quantum_wake(q, v, QUANTUM_WOKEN);
	else if (s->state != QUANTUM_ASLEEP && s->left_ns == 0 && s->lock == QUANTUM_LOCK_OUT)
		quantum_sleep(q, v);
	else
		rearm(q, v);
}

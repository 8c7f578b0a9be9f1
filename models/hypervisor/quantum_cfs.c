/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linux's completely fair scheduler, 2.6.23 to 6.5: the least virtual runtime runs.
 *
 * From kernel/sched/fair.c of those versions: the slice is the latency target, or the minimum granularity
 * times the number of runnable where they are many, shared by weight (sched_slice); at a tick the running
 * one goes if it has had its slice, or is that much ahead of the least (check_preempt_tick); a sleeper comes
 * back at most half a latency behind the lane's floor (GENTLE_FAIR_SLEEPERS), a new one a slice ahead
 * (START_DEBIT); a waker preempts who is more than the wake-up granularity ahead of it. Left out: buddies,
 * and the tree of groups (weights are flat here, see quantum_load). */
#include "models/hypervisor/quantum_kind.h"

static int64_t slice(const struct quantum *q, const struct quantum_lane *lane, const struct quantum_seat *s)
{
	int64_t period_ns = q->rules.latency_ns, least_ns = q->rules.granularity_ns;
	if ((int64_t)lane->members * least_ns > period_ns)
		period_ns = lane->members * least_ns;
	int64_t part, slice_ns;
	if (lane->load <= s->load)
		slice_ns = period_ns;
	else if (!__builtin_mul_overflow(period_ns, s->load, &part))
		slice_ns = part / lane->load;
	else
		slice_ns = (int64_t)(wide_product(period_ns, s->load) / lane->load);
	return slice_ns > least_ns ? slice_ns : least_ns;
}

static void raise_floor(struct quantum_lane *lane, int64_t running_ns)
{
	int64_t least = running_ns;
	if (lane->waiting && lane->queue.at[lane->queue.head].key < least)
		least = lane->queue.at[lane->queue.head].key;
	lane->floor = least > lane->floor ? least : lane->floor;
}

static void join(struct quantum *q, struct quantum_lane *lane, uint32_t v, enum quantum_join why)
{
	struct quantum_seat *s = &q->seats[v];
	if (why == QUANTUM_NEW) {
		s->virtual_ns = lane->floor;
		if (lane->members)
			s->virtual_ns += quantum_virtual(s, q->rules.granularity_ns);
	} else if (why == QUANTUM_WOKEN) {
		int64_t behind = lane->floor - q->rules.latency_ns / 2;
		s->virtual_ns = s->virtual_ns > behind ? s->virtual_ns : behind;
	}
	quantum_line_put(&lane->queue, s->virtual_ns, v);
}

static void move(struct quantum *q, struct quantum_lane *from, struct quantum_lane *to, uint32_t v)
{
	q->seats[v].virtual_ns += to->floor - from->floor;
}

static uint32_t pick(struct quantum *q, struct quantum_lane *lane)
{
	uint32_t v = quantum_line_take(&lane->queue).vcpu;
	int64_t least = q->seats[v].virtual_ns;
	lane->floor = least > lane->floor ? least : lane->floor;
	return v;
}

static void charge(struct quantum *q, struct quantum_lane *lane, uint32_t v, int64_t ran_ns)
{
	struct quantum_seat *s = &q->seats[v];
	s->virtual_ns += quantum_virtual(s, ran_ns);
	raise_floor(lane, s->virtual_ns);
}

static int64_t until(struct quantum *q, struct quantum_lane *lane, uint32_t v)
{
	const struct quantum_seat *s = &q->seats[v];
	const struct quantum_core *core = &q->cores[s->core];
	int64_t slice_ns = slice(q, lane, s), first = lane->queue.at[lane->queue.head].key;
	int64_t had_ns = core->start_ns + slice_ns;
	int64_t ahead_ns = core->since_ns + quantum_real(s, first + slice_ns + 1 - s->virtual_ns);
	int64_t least_ns = core->start_ns + q->rules.granularity_ns;
	ahead_ns = ahead_ns > least_ns ? ahead_ns : least_ns;
	int64_t at = had_ns < ahead_ns ? had_ns : ahead_ns;
	return quantum_tick(q, at > q->now_ns ? at : q->now_ns + (q->rules.tick_ns > 0));
}

static int64_t preempts(struct quantum *q, struct quantum_lane *lane, uint32_t v)
{
	(void)lane;
	const struct quantum_seat *s = &q->seats[v], *running = &q->seats[q->cores[s->core].running];
	int64_t ahead = running->virtual_ns - s->virtual_ns;
	return ahead > quantum_virtual(s, q->rules.wakeup_ns) ? q->now_ns : QUANTUM_NEVER;
}

const struct quantum_kind quantum_cfs = {
	.join = join, .move = move, .pick = pick, .charge = charge, .until = until, .preempts = preempts
};

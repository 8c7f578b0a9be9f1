/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Earliest eligible virtual deadline first, as in Linux from 6.6 on.
 *
 * Stoica and Abdel-Wahab 1995; kernel/sched/fair.c. The mean of the members' virtual times, weighted, is
 * the lane's virtual time V. Who is not ahead of it (virtual <= V) is eligible; of those the earliest
 * deadline runs, which is a base slice of its own virtual time away. It runs until then (looked at on
 * ticks). Until the deadline with which it came to the core a waker takes that from it only if it is not
 * eligible any more (RUN_TO_PARITY); later an earlier deadline is enough. Who leaves keeps
 * its lag V - virtual, at most two slices, and comes back with it, stretched so that its own return does not
 * change it (PLACE_LAG); a new one has half a slice to its deadline (PLACE_DEADLINE_INITIAL). Groups have no
 * tree here: see quantum_load.
 *
 * No tree of deadlines either: `later` holds the vCPUs by virtual time, `queue` by deadline those that
 * were eligible when they came to its front. V mostly rises, so each goes once from one to the other; who
 * is found not to be eligible after all goes back. Sums are exact: of all members one is always eligible. */
#include "models/hypervisor/quantum_kind.h"

/* Virtual time grows so many times as fast for the least weight as for an ordinary one. */
#define LAG_WEIGHTS 1024

static bool eligible(const struct quantum_lane *lane, int64_t virtual_ns)
{
	return wide_product(virtual_ns, lane->load) <= lane->weighted;
}

static int64_t mean(const struct quantum_lane *lane)
{
	if (lane->members == 0)
		return lane->floor;
	wide sum = lane->weighted;
	return (int64_t)(sum >= 0 ? sum / lane->load : -((-sum + lane->load - 1) / lane->load));
}

static void renew(const struct quantum *q, struct quantum_seat *s)
{
	s->deadline_ns = s->virtual_ns + quantum_virtual(s, q->rules.slice_ns);
}

/* One who goes to sleep ahead of V stays in Linux's queue until V has caught up (DELAY_DEQUEUE), and so comes
 * back where it was, or later owing nothing. */
static bool stayed(struct quantum_lane *lane, struct quantum_seat *s)
{
	if (lane->members == 0 || s->virtual_ns <= mean(lane))
		return false;
	s->deadline_ns += s->virtual_ns; /* quit() made it relative */
	lane->weighted += wide_product(s->virtual_ns, s->load);
	return true;
}

/* v wakes at another core: what it owes there is what is left of it here. */
static void move(struct quantum *q, struct quantum_lane *from, struct quantum_lane *to, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	s->virtual_ns += mean(to) - mean(from);
}

static void arrive(struct quantum *q, struct quantum_lane *lane, uint32_t v, enum quantum_join why)
{
	struct quantum_seat *s = &q->seats[v];
	int64_t lag_ns = why == QUANTUM_NEW ? 0 : s->lag_ns;
	if (why == QUANTUM_WOKEN && lag_ns < 0 && stayed(lane, s))
		return;
	if (why == QUANTUM_WOKEN && lag_ns < 0)
		lag_ns = 0;
	if (lane->members && lag_ns)
		lag_ns = (int64_t)(wide_product(lag_ns, lane->load + s->load) / lane->load);
	s->virtual_ns = mean(lane) - lag_ns;
	if (why == QUANTUM_MOVED && s->deadline_ns > 0)
		s->deadline_ns += s->virtual_ns; /* quit() made it relative */
	else
		renew(q, s);
	if (why == QUANTUM_NEW)
		s->deadline_ns -= (s->deadline_ns - s->virtual_ns) / 2;
	lane->weighted += wide_product(s->virtual_ns, s->load);
}

static void join(struct quantum *q, struct quantum_lane *lane, uint32_t v, enum quantum_join why)
{
	struct quantum_seat *s = &q->seats[v];
	if (why == QUANTUM_NEW || why == QUANTUM_WOKEN || why == QUANTUM_MOVED)
		arrive(q, lane, v, why);
	else if (why == QUANTUM_EXPIRED || s->virtual_ns >= s->deadline_ns)
		renew(q, s);
	quantum_line_put(&lane->later, s->virtual_ns, v);
}

static void quit(struct quantum *q, struct quantum_lane *lane, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	int64_t most_ns = 2 * q->rules.slice_ns > q->rules.tick_ns ? 2 * q->rules.slice_ns : q->rules.tick_ns;
	int64_t limit = quantum_virtual(s, most_ns), lag_ns = mean(lane) - s->virtual_ns;
	lag_ns = lag_ns > limit ? limit : lag_ns;
	s->lag_ns = lag_ns < -limit ? -limit : lag_ns;
	lane->floor = mean(lane);
	if (lane->members == 1)
		lane->floor += LAG_WEIGHTS * most_ns; /* no one is left to whom a sleeper could owe */
	lane->weighted -= wide_product(s->virtual_ns, s->load);
	s->deadline_ns -= s->virtual_ns;
}

/* The best of those that wait comes to the front of `queue`, if any of them is eligible. */
static bool best_first(struct quantum *q, struct quantum_lane *lane)
{
	struct quantum_line *queue = &lane->queue, *later = &lane->later;
	while (later->head < later->tail && eligible(lane, later->at[later->head].key)) {
		uint32_t v = quantum_line_take(later).vcpu;
		quantum_line_put(queue, q->seats[v].deadline_ns, v);
	}
	while (queue->head < queue->tail) {
		uint32_t v = queue->at[queue->head].vcpu;
		if (eligible(lane, q->seats[v].virtual_ns))
			return true;
		quantum_line_take(queue);
		quantum_line_put(later, q->seats[v].virtual_ns, v);
	}
	return false;
}

static uint32_t pick(struct quantum *q, struct quantum_lane *lane)
{
	if (best_first(q, lane))
		return quantum_line_take(&lane->queue).vcpu;
	return quantum_line_take(&lane->later).vcpu; /* the eligible one is running, and is not asked */
}

static void charge(struct quantum *q, struct quantum_lane *lane, uint32_t v, int64_t ran_ns)
{
	struct quantum_seat *s = &q->seats[v];
	int64_t grown = quantum_virtual(s, ran_ns);
	s->virtual_ns += grown;
	lane->weighted += wide_product(grown, s->load);
}

static int64_t until(struct quantum *q, struct quantum_lane *lane, uint32_t v)
{
	(void)lane;
	const struct quantum_seat *s = &q->seats[v];
	int64_t at = q->cores[s->core].since_ns + quantum_real(s, s->deadline_ns - s->virtual_ns);
	return quantum_tick(q, at > q->now_ns ? at : q->now_ns);
}

/* While it was alone, its deadline was renewed at the first tick after it. */
static void renew_alone(struct quantum *q, struct quantum_lane *lane, struct quantum_seat *running)
{
	if (lane->waiting > 1 || running->virtual_ns < running->deadline_ns)
		return;
	int64_t tick = q->rules.tick_ns, past_ns = tick ? (q->now_ns - q->opened_ns) % tick : 0;
	int64_t ran_ns = q->now_ns - q->cores[running->core].start_ns;
	past_ns = past_ns < ran_ns ? past_ns : ran_ns;
	renew(q, running);
	running->deadline_ns -= quantum_virtual(running, past_ns);
}

static int64_t preempts(struct quantum *q, struct quantum_lane *lane, uint32_t v)
{
	const struct quantum_core *core = &q->cores[q->seats[v].core];
	struct quantum_seat *running = &q->seats[core->running];
	renew_alone(q, lane, running);
	if (running->virtual_ns >= running->deadline_ns)
		return q->now_ns;
	bool stays = eligible(lane, running->virtual_ns);
	if (!best_first(q, lane) || lane->queue.at[lane->queue.head].vcpu != v)
		return QUANTUM_NEVER;
	if (stays && (running->virtual_ns < core->protect_ns ||
	              running->deadline_ns < q->seats[v].deadline_ns))
		return QUANTUM_NEVER;
	return q->now_ns;
}

const struct quantum_kind quantum_eevdf = {
	.join = join, .quit = quit, .pick = pick, .charge = charge, .until = until, .preempts = preempts,
	.move = move
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Balancing between cores: now and then, one waiting vCPU from the most to the least loaded core.
 *
 * It moves when that brings the loads nearer, and every other time also when it merely swaps them (three
 * equal vCPUs on two cores): so the short end goes round, and in the long run all get the same. The other
 * times are left to chance, or else the balancer and the slices would beat against each other and some
 * would always be caught waiting. */
#include "models/hypervisor/quantum_kind.h"

static int64_t load_of(const struct quantum *q, uint32_t c)
{
	int64_t load = 0;
	for (uint64_t left = q->ranks; left; left &= left - 1)
		load += q->lanes[__builtin_ctzll(left)][c].load;
	return load;
}

/* Of those that wait at `from` and may run at `to`: the heaviest not above the difference; the last of
 * equals, which has had most. */
static uint32_t candidate(const struct quantum *q, uint32_t from, uint32_t to, int64_t difference)
{
	uint32_t best = QUANTUM_NONE;
	for (uint64_t left = q->cores[from].ranks; left; left &= left - 1) {
		const struct quantum_lane *lane = &q->lanes[__builtin_ctzll(left)][from];
		for (int k = 0; k < 2; k++) {
			const struct quantum_line *l = k ? &lane->later : &lane->queue;
			for (uint32_t i = l->head; i < l->tail; i++) {
				const struct quantum_seat *s = &q->seats[l->at[i].vcpu];
				if (s->load <= difference && quantum_allowed(s, to) &&
				    (best == QUANTUM_NONE || s->load >= q->seats[best].load))
					best = l->at[i].vcpu;
			}
		}
	}
	return best;
}

static void even_out(struct quantum *q)
{
	uint32_t most = QUANTUM_NONE, least = 0;
	int64_t most_load = 0, least_load = load_of(q, 0);
	for (uint32_t c = 0; c < q->core_count; c++) {
		int64_t load = load_of(q, c);
		if (q->cores[c].waiting && load > most_load) {
			most = c;
			most_load = load;
		}
		if (load < least_load) {
			least = c;
			least_load = load;
		}
	}
	if (most == QUANTUM_NONE || most_load <= least_load)
		return;
	uint32_t v = candidate(q, most, least, most_load - least_load);
	if (v == QUANTUM_NONE)
		return;
	if (2 * q->seats[v].load > most_load - least_load && random_below(&q->chance, 2))
		return;
	quantum_leave(q, v);
	quantum_put(q, v, least, QUANTUM_MOVED);
}

/* What Linux does from 5.5 on (calculate_imbalance and detach_tasks in kernel/sched/fair.c): a core that has
 * one runnable takes what is not above half the difference, doubled for each look in vain; one that has more
 * takes only when the other has 17 % more. Loads are estimates there: of equal ones either may pass for the
 * larger. It is the same one for long (interrupts take capacity from one core), so chance says which once. */
#define IMBALANCE_PERCENT 117   /* sd->imbalance_pct within a package */
#define ESTIMATE_SHIFT 7        /* equal loads differ by 1/128: about what others took when measured */
#define IN_VAIN_MOST 16

static uint32_t runnable(const struct quantum_core *core)
{
	return core->waiting + (core->running != QUANTUM_NONE);
}

static uint32_t most_loaded(const struct quantum *q, uint32_t except)
{
	uint32_t most = QUANTUM_NONE;
	for (uint32_t c = 0; c < q->core_count; c++)
		if (c != except && q->cores[c].waiting &&
		    (most == QUANTUM_NONE || load_of(q, c) > load_of(q, most)))
			most = c;
	return most;
}

/* How much may move from one core to another at the first look; 0: they are balanced. */
static int64_t imbalance(const struct quantum *q, uint32_t from, uint32_t to)
{
	int64_t most = load_of(q, from), least = load_of(q, to), noise = most >> ESTIMATE_SHIFT;
	bool lone = runnable(&q->cores[to]) <= 1;
	if (most - least <= noise && least - most <= noise)
		return lone && from % 2 == q->heavier ? noise : 0;
	if (most <= least || (!lone && 100 * most <= IMBALANCE_PERCENT * least))
		return 0;
	return (most - least) / 2;
}

/* Whether something moved. */
static bool linux_even_out(struct quantum *q, uint32_t to)
{
	struct quantum_core *core = &q->cores[to];
	uint32_t from = most_loaded(q, to);
	int64_t may_move = from == QUANTUM_NONE ? 0 : imbalance(q, from, to);
	if (may_move == 0) {
		core->in_vain = 0;
		return false;
	}
	uint32_t v = candidate(q, from, to, may_move << core->in_vain);
	if (v == QUANTUM_NONE) {
		core->in_vain += core->in_vain < IN_VAIN_MOST;
		return false;
	}
	core->in_vain = 0;
	quantum_leave(q, v);
	quantum_put(q, v, to, QUANTUM_MOVED);
	return true;
}

void quantum_balance(struct quantum *q)
{
	int64_t next_ns = q->rules.balance_ns;
	for (uint32_t c = 0; c < q->core_count; c++)
		quantum_settle(q, c);
	if (!q->rules.gang && q->rules.scheduler == QUANTUM_EEVDF) {
		/* Each core looks for itself: the odd ones half an interval later. */
		next_ns = next_ns > 1 ? next_ns / 2 : 1;
		uint32_t odd = (uint32_t)((q->now_ns - q->opened_ns) / next_ns % 2);
		for (uint32_t c = odd; c < q->core_count && !linux_even_out(q, c);)
			c += 2;
	} else if (!q->rules.gang) {
		even_out(q);
	}
	if (q->waiting)
		quantum_alarm_set(&q->timers, QUANTUM_ALARM_BALANCE, q->now_ns + next_ns);
}

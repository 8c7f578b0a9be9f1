/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The laws of the discrete scheduler, looked at all at once. Whether cores work is looked at only when
 * none has yet to decide at this instant, that is after quantum_run, not right after a change. */
#include "models/hypervisor/quantum_kind.h"

#include "sim/fault.h"

static void check_seat(const struct quantum *q, uint32_t v)
{
	const struct quantum_seat *s = &q->seats[v];
	struct quantum_counts n = quantum_vcpu_counts(q, v);
	ASSERT(n.run_ns >= 0 && n.ready_ns >= 0 && n.throttled_ns >= 0 && n.asleep_ns >= 0);
	ASSERT(n.run_ns + n.ready_ns + n.throttled_ns + n.asleep_ns == q->now_ns - s->added_ns);
	ASSERT(n.spun_ns <= n.run_ns);
	ASSERT((s->state == QUANTUM_RUNNING) == (q->cores[s->core].running == v));
	uint32_t rank = q->teams[s->group].rank;
	if (s->state == QUANTUM_READY)
		ASSERT(quantum_allowed(s, s->core) && s->rank == rank);
	if (s->state == QUANTUM_RUNNING) /* it may still hold reserved time when the group has no more */
		ASSERT(quantum_allowed(s, s->core) && (s->rank == rank || s->rank == (rank | 1)));
	if (s->state == QUANTUM_THROTTLED)
		ASSERT(q->teams[s->group].dry);
}

static void check_team(const struct quantum *q, uint32_t g)
{
	const struct quantum_team *team = &q->teams[g];
	int64_t runnable = 0, granted_ns = 0;
	uint32_t members = 0;
	for (uint32_t v = team->first; v != QUANTUM_NONE; v = q->seats[v].next) {
		const struct quantum_seat *s = &q->seats[v];
		members++;
		runnable += s->state == QUANTUM_ASLEEP ? 0 : s->is.weight;
		granted_ns += s->state == QUANTUM_RUNNING && team->is.cap_ns > 0 ? s->grant_ns : 0;
	}
	ASSERT(members == team->members && runnable == team->runnable);
	if (team->is.cap_ns > 0)
		ASSERT(team->purse_ns >= 0 && team->purse_ns + granted_ns <= team->is.cap_ns);
	ASSERT(team->reserve_ns >= 0 && team->reserve_ns <= team->is.reservation_ns);
}

static void check_lane(const struct quantum *q, uint32_t rank, uint32_t c)
{
	const struct quantum_lane *lane = &q->lanes[rank][c];
	const struct quantum_core *core = &q->cores[c];
	uint32_t members = 0;
	int64_t load = 0;
	for (int k = 0; k < 2; k++) {
		const struct quantum_line *l = k ? &lane->later : &lane->queue;
		for (uint32_t i = l->head; i < l->tail; i++) {
			const struct quantum_seat *s = &q->seats[l->at[i].vcpu];
			ASSERT(i == l->head || l->at[i - 1].key <= l->at[i].key);
			ASSERT(s->core == c && s->rank == rank);
			if (s->delayed)
				ASSERT(s->state == QUANTUM_ASLEEP);
			else
				ASSERT(s->state == QUANTUM_READY);
			members += !s->delayed;
			load += s->load;
		}
	}
	ASSERT(lane->waiting == members);
	ASSERT((core->ranks >> rank & 1) == (lane->waiting > 0));
	if (core->running != QUANTUM_NONE && core->rank == rank) {
		members++;
		load += q->seats[core->running].load;
	}
	ASSERT(lane->members == members && lane->load == load);
}

/* No core idles, and none runs a lower rank, while somebody waits who may run there. Two exceptions: who
 * stays on its core (QUANTUM_STAY) waits for it, and gangs wait for one another. */
static void check_conserving(const struct quantum *q, uint32_t v)
{
	const struct quantum_seat *s = &q->seats[v];
	if (s->state != QUANTUM_READY || q->rules.gang || quantum_alarm_first(&q->at_core) <= q->now_ns)
		return;
	for (uint32_t c = 0; c < q->core_count; c++) {
		const struct quantum_core *core = &q->cores[c];
		if (!quantum_allowed(s, c) || core->since_ns > q->now_ns)
			continue;
		if (q->rules.allocation == QUANTUM_STAY && c != s->core)
			continue;
		ASSERT(core->running != QUANTUM_NONE && core->rank >= s->rank);
	}
}

static void check_core(const struct quantum *q, uint32_t c)
{
	const struct quantum_core *core = &q->cores[c];
	struct quantum_core_counts n = quantum_core_counts(q, c);
	ASSERT(n.busy_ns >= 0 && n.switch_ns >= 0 && n.idle_ns >= 0);
	ASSERT(n.busy_ns + n.switch_ns + n.idle_ns == q->now_ns - q->opened_ns);
	if (core->running == QUANTUM_NONE)
		return;
	ASSERT(q->seats[core->running].state == QUANTUM_RUNNING && q->seats[core->running].core == c);
	ASSERT(quantum_allowed(&q->seats[core->running], c));
}

void quantum_check(const struct quantum *q)
{
	int64_t busy_ns = q->now_ns - q->busy_since_ns;
	uint32_t idle = 0, waiting = 0;
	for (uint32_t v = 0; v < q->seat_count; v++)
		if (q->seats[v].used) {
			check_seat(q, v);
			check_conserving(q, v);
			waiting += q->seats[v].state == QUANTUM_READY;
		}
	for (uint32_t g = 0; g < q->team_count; g++)
		if (q->teams[g].used)
			check_team(q, g);
	for (uint32_t c = 0; c < q->core_count; c++) {
		check_core(q, c);
		idle += q->cores[c].running == QUANTUM_NONE;
		for (uint64_t left = q->ranks; left; left &= left - 1)
			check_lane(q, (uint32_t)__builtin_ctzll(left), c);
	}
	for (uint32_t k = 0; k <= q->core_count; k++)
		busy_ns += q->busy_ns[k];
	ASSERT(busy_ns == q->now_ns - q->opened_ns && idle == q->idle && waiting == q->waiting);
}

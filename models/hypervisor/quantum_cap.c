/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Caps and reservations: a purse a group and period, from which running vCPUs take a slice at a time.
 *
 * As in Linux's bandwidth control (kernel/sched/fair.c), a core takes cap_slice_ns from the group's purse
 * when one of the group runs there, and the group is throttled when purse and slice are used up. Unlike
 * there, the slice ends to the nanosecond (Linux looks at ticks and lets the next period pay), and what a
 * core has left is handed back whenever the vCPU leaves it, so that no period ever sees more than the cap.
 * A group that found its purse empty stays throttled until the refill, whatever others hand back.
 *
 * A reservation is a second purse: while there is something in it, the group is one rank above others of
 * its priority. */
#include "models/hypervisor/quantum_kind.h"

#include "sim/fault.h"

static int64_t portion(const struct quantum *q, int64_t *purse_ns)
{
	int64_t slice_ns = q->rules.cap_slice_ns, taken_ns = slice_ns < *purse_ns ? slice_ns : *purse_ns;
	*purse_ns -= taken_ns;
	return taken_ns;
}

/* Refills happen only while there is something to refill. */
static void refill_arm(struct quantum *q, uint32_t group)
{
	struct quantum_team *g = &q->teams[group];
	uint32_t slot = quantum_alarm_team(group);
	if (quantum_alarm_get(&q->timers, slot) != QUANTUM_NEVER)
		return;
	int64_t past = (q->now_ns - g->origin_ns) % g->period_ns;
	quantum_alarm_set(&q->timers, slot, q->now_ns + g->period_ns - past);
}

enum quantum_taken quantum_take(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	struct quantum_team *g = &q->teams[s->group];
	bool capped = g->is.cap_ns > 0, reserved = s->rank & 1;
	if (capped && s->grant_ns <= 0)
		s->grant_ns = portion(q, &g->purse_ns);
	if (capped && s->grant_ns <= 0)
		return QUANTUM_DRY;
	if (!reserved)
		s->reserve_ns = QUANTUM_ENDLESS;
	else if (s->reserve_ns <= 0 || s->reserve_ns > QUANTUM_ENDLESS / 2)
		s->reserve_ns = portion(q, &g->reserve_ns);
	refill_arm(q, s->group);
	return s->reserve_ns > 0 ? QUANTUM_GO : QUANTUM_LOWER;
}

void quantum_give_back(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	struct quantum_team *g = &q->teams[s->group];
	if (!g->limited)
		return;
	if (g->is.cap_ns > 0) {
		g->purse_ns += s->grant_ns;
		s->grant_ns = 0;
	}
	if ((s->rank & 1) && s->reserve_ns < QUANTUM_ENDLESS / 2) {
		g->reserve_ns += s->reserve_ns;
		s->reserve_ns = 0;
	}
}

static void rest(struct quantum *q, uint32_t v)
{
	struct quantum_seat *s = &q->seats[v];
	s->woken_ns = QUANTUM_NEVER; /* its wait is not the scheduler's any more */
	quantum_state_set(q, v, QUANTUM_THROTTLED);
}

void quantum_throttle(struct quantum *q, uint32_t v)
{
	struct quantum_team *g = &q->teams[q->seats[v].group];
	if (!g->dry)
		g->throttles++;
	g->dry = true;
	quantum_changed(q);
	quantum_give_back(q, v); /* of the reservation: the cap has nothing left */
	rest(q, v);
	for (uint32_t k = g->first; k != QUANTUM_NONE; k = q->seats[k].next)
		if (k != v && q->seats[k].state == QUANTUM_READY) {
			quantum_leave(q, k);
			rest(q, k);
		}
}

/* Everybody of the group joins the lane of its new rank; but who runs and still holds some of the reserved
 * time runs on with it, or else it would go back into a purse that nobody looks into until the refill. */
static void shift(struct quantum *q, uint32_t group)
{
	struct quantum_team *g = &q->teams[group];
	for (uint32_t k = g->first; k != QUANTUM_NONE; k = q->seats[k].next) {
		struct quantum_seat *s = &q->seats[k];
		bool holds = s->state == QUANTUM_RUNNING && s->rank == (g->rank | 1) && s->reserve_ns > 0;
		if (s->rank == g->rank || holds || (s->state != QUANTUM_READY && s->state != QUANTUM_RUNNING))
			continue;
		if (s->state == QUANTUM_RUNNING)
			quantum_unseat(q, s->core);
		else
			quantum_leave(q, k);
		quantum_place(q, k, QUANTUM_MOVED);
	}
}

void quantum_lower(struct quantum *q, uint32_t v)
{
	struct quantum_team *g = &q->teams[q->seats[v].group];
	g->rank &= ~1u;
	quantum_give_back(q, v);
	quantum_place(q, v, QUANTUM_MOVED);
	shift(q, q->seats[v].group);
}

/* The running ones begin the new period with nothing in hand. */
static void start_anew(struct quantum *q, uint32_t group)
{
	struct quantum_team *g = &q->teams[group];
	for (uint32_t k = g->first; k != QUANTUM_NONE; k = q->seats[k].next) {
		struct quantum_seat *s = &q->seats[k];
		if (s->state != QUANTUM_RUNNING)
			continue;
		quantum_settle(q, s->core);
		s->grant_ns = g->is.cap_ns > 0 ? 0 : QUANTUM_ENDLESS;
		s->reserve_ns = s->rank & 1 ? 0 : QUANTUM_ENDLESS;
	}
	g->purse_ns = g->is.cap_ns;
	g->reserve_ns = g->is.reservation_ns;
	g->rank = 2 * g->is.priority + (g->reserve_ns > 0);
	g->dry = false;
}

void quantum_refill(struct quantum *q, uint32_t group)
{
	struct quantum_team *g = &q->teams[group];
	start_anew(q, group);
	shift(q, group);
	for (uint32_t k = g->first; k != QUANTUM_NONE; k = q->seats[k].next) {
		struct quantum_seat *s = &q->seats[k];
		if (s->state == QUANTUM_THROTTLED) {
			quantum_place(q, k, s->fresh ? QUANTUM_NEW : QUANTUM_MOVED);
			s->fresh = false;
		} else if (s->state == QUANTUM_RUNNING) {
			quantum_arm(q, s->core); /* its purse is empty: the core takes from the new one */
		}
	}
}

void quantum_team_set(struct quantum *q, uint32_t group)
{
	struct quantum_team *g = &q->teams[group];
	ASSERT(g->is.weight >= 1 && g->is.weight <= 1 << 20 && g->is.priority < QUANTUM_PRIORITIES);
	ASSERT(g->is.cap_ns >= 0 && g->is.reservation_ns >= 0);
	g->period_ns = g->is.cap_period_ns > 0 ? g->is.cap_period_ns : q->rules.cap_period_ns;
	g->limited = g->is.cap_ns > 0 || g->is.reservation_ns > 0;
	g->origin_ns = q->now_ns;
	quantum_alarm_set(&q->timers, quantum_alarm_team(group), QUANTUM_NEVER);
	uint32_t base = 2 * g->is.priority, top = base + (g->is.reservation_ns > 0);
	for (uint32_t r = base; r <= top; r++)
		if (!q->lanes[r]) {
			q->lanes[r] = memory_new(q->core_count, sizeof **q->lanes, "run queues");
			q->ranks |= 1ull << r;
		}
	for (uint32_t k = g->first; k != QUANTUM_NONE; k = q->seats[k].next) {
		struct quantum_seat *s = &q->seats[k];
		s->load_of = 0;
		if (s->state != QUANTUM_RUNNING) {
			s->grant_ns = g->is.cap_ns > 0 ? 0 : QUANTUM_ENDLESS;
			s->reserve_ns = QUANTUM_ENDLESS;
		}
	}
	quantum_refill(q, group);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gang scheduling: the runnable vCPUs of a group run at the same time or not at all (Ousterhout 1982).
 *
 * What the kinds decide a core and lane is here decided for the host at once: a plan says which vCPU each
 * core runs. Groups are taken in the order of their rank, then of CPU time used over weight (as stride
 * does), and each that still fits whole into the cores left gets them. A plan holds for a slice; when
 * somebody wakes or sleeps within it, those who run stay if they fit, and others are fitted in around them.
 * A group with more vCPUs than can ever run together (more than cores, or pinned onto one another) runs as
 * many as can, those that have run least. A core may idle while a gang waits that does not fit. */
#include "models/hypervisor/quantum_kind.h"

static bool runnable(const struct quantum_seat *s)
{
	return s->state == QUANTUM_READY || s->state == QUANTUM_RUNNING;
}

/* A free core for s: where it is, else the first allowed. */
static uint32_t free_core(const struct quantum *q, const struct quantum_seat *s, const uint32_t *plan)
{
	if (plan[s->core] == QUANTUM_NONE && quantum_allowed(s, s->core))
		return s->core;
	for (uint32_t c = 0; c < q->core_count; c++)
		if (plan[c] == QUANTUM_NONE && quantum_allowed(s, c))
			return c;
	return QUANTUM_NONE;
}

/* The next of group g to be given a core, after `last`: pinned ones first, then who has run least. */
static bool before(const struct quantum *q, uint32_t a, uint32_t b)
{
	const struct quantum_seat *x = &q->seats[a], *y = &q->seats[b];
	if (x->is.pinned != y->is.pinned)
		return x->is.pinned;
	return x->counts.run_ns != y->counts.run_ns ? x->counts.run_ns < y->counts.run_ns : a < b;
}

static uint32_t member_after(const struct quantum *q, uint32_t g, uint32_t last)
{
	uint32_t best = QUANTUM_NONE;
	for (uint32_t v = q->teams[g].first; v != QUANTUM_NONE; v = q->seats[v].next)
		if (runnable(&q->seats[v]) && (last == QUANTUM_NONE || before(q, last, v)) &&
		    (best == QUANTUM_NONE || before(q, v, best)))
			best = v;
	return best;
}

/* Puts into `plan` all of group g that find a free core there; how many they are. */
static uint32_t fit(const struct quantum *q, uint32_t g, uint32_t *plan)
{
	uint32_t fitted = 0;
	for (uint32_t v = member_after(q, g, QUANTUM_NONE); v != QUANTUM_NONE; v = member_after(q, g, v)) {
		uint32_t c = free_core(q, &q->seats[v], plan);
		if (c == QUANTUM_NONE)
			continue;
		plan[c] = v;
		fitted++;
	}
	return fitted;
}

static void clear(const struct quantum *q, uint32_t *plan)
{
	for (uint32_t c = 0; c < q->core_count; c++)
		plan[c] = QUANTUM_NONE;
}

/* Group g into the plan, if all of it that could run on an empty host still fits. */
static bool fit_whole(struct quantum *q, uint32_t g)
{
	uint32_t *trial = q->trial;
	clear(q, trial);
	uint32_t whole = fit(q, g, trial);
	for (uint32_t c = 0; c < q->core_count; c++)
		trial[c] = q->plan[c];
	if (fit(q, g, trial) < whole)
		return false;
	q->trial = q->plan;
	q->plan = trial;
	return true;
}

static bool earlier(const struct quantum *q, uint32_t a, uint32_t b, bool stay)
{
	const struct quantum_team *x = &q->teams[a], *y = &q->teams[b];
	if (x->rank != y->rank)
		return x->rank > y->rank;
	if (stay && x->planned != y->planned)
		return x->planned;
	return x->pass_ns != y->pass_ns ? x->pass_ns < y->pass_ns : a < b;
}

static uint32_t group_after(const struct quantum *q, uint32_t last, bool stay)
{
	uint32_t best = QUANTUM_NONE;
	for (uint32_t g = 0; g < q->team_count; g++)
		if (q->teams[g].used && member_after(q, g, QUANTUM_NONE) != QUANTUM_NONE &&
		    (last == QUANTUM_NONE || earlier(q, last, g, stay)) &&
		    (best == QUANTUM_NONE || earlier(q, g, best, stay)))
			best = g;
	return best;
}

/* Cores whose vCPU is not the planned one give it up; those that idle look again. */
static void apply(struct quantum *q)
{
	for (uint32_t c = 0; c < q->core_count; c++) {
		uint32_t v = q->cores[c].running;
		if (v == q->plan[c])
			continue;
		if (v != QUANTUM_NONE) {
			quantum_unseat(q, c);
			quantum_state_set(q, v, QUANTUM_READY);
			quantum_enqueue(q, v, c, QUANTUM_MOVED);
			q->seats[v].counts.preemptions++;
		}
		quantum_alarm_set(&q->at_core, c, q->now_ns);
	}
}

/* Who was not runnable comes back with no more to its credit than the others have. */
static void raise_passes(struct quantum *q)
{
	int64_t least = INT64_MAX;
	for (uint32_t g = 0; g < q->team_count; g++)
		if (q->teams[g].used && q->teams[g].ran && q->teams[g].pass_ns < least)
			least = q->teams[g].pass_ns;
	for (uint32_t g = 0; g < q->team_count; g++) {
		struct quantum_team *team = &q->teams[g];
		bool runs = team->used && member_after(q, g, QUANTUM_NONE) != QUANTUM_NONE;
		if (runs && !team->ran && least != INT64_MAX && team->pass_ns < least)
			team->pass_ns = least;
		team->ran = runs;
	}
}

void quantum_gang_plan(struct quantum *q)
{
	bool stay = q->now_ns < q->plan_until_ns;
	uint32_t order = QUANTUM_NONE, left_out = 0;
	for (uint32_t c = 0; c < q->core_count; c++)
		quantum_settle(q, c);
	raise_passes(q);
	clear(q, q->plan);
	for (uint32_t g = 0; g < q->team_count; g++)
		q->teams[g].fits = false;
	while ((order = group_after(q, order, stay)) != QUANTUM_NONE) {
		q->teams[order].fits = fit_whole(q, order);
		left_out += !q->teams[order].fits;
	}
	for (uint32_t g = 0; g < q->team_count; g++)
		q->teams[g].planned = q->teams[g].fits;
	if (!stay)
		q->plan_until_ns = q->now_ns + q->rules.slice_ns;
	apply(q);
	quantum_alarm_set(&q->timers, QUANTUM_ALARM_GANG, left_out ? q->plan_until_ns : QUANTUM_NEVER);
}

uint32_t quantum_gang_next(struct quantum *q, uint32_t c)
{
	uint32_t v = q->plan[c];
	if (v == QUANTUM_NONE || !q->seats[v].used || q->seats[v].state != QUANTUM_READY)
		return QUANTUM_NONE;
	if (q->seats[v].core != c) {
		quantum_leave(q, v);
		quantum_enqueue(q, v, c, QUANTUM_MOVED);
	}
	quantum_dequeue_one(q, v);
	return v;
}

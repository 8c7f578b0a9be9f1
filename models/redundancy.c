/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts that fail, wait for a crew and are repaired; and the birth-death process that they are. */
#include "models/redundancy.h"

#include <stdbool.h>

#include "sim/fault.h"
#include "sim/time.h"

static void check(const struct redundancy *r)
{
	ASSERT(r->k >= 1 && r->k <= r->n && r->n <= REDUNDANCY_MOST);
	ASSERT(r->crews >= 1 && r->crews <= r->n);
}

/* Rates out of the state with i failed parts. */
static double fail_rate(const struct redundancy *r, uint32_t i)
{
	return (r->n - i) / r->up.mean_s;
}

static double repair_rate(const struct redundancy *r, uint32_t i)
{
	return (i < r->crews ? i : r->crews) / r->repair.mean_s;
}

double redundancy_availability(const struct redundancy *r)
{
	double weight = 1, all = 0, works = 0;
	check(r);
	for (uint32_t i = 0; i <= r->n; i++) {
		all += weight;
		works += i <= r->n - r->k ? weight : 0;
		if (i < r->n)
			weight *= fail_rate(r, i) / repair_rate(r, i + 1);
	}
	return works / all;
}

double redundancy_mttf_s(const struct redundancy *r)
{
	double step_s = 0, sum_s = 0;
	check(r);
	for (uint32_t i = 0; i <= r->n - r->k; i++) {
		step_s = (1 + repair_rate(r, i) * step_s) / fail_rate(r, i);
		sum_s += step_s;
	}
	return sum_s;
}

enum part_state { PART_WORKS, PART_WAITS, PART_REPAIRED };

struct parts {
	const struct redundancy *r;
	struct random_stream *stream;
	enum part_state state[REDUNDANCY_MOST];
	int64_t until_ns
		[REDUNDANCY_MOST]; /* its next failure or the end of its repair; waits: since when */
	uint32_t failed, busy;                  /* parts that do not work; crews */
};

static int64_t later(int64_t at_ns, int64_t span_ns)
{
	return span_ns < TIME_MAX_NS - at_ns ? at_ns + span_ns : TIME_MAX_NS;
}

static void begin(struct parts *p, uint32_t i, enum part_state state, int64_t now_ns)
{
	const struct law *law = state == PART_WORKS ? &p->r->up : &p->r->repair;
	p->state[i] = state;
	p->until_ns[i] = later(now_ns, law_draw_ns(law, p->stream));
}

/* The part whose time is up next. Waiting ones have none. */
static uint32_t next_part(const struct parts *p)
{
	uint32_t best = REDUNDANCY_MOST;
	for (uint32_t i = 0; i < p->r->n; i++)
		if (p->state[i] != PART_WAITS &&
		    (best == REDUNDANCY_MOST || p->until_ns[i] < p->until_ns[best]))
			best = i;
	ASSERT(best < REDUNDANCY_MOST); /* with a crew at least, not all can wait */
	return best;
}

/* The part that has waited longest gets the crew that is free now. */
static void crew_goes_on(struct parts *p, int64_t now_ns)
{
	uint32_t best = REDUNDANCY_MOST;
	for (uint32_t i = 0; i < p->r->n; i++)
		if (p->state[i] == PART_WAITS &&
		    (best == REDUNDANCY_MOST || p->until_ns[i] < p->until_ns[best]))
			best = i;
	if (best < REDUNDANCY_MOST)
		begin(p, best, PART_REPAIRED, now_ns);
	else
		p->busy--;
}

static void part_fails(struct parts *p, uint32_t i, int64_t now_ns)
{
	p->failed++;
	if (p->busy == p->r->crews) {
		p->state[i] = PART_WAITS;
		p->until_ns[i] = now_ns;
		return;
	}
	p->busy++;
	begin(p, i, PART_REPAIRED, now_ns);
}

static void part_repaired(struct parts *p, uint32_t i, int64_t now_ns)
{
	ASSERT(p->failed && p->busy);
	p->failed--;
	begin(p, i, PART_WORKS, now_ns);
	crew_goes_on(p, now_ns);
}

struct redundancy_outcome redundancy_run(const struct redundancy *r, int64_t end_ns,
                                         struct random_stream *stream)
{
	struct redundancy_outcome o = {.first_ns = end_ns};
	struct parts p = {.r = r, .stream = stream};
	int64_t now_ns = 0;
	check(r);
	ASSERT(end_ns >= 0 && end_ns <= TIME_MAX_NS);
	for (uint32_t i = 0; i < r->n; i++)
		begin(&p, i, PART_WORKS, 0);
	while (now_ns < end_ns) {
		uint32_t i = next_part(&p);
		bool down = p.failed > r->n - r->k;
		int64_t at_ns = p.until_ns[i] < end_ns ? p.until_ns[i] : end_ns;
		o.down_ns += down ? at_ns - now_ns : 0;
		now_ns = at_ns;
		if (now_ns == end_ns)
			break;
		if (p.state[i] == PART_REPAIRED) {
			part_repaired(&p, i, now_ns);
			continue;
		}
		part_fails(&p, i, now_ns);
		o.part_failures++;
		if (down || p.failed <= r->n - r->k)
			continue;
		o.failures++;
		o.first_ns = o.failures == 1 ? now_ns : o.first_ns;
	}
	return o;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hybrid migration: pre-copy for some rounds or until a deadline, then post-copy.
 *
 * What pre-copy has sent and nobody wrote again need not be asked for later, so that the guest misses few
 * pages; and unlike pre-copy it always ends. A guest that converges in time is moved by pre-copy alone. */
#include "models/migration/leg.h"

#include "sim/time.h"

static bool turns(const struct move *m)
{
	const struct move_rules *r = &m->c.rules;
	if (r->hybrid_after_ns > 0)
		return m->now_ns >= r->hybrid_after_ns;
	return m->round + 1 >= r->hybrid_round;
}

static bool hybrid_next(struct move *m, const struct leg_report *report)
{
	if (move_advance(m, report))
		return true;
	if (m->switching)
		return move_push(m);
	if (m->leg.stage == LEG_ACTIVATE)
		return false;
	if (!turns(m)) {
		if (m->c.rules.hybrid_after_ns > 0)
			m->round_most_s = time_s(m->c.rules.hybrid_after_ns - m->now_ns);
		move_round_or_stop(m);
		return true;
	}
	if (m->round > 0)
		move_sync(m);
	if (m->round > 0 && stop_now(m))
		move_stop(m);
	else
		move_switch(m);
	return true;
}

const struct move_kind move_hybrid = {
	.name = "hybrid", .summary = "pre-copy rounds, then post-copy",
	.source = "Sahni and Varma 2012; QEMU's postcopy-ram", .next = hybrid_next,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stride scheduling (Waldspurger and Weihl, MIT/LCS/TM-528, 1995): the lowest pass runs for one quantum.
 *
 * A pass is virtual time, which grows by the time used over the weight. Each lane has a pass of its own that
 * grows as that of one vCPU with all its weight would; who leaves remembers how far it was ahead (the
 * paper's `remain`) and comes back as far ahead; a new one begins one stride ahead. */
#include "models/hypervisor/quantum_kind.h"

/* The lane's pass is brought up to date only when its load changes: `weighted` is the time used since. */
static void advance(struct quantum_lane *lane)
{
	if (lane->weighted > 0)
		lane->floor += (int64_t)(lane->weighted * QUANTUM_LOAD_ONE / lane->load);
	lane->weighted = 0;
}

static void join(struct quantum *q, struct quantum_lane *lane, uint32_t v, enum quantum_join why)
{
	struct quantum_seat *s = &q->seats[v];
	if (why == QUANTUM_NEW || why == QUANTUM_WOKEN || why == QUANTUM_MOVED) {
		advance(lane);
		if (why == QUANTUM_NEW)
			s->lag_ns = quantum_virtual(s, q->rules.slice_ns);
		s->virtual_ns = lane->floor + s->lag_ns;
	}
	quantum_line_put(&lane->queue, s->virtual_ns, v);
}

static void quit(struct quantum *q, struct quantum_lane *lane, uint32_t v)
{
	advance(lane);
	q->seats[v].lag_ns = q->seats[v].virtual_ns - lane->floor;
}

static uint32_t pick(struct quantum *q, struct quantum_lane *lane)
{
	(void)q;
	return quantum_line_take(&lane->queue).vcpu;
}

static void charge(struct quantum *q, struct quantum_lane *lane, uint32_t v, int64_t ran_ns)
{
	q->seats[v].virtual_ns += quantum_virtual(&q->seats[v], ran_ns);
	lane->weighted += ran_ns;
}

static int64_t until(struct quantum *q, struct quantum_lane *lane, uint32_t v)
{
	(void)lane;
	return quantum_slice_end(q, v);
}

static int64_t preempts(struct quantum *q, struct quantum_lane *lane, uint32_t v)
{
	(void)q, (void)lane, (void)v;
	return QUANTUM_NEVER;
}

const struct quantum_kind quantum_stride = {
	.join = join, .quit = quit, .pick = pick, .charge = charge, .until = until, .preempts = preempts
};

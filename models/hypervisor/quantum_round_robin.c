/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Round robin: equal slices in a circle, whatever the weights. Nobody preempts within a rank. */
#include "models/hypervisor/quantum_kind.h"

static void join(struct quantum *q, struct quantum_lane *lane, uint32_t v, enum quantum_join why)
{
	(void)q, (void)why;
	quantum_line_put(&lane->queue, 0, v);
}

static uint32_t pick(struct quantum *q, struct quantum_lane *lane)
{
	(void)q;
	return quantum_line_take(&lane->queue).vcpu;
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

const struct quantum_kind quantum_round_robin = {
	.join = join, .pick = pick, .until = until, .preempts = preempts
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process moves, and its files and sockets do not. */
#include "models/migration/process.h"

#include "sim/fault.h"
#include "sim/time.h"

void process_move(const struct process_case *c, struct process_outcome *out)
{
	ASSERT(c->memory_bytes >= 0 && c->bandwidth_Bps > 0 && c->lives_ns >= 0);
	double sending_s = (double)c->memory_bytes / c->bandwidth_Bps;
	int64_t total_ns = c->freeze_ns + c->round_trip_ns + (int64_t)(sending_s * 1e9 + 0.5);
	*out = (struct process_outcome){
		.total_ns = total_ns, .downtime_ns = total_ns, .sent_bytes = (double)c->memory_bytes,
		.left_behind = c->files + c->sockets,
	};
	if (out->left_behind == 0)
		return;
	out->residual_ns = c->lives_ns;
	if (c->source_sleeps && c->sleeps_after_ns < c->lives_ns) {
		out->residual_ns = c->sleeps_after_ns;
		out->lost = true;
	}
	/* A process that makes h calls a second of its own running time waits h w seconds for each of
	 * them. */
	double wait_s = time_s(c->round_trip_ns) + c->call_bytes / c->bandwidth_Bps;
	double waiting = c->call_hz * wait_s;
	out->slowed_01 = waiting / (1 + waiting);
	out->forwarded_bytes = c->call_hz * (1 - out->slowed_01) * time_s(out->residual_ns) * c->call_bytes;
}

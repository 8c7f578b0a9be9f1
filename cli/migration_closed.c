/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the closed form says of a measured migration: the simulator's own rounds, at one constant rate. */
#include <string.h>

#include "cli/migration.h"
#include "models/migration/leg.h"
#include "models/migration/xbzrle.h"
#include "sim/time.h"

#define FLUSH_BYTES (32.0 * (QEMU_PAGE + QEMU_PAGE_HEADER))
#define SLICE_S 0.1

/* What max-bandwidth comes to: a slice of 100 ms ends with the first buffer of 32 pages beyond its budget. */
static double slices_Bps(double most_Bps)
{
	uint64_t buffers = (uint64_t)(most_Bps * SLICE_S / FLUSH_BYTES) + 1;
	return (double)buffers * FLUSH_BYTES / SLICE_S;
}

struct migration_result migration_predict_closed(const struct migration_run *run)
{
	static const char *const names[QEMU_MODES] = {
		[QEMU_PRECOPY] = "precopy", [QEMU_POSTCOPY] = "postcopy", [QEMU_HYBRID] = "hybrid",
		[QEMU_COLD] = "cold",
	};
	struct qemu_case q = migration_case_of(run, &qemu_costs_measured);
	double data = (double)(q.data[0].count + (q.data_count > 1 ? q.data[1].count : 0) + q.spread_pages);
	struct move_case c = {
		.data_pages = data, .zero_pages = (double)q.pages - data, .dirty = q.dirty,
		.path_Bps = run->bandwidth_Bps, .rules = move_rules_default(STOP_QEMU),
	};
	c.rules.downtime_limit_ns = q.rules.downtime_limit_ns;
	c.rules.most_Bps = slices_Bps(run->bandwidth_Bps);
	c.rules.auto_converge = run->auto_converge;
	c.rules.hybrid_after_ns = q.rules.switch_after_ns;
	if (run->xbzrle) {
		c.rules.resend_bytes = 6 + run->write_bytes; /* one write: xbzrle.h, without the header */
		c.rules.resend_cache_pages = XBZRLE_PLACES;
	}
	double rate = run->link_Bps > 0 ? run->link_Bps : migration_socket_Bps(&qemu_costs_measured);
	/* Its pushes know no limit, as QEMU's by default; those measured had the same as pre-copy. */
	if ((run->mode == QEMU_POSTCOPY || run->mode == QEMU_HYBRID) && c.rules.most_Bps < rate)
		rate = c.rules.most_Bps;
	for (uint32_t k = 0; move_kinds[k]; k++) {
		struct move m;
		if (strcmp(move_kinds[k]->name, names[run->mode]) != 0)
			continue;
		bool done = move_run(move_kinds[k], &c, rate, q.rules.time_limit_ns, &m);
		return (struct migration_result){
			.completed = done, .total_s = time_s(m.now_ns), .bytes = m.sent_bytes,
			.downtime_s = time_s(m.downtime_ns), .rounds = m.round + 1.0,
			.throttle_01 = m.throttle_01,
		};
	}
	return (struct migration_result){.completed = false};
}

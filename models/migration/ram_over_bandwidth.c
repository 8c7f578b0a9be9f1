/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simplest kind of migration: memory over bandwidth, as CloudSim counts it (PowerDatacenter, 2012).
 *
 * total = RAM * 8 / (share * slowest link) + latency of the path; the guest is never
 * stopped, nothing is dirtied meanwhile, and disks are shared. It is a lower bound
 * of a real pre-copy, and a poor predictor: measured pre-copies on a contended
 * network take several times as long. Kept for comparison with other simulators. */
#include "models/migration/migration.h"

#include "sim/time.h"

extern const struct migration_kind migration_ram_over_bandwidth;

static void plan(const struct migration_case *c, struct migration_outcome *out)
{
	int64_t rate_bps = (int64_t)((double)c->path_bps * c->bandwidth_share);
	out->sent_bytes = c->ram_bytes;
	out->downtime_ns = 0;
	out->total_ns = time_for_work(c->ram_bytes * 8, rate_bps > 0 ? rate_bps : 1) + c->latency_ns;
}

const struct migration_kind migration_ram_over_bandwidth = {
	.name = "ram_over_bandwidth",
	.summary = "memory over a share of the slowest link of the path; no downtime, no dirty pages, "
	           "no sharing of links",
	.source = "CloudSim 3.0.3, PowerDatacenter.updateCloudletProcessing; "
	          "Beloglazov and Buyya 2012 (cost of live migration)",
	.plan = plan,
};

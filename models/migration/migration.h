/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moving a guest: the interface that every kind of migration stands behind, and the bookkeeping they share.
 *
 * A kind answers one question: how long does the move take, how long is the guest stopped,
 * and what is sent (struct migration_outcome), given what is moved over which path (struct
 * migration_case). It is pure arithmetic; this file reserves the target, schedules the
 * end, switches the guest over and keeps the invariant that a guest runs on exactly one
 * host at every instant: on the source until the end event, on the target from then on.
 *
 * One kind so far: ram_over_bandwidth (CloudSim's): RAM over a share of the
 * slowest link of the path, no downtime, and a fixed fraction of the guest's CPU
 * lost meanwhile. Any number of migrations run side by side at full rate. */
#ifndef MODELS_MIGRATION_MIGRATION_H
#define MODELS_MIGRATION_MIGRATION_H

#include <stdbool.h>
#include <stdint.h>

#include "models/hypervisor/lifecycle.h"
#include "models/network.h"
#include "models/world.h"

struct migration_case {
	int64_t ram_bytes, disk_bytes;
	int64_t path_bps, latency_ns;
	double bandwidth_share;      /* of the path, 0 < share <= 1 */
};

struct migration_outcome {
	int64_t total_ns, downtime_ns;
	int64_t sent_bytes;
};

struct migration_kind {
	const char *name, *summary, *source;
	void (*plan)(const struct migration_case *c, struct migration_outcome *out);
};

/* The table of kinds, ended by a NULL name. */
extern const struct migration_kind *const migration_kinds[];

struct migration {              /* one move, finished or under way */
	vm_id vm;
	host_id source, target;
	int64_t start_ns, end_ns;
	struct migration_outcome outcome;
	bool done, failed;
};

struct migrations {
	struct world *world;
	struct lifecycle *life;
	const struct migration_kind *kind;
	double bandwidth_share;
	uint32_t loss_ppm;           /* CPU lost at the source while a guest migrates */
	event_type end;
	struct migration *all;       /* in order of start */
	uint32_t count, room;
	event_id *ends;              /* by index into all */
	uint32_t ends_room;
};

void migrations_init(struct migrations *m, struct world *world, struct lifecycle *life);
void migrations_fini(struct migrations *m);

/* Begins a migration. NULL, or why not: the guest is not running, the target is not on, is its own host,
 * has no room (books against limits the caller gives), or no path leads there. */
const char *migration_start(struct migrations *m, vm_id vm, host_id target);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moving a guest: the interface that every kind of migration stands behind, and the bookkeeping they share.
 *
 * There are two families of kinds. A planned kind answers one question at the start: how long does the
 * move take, how long does the guest stand still, and what is sent (struct migration_outcome), given what
 * is moved over which path (struct migration_case). ram_over_bandwidth (CloudSim's) is the one there is:
 * RAM over a share of the slowest link, no downtime, a fixed part of the guest's CPU lost; any number move
 * side by side at full rate. The others go leg by leg (leg.h) and are carried out by carry.c: their bytes
 * are flows that share the links, the guest stands still from stop-and-copy to activation, and what it
 * really got of its CPU decides what it dirties.
 *
 * This file says who may move, holds back what exceeds the limits (in order of asking; one that waits for
 * a host does not hold up others), books the target before the first byte, and keeps the invariant that a
 * guest runs on exactly one host at every instant: on the source until the switch, on the target from then
 * on. Until the end both hosts are booked for it; vm.target is the one of the two where it does not
 * run. */
#ifndef MODELS_MIGRATION_MIGRATION_H
#define MODELS_MIGRATION_MIGRATION_H

#include <stdbool.h>
#include <stdint.h>

#include "models/migration/moves.h"

/* The table of kinds, ended by a NULL name. */
extern const struct migration_kind *const migration_kinds[];

extern const char *const migration_verdict_names[MIGRATION_VERDICTS];

void migrations_init(struct migrations *m, struct world *world, struct lifecycle *life);
/* When the world is there. Registers what legs and limits need, and nothing for a planned kind without
 * limits. */
void migrations_open(struct migrations *m);
/* At the end of the run: figures of those that are still under way. */
void migrations_finish(struct migrations *m);
void migrations_fini(struct migrations *m);

/* Begins a migration, or lets it wait its turn. NULL, or why not: the guest is not running, the target is
 * not on, is its own host, has no room (books against limits the caller gives), lacks what the guest
 * needs, or no path leads there. The text is good until the next call. */
const char *migration_start(struct migrations *m, vm_id vm, host_id target);
const char *migration_ask(struct migrations *m, const struct migration_request *request);

/* Does a guest wait for its turn to migrate? */
bool migration_waits(const struct migrations *m, vm_id vm);
/* Where a migrating guest is going, or, once it has switched, has gone. */
host_id migration_target(const struct migrations *m, vm_id vm);

/* Calls a migration back, waiting or under way: the guest runs on at its source. NULL, or why not. */
const char *migration_cancel(struct migrations *m, vm_id vm);

/* Cuts a host's cable, or mends it. Migrations over it break. NULL, or why not. */
const char *migrations_cable(struct migrations *m, host_id host, bool cut);

#endif

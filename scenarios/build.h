/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a scenario to a world: sites, racks, hosts, links,
 * guests and what they demand. Used by run.c alone. */
#ifndef SCENARIOS_BUILD_H
#define SCENARIOS_BUILD_H

#include <stdbool.h>
#include <stdint.h>

#include "models/world.h"
#include "scenarios/scenario.h"

/* What is built; the caller releases it all, after a failure too. */
struct build {
	struct world *world;             /* initialised by the caller */
	struct demand_set **sets;        /* one a trace and one a generated group */
	uint32_t set_count, set_room;
	bool generated;                  /* a trace was missing and generated demand stands in */
};

/* Fills the world and the sets. False after errors in diag: a trace that is not there or cannot be read,
 * more things than ids. */
bool build_world(struct build *b, const struct scenario *scenario, struct diag *diag);

/* The index of the guest or host that a scenario calls "web-3"; false when there is none. */
bool build_find_vm(const struct world *world, const char *name, uint32_t *vm);
bool build_find_host(const struct world *world, const char *name, uint32_t *host);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the guests of a group take to boot and to shut down, what they have in storage pools, who falls
 * with whom. */
#ifndef SCENARIOS_BUILD_LIFE_H
#define SCENARIOS_BUILD_LIFE_H

#include "models/world.h"
#include "scenarios/scenario.h"

/* Fills in that part of a guest type. Its cpu_hz, disk_bytes and image are there already; a disk in a pool is
 * none on a host. */
void build_vm_life(const struct world *w, const struct scenario *s, const struct scenario_vm *g,
                   struct vm_type *t);

/* Host types: what lies between their guests. After hypervisors_build. */
void build_isolation(struct world *w, const struct scenario *s);

#endif

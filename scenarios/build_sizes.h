/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guests as large as the machines of their trace: what build.c does for a group with 'sizes: trace'. */
#ifndef SCENARIOS_BUILD_SIZES_H
#define SCENARIOS_BUILD_SIZES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/world.h"
#include "scenarios/scenario.h"

/* Gives each of n guests from `first` on a type with the CPU and memory of its row, one type for each size:
 * as few virtual CPUs of at most the group's speed as hold it. A row of which the trace does not tell a
 * capacity keeps the group's. False after an error in diag: the trace tells no capacities. */
bool build_sizes(struct world *w, const struct scenario_vm *g, uint32_t first, uint32_t n, struct diag *diag);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guests as a trace tells them: what build.c does differently for a group with 'arrivals'. */
#ifndef SCENARIOS_BUILD_ARRIVALS_H
#define SCENARIOS_BUILD_ARRIVALS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/world.h"
#include "scenarios/arrivals.h"
#include "scenarios/scenario.h"

/* Reads the group's list and brings it into simulated time: starts count from the run's beginning, and what
 * lies before it or after the run's end is left out. False after an error in diag; `out` is then empty. */
bool build_arrivals_open(const struct scenario *s, const struct scenario_vm *g, struct arrivals *out,
                         struct diag *diag);

/* The group with the size of a flavour: as few virtual CPUs as hold it, each as slow as it must be. */
struct scenario_vm build_arrivals_sized(const struct scenario_vm *g, const struct arrivals_flavour *size);

/* Gives the guests from `first` on, one for each arrival, their types (the flavours' are in order; guests
 * have the first of them so far), numbers, starts, lives, tenants and, where the list's own trace is their
 * demand too, each the row of its name. False after an error in diag: it has no such row. */
bool build_arrivals_guests(struct world *w, const struct scenario_vm *g, const struct arrivals *a,
                           uint32_t first, struct diag *diag);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failures of hosts, from the scenario's keys and from traces. */
#ifndef SCENARIOS_BUILD_FAILURES_H
#define SCENARIOS_BUILD_FAILURES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/hypervisor/failure.h"
#include "scenarios/check.h"

/* What hosts[].failures must have and what it does not use. */
void failures_check(const struct check *c);

/* The rules of each host type, in the world's arena; *rules NULL: no host fails. On a finished world.
 * False after an error in diag: a trace is not there, cannot be read, or lacks the system. */
bool failures_build(const struct failure_rules **rules, struct world *world, const struct scenario *s,
                    struct diag *diag);

#endif

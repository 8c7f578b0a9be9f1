/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario's memory: hosts[].memory, vms[].memory, vms[].misbehaviour, checked and built. */
#ifndef SCENARIOS_MEMORIES_H
#define SCENARIOS_MEMORIES_H

#include "scenarios/check.h"

/* Figures that contradict each other, keys without effect, and what does not go together. */
void memories_check(const struct check *c);

/* Gives host types their rules and opens the tables. After hypervisors and schedulers are built. False after
 * an error in diag: a trace has no memory column. */
bool memories_build(struct world *world, const struct scenario *s, struct diag *diag);

#endif

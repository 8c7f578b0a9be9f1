/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario's vCPU schedulers: hosts[].scheduler, and what VMs say to one (burst_period, lock, cheat,
 * pin). */
#ifndef SCENARIOS_SCHEDULERS_H
#define SCENARIOS_SCHEDULERS_H

#include "models/hypervisor/quantum.h"
#include "scenarios/check.h"

/* fluid, and the kinds of quantum.h. */
#define SCHEDULER_KINDS (QUANTUM_SCHEDULERS + 1)
extern const char *const scheduler_kind_names[SCHEDULER_KINDS];

/* "0-3,8" into bits. False when it is no such list, or names a core above 63. */
bool schedulers_pins(const char *text, uint64_t *pins);

/* Keys that the chosen scheduler does not use, cores that hosts do not have, what does not go together. */
void schedulers_check(const struct check *c);

/* Gives host types their rules and guest types their bursts and pins, and opens the schedulers. After all
 * hosts and guests are there. */
void schedulers_build(struct world *world, const struct scenario *s);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs of a sweep on this machine, so many processes at a time. */
#ifndef CLI_SWEEP_POOL_H
#define CLI_SWEEP_POOL_H

#include "cli/sweep_state.h"

/* Runs them, `workers` at a time, each in a process of its own; appends to the sweep's log of this worker.
 * Returns how many failed; *stopped when a signal asked for an end. */
uint32_t sweep_pool(struct sweep *sweep, const struct sweep_todo *todo, uint32_t workers, bool *stopped);

#endif

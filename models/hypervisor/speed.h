/* SPDX-License-Identifier: GPL-3.0-or-later */
/* P-states and power caps: how fast a host runs for now, and how much it may draw.
 *
 * A P-state is a speed of the cores and the curve of what the host draws at it; 0 is the fastest, and is
 * what the host type says. A cap holds the CPU that is given below the load at which the host would draw
 * more: time is taken away, as a processor under a power limit does by halting its cores in turn. Below
 * its idle power no host can be brought: then nothing is given. Curves must not fall as load rises.
 *
 * The table is there once somebody has set a speed or a cap; without it all hosts run as their types say.
 * Hosts with a discrete scheduler (discrete.h) have neither. */
#ifndef MODELS_HYPERVISOR_SPEED_H
#define MODELS_HYPERVISOR_SPEED_H

#include "models/hypervisor/pace.h"

/* From now on. NULL, or why not. */
const char *speed_set(struct world *world, host_id host, uint32_t speed);
const char *speed_cap(struct world *world, host_id host, int64_t cap_uw);

#endif

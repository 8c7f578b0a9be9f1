/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How guests waited for cores, where hosts have discrete schedulers: rows of the results' tables. */
#ifndef ANALYSIS_SCHEDULING_H
#define ANALYSIS_SCHEDULING_H

#include <stdint.h>

#include "models/hypervisor/discrete.h"
#include "models/world.h"

struct scheduling_vm {           /* sums over its vCPUs */
	uint32_t type, number;
	int64_t run_ns, ready_ns, throttled_ns, spun_ns;
	int64_t slices, wakeups, preemptions, moves;
	double wait_mean_s, wait_p99_s; /* of wake-ups; NaN: it never woke */
};

struct scheduling_host {         /* sums over its cores */
	uint32_t type, number;
	int64_t busy_ns, switch_ns, idle_ns, switches;
};

struct scheduling_bin {          /* of the wake-ups of a group of guests; empty ones are left out */
	uint32_t type;
	double from_s, to_s;
	int64_t count;
};

struct scheduling {
	struct scheduling_vm *vms;   /* [guest]; NULL: not asked for */
	struct scheduling_host *hosts; /* [host]; of fluid hosts 0 */
	struct scheduling_bin *bins;
	uint32_t bin_count, bin_room;
};

/* Of a finished run; all empty without discrete schedulers. */
void scheduling_open(struct scheduling *s, const struct world *world, bool vms);
void scheduling_close(struct scheduling *s);

#endif

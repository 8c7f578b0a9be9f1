/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory pressure, filtered operations and ways of I/O of a run: what the tables vm_memory, host_memory and
 * io_paths of a results file hold. */
#ifndef ANALYSIS_PRESSURE_H
#define ANALYSIS_PRESSURE_H

#include "models/hypervisor/memory_host.h"
#include "models/world.h"

struct pressure_vm {
	uint32_t type, number;
	wide memory_lost, filter_lost;   /* Hz ns */
	double memory_lost_s;            /* the same in time of its virtual CPUs */
	double ballooned_bytes, swapped_bytes; /* means over its time on hosts that reclaim */
	int64_t most_ballooned_bytes, most_swapped_bytes, forbidden;
};

struct pressure_host {
	uint32_t type, number;
	double resident_bytes, shared_bytes, ballooned_bytes, swapped_bytes; /* means over the run */
	int64_t state_ns[MEMORY_STATES];
};

/* A group of guests on a group of hosts: what a request costs (models/hypervisor/io_path.h). */
struct pressure_io {
	uint32_t host_type, vm_type;
	const char *path;
	double guest_ns, service_ns, latency_ns, guest_most, service_most;
};

/* NULL where no host has a hypervisor. */
struct pressure_io *pressure_ios(const struct world *world, uint32_t *count);

/* NULL where there is no memory pressure (guests: nor misbehaviour). The caller frees them. */
struct pressure_vm *pressure_vms(const struct world *world);
struct pressure_host *pressure_hosts(const struct world *world);

#endif

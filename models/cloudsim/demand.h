/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the VMs of the study ask for at an instant, and the samples of it that detectors look at.
 *
 * CloudSim reads a trace at whatever instant it updates, on the straight line between the two samples
 * around it; at a tick, 10 ms behind a sample, that is the sample and 1/30000 of the step to the next.
 * One sample a tick goes into each VM's history. What detectors sum over a host is u * MIPS of the VM /
 * MIPS of the host, so that quotient is kept, for each type of host, rather than u.
 *
 * All VMs exist from the start, so that all histories are equally long, and a window is one place in
 * all of them: samples [from, from + count) of each row, oldest first. */
#ifndef MODELS_CLOUDSIM_DEMAND_H
#define MODELS_CLOUDSIM_DEMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "models/cloudsim/rules.h"
#include "models/demand.h"

#define CLOUDSIM_WINDOW 128             /* samples of a row; moved to its front when it is full */

struct cloudsim_demand {
	const struct demand_set *trace;
	uint32_t count;                 /* VMs, rows of the trace */
	double scale[256];              /* a sample as a fraction */
	bool steps;                     /* samples hold */
	uint32_t period;                /* whose line is in `at` and `slope`; UINT32_MAX: none */
	double *at, *slope;             /* [count] of the line: fraction, and its change a second */
	double *mips;                   /* [count] of each VM */
	double *fraction;               /* [count] at the instant last read */
	double *requested;              /* [count] the same in MIPS */

	uint32_t from, samples, most;   /* the window: its first sample, how many, how many at most */
	double *loads[CLOUDSIM_HOST_TYPES]; /* [count][CLOUDSIM_WINDOW] of a host of the type */
	double *fractions;              /* the same of the VM; NULL unless wanted */
	uint32_t *nonzero;              /* [count] bit i: the sample of age i is not 0 */
};

/* `fractions`: does anyone want histories of fractions (selection by correlation)? The trace must
 * outlive it, have a regular axis and samples of 8 bits. */
void cloudsim_demand_open(struct cloudsim_demand *d, const struct demand_set *trace,
                          const struct cloudsim_rules *rules, bool fractions);
void cloudsim_demand_close(struct cloudsim_demand *d);

/* Reads all VMs at t_s. */
void cloudsim_demand_read(struct cloudsim_demand *d, double t_s);

/* Is the sample that holds at t_s, not the line behind it, 0? */
bool cloudsim_demand_zero(const struct cloudsim_demand *d, uint32_t vm, double t_s);

/* Puts what was read last into the histories. */
void cloudsim_demand_remember(struct cloudsim_demand *d);

/* The window of a VM, oldest first: loads on a host of the type. */
static inline const double *cloudsim_demand_loads(const struct cloudsim_demand *d, uint32_t host_type,
                                                  uint32_t vm)
{
	return d->loads[host_type] + (uint64_t)vm * CLOUDSIM_WINDOW + d->from;
}

#endif

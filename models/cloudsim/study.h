/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CloudSim's study, from the first placement to the figures that it prints.
 *
 * Timeline. At 0 every VM is placed. Ticks are `interval` apart, `offset` behind the samples. At a
 * tick all hosts are updated, the energy since the last update is counted, VMs that ask for nothing
 * are destroyed, migrations are planned and begin. They end together with all others of VMs with as much
 * memory; before the first of an instant ends all hosts are updated as at a tick, after the last one
 * those that it concerned. Energy of an interval is the mean of the power at its ends, and none if
 * the host gave no CPU at its beginning, which is always so in the first.
 *
 * Two runs of one trace under one set of rules give the same bits. */
#ifndef MODELS_CLOUDSIM_STUDY_H
#define MODELS_CLOUDSIM_STUDY_H

#include <stdint.h>

#include "models/cloudsim/metrics.h"
#include "models/cloudsim/rules.h"
#include "models/demand.h"

/* Told of each migration as it begins; may be NULL. */
struct cloudsim_watch {
	void (*move)(void *context, double start_s, double end_s, const uint32_t vm_from_to[static 3]);
	void *context;
};

/* The longest migration must end before the next tick: see cloudsim_longest_s. */
struct cloudsim_outcome cloudsim_study(const struct cloudsim_rules *rules, const struct demand_set *trace,
                                       uint32_t hosts, const struct cloudsim_watch *watch);

/* How long the longest migration takes. */
double cloudsim_longest_s(const struct cloudsim_rules *rules);

#endif

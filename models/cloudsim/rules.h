/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of CloudSim's PlanetLab consolidation study, each by its name, with CloudSim's choice.
 *
 * The study (Beloglazov and Buyya, CCPE 24, 2012) places the 898 to 1516 VMs of a day of the PlanetLab
 * trace on 800 hosts of two types and moves them every five minutes. What its code does is not what its
 * paper says in a good many places; each such place is a field here, so that what it is worth can be
 * measured by changing nothing else. Presets are CloudSim's own: 7G (commit 476ceef with the clause of
 * its issue #207 removed) or 3.0.3.
 *
 * Units are CloudSim's, since the order of its roundings decides ties: MIPS, MB and seconds in doubles. */
#ifndef MODELS_CLOUDSIM_RULES_H
#define MODELS_CLOUDSIM_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/power.h"

/* Longest history of a VM that a rule may ask for: masks of samples are 32 bits wide. */
#define CLOUDSIM_HISTORY_MOST 32

enum cloudsim_version { CLOUDSIM_7G, CLOUDSIM_3_0_3, CLOUDSIM_VERSIONS };
enum cloudsim_policy {
	CLOUDSIM_CONSOLIDATE,           /* detector, selection and power-aware best fit, at each tick */
	CLOUDSIM_DVFS,                  /* first fit, no migration; no frequency changes either */
	CLOUDSIM_NON_POWER_AWARE,       /* the same, and each host draws its most all the time */
	CLOUDSIM_POLICIES
};
enum cloudsim_detector {
	CLOUDSIM_THR, CLOUDSIM_MAD, CLOUDSIM_IQR, CLOUDSIM_LR, CLOUDSIM_LRR, CLOUDSIM_DETECTORS
};
enum cloudsim_selection {
	CLOUDSIM_MMT, CLOUDSIM_MC, CLOUDSIM_MU, CLOUDSIM_RS, CLOUDSIM_SELECTIONS
};
enum cloudsim_death {
	CLOUDSIM_TWO_ZEROS,             /* a VM that asks for 0 at an update is destroyed: two samples of 0 */
	CLOUDSIM_ONE_ZERO,              /* one whose sample is 0 is */
	CLOUDSIM_NEVER,
	CLOUDSIM_DEATHS
};
enum cloudsim_ties {
	CLOUDSIM_ROUNDING,              /* hosts are equal when their doubles are: rounding decides */
	CLOUDSIM_LOWEST_ID,             /* within 1e-9 W they are equal, and the lowest id wins */
	CLOUDSIM_TIES
};
enum cloudsim_order { CLOUDSIM_OLDEST_FIRST, CLOUDSIM_NEWEST_FIRST, CLOUDSIM_ORDERS };

extern const char *const cloudsim_version_names[CLOUDSIM_VERSIONS];
extern const char *const cloudsim_policy_names[CLOUDSIM_POLICIES];
extern const char *const cloudsim_detector_names[CLOUDSIM_DETECTORS];
extern const char *const cloudsim_selection_names[CLOUDSIM_SELECTIONS];
extern const char *const cloudsim_death_names[CLOUDSIM_DEATHS];
extern const char *const cloudsim_ties_names[CLOUDSIM_TIES];
extern const char *const cloudsim_order_names[CLOUDSIM_ORDERS];

struct cloudsim_rules {
	enum cloudsim_version version;
	enum cloudsim_policy policy;
	enum cloudsim_detector detector;
	double parameter;               /* threshold of THR, safety of the others */
	enum cloudsim_selection selection;
	uint64_t seed;                  /* RS, which CloudSim does not seed */

	/* History and detectors. */
	uint32_t history_length;        /* samples kept of each VM: 30 */
	enum cloudsim_order history_order; /* in which regressions read them: 7G oldest, 3.0.3 newest first */
	bool trims_tail;                /* 3.0.3: samples of 0 before the oldest that is not do not count */
	uint32_t least_samples;         /* MAD and IQR need 12 */
	uint32_t regression_samples;    /* LR and LRR fit 10 */
	double fallback;                /* THR's threshold for as long as there are fewer: 0.7 */

	/* The clock. */
	double interval_s;              /* between ticks: 300 */
	double offset_s;                /* of ticks and readings: 0.01 in 7G, 0.1 in 3.0.3 */
	double end_s;                   /* 86400 */
	bool last_tick;                 /* is the one at or after the end run? CloudSim: no */
	bool steps;                     /* a sample holds until the next one; else a line leads there */
	enum cloudsim_death death;

	/* Placement. */
	enum cloudsim_ties ties;
	bool stale_subtrahend;          /* a rise of power is counted from the last update's, without */
	                                /* what is tentatively there; else from the present's */
	bool ram_always;                /* memory and bandwidth stay reserved; else only at creation */
	bool start_counts_all;          /* at the start detectors count all VMs on a host; else the new one */
	bool double_migration;          /* a target of step 4 may be drained in step 5 */

	/* Shares of CPU and the cost of migration. */
	bool floors;                    /* a share of a host with too little CPU is cut to whole MIPS */
	double source_left_01;          /* a VM on the move gets this of its share at the source: 0.9 */
	double target_share_01;         /* and holds this of its demand at the target: 0.1 */
	double bandwidth_01;            /* of a NIC for migrations: 0.5 */
	double violation_mips;          /* a host gives too little when it gives this much less: 0, so that */
	                                /* a rounding of r * 0.9 / 0.9 counts */
};

struct cloudsim_host_type {
	const char *name;
	uint32_t cores;
	double core_mips, ram_mb, bandwidth;     /* bandwidth in kbit/s: 1e6 */
	double watts[POWER_POINTS];     /* SPECpower, at 0, 10, ... 100 % */
};
struct cloudsim_vm_type {
	double mips, ram_mb, bandwidth;
};

/* Hosts alternate between the two types; VMs are cut into four parts of equal size (the last may be
 * smaller) in the order of the trace's files. */
#define CLOUDSIM_HOST_TYPES 2
#define CLOUDSIM_VM_TYPES 4
#define CLOUDSIM_HOSTS 800
extern const struct cloudsim_host_type cloudsim_host_types[CLOUDSIM_HOST_TYPES];
extern const struct cloudsim_vm_type cloudsim_vm_types[CLOUDSIM_VM_TYPES];

/* CloudSim's own, with ThrMmt. */
struct cloudsim_rules cloudsim_rules(enum cloudsim_version version);

/* CloudSim's parameter of a detector: 0.8, 2.5, 1.5, 1.2, 1.2. */
double cloudsim_parameter(enum cloudsim_detector detector);

/* "ThrMmt", "Dvfs", "NonPowerAware": the names of CloudSim's experiments. False for any other; the policy,
 * detector, its parameter and selection are set. */
bool cloudsim_rules_named(struct cloudsim_rules *rules, const char *name);
void cloudsim_rules_name(const struct cloudsim_rules *rules, char *name, size_t size);

/* The i-th of CloudSim's experiments, those that draw lots (Rs) left out; NULL past the last. */
const char *cloudsim_experiment(uint32_t i);

#endif

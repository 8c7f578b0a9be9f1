/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures that CloudSim prints, summed as the study goes.
 *
 * CloudSim keeps each state of each VM and host to the end and then walks through them: an entry holds
 * until the next one, and a second entry of the same instant replaces the first. So here an entry waits
 * until a later one comes, and is then counted; nothing else is kept.
 *
 *   pdm       of entries on the move that got less than they asked for: (asked - got) dt / asked dt of all
 *   slatah    time of hosts that gave less than was asked / time that they were active. A VM on its way in
 *             asks in full and is given a tenth, so a target is "violated" while it receives
 *   sla       slatah * pdm
 *   overall   (asked - got) dt / asked dt over all VMs
 *   average   plain mean of (asked - got) / asked over entries that got less
 *   shutdowns changes from active to inactive; a host that was never used has one, at its first entry
 *   time before a VM migration    is the time from its start to its end: what is subtracted is the
 *             start of the same migration (Helper.getTimesBeforeVmMigration) */
#ifndef MODELS_CLOUDSIM_METRICS_H
#define MODELS_CLOUDSIM_METRICS_H

#include <stdbool.h>
#include <stdint.h>

/* Mean and standard deviation of a sample (n - 1), one value after the other. */
struct cloudsim_spread {
	uint64_t count;
	double sum, mean, squares;
};

struct cloudsim_vm_entry {
	double time_s, given, asked;    /* MIPS */
	bool moving;
};
struct cloudsim_vm_book {
	struct cloudsim_vm_entry last;  /* may still be replaced by another of its instant */
	bool any, was_moving;           /* is there one; did the one before move */
	double move_began_s;
	double given, asked, lost;      /* MIPS s; lost: to migrations */
	double short_sum;               /* of (asked - got) / asked */
	uint64_t short_count;
};

struct cloudsim_host_entry {
	double time_s;
	bool active, violated;
};
struct cloudsim_host_book {
	struct cloudsim_host_entry last;
	bool any, was_inactive;
	double on_since_s;
	double active_s, violated_s;
};

/* What all books of a study add to. */
struct cloudsim_times {
	struct cloudsim_spread before_shutdown, in_migration;
};

void cloudsim_vm_note(struct cloudsim_vm_book *book, const struct cloudsim_vm_entry *entry,
                      struct cloudsim_times *times);
void cloudsim_host_note(struct cloudsim_host_book *book, const struct cloudsim_host_entry *entry,
                        struct cloudsim_times *times);
/* Counts what still waits; to be called once. */
void cloudsim_vm_finish(struct cloudsim_vm_book *book, struct cloudsim_times *times);
void cloudsim_host_finish(struct cloudsim_host_book *book, struct cloudsim_times *times);

void cloudsim_spread_add(struct cloudsim_spread *spread, double value);
/* NaN of none; the deviation of one is NaN too. */
double cloudsim_spread_mean(const struct cloudsim_spread *spread);
double cloudsim_spread_deviation(const struct cloudsim_spread *spread);

/* A study's outcome, under the names of facts and results files. Percentages as CloudSim prints them. */
struct cloudsim_outcome {
	const char *version, *policy, *trace;
	uint32_t hosts, vms;
	double sim_time_s, energy_kwh;
	uint64_t migrations, host_shutdowns;
	double sla_pct, pdm_pct, slatah_pct, overall_sla_violation_pct, average_sla_violation_pct;
	double mean_time_before_host_shutdown_s, stdev_time_before_host_shutdown_s;
	double mean_time_before_vm_migration_s, stdev_time_before_vm_migration_s;
	/* What CloudSim does not print. */
	uint64_t vms_unplaced, vms_destroyed;
	uint64_t double_migrations;     /* moves of a VM that was on the move already */
	double mean_slatah_01, mean_pdm_01; /* means over hosts and over VMs, as in the paper of 2012 */
	double asked_mips_s, given_mips_s;
};

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of a run that fit on a card: their names and units are fixed, later issues append.
 *
 *   slatah   mean over hosts that were ever active of saturated time / active time
 *   pdm      mean over guests that demanded anything of work lost to migration / work demanded
 *   slav     slatah * pdm
 *   esv      energy in kWh * slav                (these four: Beloglazov and Buyya 2012, under these names)
 *   overall_sla_violation   stolen / demanded over all guests
 *
 * energy_j is the facility's: host energy times the site's PUE; carbon_g follows from it site by site. Work
 * is in GHz h: 1 GHz h is what a core of 1 GHz does in an hour, 3.6e12 work units (cycles). It adds up over
 * hosts of different speeds, and divided by hours it is the mean CPU in GHz that the series show. Ratios with
 * nothing to divide by are 0. */
#ifndef ANALYSIS_SUMMARY_H
#define ANALYSIS_SUMMARY_H

#include <stdint.h>

#include "models/migration/migration.h"
#include "models/world.h"

struct summary {
	uint64_t hosts, vms;
	double energy_j;
	double carbon_g;
	uint64_t events;             /* engine events plus changes of demand applied to hosts */
	uint64_t migrations;         /* that ended well */
	double simulated_s;
	double slatah, pdm, slav, esv, overall_sla_violation;
	/* beyond the fixed names */
	double it_energy_j;          /* hosts alone */
	double mean_power_w;         /* it_energy_j / simulated_s */
	double demanded_ghz_h, delivered_ghz_h; /* over all guests */
	double useful_ghz_h, overhead_ghz_h;    /* parts of delivered: models/hypervisor/useful.h */
	double service_ghz_h;        /* given to service domains (dom0, parent partition, host OS) */
	uint64_t vms_placed, vms_waiting, vms_refused, vms_ended, vms_lost, plans_refused;
	char digest[33];
	/* Money, in `currency`: analysis/costs.c, docs/costs.md. */
	double cost_total, cost_energy, cost_hardware, cost_space, cost_administration, cost_licences;
	double rent_total;           /* what a cloud asks for the guests: no part of cost_total */
	char currency[4];
	/* Discrete schedulers (models/hypervisor/discrete.h): sums over guests and cores. */
	double ready_time_s, throttled_time_s, switch_time_s;
	uint64_t context_switches, wakeups;
	double wakeup_latency_mean_s, wakeup_latency_p99_s;
	/* Memory pressure and misbehaviour (models/hypervisor/memory_host.h, filter.h). */
	double memory_lost_ghz_h, filter_lost_ghz_h;
	uint64_t forbidden;
	/* Means over the run, all hosts together. */
	double memory_swapped_bytes, memory_ballooned_bytes, memory_shared_bytes;
	/* Over the migrations that ended well; 0 without any. */
	double migration_time_mean_s, migration_downtime_mean_s, migration_downtime_max_s;
	double migration_sent_bytes;   /* sum */
	uint64_t migrations_failed;    /* or were called back */
	/* Where hosts may fail by themselves (models/hypervisor/failure.h); else all 0. */
	uint64_t failure_hosts, failure_vms;
	double failure_host_down_s, failure_host_availability, failure_host_nines;
	double failure_vm_down_s, failure_vm_availability, failure_vm_nines, failure_lost_ghz_h;
};

/* Of a finished run (after record_finish: the digest is taken here). */
void summary_of(struct summary *s, const struct world *world, const struct migrations *migrations,
                int64_t end_ns);

/* What differs from run to run; stored under /provenance only. */
struct provenance {
	double cpu_s, wall_s;
	double load_s, simulate_s;   /* of wall_s; the rest is writing */
	uint64_t peak_rss_bytes;
	char version[64], date[32], machine[128];
};
void provenance_of(struct provenance *p, double wall_s);

/* One row a figure: the one table behind `run`, `show`, --json and the results file. */
enum figure_kind { FIGURE_COUNT, FIGURE_REAL, FIGURE_TEXT };
struct figure {
	const char *name, *unit, *long_name; /* unit "1": a number; "": a text */
	enum figure_kind kind;       /* uint64_t, double, char[size] */
	uint32_t offset, size;       /* into struct summary or struct provenance; bytes */
};
extern const struct figure summary_figures[];     /* ended by a NULL name */
extern const struct figure provenance_figures[];

#endif

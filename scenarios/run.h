/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run: builds a world from a scenario, runs it, records it. The one place where all folders meet.
 *
 *   struct run run;
 *   if (run_open(&run, scenario, &diag)) { run_go(&run); summary = run.summary; }
 *   run_close(&run);
 */
#ifndef SCENARIOS_RUN_H
#define SCENARIOS_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/carbon.h"
#include "analysis/costs.h"
#include "analysis/record.h"
#include "analysis/summary.h"
#include "models/hypervisor/failure.h"
#include "models/hypervisor/vm_life.h"
#include "models/migration/migration.h"
#include "models/migration/processes.h"
#include "models/migration/traffic.h"
#include "policies/control.h"
#include "scenarios/cloudsim.h"
#include "scenarios/machines.h"
#include "scenarios/resilience.h"
#include "scenarios/scenario.h"

struct run {
	const struct scenario *scenario;
	struct engine *engine;
	struct world world;
	struct lifecycle life;
	struct migrations migrations;
	struct traffic traffic;
	struct processes processes;
	struct control control;
	struct record record;
	struct summary summary;
	struct carbon carbon;            /* hours of sites with a carbon trace */
	struct costs costs;
	struct machine_runs machines;    /* section `machines` */
	struct cloudsim_run cloudsim;    /* section `cloudsim` */
	struct failures failures;        /* where hosts may fail by themselves */
	struct resilience resilience;    /* sections `jobs`, `remus` */
	struct demand_set **sets;        /* one a trace and one a generated group */
	uint32_t set_count;
	struct action *actions;
	struct loop_rules loop_rules;    /* section `control` */
	bool generated;                  /* a trace was missing and generated demand stands in */
	double load_s, run_s;            /* wall seconds: building and loading, simulating */
	uint64_t sample_bytes;           /* of CPU samples that the run may read */
};

/* Builds the world. False after errors in diag (a missing trace, an action on an unknown guest ...). */
bool run_open(struct run *run, const struct scenario *scenario, struct diag *diag);
/* progress may be NULL: called now and then with the share done. */
void run_go(struct run *run, void (*progress)(void *context, double done_01), void *context);
void run_close(struct run *run);

#endif

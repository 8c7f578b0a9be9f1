/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the tables of a run's results that tell of jobs with checkpoints and of guests that are
 * copied all the time: scenarios/resilience.c fills them. */
#ifndef ANALYSIS_RESILIENCE_H
#define ANALYSIS_RESILIENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/checkpoint.h"
#include "models/migration/remus.h"

struct job_row {
	const char *name;
	enum law_kind law;
	double mean_s, shape, work_s, dump_s, restart_s;
	double young_s, daly_s, exact_s;        /* the best interval, after each */
	double simulated_s;                     /* and in the simulation; 0: it has none */
	double young_error_01, daly_error_01;   /* of the interval, against the simulated one */
	double young_cost_01, daly_cost_01;     /* expected run time with it over the least one, - 1 */
};

struct checkpoint_row {
	uint32_t job;
	double interval_s;
	double daly_s;                          /* run time after Daly */
	struct checkpoint_mean mean;
	double error_01;                        /* of the simulated mean against Daly's */
};

struct remus_row {
	const char *name;
	double epoch_s, run_s, paused_s, send_s;
	struct remus_outcome outcome;
	double closed_loop_01;
};

struct resilience {
	struct job_row *jobs;
	struct checkpoint_row *checkpoints;
	struct remus_row *remus;
	uint32_t job_count, checkpoint_count, remus_count;
};

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenario's section `cloudsim`: CloudSim's consolidation study by the rules of models/cloudsim/,
 * beside the world, of which such a scenario needs no part. */
#ifndef SCENARIOS_CLOUDSIM_H
#define SCENARIOS_CLOUDSIM_H

#include <stdbool.h>

#include "analysis/summary.h"
#include "models/cloudsim/study.h"
#include "scenarios/scenario.h"
#include "scenarios/yaml.h"
#include "sim/digest.h"

/* The section's rules: those of its version, with what is told. Checked already. */
struct cloudsim_rules scenario_cloudsim_rules(const struct scenario *s);

/* Keys that bound each other. */
void cloudsim_check(const struct scenario *s, const struct yaml_node *root, struct diag *diag);

struct cloudsim_run {
	bool any;                       /* the scenario has the section */
	struct cloudsim_rules rules;
	uint32_t hosts;
	struct demand_set trace;
	char policy[24];                /* "LrMmt" */
	struct cloudsim_outcome outcome;
};

/* Opens the day's trace. False after an error in diag. */
bool cloudsim_run_open(struct cloudsim_run *run, const struct scenario *s, struct diag *diag);
/* Runs the study; each of its migrations and figures goes into the digest. */
void cloudsim_run_go(struct cloudsim_run *run, struct digest *digest);
/* What a world's summary would say of the study. */
void cloudsim_run_summary(const struct cloudsim_run *run, struct summary *summary);
void cloudsim_run_close(struct cloudsim_run *run);

/* Opens a day of a trace that the study can read: regular, a byte a sample. */
bool cloudsim_trace_open(const char *name, const char *day, struct demand_set *set, struct place place,
                         struct diag *diag);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against CloudSim: the PlanetLab study of Beloglazov and Buyya (2012), 800 hosts, a day of the trace.
 *
 * models/cloudsim/ repeats the study by CloudSim's rules, every deterministic policy of both versions; and
 * the scenario library/cloudsim/dvfs.yaml repeats one of them by the world's own models. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cloudsim_references.h"
#include "cli/progress.h"
#include "cli/validate.h"
#include "models/cloudsim/study.h"
#include "scenarios/cloudsim.h"
#include "scenarios/folder.h"
#include "scenarios/run.h"
#include "scenarios/scenario_read.h"

#define SCENARIO_PATH_SIZE 4096
#define EXPERIMENTS_MOST 32

/* The version as facts and papers name it. */
static const char *const version_names[CLOUDSIM_VERSIONS] = {"7G-fixed", "3.0.3"};

static struct comparison *case_add(struct comparisons *out, const char *version, const char *day,
                                   const char *policy)
{
	ARRAY_GROW(out->cases, out->count, out->room, "comparisons");
	struct comparison *c = &out->cases[out->count++];
	*c = (struct comparison){.version = version, .day = day, .policy = policy};
	snprintf(c->name, sizeof c->name, "cloudsim %.16s %s %s", day, version, policy);
	return c;
}

static void compare(struct comparison *c, const double *figures, const struct cloudsim_reference *r)
{
	for (unsigned i = 0; i < CLOUDSIM_FIGURES; i++) {
		const struct cloudsim_figure *figure = &cloudsim_figures[i];
		struct comparison_row *row = comparison_add(c, figure->name, figures[i], figure->digits);
		row->has_reference = row->aim = r != NULL;
		row->reference = r ? r->figures[i] : 0;
	}
}

static void study_add(struct comparisons *out, enum cloudsim_version version, const char *day,
                      const char *policy, const struct demand_set *trace)
{
	struct cloudsim_rules rules = cloudsim_rules(version);
	double figures[CLOUDSIM_FIGURES];
	if (!cloudsim_rules_named(&rules, policy))
		return;
	struct cloudsim_outcome o = cloudsim_study(&rules, trace, CLOUDSIM_HOSTS, NULL);
	cloudsim_figures_of(&o, figures);
	struct comparison *c = case_add(out, version_names[version], day, policy);
	if (rules.selection == CLOUDSIM_RS)
		snprintf(c->name, sizeof c->name, "cloudsim %.16s %s %s (seeded here, not there)", day,
		         version_names[version], policy);
	compare(c, figures, cloudsim_reference_find(version, day, policy));
}

/* Runs the scenario with the overrides; false after messages. */
static bool simulate(const char *path, const char *const *overrides, uint32_t count, struct summary *summary)
{
	struct run run = {0};
	struct diag diag;
	struct progress progress;
	bool good = false;
	diag_init(&diag);
	struct scenario_options options = {.overrides = overrides, .override_count = count};
	struct scenario *scenario = scenario_read(path, &options, &diag);
	if (scenario && run_open(&run, scenario, &diag)) {
		progress_begin(&progress, scenario->name);
		run_go(&run, progress_step, &progress);
		progress_end(&progress);
		*summary = run.summary;
		good = true;
	}
	diag_print(&diag, stderr);
	if (scenario)
		run_close(&run);
	scenario_free(scenario);
	diag_fini(&diag);
	return good;
}

/* Dvfs as a scenario of the world: the day stands in every group of VMs. */
static bool world_add(struct comparisons *out, const char *day)
{
	enum { GROUPS = 4 };
	char folder[SCENARIO_PATH_SIZE], path[SCENARIO_PATH_SIZE + 64], subsets[GROUPS][64];
	const char *overrides[GROUPS];
	struct summary s;
	if (!scenario_folder(folder, sizeof folder))
		fault_surroundings("cannot find the folder of scenarios; VDCSIM_SCENARIOS may name it");
	snprintf(path, sizeof path, "%s/library/cloudsim/dvfs.yaml", folder);
	for (uint32_t i = 0; i < GROUPS; i++) {
		snprintf(subsets[i], sizeof subsets[i], "vms.%u.demand.subset=\"%.32s\"", i, day);
		overrides[i] = subsets[i];
	}
	if (!simulate(path, overrides, GROUPS, &s))
		return false;
	const struct cloudsim_reference *r = cloudsim_reference_find(CLOUDSIM_7G, day, "Dvfs");
	struct comparison *c = case_add(out, "world", day, "Dvfs");
	const double figures[] = {(double)s.hosts, (double)s.vms, s.simulated_s, s.it_energy_j / 3.6e6,
	                          (double)s.migrations};
	for (unsigned i = 0; i < sizeof figures / sizeof *figures; i++) {
		struct comparison_row *row = comparison_add(c, cloudsim_figures[i].name, figures[i],
		                                            cloudsim_figures[i].digits);
		row->has_reference = row->aim = r != NULL;
		row->reference = r ? r->figures[i] : 0;
	}
	return true;
}

static enum exit_status run_studies(const struct validate_values *values, struct comparisons *out)
{
	const char *day = values->day ? values->day : "20110303", *policy;
	struct demand_set trace;
	struct diag diag;
	diag_init(&diag);
	bool open = cloudsim_trace_open("planetlab", day, &trace, (struct place){"--day", 0, 0}, &diag);
	diag_print(&diag, stderr);
	diag_fini(&diag);
	if (!open)
		return EXIT_INPUT;
	for (unsigned version = 0; version < CLOUDSIM_VERSIONS; version++) {
		if (values->policy)
			study_add(out, (enum cloudsim_version)version, day, values->policy, &trace);
		for (uint32_t i = 0; !values->policy && (policy = cloudsim_experiment(i)); i++)
			study_add(out, (enum cloudsim_version)version, day, policy, &trace);
	}
	trace.release(&trace);
	if ((!values->policy || strcmp(values->policy, "Dvfs") == 0) && !world_add(out, day))
		return EXIT_INPUT;
	return EXIT_DONE;
}

static enum exit_status run_kind(const struct command *command, const struct validate_values *values,
                                 struct comparisons *out)
{
	const char *names[EXPERIMENTS_MOST];
	struct cloudsim_rules rules = cloudsim_rules(CLOUDSIM_7G);
	size_t count = 0;
	while (count < EXPERIMENTS_MOST && (names[count] = cloudsim_experiment((uint32_t)count)))
		count++;
	if (values->policy && !cloudsim_rules_named(&rules, values->policy))
		return usage_unknown(command, "policy", values->policy, names, count);
	return run_studies(values, out);
}

const struct validate_kind validate_cloudsim = {
	.name = "cloudsim", .summary = "the PlanetLab study of CloudSim", .run = run_kind,
};

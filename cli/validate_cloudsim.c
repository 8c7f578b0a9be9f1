/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against CloudSim: the PlanetLab experiment of Beloglazov and Buyya (2012), 800 hosts, one day.
 *
 * The references were measured with CloudSim 7G (commit 476ceef, the clause of its issue #207 removed), trace
 * files in byte order of their names; CloudSim itself reads them in whatever order the disk has. Its policies
 * that migrate will be rows here once there are policies that do. */
#include <stdio.h>
#include <string.h>

#include "cli/progress.h"
#include "cli/validate.h"
#include "scenarios/folder.h"
#include "scenarios/run.h"
#include "scenarios/scenario_read.h"

#define SCENARIO_PATH_SIZE 4096

struct reference {
	const char *day, *policy;
	double hosts, vms, sim_time_s, energy_kwh, migrations, sla_pct, pdm_pct, slatah_pct, overall_pct;
};

static const struct reference references[] = {
	{"20110303", "Dvfs", 800, 1052, 86400.00, 802.75, 0, 0, 0, 0, 0},
};

/* A policy of CloudSim's, as the scenario that stands for it. */
struct variant {
	const char *policy, *scenario;
};

static const struct variant variants[] = {
	{"Dvfs", "library/cloudsim/dvfs.yaml"},
};
#define VARIANTS (sizeof variants / sizeof *variants)

static const struct reference *reference_find(const char *day, const char *policy)
{
	for (size_t i = 0; i < sizeof references / sizeof *references; i++)
		if (strcmp(references[i].day, day) == 0 && strcmp(references[i].policy, policy) == 0)
			return &references[i];
	return NULL;
}

/* Column names are those of the published table of references. */
static void compare(struct comparison *c, const struct summary *s, const struct reference *r)
{
	const struct { const char *name; double simulated, reference; int digits; bool aim; } rows[] = {
		{"hosts", (double)s->hosts, r ? r->hosts : 0, 0, false},
		{"vms", (double)s->vms, r ? r->vms : 0, 0, false},
		{"sim_time_s", s->simulated_s, r ? r->sim_time_s : 0, 2, false},
		{"energy_kwh", s->it_energy_j / 3.6e6, r ? r->energy_kwh : 0, 2, true},
		{"migrations", (double)s->migrations, r ? r->migrations : 0, 0, false},
		{"sla_pct", s->slav * 100, r ? r->sla_pct : 0, 5, false},
		{"pdm_pct", s->pdm * 100, r ? r->pdm_pct : 0, 2, false},
		{"slatah_pct", s->slatah * 100, r ? r->slatah_pct : 0, 2, false},
		{"overall_sla_violation_pct", s->overall_sla_violation * 100, r ? r->overall_pct : 0, 2,
		 false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct comparison_row *row = comparison_add(c, rows[i].name, rows[i].simulated,
		                                            rows[i].digits);
		row->reference = rows[i].reference;
		row->has_reference = r != NULL;
		row->aim = rows[i].aim;
	}
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

/* The day stands in every group of VMs. */
static bool simulate_day(const char *path, const char *day, struct summary *summary)
{
	enum { GROUPS = 4 };
	char subsets[GROUPS][64];
	const char *overrides[GROUPS];
	for (uint32_t i = 0; i < GROUPS; i++) {
		snprintf(subsets[i], sizeof subsets[i], "vms.%u.demand.subset=\"%.32s\"", i, day);
		overrides[i] = subsets[i];
	}
	return simulate(path, overrides, GROUPS, summary);
}

static enum exit_status run_variants(const struct validate_values *values, struct comparisons *out)
{
	char folder[SCENARIO_PATH_SIZE], path[SCENARIO_PATH_SIZE + 64];
	const char *day = values->day ? values->day : "20110303";
	if (!scenario_folder(folder, sizeof folder))
		fault_surroundings("cannot find the folder of scenarios; VDCSIM_SCENARIOS may name it");
	for (size_t i = 0; i < VARIANTS; i++) {
		const struct variant *v = &variants[i];
		struct summary summary;
		if (values->policy && strcmp(values->policy, v->policy) != 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, v->scenario);
		if (!simulate_day(path, day, &summary))
			return EXIT_INPUT;
		const struct reference *reference = reference_find(day, v->policy);
		ARRAY_GROW(out->cases, out->count, out->room, "comparisons");
		struct comparison *c = &out->cases[out->count++];
		c->row_count = 0;
		snprintf(c->name, sizeof c->name, "cloudsim %s %s%s", day, v->policy,
		         reference ? "" : " (no reference for this day)");
		compare(c, &summary, reference);
	}
	return EXIT_DONE;
}

static enum exit_status run_kind(const struct command *command, const struct validate_values *values,
                                 struct comparisons *out)
{
	const char *names[VARIANTS];
	bool known = !values->policy;
	for (size_t i = 0; i < VARIANTS; i++) {
		names[i] = variants[i].policy;
		known |= values->policy && strcmp(values->policy, names[i]) == 0;
	}
	return known ? run_variants(values, out) : usage_unknown(command, "policy", values->policy, names,
	                                                         VARIANTS);
}

const struct validate_kind validate_cloudsim = {
	.name = "cloudsim", .summary = "the PlanetLab experiment of CloudSim", .run = run_kind,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathers what a results file is made of. */
#include "cli/results_save.h"

#include "analysis/results.h"

void results_save(const struct run *run, const char *path, const struct provenance *provenance)
{
	const struct scenario *s = run->scenario;
	results_write(path, &(struct results_input){
		.world = &run->world,
		.record = &run->record,
		.migrations = &run->migrations,
		.summary = &run->summary,
		.provenance = provenance,
		.carbon = run->carbon.hours,
		.carbon_count = run->carbon.hour_count,
		.machines = run->machines.runs,
		.machine_count = run->machines.count,
		.resilience = &run->resilience,
		.cloudsim = run->cloudsim.any ? &run->cloudsim.outcome : NULL,
		.costs = &run->costs,
		.scenario_name = s->name,
		.scenario_text = s->text,
		.overrides = (const char *const *)s->overrides,
		.override_count = s->override_count,
		.seed = s->seed,
		.generated = run->generated,
	});
}

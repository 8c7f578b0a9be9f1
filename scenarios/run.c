/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds a world, runs it and records it: the one place where all folders meet. */
#include "scenarios/run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/hypervisor/discrete.h"
#include "models/hypervisor/filter.h"
#include "models/hypervisor/fluid.h"
#include "models/hypervisor/memory_host.h"
#include "policies/registry.h"
#include "scenarios/build.h"
#include "scenarios/build_failures.h"
#include "scenarios/build_control.h"
#include "scenarios/build_migration.h"
#include "scenarios/build_traffic.h"
#include "scenarios/money.h"

static double wall_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_time(const void *a, const void *b)
{
	const struct action *x = a, *y = b;
	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

/* Scenario actions by index instead of by name, in order of time. */
static bool resolve_actions(struct run *run, struct diag *diag)
{
	const struct scenario *s = run->scenario;
	run->actions = memory_new(s->action_count, sizeof *run->actions, "actions");
	bool ok = true;
	for (uint32_t i = 0; i < s->action_count; i++) {
		const struct scenario_action *a = &s->actions[i];
		struct action *out = &run->actions[i];
		*out = (struct action){
			.rules = build_move_rules(&run->world.arena, s, &a->with),
			.at_ns = a->at_ns, .kind = a->kind, .vm = ID_NONE, .host = ID_NONE,
			.into = ID_NONE, .order = i, .move = build_move_kind(a->migration),
			.by_ns = a->has_by ? a->by_ns : TIME_MAX_NS,
			.has_disk = a->with.has_disk, .disk = a->with.disk,
		};
		if (a->vm && !build_find_vm(&run->world, a->vm, &out->vm)) {
			diag_error(diag, a->place,
			           "there is no guest '%s'; guests are called GROUP-NUMBER, from 0", a->vm);
			ok = false;
		}
		if (a->into && !build_find_vm(&run->world, a->into, &out->into)) {
			diag_error(diag, a->place,
			           "there is no guest '%s'; guests are called GROUP-NUMBER, from 0", a->into);
			ok = false;
		}
		if (a->host && !build_find_host(&run->world, a->host, &out->host)) {
			diag_error(diag, a->place,
			           "there is no host '%s'; hosts are called GROUP-NUMBER, from 0", a->host);
			ok = false;
		}
	}
	qsort(run->actions, s->action_count, sizeof *run->actions, by_time);
	return ok;
}

static void start_policy(struct run *run, const struct policy *policy)
{
	const struct scenario *s = run->scenario;
	if (s->has_control) {
		build_control(&run->loop_rules, s, &run->world.arena);
		run->control.loop_rules = &run->loop_rules;
	}
	const double *values = build_values(&run->world.arena, policy, s->policy_values,
	                                    s->policy_value_count);
	control_start(&run->control, &s->admission, values, run->actions, s->action_count);
}

static void foreseen(void *context, host_id host, int64_t expected_ns)
{
	struct run *run = context;
	if (run->control.loop.open)
		loop_foresee(&run->control.loop, host.i, expected_ns);
}

static void start_failures(struct run *run, const struct failure_rules *rules)
{
	failures_open(&run->failures, &run->world, &run->life, rules);
	run->failures.foreseen = foreseen;
	run->failures.foreseen_context = run;
}

static uint64_t bytes_of(const struct demand_set *set)
{
	const struct demand_samples *cpu = &set->columns[DEMAND_CPU];
	return cpu->at ? demand_row_samples(set, DEMAND_CPU, set->rows) * cpu->bits / 8 : 0;
}

static bool world_fill(struct run *run, struct diag *diag)
{
	struct build b = {.world = &run->world};
	bool well = build_world(&b, run->scenario, diag);
	run->sets = b.sets;
	run->set_count = b.set_count;
	run->generated = b.generated;
	return well;
}

bool run_open(struct run *run, const struct scenario *s, struct diag *diag)
{
	double began_s = wall_s();
	*run = (struct run){.scenario = s};
	const struct policy *policy = plugins_policy(&s->plugins, s->policy);
	ASSERT(policy && policy->place); /* scenario_read has checked the name */
	run->engine = engine_open(s->name, s->seed);
	world_init(&run->world, run->engine);
	lifecycle_init(&run->life, &run->world);
	vm_life_init(&run->life);
	migrations_init(&run->migrations, &run->world, &run->life);
	control_open(&run->control, &run->world, &run->life, &run->migrations, policy);
	run->control.watch = s->plugins.watch;
	const struct failure_rules *failing;
	struct carbon_series *series;
	if (!world_fill(run, diag) || !resolve_actions(run, diag) || !money_carbon(&series, s, diag) ||
	    !machines_open(&run->machines, s, diag) || !cloudsim_run_open(&run->cloudsim, s, diag) ||
	    !failures_build(&failing, &run->world, s, diag))
		return false;
	money_costs(&run->costs, s);
	for (uint32_t i = 0; i < run->set_count; i++)
		run->sample_bytes += bytes_of(run->sets[i]);
	vm_life_open(&run->life);
	build_migrations(&run->migrations, s);
	if (!build_traffic(&run->traffic, &run->migrations, s, diag) ||
	    !build_processes(&run->processes, &run->migrations, s, diag))
		return false;
	if (!run->world.rules.batch)
		fluid_unbatched_start(&run->world);
	record_open(&run->record, &run->world, &s->record, s->duration_ns);
	carbon_open(&run->carbon, &run->world, series);
	world_digest_constants(&run->world);
	start_policy(run, policy);
	if (failing)
		start_failures(run, failing);
	run->load_s = wall_s() - began_s;
	return true;
}

struct watcher {
	void (*progress)(void *context, double done_01);
	void *context;
	int64_t end_ns;
};

/* Events are the first half of a run's work, the walk of all hosts to its end the second. */
static void watch(void *context, int64_t now_ns)
{
	struct watcher *w = context;
	w->progress(w->context, 0.5 * (double)now_ns / (double)w->end_ns);
}

void run_go(struct run *run, void (*progress)(void *context, double done_01), void *context)
{
	double began_s = wall_s();
	struct world *world = &run->world;
	int64_t end_ns = run->scenario->duration_ns;
	struct watcher watcher = {progress, context, end_ns};
	if (progress)
		engine_watch(run->engine, 4096, watch, &watcher);
	engine_run(run->engine, end_ns);
	for (uint32_t h = 0; h < world->host_count; h++) {
		fluid_advance(world, (host_id){h}, end_ns);
		if (progress && h % 1024 == 0)
			progress(context, 0.5 + 0.5 * (double)h / (double)world->host_count);
	}
	fluid_finish(world, end_ns);
	CHECK((world_check(world), true));
	record_finish(&run->record);
	carbon_finish(&run->carbon);
	migrations_finish(&run->migrations);
	if (run->migrations.traffic)
		traffic_finish(&run->traffic);
	if (run->migrations.processes)
		processes_finish(&run->processes);
	machines_go(&run->machines, engine_digest(run->engine));
	cloudsim_run_go(&run->cloudsim, engine_digest(run->engine));
	resilience_go(&run->resilience, run->scenario, engine_digest(run->engine));
	if (world->failures)
		failures_finish(&run->failures, end_ns);
	summary_of(&run->summary, world, &run->migrations, end_ns);
	cloudsim_run_summary(&run->cloudsim, &run->summary);
	costs_of(&run->summary, &run->costs, world, end_ns);
	if (progress)
		progress(context, 1.0);
	run->run_s = wall_s() - began_s;
}

void run_close(struct run *run)
{
	carbon_close(&run->carbon);
	machines_close(&run->machines);
	cloudsim_run_close(&run->cloudsim);
	resilience_close(&run->resilience);
	failures_close(&run->failures);
	money_costs_free(&run->costs);
	record_close(&run->record);
	control_close(&run->control);
	discrete_close(&run->world);
	memory_close(&run->world);
	filter_close(&run->world);
	traffic_close(&run->traffic);
	processes_close(&run->processes);
	migrations_fini(&run->migrations);
	vm_life_close(&run->life);
	for (uint32_t i = 0; i < run->set_count; i++) {
		if (run->sets[i]->release)
			run->sets[i]->release(run->sets[i]);
		free(run->sets[i]);
	}
	free(run->sets);
	free(run->actions);
	world_fini(&run->world);
	if (run->engine)
		engine_close(run->engine);
}

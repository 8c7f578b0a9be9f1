/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CloudSim's study, from scenario to table and summary. */
#include "scenarios/cloudsim.h"

#include <string.h>

#include "scenarios/trace.h"

struct cloudsim_rules scenario_cloudsim_rules(const struct scenario *s)
{
	const struct scenario_cloudsim *told = &s->cloudsim;
	struct cloudsim_rules rules = cloudsim_rules(told->version);
	rules.policy = told->policy;
	rules.detector = told->detector;
	rules.parameter = told->has_parameter ? told->parameter : cloudsim_parameter(told->detector);
	rules.selection = told->selection;
	rules.seed = s->seed;
	rules.history_length = (uint32_t)told->history_length;
	if (told->has_history_order)
		rules.history_order = told->history_order;
	if (told->has_trims_tail)
		rules.trims_tail = told->trims_tail;
	rules.least_samples = (uint32_t)told->least_samples;
	rules.regression_samples = (uint32_t)told->regression_samples;
	rules.fallback = told->fallback;
	rules.interval_s = told->interval_ns / 1e9;
	if (told->has_offset)
		rules.offset_s = told->offset_ns / 1e9;
	rules.end_s = (double)s->duration_ns / 1e9;
	rules.last_tick = told->last_tick;
	rules.steps = told->steps;
	rules.death = told->death;
	rules.ties = told->ties;
	rules.stale_subtrahend = told->stale_subtrahend;
	rules.ram_always = told->ram_always;
	rules.start_counts_all = told->start_counts_all;
	rules.double_migration = told->double_migration;
	rules.floors = told->floors;
	rules.source_left_01 = told->source_left_01;
	rules.target_share_01 = told->target_share_01;
	rules.bandwidth_01 = told->bandwidth_01;
	rules.violation_mips = told->violation_hz / 1e6;
	return rules;
}

static struct place place_of(const struct yaml_node *root, const char *path)
{
	const struct yaml_node *node = yaml_at(root, path);
	return node ? node->place : root->place;
}

void cloudsim_check(const struct scenario *s, const struct yaml_node *root, struct diag *diag)
{
	const struct scenario_cloudsim *told = &s->cloudsim;
	if (!s->has_cloudsim)
		return;
	if (told->regression_samples > told->history_length)
		diag_error(diag, place_of(root, "cloudsim.regression_samples"),
		           "'regression_samples' is %lld, and only %lld are kept (history_length)",
		           (long long)told->regression_samples, (long long)told->history_length);
	if (told->least_samples > told->history_length)
		diag_error(diag, place_of(root, "cloudsim.least_samples"),
		           "'least_samples' is %lld, and only %lld are kept (history_length)",
		           (long long)told->least_samples, (long long)told->history_length);
	struct cloudsim_rules rules = scenario_cloudsim_rules(s);
	if (cloudsim_longest_s(&rules) >= rules.interval_s)
		diag_error(diag, place_of(root, "cloudsim.interval"),
		           "the longest migration takes %.4g s and would not end within the 'interval' of "
		           "%.4g s; give it more 'migration_bandwidth', or more time",
		           cloudsim_longest_s(&rules), rules.interval_s);
}

bool cloudsim_trace_open(const char *name, const char *day, struct demand_set *set, struct place place,
                         struct diag *diag)
{
	if (!trace_open(name, day, NULL, set, place, diag))
		return false;
	const struct demand_samples *cpu = &set->columns[DEMAND_CPU];
	if (!set->irregular && cpu->at && cpu->bits == 8 && set->axis.start_ns == 0)
		return true;
	diag_error(diag, place, "trace %s: CloudSim's study reads days of PlanetLab alone: a byte a sample, "
	           "at regular times", name);
	if (set->release)
		set->release(set);
	return false;
}

bool cloudsim_run_open(struct cloudsim_run *run, const struct scenario *s, struct diag *diag)
{
	*run = (struct cloudsim_run){.any = s->has_cloudsim};
	if (!run->any)
		return true;
	run->rules = scenario_cloudsim_rules(s);
	run->hosts = (uint32_t)s->cloudsim.hosts;
	cloudsim_rules_name(&run->rules, run->policy, sizeof run->policy);
	run->any = cloudsim_trace_open(s->cloudsim.trace, s->cloudsim.day, &run->trace, s->cloudsim.place,
	                               diag);
	return run->any;
}

static void note_move(void *context, double start_s, double end_s, const uint32_t vm_from_to[static 3])
{
	digest_add(context, DIGEST_CLOUDSIM,
	           (const uint64_t[5]){digest_of_double(start_s), digest_of_double(end_s), vm_from_to[0],
	                               vm_from_to[1], vm_from_to[2]});
}

void cloudsim_run_go(struct cloudsim_run *run, struct digest *digest)
{
	if (!run->any)
		return;
	struct cloudsim_watch watch = {note_move, digest};
	struct cloudsim_outcome *o = &run->outcome;
	*o = cloudsim_study(&run->rules, &run->trace, run->hosts, &watch);
	o->policy = run->policy;
	digest_add(digest, DIGEST_CLOUDSIM,
	           (const uint64_t[5]){digest_of_double(o->energy_kwh), digest_of_double(o->asked_mips_s),
	                               digest_of_double(o->given_mips_s), o->host_shutdowns,
	                               o->vms_destroyed});
}

/* A MIPS is a MHz here, as everywhere. */
void cloudsim_run_summary(const struct cloudsim_run *run, struct summary *summary)
{
	const struct cloudsim_outcome *o = &run->outcome;
	if (!run->any)
		return;
	summary->hosts += o->hosts;
	summary->vms += o->vms;
	summary->migrations += o->migrations;
	summary->energy_j += o->energy_kwh * 3.6e6;
	summary->it_energy_j += o->energy_kwh * 3.6e6;
	summary->mean_power_w = summary->it_energy_j / summary->simulated_s;
	summary->slatah = o->mean_slatah_01;
	summary->pdm = o->mean_pdm_01;
	summary->slav = summary->slatah * summary->pdm;
	summary->esv = summary->energy_j / 3.6e6 * summary->slav;
	summary->overall_sla_violation = o->overall_sla_violation_pct / 100;
	summary->demanded_ghz_h += o->asked_mips_s / 3.6e6;
	summary->delivered_ghz_h += o->given_mips_s / 3.6e6;
	summary->useful_ghz_h += o->given_mips_s / 3.6e6;
	summary->vms_placed += o->vms - o->vms_unplaced;
	summary->vms_refused += o->vms_unplaced;
	summary->vms_ended += o->vms_destroyed;
}

void cloudsim_run_close(struct cloudsim_run *run)
{
	if (run->trace.release)
		run->trace.release(&run->trace);
	*run = (struct cloudsim_run){0};
}

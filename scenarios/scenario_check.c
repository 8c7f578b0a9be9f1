/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks between keys: names that must exist or differ, values that must suit each other. */
#include "scenarios/scenario_check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/draw.h"
#include "scenarios/build_migration.h"
#include "scenarios/check.h"
#include "scenarios/check_policies.h"
#include "scenarios/build_failures.h"
#include "scenarios/check_storage.h"
#include "scenarios/check_traffic.h"
#include "scenarios/cloudsim.h"
#include "scenarios/hypervisors.h"
#include "scenarios/memories.h"
#include "scenarios/schedulers.h"
#include "scenarios/machines.h"
#include "scenarios/quantity.h"
#include "scenarios/resilience.h"

/* Demand is rounded in doubles (models/demand.h): exact only below. */
#define CPU_HZ_MOST 0x1p51
#define HOSTS_MOST 10000000
#define VMS_MOST 100000000
#define INTERVALS_MOST 10000000
#define READINGS_MOST 1000000000

static int name_order(const void *a, const void *b)
{
	const char *const *const *x = a, *const *const *y = b;
	int names = strcmp(**x, **y);
	return names ? names : *x < *y ? -1 : *x > *y; /* addresses: the order of the list */
}

static void names_differ(const struct check *c, const struct names *names, const char *list)
{
	const char ***sorted = memory_new(names->count, sizeof *sorted, "names");
	for (uint32_t i = 0; i < names->count; i++)
		sorted[i] = &names->at[i];
	qsort(sorted, names->count, sizeof *sorted, name_order);
	for (uint32_t i = 1; i < names->count; i++) {
		if (!**sorted[i] || strcmp(*sorted[i], *sorted[i - 1]) != 0)
			continue;
		uint32_t where = (uint32_t)(sorted[i] - names->at);
		diag_error(c->diag, check_place(c, list, where, "name"),
		           "two of '%s' have the name '%s'; give each a name of its own", list, *sorted[i]);
	}
	free(sorted);
}

static void check_power(const struct check *c, const struct scenario_host *h, uint32_t i)
{
	const struct yaml_node *table = check_given(c, "hosts", i, "power.table");
	const struct yaml_node *idle = check_given(c, "hosts", i, "power.idle");
	const struct yaml_node *max = check_given(c, "hosts", i, "power.max");
	struct place at = check_place(c, "hosts", i, "power.model");
	const char *form = power_form_names[h->power_form];
	if (h->power_form == POWER_TABLE) {
		if (!table)
			diag_error(c->diag, at,
			           "power model table needs 'table': 11 values, for 0 %%, 10 %%, ... 100 "
			           "%% of load");
		if (idle || max)
			diag_error(c->diag, idle ? idle->place : max->place,
			           "power.idle and power.max are not used with a table; give one or the "
			           "other");
		return;
	}
	if (table)
		diag_error(c->diag, table->place,
		           "power.table is not used by power model %s; leave it out, or 'model: table'",
		           form);
	if (h->power_idle_w > h->power_max_w)
		diag_error(c->diag, check_place(c, "hosts", i, idle ? "power.idle" : "power.max"),
		           "power.idle (%g W) is above power.max (%g W)", h->power_idle_w, h->power_max_w);
}

static void check_nodes(const struct check *c, const struct scenario_host *h, uint32_t i)
{
	static const char *const told[] = {"count", "cores", "ram"};
	for (size_t k = 0; h->nodes && k < sizeof told / sizeof *told; k++) {
		const struct yaml_node *given = check_given(c, "hosts", i, told[k]);
		if (given && (k == 0 || !h->type)) /* a type's cores and ram come from the catalogue */
			diag_error(c->diag, given->place,
			           "'%s' is not used: 'nodes' tells it machine by machine", told[k]);
	}
}

static void check_speeds(const struct check *c, const struct scenario_host *h)
{
	int64_t faster_hz = h->core_hz;
	for (uint32_t k = 0; k < h->speed_count; k++) {
		const struct scenario_speed *s = &h->speeds[k];
		if (s->core_hz >= faster_hz)
			diag_error(c->diag, s->place, "each of 'speeds' must be slower than the one before "
			           "it, the "
			           "first slower than core_speed");
		if (s->idle_w > s->max_w)
			diag_error(c->diag, s->place, "idle (%g W) is above max (%g W)", s->idle_w, s->max_w);
		if (h->scheduler.kind)
			diag_error(c->diag, s->place, "'speeds' is not used with a scheduler: its hosts run "
			           "at "
			           "one speed");
		faster_hz = s->core_hz;
	}
}

static void check_hosts(const struct check *c, const struct names *sites)
{
	const struct scenario *s = c->s;
	int64_t total = 0;
	for (uint32_t i = 0; i < s->host_group_count; i++) {
		name_known(c, sites, s->hosts[i].site, check_place(c, "hosts", i, "site"), "site");
		check_power(c, &s->hosts[i], i);
		check_speeds(c, &s->hosts[i]);
		check_nodes(c, &s->hosts[i], i);
		total += s->hosts[i].count;
	}
	if (total > HOSTS_MOST)
		diag_error(c->diag, yaml_at(c->root, "hosts")->place, "%lld hosts; at most %d",
		           (long long)total, HOSTS_MOST);
}

#define TRACE_BIT (1U << SOURCE_TRACE)
#define GENERATED_BITS (((1U << SOURCES) - 1) & ~((1U << SOURCE_CONSTANT) - 1))
#define NOISY_BITS (1U << SOURCE_DIURNAL | 1U << SOURCE_AR1 | 1U << SOURCE_FLASH_CROWD)
#define ON_OFF_BIT (1U << SOURCE_ON_OFF)
#define CROWD_BIT (1U << SOURCE_FLASH_CROWD)

/* Which sources use which keys: a key that has no effect is a mistake. */
static const struct demand_use {
	const char *key;
	uint32_t sources;
} demand_uses[] = {
	{"subset", TRACE_BIT}, {"format", TRACE_BIT}, {"if_missing", TRACE_BIT}, {"part", TRACE_BIT},
	{"level", 1U << SOURCE_CONSTANT | NOISY_BITS},
	{"least", 1U << SOURCE_UNIFORM | 1U << SOURCE_DIURNAL | ON_OFF_BIT},
	{"most", 1U << SOURCE_UNIFORM | 1U << SOURCE_DIURNAL | ON_OFF_BIT | CROWD_BIT},
	{"noise", NOISY_BITS}, {"autocorrelation", NOISY_BITS}, {"correlation", NOISY_BITS},
	{"spread", NOISY_BITS}, {"peak_at", 1U << SOURCE_DIURNAL}, {"on_time", ON_OFF_BIT},
	{"off_time", ON_OFF_BIT}, {"start", CROWD_BIT}, {"rise", CROWD_BIT}, {"decay", CROWD_BIT},
	{"period", GENERATED_BITS}, {"generator", GENERATED_BITS},
};

static void check_demand_keys(const struct check *c, const struct scenario_demand *d, uint32_t i)
{
	uint32_t sources = 1U << d->source;
	if (d->trace && d->if_missing == MISSING_GENERATE)
		sources |= 1U << d->generator;
	for (size_t k = 0; k < sizeof demand_uses / sizeof *demand_uses; k++) {
		char path[64];
		snprintf(path, sizeof path, "demand.%s", demand_uses[k].key);
		const struct yaml_node *given = check_given(c, "vms", i, path);
		if (!given || (demand_uses[k].sources & sources))
			continue;
		if (d->trace)
			diag_error(
				c->diag, given->place,
				"'%s' is not used: the demand comes from a trace; generated demand stands "
				"in only with 'if_missing: generate'",
				demand_uses[k].key);
		else if (demand_uses[k].sources == TRACE_BIT)
			diag_error(c->diag, given->place, "'%s' is not used: the demand has no 'trace'",
			           demand_uses[k].key);
		else
			diag_error(c->diag, given->place, "'%s' is not used by generator %s",
			           demand_uses[k].key, scenario_source_names[d->generator]);
	}
	const struct yaml_node *reading = check_given(c, "vms", i, "demand.read_interval");
	if (!reading)
		reading = check_given(c, "vms", i, "demand.read_offset");
	if (reading && d->hold != DEMAND_LINEAR)
		diag_error(c->diag, reading->place,
		           "read_interval and read_offset are used only with 'interpolation: linear'");
}

/* What noise needs, and what needs noise. */
static void check_noise(const struct check *c, const struct scenario_demand *d, uint32_t i)
{
	static const char *const about_noise[] = {"autocorrelation", "correlation"};
	if (d->generator == SOURCE_AR1) {
		static const char *const needs[] = {"noise", "autocorrelation"};
		for (int k = 0; k < 2; k++) {
			char path[64];
			snprintf(path, sizeof path, "demand.%s", needs[k]);
			if (!check_given(c, "vms", i, path))
				diag_error(c->diag, check_place(c, "vms", i, "demand.generator"),
				           "generator ar1 needs '%s': %s", needs[k],
				           k ? "the correlation of a sample with the next, say 0.9"
				             : "the standard deviation of the samples, say 10 %");
		}
	}
	for (int k = 0; k < 2; k++) {
		char path[64];
		snprintf(path, sizeof path, "demand.%s", about_noise[k]);
		const struct yaml_node *given = check_given(c, "vms", i, path);
		if (given && !(d->noise_01 > 0) && 1U << d->generator & NOISY_BITS)
			diag_error(c->diag, given->place,
			           "'%s' has no effect without 'noise': it is the noise that correlates",
			           about_noise[k]);
	}
}

static void check_levels(const struct check *c, const struct scenario_demand *d, uint32_t i)
{
	if (d->least_01 > d->most_01)
		diag_error(c->diag, check_place(c, "vms", i, "demand.least"),
		           "least (%g) is above most (%g)", d->least_01, d->most_01);
	if (d->generator == SOURCE_DIURNAL && (d->level_01 < d->least_01 || d->level_01 > d->most_01))
		diag_error(c->diag, check_place(c, "vms", i, "demand.level"),
		           "level (%g) is not between least (%g) and most (%g)", d->level_01, d->least_01,
		           d->most_01);
	if (d->generator == SOURCE_FLASH_CROWD && d->level_01 > d->most_01)
		diag_error(c->diag, check_place(c, "vms", i, "demand.level"),
		           "level (%g) is above most (%g), the peak of the crowd", d->level_01, d->most_01);
	if (d->source == SOURCE_FLASH_CROWD && d->start_ns > c->s->duration_ns)
		diag_warning(c->diag, check_place(c, "vms", i, "demand.start"),
		             "the crowd comes after the end of the run");
}

static void check_demand(const struct check *c, const struct scenario_vm *v, uint32_t i)
{
	const struct scenario_demand *d = &v->demand;
	if (v->trace_sizes && !(v->has_demand && d->trace))
		diag_error(c->diag, check_place(c, "vms", i, "sizes"),
		           "'sizes: trace' needs a demand from a trace; allowed without one: given");
	if (!v->has_demand)
		return;
	if (!d->trace && !d->has_generator && !check_given(c, "vms", i, "demand.level")) {
		diag_error(c->diag, check_place(c, "vms", i, "demand"),
		           "demand needs 'trace' or 'generator' (or 'level' alone, for a constant demand)");
		return;
	}
	check_demand_keys(c, d, i);
	if (d->trace && d->if_missing == MISSING_GENERATE && !v->has_count)
		diag_error(c->diag, check_place(c, "vms", i, "demand.if_missing"),
		           "'if_missing: generate' needs a 'count' in the group: without the trace nothing "
		           "else tells how many");
	if (!d->trace || d->if_missing == MISSING_GENERATE)
		check_noise(c, d, i);
	check_levels(c, d, i);
	if ((double)v->vcpus * (double)v->vcpu_hz * d->scale >= CPU_HZ_MOST)
		diag_error(c->diag, check_place(c, "vms", i, "demand.scale"),
		           "vcpus x vcpu_speed x scale is above 2.25e15 Hz, beyond which sums are not exact");
	int64_t step_ns = d->hold == DEMAND_LINEAR ? d->read_interval_ns : d->period_ns;
	if (c->s->duration_ns / step_ns > READINGS_MOST)
		diag_error(c->diag,
		           check_place(c, "vms", i,
		                       d->hold == DEMAND_LINEAR ? "demand.read_interval" : "demand.period"),
		           "more than %d samples in the run's duration; make it longer", READINGS_MOST);
}

/* A drawn time: `section` is interarrival or lifetime, `name` its distribution. */
static void check_draw(const struct check *c, const struct scenario_draw *draw, uint32_t i,
                       const char *section, const char *name)
{
	const struct draw_info *info = &draw_table[draw->kind];
	char path[64];
	if (!draw->has_mean)
		diag_error(c->diag, check_place(c, "vms", i, section),
		           "%s needs 'mean': the mean time, say 2 h", section);
	snprintf(path, sizeof path, "%s.shape", section);
	struct place at = check_place(c, "vms", i, path);
	if (draw->has_shape && !info->shaped)
		diag_error(c->diag, at, "'shape' is not used by %s %s", section, name);
	else if (!draw->has_shape && info->shaped)
		diag_error(c->diag, check_place(c, "vms", i, section), "%s %s needs 'shape': %s", section,
		           name, info->shape_meaning);
	else if (info->shaped && (draw->shape <= info->shape_least || draw->shape > info->shape_most))
		diag_error(c->diag, at, "shape of %s %s is %g; it must be above %g, at most %g", section,
		           name, draw->shape, info->shape_least, info->shape_most);
}

static void check_draws(const struct check *c, const struct scenario_vm *v, uint32_t i)
{
	if (v->has_life)
		check_draw(c, &v->life, i, "lifetime", draw_names[v->life.kind]);
	if (!v->has_interarrival)
		return;
	check_draw(c, &v->interarrival, i, "interarrival", draw_process_names[v->interarrival.kind]);
	const struct yaml_node *spacing = check_given(c, "vms", i, "spacing");
	if (spacing)
		diag_error(c->diag, spacing->place,
		           "'spacing' is not used: 'interarrival' says when VMs arrive");
	if (!check_given(c, "vms", i, "count") && v->demand.source != SOURCE_TRACE)
		diag_error(c->diag, check_place(c, "vms", i, "interarrival"),
		           "'interarrival' needs a 'count' in the group: how many VMs arrive");
}

static void check_arrivals(const struct check *c, const struct scenario_vm *v, uint32_t i)
{
	static const char *const told[] = {
		"count", "vcpus", "ram", "start", "spacing", "interarrival", "lifetime", "inside", "tenant",
	};
	if (!v->has_arrivals)
		return;
	if (!v->arrivals.trace)
		diag_error(c->diag, check_place(c, "vms", i, "arrivals"),
		           "arrivals needs 'trace': a name (`vdcsim list traces`) or a path");
	for (size_t k = 0; k < sizeof told / sizeof *told; k++) {
		const struct yaml_node *given = check_given(c, "vms", i, told[k]);
		if (given)
			diag_error(c->diag, given->place, "'%s' is not used: 'arrivals' tells it VM by VM",
			           told[k]);
	}
}

static void check_times(const struct check *c, const struct scenario_vm *v, uint32_t i)
{
	int64_t last_ns;
	int64_t others = v->has_count ? v->count - 1 : 0;
	bool beyond = __builtin_mul_overflow(others, v->spacing_ns, &last_ns) ||
	              __builtin_add_overflow(last_ns, v->start_ns, &last_ns) || last_ns > TIME_MAX_NS;
	if (beyond)
		diag_error(c->diag, check_place(c, "vms", i, "spacing"),
		           "the last VM would start after 18 years, the end of time");
	else if (v->start_ns > c->s->duration_ns)
		diag_warning(c->diag, check_place(c, "vms", i, "start"),
		             "these VMs start after the end of the run");
}

/* A group that holds others stands before them: so nothing can be inside itself, and building goes down the
 * list. */
static void check_inside(const struct check *c, const struct names *vms, uint32_t i)
{
	const struct scenario_vm *v = &c->s->vms[i];
	struct place at = check_place(c, "vms", i, "inside");
	if (v->inside && name_known(c, vms, v->inside, at, "VM group") && names_find(vms, v->inside) >= i)
		diag_error(c->diag, at, "'%s' must stand before the groups that are inside it", v->inside);
}

static void check_vms(const struct check *c, const struct names *vms, const struct names *images,
                      const struct names *pools)
{
	const struct scenario *s = c->s;
	int64_t total = 0;
	for (uint32_t i = 0; i < s->vm_group_count; i++) {
		if (s->vms[i].dirty.free_01 + s->vms[i].dirty.cache_01 > 1)
			diag_error(c->diag, check_place(c, "vms", i, "dirty"),
			           "free pages and page cache are more than all of its memory");
		const struct scenario_vm *v = &s->vms[i];
		total += v->has_count ? v->count : 0;
		if (v->reservation_01 > v->cap_01)
			diag_error(c->diag, check_place(c, "vms", i, "reservation"),
			           "reservation (%g) is above cap (%g)", v->reservation_01, v->cap_01);
		name_known(c, images, v->image, check_place(c, "vms", i, "image"), "image");
		check_inside(c, vms, i);
		check_arrivals(c, v, i);
		check_demand(c, v, i);
		check_times(c, v, i);
		check_draws(c, v, i);
		check_storage(c, pools, i);
	}
	check_pools(c);
	if (total > VMS_MOST)
		diag_error(c->diag, yaml_at(c->root, "vms")->place, "%lld VMs; at most %d",
		           (long long)total, VMS_MOST);
}

static bool vm_fits(const struct scenario *s, const struct scenario_vm *v, const struct scenario_host *h)
{
	const struct admission *a = &s->admission;
	if (h->nodes) /* how large they are is not read yet */
		return true;
	return v->vcpus <= h->cores && v->vcpu_hz <= h->core_hz &&
	       (double)v->vcpus * (double)v->vcpu_hz <=
	               (double)h->cores * (double)h->core_hz * a->cpu_overcommit &&
	       (double)v->ram_bytes <=
	               (double)h->ram_bytes * (h->has_memory ? h->memory.overcommit : a->ram_overcommit) &&
	       (v->storage || (double)v->disk_bytes <= (double)h->disk_bytes * a->disk_overcommit);
}

/* Why the group would not fit on the host: the first thing that is too much. */
static void misfit_tell(char *text, size_t size, const struct scenario_vm *v, const struct scenario_host *h)
{
	char mine[40], has[40];
	if (v->vcpus > h->cores) {
		snprintf(text, size, "%lld vcpus, hosts of '%s' have %lld cores", (long long)v->vcpus,
		         h->name, (long long)h->cores);
		return;
	}
	bool speed = v->vcpu_hz > h->core_hz, ram = v->ram_bytes > h->ram_bytes;
	quantity_write(speed ? (double)v->vcpu_hz : ram ? (double)v->ram_bytes : (double)v->disk_bytes,
	               speed ? DIM_CPU_RATE : DIM_BYTES, mine, sizeof mine);
	quantity_write(speed ? (double)h->core_hz : ram ? (double)h->ram_bytes : (double)h->disk_bytes,
	               speed ? DIM_CPU_RATE : DIM_BYTES, has, sizeof has);
	snprintf(text, size, "%s is %s, hosts of '%s' have %s",
	         speed ? "vcpu_speed"
	         : ram ? "ram"
	               : "disk",
	         mine, h->name, has);
}

/* A VM that no empty host could take would wait for ever. Only asked when all else is right: a wrong value
 * that was told already must not be told again in this form. */
static void check_fit(const struct check *c)
{
	const struct scenario *s = c->s;
	for (uint32_t i = 0; i < s->vm_group_count; i++) {
		const struct scenario_vm *v = &s->vms[i];
		bool fits = v->inside || v->has_arrivals;
		for (uint32_t h = 0; !fits && h < s->host_group_count; h++)
			fits = vm_fits(s, v, &s->hosts[h]);
		if (fits || !s->host_group_count)
			continue;
		char why[200];
		misfit_tell(why, sizeof why, v, &s->hosts[s->host_group_count - 1]);
		diag_error(c->diag, v->place, "VMs of '%s' fit on no host, not even an empty one: %s",
		           v->name, why);
	}
}

/* A member that an action needs, may take or does not take. */
static void check_action_takes(const struct check *c, const struct scenario_action *a, uint32_t i,
                               const char *member, const char *given)
{
	const struct action_info *info = &action_infos[a->kind];
	enum action_need need = member[0] == 'v' ? info->vm : member[0] == 'h' ? info->host : info->into;
	if (need == NEEDS && !given)
		diag_error(c->diag, check_place(c, "actions", i, "do"), "action %s needs '%s'",
		           action_kind_names[a->kind], member);
	if (need == TAKES_NONE && given)
		diag_error(c->diag, check_place(c, "actions", i, member), "action %s takes no '%s'",
		           action_kind_names[a->kind], member);
}

static void check_action_vm(const struct check *c, uint32_t i, const char *member, const char *given)
{
	uint32_t group;
	int64_t number;
	if (given && !scenario_vm_find(c->s, given, &group, &number))
		diag_error(c->diag, check_place(c, "actions", i, member),
		           "unknown VM '%.80s'; write group-number, numbers from 0 to below the group's "
		           "count", given);
}

/* Planned kinds have no rules that one migration could have otherwise. */
static void check_action_with(const struct check *c, const struct scenario_action *a, uint32_t i)
{
	const char *kind = a->migration ? a->migration : c->s->migration.kind;
	if (!build_move_differs(&a->with))
		return;
	if (a->kind != ACTION_MIGRATE)
		diag_error(c->diag, check_place(c, "actions", i, "with"), "only migrate takes 'with'");
	else if (!build_move_kind(kind))
		diag_error(c->diag, check_place(c, "actions", i, "with"),
		           "'with' is for kinds of migration that go leg by leg; give the action a "
		           "'kind', or migration another one");
}

static void check_action(const struct check *c, const struct scenario_action *a, uint32_t i)
{
	const struct scenario *s = c->s;
	uint32_t group;
	int64_t number;
	check_action_takes(c, a, i, "vm", a->vm);
	check_action_takes(c, a, i, "host", a->host);
	check_action_takes(c, a, i, "into", a->into);
	if (a->migration && a->kind != ACTION_MIGRATE)
		diag_error(c->diag, check_place(c, "actions", i, "kind"), "only migrate takes a 'kind'");
	check_action_with(c, a, i);
	check_action_vm(c, i, "vm", a->vm);
	check_action_vm(c, i, "into", a->into);
	if (a->host && !scenario_host_find(s, a->host, &group, &number))
		diag_error(c->diag, check_place(c, "actions", i, "host"),
		           "unknown host '%.80s'; write group-number, numbers from 0 to below the group's "
		           "count",
		           a->host);
	if (a->at_ns > s->duration_ns)
		diag_error(c->diag, check_place(c, "actions", i, "at"),
		           "the action is after the end of the run");
}

static void check_rules(const struct check *c)
{
	const struct scenario *s = c->s;
	if (s->rules.energy == ENERGY_EXACT && (!s->rules.first_interval || !s->rules.last_interval)) {
		const struct yaml_node *energy = yaml_get(c->root, "energy");
		diag_error(c->diag, energy ? energy->place : c->root->place,
		           "first_interval and last_interval can be skipped only with 'rule: trapezoid'");
	}
	if (s->record.interval_ns && s->duration_ns / s->record.interval_ns > INTERVALS_MOST)
		diag_error(c->diag, yaml_at(c->root, "record.interval")->place,
		           "more than %d intervals in the run's duration; make the interval longer",
		           INTERVALS_MOST);
}

void scenario_check(const struct scenario *s, const struct yaml_node *root, struct diag *diag)
{
	struct check c = {s, root, diag};
	uint32_t errors = diag->errors;
	struct names sites = NAMES(s->sites, s->site_count), images = NAMES(s->images, s->image_count);
	struct names hosts = NAMES(s->hosts, s->host_group_count), vms = NAMES(s->vms, s->vm_group_count);
	struct names pools = NAMES(s->pools, s->pool_count);
	names_differ(&c, &sites, "sites");
	names_differ(&c, &images, "images");
	names_differ(&c, &hosts, "hosts");
	names_differ(&c, &vms, "vms");
	names_differ(&c, &pools, "pools");
	check_hosts(&c, &sites);
	for (uint32_t i = 0; i < s->pool_count; i++)
		name_known(&c, &sites, s->pools[i].site, check_place(&c, "pools", i, "site"), "site");
	check_vms(&c, &vms, &images, &pools);
	check_policies(&c);
	for (uint32_t i = 0; i < s->action_count; i++)
		check_action(&c, &s->actions[i], i);
	check_rules(&c);
	check_formats(&c);
	check_traffic(&c);
	check_processes(&c);
	machines_check(s, root, diag);
	cloudsim_check(s, root, diag);
	failures_check(&c);
	resilience_check(&c);
	schedulers_check(&c);
	memories_check(&c);
	if (diag->errors == errors)
		check_fit(&c);
	if (diag->errors == errors)
		hypervisors_check(s, root, diag);
	free(sites.at);
	free(images.at);
	free(hosts.at);
	free(vms.at);
	free(pools.at);
}

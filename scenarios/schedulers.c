/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vCPU schedulers of a scenario: defaults with what the scenario says otherwise, checked and built. */
#include "scenarios/schedulers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/bound.h"
#include "models/hypervisor/discrete.h"

const char *const scheduler_kind_names[SCHEDULER_KINDS] = {
	"fluid", "round_robin", "stride", "cfs", "eevdf", "credit",
};

#define PINS_MOST 64 /* cores that a pin can name: struct quantum_vcpu */

#define BIT(kind) (1U << ((kind) + 1))
#define LINUX (BIT(QUANTUM_CFS) | BIT(QUANTUM_EEVDF))
#define CREDIT BIT(QUANTUM_CREDIT)
#define DISCRETE (~1U) /* every kind but fluid */

/* Which kinds use which keys: a key that has no effect is a mistake. */
static const struct {
	const char *key;
	unsigned kinds;
} uses[] = {
	{"slice", BIT(QUANTUM_ROUND_ROBIN) | BIT(QUANTUM_STRIDE) | BIT(QUANTUM_EEVDF) | CREDIT},
	{"latency", BIT(QUANTUM_CFS)}, {"granularity", BIT(QUANTUM_CFS)}, {"wakeup", BIT(QUANTUM_CFS)},
	{"tick", LINUX | CREDIT}, {"boost", CREDIT}, {"debit", CREDIT}, {"cap_period", DISCRETE},
	{"switch_cost", DISCRETE}, {"migrate_cost", DISCRETE}, {"balance", DISCRETE}, {"gang", DISCRETE},
	{"allocation", DISCRETE},
};

bool schedulers_pins(const char *text, uint64_t *pins)
{
	*pins = 0;
	for (const char *at = text;; at++) {
		char *end;
		if (*at < '0' || *at > '9')
			return false;
		unsigned long first = strtoul(at, &end, 10), last = first;
		if (*end == '-' && end[1] >= '0' && end[1] <= '9')
			last = strtoul(end + 1, &end, 10);
		if (last < first || last >= PINS_MOST)
			return false;
		for (unsigned long core = first; core <= last; core++)
			*pins |= UINT64_C(1) << core;
		if (*end == '\0')
			return true;
		if (*end != ',')
			return false;
		at = end;
	}
}

/* A run of this many takes a good part of an hour for one host; beyond it nobody waits. */
#define TURNS_MOST INT64_C(10000000000)

static struct quantum_rules rules_of(const struct scenario_scheduler *s, uint32_t cores);

static void check_turn(const struct check *c, struct place at, const char *what, int64_t turn_ns)
{
	if (turn_ns > 0 && c->s->duration_ns / turn_ns > TURNS_MOST)
		diag_error(c->diag, at,
		           "more than %lld %s %lld ns in the run's duration; make it longer, or the "
		           "run shorter",
		           (long long)TURNS_MOST, what, (long long)turn_ns);
}

/* The scheduler is asked at each tick, or else after each slice, while anybody runs; and by balancing. */
static void check_turns(const struct check *c, uint32_t i)
{
	const struct scenario_host *h = &c->s->hosts[i];
	struct quantum_rules r = rules_of(&h->scheduler, (uint32_t)h->cores);
	bool ticks = (LINUX | CREDIT) & 1U << h->scheduler.kind;
	check_turn(c, check_place(c, "hosts", i, "scheduler"), ticks ? "ticks of" : "slices of",
	           ticks ? r.tick_ns : r.slice_ns);
	check_turn(c, check_place(c, "hosts", i, "scheduler.balance"),
	           "looks at the balance of cores, one every", r.balance_ns);
}

static void check_host(const struct check *c, uint32_t i)
{
	const struct scenario_host *h = &c->s->hosts[i];
	unsigned kind = h->scheduler.kind;
	for (size_t k = 0; k < sizeof uses / sizeof *uses; k++) {
		char path[64];
		snprintf(path, sizeof path, "scheduler.%s", uses[k].key);
		const struct yaml_node *given = check_given(c, "hosts", i, path);
		if (given && !(uses[k].kinds & 1U << kind))
			diag_error(c->diag, given->place, "'%s' is not used by scheduler %s", uses[k].key,
			           scheduler_kind_names[kind]);
	}
	if (!kind)
		return;
	check_turns(c, i);
	if (h->has_hypervisor)
		diag_error(c->diag, check_place(c, "hosts", i, "scheduler"),
		           "scheduler %s and a 'hypervisor' do not go together yet: its service domain is "
		           "shared as a fluid", scheduler_kind_names[kind]);
	if (c->s->rules.energy != ENERGY_EXACT)
		diag_error(c->diag, check_place(c, "hosts", i, "scheduler"),
		           "scheduler %s needs 'energy: {rule: exact}': its power changes with every slice",
		           scheduler_kind_names[kind]);
}

/* Every host that the VM may come to must have the cores; one that is shared as a fluid not too many. */
static void check_pin(const struct check *c, uint32_t i)
{
	const struct scenario *s = c->s;
	const struct scenario_vm *v = &s->vms[i];
	struct place at = check_place(c, "vms", i, "pin");
	uint64_t pins;
	if (!v->pin)
		return;
	if (!schedulers_pins(v->pin, &pins)) {
		diag_error(c->diag, at, "pin '%.60s' is no list of cores from 0 to %d, like 0-3,8", v->pin,
		           PINS_MOST - 1);
		return;
	}
	for (uint32_t h = 0; h < s->host_group_count; h++) {
		if (!s->hosts[h].scheduler.kind && s->hosts[h].cores > SHARE_PINNED_CORES)
			diag_error(c->diag, at,
			           "'pin' needs hosts of at most %d cores, or a discrete scheduler; those of "
			           "'%s' have %lld",
			           SHARE_PINNED_CORES, s->hosts[h].name, (long long)s->hosts[h].cores);
		else if (!s->hosts[h].nodes && s->hosts[h].cores < PINS_MOST && pins >> s->hosts[h].cores)
			diag_error(c->diag, at, "pin '%.60s': hosts of '%s' have cores 0 to %lld", v->pin,
			           s->hosts[h].name, (long long)s->hosts[h].cores - 1);
	}
}

/* As a fluid, few different pins can be on a host at once: those that would be too many are refused there. */
static void check_pins(const struct check *c)
{
	const struct scenario *s = c->s;
	uint64_t pins, seen[BOUND_PINS + 1];
	uint32_t count = 0;
	bool fluid = false;
	for (uint32_t h = 0; h < s->host_group_count; h++)
		fluid = fluid || !s->hosts[h].scheduler.kind;
	for (uint32_t i = 0; fluid && i < s->vm_group_count; i++) {
		uint32_t k = 0;
		if (!s->vms[i].pin || !schedulers_pins(s->vms[i].pin, &pins))
			continue;
		while (k < count && seen[k] != pins)
			k++;
		if (k < count)
			continue;
		if (count == BOUND_PINS) {
			diag_warning(c->diag, check_place(c, "vms", i, "pin"),
			             "more than %d different pins: a host shared as a fluid takes VMs of at "
			             "most %d, others are refused there", BOUND_PINS, BOUND_PINS);
			return;
		}
		seen[count++] = pins;
	}
}

/* Who lives inside a VM shares what that gets, not cores. */
static void check_bound_inside(const struct check *c, uint32_t i)
{
	static const char *const keys[] = {"pin", "cpu_priority"};
	const struct scenario_vm *v = &c->s->vms[i];
	for (int k = 0; v->inside && k < 2; k++)
		if (check_given(c, "vms", i, keys[k]))
			diag_error(c->diag, check_place(c, "vms", i, keys[k]),
			           "'%s' is of VMs on hosts; those of '%s' are inside '%s'", keys[k], v->name,
			           v->inside);
}

static void check_vm(const struct check *c, uint32_t i, bool any, bool ticks)
{
	static const char *const keys[] = {"burst_period", "lock", "cheat"};
	const struct scenario_vm *v = &c->s->vms[i];
	for (int k = 0; !any && k < 3; k++) {
		const struct yaml_node *given = check_given(c, "vms", i, keys[k]);
		if (given)
			diag_warning(c->diag, given->place,
			             "'%s' of '%s' has no effect: no host has a discrete scheduler", keys[k],
			             v->name);
	}
	if (any && v->inside)
		diag_error(c->diag, check_place(c, "vms", i, "inside"),
		           "VMs inside VMs and hosts with a discrete scheduler do not go together yet");
	if (any)
		check_turn(c, check_place(c, "vms", i, "burst_period"), "bursts of", v->bursts.period_ns);
	if (any && v->has_lock)
		check_turn(c, check_place(c, "vms", i, "lock.every"), "takings of the lock, one every",
		           v->bursts.lock_every_ns);
	if (v->has_lock && v->bursts.cheat_ns)
		diag_error(c->diag, check_place(c, "vms", i, "cheat"),
		           "'cheat' and 'lock' do not go together");
	if (any && v->bursts.cheat_ns && !ticks)
		diag_warning(c->diag, check_place(c, "vms", i, "cheat"),
		             "'cheat' of '%s' has no effect: no host's scheduler has a tick that is longer",
		             v->name);
}

static struct quantum_rules rules_of(const struct scenario_scheduler *s, uint32_t cores)
{
	struct quantum_rules r = quantum_defaults((enum quantum_scheduler)(s->kind - 1));
	quantum_defaults_scale(&r, cores);
	r.slice_ns = s->has_slice ? s->slice_ns : r.slice_ns;
	r.latency_ns = s->has_latency ? s->latency_ns : r.latency_ns;
	r.granularity_ns = s->has_granularity ? s->granularity_ns : r.granularity_ns;
	r.wakeup_ns = s->has_wakeup ? s->wakeup_ns : r.wakeup_ns;
	r.tick_ns = s->has_tick ? s->tick_ns : r.tick_ns;
	r.cap_period_ns = s->has_cap_period ? s->cap_period_ns : r.cap_period_ns;
	r.switch_ns = s->has_switch ? s->switch_ns : r.switch_ns;
	r.migrate_ns = s->has_migrate ? s->migrate_ns : r.migrate_ns;
	r.balance_ns = s->has_balance ? s->balance_ns : r.balance_ns;
	r.boost = s->has_boost ? s->boost : r.boost;
	r.debit_samples = s->debit_samples;
	r.gang = s->gang;
	r.allocation = (enum quantum_allocation)s->allocation;
	return r;
}

static void check_schedule(const struct check *c)
{
	const struct scenario *s = c->s;
	const struct scenario_schedule *w = &s->schedule;
	const struct yaml_node *node = yaml_at(c->root, "record");
	uint32_t group;
	int64_t number;
	if (!s->has_schedule)
		return;
	struct place at = w->host ? w->place : node ? node->place : c->root->place;
	if (!w->host)
		diag_error(c->diag, at, "record.schedule needs 'host': group-number, from 0");
	else if (!scenario_host_find(s, w->host, &group, &number))
		diag_error(c->diag, at,
		           "unknown host '%.80s'; write group-number, numbers from 0 to below the group's "
		           "count", w->host);
	else if (!s->hosts[group].scheduler.kind)
		diag_error(c->diag, at, "'%.80s' has the fluid scheduler, which has no schedule", w->host);
}

void schedulers_check(const struct check *c)
{
	const struct scenario *s = c->s;
	bool any = false;
	int64_t tick_ns = 0;
	for (uint32_t i = 0; i < s->host_group_count; i++) {
		const struct scenario_scheduler *kind = &s->hosts[i].scheduler;
		check_host(c, i);
		if (!kind->kind)
			continue;
		any = true;
		struct quantum_rules rules = rules_of(kind, (uint32_t)s->hosts[i].cores);
		tick_ns = rules.tick_ns > tick_ns ? rules.tick_ns : tick_ns;
	}
	for (uint32_t i = 0; i < s->vm_group_count; i++) {
		check_vm(c, i, any, tick_ns > s->vms[i].bursts.cheat_ns);
		check_pin(c, i);
		check_bound_inside(c, i);
	}
	check_pins(c);
	check_schedule(c);
}

static void watch(struct world *world, const struct scenario *s)
{
	uint32_t group;
	int64_t number;
	if (!s->has_schedule || !scenario_host_find(s, s->schedule.host, &group, &number))
		return;
	int64_t from_ns = s->schedule.from_ns;
	for (uint32_t h = 0; h < world->host_count; h++)
		if (world->hosts[h].type == group && world->hosts[h].number == number)
			discrete_watch_host(world, h, from_ns, from_ns + s->schedule.for_ns);
}

void schedulers_build(struct world *world, const struct scenario *s)
{
	for (uint32_t i = 0; i < s->host_group_count; i++) {
		struct host_type *type = &world->host_types[i];
		if (!s->hosts[i].scheduler.kind)
			continue;
		struct quantum_rules *rules = arena_new(&world->arena, 1, sizeof *rules);
		*rules = rules_of(&s->hosts[i].scheduler, type->cores);
		type->scheduler = rules;
	}
	for (uint32_t t = 0; t < world->vm_type_count; t++) {
		const struct scenario_vm *v = &s->vms[world->vm_types[t].group];
		struct vm_type *type = &world->vm_types[t];
		type->bursts = v->bursts;
		if (!v->has_lock)
			type->bursts.lock_every_ns = type->bursts.lock_hold_ns = 0;
		type->pinned = v->pin != NULL;
		if (v->pin)
			schedulers_pins(v->pin, &type->pins);
	}
	discrete_open(world);
	if (world->discrete)
		watch(world, s);
}

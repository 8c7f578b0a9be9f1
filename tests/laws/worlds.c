/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws random worlds from a seed. */
#include "tests/laws/worlds.h"

#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/fluid.h"
#include "policies/registry.h"
#include "sim/random.h"

static uint64_t below(struct random_stream *r, uint64_t n)
{
	return random_below(r, n);
}

static void draw_samples(struct random_stream *r, struct demand_set *set)
{
	struct demand_samples *cpu = &set->columns[DEMAND_CPU];
	cpu->bits = below(r, 2) ? 8 : 16;
	cpu->full_scale = cpu->bits == 8 ? (below(r, 2) ? 100 : 255) : 65535;
	cpu->stride = (set->axis.count + 15) / 16 * 16;
	cpu->at = memory_new((size_t)set->rows * cpu->stride, cpu->bits / 8, "test samples");
	bool idle_often = below(r, 2);
	for (size_t i = 0; i < (size_t)set->rows * cpu->stride; i++) {
		uint64_t value = idle_often && below(r, 3) == 0 ? 0 : below(r, (uint64_t)cpu->full_scale + 1);
		if (cpu->bits == 8)
			((uint8_t *)cpu->at)[i] = (uint8_t)value;
		else
			((uint16_t *)cpu->at)[i] = (uint16_t)value;
	}
}

static void draw_set(struct random_stream *r, struct demand_set *set)
{
	*set = (struct demand_set){.name = "random", .rows = 1 + (uint32_t)below(r, 6)};
	set->axis = (struct demand_axis){
		.start_ns = (int64_t)below(r, 3) * 7 * NS_PER_S,
		.period_ns = (1 + (int64_t)below(r, 150)) * NS_PER_S / 3,
		.count = 1 + (uint32_t)below(r, below(r, 2) ? 300 : 30),
	};
	draw_samples(r, set);
	set->irregular = below(r, 3) == 0;
	if (!set->irregular)
		return;
	uint32_t *counts = memory_new(set->rows, sizeof *counts, "test counts");
	int64_t *stamps = memory_new((size_t)set->rows * set->axis.count, sizeof *stamps, "test stamps");
	for (uint32_t row = 0; row < set->rows; row++) {
		counts[row] = 1 + (uint32_t)below(r, set->axis.count);
		int64_t at_ns = (int64_t)below(r, 20) * NS_PER_S;
		for (uint32_t k = 0; k < counts[row]; k++) {
			stamps[(size_t)row * set->axis.count + k] = at_ns;
			at_ns += 1 + (int64_t)below(r, 60 * (uint64_t)NS_PER_S);
		}
	}
	set->row_count = counts;
	set->stamps_ns = stamps;
}

static void draw_plan(struct random_stream *r, struct random_world *w, struct demand_set *set)
{
	struct demand_plan plan = {
		.set = set, .scale = below(r, 2) ? 1.0 : random_uniform(r, 0.2, 1.5),
		.shift_ns = below(r, 2) ? 0 : (int64_t)below(r, 100) * NS_PER_S - 50 * NS_PER_S,
		.hold = set->irregular || below(r, 2) ? DEMAND_STEP : DEMAND_LINEAR,
		.interval_ns = (1 + (int64_t)below(r, 100)) * NS_PER_S,
		.offset_ns = (int64_t)below(r, 1000) * NS_PER_MS,
		.end = (enum demand_end)below(r, DEMAND_ENDS),
	};
	if (set->irregular && plan.end == DEMAND_END_REPEAT)
		plan.end = DEMAND_END_HOLD;
	world_plan_add(&w->world, &plan);
}

static void draw_host_type(struct random_stream *r, struct random_world *w)
{
	struct power_curve curve = {.name = "curve", .form = (enum power_form)below(r, POWER_FORMS)};
	curve.idle_w = random_uniform(r, 20, 200);
	curve.max_w = curve.idle_w + random_uniform(r, 0, 200);
	for (unsigned k = 0; k < POWER_POINTS; k++)
		curve.table_w[k] = curve.idle_w + (double)k * random_uniform(r, 1, 9);
	curve_id id = {world_curve_add(&w->world, &curve)};
	uint32_t i = world_host_type_add(&w->world, "h");
	struct host_type *t = &w->world.host_types[i];
	t->cores = 1 + (uint32_t)below(r, 5);
	t->core_hz = 1000000000 + (int64_t)below(r, 3000000000);
	t->cpu_hz = t->cores * t->core_hz;
	t->ram_bytes = (int64_t)(8 + below(r, 120)) << 30;
	t->disk_bytes = INT64_C(1) << 40;
	t->nic_bps = 1000000000;
	t->curve = id;
	for (unsigned s = 0; s < HOST_STATES; s++)
		t->phase[s] = (struct host_phase){
			.time_ns = (int64_t)below(r, 90) * NS_PER_S, .power_uw = (int64_t)below(r, 200000000),
		};
}

static void draw_vm_type(struct random_stream *r, struct random_world *w, bool busy)
{
	uint32_t i = world_vm_type_add(&w->world, "v");
	struct vm_type *t = &w->world.vm_types[i];
	t->vcpus = 1 + (uint32_t)below(r, 4);
	t->vcpu_hz = 500000000 + (int64_t)below(r, 1500000000);
	t->cpu_hz = t->vcpus * t->vcpu_hz;
	t->cap_hz = below(r, 3) ? t->cpu_hz : t->cpu_hz / 2;
	t->reservation_hz = below(r, 2) ? 0 : (int64_t)below(r, (uint64_t)t->cap_hz / 4);
	t->weight = 1 + (uint32_t)below(r, 4096);
	t->priority = (uint32_t)below(r, 3);
	t->ram_bytes = (int64_t)(1 + below(r, 3)) << 30;
	if (below(r, 8))
		t->plan.i = (uint32_t)below(r, w->world.plan_count);
	const struct demand_plan *plan = t->plan.i == ID_NONE ? NULL : &w->world.plans[t->plan.i];
	/* Of lines that repeat for ever, models/demand.c looks at each instant in turn: too long for a
	 * thousand worlds. */
	bool endless = plan && plan->end == DEMAND_END_REPEAT && plan->hold == DEMAND_LINEAR;
	t->dies_idle = busy && below(r, 4) == 0 && !endless;
	uint32_t rows = plan ? plan->set->rows : 1;
	uint32_t n = 1 + (uint32_t)below(r, 16), first = world_vms_add(&w->world, i, n);
	for (uint32_t k = 0; k < n; k++) {
		struct vm *vm = &w->world.vms[first + k];
		vm->row = (uint32_t)below(r, rows);
		vm->start_ns = busy ? (int64_t)below(r, 12) * 50 * NS_PER_S : 0;
		if (busy && below(r, 3) == 0)
			vm->life_ns = (int64_t)below(r, 4000) * NS_PER_S;
		/* Some guests hold others: the guest before it in the table, if that is held by a host. */
		if (first + k > 0 && below(r, 6) == 0 && w->world.vms[first + k - 1].inside == ID_NONE)
			vm->inside = first + k - 1;
	}
}

static uint32_t draw_actions(struct random_stream *r, struct random_world *w)
{
	uint32_t n = (uint32_t)below(r, sizeof w->actions / sizeof *w->actions + 1);
	int64_t at_ns = (int64_t)below(r, 600) * NS_PER_S;
	for (uint32_t k = 0; k < n; k++) {
		/* often while a move is under way */
		at_ns += (int64_t)below(r, below(r, 2) ? 200 : 20) * NS_PER_S;
		w->actions[k] = (struct action){
			.at_ns = at_ns,
			.kind = below(r, 2) ? ACTION_MIGRATE : (enum action_kind)below(r, ACTION_KINDS),
			.vm = (uint32_t)below(r, w->world.vm_count),
			.host = (uint32_t)below(r, w->world.host_count), .order = k,
			.into = (uint32_t)below(r, w->world.vm_count),
		};
	}
	return n;
}

static void build(struct random_stream *r, struct random_world *w, bool busy)
{
	site_id site = {world_site_add(&w->world, "site")};
	for (unsigned i = 0; i < 2; i++)
		draw_host_type(r, w);
	rack_id rack = {world_rack_add(&w->world, "rack", site)};
	struct network *net = &w->world.network;
	network_cable_add(net, w->world.racks[0].tor, w->world.sites[0].core, 10000000000, 1000);
	uint32_t hosts = 1 + (uint32_t)below(r, 5);
	for (uint32_t h = 0; h < hosts; h++) {
		uint32_t i = world_host_add(&w->world, (uint32_t)below(r, 2), rack);
		network_cable_add(net, w->world.hosts[i].node, w->world.racks[0].tor, 1000000000, 1000);
		w->world.hosts[i].state = busy && below(r, 5) == 0 ? HOST_OFF : HOST_ON;
	}
	for (unsigned i = 0; i < 4; i++)
		draw_set(r, &w->sets[i]);
	for (unsigned i = 0; i < 6; i++)
		draw_plan(r, w, &w->sets[below(r, 4)]);
	unsigned types = 1 + (unsigned)below(r, 4);
	for (unsigned i = 0; i < types; i++)
		draw_vm_type(r, w, busy);
}

void random_world_open(struct random_world *w, const struct random_world_options *o)
{
	struct random_stream r;
	random_init(&r, o->seed, "random world", 0);
	memset(w, 0, sizeof *w);
	w->engine = engine_open("random world", o->seed);
	world_init(&w->world, w->engine);
	w->world.rules.batch = o->batch;
	w->world.rules.energy = o->energy;
	w->world.rules.idle_draws = o->idle_draws;
	w->world.rules.last_interval = o->last_interval;
	lifecycle_init(&w->life, &w->world);
	vm_life_init(&w->life);
	migrations_init(&w->migrations, &w->world, &w->life);
	w->migrations.bandwidth_share = 0.5;
	w->migrations.loss_ppm = (uint32_t)below(&r, 3) * 100000;
	uint32_t policies = 0;
	while (policy_registry[policies])
		policies++;
	const struct policy *policy;
	do
		policy = policy_registry[below(&r, policies)];
	while (!policy->place);
	control_open(&w->control, &w->world, &w->life, &w->migrations, policy);
	build(&r, w, o->busy);
	w->end_ns = (1000 + (int64_t)below(&r, 12000)) * NS_PER_S + (int64_t)below(&r, (uint64_t)NS_PER_S);
	uint32_t actions = o->busy ? draw_actions(&r, w) : 0;
	struct admission admission = {
		.cpu_overcommit = 3, .ram_overcommit = 1, .disk_overcommit = 1, .wait = below(&r, 2),
	};
	if (o->change)
		o->change(o->context, w);
	world_digest_constants(&w->world);
	if (!o->batch)
		fluid_unbatched_start(&w->world);
	const double values[8] = {1};
	control_start(&w->control, &admission, values, w->actions, actions);
}

void random_world_run(struct random_world *w)
{
	/* In steps, so that the laws of the instant are tested along the way. */
	for (int k = 1; k <= 4; k++) {
		engine_run(w->engine, w->end_ns / 4 * k);
		world_check(&w->world);
	}
	engine_run(w->engine, w->end_ns);
	fluid_finish(&w->world, w->end_ns);
	world_check(&w->world);
}

void random_world_close(struct random_world *w)
{
	control_close(&w->control);
	migrations_fini(&w->migrations);
	world_fini(&w->world);
	for (unsigned i = 0; i < 4; i++) {
		free(w->sets[i].columns[DEMAND_CPU].at);
		free((void *)(uintptr_t)w->sets[i].row_count);
		free((void *)(uintptr_t)w->sets[i].stamps_ns);
	}
	engine_close(w->engine);
}

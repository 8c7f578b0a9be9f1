/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds small worlds piece by piece. */
#include "tests/models/small.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

void small_open(struct small *s)
{
	memset(s, 0, sizeof *s);
	s->engine = engine_open("small world", 1);
	world_init(&s->world, s->engine);
	lifecycle_init(&s->life, &s->world);
	vm_life_init(&s->life);
	migrations_init(&s->migrations, &s->world, &s->life);
	uint32_t site = world_site_add(&s->world, "site");
	world_rack_add(&s->world, "rack", (site_id){site});
	const struct power_curve curve = {
		.name = "linear", .form = POWER_LINEAR, .idle_w = 100, .max_w = 200,
	};
	world_curve_add(&s->world, &curve);
}

void small_close(struct small *s)
{
	migrations_fini(&s->migrations);
	world_fini(&s->world);
	for (uint32_t i = 0; i < s->set_count; i++)
		free(s->sets[i].columns[DEMAND_CPU].at);
	engine_close(s->engine);
}

uint32_t small_host_type(struct small *s, uint32_t cores, int64_t core_hz)
{
	uint32_t i = world_host_type_add(&s->world, "host");
	struct host_type *t = &s->world.host_types[i];
	t->cores = cores;
	t->core_hz = core_hz;
	t->cpu_hz = cores * core_hz;
	t->ram_bytes = INT64_C(8) << 30;
	t->disk_bytes = INT64_C(1) << 40;
	t->nic_bps = 1000000000;
	for (unsigned state = 0; state < HOST_STATES; state++)
		if (state != HOST_ON)
			t->phase[state] = (struct host_phase){state * 10 * NS_PER_S, SMALL_W(state) * JOULE};
	return i;
}

uint32_t small_host(struct small *s, uint32_t type)
{
	uint32_t i = world_host_add(&s->world, type, (rack_id){0});
	s->world.hosts[i].number = i;
	node_id tor = s->world.racks[0].tor;
	network_cable_add(&s->world.network, s->world.hosts[i].node, tor, 1000000000, NS_PER_MS);
	return i;
}

uint32_t small_plan(struct small *s, int64_t period_s, uint32_t n, const uint8_t *percent)
{
	struct demand_set *set = &s->sets[s->set_count++];
	ASSERT(s->set_count <= SMALL_SETS);
	*set = (struct demand_set){.name = "by hand", .rows = 1, .axis = {0, period_s * NS_PER_S, n}};
	struct demand_samples *cpu = &set->columns[DEMAND_CPU];
	*cpu = (struct demand_samples){.bits = 8, .stride = (n + 15) / 16 * 16, .full_scale = 100};
	cpu->at = memory_new(cpu->stride, 1, "test samples");
	memcpy(cpu->at, percent, n);
	const struct demand_plan plan = {.set = set, .scale = 1, .end = DEMAND_END_HOLD};
	return world_plan_add(&s->world, &plan);
}

uint32_t small_vm(struct small *s, int64_t cpu_hz, uint32_t plan)
{
	uint32_t i = world_vm_type_add(&s->world, "guest");
	struct vm_type *t = &s->world.vm_types[i];
	t->vcpus = 1;
	t->vcpu_hz = t->cpu_hz = t->cap_hz = cpu_hz;
	t->ram_bytes = INT64_C(1) << 30;
	t->plan.i = plan;
	return world_vms_add(&s->world, i, 1);
}

struct vm_type *small_type(struct small *s, uint32_t vm)
{
	return &s->world.vm_types[s->world.vms[vm].type];
}

void small_place(struct small *s, uint32_t vm, uint32_t host)
{
	CU_ASSERT_PTR_NULL(vm_life_start(&s->life, (vm_id){vm}, (struct vm_parent){false, host}));
}

void small_nest(struct small *s, uint32_t vm, uint32_t holder)
{
	CU_ASSERT_PTR_NULL(vm_life_start(&s->life, (vm_id){vm}, (struct vm_parent){true, holder}));
}

void small_run(struct small *s, int64_t at_s)
{
	engine_run(s->engine, at_s * NS_PER_S);
	fluid_advance_all(&s->world, at_s * NS_PER_S);
	world_check(&s->world);
}

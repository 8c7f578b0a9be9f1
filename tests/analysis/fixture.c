/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds the hand-made run. */
#include "tests/analysis/fixture.h"

#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/discrete.h"
#include "models/hypervisor/fluid.h"
#include "models/hypervisor/memory_host.h"
#include "sim/time.h"

#define HOUR_WORK ((wide)1000000000 * 3600 * 1000000000) /* 1 GHz h */

static void groups_add(struct world *w)
{
	uint32_t curve = world_curve_add(w, &(struct power_curve){
		.name = "line", .form = POWER_LINEAR, .idle_w = 90, .max_w = 200});
	for (unsigned i = 0; i < 2; i++) {
		uint32_t type = world_host_type_add(w, i ? "g5" : "g4");
		w->host_types[type].cores = 2;
		w->host_types[type].core_hz = 1860000000 + 800000000 * (int64_t)i;
		w->host_types[type].cpu_hz = 2 * w->host_types[type].core_hz;
		w->host_types[type].ram_bytes = INT64_C(4) << 30;
		w->host_types[type].curve.i = curve;
		type = world_vm_type_add(w, i ? "web" : "database");
		w->vm_types[type].vcpus = 1;
		w->vm_types[type].vcpu_hz = w->vm_types[type].cpu_hz = w->vm_types[type].cap_hz = 2500000000;
		w->vm_types[type].ram_bytes = INT64_C(1) << 30;
	}
}

void fixture_open(struct fixture *f, uint64_t chance)
{
	*f = (struct fixture){.chance = chance * 2 + 1};
	struct world *w = &f->world;
	f->engine = engine_open("fixture", 7);
	world_init(w, f->engine);
	groups_add(w);
	world_site_add(w, "north");
	world_site_add(w, "south");
	w->sites[1].pue = 1.5;
	w->sites[1].carbon_g_per_kwh = 400;
	for (uint32_t i = 0; i < 3; i++)
		world_rack_add(w, i == 0 ? "a" : i == 1 ? "b" : "c", (site_id){i / 2});
	for (uint32_t i = 0; i < FIXTURE_HOSTS; i++) {
		uint32_t host = world_host_add(w, i % 2, (rack_id){i % 3});
		w->hosts[host].number = i / 2;
	}
	world_vms_add(w, 0, 4);
	world_vms_add(w, 1, 3);
}

void fixture_close(struct fixture *f)
{
	if (f->record.world)
		record_close(&f->record);
	discrete_close(&f->world);
	memory_close(&f->world);
	world_fini(&f->world);
	engine_close(f->engine);
}

/* Two hosts whose memory was looked at twice. */
static void memory_set(struct world *w)
{
	static const struct memory_rules rules = {.overcommit = 2};
	struct memory_type *types = memory_new(w->vm_type_count, sizeof *types, "memory of kinds of guests");
	w->host_types[0].memory = &rules;
	memory_open(w, types, fluid_touch);
	free(types);
	for (uint32_t k = 0; k < 4; k++) {
		struct memory *m = w->memory;
		ARRAY_GROW(m->rows, m->row_count, m->row_room, "memory of hosts over time");
		m->rows[m->row_count++] = (struct memory_row){
			.time_ns = k * NS_PER_MIN, .host = k % 2 * 2, .capacity_bytes = 4000,
			.used_bytes = 5000, .resident_bytes = 3000, .shared_bytes = 500,
			.ballooned_bytes = 700, .swapped_bytes = 800,
		};
	}
}

void fixture_schedule(struct fixture *f)
{
	static const struct quantum_rules rules = {
		.slice_ns = NS_PER_MS, .cap_slice_ns = NS_PER_MS, .cap_period_ns = NS_PER_S,
	};
	struct world *w = &f->world;
	w->host_types[0].scheduler = &rules;
	memory_set(w);
	discrete_open(w);
	discrete_watch_host(w, 0, 0, NS_PER_S);
	for (uint32_t i = 0; i < FIXTURE_HOSTS; i += 2)
		quantum_run(w->discrete->hosts[i].quantum, NS_PER_S);
	for (uint32_t i = 0; i < FIXTURE_VMS; i++) {
		struct discrete_vm *vm = &w->discrete->vms[i];
		struct discrete_watch *watch = &w->discrete->watch;
		vm->latency = memory_new(QUANTUM_LATENCY_BINS, sizeof *vm->latency, "test");
		vm->latency[4 + i] = vm->wakeups = 20;
		vm->run_ns = vm->ready_ns = (i + 1) * NS_PER_MS;
		ARRAY_GROW(watch->stays, watch->count, watch->room, "test");
		watch->stays[watch->count++] = (struct discrete_stay){
			.from_ns = i * NS_PER_MS, .to_ns = (i + 1) * NS_PER_MS, .core = i % 2, .vm = i};
	}
}

/* xorshift64* (Vigna 2016) */
uint64_t fixture_chance(struct fixture *f, uint64_t below)
{
	f->chance ^= f->chance >> 12;
	f->chance ^= f->chance << 25;
	f->chance ^= f->chance >> 27;
	return f->chance * UINT64_C(0x2545F4914F6CDD1D) % below;
}

struct host_span fixture_span(struct fixture *f, uint32_t host, int64_t t0_ns, int64_t dt_ns, uint32_t n)
{
	bool on = fixture_chance(f, 5) > 0;
	for (uint32_t k = 0; k < n; k++) {
		f->demand[k] = on && fixture_chance(f, 4) ? (double)fixture_chance(f, 5000000000) : 0;
		f->given[k] = f->demand[k] < 3720e6 ? f->demand[k] : 3720e6;
		f->power[k] = on ? (double)(90000000 + fixture_chance(f, 110000000)) : 0;
	}
	return (struct host_span){
		.host = {host}, .t0_ns = t0_ns, .dt_ns = dt_ns, .n = n,
		.demand_hz = f->demand, .given_hz = f->given, .power_uw = f->power, .on = on,
	};
}

static void totals_set(struct fixture *f)
{
	struct world *w = &f->world;
	for (uint32_t i = 0; i < FIXTURE_HOSTS; i++) {
		w->hosts[i].energy = (wide)7200000 * (i + 1) * 1000000000000000; /* (i + 1) kWh */
		w->hosts[i].on_ns = w->hosts[i].active_ns = 2 * NS_PER_HOUR;
		w->hosts[i].saturated_ns = i == 0 ? NS_PER_HOUR : 0;
		w->hosts[i].updates = 10;
	}
	w->hosts[4].active_ns = 0;
	for (uint32_t i = 0; i < FIXTURE_VMS; i++) {
		w->vms[i].state = i == 6 ? VM_WAITING : VM_RUNNING;
		w->vms[i].demanded = i < 5 ? 4 * HOUR_WORK : 0;
		w->vms[i].stolen = i == 2 ? HOUR_WORK : 0;
		w->vms[i].migration_lost = i == 2 ? HOUR_WORK / 2 : 0;
		w->vms[i].placed_ns = i == 6 ? -1 : 0;
	}
}

static void migration_set(struct fixture *f)
{
	f->migration = (struct migration){
		.vm = {2},
		.source = {0},
		.target = {3},
		.start_ns = NS_PER_MIN,
		.end_ns = 2 * NS_PER_MIN,
		.switch_ns = 2 * NS_PER_MIN,
		.done = true,
		.outcome = {.total_ns = NS_PER_MIN, .sent_bytes = INT64_C(1) << 30},
	};
	f->migrations = (struct migrations){.world = &f->world, .all = &f->migration, .count = 1};
}

/* Electricity at both sites; a price and rack units of the first group of hosts alone. */
static void prices_set(struct fixture *f)
{
	f->site_prices[0] = (struct costs_site){.electricity_per_kwh = 0.25, .rack_unit_per_month = 73};
	f->site_prices[1] = (struct costs_site){.electricity_per_kwh = 0.125};
	f->host_prices[0] = (struct costs_host){.price = 4380, .depreciation_years = 4, .rack_units = 1};
	f->host_prices[1] = (struct costs_host){.depreciation_years = 4};
	f->costs = (struct costs){"EUR", f->site_prices, f->host_prices, f->vm_prices};
}

void fixture_run(struct fixture *f, const struct record_options *options)
{
	int64_t end_ns = 2 * NS_PER_HOUR;
	record_open(&f->record, &f->world, options, end_ns);
	for (uint32_t host = 0; host < FIXTURE_HOSTS; host++) {
		struct host_span span = fixture_span(f, host, 0, 300 * NS_PER_S, 24);
		if (f->world.hooks.span)
			f->world.hooks.span(f->world.hooks.context, &span);
	}
	for (uint32_t i = 0; i < FIXTURE_VMS - 1; i++)
		world_note(&f->world, NOTE_VM_PLACED, i, i % FIXTURE_HOSTS, 0);
	world_note(&f->world, NOTE_VM_WAITS, 6, ID_NONE, 0);
	totals_set(f);
	migration_set(f);
	record_finish(&f->record);
	summary_of(&f->summary, &f->world, &f->migrations, end_ns);
	prices_set(f);
	costs_of(&f->summary, &f->costs, &f->world, end_ns);
	provenance_of(&f->provenance, 0.25);
}

bool fixture_lacks(const char *plot)
{
	static const char *const lacking[] = {
		"machines", "overhead", "slowdown", "migration_rounds", "migration_rates", "migration_guest",
		"migration_compare", "migration_downtime",
		"migration_stages", "migration_distance", "compatibility", "traffic",
		"availability", "checkpoint", "remus", "hotspots", "frontier",
	};
	for (size_t i = 0; i < sizeof lacking / sizeof *lacking; i++)
		if (strcmp(lacking[i], plot) == 0)
			return true;
	return false;
}

struct results_input fixture_input(const struct fixture *f)
{
	static const char *const overrides[] = {"hosts.0.count=5", "duration=2h"};
	return (struct results_input){
		.world = &f->world,
		.record = &f->record,
		.migrations = &f->migrations,
		.summary = &f->summary,
		.costs = &f->costs,
		.provenance = &f->provenance,
		.scenario_name = "fixture",
		.scenario_text = "name: fixture\n",
		.overrides = overrides,
		.override_count = 2,
		.seed = 7,
	};
}

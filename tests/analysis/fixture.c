/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds the hand-made run. */
#include "tests/analysis/fixture.h"

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
	world_fini(&f->world);
	engine_close(f->engine);
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
		.done = true,
		.outcome = {.total_ns = NS_PER_MIN, .sent_bytes = INT64_C(1) << 30},
	};
	f->migrations = (struct migrations){.world = &f->world, .all = &f->migration, .count = 1};
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
	provenance_of(&f->provenance, 0.25);
}

struct results_input fixture_input(const struct fixture *f)
{
	static const char *const overrides[] = {"hosts.0.count=5", "duration=2h"};
	return (struct results_input){
		.world = &f->world,
		.record = &f->record,
		.migrations = &f->migrations,
		.summary = &f->summary,
		.provenance = &f->provenance,
		.scenario_name = "fixture",
		.scenario_text = "name: fixture\n",
		.overrides = overrides,
		.override_count = 2,
		.seed = 7,
	};
}

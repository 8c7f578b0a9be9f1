/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of the world: names, plans that are kept once, notes, and constants that the digest covers one
 * by one. */
#include "tests/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/models/small.h"
#include "tests/sim/child.h"

static void test_names(void)
{
	struct small s;
	char text[32];
	small_open(&s);
	uint32_t type = world_host_type_add(&s.world, "g4");
	for (uint32_t k = 0; k < 18; k++) {
		uint32_t host = world_host_add(&s.world, type, (rack_id){0});
		s.world.hosts[host].number = k;
	}
	world_host_name(&s.world, (host_id){17}, text, sizeof text);
	CU_ASSERT_STRING_EQUAL(text, "g4-17");
	world_vms_add(&s.world, world_vm_type_add(&s.world, "web"), 3);
	world_vms_add(&s.world, world_vm_type_add(&s.world, "a long name"), 2);
	world_vm_name(&s.world, (vm_id){4}, text, sizeof text);
	CU_ASSERT_STRING_EQUAL(text, "a long name-1");
	world_vm_name(&s.world, (vm_id){4}, text, 5);
	CU_ASSERT_STRING_EQUAL(text, "a lo");
	small_close(&s);
}

static void test_tables_name_all(void)
{
	for (unsigned k = 0; k < HOST_STATES; k++)
		CU_ASSERT(host_state_names[k] && *host_state_names[k]);
	for (unsigned k = 0; k < VM_STATES; k++)
		CU_ASSERT(vm_state_names[k] && *vm_state_names[k]);
	for (unsigned k = 0; k < NOTE_KINDS; k++)
		CU_ASSERT(note_kind_names[k] && *note_kind_names[k]);
	CU_ASSERT_STRING_EQUAL(note_kind_names[NOTE_PLAN_REFUSED], "plan refused");
	CU_ASSERT_STRING_EQUAL(energy_rule_names[ENERGY_EXACT], "exact");
	CU_ASSERT_STRING_EQUAL(energy_rule_names[ENERGY_TRAPEZOID], "trapezoid");
}

static void test_growth(void)
{
	struct small s;
	small_open(&s);
	uint32_t type = world_vm_type_add(&s.world, "vm");
	for (uint32_t k = 0; k < 100; k++) {
		CU_ASSERT_EQUAL(world_vms_add(&s.world, type, k), k * (k - 1) / 2);
		if (k)
			s.world.vms[s.world.vm_count - 1].row = k;
	}
	for (uint32_t k = 1; k < 100; k++)
		CU_ASSERT_EQUAL(s.world.vms[k * (k + 1) / 2 - 1].row, k);
	CU_ASSERT_EQUAL(s.world.vms[4949].state, VM_DEFINED);
	CU_ASSERT_EQUAL(s.world.vms[4949].number, 98);
	CU_ASSERT_EQUAL(s.world.racks[0].host_count, 0);
	world_host_add(&s.world, world_host_type_add(&s.world, "host"), (rack_id){0});
	CU_ASSERT_EQUAL(s.world.racks[0].host_count, 1);
	small_close(&s);
}

static void test_plans(void)
{
	struct small s;
	small_open(&s);
	uint32_t first = PLAN(&s, 10, 1, 2, 3);
	struct demand_plan plan = s.world.plans[first];
	CU_ASSERT_EQUAL(world_plan_add(&s.world, &plan), first); /* an equal plan is kept once */
	CU_ASSERT_EQUAL(s.world.plan_count, 1);
	plan.scale = 0.5;
	uint32_t scaled = world_plan_add(&s.world, &plan);
	CU_ASSERT_NOT_EQUAL(scaled, first);
	CU_ASSERT_EQUAL(world_plan_add(&s.world, &plan), scaled);
	uint32_t other_set = PLAN(&s, 10, 7, 8, 9);
	CU_ASSERT_NOT_EQUAL(other_set, first);
	/* Scale and samples do not decide when values change. */
	CU_ASSERT_EQUAL(s.world.plans[scaled].clock, s.world.plans[first].clock);
	CU_ASSERT_EQUAL(s.world.plans[other_set].clock, s.world.plans[first].clock);
	small_close(&s);
}

/* (An index is taken before the table, which moves when something is added.) */
static uint32_t clock_of(struct small *s, uint32_t plan)
{
	return s->world.plans[plan].clock;
}

static void test_clocks(void)
{
	struct small s;
	small_open(&s);
	PLAN(&s, 10, 1, 2, 3);
	const struct demand_plan base = s.world.plans[0];
	struct demand_plan others[5] = {base, base, base, base, base};
	others[0].shift_ns = 1;
	others[1].hold = DEMAND_LINEAR;
	others[2].interval_ns = 7;
	others[3].offset_ns = 1;
	others[4].end = DEMAND_END_STOP;
	for (uint32_t k = 0; k < 5; k++)
		CU_ASSERT_EQUAL(clock_of(&s, world_plan_add(&s.world, &others[k])), k + 1);
	CU_ASSERT_EQUAL(clock_of(&s, PLAN(&s, 11, 1, 2, 3)), 6);
	CU_ASSERT_EQUAL(clock_of(&s, PLAN(&s, 10, 1, 2)), 7);
	struct demand_set stamped = s.sets[0];
	struct demand_plan irregular = base;
	stamped.irregular = true; /* two sets of stamps are never known to be equal */
	irregular.set = &stamped;
	CU_ASSERT_EQUAL(clock_of(&s, world_plan_add(&s.world, &irregular)), 8);
	irregular.scale = 0.25;
	CU_ASSERT_EQUAL(clock_of(&s, world_plan_add(&s.world, &irregular)), 8);
	small_close(&s);
}

static void count_note(void *context, const struct note *note)
{
	struct note *last = context;
	*last = *note;
}

static void test_notes(void)
{
	struct small s;
	struct note last = {0};
	char before[33], after[33];
	small_open(&s);
	small_run(&s, 7);
	digest_text(engine_digest(s.engine), before);
	world_note(&s.world, NOTE_VM_WAITS, 3, ID_NONE, -5);
	digest_text(engine_digest(s.engine), after);
	CU_ASSERT_STRING_NOT_EQUAL(before, after);
	CU_ASSERT_EQUAL(s.world.notes[NOTE_VM_WAITS], 1);
	s.world.hooks = (struct world_hooks){.context = &last, .note = count_note};
	world_note(&s.world, NOTE_HOST_STATE, ID_NONE, 2, HOST_FAILED);
	CU_ASSERT_EQUAL(last.time_ns, 7 * NS_PER_S);
	CU_ASSERT_EQUAL(last.kind, NOTE_HOST_STATE);
	CU_ASSERT_EQUAL(last.vm, ID_NONE);
	CU_ASSERT_EQUAL(last.host, 2);
	CU_ASSERT_EQUAL(last.value, HOST_FAILED);
	small_close(&s);
}

static void test_changed(void)
{
	struct small s;
	small_open(&s);
	uint32_t type = small_host_type(&s, 1, 1000);
	for (uint32_t h = 0; h < 20; h++)
		small_host(&s, type);
	for (uint32_t h = 0; h < 20; h++) {
		world_changed(&s.world, (host_id){19 - h});
		world_changed(&s.world, (host_id){19});
	}
	CU_ASSERT_EQUAL(s.world.changed_count, 20);
	for (uint32_t h = 0; h < 20; h++)
		CU_ASSERT_EQUAL(s.world.changed[h], 19 - h);
	small_close(&s);
}

/* One of everything. */
static void open_constants(struct small *s)
{
	small_open(s);
	struct world *w = &s->world;
	small_host(s, small_host_type(s, 2, 1000));
	world_host_type_add(w, "another");
	world_curve_add(w, &(struct power_curve){.name = "table", .form = POWER_TABLE, .table_w = {1, 2, 3}});
	uint32_t plan = PLAN(s, 10, 1, 2, 3);
	small_vm(s, 1000, plan);
	small_vm(s, 1000, plan);
	world_rack_add(w, "another", (site_id){0});
	ARRAY_GROW(w->images, w->image_count, w->image_room, "images");
	w->images[w->image_count++] = (struct image){.name = "image", .size_bytes = 5};
	ARRAY_GROW(w->pools, w->pool_count, w->pool_room, "pools");
	w->pools[w->pool_count++] = (struct pool){.name = "pool"};
}

/* Each changes one constant by one unit; of a double, by one unit in the last place. */
#define ULP(x) ((x) = nextafter((x), HUGE_VAL))
#define CHANGES(X) \
	X(w->rules.energy = ENERGY_TRAPEZOID) X(w->rules.idle_draws = false) \
	X(w->rules.first_interval = false) X(w->rules.last_interval = false) \
	X(ULP(w->sites[0].pue)) X(ULP(w->sites[0].carbon_g_per_kwh)) X(w->racks[1].site.i++) \
	X(w->curves[0].form = POWER_SQRT) X(ULP(w->curves[0].idle_w)) X(ULP(w->curves[0].max_w)) \
	X(ULP(w->curves[1].table_w[0])) X(ULP(w->curves[1].table_w[10])) X(s->sets[0].checksum++) \
	X(ULP(w->plans[0].scale)) X(w->plans[0].shift_ns++) X(w->plans[0].hold = DEMAND_LINEAR) \
	X(w->plans[0].interval_ns++) X(w->plans[0].offset_ns++) \
	X(w->plans[0].end = DEMAND_END_STOP) X(w->host_types[0].cores++) \
	X(w->host_types[0].core_hz++) X(w->host_types[0].ram_bytes++) \
	X(w->host_types[0].disk_bytes++) X(w->host_types[0].nic_bps++) \
	X(w->host_types[0].curve.i++) X(w->host_types[0].phase[HOST_BOOTING].time_ns++) \
	X(w->host_types[0].phase[HOST_FAILED].power_uw++) X(w->host_types[1].cores++) \
	X(w->hosts[0].type++) X(w->hosts[0].rack.i++) X(w->hosts[0].state = HOST_OFF) \
	X(w->vm_types[0].vcpus++) X(w->vm_types[0].vcpu_hz++) X(w->vm_types[0].cap_hz++) \
	X(w->vm_types[0].reservation_hz++) X(w->vm_types[0].weight++) X(w->vm_types[0].priority++) \
	X(w->vm_types[0].ram_bytes++) X(w->vm_types[0].disk_bytes++) X(w->vm_types[0].image.i = 0) \
	X(w->vm_types[0].tenant.i = 0) X(w->vm_types[0].service.i = 0) \
	X(w->vm_types[0].plan.i = ID_NONE) X(w->vm_types[0].dies_idle = true) X(w->vms[0].type++) \
	X(w->vm_types[0].boot.time_ns++) X(w->vm_types[0].boot.cpu_hz++) \
	X(w->vm_types[0].shut_down.time_ns++) X(w->vm_types[0].shut_down.cpu_hz++) \
	X(w->vm_types[0].image_bytes++) X(w->vm_types[0].boot_read_bytes++) \
	X(w->vm_types[0].on_crash = ON_CRASH_RESTART) X(w->vm_types[0].pool.i = 0) \
	X(w->vm_types[0].pool_disk_bytes++) X(w->vm_types[0].copy = VM_COPY_FULL) \
	X(w->vm_types[0].layer_bytes++) X(w->vms[0].state = VM_UNDEFINED) \
	X(w->host_types[0].isolation = ISOLATION_OS) \
	X(w->vms[0].row++) X(w->vms[0].start_ns++) X(w->vms[0].life_ns--) X(w->vms[1].inside = 0) \
	X(w->images[0].size_bytes++) X(w->pools[0].site.i++) X(w->pools[0].node.i++) \
	X(w->pools[0].capacity_bytes++) X(w->pools[0].read_bps++) X(w->pools[0].write_bps++) \
	X(w->network.links[0].from.i++) X(w->network.links[0].to.i++) \
	X(w->network.links[1].capacity_bps++) X(w->network.links[1].latency_ns++)
#define COUNT(change) +1
#define APPLY(change) \
	if (which-- == 0) { \
		(void)(change); \
		return; \
	}
enum { CHANGE_COUNT = 0 CHANGES(COUNT) };

static void apply(struct small *s, unsigned which)
{
	struct world *w = &s->world;
	CHANGES(APPLY)
}

static struct digest constants_digest(unsigned change)
{
	struct small s;
	open_constants(&s);
	apply(&s, change);
	world_digest_constants(&s.world);
	struct digest d = *engine_digest(s.engine);
	small_close(&s);
	return d;
}

static void test_digest(void)
{
	static struct digest seen[CHANGE_COUNT + 1];
	for (unsigned k = 0; k <= CHANGE_COUNT; k++) /* the last one changes nothing */
		seen[k] = constants_digest(k);
	unsigned equal = 0;
	for (unsigned k = 0; k <= CHANGE_COUNT; k++)
		for (unsigned j = 0; j < k; j++)
			equal += seen[k].lo == seen[j].lo || seen[k].hi == seen[j].hi;
	CU_ASSERT_EQUAL(equal, 0);
	CU_ASSERT(CHANGE_COUNT > 50);
	struct digest again = constants_digest(CHANGE_COUNT);
	CU_ASSERT(again.lo == seen[CHANGE_COUNT].lo && again.hi == seen[CHANGE_COUNT].hi);
}

static void open_placed(struct small *s)
{
	small_open(s);
	small_host(s, small_host_type(s, 1, 1000));
	small_place(s, small_vm(s, 1000, PLAN(s, 10, 50)), 0);
	small_run(s, 5);
}

#define BROKEN(X) \
	X(guest_nowhere, w->vms[0].parent.i = ID_NONE) \
	X(guest_twice, w->hosts[0].guests[w->hosts[0].guest_count++] = 0) \
	X(guest_stopped, w->vms[0].state = VM_STOPPED) X(memory, w->hosts[0].ram_booked_bytes++) \
	X(cpu, w->hosts[0].cpu_booked_hz--) X(disk, w->hosts[0].disk_booked_bytes++) \
	X(off, w->hosts[0].state = HOST_OFF) X(given, w->hosts[0].given_hz = 1001) \
	X(stolen, w->vms[0].stolen = w->vms[0].demanded + 1) X(target, w->vms[0].target.i = 0)
#define BREAK(name, change) \
	static void break_##name(void) \
	{ \
		struct small s; \
		struct world *w = &s.world; \
		open_placed(&s); \
		(void)(change); \
		world_check(w); \
	}
BROKEN(BREAK)

static void test_check(void)
{
#define TRY(name, change) \
	{ \
		struct child child = child_run(break_##name); \
		CU_ASSERT(child_aborted(&child)); \
		CU_ASSERT_PTR_NOT_NULL(strstr(child.words, "models/world.c")); \
	}
	BROKEN(TRY)
}

static const struct test tests[] = {
	{"things are called by their group and their number in it", test_names},
	{"every state and every kind of note has a name", test_tables_name_all},
	{"tables keep what they hold while they grow", test_growth},
	{"an equal plan is kept once", test_plans},
	{"plans have one clock if their values change at the same instants", test_clocks},
	{"a note is counted, told and part of the digest", test_notes},
	{"a changed host is on the list once", test_changed},
	{"the check finds a world that breaks its laws", test_check},
	{"one unit of any constant changes the digest", test_digest},
};
SUITE(models_world, tests)

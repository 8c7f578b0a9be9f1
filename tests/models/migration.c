/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moving guests, by hand: how long it takes, what is booked where, what breaks it, and that a guest always
 * runs on exactly one host. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "tests/models/small.h"

/* What a watcher of every event has seen. */
struct watch {
	struct small *s;
	uint64_t events, moving;
	uint32_t hosts_seen[3];
};

static void watch_event(void *context, int64_t now_ns)
{
	struct watch *w = context;
	(void)now_ns;
	world_check(&w->s->world); /* ASSERTs that each guest runs on exactly one parent */
	w->events++;
	w->moving += w->s->world.vms[0].state == VM_MIGRATING;
	host_id host = fluid_host_of(&w->s->world, (vm_id){0});
	if (host.i != ID_NONE)
		w->hosts_seen[host.i]++;
}

/* Two hosts, and a guest of 613 MB on the first that asks for 400 Hz; half of 1 Gbit/s for moves. */
static void open_hosts(struct small *s)
{
	small_open(s);
	uint32_t type = small_host_type(s, 1, 1000);
	small_host(s, type);
	small_host(s, type);
	s->migrations.bandwidth_share = 0.5;
	uint32_t vm = small_vm(s, 1000, PLAN(s, 1000, 40));
	small_type(s, vm)->ram_bytes = 613000000;
	small_place(s, vm, 0);
}

static const char *move(struct small *s, uint32_t vm, uint32_t host)
{
	return migration_start(&s->migrations, (vm_id){vm}, (host_id){host});
}

static void test_arithmetic(void)
{
	const struct migration_kind *kind = migration_kinds[0];
	struct migration_outcome out;
	kind->plan(&(struct migration_case){613000000, 5, 1000000000, 2000, 0.5}, &out);
	CU_ASSERT_EQUAL(out.total_ns, INT64_C(9808000000) + 2000);
	CU_ASSERT_EQUAL(out.downtime_ns, 0);
	CU_ASSERT_EQUAL(out.sent_bytes, 613000000);
	kind->plan(&(struct migration_case){1, 0, 3, 0, 1}, &out); /* 8 bits at 3 bit/s: rounded up */
	CU_ASSERT_EQUAL(out.total_ns, INT64_C(2666666667));
	kind->plan(&(struct migration_case){1, 0, 1, 0, 0.1}, &out); /* less than 1 bit/s counts as that */
	CU_ASSERT_EQUAL(out.total_ns, 8 * NS_PER_S);
	CU_ASSERT_STRING_EQUAL(kind->name, "ram_over_bandwidth");
	CU_ASSERT_PTR_NULL(migration_kinds[1]);
}

static void test_duration(void)
{
	struct small s;
	open_hosts(&s);
	small_run(&s, 5);
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	/* 613e6 B * 8 / 0.5e9 bit/s, and 1 ms each for the links up to the rack and down from it. */
	int64_t end_ns = 5 * NS_PER_S + INT64_C(9808000000) + 2 * NS_PER_MS;
	engine_run(s.engine, end_ns - 1);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_MIGRATING);
	CU_ASSERT_EQUAL(fluid_host_of(&s.world, (vm_id){0}).i, 0);
	engine_run(s.engine, end_ns);
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_RUNNING);
	CU_ASSERT_EQUAL(fluid_host_of(&s.world, (vm_id){0}).i, 1);
	const struct migration *m = &s.migrations.all[0];
	CU_ASSERT_EQUAL(m->start_ns, 5 * NS_PER_S);
	CU_ASSERT_EQUAL(m->end_ns, end_ns);
	CU_ASSERT(m->done && !m->failed);
	CU_ASSERT_EQUAL(s.world.vms[0].migrations, 1);
	small_run(&s, 20);
	CU_ASSERT(s.world.hosts[0].given == (wide)400 * end_ns);
	CU_ASSERT(s.world.hosts[1].given == (wide)400 * (20 * NS_PER_S - end_ns));
	CU_ASSERT(s.world.vms[0].demanded == HZ_S(20 * 400));
	CU_ASSERT(s.world.vms[0].stolen == 0);
	small_close(&s);
}

static void test_reservation(void)
{
	struct small s;
	open_hosts(&s);
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	for (uint32_t h = 0; h < 2; h++) {
		CU_ASSERT_EQUAL(s.world.hosts[h].ram_booked_bytes, 613000000);
		CU_ASSERT_EQUAL(s.world.hosts[h].cpu_booked_hz, 1000);
	}
	small_run(&s, 10);
	CU_ASSERT_EQUAL(s.world.hosts[0].ram_booked_bytes, 0);
	CU_ASSERT_EQUAL(s.world.hosts[0].guest_count, 0);
	CU_ASSERT_EQUAL(s.world.hosts[1].ram_booked_bytes, 613000000);
	CU_ASSERT_EQUAL(s.world.hosts[1].guest_count, 1);
	small_close(&s);
}

/* Runs a move that something breaks after 4 s; returns the state in which the guest is then. */
static enum vm_state broken(struct small *s, uint32_t failing_host)
{
	open_hosts(s);
	CU_ASSERT_PTR_NULL(move(s, 0, 1));
	small_run(s, 4);
	CU_ASSERT_PTR_NULL(lifecycle_host(&s->life, (host_id){failing_host}, HOST_FAIL));
	world_check(&s->world);
	CU_ASSERT(s->migrations.all[0].done && s->migrations.all[0].failed);
	CU_ASSERT_EQUAL(s->migrations.all[0].end_ns, 4 * NS_PER_S);
	CU_ASSERT_EQUAL(s->world.notes[NOTE_MIGRATION_FAILED], 1);
	CU_ASSERT_EQUAL(s->world.hosts[1].ram_booked_bytes, 0);
	CU_ASSERT_EQUAL(engine_pending(s->engine), 0);
	small_run(s, 20);
	CU_ASSERT_EQUAL(s->world.notes[NOTE_MIGRATION_END], 0);
	return s->world.vms[0].state;
}

static void test_target_fails(void)
{
	struct small s;
	CU_ASSERT_EQUAL(broken(&s, 1), VM_RUNNING);
	CU_ASSERT_EQUAL(fluid_host_of(&s.world, (vm_id){0}).i, 0);
	CU_ASSERT_EQUAL(s.world.vms[0].loss_ppm, 0);
	CU_ASSERT(s.world.vms[0].demanded == HZ_S(20 * 400));
	CU_ASSERT_STRING_EQUAL(move(&s, 0, 1), "the target host is not on"); /* it can be asked for again */
	small_close(&s);
}

/* A planned move has a path as any other: its cable is cut after 4 s, and mended. */
static void test_cable(void)
{
	for (uint32_t host = 0; host < 2; host++) {
		struct small s;
		open_hosts(&s);
		CU_ASSERT_PTR_NULL(move(&s, 0, 1));
		small_run(&s, 4);
		CU_ASSERT_PTR_NULL(migrations_cable(&s.migrations, (host_id){host}, true));
		const struct migration *m = &s.migrations.all[0];
		CU_ASSERT(m->done && m->failed && m->end_ns == 4 * NS_PER_S);
		CU_ASSERT_EQUAL(m->result, MIGRATION_NO_NETWORK);
		CU_ASSERT_EQUAL(s.world.vms[0].state, VM_RUNNING);
		CU_ASSERT_EQUAL(fluid_host_of(&s.world, (vm_id){0}).i, 0);
		CU_ASSERT_EQUAL(s.world.hosts[1].ram_booked_bytes, 0);
		CU_ASSERT_STRING_EQUAL(move(&s, 0, 1), "a cable on the way to the target host is cut");
		CU_ASSERT_STRING_EQUAL(migrations_cable(&s.migrations, (host_id){host}, true),
		                       "the cable is cut already");
		CU_ASSERT_PTR_NULL(migrations_cable(&s.migrations, (host_id){host}, false));
		CU_ASSERT_PTR_NULL(move(&s, 0, 1));
		small_run(&s, 20);
		CU_ASSERT_EQUAL(fluid_host_of(&s.world, (vm_id){0}).i, 1);
		small_close(&s);
	}
}

static void test_source_fails(void)
{
	struct small s;
	CU_ASSERT_EQUAL(broken(&s, 0), VM_LOST);
	CU_ASSERT_EQUAL(s.world.vms[0].ended_ns, 4 * NS_PER_S);
	CU_ASSERT(s.world.vms[0].demanded == HZ_S(4 * 400));
	small_close(&s);
}

static void test_second_move(void)
{
	struct small s;
	open_hosts(&s);
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	small_run(&s, 20);
	CU_ASSERT_PTR_NULL(move(&s, 0, 0));
	small_run(&s, 22);
	/* breaks the second move, not the first */
	CU_ASSERT_PTR_NULL(lifecycle_host(&s.life, (host_id){0}, HOST_FAIL));
	CU_ASSERT(s.migrations.all[0].done && !s.migrations.all[0].failed);
	CU_ASSERT(s.migrations.all[1].failed);
	CU_ASSERT_EQUAL(fluid_host_of(&s.world, (vm_id){0}).i, 1);
	CU_ASSERT_EQUAL(s.world.vms[0].migrations, 2);
	small_close(&s);
}

static void count_room(void *context, host_id host)
{
	uint32_t *counts = context;
	counts[host.i]++;
}

static void test_room(void)
{
	struct small s;
	uint32_t counts[2] = {0, 0};
	open_hosts(&s);
	s.life.room = count_room;
	s.life.room_context = counts;
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	small_run(&s, 20);
	CU_ASSERT_EQUAL(counts[0], 1);
	CU_ASSERT_EQUAL(counts[1], 0);
	CU_ASSERT_PTR_NULL(move(&s, 0, 0));
	CU_ASSERT_PTR_NULL(lifecycle_host(&s.life, (host_id){1}, HOST_FAIL));
	CU_ASSERT_EQUAL(counts[0], 2); /* what was reserved on the target is free again */
	small_close(&s);
}

static void test_stop(void)
{
	struct small s;
	open_hosts(&s);
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	small_run(&s, 4);
	CU_ASSERT_PTR_NULL(vm_life_stop(&s.life, (vm_id){0}));
	CU_ASSERT_EQUAL(s.world.vms[0].state, VM_STOPPED);
	CU_ASSERT_EQUAL(s.world.hosts[1].ram_booked_bytes, 0);
	CU_ASSERT_EQUAL(s.world.notes[NOTE_MIGRATION_FAILED], 1);
	small_run(&s, 20);
	small_close(&s);
}

static void test_one_host(void)
{
	struct small s;
	open_hosts(&s);
	small_host(&s, 0);
	s.world.vms[0].life_ns = TIME_MAX_NS;
	uint32_t other = small_vm(&s, 1000, PLAN(&s, 1000, 90));
	s.world.vms[other].life_ns = 12 * NS_PER_S;
	small_place(&s, other, 1);
	struct watch watch = {.s = &s};
	engine_watch(s.engine, 1, watch_event, &watch);
	for (uint32_t k = 1; k <= 6; k++) {
		CU_ASSERT_PTR_NULL(move(&s, 0, k % 3));
		small_run(&s, 10 * (int64_t)k);
	}
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	CU_ASSERT_PTR_NULL(lifecycle_host(&s.life, (host_id){2}, HOST_SUSPEND));
	small_run(&s, 100);
	CU_ASSERT_EQUAL(watch.events, 7 + 1 + 1);
	CU_ASSERT(watch.moving > 0);
	CU_ASSERT_EQUAL(watch.hosts_seen[0] + watch.hosts_seen[1] + watch.hosts_seen[2], watch.events);
	for (uint32_t h = 0; h < 3; h++)
		CU_ASSERT(watch.hosts_seen[h] >= 2);
	small_close(&s);
}

/* 10 % of what the guest gets is lost for 9.81 s, rounded down to whole Hz; so is that of the guest inside
 * it. */
static void test_loss(void)
{
	struct small s;
	open_hosts(&s);
	uint32_t inside = small_vm(&s, 1000, PLAN(&s, 1000, 15));
	small_type(&s, inside)->cpu_hz = 1000;
	small_nest(&s, inside, 0);
	s.migrations.loss_ppm = 100000;
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	small_run(&s, 60);
	wide move_ns = INT64_C(9808000000) + 2 * NS_PER_MS;
	const struct vm *vm = &s.world.vms[0], *nested = &s.world.vms[inside];
	CU_ASSERT(vm->migration_lost == 40 * move_ns);
	CU_ASSERT(vm->stolen == 40 * move_ns);
	CU_ASSERT(vm->demanded == HZ_S(60 * 400));
	CU_ASSERT(nested->migration_lost == 15 * move_ns);
	CU_ASSERT(nested->stolen == 15 * move_ns);
	/* given it was all the same */
	CU_ASSERT(s.world.hosts[0].given + s.world.hosts[1].given == HZ_S(60 * 550));
	CU_ASSERT_EQUAL(s.world.hosts[0].nested_count, 0);
	CU_ASSERT_EQUAL(s.world.hosts[1].nested_count, 1); /* it came along */
	CU_ASSERT_EQUAL(fluid_host_of(&s.world, (vm_id){inside}).i, 1);
	small_close(&s);
}

static void test_contended_loss(void)
{
	struct small s;
	open_hosts(&s);
	uint32_t rival = small_vm(&s, 1000, PLAN(&s, 1000, 70));
	small_place(&s, rival, 0);
	s.migrations.loss_ppm = 100000;
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	small_run(&s, 5);
	/* 400 + 700 of 1000: the guest gets its 400 and loses 40; the rival gets 600. */
	CU_ASSERT(s.world.vms[0].stolen == HZ_S(5 * 40));
	CU_ASSERT(s.world.vms[rival].stolen == HZ_S(5 * 100));
	CU_ASSERT(s.world.vms[rival].migration_lost == 0);
	small_close(&s);
}

static void test_refusals(void)
{
	struct small s;
	open_hosts(&s);
	uint32_t slow = small_host(&s, small_host_type(&s, 1, 500)), plain = small_host_type(&s, 1, 1000);
	uint32_t off = small_host(&s, plain), lonely = world_host_add(&s.world, plain, (rack_id){0});
	uint32_t little = small_host_type(&s, 1, 1000), no_disk = small_host_type(&s, 1, 1000);
	s.world.host_types[little].ram_bytes = 612999999;
	s.world.host_types[no_disk].disk_bytes = 0;
	small_type(&s, 0)->disk_bytes = 1;
	little = small_host(&s, little);
	no_disk = small_host(&s, no_disk);
	s.world.hosts[off].state = HOST_OFF;
	s.world.hosts[0].disk_booked_bytes++; /* the guest was placed before it had a disk */
	uint32_t waits = small_vm(&s, 10, ID_NONE), nested = small_vm(&s, 10, ID_NONE);
	small_nest(&s, nested, 0);
	CU_ASSERT_STRING_EQUAL(move(&s, waits, 1), "the guest is not running");
	CU_ASSERT_STRING_EQUAL(move(&s, nested, 1), "a nested guest moves with the guest that holds it");
	CU_ASSERT_STRING_EQUAL(move(&s, 0, 0), "the guest is on that host already");
	CU_ASSERT_STRING_EQUAL(move(&s, 0, off), "the target host is not on");
	CU_ASSERT_STRING_EQUAL(move(&s, 0, slow), "the target host's cores are too slow or too few");
	CU_ASSERT_STRING_EQUAL(move(&s, 0, little), "the target host has too little free memory");
	CU_ASSERT_STRING_EQUAL(move(&s, 0, no_disk), "the target host has too little free disk");
	CU_ASSERT_STRING_EQUAL(move(&s, 0, lonely), "no network path leads to the target host");
	CU_ASSERT_EQUAL(s.migrations.count, 0);
	CU_ASSERT_EQUAL(s.world.notes[NOTE_MIGRATION_START], 0);
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	CU_ASSERT_STRING_EQUAL(move(&s, 0, 1), "the guest is migrating already");
	small_close(&s);
}

static const struct test tests[] = {
	{"613 MB at half of 1 Gbit/s take 9.808 s and the latency of the path", test_arithmetic},
	{"a guest runs on the source until the move ends and on the target from then on", test_duration},
	{"the target reserves memory before the first byte", test_reservation},
	{"a target that fails leaves the guest where it runs", test_target_fails},
	{"a cut cable breaks a planned move, and holds up the next until it is mended", test_cable},
	{"a source that fails loses the guest and frees the target", test_source_fails},
	{"what breaks a guest's second move leaves its first alone", test_second_move},
	{"room is announced at the source after a move and at the target after a broken one", test_room},
	{"a guest that is stopped in mid-move frees the target", test_stop},
	{"a guest is on exactly one host at each event", test_one_host},
	{"what a move costs is stolen from the guest and from those inside it", test_loss},
	{"a move costs its guest, not the others", test_contended_loss},
	{"a move that cannot be is refused with its reason", test_refusals},
};
SUITE(models_migration, tests)

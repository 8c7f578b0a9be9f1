/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migrations leg by leg in small worlds, by hand: pages of 4096 bytes and no headers over 1 Gbit/s,
 * 30517.578125 a second; what is booked, who fails when, who waits, and that a guest always runs on
 * exactly one host. */
#include "tests/test.h"

#include <string.h>

#include "models/migration/carry.h"
#include "sim/random.h"
#include "tests/models/small.h"

#define PAGES 250000 /* 1024 MB: 8.192 s over 1 Gbit/s */
#define PASS_NS INT64_C(8192000000)

static struct migration_guest guests[16];

/* Three hosts; nothing costs anything but bytes. */
static void open_hosts(struct small *s, const struct move_kind *kind, uint32_t vms)
{
	small_open(s);
	uint32_t type = small_host_type(s, 4, 1000);
	for (int k = 0; k < 3; k++)
		small_host(s, type);
	for (uint32_t l = 0; l < s->world.network.link_count; l++)
		s->world.network.links[l].latency_ns = 0;
	memset(guests, 0, sizeof guests);
	for (uint32_t v = 0; v < vms; v++) {
		uint32_t vm = small_vm(s, 1000, PLAN(s, 1000, 40));
		small_type(s, vm)->ram_bytes = PAGES * 4096;
		small_type(s, vm)->disk_bytes = 0;
		small_place(s, vm, 0);
	}
	s->migrations.move_kind = kind;
	s->migrations.rules = move_rules_default(STOP_SIMGRID);
	s->migrations.rules.discard_ns = 0;
	s->migrations.guests = guests;
}

static const char *move(struct small *s, uint32_t vm, uint32_t host)
{
	return migration_start(&s->migrations, (vm_id){vm}, (host_id){host});
}

static const struct vm *guest(const struct small *s, uint32_t vm)
{
	return &s->world.vms[vm];
}

/* Nothing is dirtied: one pass, and the guest never stands still for longer than nothing. */
static void test_quiet(void)
{
	struct small s;
	open_hosts(&s, &move_precopy, 1);
	migrations_open(&s.migrations);
	small_run(&s, 5);
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	engine_run(s.engine, 5 * NS_PER_S + PASS_NS - 1);
	CU_ASSERT_EQUAL(fluid_host_of(&s.world, (vm_id){0}).i, 0);
	CU_ASSERT_EQUAL(guest(&s, 0)->state, VM_MIGRATING);
	world_check(&s.world);
	small_run(&s, 20);
	const struct migration *m = &s.migrations.all[0];
	CU_ASSERT_EQUAL(m->end_ns, 5 * NS_PER_S + PASS_NS);
	CU_ASSERT_EQUAL(m->outcome.sent_bytes, PAGES * INT64_C(4096));
	CU_ASSERT_EQUAL(m->outcome.downtime_ns, 0);
	CU_ASSERT(m->done && !m->failed && m->result == MIGRATION_DONE);
	CU_ASSERT_EQUAL(guest(&s, 0)->parent.i, 1);
	CU_ASSERT(guest(&s, 0)->stolen == 0);
	CU_ASSERT_EQUAL(s.world.hosts[0].ram_booked_bytes, 0);
	small_close(&s);
}

/* A sweep of 10000 pages at 5000 a second: 10000 are dirty after the first pass, which takes 10000 /
 * 30517.578125 s = 0.32768 s to send; in that time 1638.4 are dirtied, which take 53.687 ms; then 268.4,
 * and so on. */
static void test_rounds(void)
{
	struct small s;
	open_hosts(&s, &move_precopy, 1);
	guests[0].dirty = dirty_pattern(DIRTY_SEQUENTIAL, 0, 10000, 5000);
	s.migrations.rules.downtime_limit_ns = 10 * NS_PER_MS; /* 305 pages */
	migrations_open(&s.migrations);
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	small_run(&s, 20);
	const struct migration *m = &s.migrations.all[0];
	CU_ASSERT_EQUAL(m->rounds, 4);
	CU_ASSERT(m->converged);
	double sent = PAGES + 10000 + 1638.4 + 268.435456;
	CU_ASSERT_DOUBLE_EQUAL((double)m->outcome.sent_bytes, sent * 4096, 2);
	CU_ASSERT_DOUBLE_EQUAL((double)m->outcome.total_ns, sent / 30517.578125 * 1e9, 10);
	CU_ASSERT_DOUBLE_EQUAL((double)m->outcome.downtime_ns, 268.435456 / 30517.578125 * 1e9, 5);
	/* It stood still, and lost its 400 Hz, for that long. */
	CU_ASSERT(guest(&s, 0)->stolen == (wide)400 * m->outcome.downtime_ns);
	CU_ASSERT(guest(&s, 0)->migration_lost == guest(&s, 0)->stolen);
	double bytes = 0;
	for (uint32_t k = 0; k < s.migrations.leg_count; k++)
		bytes += s.migrations.legs[k].bytes;
	CU_ASSERT_DOUBLE_EQUAL(bytes, (double)m->outcome.sent_bytes, 1);
	small_close(&s);
}

/* Without others, the world and the closed form agree. */
static void test_closed_form(void)
{
	for (int k = 0; move_kinds[k]; k++) {
		struct small s;
		struct move closed;
		open_hosts(&s, move_kinds[k], 1);
		guests[0].dirty = dirty_pattern(DIRTY_HOT_COLD, 0, 50000, 20000);
		guests[0].zero_01 = 0.3;
		s.migrations.rules = move_rules_default(STOP_QEMU);
		migrations_open(&s.migrations);
		struct move_case c = {
			.data_pages = PAGES * (1 - 0.3),
			.zero_pages = PAGES - PAGES * (1 - 0.3),
			.dirty = guests[0].dirty,
			.vcpus = 1,
			.path_Bps = 125e6,
			.rules = s.migrations.rules,
		};
		CU_ASSERT(move_run(move_kinds[k], &c, 125e6, 0, &closed));
		CU_ASSERT_PTR_NULL(move(&s, 0, 1));
		small_run(&s, 60);
		const struct migration *m = &s.migrations.all[0];
		CU_ASSERT(m->done);
		CU_ASSERT_DOUBLE_EQUAL((double)m->outcome.total_ns, (double)closed.now_ns,
			1e-5 * (double)closed.now_ns);
		CU_ASSERT_DOUBLE_EQUAL((double)m->outcome.sent_bytes, closed.sent_bytes,
			1e-5 * closed.sent_bytes);
		CU_ASSERT_DOUBLE_EQUAL((double)m->outcome.downtime_ns, (double)closed.downtime_ns, 1e4);
		small_close(&s);
	}
}

/* Two at once share the cable of their source: each takes twice as long; the first to leave frees the
 * other. */
static void test_sharing(void)
{
	struct small s;
	open_hosts(&s, &move_cold, 2);
	migrations_open(&s.migrations);
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	small_run(&s, 4);
	CU_ASSERT_PTR_NULL(move(&s, 1, 2));
	small_run(&s, 60);
	/* The first has 4.192 s of sending left and gets half: until 4 + 8.384; then the second has 4 s
	 * left. */
	CU_ASSERT_EQUAL(s.migrations.all[0].end_ns, INT64_C(12384000000));
	CU_ASSERT_EQUAL(s.migrations.all[1].end_ns, 2 * PASS_NS);
	CU_ASSERT_EQUAL(s.migrations.all[1].outcome.downtime_ns, 2 * PASS_NS - 4 * NS_PER_S);
	small_close(&s);
}

/* A guest that gets half of the CPU it wants dirties half as much: 200 of 400 Hz, among 19 that want 1000
 * of 4000. */
static void test_starved(void)
{
	for (int starved = 0; starved < 2; starved++) {
		struct small s;
		open_hosts(&s, &move_precopy, 1);
		guests[0].dirty = dirty_pattern(DIRTY_SEQUENTIAL, 0, 100000, 1000);
		uint32_t plan = PLAN(&s, 1000, 100);
		for (int v = 0; v < 19 * starved; v++)
			small_place(&s, small_vm(&s, 1000, plan), 0);
		s.migrations.rules.rounds_most = 1;
		s.migrations.rules.stop = STOP_ROUNDS;
		migrations_open(&s.migrations);
		CU_ASSERT_PTR_NULL(move(&s, 0, 1));
		small_run(&s, 60);
		const struct migration_leg *round = &s.migrations.legs[1];
		CU_ASSERT_EQUAL(round->stage, LEG_ROUND);
		CU_ASSERT_DOUBLE_EQUAL(round->activity_01, starved ? 0.5 : 1, 1e-12);
		CU_ASSERT_DOUBLE_EQUAL(round->dirtied_pages, starved ? 4096 : 8192, 1e-6);
		small_close(&s);
	}
}

/* Post-copy runs at the target while the source is still booked. */
static void test_postcopy(void)
{
	struct small s;
	open_hosts(&s, &move_postcopy, 1);
	migrations_open(&s.migrations);
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	small_run(&s, 2);
	world_check(&s.world);
	CU_ASSERT_EQUAL(guest(&s, 0)->parent.i, 1);
	CU_ASSERT_EQUAL(guest(&s, 0)->target.i, 0);
	CU_ASSERT_EQUAL(guest(&s, 0)->state, VM_MIGRATING);
	CU_ASSERT_EQUAL(s.world.hosts[0].ram_booked_bytes, PAGES * INT64_C(4096));
	CU_ASSERT_STRING_EQUAL(migration_cancel(&s.migrations, (vm_id){0}),
	                       "the target has committed; the migration cannot be called back");
	small_run(&s, 20);
	CU_ASSERT_EQUAL(s.migrations.all[0].end_ns, PASS_NS);
	CU_ASSERT_EQUAL(s.migrations.all[0].outcome.sent_bytes, PAGES * INT64_C(4096)); /* no page twice */
	CU_ASSERT_EQUAL(s.world.hosts[0].ram_booked_bytes, 0);
	small_close(&s);
}

enum breaker { BY_SOURCE,
	       BY_TARGET,
	       BY_CABLE,
	       BY_CANCEL,
	       BY_STOP,
	       BREAKERS };

/* Breaks a migration after 4 s; what the result says and where the guest is then (ID_NONE: nowhere). */
static void broken(const struct move_kind *kind, enum breaker by, enum migration_verdict result,
	uint32_t host)
{
	struct small s;
	open_hosts(&s, kind, 1);
	migrations_open(&s.migrations);
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	small_run(&s, 4);
	switch (by) {
	case BY_SOURCE:
	case BY_TARGET:
		CU_ASSERT_PTR_NULL(lifecycle_host(&s.life, (host_id){by == BY_TARGET}, HOST_FAIL));
		break;
	case BY_CABLE:
		CU_ASSERT_PTR_NULL(migrations_cable(&s.migrations, (host_id){1}, true));
		break;
	case BY_CANCEL:
		CU_ASSERT_PTR_NULL(migration_cancel(&s.migrations, (vm_id){0}));
		break;
	default:
		CU_ASSERT_PTR_NULL(vm_life_stop(&s.life, (vm_id){0}));
	}
	world_check(&s.world);
	const struct migration *m = &s.migrations.all[0];
	CU_ASSERT(m->done && m->failed);
	CU_ASSERT_EQUAL(m->result, result);
	CU_ASSERT_EQUAL(m->lost, host == ID_NONE && by != BY_STOP);
	CU_ASSERT_EQUAL(m->end_ns, 4 * NS_PER_S);
	CU_ASSERT_EQUAL(m->outcome.sent_bytes, 500000000);
	CU_ASSERT_EQUAL(guest(&s, 0)->parent.i, host);
	CU_ASSERT_EQUAL(guest(&s, 0)->loss_ppm, 0);
	for (uint32_t h = 0; h < 3; h++)
		CU_ASSERT_EQUAL(s.world.hosts[h].ram_booked_bytes, h == host ? PAGES * INT64_C(4096) : 0);
	if (by == BY_CABLE && host == 0) {
		CU_ASSERT_STRING_EQUAL(move(&s, 0, 1), "a cable on the way to the target host is cut");
		CU_ASSERT_PTR_NULL(migrations_cable(&s.migrations, (host_id){1}, false));
		CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	}
	small_run(&s, 40);
	CU_ASSERT_EQUAL(engine_pending(s.engine), 0); /* nothing goes on by itself */
	world_check(&s.world);
	small_close(&s);
}

static void test_precopy_broken(void)
{
	broken(&move_precopy, BY_SOURCE, MIGRATION_NO_SOURCE, ID_NONE);
	broken(&move_precopy, BY_TARGET, MIGRATION_NO_TARGET, 0);
	broken(&move_precopy, BY_CABLE, MIGRATION_NO_NETWORK, 0);
	broken(&move_precopy, BY_CANCEL, MIGRATION_CANCELLED, 0);
	broken(&move_precopy, BY_STOP, MIGRATION_GUEST_ENDED, ID_NONE);
	broken(&move_cold, BY_TARGET, MIGRATION_NO_TARGET, 0);
	broken(&move_cold, BY_CANCEL, MIGRATION_CANCELLED, 0);
}

static void test_postcopy_broken(void)
{
	broken(&move_postcopy, BY_SOURCE, MIGRATION_NO_SOURCE, ID_NONE);
	broken(&move_postcopy, BY_TARGET, MIGRATION_NO_TARGET, ID_NONE);
	broken(&move_postcopy, BY_CABLE, MIGRATION_NO_NETWORK, ID_NONE);
	broken(&move_postcopy, BY_STOP, MIGRATION_GUEST_ENDED, ID_NONE);
}

/* One at a time from a host: they follow one another in the order of asking. */
static void test_limits(void)
{
	struct small s;
	open_hosts(&s, &move_cold, 4);
	s.migrations.limits.out = 1;
	migrations_open(&s.migrations);
	for (uint32_t v = 0; v < 4; v++)
		CU_ASSERT_PTR_NULL(move(&s, v, 1 + v % 2));
	CU_ASSERT_EQUAL(s.migrations.queued, 3);
	CU_ASSERT_STRING_EQUAL(move(&s, 2, 1), "the guest waits for a migration already");
	CU_ASSERT_PTR_NULL(migration_cancel(&s.migrations, (vm_id){1}));
	small_run(&s, 10);
	CU_ASSERT_PTR_NULL(vm_life_stop(&s.life, (vm_id){3})); /* it waits no more, and is told so */
	small_run(&s, 60);
	CU_ASSERT_EQUAL(s.migrations.count, 2);
	CU_ASSERT_EQUAL(s.migrations.all[1].vm.i, 2);
	CU_ASSERT_EQUAL(s.migrations.all[1].start_ns, PASS_NS);
	CU_ASSERT_EQUAL(s.migrations.all[1].asked_ns, 0);
	CU_ASSERT_EQUAL(s.migrations.waited, 3);
	CU_ASSERT_EQUAL(s.world.notes[NOTE_PLAN_REFUSED], 1);
	CU_ASSERT_EQUAL(s.migrations.under_way, 0);
	small_close(&s);
}

static void test_incompatible(void)
{
	struct small s;
	struct compat_host hosts[1] = {{.cpu = 1, .hypervisor = "kvm", .formats = 1}};
	open_hosts(&s, &move_precopy, 1);
	s.migrations.hosts = hosts;
	guests[0].needs.cpu = 1u << CPU_AVX512F;
	migrations_open(&s.migrations);
	CU_ASSERT(strstr(move(&s, 0, 1), "the target's processor lacks avx512f") != NULL);
	CU_ASSERT_EQUAL(s.migrations.count, 0);
	CU_ASSERT_EQUAL(s.migrations.refusal_count, 1);
	CU_ASSERT_EQUAL(s.migrations.refusals[0].lack, LACK_CPU);
	CU_ASSERT_EQUAL(s.migrations.refusals[0].target.i, 1);
	guests[0].needs.cpu = 1;
	guests[0].needs.format = IMAGE_VMDK;
	CU_ASSERT_STRING_EQUAL(move(&s, 0, 1), "the target cannot open an image of format vmdk");
	CU_ASSERT_EQUAL(s.migrations.refusals[1].lack, LACK_IMAGE);
	CU_ASSERT(strstr(s.migrations.refusals[0].why, "avx512f") != NULL); /* a copy of its own */
	CU_ASSERT_STRING_EQUAL(move(&s, 0, 0), "the guest is on that host already");
	CU_ASSERT_EQUAL(s.migrations.refusals[2].lack, LACK_NOTHING);
	guests[0].needs.format = IMAGE_RAW;
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	small_close(&s);
}

/* Half a core at both ends while it sends. */
static void test_host_cpu(void)
{
	struct small s;
	open_hosts(&s, &move_precopy, 1);
	s.migrations.host_cpu_01 = 0.5;
	migrations_open(&s.migrations);
	CU_ASSERT_PTR_NULL(move(&s, 0, 1));
	small_run(&s, 60);
	CU_ASSERT(s.world.hosts[0].service == (wide)500 * PASS_NS);
	CU_ASSERT(s.world.hosts[1].service == (wide)500 * PASS_NS);
	CU_ASSERT(s.world.hosts[2].service == 0);
	small_close(&s);
}

struct watch {
	struct small *s;
	uint64_t events;
};

static void watch_event(void *context, int64_t now_ns)
{
	struct watch *w = context;
	(void)now_ns;
	world_check(&w->s->world);
	w->events++;
}

static uint32_t below(struct random_stream *r, uint32_t n)
{
	return (uint32_t)random_below(r, n);
}

static void random_step(struct small *s, struct random_stream *r, uint32_t vms)
{
	vm_id vm = {below(r, vms)};
	host_id host = {below(r, 3)};
	switch (below(r, 12)) {
	case 0:
		migration_cancel(&s->migrations, vm);
		break;
	case 1:
		migrations_cable(&s->migrations, host, below(r, 2));
		break;
	case 2:
		if (below(r, 4) == 0)
			lifecycle_host(&s->life, host, HOST_FAIL);
		break;
	default:
		migration_ask(&s->migrations, &(struct migration_request){
						      .vm = vm, .target = host,
							.kind = move_kinds[below(r, 4)]});
	}
}

/* What holds of every migration, however it ended. */
static void accounts(const struct small *s)
{
	for (uint32_t k = 0; k < s->migrations.count; k++) {
		const struct migration *m = &s->migrations.all[k];
		double bytes = 0;
		int64_t stages_ns = 0, stopped_ns = 0;
		for (uint32_t l = 0; l < s->migrations.leg_count; l++) {
			const struct migration_leg *leg = &s->migrations.legs[l];
			bytes += leg->migration == k ? leg->bytes : 0;
			stopped_ns += leg->migration == k && leg->guest == GUEST_STOPPED
				? leg->end_ns - leg->start_ns : 0;
		}
		for (int l = 0; l < LEG_STAGES; l++)
			stages_ns += m->stage_ns[l];
		CU_ASSERT(m->done);
		CU_ASSERT_DOUBLE_EQUAL(bytes, (double)m->outcome.sent_bytes, 2);
		CU_ASSERT_EQUAL(stages_ns, m->end_ns - m->start_ns);
		CU_ASSERT_EQUAL(stopped_ns, m->outcome.downtime_ns);
		CU_ASSERT_EQUAL(m->failed, m->result != MIGRATION_DONE);
	}
}

static void test_random(void)
{
	uint64_t done = 0, lost = 0;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct small s;
		struct random_stream r;
		random_init(&r, seed, "carry", 0);
		open_hosts(&s, &move_precopy, 8);
		for (uint32_t v = 0; v < 8; v++) {
			guests[v].dirty = dirty_pattern(below(&r, 3), 0, 1 + below(&r, PAGES), below(&r,
				40000));
			guests[v].zero_01 = below(&r, 10) / 10.0;
		}
		s.migrations.rules = move_rules_default(below(&r, STOP_SIMGRID));
		s.migrations.rules.rounds_most = 12;
		s.migrations.limits = (struct migration_limits){below(&r, 4), below(&r, 4), below(&r, 5),
			below(&r, 6)};
		migrations_open(&s.migrations);
		struct watch watch = {.s = &s};
		engine_watch(s.engine, 1, watch_event, &watch);
		for (int64_t t = 1; t <= 60; t++) {
			random_step(&s, &r, 8);
			world_check(&s.world);
			small_run(&s, t);
		}
		for (uint32_t h = 0; h < 3; h++)
			migrations_cable(&s.migrations, (host_id){h}, false);
		small_run(&s, 4000);
		accounts(&s);
		CU_ASSERT_EQUAL(s.migrations.under_way, 0);
		CU_ASSERT(watch.events > 0);
		done += s.world.notes[NOTE_MIGRATION_END];
		for (uint32_t k = 0; k < s.migrations.count; k++)
			lost += s.migrations.all[k].lost;
		small_close(&s);
	}
	CU_ASSERT(done > 100);
	CU_ASSERT(lost > 5);
}

static const struct test tests[] = {
	{"a guest that writes nothing is moved in one pass and without downtime", test_quiet},
	{"rounds, bytes, downtime and what it costs the guest are as counted by hand", test_rounds},
	{"a migration alone is what the closed form says, for every kind", test_closed_form},
	{"two migrations share a cable, and the second speeds up when the first is over", test_sharing},
	{"a starved guest dirties less", test_starved},
	{"a post-copied guest runs at the target while the source is still booked", test_postcopy},
	{"a broken pre-copy falls back to the source with nothing lost", test_precopy_broken},
	{"a post-copy that breaks after the switch loses the guest and says so", test_postcopy_broken},
	{"what exceeds the limits waits its turn", test_limits},
	{"a guest that the target cannot run is refused before the first byte", test_incompatible},
	{"both hosts pay for what is sent", test_host_cpu},
	{"in random worlds a guest is on one host at each event and every byte is accounted for",
		test_random},
};
SUITE(models_carry, tests)

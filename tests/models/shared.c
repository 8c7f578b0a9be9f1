/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A migration that finds others on its path is not like those that were measured alone. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "models/migration/range.h"
#include "sim/time.h"
#include "tests/models/small.h"

static struct migration_guest guests[16];

/* Three hosts on 1 Gbit/s with cables of 100 us; guests of 1 GiB on the first that write little. */
static void open_guests(struct small *s, uint32_t vms)
{
	small_open(s);
	uint32_t type = small_host_type(s, 4, 1000);
	for (int k = 0; k < 3; k++)
		small_host(s, type);
	for (uint32_t l = 0; l < s->world.network.link_count; l++)
		s->world.network.links[l].latency_ns = 100 * NS_PER_US;
	memset(guests, 0, sizeof guests);
	for (uint32_t v = 0; v < vms; v++) {
		uint32_t vm = small_vm(s, 1000, PLAN(s, 1000, 20));
		small_type(s, vm)->disk_bytes = 0;
		small_place(s, vm, 0);
		guests[s->world.vms[vm].type].dirty = dirty_pattern(DIRTY_UNIFORM, 0, 10000, 1000);
	}
	s->migrations.move_kind = &move_precopy;
	s->migrations.rules = move_rules_default(STOP_QEMU);
	s->migrations.guests = guests;
	migrations_open(&s->migrations);
}

static void move(struct small *s, uint32_t vm, uint32_t host)
{
	CU_ASSERT_PTR_NULL(migration_start(&s->migrations, (vm_id){vm}, (host_id){host}));
}

static void test_alone(void)
{
	struct small s;
	open_guests(&s, 1);
	move(&s, 0, 1);
	small_run(&s, 60);
	const struct migration *m = &s.migrations.all[0];
	CU_ASSERT_FALSE(m->shared);
	CU_ASSERT_TRUE(m->validated);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m->stratum);
	CU_ASSERT_STRING_EQUAL(m->stratum, "link, pre-copy");
	CU_ASSERT(m->stratum_runs > 0 && m->total_error_01 > 0 && m->downtime_error_s > 0);
	CU_ASSERT_PTR_NULL(m->outside);
	small_close(&s);
}

static void test_shared(void)
{
	struct small s;
	open_guests(&s, 2);
	move(&s, 0, 1);
	move(&s, 1, 2); /* out of the same host */
	small_run(&s, 1);
	CU_ASSERT_TRUE(s.migrations.all[0].validated); /* as far as one knows */
	small_run(&s, 60);
	for (uint32_t k = 0; k < 2; k++) {
		const struct migration *m = &s.migrations.all[k];
		CU_ASSERT_TRUE(m->done && m->shared);
		CU_ASSERT_FALSE(m->validated);
		CU_ASSERT_PTR_EQUAL(m->outside, range_shared);
		CU_ASSERT(isnan(m->total_error_01) && isnan(m->downtime_error_s));
	}
	small_close(&s);
}

static void test_rules(void)
{
	struct small s;
	struct move_rules rules = move_rules_default(STOP_ROUNDS);
	open_guests(&s, 2);
	rules.rounds_most = 3;
	CU_ASSERT_PTR_NULL(migration_ask(&s.migrations, &(struct migration_request){
		.vm = {0}, .target = {1}, .rules = &rules}));
	small_run(&s, 30);
	move(&s, 1, 1);
	small_run(&s, 60);
	CU_ASSERT_EQUAL(s.migrations.all[0].rounds, 4); /* the last with the guest stopped */
	CU_ASSERT_STRING_EQUAL(s.migrations.all[0].outside, "only QEMU's stop rule was measured");
	CU_ASSERT_TRUE(s.migrations.all[1].validated);
	small_close(&s);
}

static void test_cut_short(void)
{
	struct small s;
	open_guests(&s, 1);
	move(&s, 0, 1);
	small_run(&s, 4);
	CU_ASSERT_PTR_NULL(migration_cancel(&s.migrations, (vm_id){0}));
	const struct migration *m = &s.migrations.all[0];
	CU_ASSERT_EQUAL(m->switch_ns, -1);
	/* The guest did all it wanted in the round that was cut; which pages it wrote nobody has read. */
	const struct migration_leg *leg = &s.migrations.legs[s.migrations.leg_count - 1];
	CU_ASSERT_EQUAL(leg->stage, LEG_ROUND);
	CU_ASSERT_DOUBLE_EQUAL(leg->activity_01, 1, 1e-9);
	CU_ASSERT(isnan(leg->dirtied_pages));
	CU_ASSERT(leg->bytes > 0 && leg->bytes < (double)m->outcome.sent_bytes + 1);
	small_close(&s);
}

static const struct test tests[] = {
	{"a migration alone on its path is like those that were measured", test_alone},
	{"one that shared its path is not, and says so", test_shared},
	{"one request may have rules of its own", test_rules},
	{"a leg that is cut short tells what the guest did and not what it wrote", test_cut_short},
};
SUITE(models_shared, tests)

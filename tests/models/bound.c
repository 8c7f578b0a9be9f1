/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pinned guests and CPU priorities, by hand: who gets what on which cores, and who is refused. */
#include "models/hypervisor/bound.h"

#include "tests/models/small.h"
#include "tests/test.h"

/* A host of two cores of 1000 Hz each. */
static void open_pair(struct small *s)
{
	small_open(s);
	small_host(s, small_host_type(s, 2, 1000));
}

/* A guest that asks for all of cpu_hz, pinned to these cores (0: to none). */
static uint32_t busy(struct small *s, int64_t cpu_hz, uint64_t pins)
{
	uint32_t vm = small_vm(s, cpu_hz, PLAN(s, 10, 100));
	small_type(s, vm)->pinned = pins != 0;
	small_type(s, vm)->pins = pins;
	return vm;
}

static void check_given(const struct small *s, const int64_t *given_hz, uint32_t n)
{
	for (uint32_t v = 0; v < n; v++)
		CU_ASSERT_EQUAL(s->world.vms[v].given_hz, given_hz[v]);
}

static void test_pair(void)
{
	struct small s;
	open_pair(&s);
	small_place(&s, busy(&s, 1000, 1), 0);
	small_place(&s, busy(&s, 1000, 1), 0);
	small_place(&s, busy(&s, 2000, 0), 0);
	small_run(&s, 10);
	check_given(&s, (const int64_t[]){500, 500, 1000}, 3);
	CU_ASSERT(s.world.vms[0].stolen == HZ_S(10 * 500));
	CU_ASSERT(s.world.vms[2].stolen == HZ_S(10 * 1000));
	CU_ASSERT(s.world.hosts[0].given == HZ_S(10 * 2000));
	small_close(&s);
}

static void test_idle_core(void)
{
	/* Core 1 is nobody's: what is asked for on core 0 cannot be had there. */
	struct small s;
	open_pair(&s);
	small_place(&s, busy(&s, 1000, 1), 0);
	small_place(&s, busy(&s, 1000, 1), 0);
	small_run(&s, 10);
	check_given(&s, (const int64_t[]){500, 500}, 2);
	CU_ASSERT(s.world.hosts[0].demanded == HZ_S(10 * 2000));
	CU_ASSERT(s.world.hosts[0].given == HZ_S(10 * 1000));
	small_close(&s);
}

static void test_weights(void)
{
	/* On core 0 as 3 : 1; the free one has core 1, and nothing to gain on core 0. */
	struct small s;
	open_pair(&s);
	uint32_t heavy = busy(&s, 1000, 1), light = busy(&s, 1000, 1), either = busy(&s, 1000, 0);
	small_type(&s, heavy)->weight = 3 * 1024;
	small_place(&s, heavy, 0);
	small_place(&s, light, 0);
	small_place(&s, either, 0);
	small_run(&s, 10);
	check_given(&s, (const int64_t[]){750, 250, 1000}, 3);
	small_close(&s);
}

static void test_priority(void)
{
	/* 700 of 1000 Hz to the first, whatever the weight and the reservation of the second. */
	struct small s;
	small_open(&s);
	small_host(&s, small_host_type(&s, 1, 1000));
	uint32_t first = small_vm(&s, 1000, PLAN(&s, 10, 70, 20)), second = busy(&s, 1000, 0);
	small_type(&s, first)->cpu_priority = 1;
	small_type(&s, second)->weight = 1 << 20;
	small_type(&s, second)->reservation_hz = 500;
	small_place(&s, first, 0);
	small_place(&s, second, 0);
	small_run(&s, 20);
	CU_ASSERT(s.world.vms[0].stolen == 0);
	CU_ASSERT(s.world.vms[1].stolen == HZ_S(10 * (1000 - 300)) + HZ_S(10 * (1000 - 800)));
	small_close(&s);
}

static void test_aside(void)
{
	/* The first may run on either core, so it runs beside the one that is pinned. */
	struct small s;
	open_pair(&s);
	uint32_t first = busy(&s, 1000, 0);
	small_type(&s, first)->cpu_priority = 1;
	small_place(&s, first, 0);
	small_place(&s, busy(&s, 1000, 2), 0);
	small_run(&s, 10);
	check_given(&s, (const int64_t[]){1000, 1000}, 2);
	small_close(&s);
}

static void test_holder(void)
{
	/* Pinned to a core, a guest shares that with the guest inside it. */
	struct small s;
	open_pair(&s);
	uint32_t holder = busy(&s, 2000, 1), inner = busy(&s, 1000, 0);
	small_place(&s, holder, 0);
	small_nest(&s, inner, holder);
	small_run(&s, 10);
	check_given(&s, (const int64_t[]){500, 500}, 2);
	small_close(&s);
}

static void test_refusals(void)
{
	struct small s;
	small_open(&s);
	uint32_t type = small_host_type(&s, 16, 1000);
	small_host(&s, type);
	s.world.host_types[type].ram_bytes = INT64_C(1) << 40;
	for (uint32_t k = 0; k < BOUND_PINS; k++)
		small_place(&s, busy(&s, 1000, UINT64_C(1) << k), 0);
	small_place(&s, busy(&s, 1000, 1), 0); /* of a pin that is there */
	uint32_t late = busy(&s, 1000, UINT64_C(1) << BOUND_PINS);
	const char *why = vm_life_start(&s.life, (vm_id){late}, (struct vm_parent){false, 0});
	CU_ASSERT_STRING_EQUAL(why ? why : "", "its pin would be the tenth different one on the host");
	small_place(&s, busy(&s, 1000, 0), 0);
	uint32_t beyond = busy(&s, 1000, UINT64_C(1) << 16);
	why = vm_life_start(&s.life, (vm_id){beyond}, (struct vm_parent){false, 0});
	CU_ASSERT_STRING_EQUAL(why ? why : "", "it is pinned to cores that the host does not have");
	small_run(&s, 10);
	/* Once a pin has gone with its last guest, another finds room. */
	CU_ASSERT_PTR_NULL(vm_life_stop(&s.life, (vm_id){1}));
	small_place(&s, late, 0);
	CU_ASSERT_EQUAL(s.world.hosts[0].bound_count, BOUND_PINS + 1);
	small_close(&s);
}

static void test_wide_host(void)
{
	struct small s;
	small_open(&s);
	small_host(&s, small_host_type(&s, 65, 1000));
	uint32_t first = busy(&s, 60000, 0), pinned = busy(&s, 1000, 1);
	small_type(&s, first)->cpu_priority = 2;
	small_place(&s, first, 0);
	small_place(&s, busy(&s, 9000, 0), 0);
	small_run(&s, 10);
	CU_ASSERT_EQUAL(s.world.hosts[0].given_hz, 65000);
	CU_ASSERT_EQUAL(s.world.vms[first].given_hz, 60000);
	CU_ASSERT_PTR_NOT_NULL(vm_life_start(&s.life, (vm_id){pinned}, (struct vm_parent){false, 0}));
	small_close(&s);
}

static void test_move(void)
{
	/* A pinned guest moves: it is booked on both hosts meanwhile, then only there, and shares there. */
	struct small s;
	open_pair(&s);
	small_host(&s, 0);
	uint32_t here = busy(&s, 1000, 1), there = busy(&s, 1000, 1);
	small_place(&s, here, 0);
	small_place(&s, there, 1);
	small_run(&s, 1);
	CU_ASSERT_PTR_NULL(migration_start(&s.migrations, (vm_id){here}, (host_id){1}));
	CU_ASSERT_EQUAL(s.world.hosts[0].bound_count, 1);
	CU_ASSERT_EQUAL(s.world.hosts[1].bound_count, 2);
	small_run(&s, 100);
	CU_ASSERT_EQUAL(s.world.hosts[0].bound_count, 0);
	CU_ASSERT_EQUAL(s.world.vms[here].given_hz, 500);
	CU_ASSERT_EQUAL(s.world.vms[there].given_hz, 500);
	small_close(&s);
}

static const struct test tests[] = {
	{"two guests pinned to one core share it and a free one has the other", test_pair},
	{"a core to which nobody is pinned does not help those that are pinned elsewhere", test_idle_core},
	{"weights count among those that are pinned together", test_weights},
	{"a larger CPU priority is served first, before weights and reservations", test_priority},
	{"who goes first runs where it takes nothing from the pinned, if it can", test_aside},
	{"a pinned guest shares its core with the guest inside it", test_holder},
	{"the tenth different pin on a host is refused, and cores that are not there", test_refusals},
	{"a host of 65 cores has priorities but no pins", test_wide_host},
	{"a pinned guest that moves is bound on its new host", test_move},
};
SUITE(models_bound, tests)

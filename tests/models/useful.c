/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hypervisors in small worlds: what guests get of their hosts, what of it is their own work, what is
 * booked. */
#include "tests/test.h"

#include <string.h>

#include "models/hypervisor/hypervisor.h"
#include "models/hypervisor/warm.h"
#include "tests/models/small.h"

/* Slow-down 2 and a service domain, on hosts of 1000 Hz: numbers that can be added in the head. */
static struct hypervisor plain(double slow)
{
	return (struct hypervisor){.name = "plain", .technique = TECHNIQUE_CROSS_ISA,
	                           .technique_costs = {.integer_factor = slow}};
}

static const struct mix integer = {.name = "integer", .share = {1, 0, 0, 0}};
static const struct mix requests = {.name = "requests", .per_s = {[OP_IO] = 1000}, .share = {1, 0, 0, 0}};

static void install(struct small *s, const struct hypervisor *h, const struct mix *mix)
{
	struct hypervisor_guest guests[8];
	for (uint32_t t = 0; t < 8; t++)
		guests[t] = (struct hypervisor_guest){.mix = mix};
	for (uint32_t t = 0; t < s->world.host_type_count; t++)
		s->world.host_types[t].hypervisor = h;
	hypervisor_install(&s->world, guests);
	warm_init(&s->world);
}

static void test_slow_down(void)
{
	struct small s;
	struct hypervisor h = plain(2);
	small_open(&s);
	uint32_t host = small_host(&s, small_host_type(&s, 1, 1000));
	uint32_t vm = small_vm(&s, 500, PLAN(&s, 100, 40, 80, 40)); /* 200, 400, 200 Hz of its own work */
	install(&s, &h, &integer);
	small_place(&s, vm, host);
	small_run(&s, 300);
	fluid_finish(&s.world, 300 * NS_PER_S);
	/* It asks for 400, 800, 400 and may have 500 at most. */
	wide got = HZ_S(400) * 100 + HZ_S(500) * 100 + HZ_S(400) * 100;
	CU_ASSERT(s.world.vms[vm].demanded == got && s.world.vms[vm].stolen == 0);
	CU_ASSERT(s.world.useful[vm].overhead == got / 2);
	CU_ASSERT(s.world.hosts[host].service == 0);
	small_close(&s);
}

static void test_service_competes(void)
{
	struct small s;
	struct hypervisor h = plain(1);
	h.costs.service_cores = 0.1; /* 100 Hz */
	h.costs.service_io_ns = 1e6; /* 1000 requests a second of work: as much again */
	small_open(&s);
	uint32_t type = small_host_type(&s, 1, 1000), host = small_host(&s, type);
	uint32_t idle = small_host(&s, type);
	uint32_t vm = small_vm(&s, 1000, PLAN(&s, 100, 30, 100));
	install(&s, &h, &requests);
	small_place(&s, vm, host);
	small_run(&s, 200);
	fluid_finish(&s.world, 200 * NS_PER_S);
	/* First 300 + 100 + 300 fit; then 1000 and 1000 (all a host has) share 1000 evenly. */
	CU_ASSERT(s.world.hosts[host].service == HZ_S(400) * 100 + HZ_S(500) * 100);
	CU_ASSERT(s.world.vms[vm].stolen == HZ_S(500) * 100);
	CU_ASSERT(s.world.hosts[host].given == HZ_S(700) * 100 + HZ_S(1000) * 100);
	CU_ASSERT(s.world.hosts[idle].service == HZ_S(100) * 200);
	CU_ASSERT_EQUAL(s.world.hosts[idle].active_ns, 0);
	CU_ASSERT_EQUAL(s.world.hosts[host].saturated_ns, 100 * NS_PER_S);
	small_close(&s);
}

static void test_memory_is_booked(void)
{
	struct small s;
	struct hypervisor h = plain(1);
	h.costs.service_ram_mib = 1024;
	h.costs.guest_ram_mib = 100;
	h.costs.guest_ram_share = 0.5;
	small_open(&s);
	uint32_t host = small_host(&s, small_host_type(&s, 1, 1000));
	uint32_t vm = small_vm(&s, 100, ID_NONE);
	install(&s, &h, &integer);
	CU_ASSERT_EQUAL(s.world.hosts[host].ram_booked_bytes, INT64_C(1) << 30);
	small_place(&s, vm, host);
	CU_ASSERT_EQUAL(s.world.hosts[host].ram_booked_bytes,
	                (INT64_C(1) << 30) * 5 / 2 + 100 * INT64_C(1048576));
	world_check(&s.world);
	small_close(&s);
}

static void test_warm_up(void)
{
	struct small s;
	struct hypervisor h = plain(2);
	h.technique_costs.blocks = 1e6;
	h.technique_costs.translate_ns = 10000; /* 10 s of work in all */
	h.technique_costs.warm_s = 16;
	small_open(&s);
	uint32_t host = small_host(&s, small_host_type(&s, 1, 1000000000));
	uint32_t vm = small_vm(&s, 1000000000, PLAN(&s, 10000, 10));
	small_type(&s, vm)->vcpu_hz = 1000000000;
	install(&s, &h, &integer);
	small_place(&s, vm, host);
	small_run(&s, 10000);
	fluid_finish(&s.world, 10000 * NS_PER_S);
	/* A tenth of 10,000 s of work takes twice as long, and 10 s more to translate; to 1 %. */
	double delivered_s = wide_double(s.world.vms[vm].demanded) / 1e18;
	double overhead_s = wide_double(s.world.useful[vm].overhead) / 1e18;
	CU_ASSERT_DOUBLE_EQUAL(delivered_s - overhead_s, 1000, 1);
	CU_ASSERT_DOUBLE_EQUAL(overhead_s, 1000 + 10, 0.5);
	small_close(&s);
}

static void test_ideal_hosts_have_no_tables(void)
{
	struct small s;
	small_open(&s);
	small_host(&s, small_host_type(&s, 1, 1000));
	small_vm(&s, 100, ID_NONE);
	install(&s, NULL, &integer);
	CU_ASSERT_PTR_NULL(s.world.overheads);
	CU_ASSERT_PTR_NULL(s.world.useful);
	CU_ASSERT_PTR_NULL(s.world.host_services);
	small_close(&s);
}

static const struct test tests[] = {
	{"a guest asks for its work times the slow-down, up to its cap, and the rest is overhead",
		test_slow_down},
	{"the service domain takes its base and its share of I/O from the guests", test_service_competes},
	{"memory of hypervisor and service domain is booked", test_memory_is_booked},
	{"a guest under a translator starts cold, and translating takes what it takes", test_warm_up},
	{"a world of ideal hosts has no tables of overheads", test_ideal_hosts_have_no_tables},
};
SUITE(models_useful, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Isolation and conservation of pages, in random worlds: neighbours of a guest that crashes or misbehaves
 * lose nothing under a hypervisor, and everything where they share its kernel; pages are somewhere, and
 * once. */
#include "tests/test.h"

#include "models/hypervisor/filter.h"
#include "models/hypervisor/hypervisor.h"
#include "models/hypervisor/fluid.h"
#include "models/hypervisor/memory_host.h"
#include "sim/random.h"
#include "tests/models/small.h"

#define GUESTS 12
#define GIB (INT64_C(1) << 30)

static const struct memory_rules rules = {
	.overcommit = 3, .balloon = true, .balloon_01 = 0.65, .balloon_rate = 50 << 20, .sharing = true,
	.scan_rate = 20000, .scan_ns = 0, .swap_bytes = INT64_C(1) << 50, .swap_latency_ns = 100000,
	.swap_rate = 500000000, .idle_tax_01 = 0.75,
};

/* A host of 8 GiB under KVM with so many guests of random sizes, weights and memories, one after the
 * other. */
static void open_world(struct small *s, uint64_t seed, const struct memory_rules *memory, const double *rates)
{
	struct random_stream r;
	struct memory_type types[GUESTS];
	static const struct mix mix = {.name = "integer", .share = {1, 0, 0, 0}};
	struct hypervisor_guest kinds[GUESTS];
	random_init(&r, seed, "isolation", 0);
	small_open(s);
	uint32_t type = small_host_type(s, 4, 1000), host = small_host(s, type);
	s->world.host_types[type].memory = memory;
	s->world.host_types[type].hypervisor = hypervisor_find("kvm");
	for (uint32_t k = 0; k < GUESTS; k++) {
		uint32_t plan = PLAN(s, 50, (uint8_t)random_below(&r, 101), (uint8_t)random_below(&r, 101));
		uint32_t vm = small_vm(s, 1000, plan);
		small_type(s, vm)->weight = 1 + (uint32_t)random_below(&r, 4096);
		types[k] = (struct memory_type){
			.used_01 = random_uniform(&r, 0.3, 1), .active_01 = random_uniform(&r, 0.1, 1),
			.shareable_01 = random_uniform(&r, 0, 0.5), .limit_01 = 1, .reuse_ns = 30 * NS_PER_S,
			.content = (uint32_t)random_below(&r, 3),
		};
		kinds[k] = (struct hypervisor_guest){.mix = &mix};
	}
	hypervisor_install(&s->world, kinds);
	memory_open(&s->world, types, fluid_touch);
	if (rates)
		filter_open(&s->world, rates);
	for (uint32_t k = 0; k < GUESTS; k++)
		small_place(s, k, host);
}

static void close_world(struct small *s)
{
	memory_close(&s->world);
	filter_close(&s->world);
	small_close(s);
}

static wide delivered(const struct small *s, uint32_t vm)
{
	return s->world.vms[vm].demanded - s->world.vms[vm].stolen;
}

static void test_crash(void)
{
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct small calm, crashed;
		open_world(&calm, seed, NULL, NULL);
		open_world(&crashed, seed, NULL, NULL);
		small_run(&calm, 100);
		small_run(&crashed, 30);
		CU_ASSERT_PTR_NULL(vm_life_request(&crashed.life, (vm_id){(uint32_t)(seed % GUESTS)},
		                                   VM_CRASH));
		small_run(&crashed, 100);
		for (uint32_t k = 0; k < GUESTS; k++)
			CU_ASSERT(k == seed % GUESTS || delivered(&crashed, k) >= delivered(&calm, k));
		close_world(&calm);
		close_world(&crashed);
	}
}

static void test_misbehaviour(void)
{
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct small calm, wild;
		double rates[GUESTS] = {0};
		uint32_t culprit = (uint32_t)(seed % GUESTS);
		rates[culprit] = 1e6;
		open_world(&calm, seed, NULL, NULL);
		open_world(&wild, seed, NULL, rates);
		small_run(&calm, 100);
		small_run(&wild, 100);
		for (uint32_t k = 0; k < GUESTS; k++) {
			CU_ASSERT(k == culprit || delivered(&wild, k) == delivered(&calm, k));
			CU_ASSERT_EQUAL(filter_count(&wild.world, k) > 0, k == culprit && delivered(&wild,
			                                                                            k) > 0);
		}
		CU_ASSERT(delivered(&wild, culprit) <= delivered(&calm, culprit));
		wide lost = delivered(&calm, culprit) - delivered(&wild, culprit);
		CU_ASSERT(wild.world.filters->lost[culprit] == lost);
		close_world(&calm);
		close_world(&wild);
	}
}

static void test_shared_kernel(void)
{
	struct small s;
	open_world(&s, 5, NULL, NULL);
	s.world.host_types[0].isolation = ISOLATION_OS;
	small_run(&s, 30);
	CU_ASSERT_PTR_NULL(vm_life_request(&s.life, (vm_id){3}, VM_CRASH));
	wide then[GUESTS];
	for (uint32_t k = 0; k < GUESTS; k++)
		then[k] = delivered(&s, k);
	CU_ASSERT_EQUAL(s.world.hosts[0].guest_count, 0);
	small_run(&s, 60);
	for (uint32_t k = 0; k < GUESTS; k++) {
		CU_ASSERT_EQUAL(s.world.vms[k].state, k == 3 ? VM_CRASHED : VM_LOST);
		CU_ASSERT(delivered(&s, k) == then[k]);
	}
	close_world(&s);
}

/* Whatever has happened so far. */
static void check_pages(const struct small *s)
{
	const struct memory_of_host *h = &s->world.memory->hosts[0];
	int64_t resident = 0;
	for (uint32_t k = 0; k < GUESTS; k++) {
		const struct memory_vm *m = &s->world.memory->vms[k];
		resident += m->resident_bytes;
		CU_ASSERT(m->resident_bytes >= 0 && m->balloon_bytes >= 0 && m->swapped_bytes >= 0);
		CU_ASSERT(s->world.vms[k].parent.i != ID_NONE || m->used_bytes == 0);
		CU_ASSERT(m->lost <= s->world.vms[k].stolen);
	}
	CU_ASSERT_EQUAL(resident, h->now.resident_bytes);
	CU_ASSERT(resident <= s->world.host_types[0].ram_bytes);
	CU_ASSERT_EQUAL(h->now.used_bytes,
	                h->now.resident_bytes + h->now.shared_bytes + h->now.ballooned_bytes +
	                h->now.swapped_bytes + h->now.denied_bytes);
}

static void test_pages(void)
{
	static const enum vm_request requests[] = {VM_PAUSE, VM_UNPAUSE, VM_STOP, VM_CRASH};
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct small s;
		struct random_stream r;
		random_init(&r, seed, "requests", 0);
		open_world(&s, seed, &rules, NULL);
		uint32_t before = 0;
		for (int64_t t = 1; t <= 200; t += 1 + (int64_t)random_below(&r, 20)) {
			small_run(&s, t);
			check_pages(&s);
			uint32_t vm = (uint32_t)random_below(&r, GUESTS);
			if (random_below(&r, 2))
				vm_life_request(&s.life, (vm_id){vm}, requests[random_below(&r, 4)]);
			CU_ASSERT(s.world.memory->row_count >= before);
			before = s.world.memory->row_count;
		}
		CU_ASSERT(before > 0);
		close_world(&s);
	}
}

/* Memory that is plentiful changes no bit of what happens; and looking in between changes none of what is
 * lost. */
static void test_no_pressure(void)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct small with, without;
		struct memory_rules roomy = rules;
		roomy.sharing = false;
		open_world(&with, seed, &roomy, NULL);
		open_world(&without, seed, NULL, NULL);
		with.world.host_types[0].ram_bytes = 1000 * GIB;
		small_run(&with, 100);
		small_run(&without, 100);
		for (uint32_t k = 0; k < GUESTS; k++) {
			CU_ASSERT(delivered(&with, k) == delivered(&without, k));
			CU_ASSERT(with.world.memory->vms[k].lost == 0);
		}
		CU_ASSERT(with.world.hosts[0].energy == without.world.hosts[0].energy);
		close_world(&with);
		close_world(&without);
	}
}

static void test_looking(void)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct small once, often;
		open_world(&once, seed, &rules, NULL);
		open_world(&often, seed, &rules, NULL);
		small_run(&once, 100);
		for (int64_t t = 1; t <= 100; t += 7)
			small_run(&often, t);
		small_run(&often, 100);
		for (uint32_t k = 0; k < GUESTS; k++) {
			CU_ASSERT(delivered(&once, k) == delivered(&often, k));
			CU_ASSERT(once.world.memory->vms[k].lost == often.world.memory->vms[k].lost);
		}
		close_world(&once);
		close_world(&often);
	}
}

static const struct test tests[] = {
	{"no neighbour's CPU falls when a guest crashes under a hypervisor", test_crash},
	{"no neighbour's CPU changes when a guest attempts what is forbidden", test_misbehaviour},
	{"a guest that brings down a shared kernel takes all with it", test_shared_kernel},
	{"resident, shared, ballooned and swapped pages add up, and fit into the host", test_pages},
	{"where memory suffices its model changes nothing", test_no_pressure},
	{"looking at a host changes nothing of what memory costs", test_looking},
};
SUITE(laws_isolation, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prices of techniques against cases worked out by hand, and what each cannot run. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "models/hypervisor/hypervisor.h"
#include "sim/transcend.h"

static bool near(double a, double b)
{
	return fabs(a - b) <= 1e-12 * (fabs(a) + fabs(b));
}

/* A second of which 1e5 system calls of 100 ns take 10 ms; the rest is integer code. */
static const struct mix calls = {.name = "calls", .per_s = {[OP_SYSCALL] = 1e5}, .share = {1, 0, 0, 0}};

static double slow(enum technique technique, const struct technique_costs *costs, const struct mix *mix)
{
	struct technique_price price;
	technique_price(technique, costs, mix->walk_01, &price);
	return technique_slowdown(&price, mix);
}

static void test_base_case(void)
{
	const struct mix *mix;
	const struct technique_costs none = {0};
	for (uint32_t i = 0; (mix = mix_at(i)); i++) {
		CU_ASSERT(near(slow(TECHNIQUE_PROCESS, &none, mix), 1));
		CU_ASSERT_PTR_NULL(mix_check(mix));
		CU_ASSERT_PTR_EQUAL(mix_find(mix->name), mix);
	}
}

static void test_by_hand(void)
{
	const struct technique_costs c = {
		.trap_ns = 500, .emulate_ns = 100, .exit_ns = 800, .syscall_ns = 50, .hypercall_ns = 400,
		.hypercall_batch = 8, .walk_factor = 3, .io_exits = 4, .io_batch = 2,
	};
	/* Two traps a system call: 1e5 * 1000 ns = 0.1 s; and 50 ns more in any case. */
	CU_ASSERT(near(slow(TECHNIQUE_TRAP_EMULATE, &c, &calls), 1 + 0.1 + 0.005));
	CU_ASSERT(near(slow(TECHNIQUE_OS_LEVEL, &c, &calls), 1 + 0.005));
	/* System calls do not leave a guest that the processor helps. */
	CU_ASSERT(near(slow(TECHNIQUE_HARDWARE, &c, &calls), 1 + 0.005));
	/* 8000 updates a second in hypercalls of 8: 1000 * 400 ns. */
	const struct mix updates = {.per_s = {[OP_PAGE_TABLE] = 8000}, .share = {1, 0, 0, 0}};
	CU_ASSERT(near(slow(TECHNIQUE_PARAVIRTUAL, &c, &updates), 1 + 0.0004));
	/* A fifth of half the time are walks that take three times as long. */
	const struct mix walks = {.share = {0.5, 0, 0.5, 0}, .walk_01 = 0.2};
	CU_ASSERT(near(slow(TECHNIQUE_HARDWARE, &c, &walks), 1 + 0.5 * 0.2 * 2));
	/* 1000 requests, two notifications each, 900 ns. */
	const struct mix io = {.per_s = {[OP_IO] = 1000}, .share = {1, 0, 0, 0}};
	CU_ASSERT(near(slow(TECHNIQUE_HARDWARE, &c, &io), 1 + 1000 * 2 * 900e-9));
}

static void test_shadow_or_nested(void)
{
	struct technique_costs c = {.exit_ns = 700, .emulate_ns = 300, .walk_factor = 2};
	const struct mix faults = {.per_s = {[OP_PAGE_FAULT] = 1e4, [OP_PAGE_TABLE] = 2e4},
	                           .share = {0.5, 0, 0.5, 0}, .walk_01 = 0.02};
	double nested = slow(TECHNIQUE_HARDWARE, &c, &faults);
	c.shadow = 1;
	c.walk_factor = 1;
	CU_ASSERT(near(slow(TECHNIQUE_HARDWARE, &c, &faults), 1 + 1e4 * 2e-6 + 2e4 * 1e-6));
	CU_ASSERT(nested < slow(TECHNIQUE_HARDWARE, &c, &faults));
}

static void test_software(void)
{
	const struct technique_costs i = {.interpret_factor = 40};
	const struct technique_costs c = {.integer_factor = 4, .kernel_factor = 6};
	CU_ASSERT(near(slow(TECHNIQUE_INTERPRETATION, &i, &calls), 40));
	CU_ASSERT(near(slow(TECHNIQUE_CROSS_ISA, &c, &calls), 0.99 * 4 + 0.01 * 6));
}

static void test_warm_up(void)
{
	const struct technique_costs c = {.kernel_factor = 1, .blocks = 1e5, .translate_ns = 10000,
		.warm_s = 2, .block_rate = 1e6};
	struct technique_price p;
	technique_price(TECHNIQUE_BINARY_TRANSLATION, &c, 0, &p);
	CU_ASSERT(near(p.cold_s, 1));
	CU_ASSERT(near(technique_slowdown_at(&p, 1, 0), 1.5));
	CU_ASSERT(near(technique_slowdown_at(&p, 1, 2), 1 + 0.5 * exp(-1)));
	CU_ASSERT(near(technique_slowdown_mean(&p, 1, 2), 1 + 0.5 * (1 - exp(-1))));
	CU_ASSERT(near(technique_hit_01(&p, &c, 0), 0.95));
	CU_ASSERT(technique_hit_01(&p, &c, 20) > 0.99999);
	/* All the translating takes cold_s, however long the run. */
	CU_ASSERT(fabs((technique_slowdown_mean(&p, 1, 100) - 1) * 100 - 1) < 1e-12);
	technique_price(TECHNIQUE_HARDWARE, &c, 0, &p);
	CU_ASSERT(technique_slowdown_at(&p, 1.25, 0) == 1.25 && technique_hit_01(&p, &c, 0) == 1);
}

static void test_refusals(void)
{
	const struct technique_host x86 = {.isa = "x86_64", .os = "linux"};
	const struct technique_host s370 = {.isa = "s370", .virtualizable = true};
	const struct technique_host pvh = {.isa = "x86_64", .ported_only = true};
	const struct {
		enum technique technique;
		struct technique_guest guest;
		const struct technique_host *host;
		const char *why; /* a part of it; NULL: it runs */
	} cases[] = {
		{TECHNIQUE_PARAVIRTUAL, {GUEST_SYSTEM, NULL, NULL}, &x86, "not modified"},
		{TECHNIQUE_PARAVIRTUAL, {GUEST_PORTED, NULL, NULL}, &x86, NULL},
		{TECHNIQUE_HARDWARE, {GUEST_SYSTEM, "x86_64", "windows"}, &x86, NULL},
		{TECHNIQUE_HARDWARE, {GUEST_SYSTEM, "arm64", "linux"}, &x86, "another ISA"},
		{TECHNIQUE_CROSS_ISA, {GUEST_SYSTEM, "arm64", "linux"}, &x86, NULL},
		{TECHNIQUE_INTERPRETATION, {GUEST_SYSTEM, "arm64", "linux"}, &x86, NULL},
		{TECHNIQUE_OS_LEVEL, {GUEST_SYSTEM, NULL, NULL}, &x86, "kernel of its own"},
		{TECHNIQUE_OS_LEVEL, {GUEST_CONTAINER, NULL, "windows"}, &x86, "another system"},
		{TECHNIQUE_OS_LEVEL, {GUEST_CONTAINER, NULL, "linux"}, &x86, NULL},
		{TECHNIQUE_OS_LEVEL, {GUEST_ANY, NULL, "windows"}, &x86, "another system"},
		{TECHNIQUE_HARDWARE, {GUEST_CONTAINER, NULL, NULL}, &x86, "no kernel"},
		{TECHNIQUE_TRAP_EMULATE, {GUEST_SYSTEM, NULL, NULL}, &x86, "do not trap"},
		{TECHNIQUE_TRAP_EMULATE, {GUEST_SYSTEM, NULL, NULL}, &s370, NULL},
		{TECHNIQUE_PARTIAL, {GUEST_SYSTEM, NULL, NULL}, &x86, "address spaces"},
		{TECHNIQUE_PROCESS, {GUEST_SYSTEM, NULL, NULL}, &x86, "kernel of its own"},
		{TECHNIQUE_LANGUAGE, {GUEST_BYTECODE, "jvm", NULL}, &x86, NULL},
		{TECHNIQUE_LANGUAGE, {GUEST_SYSTEM, NULL, NULL}, &x86, "bytecode"},
		{TECHNIQUE_HARDWARE, {GUEST_BYTECODE, NULL, NULL}, &x86, "bytecode"},
		{TECHNIQUE_APPLICATION, {GUEST_PROGRAM, NULL, "windows"}, &x86, NULL},
		{TECHNIQUE_APPLICATION, {GUEST_CONTAINER, NULL, NULL}, &x86, "single programs"},
		{TECHNIQUE_APPLICATION, {GUEST_SYSTEM, NULL, NULL}, &x86, "only under programs"},
		{TECHNIQUE_HARDWARE, {GUEST_SYSTEM, NULL, NULL}, &pvh, "ported"},
		{TECHNIQUE_HARDWARE, {GUEST_PORTED, NULL, NULL}, &pvh, NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *why = technique_refusal(cases[i].technique, &cases[i].guest, cases[i].host);
		CU_ASSERT((why == NULL) == (cases[i].why == NULL));
		CU_ASSERT(!why || !cases[i].why || strstr(why, cases[i].why) != NULL);
	}
}

static void test_mixes_that_are_none(void)
{
	struct mix mix = calls;
	CU_ASSERT_PTR_NULL(mix_check(&mix));
	mix.share[CODE_KERNEL] = 0.5;
	CU_ASSERT_PTR_NOT_NULL(mix_check(&mix));
	mix = calls;
	mix.per_s[OP_SYSCALL] = 1e7; /* a second of system calls in a second */
	CU_ASSERT_PTR_NOT_NULL(mix_check(&mix));
}

static void test_presets_differ(void)
{
	const struct hypervisor *a, *b;
	const struct host_type host = {.cores = 16, .core_hz = 3000000000, .cpu_hz = 48000000000,
	                               .ram_bytes = INT64_C(1) << 37};
	const struct vm_type type = {.vcpus = 2, .vcpu_hz = 3000000000, .cpu_hz = 6000000000,
	                             .ram_bytes = INT64_C(1) << 32};
	const struct hypervisor_guest guest = {.mix = mix_find("web")};
	for (uint32_t i = 0; (a = hypervisor_at(i)); i++) {
		struct overhead x, y;
		hypervisor_overhead(a, &host, &type, &guest, &x);
		CU_ASSERT(x.slow_ppb >= OVERHEAD_UNIT && x.refused == NULL);
		for (uint32_t j = 0; j < i; j++) {
			b = hypervisor_at(j);
			hypervisor_overhead(b, &host, &type, &guest, &y);
			CU_ASSERT(x.slow_ppb != y.slow_ppb && strcmp(a->name, b->name) != 0);
		}
	}
}

static void test_sources(void)
{
	const struct hypervisor *h;
	for (uint32_t i = 0; (h = hypervisor_at(i)); i++) {
		struct hypervisor copy = *h;
		for (int p = 0; p < HYPERVISOR_PARAMETERS; p++) {
			double value = *hypervisor_value(&copy, (enum hypervisor_parameter)p);
			CU_ASSERT(h->source[p] || value == 0);
			CU_ASSERT(!h->source[p] || h->source[p][0]);
		}
	}
}

static const struct test tests[] = {
	{"a process of the time-shared system is the base case: slow-down 1", test_base_case},
	{"slow-downs are those worked out by hand", test_by_hand},
	{"shadow page tables pay on faults, nested ones on walks", test_shadow_or_nested},
	{"interpretation and translation slow all code and every operation", test_software},
	{"translators warm up, and translating takes the same time in all", test_warm_up},
	{"what a technique cannot run is refused with the reason", test_refusals},
	{"a mix that is none is told", test_mixes_that_are_none},
	{"no two presets make the same of a web server", test_presets_differ},
	{"each number of a preset has a source", test_sources},
};
SUITE(models_technique, tests)

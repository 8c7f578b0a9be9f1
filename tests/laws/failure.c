/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold of any failing host: renewal theory's availability, and failures that do not depend on
 * guests. */
#include "models/hypervisor/failure.h"

#include <math.h>

#include "tests/models/small.h"
#include "tests/test.h"

#define HOSTS 40
#define END_S INT64_C(200000)
#define BOOT_S 10.0

struct heard {
	int64_t at_ns[8192];
	uint32_t host[8192], count;
};

static void hear(void *context, const struct note *note)
{
	struct heard *h = context;
	if (note->kind != NOTE_HOST_STATE || note->value != HOST_FAILED || h->count == 8192)
		return;
	h->at_ns[h->count] = note->time_ns;
	h->host[h->count++] = note->host;
}

struct world_of_failures {
	struct small s;
	struct failures f;
	struct failure_rules rules;
	struct heard heard;
};

static void run(struct world_of_failures *w, const struct failure_rules *rules, bool guests)
{
	small_open(&w->s);
	w->heard.count = 0;
	w->rules = *rules;
	uint32_t type = small_host_type(&w->s, 1, 1000);
	for (uint32_t h = 0; h < HOSTS; h++)
		small_host(&w->s, type);
	uint32_t plan = PLAN(&w->s, 1000, 40, 90, 10);
	for (uint32_t h = 0; guests && h < HOSTS; h++)
		small_place(&w->s, small_vm(&w->s, 1000, plan), h);
	failures_open(&w->f, &w->s.world, &w->s.life, &w->rules);
	world_listen(&w->s.world, hear, &w->heard);
	small_run(&w->s, END_S);
	failures_finish(&w->f, END_S * NS_PER_S);
}

static void world_close(struct world_of_failures *w)
{
	failures_close(&w->f);
	small_close(&w->s);
}

/* A cycle has M from a repair to the failure, of which the boot is no use, and R to the repair. */
static void availability(void)
{
	static const enum law_kind kinds[] = {LAW_EXPONENTIAL, LAW_WEIBULL, LAW_LOGNORMAL};
	static struct world_of_failures w;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct failure_rules rules = {
			.fails = true, .stream = "law", .between = {kinds[i], 2000, 0.8},
			.repair = {kinds[i], 150, 0.9}, .restarts = true,
		};
		run(&w, &rules, true);
		double sum = 0, squares = 0;
		for (uint32_t h = 0; h < HOSTS; h++) {
			double x = w.f.hosts[h].availability_01;
			sum += x;
			squares += x * x;
		}
		double mean = sum / HOSTS, error = sqrt((squares / HOSTS - mean * mean) / (HOSTS - 1));
		/* Of the boot what is over before it fails again: nearly all. */
		double cut = law_hazard(&rules.between, BOOT_S) * BOOT_S;
		double law = (2000 - BOOT_S) / 2150;
		CU_ASSERT(fabs(mean - law) < 3.5 * error + cut / 2150);
		struct failure_totals t;
		failures_totals(&w.f, &t);
		CU_ASSERT_DOUBLE_EQUAL(t.host_availability_01, mean, 1e-12);
		CU_ASSERT_DOUBLE_EQUAL((double)t.failures, HOSTS * END_S / 2150.0,
		                       0.05 * HOSTS * END_S / 2150.0);
		world_close(&w);
	}
}

/* A share of failures that take the rack changes who fails together, not how often. */
static void common_shocks(void)
{
	static struct world_of_failures w;
	struct failure_rules rules = {
		.fails = true, .stream = "law", .between = {LAW_EXPONENTIAL, 2000, 0},
		.repair = {LAW_CONSTANT, 1, 0}, .rack_01 = 0.5,
	};
	run(&w, &rules, false);
	uint32_t together = 0;
	for (uint32_t k = 1; k < w.heard.count; k++)
		together += w.heard.at_ns[k] == w.heard.at_ns[k - 1];
	/* The rack fails about 50 times, and 40 hosts with it: 7 deviations of a hundred failures each.
	 * */
	CU_ASSERT(together > 30 * (HOSTS - 2) && together < 75 * (HOSTS - 1));
	uint64_t own = w.heard.count - together;
	CU_ASSERT_DOUBLE_EQUAL((double)own, HOSTS * END_S / 4000.0, 300);
	world_close(&w);
}

static void guests_change_nothing(void)
{
	static struct world_of_failures with, without;
	const struct failure_rules rules = {
		.fails = true, .stream = "law", .between = {LAW_WEIBULL, 5000, 0.7},
		.repair = {LAW_LOGNORMAL, 300, 1}, .restarts = true, .rack_01 = 0.1,
	};
	run(&with, &rules, true);
	run(&without, &rules, false);
	CU_ASSERT_EQUAL_FATAL(with.heard.count, without.heard.count);
	CU_ASSERT(with.heard.count > 500);
	for (uint32_t k = 0; k < with.heard.count; k++) {
		CU_ASSERT_EQUAL(with.heard.at_ns[k], without.heard.at_ns[k]);
		CU_ASSERT_EQUAL(with.heard.host[k], without.heard.host[k]);
	}
	/* Work that was lost was delivered. */
	for (uint32_t v = 0; v < with.s.world.vm_count; v++) {
		const struct vm *vm = &with.s.world.vms[v];
		CU_ASSERT(with.f.vms[v].lost > 0 && with.f.vms[v].lost <= vm->demanded - vm->stolen);
		CU_ASSERT(with.f.vms[v].losses > 0);
	}
	world_close(&with);
	world_close(&without);
}

static const struct test tests[] = {
	{"availability is that of a renewal process, whatever the law", availability},
	{"common failures of a rack leave each host's rate as it was", common_shocks},
	{"when hosts fail does not depend on their guests", guests_change_nothing},
};
SUITE(laws_failure, tests)

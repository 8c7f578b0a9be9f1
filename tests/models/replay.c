/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thousand hosts for a day, from the scenario language to the totals: batches against one event
 * a change. */
#include "tests/test.h"

#include <stdio.h>

#include "scenarios/run.h"
#include "scenarios/scenario_read.h"

static const char text[] =
	"duration: 24 h\n"
	"hosts:\n"
	"  - {name: h, count: 1000, cores: 16, core_speed: 2.5 GHz, ram: 64 GiB, disk: 1 TB,\n"
	"     nic: 10 Gbit/s,\n"
	"     power: {model: square, idle: 100 W, max: 250 W}}\n"
	"vms:\n"
	"  - {name: a, count: 8000, vcpus: 2, vcpu_speed: 2.5 GHz, ram: 4 GiB, disk: 10 GB,\n"
	"     demand: {generator: uniform, least: 0 %, most: 87 %, period: 5 min}}\n"
	"  - {name: b, count: 8000, vcpus: 2, vcpu_speed: 2.5 GHz, ram: 4 GiB, disk: 10 GB, weight: 2048,\n"
	"     demand: {generator: uniform, least: 0 %, most: 87 %, period: 5 min}}\n"
	"placement: {policy: worst_fit, cpu_overcommit: 2}\n"
	"record: {interval: 5 min}\n";

struct totals {
	struct run run;
	struct scenario *scenario;
	struct diag diag;
};

static bool open_totals(struct totals *t, const char *batch)
{
	struct scenario_options options = {.overrides = &batch, .override_count = 1};
	diag_init(&t->diag);
	t->run = (struct run){0};
	t->scenario = scenario_read_text(text, &options, &t->diag);
	if (!t->scenario || !run_open(&t->run, t->scenario, &t->diag)) {
		diag_print(&t->diag, stdout);
		return false;
	}
	run_go(&t->run, NULL, NULL);
	return true;
}

static void close_totals(struct totals *t)
{
	run_close(&t->run);
	if (t->scenario)
		scenario_free(t->scenario);
	diag_fini(&t->diag);
}

static void test_unbatched(void)
{
	struct totals a, b;
	uint64_t wrong = 0, contended = 0;
	bool ok = open_totals(&a, "engine.batch=true");
	ok = open_totals(&b, "engine.batch=false") && ok;
	CU_ASSERT_FATAL(ok);
	for (uint32_t h = 0; h < 1000; h++) {
		const struct host *x = &a.run.world.hosts[h], *y = &b.run.world.hosts[h];
		wrong += x->energy != y->energy || x->given != y->given || x->saturated_ns != y->saturated_ns;
		contended += (uint64_t)(x->saturated_ns / (300 * NS_PER_S));
	}
	for (uint32_t v = 0; v < 16000; v++)
		wrong += a.run.world.vms[v].stolen != b.run.world.vms[v].stolen;
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(contended > 28800); /* a tenth of the host-samples is contended */
	CU_ASSERT_EQUAL(a.run.summary.events, b.run.summary.events);
	CU_ASSERT(engine_fired(b.run.engine) > 280000 && engine_fired(a.run.engine) < 1000);
	for (uint32_t k = 0; k < a.run.record.intervals; k++)
		wrong += a.run.record.site_series[SERIES_POWER][k] !=
		         b.run.record.site_series[SERIES_POWER][k];
	CU_ASSERT_EQUAL(wrong, 0);
	close_totals(&a);
	close_totals(&b);
}

static const struct test tests[] = {
	{"a day of 1000 hosts has the same energy and steal to the bit, batched or with an event a change",
	 test_unbatched},
};
SUITE(models_replay, tests)

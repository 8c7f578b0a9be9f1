/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failures from keys to figures: runs of short scenarios, and keys that do not go together. */
#include "scenarios/build_failures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/run.h"
#include "scenarios/scenario_read.h"
#include "tests/scenarios/files.h"
#include "tests/test.h"

#define WORLD(failures) \
	"duration: 30 d\nhosts:\n  - {name: a, count: 20, cores: 4, failures: {" failures "}}\n" \
	"vms: [{name: v, count: 20, vcpus: 1, demand: {level: 50 %}}]\nplacement: {policy: worst_fit}\n"

static void run_text(const char *text, void (*look)(struct run *run))
{
	struct diag diag;
	struct run run = {0};
	diag_init(&diag);
	struct scenario *s = scenario_read_text(text, NULL, &diag);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_TRUE_FATAL(run_open(&run, s, &diag));
	run_go(&run, NULL, NULL);
	look(&run);
	run_close(&run);
	scenario_free(s);
	diag_fini(&diag);
}

static void expect_lost(struct run *run)
{
	const struct summary *s = &run->summary;
	CU_ASSERT(s->failure_hosts > 50 && s->failure_host_down_s > 0);
	CU_ASSERT_EQUAL(s->failure_vms, 20); /* each once: nobody starts them again */
	CU_ASSERT_EQUAL(s->vms_lost, 20);
	CU_ASSERT(s->failure_vm_availability < 0.8 && s->failure_host_availability > 0.9);
	CU_ASSERT_DOUBLE_EQUAL(s->failure_host_nines, -log10(1 - s->failure_host_availability), 1e-9);
	CU_ASSERT(s->failure_lost_ghz_h > 0 && s->failure_lost_ghz_h <= s->delivered_ghz_h);
}

static void expect_restarted(struct run *run)
{
	const struct summary *s = &run->summary;
	CU_ASSERT(s->failure_vms > 50);
	CU_ASSERT_EQUAL(s->failure_vms, s->vms_lost);
	CU_ASSERT_DOUBLE_EQUAL(s->failure_vm_availability, s->failure_host_availability, 1e-9);
}

static void laws(void)
{
	run_text(WORLD("mean: 5 d, repair: 2 h"), expect_lost);
	run_text(WORLD("distribution: weibull, mean: 5 d, shape: 0.7, repair: 2 h, guests: restart"),
	         expect_restarted);
	run_text(WORLD("mean: 5 d, rack: 20 %, repair: {distribution: lognormal, mean: 2 h, shape: 1}, "
	               "guests: restart"), expect_restarted);
}

static void expect_twins(struct run *run)
{
	for (uint32_t k = 0; k < 5; k++)
		CU_ASSERT_EQUAL(run->failures.hosts[k].down_ns, run->failures.hosts[5 + k].down_ns);
	CU_ASSERT_NOT_EQUAL(run->failures.hosts[0].down_ns, run->failures.hosts[1].down_ns);
}

static void shared(void)
{
	run_text("duration: 100 d\nhosts:\n  - {name: a, count: 5, failures: 5 d}\n"
	         "  - {name: b, count: 5, failures: {mean: 5 d, as: a}}\nvms: [{count: 1, vcpus: 1}]\n",
	         expect_twins);
}

static void expect_none(struct run *run)
{
	CU_ASSERT_PTR_NULL(run->world.failures);
	CU_ASSERT_EQUAL(run->summary.failure_hosts, 0);
	CU_ASSERT_EQUAL(run->summary.failure_host_availability, 0);
}

static void none(void)
{
	run_text("hosts: [{name: a}]\nvms: [{count: 1, vcpus: 1}]\nduration: 1 h\n", expect_none);
}

static void expect_log(struct run *run)
{
	/* Node 1 fails at the second day for two hours; the run begins a day after the first failure. */
	CU_ASSERT_EQUAL(run->failures.hosts[0].failures, 0);
	CU_ASSERT_EQUAL(run->failures.hosts[1].failures, 1);
	CU_ASSERT_EQUAL(run->failures.hosts[1].down_ns, 2 * NS_PER_HOUR + 90 * NS_PER_S);
}

static void traced(void)
{
	static const char log[] = "7,c,2,8,4,0,0,,,,,,,,,,1/1/2000 0:00,1/1/2000 1:00,60,,,,,,,N\n"
				  "7,c,2,8,4,1,1,,,,,,,,,,1/3/2000 0:00,1/3/2000 2:00,120,,,,,,,N\n"
				  "8,c,2,8,4,1,1,,,,,,,,,,1/3/2000 0:00,1/4/2000 2:00,120,,,,,,,N\n";
	struct files f;
	char text[1024];
	files_open(&f);
	files_write(&f, "log.csv", log, strlen(log));
	snprintf(text, sizeof text, "duration: 10 d\nhosts: [{name: a, count: 2, failures: {trace: %s, "
	         "system: 7, offset: 24 h}}]\nvms: [{count: 1, vcpus: 1}]\n", files_path(&f, "log.csv"));
	run_text(text, expect_log);
	files_close(&f);
}

static void expect_tables(struct run *run)
{
	const struct resilience *r = &run->resilience;
	CU_ASSERT_EQUAL_FATAL(r->job_count, 1);
	CU_ASSERT_EQUAL_FATAL(r->checkpoint_count, 5);
	CU_ASSERT_EQUAL_FATAL(r->remus_count, 4);
	CU_ASSERT_DOUBLE_EQUAL(r->jobs[0].young_s, 7200, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(r->jobs[0].daly_s, 7000, 10);
	CU_ASSERT_DOUBLE_EQUAL(r->jobs[0].simulated_s / r->jobs[0].daly_s, 1, 0.05);
	CU_ASSERT(r->jobs[0].young_cost_01 > 0 && r->jobs[0].young_cost_01 < 0.001);
	for (uint32_t i = 0; i < 5; i++)
		CU_ASSERT_DOUBLE_EQUAL(r->checkpoints[i].error_01, 0, 0.01);
	CU_ASSERT_DOUBLE_EQUAL(r->checkpoints[4].interval_s / r->checkpoints[0].interval_s, 8, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(r->remus[0].epoch_s, 0.005, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(r->remus[3].epoch_s, 1, 1e-9);
	CU_ASSERT(r->remus[3].outcome.speed_01 > r->remus[0].outcome.speed_01);
}

static void arithmetic(void)
{
	run_text("duration: 1 s\njobs: [{runs: 500, intervals: {least: 1 h, most: 8 h, points: 5}}]\n"
	         "remus: [{epochs: {points: 4}}]\n", expect_tables);
}

static const struct test tests[] = {
	{"hosts fail and are repaired by the laws of their group", laws},
	{"a group may share another's failures", shared},
	{"where nothing may fail there are no figures of failures", none},
	{"hosts live through the log of a system", traced},
	{"jobs and copied guests fill their tables", arithmetic},
};
SUITE(scenarios_failures, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of policies in a datacenter that runs: how soon a hotspot is gone, whenever it begins. */
#include <stdio.h>

#include "models/host.h"
#include "scenarios/run.h"
#include "scenarios/scenario_read.h"
#include "tests/test.h"

/* Sandpiper's setting: 1 Gbit/s, a VM of 1 GiB, samples of 10 s, three of five above 75 %. Two VMs on host-0,
 * of which `web` leaps to its peak some time into the run, and host-1 with one that leaves room for it. */
#define HOTSPOT \
	"duration: 3 min\nnetwork: {nic_latency: 100 us, rack_latency: 0}\n" \
	"hosts: [{name: host, count: 2, cores: 4, core_speed: 2.4 GHz, ram: 16 GiB, nic: 1 Gbit/s}]\n" \
	"vms:\n" \
	"  - {name: web, vcpus: 2, vcpu_speed: 2.4 GHz, ram: 1 GiB,\n" \
	"     dirty: {working_set: 100 MiB, rate: %u MB/s},\n" \
	"     demand: {generator: flash_crowd, level: 20 %%, most: 90 %%, start: %u s, rise: 0 s,\n" \
	"              decay: %s, period: 1 s}}\n" \
	"  - {name: idle, vcpus: 2, vcpu_speed: 2.4 GHz, ram: 1 GiB, demand: {level: 20 %%}}\n" \
	"  - {name: base, vcpus: 2, vcpu_speed: 2.4 GHz, ram: 1 GiB, demand: {level: 80 %%}}\n" \
	"placement: {policy: worst_fit, cpu_overcommit: 2}\n" \
	"migration: {kind: precopy, downtime_limit: 100 ms}\n" \
	"control: {interval: 10 s, history: 5, balance: {policy: sandpiper, parameters: {k: 3, n: 5}}}\n" \
	"record: {interval: 1 s}\n"

#define INTERVAL_S 10
#define SUSTAINED 3                    /* samples above the threshold */
#define RESOLVED_S 20

struct crowd {
	unsigned at_s, dirty_mb_s;
	const char *decay;
};

static void run_crowd(const struct crowd *crowd, void (*look)(struct run *run, unsigned at_s))
{
	char text[2000];
	struct diag diag;
	struct run run = {0};
	int length = snprintf(text, sizeof text, HOTSPOT, crowd->dirty_mb_s, crowd->at_s, crowd->decay);
	CU_ASSERT_FATAL(length > 0 && (size_t)length < sizeof text);
	diag_init(&diag);
	struct scenario *s = scenario_read_text(text, NULL, &diag);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_TRUE_FATAL(run_open(&run, s, &diag));
	run_go(&run, NULL, NULL);
	look(&run, crowd->at_s);
	run_close(&run);
	scenario_free(s);
	diag_fini(&diag);
}

/* The first second from which on what host-0 is asked for stays within the threshold. */
static unsigned cool_from_s(const struct run *run)
{
	const float *asked_ghz = run->record.host_series[SERIES_DEMANDED];
	unsigned s = run->record.intervals;
	while (s > 0 && asked_ghz[s - 1] <= 0.75F * 4 * 2.4F)
		s--;
	return s;
}

static void expect_resolved(struct run *run, unsigned at_s)
{
	/* The first look that sees it, and the one at which it is sustained. */
	unsigned seen_s = (at_s + INTERVAL_S - 1) / INTERVAL_S * INTERVAL_S;
	unsigned sustained_s = seen_s + (SUSTAINED - 1) * INTERVAL_S;
	unsigned cool_s = cool_from_s(run);
	CU_ASSERT_EQUAL(run->summary.migrations, 1);
	CU_ASSERT(cool_s > sustained_s && cool_s <= sustained_s + RESOLVED_S);
	CU_ASSERT_EQUAL(run->summary.plans_refused, 0);
}

static void expect_patience(struct run *run, unsigned at_s)
{
	CU_ASSERT(cool_from_s(run) > at_s);
	CU_ASSERT_EQUAL(run->summary.migrations, 0);
}

static void sandpiper_resolves(void)
{
	for (unsigned at_s = 60; at_s < 70; at_s++)
		for (unsigned dirty_mb_s = 0; dirty_mb_s <= 40; dirty_mb_s += 20)
			run_crowd(&(struct crowd){at_s, dirty_mb_s, "1 h"}, expect_resolved);
}

/* A crowd that is gone soon: two samples at most are above the threshold. */
static void sandpiper_waits(void)
{
	for (unsigned at_s = 60; at_s < 70; at_s++)
		run_crowd(&(struct crowd){at_s, 20, "20 s"}, expect_patience);
}

static const struct test tests[] = {
	{"Sandpiper resolves a hotspot within 20 s of its being sustained, whenever it begins",
	 sandpiper_resolves},
	{"Sandpiper sits out a spike that fewer than three of five samples see", sandpiper_waits},
};
SUITE(laws_policies, tests)

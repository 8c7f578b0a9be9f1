/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CloudSim's study by hand: shares, power, detectors, selection, placement, plans, books. */
#include <math.h>
#include <string.h>

#include "models/cloudsim/consolidate.h"
#include "models/cloudsim/study.h"
#include "tests/test.h"

#define VMS 8
#define SAMPLES 40

/* A trace of VMS rows, so that VMs 0 and 1 are of the first type (2500 MIPS), 2 and 3 of the second
 * (2000), 4 and 5 of the third (1000), 6 and 7 of the last (500). Percents are given per row and hold all
 * day. */
struct tiny {
	uint8_t samples[VMS][SAMPLES];
	struct demand_set trace;
	struct cloudsim_rules rules;
	struct cloudsim_books books;
};

static void tiny_trace(struct tiny *t, const uint8_t percents[static VMS])
{
	for (unsigned v = 0; v < VMS; v++)
		memset(t->samples[v], percents[v], SAMPLES);
	t->trace = (struct demand_set){
		.name = "tiny", .rows = VMS, .axis = {0, INT64_C(300000000000), SAMPLES},
		.columns[DEMAND_CPU] = {t->samples, 8, SAMPLES, 100, 0},
	};
}

static void tiny_open(struct tiny *t, const char *policy, uint32_t hosts, const uint8_t percents[static VMS])
{
	tiny_trace(t, percents);
	t->rules = cloudsim_rules(CLOUDSIM_3_0_3);
	CU_ASSERT_FATAL(cloudsim_rules_named(&t->rules, policy));
	cloudsim_books_open(&t->books, &t->rules, &t->trace, hosts);
}

static void tiny_put(struct tiny *t, uint32_t host, uint32_t vm)
{
	cloudsim_guest_add(&t->books, host, vm, false);
	t->books.vms[vm].host = host;
	t->books.vms[vm].alive = true;
}

static void tiny_update(struct tiny *t, double now_s)
{
	cloudsim_demand_read(&t->books.demand, now_s);
	for (uint32_t h = 0; h < t->books.host_count; h++)
		cloudsim_host_update(&t->books, h, now_s);
	cloudsim_demand_remember(&t->books.demand);
}

static void names(void)
{
	struct cloudsim_rules rules = cloudsim_rules(CLOUDSIM_7G);
	char name[24];
	unsigned count = 0;
	for (const char *experiment; (experiment = cloudsim_experiment(count)); count++) {
		CU_ASSERT_FATAL(cloudsim_rules_named(&rules, experiment));
		cloudsim_rules_name(&rules, name, sizeof name);
		CU_ASSERT_STRING_EQUAL(name, experiment);
	}
	CU_ASSERT_EQUAL(count, 17);
	CU_ASSERT(cloudsim_rules_named(&rules, "LrRs"));
	CU_ASSERT_EQUAL(rules.selection, CLOUDSIM_RS);
	CU_ASSERT_DOUBLE_EQUAL(rules.parameter, 1.2, 0);
	CU_ASSERT_FALSE(cloudsim_rules_named(&rules, "Lr"));
	CU_ASSERT_EQUAL(rules.detector, CLOUDSIM_LR);
}

/* 600.01 s is a 30000th of the way from sample 2 to sample 3. */
static void reading(void)
{
	struct tiny t;
	tiny_open(&t, "ThrMmt", 1, (const uint8_t[VMS]){0});
	t.samples[0][2] = 30;
	t.samples[0][3] = 60;
	cloudsim_demand_read(&t.books.demand, 600.01);
	CU_ASSERT_DOUBLE_EQUAL(t.books.demand.fraction[0], 0.3 + 0.3 / 30000, 1e-15);
	CU_ASSERT_DOUBLE_EQUAL(t.books.demand.requested[0], 2500 * (0.3 + 0.3 / 30000), 1e-12);
	cloudsim_demand_read(&t.books.demand, 600);
	CU_ASSERT_EQUAL(t.books.demand.fraction[0], 0.3);
	CU_ASSERT_FALSE(cloudsim_demand_zero(&t.books.demand, 0, 899));
	CU_ASSERT(cloudsim_demand_zero(&t.books.demand, 0, 1200));
	cloudsim_books_close(&t.books);
}

static void windows(void)
{
	struct tiny t;
	tiny_open(&t, "LrMc", 1, (const uint8_t[VMS]){0});
	for (unsigned i = 0; i < SAMPLES; i++)
		t.samples[6][i] = (uint8_t)i;
	struct cloudsim_demand *d = &t.books.demand;
	for (unsigned k = 0; k < 300; k++) {
		cloudsim_demand_read(d, 300.0 * (k % SAMPLES));
		cloudsim_demand_remember(d);
		CU_ASSERT_EQUAL(d->samples, k < 29 ? k + 1 : 30);
		for (uint32_t age = 0; age < d->samples; age++) {
			double expected = (k - age) % SAMPLES / 100.0 * 500 / 5320;
			CU_ASSERT_EQUAL(cloudsim_demand_loads(d, 1, 6)[d->samples - 1 - age], expected);
			CU_ASSERT_EQUAL(d->nonzero[6] >> age & 1, (k - age) % SAMPLES != 0);
		}
	}
	CU_ASSERT_EQUAL(d->fractions[6 * CLOUDSIM_WINDOW + d->from + 29], 299 % SAMPLES / 100.0);
	cloudsim_books_close(&t.books);
}

static void power(void)
{
	struct tiny t;
	tiny_open(&t, "Dvfs", 2, (const uint8_t[VMS]){0});
	CU_ASSERT_EQUAL(cloudsim_power(&t.books, 0, 0), 86);
	CU_ASSERT_EQUAL(cloudsim_power(&t.books, 0, 1), 117);
	CU_ASSERT_EQUAL(cloudsim_power(&t.books, 1, 0.3), 105);
	CU_ASSERT_DOUBLE_EQUAL(cloudsim_power(&t.books, 0, 0.05), 87.7, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(cloudsim_power(&t.books, 1, 0.95), 134, 1e-12);
	cloudsim_books_close(&t.books);
}

/* A G4 has 3720 MIPS on two cores of 1860: of 2500, 2000 and 500 the first two are cut to a core, and the
 * sum of 4220 is divided: 1860 * 3720 / 4220 = 1639.6, 500 * 3720 / 4220 = 440.7. */
static void too_little(void)
{
	struct tiny t;
	tiny_open(&t, "ThrMmt", 1, (const uint8_t[VMS]){100, 100, 100, 100, 100, 100, 100, 100});
	struct cloudsim_host *h = t.books.hosts;
	tiny_put(&t, 0, 0);
	tiny_put(&t, 0, 2);
	tiny_update(&t, 300.1);
	CU_ASSERT_EQUAL(h->guests[0].given, 1860);
	CU_ASSERT_EQUAL(h->guests[1].given, 1860);
	CU_ASSERT_EQUAL(h->free, 0);
	tiny_put(&t, 0, 6);
	tiny_update(&t, 600.1);
	CU_ASSERT_EQUAL(h->guests[0].given, 1639);
	CU_ASSERT_EQUAL(h->guests[1].given, 1639);
	CU_ASSERT_EQUAL(h->guests[2].given, 440);
	CU_ASSERT_EQUAL(h->requested, 5000);
	CU_ASSERT_EQUAL(h->used, 1639 + 1639 + 440);
	t.books.rules.floors = false;
	tiny_update(&t, 900.1);
	CU_ASSERT_DOUBLE_EQUAL(h->guests[2].given, 500 * 3720 / 4220.0, 1e-12);
	cloudsim_books_close(&t.books);
}

/* On the move: nine tenths at the source, which holds all of it; a tenth held and given at the target. */
static void on_the_move(void)
{
	struct tiny t;
	tiny_open(&t, "ThrMmt", 2, (const uint8_t[VMS]){40, 0, 0, 0, 0, 0, 0, 0});
	tiny_put(&t, 1, 0);
	tiny_update(&t, 300.1);
	CU_ASSERT_EQUAL(t.books.hosts[1].used, 1000);
	t.books.vms[0].moving = true;
	cloudsim_guest_add(&t.books, 0, 0, true);
	tiny_update(&t, 600.1);
	CU_ASSERT_EQUAL(t.books.hosts[1].guests[0].given, 900);
	CU_ASSERT_DOUBLE_EQUAL(t.books.hosts[1].used, 1000, 1e-12);
	CU_ASSERT_EQUAL(t.books.hosts[1].free, 5320 - 1000);
	CU_ASSERT_EQUAL(t.books.hosts[0].guests[0].given, 100);
	CU_ASSERT_EQUAL(t.books.hosts[0].free, 3720 - 100);
	CU_ASSERT_EQUAL(t.books.hosts[0].requested, 1000);
	cloudsim_books_close(&t.books);
}

/* "2-0" is 50 * 31^2 + 45 * 31 + 48; "2-12" has bits above the 16th, which are folded in. */
static void hashes(void)
{
	CU_ASSERT_EQUAL(cloudsim_hash(0), 49493);
	CU_ASSERT_EQUAL(cloudsim_hash(12), UINT32_C(1534364) ^ 23);
}

static void statistics(void)
{
	double even[] = {4, 1, 3, 2}, odd[] = {5, 1, 3};
	CU_ASSERT_EQUAL(cloudsim_median(even, 4), 2.5);
	CU_ASSERT_EQUAL(cloudsim_median(odd, 3), 3);
	CU_ASSERT_EQUAL(cloudsim_mad((const double[]){1, 1, 2, 2, 4, 6, 9}, 7), 1);
	/* n = 12: the values at round(3.25) = 3 and round(9.75) = 10. */
	CU_ASSERT_EQUAL(cloudsim_iqr((const double[]){12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 12), 7);
	CU_ASSERT_DOUBLE_EQUAL(cloudsim_line((const double[]){0, 1, 0, 1}, 4, 5), 1, 1e-15);
	CU_ASSERT_DOUBLE_EQUAL(cloudsim_line((const double[]){3, 5, 7, 9, 11}, 5, 6), 13, 1e-14);
}

/* The load of one VM's samples on a G4, given as MIPS / 3720. */
static struct cloudsim_load load_of(struct tiny *t, uint32_t vm)
{
	struct cloudsim_load load;
	cloudsim_load_clear(&load);
	cloudsim_load_add(&load, &t->books, 0, vm);
	return load;
}

static void threshold(void)
{
	struct tiny t;
	tiny_open(&t, "ThrMmt", 1, (const uint8_t[VMS]){50, 0, 93, 94, 0, 0, 0, 0});
	t.books.rules.parameter = 0.5;
	cloudsim_demand_read(&t.books.demand, 300.1);
	struct cloudsim_load load = load_of(&t, 2);
	CU_ASSERT_FALSE(cloudsim_overloaded(&load, &t.books, 0)); /* 1860 of 3720 is not above a half */
	load = load_of(&t, 3);
	CU_ASSERT(cloudsim_overloaded(&load, &t.books, 0));
	CU_ASSERT_FALSE(cloudsim_overloaded(&load, &t.books, 1));
	cloudsim_books_close(&t.books);
}

/* A VM of 2000 MIPS alternates between 40 and 60 %: deviations are 200 / 3720 each, so mad's threshold is
 * 1 - 2.5 * 0.0538 = 0.866. Until there are 12 samples it is 0.7. */
static void deviation(void)
{
	struct tiny t;
	tiny_open(&t, "MadMmt", 1, (const uint8_t[VMS]){0});
	for (unsigned i = 0; i < SAMPLES; i++)
		t.samples[2][i] = i % 2 ? 60 : 40;
	for (unsigned k = 0; k < 12; k++) {
		struct cloudsim_load load = load_of(&t, 2);
		load.requested = 0.8 * 3720;
		CU_ASSERT(cloudsim_overloaded(&load, &t.books, 0));
		cloudsim_demand_read(&t.books.demand, 300.0 * k);
		cloudsim_demand_remember(&t.books.demand);
	}
	struct cloudsim_load load = load_of(&t, 2);
	load.requested = 0.866 * 3720;
	CU_ASSERT(cloudsim_overloaded(&load, &t.books, 0));
	load.requested = 0.865 * 3720;
	CU_ASSERT_FALSE(cloudsim_overloaded(&load, &t.books, 0));
	cloudsim_books_close(&t.books);
}

/* Rising by 2 % of 2000 MIPS a tick: newest first, the line goes on to rise; oldest first, it is fitted
 * backwards to the oldest samples and falls. */
static void regression(void)
{
	for (unsigned order = 0; order < CLOUDSIM_ORDERS; order++) {
		struct tiny t;
		tiny_open(&t, "LrMmt", 1, (const uint8_t[VMS]){0});
		t.books.rules.history_order = (enum cloudsim_order)order;
		for (unsigned i = 0; i < SAMPLES; i++)
			t.samples[2][i] = (uint8_t)(2 * i + 20);
		for (unsigned k = 0; k < 30; k++) {
			cloudsim_demand_read(&t.books.demand, 300.0 * k);
			cloudsim_demand_remember(&t.books.demand);
		}
		/* Next would be 80 % of 2000 MIPS = 0.4301 of a G4; or 18 % = 0.0968. */
		double next = order == CLOUDSIM_NEWEST_FIRST ? 0.80 * 2000 / 3720 : 0.18 * 2000 / 3720;
		struct cloudsim_load load = load_of(&t, 2);
		t.books.rules.parameter = 1 / next + 1e-9;
		CU_ASSERT(cloudsim_overloaded(&load, &t.books, 0));
		t.books.rules.parameter = 1 / next - 1e-9;
		CU_ASSERT_FALSE(cloudsim_overloaded(&load, &t.books, 0));
		cloudsim_books_close(&t.books);
	}
}

/* 3.0.3 leaves out the zeros before the first sample that is none: nine samples are too few for a line. */
static void tails(void)
{
	struct tiny t;
	tiny_open(&t, "LrMmt", 1, (const uint8_t[VMS]){0});
	memset(t.samples[2] + 6, 100, SAMPLES - 6);
	for (unsigned k = 0; k < 15; k++) {
		cloudsim_demand_read(&t.books.demand, 300.0 * k);
		cloudsim_demand_remember(&t.books.demand);
	}
	struct cloudsim_load load = load_of(&t, 2);
	load.requested = 0.75 * 3720;
	CU_ASSERT(cloudsim_overloaded(&load, &t.books, 0));       /* 0.7 of the fallback */
	t.books.rules.trims_tail = false;
	CU_ASSERT_FALSE(cloudsim_overloaded(&load, &t.books, 0)); /* the line says about 0.6 */
	cloudsim_books_close(&t.books);
}

static void selection(void)
{
	struct tiny t;
	struct random_stream lots;
	tiny_open(&t, "ThrMmt", 1, (const uint8_t[VMS]){30, 10, 20, 10, 10, 5, 40, 5});
	random_init(&lots, 1, "test", 0);
	cloudsim_demand_read(&t.books.demand, 300);
	const uint32_t all[] = {2, 0, 1, 4};
	CU_ASSERT_EQUAL(cloudsim_select(&t.books, all, 4, &lots), 1); /* 870 MB; of two the first */
	t.books.rules.selection = CLOUDSIM_MU;
	CU_ASSERT_EQUAL(cloudsim_select(&t.books, all, 4, &lots), 2); /* 10 %; of two the first */
	t.books.rules.selection = CLOUDSIM_RS;
	unsigned seen = 0;
	for (unsigned i = 0; i < 100; i++)
		seen |= 1u << cloudsim_select(&t.books, all, 4, &lots);
	CU_ASSERT_EQUAL(seen, 15);
	cloudsim_books_close(&t.books);
}

/* y = 1 + 2 x is explained in full; of (0, 1, 0, 1) a line explains a fifth: 1 - 0.8 / 1. */
static void determination(void)
{
	double r2[2];
	CU_ASSERT(cloudsim_determinations(
		(const double[2][CLOUDSIM_HISTORY_MOST]){{1, 2, 3, 4}, {3, 5, 7, 9}}, 2, 4, r2));
	CU_ASSERT_DOUBLE_EQUAL(r2[0], 1, 1e-14);
	CU_ASSERT_DOUBLE_EQUAL(r2[1], 1, 1e-14);
	CU_ASSERT(cloudsim_determinations(
		(const double[2][CLOUDSIM_HISTORY_MOST]){{1, 2, 3, 4}, {0, 1, 0, 1}}, 2, 4, r2));
	CU_ASSERT_DOUBLE_EQUAL(r2[1], 0.2, 1e-14);
	CU_ASSERT_FALSE(cloudsim_determinations(
		(const double[2][CLOUDSIM_HISTORY_MOST]){{1, 2, 3, 4}, {0, 0, 0, 0}}, 2, 4, r2));
}

/* Of three VMs the one that follows from another goes; with fewer samples than VMs, the smallest. */
static void correlation(void)
{
	static const uint8_t follows[] = {10, 20, 10, 30, 20, 40}, other[] = {50, 10, 20, 10, 60, 10};
	struct tiny t;
	tiny_open(&t, "ThrMc", 1, (const uint8_t[VMS]){0});
	for (unsigned i = 0; i < 6; i++) {
		t.samples[0][i] = other[i];
		t.samples[2][i] = follows[i];
		t.samples[4][i] = (uint8_t)(follows[i] * 2 + (i == 3));
	}
	const uint32_t all[] = {0, 2, 4};
	for (unsigned k = 0; k < 6; k++) {
		cloudsim_demand_read(&t.books.demand, 300.0 * k);
		cloudsim_demand_remember(&t.books.demand);
		uint32_t gone = all[cloudsim_select(&t.books, all, 3, NULL)];
		if (k == 1)
			CU_ASSERT_EQUAL(gone, 0);
		if (k == 5)
			CU_ASSERT(gone == 2 || gone == 4);
	}
	cloudsim_books_close(&t.books);
}

/* From idle, 500 MIPS raise a G4 by 4.5 W (500 / 3720 = 13.4 %) and a G5 by 3.1 W (9.4 %): the G5 is taken.
 * A second 500 would raise it from 3.1 to 6.8 W; another G5 again by 3.1. */
static void best_fit(void)
{
	struct tiny t;
	struct cloudsim_targets targets;
	tiny_open(&t, "ThrMmt", 4, (const uint8_t[VMS]){0, 0, 0, 0, 0, 0, 100, 100});
	tiny_update(&t, 300.1);
	cloudsim_targets_open(&targets, &t.books);
	cloudsim_targets_renew(&targets);
	cloudsim_targets_all(&targets);
	CU_ASSERT_EQUAL(targets.count, 2);
	CU_ASSERT_EQUAL(cloudsim_find(&targets, 6), 1);
	cloudsim_put(&targets, 1, 6);
	CU_ASSERT_EQUAL(targets.count, 3);
	/* On 1 it would be P(18.8 %) - P(0), since what is tentatively there is missing in the second. */
	CU_ASSERT_EQUAL(cloudsim_find(&targets, 7), 3);
	t.books.rules.stale_subtrahend = false;
	CU_ASSERT_EQUAL(cloudsim_find(&targets, 7), 3);
	cloudsim_take_back(&targets, 1);
	CU_ASSERT_EQUAL(t.books.hosts[1].count, 0);
	CU_ASSERT_EQUAL(t.books.hosts[1].free, 5320);
	cloudsim_targets_close(&targets);
	cloudsim_books_close(&t.books);
}

/* 2250 MIPS need a core of 2660; host 1 rises by 18.0 W, host 3 by 18.1. */
static void room(void)
{
	struct tiny t;
	struct cloudsim_targets targets;
	tiny_open(&t, "ThrMmt", 4, (const uint8_t[VMS]){90, 90, 0, 0, 0, 0, 13, 17});
	tiny_put(&t, 1, 6);
	tiny_put(&t, 3, 7);
	tiny_update(&t, 300.1);
	cloudsim_targets_open(&targets, &t.books);
	cloudsim_targets_renew(&targets);
	cloudsim_targets_all(&targets);
	CU_ASSERT_EQUAL(targets.count, 3); /* 0, 1, 3; no G5 is off */
	CU_ASSERT_EQUAL(cloudsim_find(&targets, 0), 1);
	cloudsim_targets_drop(&targets, 1);
	cloudsim_targets_drop(&targets, 3);
	CU_ASSERT_EQUAL(cloudsim_find(&targets, 0), CLOUDSIM_NO_HOST);
	cloudsim_targets_close(&targets);
	cloudsim_books_close(&t.books);
}

/* Host 1 has 80.8 %: its smallest VM leaves for host 3, where there is room; host 3 is then emptied neither
 * wholly (nobody takes all of it) nor in part. Hosts and VMs are as before afterwards. */
static void plans(void)
{
	struct tiny t;
	struct cloudsim_plan plan;
	tiny_open(&t, "ThrMmt", 4, (const uint8_t[VMS]){80, 80, 0, 0, 0, 0, 60, 40});
	tiny_put(&t, 1, 0);
	tiny_put(&t, 1, 1);
	tiny_put(&t, 1, 6);
	tiny_put(&t, 3, 7);
	tiny_update(&t, 300.1);
	cloudsim_plan_open(&plan, &t.books);
	cloudsim_plan_make(&plan);
	CU_ASSERT(t.books.hosts[1].overloaded);
	CU_ASSERT_EQUAL_FATAL(plan.count, 1);
	CU_ASSERT_EQUAL(plan.moves[0].vm, 6);
	CU_ASSERT_EQUAL(plan.moves[0].to, 3);
	CU_ASSERT_EQUAL(t.books.hosts[1].count, 3);
	CU_ASSERT_EQUAL(t.books.hosts[3].count, 1);
	cloudsim_plan_close(&plan);
	cloudsim_books_close(&t.books);
}

/* Three hosts with little each: the least used is emptied into another, which is not emptied after. */
static void drains(void)
{
	struct tiny t;
	struct cloudsim_plan plan;
	tiny_open(&t, "ThrMmt", 6, (const uint8_t[VMS]){0, 0, 0, 0, 50, 40, 30, 0});
	tiny_put(&t, 1, 4);
	tiny_put(&t, 3, 5);
	tiny_put(&t, 5, 6);
	tiny_update(&t, 300.1);
	cloudsim_plan_open(&plan, &t.books);
	cloudsim_plan_make(&plan);
	CU_ASSERT_EQUAL_FATAL(plan.count, 2);
	CU_ASSERT_EQUAL(plan.moves[0].vm, 6); /* 150 MIPS first, then 400, then 500 */
	CU_ASSERT_EQUAL(plan.moves[1].to, plan.moves[0].to);
	cloudsim_plan_close(&plan);
	cloudsim_books_close(&t.books);
}

static void books(void)
{
	struct cloudsim_times times = {0};
	struct cloudsim_vm_book vm = {0};
	cloudsim_vm_note(&vm, &(struct cloudsim_vm_entry){300, 10, 10, false}, &times);
	cloudsim_vm_note(&vm, &(struct cloudsim_vm_entry){300, 9, 10, true}, &times);
	cloudsim_vm_note(&vm, &(struct cloudsim_vm_entry){310, 20, 20, false}, &times);
	cloudsim_vm_note(&vm, &(struct cloudsim_vm_entry){600, 0, 5, false}, &times);
	cloudsim_vm_finish(&vm, &times);
	CU_ASSERT_EQUAL(vm.asked, 10 * 10 + 20 * 290);
	CU_ASSERT_EQUAL(vm.lost, 10);
	CU_ASSERT_EQUAL(vm.short_count, 1);
	CU_ASSERT_EQUAL(times.in_migration.count, 1);
	CU_ASSERT_EQUAL(cloudsim_spread_mean(&times.in_migration), 10);
	struct cloudsim_host_book host = {0};
	cloudsim_host_note(&host, &(struct cloudsim_host_entry){300, false, false}, &times);
	cloudsim_host_note(&host, &(struct cloudsim_host_entry){600, true, true}, &times);
	cloudsim_host_note(&host, &(struct cloudsim_host_entry){900, true, false}, &times);
	cloudsim_host_note(&host, &(struct cloudsim_host_entry){1200, false, false}, &times);
	cloudsim_host_finish(&host, &times);
	CU_ASSERT_EQUAL(host.active_s, 600);
	CU_ASSERT_EQUAL(host.violated_s, 300);
	CU_ASSERT_EQUAL(times.before_shutdown.count, 2); /* at its first entry, and at 1200 after 600 */
	CU_ASSERT_EQUAL(cloudsim_spread_mean(&times.before_shutdown), (300 + 600) / 2.0);
	CU_ASSERT_DOUBLE_EQUAL(cloudsim_spread_deviation(&times.before_shutdown), 300 / sqrt(2), 1e-10);
}

/* Two hosts that never rest: 117 + 135 W up to the last tick, whatever the VMs do. */
static void whole_studies(void)
{
	struct tiny t;
	struct cloudsim_rules rules = cloudsim_rules(CLOUDSIM_7G);
	tiny_trace(&t, (const uint8_t[VMS]){0, 0, 0, 0, 20, 20, 20, 20});
	rules.end_s = 3000;
	CU_ASSERT_FATAL(cloudsim_rules_named(&rules, "NonPowerAware"));
	struct cloudsim_outcome o = cloudsim_study(&rules, &t.trace, 2, NULL);
	CU_ASSERT_DOUBLE_EQUAL(o.energy_kwh, 252 * 2700.01 / 3.6e6, 1e-9);
	/* The second two of 2000 MIPS find no core fast enough, the last one no memory on the G4. */
	CU_ASSERT_EQUAL(o.vms_unplaced, 3);
	CU_ASSERT_FATAL(cloudsim_rules_named(&rules, "ThrMmt"));
	o = cloudsim_study(&rules, &t.trace, 8, NULL);
	CU_ASSERT_EQUAL(o.vms_unplaced, 0);
	CU_ASSERT_EQUAL(o.vms_destroyed, 4);
	CU_ASSERT(o.migrations > 0);
	struct cloudsim_outcome again = cloudsim_study(&rules, &t.trace, 8, NULL);
	CU_ASSERT_EQUAL(again.energy_kwh, o.energy_kwh);
}

static const struct test tests[] = {
	{"experiments have CloudSim's names", names},
	{"a trace is read on the line between two samples", reading},
	{"windows keep the last thirty samples", windows},
	{"power is linear between the tenths of a table", power},
	{"a host with too little divides by what is asked, in whole MIPS", too_little},
	{"a VM on the move has nine tenths here and a tenth there", on_the_move},
	{"keys hash as Java's strings do", hashes},
	{"median, MAD, IQR and a line by hand", statistics},
	{"thr fires above its threshold, not at it", threshold},
	{"mad needs twelve samples", deviation},
	{"a line is fitted forward in 3.0.3 and backward in 7G", regression},
	{"3.0.3 leaves out zeros at the tail", tails},
	{"mmt and mu take the first of equals", selection},
	{"R squared by hand", determination},
	{"mc takes who follows from the others", correlation},
	{"best fit counts the rise from the last update", best_fit},
	{"a target needs a fast core and room", room},
	{"an overloaded host is relieved, and the plan leaves no trace", plans},
	{"the least used host is emptied, its target is not", drains},
	{"entries of one instant replace each other", books},
	{"a small study from start to end", whole_studies},
};

SUITE(models_cloudsim, tests)

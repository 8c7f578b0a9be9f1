/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CloudSim's study beside what CloudSim printed, and beside what an independent implementation found when
 * one of its rules was changed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cloudsim_references.h"
#include "models/cloudsim/study.h"
#include "scenarios/cloudsim.h"
#include "tests/test.h"

/* False, told as skipped, where the trace is not on this machine. */
static bool day_open(const char *day, struct demand_set *trace)
{
	char path[4096];
	struct diag diag;
	if (!trace_find("planetlab", path, sizeof path)) {
		test_skip("the PlanetLab trace is not on this machine");
		return false;
	}
	diag_init(&diag);
	bool open = cloudsim_trace_open("planetlab", day, trace, (struct place){0}, &diag);
	CU_ASSERT_FATAL(open);
	diag_fini(&diag);
	return open;
}

static unsigned equal_digits(const struct cloudsim_outcome *o, const struct cloudsim_reference *r)
{
	double figures[CLOUDSIM_FIGURES];
	unsigned equal = 0;
	cloudsim_figures_of(o, figures);
	for (unsigned i = 0; i < CLOUDSIM_FIGURES; i++) {
		char here[64], there[64];
		int digits = cloudsim_figures[i].digits;
		snprintf(here, sizeof here, "%.*f", digits, fabs(figures[i]));
		snprintf(there, sizeof there, "%.*f", digits, fabs(r->figures[i]));
		if (strcmp(here, there) == 0)
			equal++;
		else
			fprintf(stderr, "cloudsim %s %s %s: %s is %s, not %s\n", r->day,
			        cloudsim_version_names[r->version], r->policy, cloudsim_figures[i].name, here,
			        there);
	}
	return equal;
}

static void day_is_equal(const char *day)
{
	struct demand_set trace;
	if (!day_open(day, &trace))
		return;
	for (size_t i = 0; i < cloudsim_reference_count; i++) {
		const struct cloudsim_reference *r = &cloudsim_references[i];
		if (strcmp(r->day, day) != 0)
			continue;
		struct cloudsim_rules rules = cloudsim_rules(r->version);
		CU_ASSERT_FATAL(cloudsim_rules_named(&rules, r->policy));
		struct cloudsim_outcome o = cloudsim_study(&rules, &trace, CLOUDSIM_HOSTS, NULL);
		CU_ASSERT_EQUAL(equal_digits(&o, r), CLOUDSIM_FIGURES);
	}
	trace.release(&trace);
}

static void third_of_march(void)
{
	day_is_equal("20110303");
}
static void sixth_of_march(void)
{
	day_is_equal("20110306");
}
static void twelfth_of_april(void)
{
	day_is_equal("20110412");
}

/* One rule changed, on 20110303: ThrMmt of 7G, LrMmt of 3.0.3 but for `order`. */
static const struct other {
	const char *policy;
	enum cloudsim_version version;
	bool never, steps, no_doubles, clean_ties, no_floor, present, counts_all, newest;
	double energy_kwh;
	uint64_t migrations;
} others[] = {
	{"ThrMmt", CLOUDSIM_7G, .never = true, .energy_kwh = 254.40, .migrations = 41481},
	{"LrMmt", CLOUDSIM_3_0_3, .never = true, .energy_kwh = 221.38, .migrations = 44405},
	{"ThrMmt", CLOUDSIM_7G, .steps = true, .energy_kwh = 148.18, .migrations = 20398},
	{"ThrMmt", CLOUDSIM_7G, .no_doubles = true, .energy_kwh = 202.92, .migrations = 25874},
	{"LrMmt", CLOUDSIM_3_0_3, .no_doubles = true, .energy_kwh = 175.80, .migrations = 23670},
	{"ThrMmt", CLOUDSIM_7G, .clean_ties = true, .energy_kwh = 191.72, .migrations = 26698},
	{"LrMmt", CLOUDSIM_3_0_3, .clean_ties = true, .energy_kwh = 163.39, .migrations = 27401},
	{"ThrMmt", CLOUDSIM_7G, .no_floor = true, .energy_kwh = 192.50, .migrations = 26801},
	{"LrMmt", CLOUDSIM_3_0_3, .no_floor = true, .energy_kwh = 162.31, .migrations = 27925},
	{"ThrMmt", CLOUDSIM_7G, .present = true, .energy_kwh = 166.35, .migrations = 46913},
	{"LrMmt", CLOUDSIM_3_0_3, .present = true, .energy_kwh = 134.99, .migrations = 28715},
	{"ThrMmt", CLOUDSIM_7G, .counts_all = true, .energy_kwh = 192.50, .migrations = 26801},
	{"LrMmt", CLOUDSIM_3_0_3, .counts_all = true, .energy_kwh = 136.34, .migrations = 23056},
	{"LrMmt", CLOUDSIM_7G, .newest = true, .energy_kwh = 164.05, .migrations = 27380},
};

static struct cloudsim_rules changed(const struct other *other)
{
	struct cloudsim_rules rules = cloudsim_rules(other->version);
	CU_ASSERT_FATAL(cloudsim_rules_named(&rules, other->policy));
	if (other->never)
		rules.death = CLOUDSIM_NEVER;
	rules.steps = other->steps;
	rules.double_migration = !other->no_doubles;
	if (other->clean_ties)
		rules.ties = CLOUDSIM_LOWEST_ID;
	rules.floors = !other->no_floor;
	rules.stale_subtrahend = !other->present;
	rules.start_counts_all = other->counts_all;
	if (other->newest)
		rules.history_order = CLOUDSIM_NEWEST_FIRST;
	return rules;
}

static void other_rules(void)
{
	struct demand_set trace;
	if (!day_open("20110303", &trace))
		return;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		struct cloudsim_rules rules = changed(&others[i]);
		struct cloudsim_outcome o = cloudsim_study(&rules, &trace, CLOUDSIM_HOSTS, NULL);
		CU_ASSERT_DOUBLE_EQUAL(o.energy_kwh, others[i].energy_kwh, 0.005);
		CU_ASSERT_EQUAL(o.migrations, others[i].migrations);
		if (o.migrations != others[i].migrations || fabs(o.energy_kwh - others[i].energy_kwh) > 0.005)
			fprintf(stderr, "cloudsim, other rule %zu: %.2f kWh, %llu migrations; expected %.2f, "
			        "%llu\n", i, o.energy_kwh, (unsigned long long)o.migrations,
			        others[i].energy_kwh, (unsigned long long)others[i].migrations);
		CU_ASSERT_EQUAL(o.vms_unplaced, others[i].counts_all && rules.detector ? 126 : 0);
	}
	trace.release(&trace);
}

/* In CloudSim the two tests differ by the rounding of r * 0.9 / 0.9 alone. */
static void tolerance(void)
{
	struct demand_set trace;
	if (!day_open("20110303", &trace))
		return;
	struct cloudsim_rules rules = cloudsim_rules(CLOUDSIM_7G);
	struct cloudsim_outcome strict = cloudsim_study(&rules, &trace, CLOUDSIM_HOSTS, NULL);
	rules.violation_mips = 1e-6;
	struct cloudsim_outcome lenient = cloudsim_study(&rules, &trace, CLOUDSIM_HOSTS, NULL);
	CU_ASSERT_DOUBLE_EQUAL(strict.slatah_pct, 4.978, 0.0005);
	CU_ASSERT_DOUBLE_EQUAL(lenient.slatah_pct, 4.956, 0.0005);
	CU_ASSERT_EQUAL(strict.energy_kwh, lenient.energy_kwh);
	CU_ASSERT_EQUAL(strict.double_migrations, 3146);
	trace.release(&trace);
}

/* On another day a VM fills a host to the last bit, and the order of a HashMap decides whether it fits. */
static void last_bit(void)
{
	struct demand_set trace;
	if (!day_open("20110403", &trace))
		return;
	struct cloudsim_rules rules = cloudsim_rules(CLOUDSIM_7G);
	CU_ASSERT_FATAL(cloudsim_rules_named(&rules, "LrMmt"));
	struct cloudsim_outcome o = cloudsim_study(&rules, &trace, CLOUDSIM_HOSTS, NULL);
	CU_ASSERT_DOUBLE_EQUAL(o.energy_kwh, 205.82, 0.005);
	CU_ASSERT_EQUAL(o.migrations, 41664);
	trace.release(&trace);
}

static void halves(void)
{
	char text[32];
	snprintf(text, sizeof text, "%.2f", cloudsim_halves_up(1.005, 2));
	CU_ASSERT_STRING_EQUAL(text, "1.01");
	snprintf(text, sizeof text, "%.2f", cloudsim_halves_up(0.125, 2));
	CU_ASSERT_STRING_EQUAL(text, "0.13");
	CU_ASSERT_EQUAL(cloudsim_halves_up(1.0051, 2), 1.0051);
	CU_ASSERT_EQUAL(cloudsim_halves_up(5, 2), 5);
}

static const struct test tests[] = {
	{"every digit of 3 March 2011 is CloudSim's", third_of_march},
	{"every digit of 6 March 2011 is CloudSim's", sixth_of_march},
	{"every digit of 12 April 2011 is CloudSim's", twelfth_of_april},
	{"a rule that is changed has the effect that was found elsewhere", other_rules},
	{"a tolerance takes the rounding out of SLATAH", tolerance},
	{"the order of a HashMap decides whether a VM fills a host", last_bit},
	{"halves are printed as Java prints them", halves},
};

SUITE(models_cloudsim_study, tests)

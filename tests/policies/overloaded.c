/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Overload detection, decision by decision: a past, a utilisation now, and the answer worked out by hand.
 * Each policy has a mutant, which lacks what distinguishes it and must fail one of its cases. */
#include "tests/test.h"

#include "tests/policies/view.h"

#define MOST_PAST 16

struct detection {
	const char *why;
	double past[MOST_PAST];
	uint32_t n;
	double now;
	bool overloaded;
};

struct detector {
	const char *policy, *parameters;
	const struct detection *cases;
	size_t count;
	const char *mutant, *mutant_parameters;
	size_t differs;                /* the case that the mutant fails */
};

static bool ask(const char *policy, const char *parameters, const struct detection *d)
{
	struct view v;
	view_init(&v);
	view_host(&v)->demand_hz = (int64_t)(d->now * 1000 + 0.5);
	view_host_past(&v, 0, d->past, d->n);
	view_policy(&v, policy, parameters);
	bool overloaded = view_overloaded(&v, 0);
	view_fini(&v);
	return overloaded;
}

static void check(const struct detector *t)
{
	CU_ASSERT(t->count >= 5);
	for (size_t i = 0; i < t->count; i++)
		view_equal(t->cases[i].why, ask(t->policy, t->parameters, &t->cases[i]),
		           t->cases[i].overloaded);
	CU_ASSERT_NOT_EQUAL(ask(t->mutant, t->mutant_parameters, &t->cases[t->differs]),
	                    t->cases[t->differs].overloaded);
}
#define CASES(table) table, sizeof table / sizeof *table

static void test_static_threshold(void)
{
	static const struct detection cases[] = {
		{"79 % is below 80 %", {0}, 0, 0.79, false},
		{"80 % is not above 80 %", {0}, 0, 0.80, false},
		{"81 % is", {0}, 0, 0.81, true},
		{"what guests want beyond capacity counts", {0}, 0, 1.2, true},
		{"a busy past is not looked at", {0.95, 0.95, 0.95, 0.95}, 4, 0.5, false},
	};
	check(&(struct detector){"static_threshold", "", CASES(cases), "ar1", "threshold=0.8", 4});
	CU_ASSERT(ask("static_threshold", "threshold=0.4", &cases[4]));
}

static void test_mad(void)
{
	static const struct detection cases[] = {
		{"a past that never wavered keeps nothing free", {0.5, 0.5, 0.5, 0.5, 0.5}, 5, 1.0, false},
		{"but no more than all can be used", {0.5, 0.5, 0.5, 0.5, 0.5}, 5, 1.01, true},
		{"MAD 0.1 keeps 25 % free", {0.4, 0.4, 0.5, 0.6, 0.6}, 5, 0.74, false},
		{"76 % is above 1 - 2.5 x 0.1", {0.4, 0.4, 0.5, 0.6, 0.6}, 5, 0.76, true},
		{"one wild sample moves no median", {0.5, 0.5, 0.5, 0.5, 1.0}, 5, 0.95, false},
		{"of six samples the two in the middle count", {0.8, 0.2, 0.6, 0.5, 0.4, 0.5}, 6, 0.74,
		 false},
		{"deviations 0 0 0.1 0.1 0.3 0.3", {0.8, 0.2, 0.6, 0.5, 0.4, 0.5}, 6, 0.76, true},
		{"three samples are too few: 70 %", {0.1, 0.5, 0.9}, 3, 0.71, true},
		{"three samples are too few: 69 % is below", {0.1, 0.5, 0.9}, 3, 0.69, false},
	};
	check(&(struct detector){"mad", "least=5", CASES(cases), "mad", "least=5 safety=0", 3});
}

static void test_iqr(void)
{
	static const struct detection cases[] = {
		{"quartiles 0.45 and 0.55 (ranks 2 and 6) keep 15 % free",
		 {0.6, 0.4, 0.5, 0.45, 0.5, 0.55, 0.5}, 7, 0.84, false},
		{"86 % is above 1 - 1.5 x 0.1", {0.6, 0.4, 0.5, 0.45, 0.5, 0.55, 0.5}, 7, 0.86, true},
		{"samples beyond the quartiles do not count", {0.0, 0.5, 0.5, 0.5, 0.5, 0.5, 1.0}, 7,
		 0.95, false},
		{"of six samples ranks 1.75 and 5.25 are 2 and 5", {0.8, 0.2, 0.6, 0.5, 0.4, 0.5}, 6,
		 0.69, false},
		{"71 % is above 1 - 1.5 x 0.2", {0.8, 0.2, 0.6, 0.5, 0.4, 0.5}, 6, 0.71, true},
		{"three samples are too few: 70 %", {0.1, 0.5, 0.9}, 3, 0.71, true},
	};
	check(&(struct detector){"iqr", "least=5", CASES(cases), "iqr", "least=5 safety=0", 1});
}

static void test_least_squares(void)
{
	static const struct detection cases[] = {
		{"0.5 0.6 0.7 0.8: next 0.9, times 1.2 is 1.08", {0.5, 0.6, 0.7, 0.8}, 4, 0.8, true},
		{"falling to 0.4, though it is full now", {0.8, 0.7, 0.6, 0.5}, 4, 0.99, false},
		{"level at 0.8: 0.96", {0.8, 0.8, 0.8, 0.8}, 4, 0.8, false},
		{"level at 0.84: 1.008", {0.84, 0.84, 0.84, 0.84}, 4, 0.84, true},
		{"only the newest four count", {1, 1, 0.3, 0.3, 0.3, 0.3}, 6, 0.3, false},
		{"a line through 0.5 0.7 0.5 0.7 reaches 0.7", {0.5, 0.7, 0.5, 0.7}, 4, 0.7, false},
		{"two samples are too few: 70 %", {0.1, 0.1}, 2, 0.71, true},
	};
	check(&(struct detector){"least_squares", "window=4", CASES(cases), "static_threshold",
	                         "threshold=0.8333", 0});
	CU_ASSERT_FALSE(ask("least_squares", "window=4 safety=1", &cases[0]));
	CU_ASSERT(ask("least_squares", "window=4 safety=1 ahead=3", &cases[0])); /* 1.1 */
}

static void test_local_regression(void)
{
	static const struct detection cases[] = {
		/* Weights 0, 0.193, 0.670, 0.954, 1: means 2.980 and 0.583, slope 0.164, next 0.914. */
		{"a turn upwards is followed: 0.914 x 1.2 = 1.096", {0.9, 0.6, 0.3, 0.55, 0.8}, 5, 0.8, true},
		{"a turn downwards too", {0.3, 0.6, 0.9, 0.6, 0.3}, 5, 0.3, false},
		{"the oldest weighs nothing: level at 0.84", {3, 0.84, 0.84, 0.84, 0.84}, 5, 0.84, true},
		{"level at 0.8: 0.96", {0.8, 0.8, 0.8, 0.8, 0.8}, 5, 0.8, false},
		{"on a straight line weights change nothing: 0.9", {0.4, 0.5, 0.6, 0.7, 0.8}, 5, 0.8, true},
		{"two samples are too few: 70 %", {0.1, 0.1}, 2, 0.71, true},
	};
	check(&(struct detector){"local_regression", "window=5", CASES(cases), "least_squares",
	                         "window=5", 0});
	CU_ASSERT_FALSE(ask("least_squares", "window=5", &cases[2]));
}

static void test_ar1(void)
{
	static const struct detection cases[] = {
		/* Mean 0.34, phi -0.0196 / 0.392 = -0.05: next 0.34 - 0.05 x 0.56 = 0.312. */
		{"a peak over a calm past is expected to pass", {0.2, 0.2, 0.2, 0.2, 0.9}, 5, 0.9, false},
		/* Mean 0.87, phi 0.0226 / 0.058 = 0.39: next 0.921. */
		{"a climb is expected to stay up", {0.7, 0.8, 0.9, 0.95, 1.0}, 5, 1.0, true},
		/* Mean 0.87, phi -0.8: next 0.886. */
		{"a saw is expected to swing", {0.85, 0.9, 0.85, 0.9, 0.85}, 5, 0.85, true},
		{"what never changed goes on", {0.9, 0.9, 0.9}, 3, 0.9, true},
		{"also below the threshold", {0.7, 0.7, 0.7}, 3, 0.7, false},
		{"two samples are too few: 81 % now", {0.1, 0.1}, 2, 0.81, true},
	};
	check(&(struct detector){"ar1", "", CASES(cases), "static_threshold", "threshold=0.8", 0});
}

static void test_holt_winters(void)
{
	static const struct detection cases[] = {
		/* Level 0.375, no trend, season -0.175 -0.175 0.525 -0.175: a perfect fit, next 0.9. */
		{"the peak of the season comes next",
		 {0.2, 0.2, 0.9, 0.2, 0.2, 0.2, 0.9, 0.2, 0.2, 0.2}, 10, 0.2, true},
		{"the peak of the season is over",
		 {0.2, 0.2, 0.9, 0.2, 0.2, 0.2, 0.9, 0.2, 0.2, 0.2, 0.9}, 11, 0.9, false},
		/* Level 0.594, trend 0.056, season 0.293: 0.943. */
		{"seasons that grow by 0.2 each reach the peak earlier",
		 {0.1, 0.1, 0.5, 0.1, 0.3, 0.3, 0.7, 0.3, 0.5, 0.5}, 10, 0.5, true},
		{"without two seasons, a trend: 0.9", {0.5, 0.6, 0.7, 0.8}, 4, 0.8, true},
		{"a trend downwards: 0.75", {0.95, 0.9, 0.85, 0.8}, 4, 0.8, false},
		{"three samples are too few: 81 % now", {0.1, 0.1, 0.1}, 3, 0.81, true},
	};
	check(&(struct detector){"holt_winters", "season=4", CASES(cases), "holt_winters", "season=300", 0});
	CU_ASSERT(ask("holt_winters", "season=4 threshold=0.9", &cases[2])); /* without the trend 0.842 */
}

static void test_k_of_n(void)
{
	static const struct detection cases[] = {
		/* Mean 0.82, phi 0.367: next 0.849. */
		{"three of five, and it goes on", {0.7, 0.7, 0.9, 0.9, 0.9}, 5, 0.9, true},
		{"two of five, though 0.824 comes next", {0.7, 0.7, 0.7, 0.9, 0.9}, 5, 0.9, false},
		/* Mean 0.68, phi 0.367: next 0.614. */
		{"three of five, but it is over", {0.8, 0.8, 0.8, 0.5, 0.5}, 5, 0.5, false},
		{"a moment is no hotspot", {0.5, 0.5, 0.5, 0.5, 1.0}, 5, 1.0, false},
		{"what lies further back does not count", {0.9, 0.9, 0.9, 0.7, 0.7, 0.7, 0.9, 0.9}, 8,
		 0.9, false},
		{"75 % is not above 75 %", {0.75, 0.75, 0.75, 0.75, 0.75}, 5, 0.75, false},
		{"three samples are enough if all are above", {0.9, 0.9, 0.9}, 3, 0.9, true},
		{"no sample, no hotspot", {0}, 0, 1.0, false},
	};
	check(&(struct detector){"k_of_n", "", CASES(cases), "k_of_n", "k=1", 1});
	/* Without the prediction the third case would be a hotspot: three of its five are above. */
	uint32_t above = 0;
	for (uint32_t i = 0; i < cases[2].n; i++)
		above += cases[2].past[i] > 0.75;
	CU_ASSERT_EQUAL(above, 3);
}

struct telling {
	const char *why;
	bool gray;
	double response_ns, faults_hz;
	bool overloaded;
};

static void test_gray_box(void)
{
	static const struct telling cases[] = {
		{"fast answers, no faults", true, 50e6, 0, false},
		{"slow answers on a host that is not busy", true, 150e6, 0, true},
		{"as slow as promised is in time", true, 100e6, 0, false},
		{"faults for want of memory", true, 50e6, 200, true},
		{"a guest that tells nothing is passed over", false, 150e6, 200, false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct view v;
		view_init(&v);
		view_host(&v);
		view_guest(&v, 0, 100, 100);
		struct policy_guest *g = view_guest(&v, 0, 100, 100);
		g->gray = cases[i].gray;
		g->response_ns = cases[i].response_ns;
		g->faults_hz = cases[i].faults_hz;
		view_policy(&v, "gray_box", "");
		view_equal(cases[i].why, view_overloaded(&v, 0), cases[i].overloaded);
		view_policy(&v, "static_threshold", ""); /* the mutant: what a black box sees */
		CU_ASSERT_FALSE(view_overloaded(&v, 0));
		view_fini(&v);
	}
}

static const struct test tests[] = {
	{"a static threshold looks at the moment only", test_static_threshold},
	{"MAD keeps free what the past wavered by", test_mad},
	{"IQR keeps free what lay between the quartiles", test_iqr},
	{"least squares draws the newest samples on", test_least_squares},
	{"local regression follows a turn that least squares does not", test_local_regression},
	{"AR(1) lets peaks pass and takes climbs for what they are", test_ar1},
	{"Holt-Winters expects the season's peak", test_holt_winters},
	{"k of n is for what lasts", test_k_of_n},
	{"a gray box hears what a black box cannot see", test_gray_box},
};
SUITE(policies_overloaded, tests)

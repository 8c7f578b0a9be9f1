/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawn times: whole distributions against their closed forms, and that a guest's draw is its own. */
#include "scenarios/draw.h"

#include <math.h>
#include <stdlib.h>

#include "scenarios/run.h"
#include "scenarios/scenario_read.h"
#include "sim/memory.h"
#include "sim/time.h"
#include "tests/test.h"

#define DRAWS_MADE 100000
#define MEAN_S 600.0

/* P(X > x) of each distribution with mean MEAN_S. */
static double tail(const struct scenario_draw *d, double x)
{
	double a = d->shape, least = MEAN_S * (a - 1) / a;
	switch (d->kind) {
	case DRAW_EXPONENTIAL:
		return exp(-x / MEAN_S);
	case DRAW_LOGNORMAL:
		return 0.5 * erfc((log(x) - log(MEAN_S) + a * a / 2) / (a * sqrt(2)));
	case DRAW_PARETO:
		return x < least ? 1 : pow(least / x, a);
	default:
		return exp(-pow(x * tgamma(1 + 1 / a) / MEAN_S, a));
	}
}

static int order(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static const struct scenario_draw cases[] = {
	{DRAW_EXPONENTIAL, 600 * NS_PER_S, true, 0, false}, {DRAW_LOGNORMAL, 600 * NS_PER_S, true, 0.5, true},
	{DRAW_LOGNORMAL, 600 * NS_PER_S, true, 2, true},    {DRAW_PARETO, 600 * NS_PER_S, true, 1.5, true},
	{DRAW_PARETO, 600 * NS_PER_S, true, 3, true},       {DRAW_WEIBULL, 600 * NS_PER_S, true, 0.6, true},
	{DRAW_WEIBULL, 600 * NS_PER_S, true, 2, true},
};
#define CASES (sizeof cases / sizeof *cases)

/* One-sample Kolmogorov-Smirnov: a right generator is beyond 2.69/sqrt(n) once in a million. */
static void test_distributions(void)
{
	double *x = memory_new(DRAWS_MADE, sizeof *x, "draws");
	for (size_t i = 0; i < CASES; i++) {
		double distance = 0;
		for (int k = 0; k < DRAWS_MADE; k++)
			x[k] = time_s(draw_ns(&cases[i], "vm_life/web", 5, (uint64_t)k));
		qsort(x, DRAWS_MADE, sizeof *x, order);
		for (int k = 0; k < DRAWS_MADE; k++) {
			double below = 1 - tail(&cases[i], x[k]);
			distance = fmax(distance, fmax(below - (double)k / DRAWS_MADE,
			                               (double)(k + 1) / DRAWS_MADE - below));
		}
		CU_ASSERT(distance < 2.69 / sqrt(DRAWS_MADE));
	}
	free(x);
}

/* Means within five of their own deviations; Pareto with 1.5 and lognormal with 2 have none that helps. */
static void test_means(void)
{
	static const size_t light[] = {0, 1, 4, 5, 6};
	/* Deviation over mean: 1; sqrt(e^0.25 - 1); 1/sqrt(a (a - 2)); sqrt(G(1 + 2/a)/G(1 + 1/a)^2 - 1). */
	const double relative[] = {1, sqrt(exp(0.25) - 1), 1 / sqrt(3),
	                           sqrt(tgamma(1 + 2 / 0.6) / pow(tgamma(1 + 1 / 0.6), 2) - 1),
	                           sqrt(tgamma(2) / pow(tgamma(1.5), 2) - 1)};
	for (size_t i = 0; i < sizeof light / sizeof *light; i++) {
		double sum = 0;
		for (uint64_t k = 0; k < DRAWS_MADE; k++)
			sum += time_s(draw_ns(&cases[light[i]], "vm_life/web", 6, k));
		CU_ASSERT_DOUBLE_EQUAL(sum / DRAWS_MADE / MEAN_S, 1, 5 * relative[i] / sqrt(DRAWS_MADE));
	}
}

/* A Pareto tail with shape 1.1 holds times beyond any clock's end: they are cut to it. */
static void test_extremes(void)
{
	const struct scenario_draw constant = {DRAW_CONSTANT, 5, true, 0, false};
	const struct scenario_draw wild = {DRAW_PARETO, TIME_MAX_NS / 2, true, 1.1, true};
	int64_t most_ns = 0;
	CU_ASSERT_EQUAL(draw_ns(&constant, "vm_life/web", 1, 3), 5);
	for (uint64_t k = 0; k < 10000; k++) {
		int64_t ns = draw_ns(&wild, "vm_life/web", 1, k);
		CU_ASSERT_FATAL(ns > 0 && ns <= TIME_MAX_NS);
		most_ns = ns > most_ns ? ns : most_ns;
	}
	CU_ASSERT_EQUAL(most_ns, TIME_MAX_NS);
}

#define HOSTS "hosts: [{count: 40, ram: 256 GiB}]\nvms:\n"
#define WEB "  - {name: web, count: 100, start: 1 h, interarrival: {mean: 5 min}, " \
            "lifetime: {distribution: weibull, mean: 1 h, shape: 0.7}}\n"
#define JOBS "  - {name: job, count: 50, lifetime: 2 h, " \
             "interarrival: {process: pareto, mean: 1 min, shape: 1.5}}\n"

static void open_run(struct run *run, struct scenario **s, const char *text)
{
	struct diag diag;
	diag_init(&diag);
	*s = scenario_read_text(text, NULL, &diag);
	CU_ASSERT_PTR_NOT_NULL_FATAL(*s);
	*run = (struct run){0};
	CU_ASSERT_FATAL(run_open(run, *s, &diag));
	diag_fini(&diag);
}

static void test_groups(void)
{
	struct run alone, both;
	struct scenario *one, *two;
	open_run(&alone, &one, HOSTS WEB);
	open_run(&both, &two, HOSTS JOBS WEB);
	int64_t before_ns = 3600 * NS_PER_S;
	for (uint32_t k = 0; k < 100; k++) {
		const struct vm *a = &alone.world.vms[k], *b = &both.world.vms[50 + k];
		CU_ASSERT(a->start_ns == b->start_ns && a->life_ns == b->life_ns);
		CU_ASSERT(a->start_ns > before_ns && a->life_ns > 0);
		before_ns = a->start_ns;
	}
	for (uint32_t k = 0; k < 50; k++)
		CU_ASSERT_EQUAL(both.world.vms[k].life_ns, 2 * NS_PER_HOUR);
	/* 100 gaps of 5 min: the sum's deviation is 50 min. */
	CU_ASSERT_DOUBLE_EQUAL(time_s(before_ns), 3600 + 30000, 5 * 3000);
	run_close(&alone);
	run_close(&both);
	scenario_free(one);
	scenario_free(two);
}

static const struct test tests[] = {
	{"drawn times follow their distributions", test_distributions},
	{"a distribution has the mean that was asked for", test_means},
	{"a constant is exact, and what is beyond the end of time is cut", test_extremes},
	{"a guest's arrival and life do not depend on other groups", test_groups},
};
SUITE(scenarios_draw, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of times: hazards by hand, medians, and what is drawn against them. */
#include "models/law.h"

#include <math.h>
#include <stdlib.h>

#include "sim/time.h"
#include "tests/test.h"

#define DRAWS 20000

static void hazards(void)
{
	const struct law exponential = {LAW_EXPONENTIAL, 10, 0}, weibull = {LAW_WEIBULL, 2, 0.5};
	const struct law lognormal = {LAW_LOGNORMAL, exp(0.5), 1}, constant = {LAW_CONSTANT, 3, 0};
	CU_ASSERT_DOUBLE_EQUAL(law_hazard(&exponential, 25), 2.5, 1e-12);
	/* Mean 2, shape 1/2: Gamma(3) = 2, so the scale is 1. */
	CU_ASSERT_DOUBLE_EQUAL(law_hazard(&weibull, 9), 3, 1e-12);
	/* log X is standard normal: half of it lies below 1. */
	CU_ASSERT_DOUBLE_EQUAL(law_hazard(&lognormal, 1), log(2.0), 1e-12);
	CU_ASSERT_EQUAL(law_hazard(&constant, 2.9), 0);
	CU_ASSERT(isinf(law_hazard(&constant, 3)));
	for (unsigned k = 0; k < LAWS; k++) {
		const struct law law = {(enum law_kind)k, 5, 0.7};
		CU_ASSERT_EQUAL(law_hazard(&law, 0), 0);
		CU_ASSERT_STRING_NOT_EQUAL(law_names[k], "");
	}
}

static void medians(void)
{
	for (unsigned k = LAW_EXPONENTIAL; k < LAWS; k++) {
		const struct law law = {(enum law_kind)k, 100, 0.8};
		CU_ASSERT_DOUBLE_EQUAL(law_hazard(&law, law_median_s(&law)), log(2.0), 1e-9);
	}
	const struct law constant = {LAW_CONSTANT, 7, 0};
	CU_ASSERT_EQUAL(law_median_s(&constant), 7);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The largest distance of the drawn distribution from the law's own. */
static double distance(const struct law *law, uint64_t seed)
{
	static double x[DRAWS];
	double most = 0;
	struct random_stream r;
	random_init(&r, seed, "law", 0);
	for (int i = 0; i < DRAWS; i++)
		x[i] = time_s(law_draw_ns(law, &r));
	qsort(x, DRAWS, sizeof *x, ascending);
	for (int i = 0; i < DRAWS; i++) {
		double below = 1 - exp(-law_hazard(law, x[i]));
		most = fmax(most, fmax(fabs(below - (double)i / DRAWS), fabs(below - (i + 1.0) / DRAWS)));
	}
	return most;
}

static void draws(void)
{
	for (unsigned k = LAW_EXPONENTIAL; k < LAWS; k++) {
		const struct law law = {(enum law_kind)k, 3600, 0.7};
		/* Kolmogorov: larger than 1.95/sqrt(n) one time in a thousand. */
		CU_ASSERT(distance(&law, 1) < 1.95 / sqrt(DRAWS));
	}
}

static void bounds(void)
{
	struct random_stream r;
	random_init(&r, 1, "law", 0);
	const struct law constant = {LAW_CONSTANT, 1.5, 0}, short_one = {LAW_CONSTANT, 1e-12, 0};
	const struct law long_one = {LAW_EXPONENTIAL, 1e30, 0};
	CU_ASSERT_EQUAL(law_draw_ns(&constant, &r), 1500000000);
	CU_ASSERT_EQUAL(law_draw_ns(&short_one, &r), 1);
	CU_ASSERT_EQUAL(law_draw_ns(&long_one, &r), TIME_MAX_NS);
	CU_ASSERT_FALSE(law_shaped(LAW_EXPONENTIAL));
	CU_ASSERT_TRUE(law_shaped(LAW_WEIBULL));
}

static const struct test tests[] = {
	{"hazards are as worked out by hand", hazards},
	{"half of the times are below the median", medians},
	{"what is drawn is distributed as the law says", draws},
	{"a time is at least a nanosecond and at most the end of time", bounds},
};
SUITE(models_law, tests)

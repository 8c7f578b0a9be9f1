/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits of lifetimes: by hand, and back to the laws that they were drawn from. */
#include "analysis/lifetimes.h"

#include <math.h>

#include "sim/time.h"
#include "tests/test.h"

#define DRAWS 5000

static struct lifetime seen(double t, bool censored)
{
	return (struct lifetime){t, 0.5, censored};
}

static void exponential_by_hand(void)
{
	const struct lifetime x[] = {seen(10, false), seen(30, false), seen(20, true)};
	struct law law;
	CU_ASSERT_TRUE_FATAL(lifetimes_fit(LAW_EXPONENTIAL, x, 3, &law));
	CU_ASSERT_DOUBLE_EQUAL(law.mean_s, 30, 1e-12); /* 60 of time, two failures */
	CU_ASSERT_FALSE(lifetimes_fit(LAW_EXPONENTIAL, x, 1, &law)); /* one failure */
	CU_ASSERT_FALSE(lifetimes_fit(LAW_CONSTANT, x, 3, &law));
	const struct lifetime equal[] = {seen(5, false), seen(5, false), seen(9, true)};
	CU_ASSERT_FALSE(lifetimes_fit(LAW_WEIBULL, equal, 3, &law));
}

static void likelihoods_by_hand(void)
{
	const struct law law = {LAW_EXPONENTIAL, 2, 0};
	struct lifetime x = seen(4, true);
	CU_ASSERT_DOUBLE_EQUAL(lifetime_log_likelihood(&law, &x), -2, 1e-12);
	x.censored = false; /* from 3.5 to 4.5 */
	CU_ASSERT_DOUBLE_EQUAL(lifetime_log_likelihood(&law, &x), log(exp(-1.75) - exp(-2.25)), 1e-12);
	x.t = 0; /* a second failure within the same tick: below 0.5 */
	CU_ASSERT_DOUBLE_EQUAL(lifetime_log_likelihood(&law, &x), log(1 - exp(-0.25)), 1e-12);
	const struct lifetime both[] = {seen(4, true), seen(0, false)};
	CU_ASSERT_DOUBLE_EQUAL(lifetimes_log_likelihood(&law, both, 2), -2 + log(1 - exp(-0.25)), 1e-12);
}

/* Cells of one unit add up to one, whatever the law. */
static void cells_are_probabilities(void)
{
	for (unsigned k = LAW_EXPONENTIAL; k < LAWS; k++) {
		const struct law law = {(enum law_kind)k, 20, 0.6};
		struct lifetime x = seen(0, false);
		double sum = 0;
		for (x.t = 0; x.t < 2000; x.t++)
			sum += exp(lifetime_log_likelihood(&law, &x));
		x.censored = true;
		x.t -= 0.5;
		sum += exp(lifetime_log_likelihood(&law, &x));
		CU_ASSERT_DOUBLE_EQUAL(sum, 1, 1e-9);
	}
}

/* Draws of a law, cut off at `end`. */
static void draw(struct lifetime *x, const struct law *law, double end)
{
	struct random_stream r;
	random_init(&r, 7, "lifetimes", (uint64_t)law->kind);
	for (int i = 0; i < DRAWS; i++) {
		double t = time_s(law_draw_ns(law, &r));
		x[i] = (struct lifetime){t < end ? t : end, 1e-6, t >= end};
	}
}

static void fits_find_the_law(void)
{
	static struct lifetime x[DRAWS];
	for (unsigned k = LAW_EXPONENTIAL; k < LAWS; k++) {
		const struct law law = {(enum law_kind)k, 1000, 0.75};
		struct law fitted[LAWS];
		draw(x, &law, 2000); /* a sixth to an eighth is cut off */
		for (unsigned other = LAW_EXPONENTIAL; other < LAWS; other++)
			CU_ASSERT_TRUE_FATAL(lifetimes_fit((enum law_kind)other, x, DRAWS, &fitted[other]));
		CU_ASSERT_DOUBLE_EQUAL(fitted[k].mean_s / 1000, 1, 0.08);
		if (law_shaped(law.kind))
			CU_ASSERT_DOUBLE_EQUAL(fitted[k].shape / 0.75, 1, 0.05);
		double best = lifetimes_log_likelihood(&fitted[k], x, DRAWS);
		/* Of maximum likelihood: no worse than the law itself, and than its neighbours. */
		CU_ASSERT(best >= lifetimes_log_likelihood(&law, x, DRAWS) - 1e-6);
		for (int side = -1; side <= 1; side += 2) {
			struct law near = fitted[k];
			near.mean_s *= 1 + 0.02 * side;
			CU_ASSERT(lifetimes_log_likelihood(&near, x, DRAWS) < best);
			near = fitted[k];
			near.shape *= 1 + 0.02 * side;
			CU_ASSERT(!law_shaped(law.kind) || lifetimes_log_likelihood(&near, x, DRAWS) < best);
		}
		/* And the true kind wins, but for the Weibull, which can be exponential. */
		for (unsigned other = LAW_EXPONENTIAL; other < LAWS; other++)
			CU_ASSERT(best >= lifetimes_log_likelihood(&fitted[other], x, DRAWS) - 2);
	}
}

static const struct test tests[] = {
	{"the exponential mean is all time over the failures", exponential_by_hand},
	{"likelihoods are of what a clock shows", likelihoods_by_hand},
	{"the cells of a clock add up to one", cells_are_probabilities},
	{"a fit finds the law that times were drawn from, though some are cut off", fits_find_the_law},
};
SUITE(analysis_lifetimes, tests)

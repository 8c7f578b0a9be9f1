/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws times from distributions that are told by their mean. */
#include "scenarios/draw.h"

#include "sim/fault.h"
#include "sim/random.h"
#include "sim/time.h"
#include "sim/transcend.h"

const char *const draw_names[DRAWS] = {"constant", "exponential", "lognormal", "pareto", "weibull"};
const char *const draw_process_names[DRAWS] = {"regular", "poisson", "lognormal", "pareto", "weibull"};

#define JOHNSON "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, 1994"

/* Bounds of shapes: beyond them a double holds the law no more, or what is drawn is as good as constant. */
const struct draw_info draw_table[DRAWS] = {
	[DRAW_CONSTANT] = {"X = mean", "scenarios/draw.h", false, 0, 0, NULL},
	[DRAW_EXPONENTIAL] = {"P(X > x) = exp(-x/mean); as an arrival process: poisson",
	                      "Kingman, Poisson Processes, 1993", false, 0, 0, NULL},
	[DRAW_LOGNORMAL] = {"log X normal, deviation shape, mean log(mean) - shape^2/2",
	                    JOHNSON ", ch. 14",
	                    true, 0, 10, "the standard deviation of the logarithm: 1 is moderate, 2 heavy"},
	[DRAW_PARETO] = {"P(X > x) = (x0/x)^shape from x0 = mean (shape - 1)/shape on",
	                 JOHNSON ", ch. 20",
	                 true, 1, 1000, "the exponent of the tail: above 1, heavy up to 2, say 1.5"},
	[DRAW_WEIBULL] = {"P(X > x) = exp(-(x/s)^shape), s = mean / Gamma(1 + 1/shape)",
	                  JOHNSON ", ch. 21",
	                  true, 0.05, 1000, "the exponent: 1 is exponential, below 1 heavier, say 0.6"},
};

static double draw_s(const struct scenario_draw *draw, struct random_stream *r)
{
	double mean_s = time_s(draw->mean_ns), a = draw->shape;
	switch (draw->kind) {
	case DRAW_EXPONENTIAL:
		return random_exponential(r, mean_s);
	case DRAW_LOGNORMAL:
		return random_lognormal(r, log(mean_s) - a * a / 2, a);
	case DRAW_PARETO:
		return random_pareto(r, a, mean_s * (a - 1) / a);
	case DRAW_WEIBULL:
		return random_weibull(r, mean_s / tgamma(1 + 1 / a), a);
	default:
		return mean_s;
	}
}

int64_t draw_ns(const struct scenario_draw *draw, const char *purpose, uint64_t seed, uint64_t id)
{
	struct random_stream r;
	int64_t ns;
	if (draw->kind == DRAW_CONSTANT)
		return draw->mean_ns;
	ASSERT(draw->mean_ns > 0);
	random_init(&r, seed, purpose, id);
	return time_from_s(draw_s(draw, &r), &ns) ? ns : TIME_MAX_NS;
}

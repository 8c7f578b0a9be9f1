/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times that are drawn, one a guest: from one arrival to the next, and how long a guest lives.
 *
 * A distribution is told by its mean and, where it has one, its shape; so that a light and a heavy tail
 * can be compared at the same load. Mean m, shape a:
 *   constant      m
 *   exponential   P(X > x) = exp(-x/m); between arrivals: the Poisson process
 *   lognormal     log X normal with deviation a and mean log m - a^2/2
 *   pareto        P(X > x) = (x0/x)^a from x0 = m (a - 1)/a on, a > 1; the variance is infinite for a <= 2
 *   weibull       P(X > x) = exp(-(x/s)^a), s = m / Gamma(1 + 1/a); a < 1 has a heavier tail than exponential
 *
 * Guest k of a group draws from the stream (seed, "<what>/<group>", k): its draw does not change when the
 * group grows or when others are added. */
#ifndef SCENARIOS_DRAW_H
#define SCENARIOS_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/scenario.h"

extern const char *const draw_names[DRAWS];     /* "constant", "exponential", ... : of lifetimes */
extern const char *const draw_process_names[DRAWS]; /* "regular", "poisson", ... : of arrivals */

struct draw_info {
	const char *formula, *source;
	bool shaped;                    /* takes a shape */
	double shape_least, shape_most; /* exclusive, inclusive */
	const char *shape_meaning;
};
extern const struct draw_info draw_table[DRAWS];

/* The draw of guest `id`, rounded to a nanosecond, in [0, TIME_MAX_NS]. `purpose` names the stream. */
int64_t draw_ns(const struct scenario_draw *draw, const char *purpose, uint64_t seed, uint64_t id);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of times: how long until something fails, how long until it is repaired.
 *
 * A law is told by its mean m and, where it has one, its shape a, so that laws can be compared at equal
 * rates:
 *   constant      m
 *   exponential   P(X > t) = exp(-t/m): does not age
 *   lognormal     log X normal with deviation a and mean log m - a^2/2: repairs of computers (Schroeder
 *                 and Gibson, DSN 2006)
 *   weibull       P(X > t) = exp(-(t/s)^a), s = m / Gamma(1 + 1/a); below 1 it gets the likelier to last the
 *                 longer it has lasted, which is what times between failures of computers do (the same)
 * (Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, 1994, ch. 14, 19, 21.) */
#ifndef MODELS_LAW_H
#define MODELS_LAW_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/random.h"

/* Numbers are in the digest: append only. */
enum law_kind { LAW_CONSTANT, LAW_EXPONENTIAL, LAW_LOGNORMAL, LAW_WEIBULL, LAWS };
extern const char *const law_names[LAWS];

struct law {
	enum law_kind kind;
	double mean_s;          /* > 0 */
	double shape;           /* lognormal, weibull: > 0 */
};

bool law_shaped(enum law_kind kind);

/* A time, rounded to a nanosecond, in [1, TIME_MAX_NS]. */
int64_t law_draw_ns(const struct law *law, struct random_stream *r);

/* The cumulated hazard -log P(X > t), t >= 0: t/m for the exponential law. */
double law_hazard(const struct law *law, double t_s);

/* The law's median is no parameter of its own: lognormal m exp(-a^2/2), weibull s (log 2)^(1/a). */
double law_median_s(const struct law *law);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits laws to times between failures, and says how likely a law makes them.
 *
 * A time is known to a resolution: a clock of minutes shows t when it was from t - half to t + half; or
 * it is censored: nothing happened up to t, when watching ended. The fits are of maximum likelihood,
 * with the density at t (never below half); likelihoods are of the cell that the clock shows, so that a
 * law whose density is infinite at 0 gains nothing from two failures within a minute. */
#ifndef ANALYSIS_LIFETIMES_H
#define ANALYSIS_LIFETIMES_H

#include <stdbool.h>
#include <stddef.h>

#include "models/law.h"

struct lifetime {
	double t, half;                 /* of any unit, the same for all; half > 0 */
	bool censored;
};

/* Exponential: the mean is all time over the failures. Weibull: the shape by halving of the profile's
 * derivative, which falls (Cohen, Technometrics 7, 1965). Lognormal: the mean and deviation of
 * logarithms, those of censored times replaced by what is expected of them until that changes nothing
 * (Dempster, Laird and Rubin, JRSS B 39, 1977). False: fewer than two failures, or all at one time;
 * constant laws cannot be fitted. */
bool lifetimes_fit(enum law_kind kind, const struct lifetime *x, size_t n, struct law *law);

/* Sum over all, natural logarithms. */
double lifetimes_log_likelihood(const struct law *law, const struct lifetime *x, size_t n);

/* Of one. */
double lifetime_log_likelihood(const struct law *law, const struct lifetime *x);

#endif

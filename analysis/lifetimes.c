/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maximum likelihood with censored times. */
#include "analysis/lifetimes.h"

#include "sim/fault.h"
#include "sim/transcend.h"

#define SHAPE_LEAST 0.05
#define SHAPE_MOST 50.0
#define STEPS_MOST 2000         /* of the lognormal's iteration; it gains a factor a step */
#define STILL 1e-10             /* and stops when nothing moves by more */

static double time_of(const struct lifetime *x)
{
	ASSERT(x->half > 0 && x->t >= 0);
	return x->t > x->half ? x->t : x->half;
}

static size_t failures_in(const struct lifetime *x, size_t n)
{
	size_t failures = 0;
	for (size_t i = 0; i < n; i++)
		failures += !x[i].censored;
	return failures;
}

static double exponential_mean(const struct lifetime *x, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += time_of(&x[i]);
	return sum / (double)failures_in(x, n);
}

/* Sums of t^k and t^k log t, in units of the largest time so that nothing overflows. */
struct weibull_sums {
	double powers, logs, failed_logs, most;
};

static struct weibull_sums weibull_sums(const struct lifetime *x, size_t n, double k)
{
	struct weibull_sums s = {.most = 0};
	for (size_t i = 0; i < n; i++)
		s.most = time_of(&x[i]) > s.most ? time_of(&x[i]) : s.most;
	for (size_t i = 0; i < n; i++) {
		double logarithm = log(time_of(&x[i]) / s.most), power = exp(k * logarithm);
		s.powers += power;
		s.logs += power * logarithm;
		s.failed_logs += x[i].censored ? 0 : logarithm;
	}
	return s;
}

static struct law fit_weibull(const struct lifetime *x, size_t n)
{
	double low = SHAPE_LEAST, high = SHAPE_MOST, failures = (double)failures_in(x, n);
	for (int i = 0; i < 60; i++) {
		double k = (low + high) / 2;
		struct weibull_sums s = weibull_sums(x, n, k);
		if (s.failed_logs / failures + 1 / k - s.logs / s.powers > 0)
			low = k;
		else
			high = k;
	}
	double shape = (low + high) / 2;
	struct weibull_sums s = weibull_sums(x, n, shape);
	double scale = s.most * pow(s.powers / failures, 1 / shape);
	return (struct law){LAW_WEIBULL, scale * tgamma(1 + 1 / shape), shape};
}

/* The normal hazard phi/(1 - Phi) at z; beyond 25 its asymptotic form. */
static double normal_hazard(double z)
{
	if (z > 25)
		return z + 1 / z;
	return exp(-z * z / 2) / (sqrt(2 * M_PI) * erfc(z / sqrt(2)) / 2);
}

static struct law fit_lognormal(const struct lifetime *x, size_t n)
{
	double mu = 0, sigma = 1;
	for (int step = 0; step < STEPS_MOST; step++) {
		double sum = 0, squares = 0;
		for (size_t i = 0; i < n; i++) {
			double y = log(time_of(&x[i])), square = (y - mu) * (y - mu), z = (y - mu) / sigma;
			if (x[i].censored) { /* what is expected of a normal variate above y */
				double hazard = normal_hazard(z);
				y = mu + sigma * hazard;
				square = sigma * sigma * (1 + z * hazard);
			}
			sum += y;
			squares += square;
		}
		double mean = sum / (double)n, variance = squares / (double)n - (mean - mu) * (mean - mu);
		double moved = fabs(mean - mu) + fabs(sqrt(variance) - sigma);
		mu = mean;
		sigma = sqrt(variance);
		if (!(moved > STILL))
			break;
	}
	return (struct law){LAW_LOGNORMAL, exp(mu + sigma * sigma / 2), sigma};
}

bool lifetimes_fit(enum law_kind kind, const struct lifetime *x, size_t n, struct law *law)
{
	size_t first = 0, differ = 0;
	if (failures_in(x, n) < 2)
		return false;
	while (x[first].censored)
		first++;
	for (size_t i = 0; i < n; i++)
		differ += !x[i].censored && (time_of(&x[i]) > time_of(&x[first]) ||
		                             time_of(&x[i]) < time_of(&x[first]));
	if (kind == LAW_EXPONENTIAL)
		*law = (struct law){LAW_EXPONENTIAL, exponential_mean(x, n), 0};
	else if (kind == LAW_WEIBULL && differ)
		*law = fit_weibull(x, n);
	else if (kind == LAW_LOGNORMAL && differ)
		*law = fit_lognormal(x, n);
	else
		return false;
	return true;
}

double lifetime_log_likelihood(const struct law *law, const struct lifetime *x)
{
	ASSERT(x->half > 0 && x->t >= 0);
	if (x->censored)
		return -law_hazard(law, x->t);
	double from = law_hazard(law, x->t > x->half ? x->t - x->half : 0);
	double to = law_hazard(law, x->t + x->half);
	return -from + log(-expm1(from - to));
}

double lifetimes_log_likelihood(const struct law *law, const struct lifetime *x, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += lifetime_log_likelihood(law, &x[i]);
	return sum;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws from laws that are told by their mean, and their hazards. */
#include "models/law.h"

#include "sim/fault.h"
#include "sim/time.h"
#include "sim/transcend.h"

const char *const law_names[LAWS] = {"constant", "exponential", "lognormal", "weibull"};

bool law_shaped(enum law_kind kind)
{
	return kind == LAW_LOGNORMAL || kind == LAW_WEIBULL;
}

static double weibull_scale_s(const struct law *law)
{
	return law->mean_s / tgamma(1 + 1 / law->shape);
}

static double lognormal_mu(const struct law *law)
{
	return log(law->mean_s) - law->shape * law->shape / 2;
}

static double draw_s(const struct law *law, struct random_stream *r)
{
	switch (law->kind) {
	case LAW_EXPONENTIAL:
		return random_exponential(r, law->mean_s);
	case LAW_LOGNORMAL:
		return random_lognormal(r, lognormal_mu(law), law->shape);
	case LAW_WEIBULL:
		return random_weibull(r, weibull_scale_s(law), law->shape);
	default:
		return law->mean_s;
	}
}

int64_t law_draw_ns(const struct law *law, struct random_stream *r)
{
	int64_t ns;
	ASSERT((unsigned)law->kind < LAWS && law->mean_s > 0);
	ASSERT(!law_shaped(law->kind) || law->shape > 0);
	if (!time_from_s(draw_s(law, r), &ns))
		return TIME_MAX_NS;
	return ns > 0 ? ns : 1;
}

double law_hazard(const struct law *law, double t_s)
{
	ASSERT(t_s >= 0 && law->mean_s > 0);
	if (t_s <= 0)
		return 0;
	switch (law->kind) {
	case LAW_EXPONENTIAL:
		return t_s / law->mean_s;
	case LAW_LOGNORMAL:
		return -log(erfc((log(t_s) - lognormal_mu(law)) / (law->shape * sqrt(2))) / 2);
	case LAW_WEIBULL:
		return pow(t_s / weibull_scale_s(law), law->shape);
	default:
		return t_s < law->mean_s ? 0 : (double)INFINITY;
	}
}

double law_median_s(const struct law *law)
{
	switch (law->kind) {
	case LAW_EXPONENTIAL:
		return law->mean_s * log(2.0);
	case LAW_LOGNORMAL:
		return exp(lognormal_mu(law));
	case LAW_WEIBULL:
		return weibull_scale_s(law) * pow(log(2.0), 1 / law->shape);
	default:
		return law->mean_s;
	}
}

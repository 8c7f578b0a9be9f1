/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Overload: the next sample, by additive Holt-Winters smoothing, lies above a threshold. It knows a level,
 * a trend and the shape of a season (a day), and so expects the morning's rise before it comes.
 *
 *   level  = alpha (u - season[t]) + (1 - alpha) (level + trend)
 *   trend  = beta (level - level before) + (1 - beta) trend
 *   season = gamma (u - level) + (1 - gamma) season[t]
 *
 * from the first two seasons: level their first mean, trend the difference of their means a sample, season
 * what the first one deviates from its mean (NIST handbook 6.4.3.5). With less past than two seasons the
 * season is left out (Holt's linear smoothing). The past is worked through anew at each question, newest
 * samples last, as it changes with the guests that are on the host. */
#include "policies/history.h"
#include "policies/policy.h"

extern const struct policy policy_holt_winters;

enum { THRESHOLD, SEASON, ALPHA, BETA, GAMMA, LEAST };
enum { MOST_SEASON = 300, SEASONS = 4, SAMPLES = MOST_SEASON * SEASONS };

struct holt_winters {
	double threshold, alpha, beta, gamma;
	uint32_t season, least;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct holt_winters *s = state;
	(void)view;
	s->threshold = values[THRESHOLD];
	s->season = (uint32_t)values[SEASON];
	s->alpha = values[ALPHA];
	s->beta = values[BETA];
	s->gamma = values[GAMMA];
	s->least = (uint32_t)values[LEAST];
}

static double next_with_season(const struct holt_winters *s, const double *u, uint32_t n)
{
	double season[MOST_SEASON];
	double level = history_mean(u, s->season);
	double trend = (history_mean(u + s->season, s->season) - level) / s->season;
	for (uint32_t i = 0; i < s->season; i++)
		season[i] = u[i] - level;
	for (uint32_t i = s->season; i < n; i++) {
		double *shape = &season[i % s->season], before = level;
		level = s->alpha * (u[i] - *shape) + (1 - s->alpha) * (level + trend);
		trend = s->beta * (level - before) + (1 - s->beta) * trend;
		*shape = s->gamma * (u[i] - level) + (1 - s->gamma) * *shape;
	}
	return level + trend + season[n % s->season];
}

static double next_without(const struct holt_winters *s, const double *u, uint32_t n)
{
	double level = u[0], trend = u[1] - u[0];
	for (uint32_t i = 1; i < n; i++) {
		double before = level;
		level = s->alpha * u[i] + (1 - s->alpha) * (level + trend);
		trend = s->beta * (level - before) + (1 - s->beta) * trend;
	}
	return level + trend;
}

static bool overloaded(void *state, const struct policy_view *view, uint32_t host)
{
	const struct holt_winters *s = state;
	double past[SAMPLES];
	uint32_t n = view->host_history(view, host, past, s->season * SEASONS);
	if (n < s->least)
		return policy_utilisation(&view->hosts[host]) > s->threshold;
	bool seasons = n >= 2 * s->season;
	return (seasons ? next_with_season(s, past, n) : next_without(s, past, n)) > s->threshold;
}

static const struct policy_parameter parameters[] = {
	[THRESHOLD] = {"threshold", "", 0.8, 0, 10, "expected utilisation above which a host is overloaded"},
	[SEASON] = {"season", "", 288, 2, MOST_SEASON, "samples of a season: 288 are a day of 300 s"},
	[ALPHA] = {"alpha", "", 0.5, 0, 1, "weight of the newest sample in the level"},
	[BETA] = {"beta", "", 0.1, 0, 1, "weight of the newest change in the trend"},
	[GAMMA] = {"gamma", "", 0.3, 0, 1, "weight of the newest deviation in the season"},
	[LEAST] = {"least", "", 4, 2, 100, "samples that it needs; until then utilisation itself counts"},
	{0},
};

const struct policy policy_holt_winters = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "holt_winters",
	.summary = "overloaded when the next sample, by level, trend and season, is above a threshold",
	.source = "Holt 1957; Winters 1960 (additive); NIST handbook 6.4.3.5 for the first values",
	.parameters = parameters,
	.state_bytes = sizeof(struct holt_winters),
	.open = open,
	.overloaded = overloaded,
};

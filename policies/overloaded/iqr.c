/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Overload: utilisation above 1 - safety x IQR of its past, where IQR is the distance between the
 * quartiles: a host whose load wavers keeps more in reserve. */
#include "policies/history.h"
#include "policies/policy.h"

extern const struct policy policy_iqr;

enum { SAFETY, LEAST, FALLBACK };
enum { SAMPLES = 30 };                 /* as CloudSim keeps */

struct iqr {
	double safety, fallback;
	uint32_t least;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct iqr *s = state;
	(void)view;
	s->safety = values[SAFETY];
	s->least = (uint32_t)values[LEAST];
	s->fallback = values[FALLBACK];
}

static double between_quartiles(double *past, uint32_t n)
{
	history_sort(past, n);
	return history_quantile(past, n, 0.75) - history_quantile(past, n, 0.25);
}

static bool overloaded(void *state, const struct policy_view *view, uint32_t host)
{
	const struct iqr *s = state;
	double past[SAMPLES];
	uint32_t n = view->host_history(view, host, past, SAMPLES);
	double threshold = n < s->least ? s->fallback : 1 - s->safety * between_quartiles(past, n);
	return policy_utilisation(&view->hosts[host]) > threshold;
}

static const struct policy_parameter parameters[] = {
	[SAFETY] = {"safety", "", 1.5, 0, 100, "how many IQRs are kept free"},
	[LEAST] = {"least", "", 12, 1, SAMPLES, "samples that it needs"},
	[FALLBACK] = {"fallback", "", 0.7, 0, 10, "threshold as long as there are fewer samples"},
	{0},
};

const struct policy policy_iqr = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "iqr",
	.summary = "overloaded above 1 - safety x interquartile range of the last 30 samples",
	.source = "Beloglazov and Buyya 2012 (IQR); CloudSim's quartiles, least samples and fallback",
	.parameters = parameters,
	.state_bytes = sizeof(struct iqr),
	.open = open,
	.overloaded = overloaded,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Overload: utilisation above 1 - safety x MAD of its past, where MAD is the median absolute deviation: a
 * host whose load wavers keeps more in reserve. Robust: a few wild samples do not move a median. */
#include "policies/history.h"
#include "policies/policy.h"

extern const struct policy policy_mad;

enum { SAFETY, LEAST, FALLBACK };
enum { SAMPLES = 30 };                 /* as CloudSim keeps */

struct mad {
	double safety, fallback;
	uint32_t least;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct mad *s = state;
	(void)view;
	s->safety = values[SAFETY];
	s->least = (uint32_t)values[LEAST];
	s->fallback = values[FALLBACK];
}

static bool overloaded(void *state, const struct policy_view *view, uint32_t host)
{
	const struct mad *s = state;
	double past[SAMPLES];
	uint32_t n = view->host_history(view, host, past, SAMPLES);
	double threshold = n < s->least ? s->fallback : 1 - s->safety * history_mad(past, n);
	return policy_utilisation(&view->hosts[host]) > threshold;
}

static const struct policy_parameter parameters[] = {
	[SAFETY] = {"safety", "", 2.5, 0, 100, "how many MADs are kept free"},
	[LEAST] = {"least", "", 12, 1, SAMPLES, "samples that it needs"},
	[FALLBACK] = {"fallback", "", 0.7, 0, 10, "threshold as long as there are fewer samples"},
	{0},
};

const struct policy policy_mad = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "mad",
	.summary = "overloaded above 1 - safety x median absolute deviation of the last 30 samples",
	.source = "Beloglazov and Buyya 2012 (MAD); CloudSim's least samples and fallback",
	.parameters = parameters,
	.state_bytes = sizeof(struct mad),
	.open = open,
	.overloaded = overloaded,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Overload: the next sample, as a first-order autoregression expects it, lies above a threshold. A peak
 * over a calm past is expected to fall back to the mean, and is none; the same height after a steady climb
 * is one. */
#include "policies/history.h"
#include "policies/policy.h"

extern const struct policy policy_ar1;

enum { THRESHOLD, LEAST };
enum { SAMPLES = 30 };

struct ar1 {
	double threshold;
	uint32_t least;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct ar1 *s = state;
	(void)view;
	s->threshold = values[THRESHOLD];
	s->least = (uint32_t)values[LEAST];
}

static bool overloaded(void *state, const struct policy_view *view, uint32_t host)
{
	const struct ar1 *s = state;
	double past[SAMPLES];
	uint32_t n = view->host_history(view, host, past, SAMPLES);
	double next = n < s->least ? policy_utilisation(&view->hosts[host]) : history_next(past, n);
	return next > s->threshold;
}

static const struct policy_parameter parameters[] = {
	[THRESHOLD] = {"threshold", "", 0.8, 0, 10, "expected utilisation above which a host is overloaded"},
	[LEAST] = {"least", "", 3, 1, SAMPLES, "samples that it needs; until then utilisation itself counts"},
	{0},
};

const struct policy policy_ar1 = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "ar1",
	.summary = "overloaded when the next sample, by AR(1) over the last 30, is above a threshold",
	.source = "Box and Jenkins 1970 (AR(1), Yule-Walker); the predictor of Wood et al. 2007",
	.parameters = parameters,
	.state_bytes = sizeof(struct ar1),
	.open = open,
	.overloaded = overloaded,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Overload: at least k of the last n samples lie above a threshold, and so does the next one as AR(1)
 * expects it: a hotspot is sustained, not a moment. */
#include "policies/history.h"
#include "policies/policy.h"

extern const struct policy policy_k_of_n;

enum { THRESHOLD, K, N };
enum { SAMPLES = 30 };

struct k_of_n {
	double threshold;
	uint32_t k, n;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct k_of_n *s = state;
	(void)view;
	s->threshold = values[THRESHOLD];
	s->k = (uint32_t)values[K];
	s->n = (uint32_t)values[N];
}

static bool overloaded(void *state, const struct policy_view *view, uint32_t host)
{
	const struct k_of_n *s = state;
	double past[SAMPLES];
	uint32_t n = view->host_history(view, host, past, SAMPLES);
	return n > 0 && history_sustained(past, n, s->k, s->n, s->threshold);
}

static const struct policy_parameter parameters[] = {
	[THRESHOLD] = {"threshold", "", 0.75, 0, 10, "utilisation that is too much"},
	[K] = {"k", "", 3, 1, SAMPLES, "samples above it"},
	[N] = {"n", "", 5, 1, SAMPLES, "of so many last ones"},
	{0},
};

const struct policy policy_k_of_n = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "k_of_n",
	.summary = "overloaded when k of the last n samples and the next, by AR(1), are above a threshold",
	.source = "Wood et al. 2007 (Sandpiper), hotspot detection",
	.parameters = parameters,
	.state_bytes = sizeof(struct k_of_n),
	.open = open,
	.overloaded = overloaded,
};

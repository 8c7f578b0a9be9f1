/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Overload: the host's guests demand more than a fixed share of its CPU. */
#include "policies/policy.h"

extern const struct policy policy_static_threshold;

enum { THRESHOLD };

struct static_threshold {
	double threshold;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct static_threshold *s = state;
	(void)view;
	s->threshold = values[THRESHOLD];
}

static bool overloaded(void *state, const struct policy_view *view, uint32_t host)
{
	const struct static_threshold *s = state;
	return policy_utilisation(&view->hosts[host]) > s->threshold;
}

static const struct policy_parameter parameters[] = {
	[THRESHOLD] = {"threshold", "", 0.8, 0, 10, "utilisation above which a host is overloaded"},
	{0},
};

const struct policy policy_static_threshold = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "static_threshold",
	.summary = "overloaded when utilisation is above a fixed threshold",
	.source = "Beloglazov and Buyya 2012 (THR)",
	.parameters = parameters,
	.state_bytes = sizeof(struct static_threshold),
	.open = open,
	.overloaded = overloaded,
};

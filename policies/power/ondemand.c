/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power: the fastest speed as soon as a host is busy for more than a threshold of its time; below, a speed
 * on the way from the slowest to the fastest in proportion to the load, the nearest P-state. The load is
 * the busy share at the speed in force, as in Linux, so that a slow host looks busier and comes up again. */
#include "policies/policy.h"
#include "policies/speed.h"

extern const struct policy policy_ondemand;

enum { UP };

struct ondemand {
	double up;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct ondemand *s = state;
	(void)view;
	s->up = values[UP];
}

static void power(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	const struct ondemand *s = state;
	for (uint32_t h = 0; h < view->host_count; h++) {
		if (!speed_varies(&view->hosts[h]))
			continue;
		double load = speed_load(view, h);
		double slowest = view->speed_01(view, h, view->hosts[h].speeds - 1);
		double share = slowest + load * (1 - slowest);
		speed_ask(view, plan, h, load > s->up ? 0 : speed_nearest(view, h, share));
	}
}

static const struct policy_parameter parameters[] = {
	[UP] = {"up_threshold", "", 0.95, 0, 1, "busy share above which a host runs at its fastest"},
	{0},
};

const struct policy policy_ondemand = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "ondemand",
	.summary = "governor: fastest when busy, else in proportion to the load",
	.source = "Linux, drivers/cpufreq/cpufreq_ondemand.c; Pallipadi and Starikovskiy 2006",
	.parameters = parameters,
	.state_bytes = sizeof(struct ondemand),
	.open = open,
	.power = power,
};

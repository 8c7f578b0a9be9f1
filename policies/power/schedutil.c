/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power: the slowest P-state that is at least 1.25 x utilisation x the fastest speed. Utilisation is of
 * the fastest speed, whatever speed is in force, and at most what this speed can do, as that is all that
 * is seen: a host that is short of speed comes up by a quarter at each look. */
#include "policies/policy.h"
#include "policies/speed.h"

extern const struct policy policy_schedutil;

enum { HEADROOM };

struct schedutil {
	double headroom;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct schedutil *s = state;
	(void)view;
	s->headroom = values[HEADROOM];
}

static void power(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	const struct schedutil *s = state;
	for (uint32_t h = 0; h < view->host_count; h++) {
		if (!speed_varies(&view->hosts[h]))
			continue;
		double used = speed_load(view, h) * view->speed_01(view, h, view->hosts[h].speed);
		speed_ask(view, plan, h, speed_at_least(view, h, s->headroom * used));
	}
}

static const struct policy_parameter parameters[] = {
	[HEADROOM] = {"headroom", "", 1.25, 1, 100, "speed over utilisation: 1.25 turns over at 80 %"},
	{0},
};

const struct policy policy_schedutil = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "schedutil",
	.summary = "governor: the slowest speed with a quarter to spare above utilisation",
	.source = "Linux, kernel/sched/cpufreq_schedutil.c (get_next_freq: 1.25 x util / max)",
	.parameters = parameters,
	.state_bytes = sizeof(struct schedutil),
	.open = open,
	.power = power,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power: a step faster when a host is busy for more than one threshold of its time, a step slower below
 * another: never a leap. The steps add up in a wanted speed a host, so that small ones count though
 * P-states lie far apart; going up it takes the P-state at or below the wanted speed, going down the one
 * at or above it. */
#include "policies/policy.h"
#include "policies/speed.h"
#include "policies/table.h"

extern const struct policy policy_conservative;

enum { UP, DOWN, STEP };

struct conservative {
	double up, down, step;
	double *wanted_01;             /* [host]; 0: not asked yet */
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct conservative *s = state;
	s->up = values[UP];
	s->down = values[DOWN];
	s->step = values[STEP];
	s->wanted_01 = table_new(view->host_count, sizeof *s->wanted_01);
}

static void close(void *state)
{
	struct conservative *s = state;
	free(s->wanted_01);
}

static void power(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	struct conservative *s = state;
	for (uint32_t h = 0; h < view->host_count; h++) {
		if (!speed_varies(&view->hosts[h]))
			continue;
		double load = speed_load(view, h), *wanted = &s->wanted_01[h];
		double slowest = view->speed_01(view, h, view->hosts[h].speeds - 1);
		if (*wanted <= 0)
			*wanted = view->speed_01(view, h, view->hosts[h].speed);
		if (load > s->up) {
			*wanted = *wanted + s->step < 1 ? *wanted + s->step : 1;
			speed_ask(view, plan, h, speed_at_most(view, h, *wanted));
		} else if (load < s->down) {
			*wanted = *wanted - s->step > slowest ? *wanted - s->step : slowest;
			speed_ask(view, plan, h, speed_at_least(view, h, *wanted));
		}
	}
}

static const struct policy_parameter parameters[] = {
	[UP] = {"up_threshold", "", 0.8, 0, 1, "busy share above which a host goes a step faster"},
	[DOWN] = {"down_threshold", "", 0.2, 0, 1, "busy share below which it goes a step slower"},
	[STEP] = {"freq_step", "", 0.05, 0.001, 1, "a step, as a share of the fastest speed"},
	{0},
};

const struct policy policy_conservative = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "conservative",
	.summary = "governor: step by step faster when busy, slower when idle",
	.source = "Linux, drivers/cpufreq/cpufreq_conservative.c",
	.parameters = parameters,
	.state_bytes = sizeof(struct conservative),
	.open = open,
	.close = close,
	.power = power,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power: every host runs as fast as it can, whatever its load. */
#include "policies/policy.h"
#include "policies/speed.h"

extern const struct policy policy_performance;

static void power(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	(void)state;
	for (uint32_t h = 0; h < view->host_count; h++)
		if (speed_varies(&view->hosts[h]))
			speed_ask(view, plan, h, 0);
}

const struct policy policy_performance = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "performance",
	.summary = "governor: every host as fast as it can",
	.source = "Linux, drivers/cpufreq/cpufreq_performance.c",
	.power = power,
};

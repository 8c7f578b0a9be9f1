/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power: every host runs as slow as it can, whatever its load. */
#include "policies/policy.h"
#include "policies/speed.h"

extern const struct policy policy_powersave;

static void power(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	(void)state;
	for (uint32_t h = 0; h < view->host_count; h++)
		if (speed_varies(&view->hosts[h]))
			speed_ask(view, plan, h, view->hosts[h].speeds - 1);
}

const struct policy policy_powersave = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "powersave",
	.summary = "governor: every host as slow as it can",
	.source = "Linux, drivers/cpufreq/cpufreq_powersave.c",
	.power = power,
};

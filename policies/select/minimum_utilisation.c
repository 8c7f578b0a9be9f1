/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selection: the guest that uses the least of the CPU it has; ties go to the guest that came first. Moving
 * it hurts least, but many must move before a host is relieved. */
#include "policies/policy.h"

extern const struct policy policy_minimum_utilisation;

static bool select(void *state, const struct policy_view *view, uint32_t host, uint32_t *guest)
{
	double least = 0;
	bool found = false;
	(void)state;
	for (uint32_t i = view->first_guest[host]; i != POLICY_NONE; i = view->guests[i].next) {
		const struct policy_guest *g = &view->guests[i];
		double used = (double)g->demand_hz / (double)g->cpu_hz;
		if (!g->moves || (found && !(used < least)))
			continue;
		found = true;
		least = used;
		*guest = i;
	}
	return found;
}

const struct policy policy_minimum_utilisation = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "minimum_utilisation",
	.summary = "the guest that uses the least share of its CPU",
	.source = "CloudSim 3.0 (MU: minimum utilization)",
	.select = select,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Placement: the host with room that has the least CPU left
 * to book; ties go to the lowest id. It fills hosts up. */
#include "policies/policy.h"

extern const struct policy policy_best_fit;

static bool place(void *state, const struct policy_view *view, const struct policy_request *request,
                  uint32_t *host)
{
	bool found = false;
	int64_t chosen_hz = 0;
	(void)state;
	for (uint32_t h = 0; h < view->host_count; h++) {
		const struct policy_host *p = &view->hosts[h];
		int64_t free_hz = p->cpu_limit_hz - p->cpu_booked_hz;
		if (!policy_fits(p, request) || (found && !(free_hz < chosen_hz)))
			continue;
		found = true;
		chosen_hz = free_hz;
		*host = h;
	}
	return found;
}

const struct policy policy_best_fit = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "best_fit",
	.summary = "the host with room that has the least CPU left to book; fills hosts up",
	.source = "Johnson 1973 (bin packing)",
	.place = place,
};

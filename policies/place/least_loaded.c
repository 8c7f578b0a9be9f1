/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Placement: the host with room whose guests demand the least share of its CPU now; where that is equal,
 * the one with the most CPU left to book, then the lowest id. Worst fit looks at what was promised, this
 * at what is used. Guests that are still starting demand nothing yet, which is why promises decide between
 * equals. It has no score, as demand changes without the host's entry being told. */
#include "policies/policy.h"

extern const struct policy policy_least_loaded;

static bool place(void *state, const struct policy_view *view, const struct policy_request *request,
                  uint32_t *host)
{
	double least = 0;
	int64_t most_hz = 0;
	bool found = false;
	(void)state;
	for (uint32_t h = 0; h < view->host_count; h++) {
		const struct policy_host *at = &view->hosts[h];
		if (!policy_fits(at, request))
			continue;
		double load = (double)view->demand_hz(view, h) / (double)at->cpu_hz;
		int64_t left_hz = at->cpu_limit_hz - at->cpu_booked_hz;
		if (found && (load > least || (load >= least && left_hz <= most_hz)))
			continue;
		found = true;
		least = load;
		most_hz = left_hz;
		*host = h;
	}
	return found;
}

const struct policy policy_least_loaded = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "least_loaded",
	.summary = "the host with room whose guests demand the least share of its CPU",
	.source = "the greedy rule of list scheduling (Graham 1969)",
	.place = place,
};

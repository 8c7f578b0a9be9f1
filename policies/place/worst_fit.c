/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Placement: the host with room that has the most CPU left
 * to book; ties go to the lowest id. It spreads the load. */
#include "policies/policy.h"

extern const struct policy policy_worst_fit;

/* Whole Hz: exact in a double below 2^53, 9000 THz. */
static double score(const void *state, const struct policy_view *view, const struct policy_request *request,
                    uint32_t host)
{
	const struct policy_host *h = &view->hosts[host];
	(void)state;
	(void)request;
	return -(double)(h->cpu_limit_hz - h->cpu_booked_hz);
}

static bool place(void *state, const struct policy_view *view, const struct policy_request *request,
                  uint32_t *host)
{
	return policy_lowest(&policy_worst_fit, state, view, request, host);
}

const struct policy policy_worst_fit = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "worst_fit",
	.summary = "the host with room that has the most CPU left to book; spreads the load",
	.source = "Johnson 1973 (bin packing)",
	.place = place,
	.score = score,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Placement: the first host, by id, that has room. */
#include "policies/policy.h"

extern const struct policy policy_first_fit;

/* All hosts are equal and the first one wins: what place() below says at once. */
static double score(const void *state, const struct policy_view *view, const struct policy_request *request,
                    uint32_t host)
{
	(void)state;
	(void)view;
	(void)request;
	(void)host;
	return 0;
}

static bool place(void *state, const struct policy_view *view, const struct policy_request *request,
                  uint32_t *host)
{
	(void)state;
	for (uint32_t h = 0; h < view->host_count; h++)
		if (policy_fits(&view->hosts[h], request)) {
			*host = h;
			return true;
		}
	return false;
}

const struct policy policy_first_fit = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "first_fit",
	.summary = "the first host, by id, that has room",
	.source = "Johnson 1973 (bin packing); CloudSim's non-power-aware placement",
	.place = place,
	.score = score,
};

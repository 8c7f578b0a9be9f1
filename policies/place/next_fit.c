/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Placement: the next host with room, from where the last
 * guest went: constant time a guest as a cluster fills. */
#include "policies/policy.h"

extern const struct policy policy_next_fit;

struct next_fit {
	uint32_t at;
};

static bool place(void *state, const struct policy_view *view, const struct policy_request *request,
                  uint32_t *host)
{
	struct next_fit *s = state;
	for (uint32_t k = 0; k < view->host_count; k++) {
		uint32_t h = s->at + k < view->host_count ? s->at + k : s->at + k - view->host_count;
		if (policy_fits(&view->hosts[h], request)) {
			*host = s->at = h;
			return true;
		}
	}
	return false;
}

const struct policy policy_next_fit = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "next_fit",
	.summary = "the next host with room, searching from where the last guest went",
	.source = "Johnson 1973 (bin packing)",
	.state_bytes = sizeof(struct next_fit),
	.place = place,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selection: the guest that brings the most load a byte that must be moved: Sandpiper's volume 1 / (1 -
 * cpu) x 1 / (1 - net), over its memory. Shares are of what the guest has (CPU) and of its host's NIC, and
 * are taken to be 0.99 at most. How full its memory is cannot be seen from outside; a guest that tells of
 * page faults counts as full (1 / (1 - 0.99)). Ties go to the guest that came first. */
#include "policies/policy.h"

extern const struct policy policy_largest_volume_to_size;

static double full(double share_01)
{
	return 1 / (1 - (share_01 < 0.99 ? share_01 : 0.99));
}

static double ratio(const struct policy_host *h, const struct policy_guest *g)
{
	double volume = full((double)g->demand_hz / (double)g->cpu_hz);
	if (h->nic_bps > 0)
		volume *= full(g->net_bps / h->nic_bps);
	if (g->gray && g->faults_hz > 0)
		volume *= full(1);
	return volume / (double)g->ram_bytes;
}

static bool select(void *state, const struct policy_view *view, uint32_t host, uint32_t *guest)
{
	double most = 0;
	bool found = false;
	(void)state;
	for (uint32_t i = view->first_guest[host]; i != POLICY_NONE; i = view->guests[i].next) {
		double r = ratio(&view->hosts[host], &view->guests[i]);
		if (!view->guests[i].moves || (found && !(r > most)))
			continue;
		found = true;
		most = r;
		*guest = i;
	}
	return found;
}

const struct policy policy_largest_volume_to_size = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "largest_volume_to_size",
	.summary = "the guest with the most load (volume, shares taken to be 0.99 at most) a byte of memory",
	.source = "Wood et al. 2007 (Sandpiper), volume-to-size ratio",
	.select = select,
};

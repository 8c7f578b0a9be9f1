/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selection: the guest that would be gone soonest, by its memory over what the host's NIC has to spare.
 * The NIC is the same for all guests of a host and so decides nothing among them, unless a guest's writes
 * use it up: with `dirty` 1 a pre-copy must resend them, and the time is memory / (spare - dirty rate).
 * Ties go to the guest that came first. */
#include "policies/policy.h"

extern const struct policy policy_minimum_migration_time;

enum { DIRTY };

struct minimum_migration_time {
	bool dirty;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct minimum_migration_time *s = state;
	(void)view;
	s->dirty = values[DIRTY] != 0;
}

/* Seconds, or bytes where nothing is known of the NIC: only the order counts. A guest that writes as fast
 * as the NIC sends would never be gone: it comes after all that would, in order of memory. */
static double time_of(const struct minimum_migration_time *s, const struct policy_host *h,
                      const struct policy_guest *g)
{
	double spare_bps = h->nic_bps * (1 - h->net_01);
	if (!(spare_bps > 0))
		return (double)g->ram_bytes;
	double rate_bps = s->dirty ? spare_bps - g->dirty_bps : spare_bps;
	return rate_bps > 0 ? (double)g->ram_bytes * 8 / rate_bps : 1e30 + (double)g->ram_bytes * 1e20;
}

static bool select(void *state, const struct policy_view *view, uint32_t host, uint32_t *guest)
{
	double least = 0;
	bool found = false;
	for (uint32_t i = view->first_guest[host]; i != POLICY_NONE; i = view->guests[i].next) {
		if (!view->guests[i].moves)
			continue;
		double time = time_of(state, &view->hosts[host], &view->guests[i]);
		if (found && !(time < least))
			continue;
		found = true;
		least = time;
		*guest = i;
	}
	return found;
}

static const struct policy_parameter parameters[] = {
	[DIRTY] = {"dirty", "", 0, 0, 1, "1: what a guest writes meanwhile is resent; 0: not looked at"},
	{0},
};

const struct policy policy_minimum_migration_time = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "minimum_migration_time",
	.summary = "the guest that is gone soonest: memory over spare NIC",
	.source = "Beloglazov and Buyya 2012 (MMT)",
	.parameters = parameters,
	.state_bytes = sizeof(struct minimum_migration_time),
	.open = open,
	.select = select,
};

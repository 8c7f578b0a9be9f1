/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Placement: replicas that must not fall together are spread: never two on a host, and in the rack that
 * holds the fewest of them; among such hosts the one with the most CPU left to book, then the lowest id.
 * Guests that need not keep apart go to the host with the most CPU left to book at once (worst fit). */
#include "policies/policy.h"
#include "policies/table.h"

extern const struct policy policy_spread;

struct spread {
	uint32_t *in_rack;             /* [rack]: replicas of this one; zero between questions */
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct spread *s = state;
	uint32_t racks = 0;
	(void)values;
	for (uint32_t h = 0; h < view->host_count; h++)
		racks = view->hosts[h].rack >= racks ? view->hosts[h].rack + 1 : racks;
	s->in_rack = table_new(racks, sizeof *s->in_rack);
}

static void close(void *state)
{
	struct spread *s = state;
	free(s->in_rack);
}

static bool counts(const struct policy_view *view, const struct policy_request *r, uint32_t guest)
{
	const struct policy_guest *g = &view->guests[guest];
	return g->apart == r->apart && g->host != POLICY_NONE && guest != r->guest;
}

static bool has_another(const struct policy_view *view, const struct policy_request *r, uint32_t host)
{
	for (uint32_t i = view->first_guest[host]; i != POLICY_NONE; i = view->guests[i].next)
		if (counts(view, r, i))
			return true;
	return false;
}

static int64_t left_hz(const struct policy_host *h)
{
	return h->cpu_limit_hz - h->cpu_booked_hz;
}

static bool place(void *state, const struct policy_view *view, const struct policy_request *r, uint32_t *host)
{
	struct spread *s = state;
	bool apart = r->apart != POLICY_NONE && view->guests, found = false;
	for (uint32_t i = 0; apart && i < view->guest_count; i++)
		if (counts(view, r, i))
			s->in_rack[view->hosts[view->guests[i].host].rack]++;
	for (uint32_t h = 0; h < view->host_count; h++) {
		const struct policy_host *at = &view->hosts[h], *best = found ? &view->hosts[*host] : at;
		if (!policy_fits(at, r) || (apart && has_another(view, r, h)))
			continue;
		uint32_t mates = s->in_rack[at->rack], fewest = s->in_rack[best->rack];
		if (found && (mates > fewest || (mates == fewest && left_hz(at) <= left_hz(best))))
			continue;
		found = true;
		*host = h;
	}
	for (uint32_t i = 0; apart && i < view->guest_count; i++)
		if (counts(view, r, i))
			s->in_rack[view->hosts[view->guests[i].host].rack] = 0;
	return found;
}

const struct policy policy_spread = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "spread",
	.summary = "replicas apart: never two on a host, and in the rack with the fewest; else worst fit",
	.source = "anti-affinity of VMware DRS (Gulati et al. 2012); racks fail together: Ford et al. 2010",
	.state_bytes = sizeof(struct spread),
	.open = open,
	.close = close,
	.place = place,
	.place_sees_guests = true,
};

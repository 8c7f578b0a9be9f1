/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Method: pre-copy as long as it converges, that is, as long as the guest writes memory well below the
 * rate at which the link sends it; else post-copy, which sends each page once whatever the guest writes.
 * The rate is what both NICs have to spare; where it is not known, the memory over the expected time.
 * Post-copy is not for guests of high priority: if either host fails meanwhile the guest is lost, while a
 * pre-copied one lives on at the source. They go by hybrid, which has sent all of memory once before it
 * lets go. */
#include <string.h>

#include "policies/policy.h"

extern const struct policy policy_by_dirty_rate;

enum { CONVERGES, PRIORITY };

struct by_dirty_rate {
	double converges, priority;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct by_dirty_rate *s = state;
	(void)view;
	s->converges = values[CONVERGES];
	s->priority = values[PRIORITY];
}

static double spare_bps(const struct policy_host *h)
{
	return h->nic_bps * (1 - h->net_01);
}

static double rate_bps(const struct policy_view *view, const struct policy_move *move)
{
	double from = spare_bps(&view->hosts[move->from]), to = spare_bps(&view->hosts[move->to]);
	double least = from < to ? from : to;
	if (least > 0)
		return least;
	return move->expected_ns > 0 ? (double)view->guests[move->guest].ram_bytes * 8e9 /
	                               (double)move->expected_ns : 0;
}

static bool find(const struct policy_view *view, const char *name, uint32_t *kind)
{
	for (uint32_t i = 0; view->methods[i]; i++)
		if (strcmp(view->methods[i], name) == 0) {
			*kind = i;
			return true;
		}
	return false;
}

static bool method(void *state, const struct policy_view *view, const struct policy_move *move,
                   uint32_t *kind)
{
	const struct by_dirty_rate *s = state;
	const struct policy_guest *g = &view->guests[move->guest];
	if (g->dirty_bps <= s->converges * rate_bps(view, move))
		return find(view, "precopy", kind);
	return find(view, g->priority >= s->priority ? "hybrid" : "postcopy", kind);
}

static const struct policy_parameter parameters[] = {
	[CONVERGES] = {"converges", "", 0.5, 0, 1, "dirty rate over link rate up to which pre-copy is taken"},
	[PRIORITY] = {"priority", "", 1, 0, 1e9,
	              "guests of this priority or more go by hybrid, not by post-copy"},
	{0},
};

const struct policy policy_by_dirty_rate = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "by_dirty_rate",
	.summary = "pre-copy for guests that write well below the link's rate, else post-copy or hybrid",
	.source = "Clark et al. 2005 (pre-copy); Hines, Deshpande and Gopalan 2009 (post-copy)",
	.parameters = parameters,
	.state_bytes = sizeof(struct by_dirty_rate),
	.open = open,
	.method = method,
};

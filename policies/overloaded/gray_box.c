/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Overload: a guest of the host says so itself: it answers later than promised, or faults for want of
 * memory. That sees what counters of the host cannot: a busy CPU that nobody waits for is no hotspot, and
 * a guest that thrashes on an idle host is one. Guests that tell nothing are passed over. */
#include "policies/policy.h"

extern const struct policy policy_gray_box;

enum { RESPONSE, FAULTS };

struct gray_box {
	double response_ns, faults_hz;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct gray_box *s = state;
	(void)view;
	s->response_ns = values[RESPONSE] * 1e6;
	s->faults_hz = values[FAULTS];
}

static bool overloaded(void *state, const struct policy_view *view, uint32_t host)
{
	const struct gray_box *s = state;
	for (uint32_t i = view->first_guest[host]; i != POLICY_NONE; i = view->guests[i].next) {
		const struct policy_guest *g = &view->guests[i];
		if (g->gray && (g->response_ns > s->response_ns || g->faults_hz > s->faults_hz))
			return true;
	}
	return false;
}

static const struct policy_parameter parameters[] = {
	[RESPONSE] = {"response", "ms", 100, 0, 1e9, "mean response time that is too long"},
	[FAULTS] = {"faults", "", 100, 0, 1e9, "page faults a second for want of memory that are too many"},
	{0},
};

const struct policy policy_gray_box = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "gray_box",
	.summary = "overloaded when a guest tells of slow answers or of page faults",
	.source = "Wood et al. 2007 (Sandpiper), gray-box monitoring",
	.parameters = parameters,
	.state_bytes = sizeof(struct gray_box),
	.open = open,
	.overloaded = overloaded,
};

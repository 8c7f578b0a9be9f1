/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failure: a host that is expected to fail is left in time. Guests of high priority go first, then those
 * that are gone soonest, each to the host with room whose guests demand the least; moves share the host's
 * NIC, so that their times add up, and one that could not be over before the failure is not begun, as it
 * would be lost on both hosts. Guests that are lost all the same (no lead, a failure that nobody foresaw)
 * are another policy's business: this one does nothing for them. */
#include "policies/policy.h"
#include "policies/table.h"

extern const struct policy policy_proactive_move;

enum { MARGIN };

struct proactive_move {
	double margin;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct proactive_move *s = state;
	(void)view;
	s->margin = values[MARGIN];
}

static bool least_loaded(const struct policy_view *view, const struct policy_request *request, uint32_t *host)
{
	double least = 0;
	bool found = false;
	for (uint32_t h = 0; h < view->host_count; h++) {
		double load = policy_utilisation(&view->hosts[h]);
		if (h == request->from || !policy_fits(&view->hosts[h], request) || (found && load >= least))
			continue;
		found = true;
		least = load;
		*host = h;
	}
	return found;
}

/* By priority, highest first, then by memory: both whole numbers, and memory over 2^52 is less than one. */
static double urgency(const struct policy_guest *g)
{
	return (double)g->ram_bytes / 4503599627370496.0 - (double)g->priority;
}

static void failed(void *state, const struct policy_view *view, struct policy_plan *plan,
                   const struct policy_failure *failure)
{
	const struct proactive_move *s = state;
	if (failure->count > 0)
		return;
	uint32_t n = 0, first = view->first_guest[failure->host];
	int64_t busy_ns = 0;
	double left_ns = (double)(failure->expected_ns - view->now_ns);
	for (uint32_t i = first; i != POLICY_NONE; i = view->guests[i].next)
		n++;
	struct rank *order = table_new(n, sizeof *order);
	n = 0;
	for (uint32_t i = first; i != POLICY_NONE; i = view->guests[i].next)
		if (view->guests[i].moves)
			order[n++] = (struct rank){urgency(&view->guests[i]), i};
	rank_sort(order, n);
	for (uint32_t k = 0; k < n; k++) {
		struct policy_request request = policy_request_of(view, order[k].id);
		uint32_t to;
		if (!least_loaded(view, &request, &to))
			continue;
		int64_t takes_ns = view->move_ns(view, order[k].id, to);
		if ((double)(busy_ns + takes_ns) * s->margin > left_ns ||
		    plan->migrate(plan, order[k].id, to))
			continue;
		busy_ns += takes_ns;
	}
	free(order);
}

static const struct policy_parameter parameters[] = {
	[MARGIN] = {"margin", "", 1.2, 0.1, 100, "moves are taken to last so many times what is expected"},
	{0},
};

const struct policy policy_proactive_move = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "proactive_move",
	.summary = "leaves a host that is expected to fail, as far as there is time",
	.source = "Nagarajan, Mueller, Engelmann and Scott 2007 (proactive fault tolerance with Xen)",
	.parameters = parameters,
	.state_bytes = sizeof(struct proactive_move),
	.open = open,
	.failed = failed,
};

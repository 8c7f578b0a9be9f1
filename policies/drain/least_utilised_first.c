/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drain: the hosts in order of their utilisation when the round began, the least used first; equal ones by
 * id. Hosts above a threshold stay, and so does one that has taken guests since the round began: emptying
 * it would move them twice. The order is made once a round, so that a round costs n log n and not n a
 * question. */
#include "policies/policy.h"
#include "policies/table.h"

extern const struct policy policy_least_utilised_first;

enum { THRESHOLD };

struct least_utilised_first {
	double threshold;
	bool ordered;                  /* the order below is of the round at time_ns */
	int64_t time_ns;
	uint32_t count, next;
	struct rank *order;            /* [count], by utilisation */
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct least_utilised_first *s = state;
	s->threshold = values[THRESHOLD];
	s->order = table_new(view->host_count, sizeof *s->order);
}

static void close(void *state)
{
	struct least_utilised_first *s = state;
	free(s->order);
}

static bool candidate(const struct policy_host *h)
{
	return h->on && h->guests > 0 && !h->closed && !h->tried;
}

static void begin(struct least_utilised_first *s, const struct policy_view *view)
{
	s->ordered = true;
	s->time_ns = view->now_ns;
	s->count = s->next = 0;
	for (uint32_t h = 0; h < view->host_count; h++) {
		double u = policy_utilisation(&view->hosts[h]);
		if (candidate(&view->hosts[h]) && u <= s->threshold)
			s->order[s->count++] = (struct rank){u, h};
	}
	rank_sort(s->order, s->count);
}

static bool drain(void *state, const struct policy_view *view, uint32_t *host)
{
	struct least_utilised_first *s = state;
	if (!s->ordered || s->time_ns != view->now_ns)
		begin(s, view);
	while (s->next < s->count) {
		struct rank at = s->order[s->next++];
		const struct policy_host *h = &view->hosts[at.id];
		if (!candidate(h) || policy_utilisation(h) > at.key)
			continue;
		*host = at.id;
		return true;
	}
	return false;
}

static const struct policy_parameter parameters[] = {
	[THRESHOLD] = {"threshold", "", 1, 0, 10,
	               "hosts above this utilisation are not emptied; 1: all are tried"},
	{0},
};

const struct policy policy_least_utilised_first = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "least_utilised_first",
	.summary = "empties the least used host first, and none that has just taken guests",
	.source = "Beloglazov and Buyya 2012 (underload detection)",
	.parameters = parameters,
	.state_bytes = sizeof(struct least_utilised_first),
	.open = open,
	.close = close,
	.drain = drain,
};

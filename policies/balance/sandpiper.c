/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Balance: Sandpiper's hotspot mitigation. A host's volume is 1/(1 - cpu) 1/(1 - net) 1/(1 - mem), each
 * share taken to be 0.99 at most. Hotspots are worked through from the largest volume down: of a hotspot's
 * guests the one with the largest volume-to-size ratio goes to the host of the least volume on which no
 * share would rise above the threshold; if none will do, the next guest is tried, until the hotspot is
 * none any more. If no guest can go, the first of them is swapped with the guest of the least ratio of the
 * host of the least volume, if both hosts are below the threshold afterwards.
 *
 * Black box: a host is a hotspot if k of the last n samples of its CPU and the next one (AR(1)) are above
 * the threshold, or if its NIC is above it now. Gray box (`gray` 1): also if a guest tells of page faults
 * or of slow answers. A guest's volume is of its own shares: CPU of what it has, net of the NIC, and
 * memory that counts as full where it tells of page faults, and not at all otherwise, since it cannot be
 * seen from outside.
 *
 * One pass ranks the hosts, n log n, and the first in that order with room for a guest is found in log n. */
#include "policies/history.h"
#include "policies/policy.h"
#include "policies/table.h"

extern const struct policy policy_sandpiper;

enum { THRESHOLD, K, N, SWAPS, GRAY, RESPONSE };
enum { SAMPLES = 30 };

struct sandpiper {
	double threshold, response_ns;
	uint32_t k, n, count;
	bool swaps, gray;
	struct rank *hosts;            /* [count], that are on, by volume when the look began */
	uint32_t *row;                 /* [host]: where it stands there */
	struct room room_hz;           /* [count]: CPU below the threshold that is left now */
};

/* A guest with what it has of its host, or the hosts' part of a decision: shares of a host. */
struct shares {
	double cpu, net, mem;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct sandpiper *s = state;
	s->threshold = values[THRESHOLD];
	s->k = (uint32_t)values[K];
	s->n = (uint32_t)values[N];
	s->swaps = values[SWAPS] != 0;
	s->gray = values[GRAY] != 0;
	s->response_ns = values[RESPONSE] * 1e6;
	s->hosts = table_new(view->host_count, sizeof *s->hosts);
	s->row = table_new(view->host_count, sizeof *s->row);
}

static void close(void *state)
{
	struct sandpiper *s = state;
	free(s->hosts);
	free(s->row);
}

static double full(double share)
{
	return 1 / (1 - (share < 0.99 ? share : 0.99));
}

static double volume(struct shares x)
{
	return full(x.cpu) * full(x.net) * full(x.mem);
}

static struct shares host_shares(const struct policy_host *h)
{
	return (struct shares){policy_utilisation(h), h->net_01, h->ram_01};
}

/* Volume over memory, of the guest's own shares. */
static double ratio(const struct policy_host *h, const struct policy_guest *g)
{
	bool faults = g->gray && g->faults_hz > 0;
	struct shares own = {
		(double)g->demand_hz / (double)g->cpu_hz, h->nic_bps > 0 ? g->net_bps / h->nic_bps : 0,
			faults,
	};
	return volume(own) / (double)g->ram_bytes;
}

static bool tells_of_trouble(const struct sandpiper *s, const struct policy_view *view, uint32_t host)
{
	for (uint32_t i = view->first_guest[host]; i != POLICY_NONE; i = view->guests[i].next) {
		const struct policy_guest *g = &view->guests[i];
		if (g->gray && (g->faults_hz > 0 || g->response_ns > s->response_ns))
			return true;
	}
	return false;
}

static bool hotspot(const struct sandpiper *s, const struct policy_view *view, uint32_t host)
{
	double past[SAMPLES];
	uint32_t n = view->host_history(view, host, past, SAMPLES);
	return (n > 0 && history_sustained(past, n, s->k, s->n, s->threshold)) ||
	       view->hosts[host].net_01 > s->threshold || (s->gray && tells_of_trouble(s, view, host));
}

/* Is it relieved, as the view stands after the moves agreed so far? */
static bool cool(const struct sandpiper *s, const struct policy_view *view, uint32_t host)
{
	return policy_utilisation(&view->hosts[host]) <= s->threshold &&
	       view->hosts[host].net_01 <= s->threshold && !(s->gray && tells_of_trouble(s, view, host));
}

/* Would the host stay at or below the threshold with one guest more and, if there is one, another less? */
static bool stays_cool(const struct sandpiper *s, const struct policy_view *view, uint32_t host,
                       const struct policy_guest *more, const struct policy_guest *less)
{
	const struct policy_host *h = &view->hosts[host];
	double cpu_hz = (double)(h->demand_hz + more->demand_hz - (less ? less->demand_hz : 0));
	double net_bps = h->net_01 * h->nic_bps + more->net_bps - (less ? less->net_bps : 0);
	return cpu_hz <= s->threshold * (double)h->cpu_hz &&
	       (h->nic_bps <= 0 || net_bps <= s->threshold * h->nic_bps);
}

/* The guest of the host with the largest ratio below that of `after` (POLICY_NONE: of all), first come
 * first. */
static uint32_t next_guest(const struct policy_view *view, uint32_t host, uint32_t after)
{
	const struct policy_host *h = &view->hosts[host];
	uint32_t best = POLICY_NONE;
	struct rank most = {0, 0}, bound = {0, 0};
	if (after != POLICY_NONE)
		bound = (struct rank){-ratio(h, &view->guests[after]), after};
	for (uint32_t i = view->first_guest[host]; i != POLICY_NONE; i = view->guests[i].next) {
		struct rank at = {-ratio(h, &view->guests[i]), i};
		if (!view->guests[i].moves || (after != POLICY_NONE && rank_compare(&at, &bound) <= 0) ||
		    (best != POLICY_NONE && rank_compare(&at, &most) >= 0))
			continue;
		best = i;
		most = at;
	}
	return best;
}

static void note_room(struct sandpiper *s, const struct policy_view *view, uint32_t host)
{
	const struct policy_host *h = &view->hosts[host];
	room_set(&s->room_hz, s->row[host], s->threshold * (double)h->cpu_hz - (double)h->demand_hz);
}

/* To the first host in order of volume that will do. */
static bool migrate(struct sandpiper *s, const struct policy_view *view, struct policy_plan *plan,
                    uint32_t guest)
{
	struct policy_request request = policy_request_of(view, guest);
	double demand_hz = (double)view->guests[guest].demand_hz;
	uint32_t i = room_first(&s->room_hz, demand_hz, 0);
	for (; i != ROOM_NONE; i = room_first(&s->room_hz, demand_hz, i + 1)) {
		uint32_t to = s->hosts[i].id;
		if (to == request.from || !policy_fits(&view->hosts[to], &request) ||
		    !stays_cool(s, view, to, &view->guests[guest], NULL) || plan->migrate(plan, guest, to))
			continue;
		note_room(s, view, request.from);
		note_room(s, view, to);
		return true;
	}
	return false;
}

/* With the guest of the least ratio of the host of the least volume. */
static void swap(struct sandpiper *s, const struct policy_view *view, struct policy_plan *plan,
                 uint32_t hot)
{
	uint32_t guest = next_guest(view, hot, POLICY_NONE), other = POLICY_NONE;
	uint32_t cold = s->hosts[0].id;
	if (guest == POLICY_NONE || cold == hot)
		return;
	uint32_t i = next_guest(view, cold, POLICY_NONE);
	for (; i != POLICY_NONE; i = next_guest(view, cold, i))
		other = i;
	if (other != POLICY_NONE && stays_cool(s, view, cold, &view->guests[guest], &view->guests[other]) &&
	    stays_cool(s, view, hot, &view->guests[other], &view->guests[guest]))
		plan->swap(plan, guest, other);
	note_room(s, view, hot);
	note_room(s, view, cold);
}

static void relieve(struct sandpiper *s, const struct policy_view *view, struct policy_plan *plan,
                    uint32_t host)
{
	bool moved = false;
	uint32_t guest = next_guest(view, host, POLICY_NONE);
	while (guest != POLICY_NONE && !(moved && cool(s, view, host))) {
		uint32_t after = next_guest(view, host, guest);
		moved |= migrate(s, view, plan, guest);
		guest = after;
	}
	if (!moved && s->swaps)
		swap(s, view, plan, host);
}

static void balance(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	struct sandpiper *s = state;
	s->count = 0;
	for (uint32_t h = 0; h < view->host_count; h++)
		if (view->hosts[h].on && !view->hosts[h].closed)
			s->hosts[s->count++] = (struct rank){volume(host_shares(&view->hosts[h])), h};
	rank_sort(s->hosts, s->count);
	s->room_hz = room_new(s->count);
	for (uint32_t i = 0; i < s->count; i++) {
		s->row[s->hosts[i].id] = i;
		note_room(s, view, s->hosts[i].id);
	}
	for (uint32_t i = s->count; i > 0; i--)
		if (hotspot(s, view, s->hosts[i - 1].id))
			relieve(s, view, plan, s->hosts[i - 1].id);
	free(s->room_hz.left);
}

static const struct policy_parameter parameters[] = {
	[THRESHOLD] = {"threshold", "", 0.75, 0, 10, "share of CPU or NIC that is too much"},
	[K] = {"k", "", 3, 1, SAMPLES, "samples above it"},
	[N] = {"n", "", 5, 1, SAMPLES, "of so many last ones"},
	[SWAPS] = {"swaps", "", 1, 0, 1, "1: guests are swapped where none can move; 0: they are not"},
	[GRAY] = {"gray", "", 0, 0, 1, "1: guests are asked for faults and response times; 0: black box"},
	[RESPONSE] = {"response", "ms", 100, 0, 1e9, "mean response time that is too long (gray box)"},
	{0},
};

const struct policy policy_sandpiper = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "sandpiper",
	.summary = "relieves the host of the largest volume (shares are at most 0.99): its guest with "
	           "the largest volume-to-size ratio moves, or is swapped",
	.source = "Wood, Shenoy, Venkataramani and Yousif 2007 (Sandpiper)",
	.parameters = parameters,
	.state_bytes = sizeof(struct sandpiper),
	.open = open,
	.close = close,
	.balance = balance,
};

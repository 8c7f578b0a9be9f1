/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Balance: packs all guests anew, the largest demand first, each onto the first host that has room for it,
 * hosts in order of the watts a Hz that they draw when full; and moves those whose host that is not. It
 * does so only if it needs fewer hosts than are in use, as it moves many guests: this is the packing that
 * cheaper consolidation is measured against. Guests that cannot move stay, and their room is kept. A move
 * for which there is no room yet (its place is still taken by a guest that will go) is left to a later
 * look.
 *
 * The first host with so much left is found in trees of maxima, log n each; but where many hosts have much
 * of one and little of the other left, several are looked at: measured, n to the power of 1.6 in all. */
#include "policies/policy.h"
#include "policies/table.h"

extern const struct policy policy_first_fit_decreasing;

enum { FILL, SAVED };

struct first_fit_decreasing {
	double fill;
	uint32_t saved;
};

struct packing {
	uint32_t hosts, guests;
	struct rank *host;             /* [hosts], that are on: by watts a Hz */
	bool *used;
	struct room left_hz, left_bytes; /* [hosts], in that order */
	struct rank *guest;            /* [guests], that may move: the largest demand first */
	uint32_t *to;                  /* [guests]: index of the host in that order */
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct first_fit_decreasing *s = state;
	(void)view;
	s->fill = values[FILL];
	s->saved = (uint32_t)values[SAVED];
}

/* The hosts as they are when all guests that may move are off them. */
static void empty(struct packing *p, const struct first_fit_decreasing *s, const struct policy_view *view)
{
	for (uint32_t h = 0; h < view->host_count; h++) {
		const struct policy_host *at = &view->hosts[h];
		if (at->on && !at->closed)
			p->host[p->hosts++] = (struct rank){
				view->power_w(view, at->power, 1) / (double)at->cpu_hz, h,
			};
	}
	rank_sort(p->host, p->hosts);
	for (uint32_t k = 0; k < p->hosts; k++) {
		const struct policy_host *at = &view->hosts[p->host[k].id];
		double left_hz = s->fill * (double)at->cpu_hz - (double)at->demand_hz;
		int64_t left_bytes = at->ram_limit_bytes - at->ram_booked_bytes;
		uint32_t i = view->first_guest[p->host[k].id];
		for (; i != POLICY_NONE; i = view->guests[i].next) {
			const struct policy_guest *g = &view->guests[i];
			p->used[k] |= !g->moves;
			if (!g->moves)
				continue;
			left_hz += (double)g->demand_hz;
			left_bytes += g->ram_bytes;
			p->guest[p->guests++] = (struct rank){-(double)g->demand_hz, i};
		}
		room_set(&p->left_hz, k, left_hz);
		room_set(&p->left_bytes, k, (double)left_bytes);
	}
	rank_sort(p->guest, p->guests);
}

static bool accepts(const struct policy_host *h, const struct policy_guest *g)
{
	return g->vcpu_hz <= h->core_hz && g->vcpus <= h->cores &&
	       !(g->on_kind && g->on_kind[h->kind].refused);
}

/* The first host with room for both CPU and memory: from the first with CPU to the first from there on
 * with memory, and so on until they are the same. */
static uint32_t first_for(const struct packing *p, const struct policy_view *view,
                          const struct policy_guest *g)
{
	for (uint32_t k = 0; k != ROOM_NONE;) {
		k = room_first(&p->left_hz, (double)g->demand_hz, k);
		uint32_t m = k == ROOM_NONE ? k : room_first(&p->left_bytes, (double)g->ram_bytes, k);
		if (m == k && (k == ROOM_NONE || accepts(&view->hosts[p->host[k].id], g)))
			return k;
		k = m == k ? k + 1 : m;
	}
	return ROOM_NONE;
}

/* Fills `to`; false: some guest has no place, and then nothing is to be done. */
static bool pack(struct packing *p, const struct policy_view *view)
{
	for (uint32_t i = 0; i < p->guests; i++) {
		const struct policy_guest *g = &view->guests[p->guest[i].id];
		uint32_t k = first_for(p, view, g);
		if (k == ROOM_NONE)
			return false;
		p->to[i] = k;
		p->used[k] = true;
		room_set(&p->left_bytes, k, room_left(&p->left_bytes, k) - (double)g->ram_bytes);
		room_set(&p->left_hz, k, room_left(&p->left_hz, k) - (double)g->demand_hz);
	}
	return true;
}

static void carry_out(const struct packing *p, const struct first_fit_decreasing *s,
                      const struct policy_view *view, struct policy_plan *plan)
{
	uint32_t before = 0, after = 0;
	for (uint32_t k = 0; k < p->hosts; k++) {
		before += view->first_guest[p->host[k].id] != POLICY_NONE;
		after += p->used[k];
	}
	for (uint32_t i = 0; i < p->guests && after + s->saved <= before; i++) {
		struct policy_request request = policy_request_of(view, p->guest[i].id);
		uint32_t to = p->host[p->to[i]].id;
		if (to != request.from && policy_fits(&view->hosts[to], &request))
			plan->migrate(plan, p->guest[i].id, to);
	}
}

static void balance(void *state, const struct policy_view *view, struct policy_plan *plan)
{
	struct packing p = {.left_hz = room_new(view->host_count), .left_bytes = room_new(view->host_count)};
	p.host = table_new(view->host_count, sizeof *p.host);
	p.used = table_new(view->host_count, sizeof *p.used);
	p.guest = table_new(view->guest_count, sizeof *p.guest);
	p.to = table_new(view->guest_count, sizeof *p.to);
	empty(&p, state, view);
	if (pack(&p, view))
		carry_out(&p, state, view, plan);
	free(p.host);
	free(p.left_bytes.left);
	free(p.used);
	free(p.left_hz.left);
	free(p.guest);
	free(p.to);
}

static const struct policy_parameter parameters[] = {
	[FILL] = {"fill", "", 0.8, 0.01, 10, "share of a host's CPU up to which it is filled"},
	[SAVED] = {"saved", "", 1, 0, 1e6, "hosts that must be saved for it to move anything"},
	{0},
};

const struct policy policy_first_fit_decreasing = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "first_fit_decreasing",
	.summary = "packs all guests anew, the largest first, if that needs fewer hosts",
	.source = "Johnson 1973 (first-fit decreasing); Verma, Ahuja and Neogi 2008 (pMapper)",
	.parameters = parameters,
	.state_bytes = sizeof(struct first_fit_decreasing),
	.open = open,
	.balance = balance,
};

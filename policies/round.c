/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A round of consolidation: detection, selection, targets, draining. */
#include "policies/round.h"

#include <stdlib.h>

#include "sim/memory.h"

void round_free(struct round *r)
{
	free(r->moves);
	free(r->out);
	free(r->over);
	free(r->tabu);
	free(r->offer);
	*r = (struct round){0};
}

static bool is_over(const struct round *r, uint32_t host)
{
	void *state = questions_begin(r->questions, ASK_OVERLOAD);
	bool over = r->questions->by[ASK_OVERLOAD].policy->overloaded(state, &r->look->view, host);
	questions_end(r->questions);
	return over;
}

/* Would the host be a hotspot with the guest, which is in the air? An empty one is asked nothing: a guest
 * that is too much for it is too much for all. */
static bool would_be_over(const struct round *r, uint32_t guest, uint32_t host)
{
	if (!r->rules.target_check || !questions_has(r->questions, ASK_OVERLOAD) ||
	    r->look->hosts[host].guests == 0)
		return false;
	look_land(r->look, guest, host);
	bool over = is_over(r, host);
	look_lift(r->look, guest);
	return over;
}

/* The target policy's host, of those that are on or of those that sleep. Hosts that would be hotspots are
 * closed one by one, until one will do. */
static bool find_among(struct round *r, const struct policy_request *request, bool asleep, uint32_t *host)
{
	while ((asleep ? targets_wake : targets_find)(r->targets, request, host)) {
		const char *why = look_refuses(r->look, request, *host);
		if (why) {
			reasons_refuse(r->reasons, request->guest, *host, why);
			return false;
		}
		if (!would_be_over(r, request->guest, *host))
			return true;
		look_close_host(r->look, *host, true);
		ARRAY_GROW(r->tabu, r->tabu_count, r->tabu_room, "hosts tried as targets");
		r->tabu[r->tabu_count++] = *host;
	}
	return false;
}

static bool find_target(struct round *r, uint32_t guest, bool may_wake, uint32_t *host)
{
	const struct policy_request request = look_request(r->look, guest);
	r->tabu_count = 0;
	bool found = find_among(r, &request, false, host) ||
	             (may_wake && find_among(r, &request, true, host));
	while (r->tabu_count)
		look_close_host(r->look, r->tabu[--r->tabu_count], false);
	return found;
}

bool round_settle(struct round *r, uint32_t guest, enum question why)
{
	uint32_t from = r->look->home[guest], to;
	/* To empty one host, no other is woken. */
	bool may_wake = r->look->rules.wake && why != ASK_UNDERLOAD;
	if (!questions_has(r->questions, ASK_TARGET) || !find_target(r, guest, may_wake, &to))
		return false;
	ASSERT(from != to && from != ID_NONE);
	look_land(r->look, guest, to);
	ARRAY_GROW(r->moves, r->move_count, r->move_room, "moves agreed");
	r->moves[r->move_count++] = (struct round_move){guest, from, to, why};
	return true;
}

static void out_add(struct round *r, uint32_t guest)
{
	ARRAY_GROW(r->out, r->out_count, r->out_room, "guests that leave");
	r->out[r->out_count] = (struct round_out){r->look->guests[guest].demand_hz, guest, r->out_count};
	r->out_count++;
}

static int by_demand(const void *a, const void *b)
{
	const struct round_out *x = a, *y = b;
	if (x->demand_hz != y->demand_hz)
		return x->demand_hz > y->demand_hz ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

/* A host's guests are few, mostly: by insertion. */
static void out_sort(struct round *r)
{
	if (r->out_count > 64) {
		qsort(r->out, r->out_count, sizeof *r->out, by_demand);
		return;
	}
	for (uint32_t k = 1; k < r->out_count; k++) {
		struct round_out out = r->out[k];
		uint32_t at = k;
		for (; at && by_demand(&r->out[at - 1], &out) > 0; at--)
			r->out[at] = r->out[at - 1];
		r->out[at] = out;
	}
}

static void find_over(struct round *r)
{
	const struct look *look = r->look;
	r->over_count = 0;
	for (uint32_t h = 0; h < look->view.host_count; h++) {
		const struct policy_host *p = &look->hosts[h];
		if (p->state != POLICY_HOST_ON || !p->guests || p->closed || !is_over(r, h))
			continue;
		ARRAY_GROW(r->over, r->over_count, r->over_room, "overloaded hosts");
		r->over[r->over_count++] = h;
		double load = (double)p->demand_hz / (double)p->cpu_hz;
		world_note(look->world, NOTE_OVERLOADED, ID_NONE, h, (int64_t)(load * 1e6));
	}
	for (uint32_t k = 0; k < r->over_count; k++)
		look_close_host(r->look, r->over[k], true);
}

/* The guest that is to leave; POLICY_NONE: none, or one that may not be named. */
static uint32_t selected(const struct round *r, uint32_t host)
{
	const struct look *look = r->look;
	uint32_t guest = POLICY_NONE;
	void *state = questions_begin(r->questions, ASK_SELECTION);
	bool found = r->questions->by[ASK_SELECTION].policy->select(state, &look->view, host, &guest);
	questions_end(r->questions);
	if (!found)
		return POLICY_NONE;
	if (guest < look->view.guest_count && look->guests[guest].host == host && look->guests[guest].moves)
		return guest;
	reasons_refuse(r->reasons, guest, host, guest >= look->view.guest_count
		? "there is no such guest"
		: look->guests[guest].host != host ? "the selected guest is on another host"
		                                   : "the selected guest cannot move now");
	return POLICY_NONE;
}

/* Guests leave the host, in thought, until it is no hotspot. */
static void relieve(struct round *r, uint32_t host)
{
	do {
		uint32_t guest = selected(r, host);
		if (guest == POLICY_NONE)
			return;
		out_add(r, guest);
		look_lift(r->look, guest);
	} while (r->look->hosts[host].guests && is_over(r, host));
}

static void relieve_all(struct round *r)
{
	if (!questions_has(r->questions, ASK_OVERLOAD))
		return;
	find_over(r);
	r->out_count = 0;
	for (uint32_t k = 0; k < r->over_count && questions_has(r->questions, ASK_SELECTION); k++)
		relieve(r, r->over[k]);
	qsort(r->out, r->out_count, sizeof *r->out, by_demand);
	for (uint32_t k = 0; k < r->out_count; k++) {
		uint32_t guest = r->out[k].guest;
		if (round_settle(r, guest, ASK_OVERLOAD))
			look_tried(r->look, r->look->guests[guest].host);
		else
			look_land(r->look, guest, r->look->home[guest]);
	}
}

static const char *drain_refusal(const struct look *look, uint32_t host)
{
	if (host >= look->view.host_count)
		return "there is no such host";
	const struct policy_host *p = &look->hosts[host];
	if (p->state != POLICY_HOST_ON || !p->guests)
		return "the host to be emptied is not on or has no guests";
	if (p->closed || p->tried)
		return "the host to be emptied is closed or was tried before";
	return NULL;
}

/* Collects the guests of a host; false where one of them cannot move. */
static bool collect(struct round *r, uint32_t host)
{
	const struct look *look = r->look;
	bool all = true;
	r->out_count = 0;
	for (uint32_t v = look->first[host]; v != POLICY_NONE; v = look->guests[v].next) {
		out_add(r, v);
		all = all && look->guests[v].moves;
	}
	return all;
}

/* Moves from the `first` on are undone, the last one first. */
static void undo(struct round *r, uint32_t first)
{
	while (r->move_count > first) {
		const struct round_move *move = &r->moves[--r->move_count];
		look_lift(r->look, move->guest);
		look_land(r->look, move->guest, move->from);
	}
}

static bool is_worth(struct round *r, uint32_t first)
{
	const struct answerer *by = &r->questions->by[ASK_WORTH];
	uint32_t n = r->move_count - first;
	if (!by->policy)
		return true;
	for (uint32_t k = 0; k < n; k++) {
		const struct round_move *m = &r->moves[first + k];
		ARRAY_GROW(r->offer, k, r->offer_room, "moves to be judged");
		r->offer[k] = (struct policy_move){m->guest, m->from, m->to,
		                                   look_move_ns(r->look, m->guest, m->to)};
	}
	void *state = questions_begin(r->questions, ASK_WORTH);
	bool worth = by->policy->worth(state, &r->look->view, r->offer, n);
	questions_end(r->questions);
	return worth;
}

static bool settle_all(struct round *r)
{
	for (uint32_t k = 0; k < r->out_count; k++) {
		uint32_t guest = r->out[k].guest;
		look_lift(r->look, guest);
		if (round_settle(r, guest, ASK_UNDERLOAD))
			continue;
		look_land(r->look, guest, r->look->home[guest]);
		return false;
	}
	return true;
}

/* Largest first: of all that fits nowhere, most is found by asking for the largest. */
static bool hopeless(const struct round *r)
{
	int64_t cpu_hz = 0, ram_bytes = 0;
	for (uint32_t k = 0; k < r->out_count; k++) {
		const struct policy_request size = look_request(r->look, r->out[k].guest);
		cpu_hz = size.cpu_hz > cpu_hz ? size.cpu_hz : cpu_hz;
		ram_bytes = size.ram_bytes > ram_bytes ? size.ram_bytes : ram_bytes;
	}
	return !targets_may(r->targets, 0, ram_bytes) || !targets_may(r->targets, cpu_hz, 0);
}

/* All guests go, or none. */
static void empty(struct round *r, uint32_t host)
{
	uint32_t first = r->move_count;
	look_tried(r->look, host);
	if (!collect(r, host))
		return;
	look_close_host(r->look, host, true);
	out_sort(r);
	bool settled = !hopeless(r) && settle_all(r), worth = settled && is_worth(r, first);
	uint32_t n = r->move_count - first;
	if (settled)
		world_note(r->look->world, NOTE_UNDERLOADED, ID_NONE, host, worth ? n : 0);
	if (!worth) {
		undo(r, first);
		look_close_host(r->look, host, !r->rules.kept_take);
		return;
	}
	for (uint32_t k = first; k < r->move_count; k++)
		look_tried(r->look, r->moves[k].to);
}

/* To move a host's guests to an empty one would gain nothing, and would go on for ever. */
static void close_empty(struct round *r)
{
	targets_end(r->targets);
	for (uint32_t h = 0; h < r->look->view.host_count; h++)
		if (r->look->hosts[h].on && !r->look->hosts[h].guests)
			look_close_host(r->look, h, true);
	targets_begin(r->targets);
}

static void drain_all(struct round *r)
{
	const struct answerer *by = &r->questions->by[ASK_UNDERLOAD];
	if (by->policy)
		close_empty(r);
	while (by->policy) {
		uint32_t host = POLICY_NONE;
		void *state = questions_begin(r->questions, ASK_UNDERLOAD);
		bool more = by->policy->drain(state, &r->look->view, &host);
		questions_end(r->questions);
		if (!more)
			return;
		const char *why = drain_refusal(r->look, host);
		if (why) {
			reasons_refuse(r->reasons, ID_NONE, host, why);
			return;
		}
		empty(r, host);
	}
}

void round_go(struct round *r)
{
	r->move_count = 0;
	targets_begin(r->targets);
	/* A host to which somebody is on his way cannot be emptied. */
	for (uint32_t k = 0; k < r->look->flight_count; k++)
		look_tried(r->look, r->look->flights[k].to);
	relieve_all(r);
	drain_all(r);
	targets_end(r->targets);
	look_marks_clear(r->look);
}

void round_evacuate(struct round *r, uint32_t host)
{
	targets_begin(r->targets);
	collect(r, host);
	qsort(r->out, r->out_count, sizeof *r->out, by_demand);
	for (uint32_t k = 0; k < r->out_count; k++) {
		uint32_t guest = r->out[k].guest;
		if (!r->look->guests[guest].moves)
			continue;
		look_lift(r->look, guest);
		if (!round_settle(r, guest, QUESTIONS))
			look_land(r->look, guest, r->look->home[guest]);
	}
	targets_end(r->targets);
}

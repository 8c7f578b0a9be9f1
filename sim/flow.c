/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flows over links: what callers see, and the event at which flows end. */
#include "sim/flow.h"

#include <stdlib.h>

#include "sim/flow_net.h"
#include "sim/memory.h"

_Static_assert(FLOW_SLOTS == FLOW_LINKS + 1, "room for the ceiling");

static inline wide level_units(int64_t bps)
{
	return (wide)bps << FLOW_LEVEL_BITS;
}

static void ask(struct flows *f, int64_t time_ns)
{
	if (event_pending(f->engine, f->event) && f->event_ns == time_ns)
		return;
	event_cancel(f->engine, f->event);
	f->event = event_at(f->engine, time_ns, f->type, 0, 0);
	f->event_ns = time_ns;
}

/* Something changed: all that changes at this instant is settled together, before time goes on. */
static void changed(struct flows *f)
{
	f->unsettled = true;
	if (!f->firing)
		ask(f, flows_now_ns(f));
}

static struct flow *flow_at(struct flows *f, uint32_t flow)
{
	ASSERT(flow < f->flow_count && f->flows[flow].slots > 0);
	return &f->flows[flow];
}

static uint32_t link_new(struct flows *f, int64_t capacity_bps)
{
	ASSERT(capacity_bps >= 0 && capacity_bps <= FLOW_CAPACITY_MAX_BPS);
	uint32_t link, room = f->link_room;
	if (f->links_free.count) {
		link = f->links_free.at[--f->links_free.count];
	} else {
		ARRAY_GROW(f->links, f->link_count, f->link_room, "links");
		if (f->link_room != room)
			f->link_place = memory_resize(f->link_place, room, f->link_room,
			                              sizeof *f->link_place, "links");
		link = f->link_count++;
		f->links[link] = (struct flow_link){0};
		f->link_place[link] = FLOW_NOWHERE;
	}
	f->links[link].capacity = level_units(capacity_bps);
	return link;
}

uint32_t flows_link_add(struct flows *f, int64_t capacity_bps)
{
	return link_new(f, capacity_bps);
}

void flows_link_set(struct flows *f, uint32_t link, int64_t capacity_bps)
{
	ASSERT(link < f->link_count && capacity_bps >= 0 && capacity_bps <= FLOW_CAPACITY_MAX_BPS);
	if (f->links[link].capacity == level_units(capacity_bps))
		return;
	f->links[link].capacity = level_units(capacity_bps);
	flow_link_doubt(f, link);
	changed(f);
}

static void slot_add(struct flows *f, struct flow *x, uint32_t link)
{
	f->links[link].flow_count++;
	f->links[link].weight += x->weight;
	x->links[x->slots++] = link;
}

/* No flow's ceiling need be above what any link can have. */
static void ceiling_add(struct flows *f, struct flow *x, int64_t most_bps)
{
	x->ceiling = x->slots;
	slot_add(f, x, link_new(f, most_bps < FLOW_CAPACITY_MAX_BPS ? most_bps : FLOW_CAPACITY_MAX_BPS));
}

/* The level that a link will about give a new flow: that of the others that it holds, else an equal share or
 * all that is free, whichever is more. */
static wide level_guess(const struct flow_link *link, uint32_t weight)
{
	if (link->held_weight)
		return link->level;
	wide share = link->capacity / link->weight, room = (link->capacity - link->used) / weight;
	return room > share ? room : share;
}

/* A first guess at the holder, so that few flows are handed on: the least level. */
static void flow_place(struct flows *f, uint32_t flow)
{
	struct flow *x = &f->flows[flow];
	wide least = FLOW_FREE;
	uint32_t best = x->links[0];
	for (uint32_t k = 0; k < x->slots; k++) {
		wide level = level_guess(&f->links[x->links[k]], x->weight);
		best = level < least ? x->links[k] : best;
		least = level < least ? level : least;
	}
	if (!f->links[best].alert)
		flow_link_alert(f, best, true);
	if (!f->links[best].held_weight)
		flow_link_level(f, best, least);
	flow_hold(f, flow, best);
}

static uint32_t flow_new(struct flows *f)
{
	if (f->flows_free.count)
		return f->flows_free.at[--f->flows_free.count];
	uint32_t room = f->flow_room;
	ARRAY_GROW(f->flows, f->flow_count, f->flow_room, "flows");
	if (f->flow_room != room)
		f->flow_place = memory_resize(f->flow_place, room, f->flow_room, sizeof *f->flow_place,
		                              "flows");
	ASSERT(f->flow_room <= FLOW_NOWHERE / FLOW_SLOTS);
	return f->flow_count++;
}

uint32_t flow_add(struct flows *f, const struct flow_request *r)
{
	ASSERT(r->link_count <= FLOW_LINKS && (r->link_count || r->most_bps <= FLOW_CAPACITY_MAX_BPS));
	ASSERT(r->weight >= 1 && r->weight <= UINT32_C(1) << 16 && r->most_bps >= 0 && r->bits >= 0);
	uint32_t flow = flow_new(f);
	struct flow *x = &f->flows[flow];
	x->weight = r->weight;
	x->tag = r->tag;
	x->open = r->bits == FLOW_UNLIMITED;
	x->bits = x->open ? 0 : r->bits;
	x->sent = 0;
	x->slots = 0;
	x->ceiling = x->due = FLOW_NOWHERE;
	f->flow_place[flow] = FLOW_NOWHERE;
	for (uint32_t k = 0; k < r->link_count; k++) {
		ASSERT(r->links[k] < f->link_count);
		for (uint32_t j = 0; j < k; j++)
			ASSERT(r->links[j] != r->links[k]);
		slot_add(f, x, r->links[k]);
	}
	if (r->most_bps != FLOW_UNLIMITED)
		ceiling_add(f, x, r->most_bps);
	flow_place(f, flow);
	changed(f);
	return flow;
}

/* What it sent in all, in units of level * ns; the last nanosecond may be longer than its last bits. */
static wide flow_sent(const struct flows *f, const struct flow *x)
{
	wide sent = x->sent + (flow_link_progress(f, &f->links[x->holder]) - x->joined) * x->weight;
	wide most = (wide)x->bits * FLOW_BIT;
	return !x->open && sent > most ? most : sent;
}

static void flow_release(struct flows *f, uint32_t flow)
{
	struct flow *x = &f->flows[flow];
	flow_unhold(f, flow);
	for (uint32_t k = 0; k < x->slots; k++) {
		f->links[x->links[k]].flow_count--;
		f->links[x->links[k]].weight -= x->weight;
	}
	if (x->ceiling != FLOW_NOWHERE)
		flow_ids_push(&f->links_free, x->links[x->ceiling]);
	if (x->due != FLOW_NOWHERE)
		f->due.at[x->due] = FLOW_NOWHERE;
	x->slots = 0;
	flow_ids_push(&f->flows_free, flow);
}

int64_t flow_remove(struct flows *f, uint32_t flow)
{
	int64_t sent = flow_sent_bits(f, flow);
	flow_release(f, flow);
	changed(f);
	return sent;
}

void flow_most_set(struct flows *f, uint32_t flow, int64_t most_bps)
{
	struct flow *x = flow_at(f, flow);
	ASSERT(most_bps >= 0 && (x->slots > 1 || x->ceiling == FLOW_NOWHERE || most_bps != FLOW_UNLIMITED));
	if (x->ceiling != FLOW_NOWHERE) {
		int64_t most = most_bps < FLOW_CAPACITY_MAX_BPS ? most_bps : FLOW_CAPACITY_MAX_BPS;
		flows_link_set(f, x->links[x->ceiling], most);
	} else if (most_bps != FLOW_UNLIMITED) {
		flow_unhold(f, flow);
		ceiling_add(f, x, most_bps);
		flow_place(f, flow);
		changed(f);
	}
}

void flow_bits_add(struct flows *f, uint32_t flow, int64_t bits)
{
	struct flow *x = flow_at(f, flow);
	ASSERT(!x->open && bits >= 0 && bits < FLOW_UNLIMITED - x->bits);
	if (x->due != FLOW_NOWHERE)
		f->due.at[x->due] = FLOW_NOWHERE;
	/* What the nanosecond under way at its end could have sent beyond its last bit it did not. */
	wide sent = flow_sent(f, x);
	flow_unhold(f, flow);
	x->due = FLOW_NOWHERE;
	x->sent = sent;
	x->bits += bits;
	flow_hold(f, flow, x->holder);
	changed(f);
}

int64_t flow_sent_bits(struct flows *f, uint32_t flow)
{
	return (int64_t)(flow_sent(f, flow_at(f, flow)) / FLOW_BIT);
}

wide flow_level(struct flows *f, uint32_t flow)
{
	flows_settle(f);
	return f->links[flow_at(f, flow)->holder].level;
}

int64_t flow_rate_bps(struct flows *f, uint32_t flow)
{
	return (int64_t)(flow_level(f, flow) * f->flows[flow].weight >> FLOW_LEVEL_BITS);
}

static wide link_used(const struct flows *f, const struct flow_link *x)
{
	wide used = x->held_weight ? x->level * x->held_weight : 0;
	for (uint32_t i = 0; i < x->groups.count; i++) {
		const struct flow_group *q = &f->groups[x->groups.at[i]];
		used += q->weight ? f->links[q->holder].level * q->weight : 0;
	}
	return used;
}

int64_t flow_link_used_bps(struct flows *f, uint32_t link)
{
	ASSERT(link < f->link_count);
	flows_settle(f);
	return (int64_t)(link_used(f, &f->links[link]) >> FLOW_LEVEL_BITS);
}

uint32_t flow_link_flows(const struct flows *f, uint32_t link)
{
	ASSERT(link < f->link_count);
	return f->links[link].flow_count;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* Gathers the flows whose last bit is through, by their numbers. */
static void due_gather(struct flows *f)
{
	int64_t now_ns = flows_now_ns(f);
	f->due.count = 0;
	while (f->timed.count && f->timed.at[0].key <= now_ns) {
		uint32_t link = f->timed.at[0].id;
		struct flow_link *x = &f->links[link];
		wide progress = flow_link_progress(f, x);
		while (x->ends.count && x->ends.at[0].key <= progress) {
			flow_ids_push(&f->due, x->ends.at[0].id);
			flow_heap_remove(&x->ends, f->flow_place, x->ends.at[0].id);
		}
		flow_heap_remove(&f->timed, f->link_place, link);
		flow_link_untimed(f, link);
		f->unsettled = true;
	}
	if (f->due.count > 1)
		qsort(f->due.at, f->due.count, sizeof *f->due.at, by_number);
	for (uint32_t i = 0; i < f->due.count; i++)
		f->flows[f->due.at[i]].due = i;
}

static void flows_fire(struct engine *engine, void *context, const struct event *event)
{
	struct flows *f = context;
	(void)engine;
	(void)event;
	f->firing = true;
	flows_settle(f);
	due_gather(f);
	for (uint32_t i = 0; i < f->due.count; i++) {
		uint32_t flow = f->due.at[i];
		if (flow == FLOW_NOWHERE)
			continue;
		uint64_t tag = f->flows[flow].tag;
		flow_release(f, flow);
		f->unsettled = true;
		f->done(f->context, flow, tag);
	}
	f->firing = false;
	flows_settle(f);
	if (f->timed.count) {
		int64_t next_ns = (int64_t)f->timed.at[0].key, now_ns = flows_now_ns(f);
		ask(f, next_ns > now_ns ? next_ns : now_ns);
	}
}

struct flows *flows_open(struct engine *engine, uint32_t rank, flow_done_fn *done, void *context)
{
	struct flows *f = memory_new(1, sizeof *f, "flows");
	f->engine = engine;
	f->type = engine_type(engine, "flows", rank, flows_fire, f);
	f->done = done;
	f->context = context;
	return f;
}

void flows_close(struct flows *f)
{
	if (!f)
		return;
	event_cancel(f->engine, f->event);
	for (uint32_t i = 0; i < f->link_count; i++) {
		struct flow_link *x = &f->links[i];
		free(x->groups.at);
		free(x->active.at);
		flow_heap_fini(&x->promises);
		flow_heap_fini(&x->above);
		flow_heap_fini(&x->ends);
	}
	flow_heap_fini(&f->timed);
	free(f->links);
	free(f->link_place);
	free(f->links_free.at);
	free(f->doubted.at);
	free(f->untimed.at);
	free(f->flows);
	free(f->flow_place);
	free(f->flows_free.at);
	free(f->due.at);
	flow_groups_fini(f);
	free(f);
}

/* A link's sums and lists, and that no group on it has more than its level. */
static void link_check(const struct flows *f, uint32_t link)
{
	const struct flow_link *x = &f->links[link];
	wide used = 0;
	int64_t weight = x->held_weight;
	ASSERT(link_used(f, x) <= x->capacity && !x->doubted && (x->alert || !x->held_weight));
	for (uint32_t i = 0; i < x->groups.count; i++) {
		const struct flow_group *q = &f->groups[x->groups.at[i]];
		wide level = f->links[q->holder].level;
		ASSERT(q->link == link && q->at_link == i && q->weight > 0);
		ASSERT(x->alert ? q->seen == level : q->seen >= level);
		ASSERT(!x->held_weight || level <= x->level);
		used += q->seen * q->weight;
		weight += q->weight;
	}
	ASSERT(used == x->used && weight == x->weight);
	/* Full: one unit of level more for those at its level would not fit. */
	ASSERT(!x->held_weight || link_used(f, x) + x->weight > x->capacity);
	ASSERT(x->alert ? x->above.count == x->groups.count : x->used + x->weight <= x->capacity);
	ASSERT(flow_heap_ordered(&x->above, f->group_place) && flow_heap_ordered(&x->ends, f->flow_place));
	ASSERT(flow_heap_ordered(&x->promises, f->group_place));
	ASSERT(!x->promises.count || x->promises.at[0].key >= x->level);
}

void flows_check(struct flows *f)
{
	flows_settle(f);
	for (uint32_t i = 0; i < f->link_count; i++)
		link_check(f, i);
	for (uint32_t i = 0; i < f->flow_count; i++) {
		const struct flow *x = &f->flows[i];
		uint32_t held = 0;
		for (uint32_t k = 0; k < x->slots; k++) {
			const struct flow_group *q = &f->groups[x->groups[k]];
			held += x->links[k] == x->holder;
			ASSERT(x->links[k] == x->holder ||
			       (q->link == x->links[k] && q->holder == x->holder));
		}
		ASSERT(held == (x->slots > 0));
	}
	ASSERT(flow_heap_ordered(&f->timed, f->link_place));
}

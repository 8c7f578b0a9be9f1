/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of flows: which flows of a link are held by which other link. */
#include "sim/flow_net.h"

#include <stdlib.h>

#include "sim/memory.h"

#define TABLE_FIRST 64u

void flow_ids_push(struct flow_ids *ids, uint32_t id)
{
	ARRAY_GROW(ids->at, ids->count, ids->room, "ids of flows");
	ids->at[ids->count++] = id;
}

static inline uint32_t table_home(const struct flows *f, uint32_t link, uint32_t holder)
{
	uint64_t x = ((uint64_t)link << 32 | holder) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(x >> 32) & f->table_mask;
}

/* Where the group stands in the table, or where it would be put. */
static uint32_t table_find(const struct flows *f, uint32_t link, uint32_t holder)
{
	uint32_t i = table_home(f, link, holder);
	for (; f->table[i] != FLOW_NOWHERE; i = (i + 1) & f->table_mask) {
		const struct flow_group *q = &f->groups[f->table[i]];
		if (q->link == link && q->holder == holder)
			break;
	}
	return i;
}

static void table_grow(struct flows *f)
{
	uint32_t *old = f->table, size = f->table ? f->table_mask + 1 : 0;
	uint32_t room = size ? 2 * size : TABLE_FIRST;
	f->table = memory_new(room, sizeof *f->table, "table of groups of flows");
	f->table_mask = room - 1;
	for (uint32_t i = 0; i < room; i++)
		f->table[i] = FLOW_NOWHERE;
	for (uint32_t i = 0; i < size; i++)
		if (old[i] != FLOW_NOWHERE)
			f->table[table_find(f, f->groups[old[i]].link, f->groups[old[i]].holder)] = old[i];
	free(old);
}

/* What follows in the same run of the table moves up into the gap when it may (Knuth 1998, 6.4 R). */
static void table_remove(struct flows *f, uint32_t group)
{
	uint32_t gap = table_find(f, f->groups[group].link, f->groups[group].holder);
	for (uint32_t i = (gap + 1) & f->table_mask; f->table[i] != FLOW_NOWHERE;
	     i = (i + 1) & f->table_mask) {
		const struct flow_group *q = &f->groups[f->table[i]];
		uint32_t home = table_home(f, q->link, q->holder);
		if (((i - home) & f->table_mask) < ((i - gap) & f->table_mask))
			continue;
		f->table[gap] = f->table[i];
		gap = i;
	}
	f->table[gap] = FLOW_NOWHERE;
}

/* Into the structures that the mode of its link asks for. */
static void group_attach(struct flows *f, uint32_t group)
{
	struct flow_group *q = &f->groups[group];
	struct flow_link *holder = &f->links[q->holder], *link = &f->links[q->link];
	if (!link->alert) {
		flow_heap_push(&holder->promises, f->group_place, group, q->seen);
		return;
	}
	q->at_active = holder->active.count;
	flow_ids_push(&holder->active, group);
	flow_heap_push(&link->above, f->group_place, group, -q->seen);
}

static void group_detach(struct flows *f, uint32_t group)
{
	struct flow_group *q = &f->groups[group];
	struct flow_link *holder = &f->links[q->holder], *link = &f->links[q->link];
	if (!link->alert) {
		flow_heap_remove(&holder->promises, f->group_place, group);
		return;
	}
	uint32_t last = holder->active.at[--holder->active.count];
	holder->active.at[q->at_active] = last;
	f->groups[last].at_active = q->at_active;
	flow_heap_remove(&link->above, f->group_place, group);
}

static uint32_t group_new(struct flows *f)
{
	if (f->groups_free.count)
		return f->groups_free.at[--f->groups_free.count];
	uint32_t room = f->group_room;
	ARRAY_GROW(f->groups, f->group_count, f->group_room, "groups of flows");
	if (f->group_room != room)
		f->group_place = memory_resize(f->group_place, room, f->group_room, sizeof *f->group_place,
		                               "groups of flows");
	return f->group_count++;
}

static uint32_t group_find(struct flows *f, uint32_t link, uint32_t holder)
{
	if (!f->table || 2 * (f->group_count - f->groups_free.count + 1) > f->table_mask)
		table_grow(f);
	uint32_t at = table_find(f, link, holder);
	if (f->table[at] != FLOW_NOWHERE)
		return f->table[at];
	uint32_t group = group_new(f);
	struct flow_link *x = &f->links[link];
	f->table[at] = group;
	f->group_place[group] = FLOW_NOWHERE;
	f->groups[group] = (struct flow_group){
		.link = link, .holder = holder, .first = FLOW_NOWHERE, .at_link = x->groups.count,
		.seen = f->links[holder].level,
	};
	flow_ids_push(&x->groups, group);
	group_attach(f, group);
	return group;
}

static void group_close(struct flows *f, uint32_t group)
{
	struct flow_group *q = &f->groups[group];
	struct flow_link *x = &f->links[q->link];
	group_detach(f, group);
	table_remove(f, group);
	uint32_t last = x->groups.at[--x->groups.count];
	x->groups.at[q->at_link] = last;
	f->groups[last].at_link = q->at_link;
	flow_ids_push(&f->groups_free, group);
}

/* Groups that are empty are kept until here: a flow that ends is often followed by another on its way. */
void flow_groups_sweep(struct flows *f)
{
	for (uint32_t i = 0; i < f->idle.count; i++) {
		f->groups[f->idle.at[i]].idle = false;
		if (f->groups[f->idle.at[i]].weight == 0)
			group_close(f, f->idle.at[i]);
	}
	f->idle.count = 0;
}

void flow_groups_fini(struct flows *f)
{
	free(f->groups);
	free(f->group_place);
	free(f->table);
	free(f->groups_free.at);
	free(f->idle.at);
	free(f->taken.at);
}

void flow_group_see(struct flows *f, uint32_t group, wide level)
{
	struct flow_group *q = &f->groups[group];
	f->links[q->link].used += (level - q->seen) * q->weight;
	q->seen = level;
}

/* A link that becomes calm promises what the levels are now; the caller must have seen that it has room. */
void flow_link_alert(struct flows *f, uint32_t link, bool alert)
{
	struct flow_link *x = &f->links[link];
	for (uint32_t i = 0; i < x->groups.count; i++)
		group_detach(f, x->groups.at[i]);
	x->alert = alert;
	for (uint32_t i = 0; i < x->groups.count; i++) {
		uint32_t group = x->groups.at[i];
		flow_group_see(f, group, f->links[f->groups[group].holder].level);
		group_attach(f, group);
	}
}

static void slot_link(struct flows *f, uint32_t group, uint32_t flow, uint32_t k)
{
	struct flow_group *q = &f->groups[group];
	struct flow *x = &f->flows[flow];
	x->groups[k] = group;
	x->next[k] = q->first;
	x->previous[k] = FLOW_NOWHERE;
	if (q->first != FLOW_NOWHERE)
		f->flows[q->first / FLOW_SLOTS].previous[q->first % FLOW_SLOTS] = flow * FLOW_SLOTS + k;
	q->first = flow * FLOW_SLOTS + k;
	q->weight += x->weight;
	f->links[q->link].used += q->seen * x->weight;
}

static void slot_unlink(struct flows *f, uint32_t flow, uint32_t k)
{
	struct flow *x = &f->flows[flow];
	uint32_t next = x->next[k], previous = x->previous[k];
	struct flow_group *q = &f->groups[x->groups[k]];
	if (next != FLOW_NOWHERE)
		f->flows[next / FLOW_SLOTS].previous[next % FLOW_SLOTS] = previous;
	if (previous != FLOW_NOWHERE)
		f->flows[previous / FLOW_SLOTS].next[previous % FLOW_SLOTS] = next;
	else
		q->first = next;
	q->weight -= x->weight;
	f->links[q->link].used -= q->seen * x->weight;
	if (q->weight == 0 && !q->idle) {
		q->idle = true;
		flow_ids_push(&f->idle, x->groups[k]);
	}
}

/* The progress of the holder at which the flow's last bit is through. */
static wide flow_end(const struct flow *x)
{
	wide left = (wide)x->bits * FLOW_BIT - x->sent;
	return x->joined + (left <= 0 ? 0 : (left + x->weight - 1) / x->weight);
}

/* `link` must be alert and have a level. */
void flow_hold(struct flows *f, uint32_t flow, uint32_t link)
{
	struct flow *x = &f->flows[flow];
	struct flow_link *holder = &f->links[link];
	x->holder = link;
	x->joined = flow_link_progress(f, holder);
	holder->held_weight += x->weight;
	if (!x->open && x->due == FLOW_NOWHERE) {
		flow_heap_push(&holder->ends, f->flow_place, flow, flow_end(x));
		flow_link_untimed(f, link);
	}
	for (uint32_t k = 0; k < x->slots; k++) {
		flow_link_doubt(f, x->links[k]);
		if (x->links[k] != link)
			slot_link(f, group_find(f, x->links[k], link), flow, k);
	}
}

void flow_unhold(struct flows *f, uint32_t flow)
{
	struct flow *x = &f->flows[flow];
	struct flow_link *holder = &f->links[x->holder];
	x->sent += (flow_link_progress(f, holder) - x->joined) * x->weight;
	holder->held_weight -= x->weight;
	if (f->flow_place[flow] != FLOW_NOWHERE) {
		flow_heap_remove(&holder->ends, f->flow_place, flow);
		flow_link_untimed(f, x->holder);
	}
	for (uint32_t k = 0; k < x->slots; k++) {
		flow_link_doubt(f, x->links[k]);
		if (x->links[k] != x->holder)
			slot_unlink(f, flow, k);
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Levels of links: what is fair, who takes over which flows, and when the next flow ends. */
#include "sim/flow_net.h"

#include <stdlib.h>

#include "sim/memory.h"

/* A calm link keeps this part of its capacity free, unless it has one group only: becoming alert and calm
 * again costs as much as it has groups. */
#define CALM_PART 16

/* A link with several groups promises each at most this part more than it has: one that rises must not eat
 * up what others will ask for. */
#define PROMISE_PART 8

wide flow_link_progress(const struct flows *f, const struct flow_link *x)
{
	return x->progress + x->level * (flows_now_ns(f) - x->since_ns);
}

void flow_link_doubt(struct flows *f, uint32_t link)
{
	if (f->links[link].doubted)
		return;
	f->links[link].doubted = true;
	flow_ids_push(&f->doubted, link);
}

void flow_link_untimed(struct flows *f, uint32_t link)
{
	if (f->links[link].untimed)
		return;
	f->links[link].untimed = true;
	flow_ids_push(&f->untimed, link);
}

/* No group can have been held back here: for any level F, weights * (F + 1) of those above it would fit. */
static inline bool roomy(const struct flow_link *x)
{
	return x->used + x->weight <= x->capacity;
}

/* Lets a calm link's group rise to `level` and beyond, as far as there is room; or puts it in doubt. */
static void promise(struct flows *f, uint32_t group, wide level)
{
	struct flow_group *q = &f->groups[group];
	struct flow_link *x = &f->links[q->link];
	flow_group_see(f, group, level);
	if (!roomy(x)) {
		flow_link_doubt(f, q->link);
	} else if (q->weight) {
		wide more = (x->capacity - x->used - x->weight) / q->weight;
		if (x->groups.count > 1)
			more = more / 2 < level / PROMISE_PART ? more / 2 : level / PROMISE_PART;
		flow_group_see(f, group, level + more);
	}
	flow_heap_rekey(&f->links[q->holder].promises, f->group_place, group, q->seen);
}

/* Sets the level of the flows that a link holds, from now on; those they share links with hear of it. */
void flow_link_level(struct flows *f, uint32_t link, wide level)
{
	struct flow_link *x = &f->links[link];
	x->progress = x->held_weight ? flow_link_progress(f, x) : 0;
	x->since_ns = flows_now_ns(f);
	x->level = level;
	flow_link_untimed(f, link);
	for (uint32_t i = 0; i < x->active.count; i++) {
		uint32_t group = x->active.at[i], on = f->groups[group].link;
		flow_group_see(f, group, level);
		flow_heap_rekey(&f->links[on].above, f->group_place, group, -level);
		flow_link_doubt(f, on);
	}
	while (x->promises.count && x->promises.at[0].key < level)
		promise(f, x->promises.at[0].id, level);
}

static int by_seen(const void *a, const void *b, void *groups)
{
	const struct flow_group *all = groups;
	wide x = all[*(const uint32_t *)a].seen, y = all[*(const uint32_t *)b].seen;
	return (x > y) - (x < y);
}

/* The definition: groups from the lowest up, until those that are left share what is left. */
static wide fair_from_below(struct flows *f, const struct flow_link *x)
{
	uint32_t n = x->groups.count;
	f->taken.count = 0;
	for (uint32_t i = 0; i < n; i++)
		flow_ids_push(&f->taken, x->groups.at[i]);
	if (n > 1)
		qsort_r(f->taken.at, n, sizeof *f->taken.at, by_seen, f->groups);
	wide left = x->capacity, weight = x->weight;
	for (uint32_t i = 0; i < n; i++) {
		const struct flow_group *q = &f->groups[f->taken.at[i]];
		if (left < (q->seen + 1) * weight)
			return left / weight;
		left -= q->seen * q->weight;
		weight -= q->weight;
	}
	return weight ? left / weight : FLOW_FREE;
}

/* The same from above, where nearly always nothing or one group is to be taken in: groups whose level the
 * link cannot give to all come to the others. What remains below must be so far below that the rounding
 * cannot matter; else the definition decides. Groups that came in are in f->taken. */
static wide fair_from_above(struct flows *f, struct flow_link *x)
{
	wide left = x->capacity - x->used, weight = x->held_weight, level = FLOW_FREE;
	f->taken.count = 0;
	for (;;) {
		wide next = x->above.count ? -x->above.at[0].key : -1;
		if (next >= 0 && (weight ? left < (next + 1) * weight : left < 0)) {
			uint32_t group = x->above.at[0].id;
			flow_heap_remove(&x->above, f->group_place, group);
			flow_ids_push(&f->taken, group);
			left += next * f->groups[group].weight;
			weight += f->groups[group].weight;
			continue;
		}
		level = weight ? left / weight : FLOW_FREE;
		bool clear = weight ? (level - next - 1) * weight >= x->weight - weight : left >= x->weight;
		for (uint32_t i = 0; i < f->taken.count; i++)
			flow_heap_push(&x->above, f->group_place, f->taken.at[i],
			               -f->groups[f->taken.at[i]].seen);
		return next < 0 || clear ? level : fair_from_below(f, x);
	}
}

/* Takes over the flows of those groups in f->taken that have more than the level. */
static void take_over(struct flows *f, uint32_t link, wide level)
{
	for (uint32_t i = 0; i < f->taken.count; i++) {
		const uint32_t group = f->taken.at[i];
		if (f->groups[group].seen <= level)
			continue;
		while (f->groups[group].first != FLOW_NOWHERE) {
			uint32_t flow = f->groups[group].first / FLOW_SLOTS;
			flow_unhold(f, flow);
			flow_hold(f, flow, link);
		}
	}
}

/* True when some of the groups that stand ready are to be taken over. */
static bool any_above(const struct flows *f, wide level)
{
	for (uint32_t i = 0; i < f->taken.count; i++)
		if (f->groups[f->taken.at[i]].seen > level && f->groups[f->taken.at[i]].weight)
			return true;
	return false;
}

/* A calm link whose promises do not fit any more looks up the true levels; true when it can stay calm. */
static bool still_calm(struct flows *f, uint32_t link)
{
	struct flow_link *x = &f->links[link];
	for (uint32_t i = 0; i < x->groups.count; i++) {
		uint32_t group = x->groups.at[i];
		struct flow_link *holder = &f->links[f->groups[group].holder];
		flow_group_see(f, group, holder->level);
		flow_heap_rekey(&holder->promises, f->group_place, group, holder->level);
	}
	return roomy(x);
}

static void link_look(struct flows *f, uint32_t link)
{
	struct flow_link *x = &f->links[link];
	if (!x->alert) {
		if (roomy(x) || still_calm(f, link))
			return;
		flow_link_alert(f, link, true);
	}
	wide level = fair_from_above(f, x);
	if (level == FLOW_FREE) {
		wide spare = x->groups.count > 1 ? x->capacity / CALM_PART : 0;
		if (x->used + x->weight + spare <= x->capacity)
			flow_link_alert(f, link, false);
		return;
	}
	bool taking = any_above(f, level);
	if ((x->held_weight || taking) && (level != x->level || !x->held_weight))
		flow_link_level(f, link, level);
	if (taking)
		take_over(f, link, level);
}

static void links_look(struct flows *f)
{
	/* Far more than any order of looking can need: a guard against our mistakes, not a limit. */
	uint64_t most = 1000 + 100 * (uint64_t)f->link_count * (f->link_count < 1000 ? f->link_count : 1000);
	while (f->doubted_first < f->doubted.count) {
		uint32_t link = f->doubted.at[f->doubted_first++];
		if (2 * f->doubted_first > f->doubted.count + 64) {
			f->doubted.count -= f->doubted_first;
			for (uint32_t i = 0; i < f->doubted.count; i++)
				f->doubted.at[i] = f->doubted.at[f->doubted_first + i];
			f->doubted_first = 0;
		}
		f->links[link].doubted = false;
		ASSERT(most-- > 0);
		link_look(f, link);
	}
	f->doubted.count = f->doubted_first = 0;
}

/* When the link's next flow ends, as its level is now; later than any time: never. */
static wide link_next_ns(const struct flow_link *x)
{
	if (!x->ends.count)
		return FLOW_FREE;
	wide left = x->ends.at[0].key - x->progress;
	if (left <= 0)
		return x->since_ns;
	return x->level ? x->since_ns + (left + x->level - 1) / x->level : FLOW_FREE;
}

static void links_time(struct flows *f)
{
	for (uint32_t i = 0; i < f->untimed.count; i++) {
		uint32_t link = f->untimed.at[i];
		wide next_ns = link_next_ns(&f->links[link]);
		f->links[link].untimed = false;
		if (next_ns > TIME_MAX_NS) {
			if (f->link_place[link] != FLOW_NOWHERE)
				flow_heap_remove(&f->timed, f->link_place, link);
		} else if (f->link_place[link] != FLOW_NOWHERE) {
			flow_heap_rekey(&f->timed, f->link_place, link, next_ns);
		} else {
			flow_heap_push(&f->timed, f->link_place, link, next_ns);
		}
	}
	f->untimed.count = 0;
}

void flows_settle(struct flows *f)
{
	if (!f->unsettled)
		return;
	f->unsettled = false;
	flow_groups_sweep(f);
	links_look(f);
	flow_groups_sweep(f);
	links_time(f);
}

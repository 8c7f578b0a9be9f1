/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binary heaps of ids that know where each id stands. */
#include "sim/flow_heap.h"

#include <stdlib.h>

#include "sim/fault.h"
#include "sim/memory.h"

void flow_heap_fini(struct flow_heap *h)
{
	free(h->at);
	*h = (struct flow_heap){0};
}

static inline void put(struct flow_heap *h, uint32_t *place, uint32_t i, struct flow_heap_entry e)
{
	h->at[i] = e;
	place[e.id] = i;
}

static void rise(struct flow_heap *h, uint32_t *place, uint32_t i, struct flow_heap_entry e)
{
	while (i > 0 && e.key < h->at[(i - 1) / 2].key) {
		put(h, place, i, h->at[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	put(h, place, i, e);
}

static void sink(struct flow_heap *h, uint32_t *place, uint32_t i, struct flow_heap_entry e)
{
	for (uint32_t child; (child = 2 * i + 1) < h->count; i = child) {
		if (child + 1 < h->count && h->at[child + 1].key < h->at[child].key)
			child++;
		if (e.key <= h->at[child].key)
			break;
		put(h, place, i, h->at[child]);
	}
	put(h, place, i, e);
}

static void settle(struct flow_heap *h, uint32_t *place, uint32_t i, struct flow_heap_entry e)
{
	if (i > 0 && e.key < h->at[(i - 1) / 2].key)
		rise(h, place, i, e);
	else
		sink(h, place, i, e);
}

void flow_heap_push(struct flow_heap *h, uint32_t *place, uint32_t id, wide key)
{
	ASSERT(place[id] == FLOW_NOWHERE);
	ARRAY_GROW(h->at, h->count, h->room, "heap of flows");
	rise(h, place, h->count++, (struct flow_heap_entry){ .key = key, .id = id });
}

void flow_heap_remove(struct flow_heap *h, uint32_t *place, uint32_t id)
{
	uint32_t i = place[id];
	ASSERT(i < h->count && h->at[i].id == id);
	place[id] = FLOW_NOWHERE;
	struct flow_heap_entry last = h->at[--h->count];
	if (last.id != id)
		settle(h, place, i, last);
}

void flow_heap_rekey(struct flow_heap *h, uint32_t *place, uint32_t id, wide key)
{
	uint32_t i = place[id];
	ASSERT(i < h->count && h->at[i].id == id);
	settle(h, place, i, (struct flow_heap_entry){ .key = key, .id = id });
}

bool flow_heap_ordered(const struct flow_heap *h, const uint32_t *place)
{
	for (uint32_t i = 0; i < h->count; i++)
		if (place[h->at[i].id] != i || (i > 0 && h->at[i].key < h->at[(i - 1) / 2].key))
			return false;
	return true;
}

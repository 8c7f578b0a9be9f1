/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The 4-ary heap: the child that leaves first is child 4i + 1 .. 4i + 4 of node i. */
#include "sim/heap.h"

#include <stdlib.h>

#include "sim/fault.h"
#include "sim/memory.h"

void heap_init(struct heap *h)
{
	*h = (struct heap){0};
}

void heap_fini(struct heap *h)
{
	free(h->nodes);
	*h = (struct heap){0};
}

/* Without branches: which of two random keys is smaller cannot be predicted. */
static inline bool heap_before(const struct heap_node *x, const struct heap_node *y)
{
	return (x->key < y->key) | ((x->key == y->key) & (x->sequence < y->sequence));
}

/* Puts a node into the hole at `at`, after moving later parents down. */
static inline void heap_rise(struct heap *h, uint32_t at, struct heap_node node)
{
	while (at > 0 && heap_before(&node, &h->nodes[(at - 1) / 4])) {
		h->nodes[at] = h->nodes[(at - 1) / 4];
		at = (at - 1) / 4;
	}
	h->nodes[at] = node;
}

void heap_push(struct heap *h, struct queue_entry e)
{
	ARRAY_GROW(h->nodes, h->count, h->room, "heap");
	heap_rise(h, h->count++, (struct heap_node){.key = e.key, .sequence = h->pushed++, .tag = e.tag});
}

/* The child of `at` that leaves first, or h->count when `at` is a leaf. */
static inline uint32_t heap_first_child(const struct heap *h, uint32_t at)
{
	const struct heap_node *nodes = h->nodes;
	uint64_t child = (uint64_t)at * 4 + 1;
	if (child + 3 < h->count) { /* nearly always: a small tournament */
		uint32_t c = (uint32_t)child;
		uint32_t left = c + heap_before(&nodes[c + 1], &nodes[c]);
		uint32_t right = c + 2 + heap_before(&nodes[c + 3], &nodes[c + 2]);
		return heap_before(&nodes[right], &nodes[left]) ? right : left;
	}
	uint32_t first = child < h->count ? (uint32_t)child : h->count;
	for (uint64_t other = child + 1; other < h->count; other++)
		if (heap_before(&nodes[other], &nodes[first]))
			first = (uint32_t)other;
	return first;
}

/* The hole walks down to a leaf, then the last node up from there: it came from the leaves and
 * rarely climbs far. */
bool heap_pop(struct heap *h, struct queue_entry *e)
{
	if (h->count == 0)
		return false;
	*e = (struct queue_entry){.key = h->nodes[0].key, .tag = h->nodes[0].tag};
	struct heap_node last = h->nodes[--h->count];
	uint32_t at = 0;
	for (uint32_t child; (child = heap_first_child(h, at)) < h->count; at = child)
		h->nodes[at] = h->nodes[child];
	heap_rise(h, at, last);
	return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queues of waiting guests, and rounds over them: a heap of types by their first waiters. */
#include "policies/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "sim/fault.h"
#include "sim/memory.h"

void waiting_free(struct waiting *w)
{
	for (uint32_t t = 0; t < w->queue_count; t++)
		free(w->queues[t].waiters);
	free(w->queues);
	free(w->nested);
	free(w->heap);
	*w = (struct waiting){0};
}

static struct waiting_queue *queue_of(struct waiting *w, uint32_t type)
{
	if (type >= w->queue_count) {
		w->queues = memory_resize(w->queues, w->queue_count, type + 1, sizeof *w->queues,
		                          "queues of waiting guests");
		w->queue_count = type + 1;
	}
	return &w->queues[type];
}

static void nested_add(struct waiting *w, struct waiter waiter, uint32_t priority)
{
	ARRAY_GROW(w->nested, w->nested_count, w->nested_room, "waiting guests");
	uint32_t at = w->nested_count++;
	for (; at && w->nested[at - 1].priority < priority; at--)
		w->nested[at] = w->nested[at - 1];
	w->nested[at] = (struct waiting_nested){waiter, priority};
}

void waiting_add(struct waiting *w, uint32_t vm, uint32_t type, uint32_t priority, bool nested)
{
	struct waiter waiter = {vm, w->asked++};
	if (nested) {
		nested_add(w, waiter, priority);
		return;
	}
	struct waiting_queue *q = queue_of(w, type);
	if (q->first && q->first + q->count == q->room && q->first >= q->count) {
		memcpy(q->waiters, q->waiters + q->first, q->count * sizeof *q->waiters);
		q->first = 0;
	}
	ASSERT(!q->count || q->priority == priority);
	ARRAY_GROW(q->waiters, q->first + q->count, q->room, "waiting guests");
	q->waiters[q->first + q->count++] = waiter;
	q->priority = priority;
}

static bool before(const struct waiting_queue *a, const struct waiting_queue *b)
{
	if (a->priority != b->priority)
		return a->priority > b->priority;
	return a->waiters[a->first].since < b->waiters[b->first].since;
}

/* Lets the type at a place of the heap sink to where it belongs. */
static void sink(struct waiting *w, uint32_t at)
{
	uint32_t type = w->heap[at];
	for (uint32_t child; (child = 2 * at + 1) < w->heap_count; at = child) {
		if (child + 1 < w->heap_count &&
		    before(&w->queues[w->heap[child + 1]], &w->queues[w->heap[child]]))
			child++;
		if (!before(&w->queues[w->heap[child]], &w->queues[type]))
			break;
		w->heap[at] = w->heap[child];
	}
	w->heap[at] = type;
}

void waiting_round(struct waiting *w)
{
	w->heap_count = 0;
	w->nested_next = w->nested_kept = 0;
	for (uint32_t t = 0; t < w->queue_count; t++) {
		if (!w->queues[t].count)
			continue;
		ARRAY_GROW(w->heap, w->heap_count, w->heap_room, "queues of waiting guests");
		w->heap[w->heap_count++] = t;
	}
	for (uint32_t at = w->heap_count / 2; at-- > 0;)
		sink(w, at);
}

bool waiting_next(struct waiting *w, uint32_t *vm)
{
	const struct waiting_queue *q = w->heap_count ? &w->queues[w->heap[0]] : NULL;
	const struct waiting_nested *n = w->nested_next < w->nested_count ? &w->nested[w->nested_next] : NULL;
	if (!q && !n) {
		w->nested_count = w->nested_kept;
		return false;
	}
	w->is_nested = !q;
	if (q && n && n->priority != q->priority)
		w->is_nested = n->priority > q->priority;
	else if (q && n)
		w->is_nested = n->waiter.since < q->waiters[q->first].since;
	*vm = w->is_nested ? n->waiter.vm : q->waiters[q->first].vm;
	return true;
}

void waiting_tried(struct waiting *w, bool stays)
{
	ASSERT(w->is_nested ? w->nested_next < w->nested_count : w->heap_count > 0);
	if (w->is_nested) {
		if (stays)
			w->nested[w->nested_kept++] = w->nested[w->nested_next];
		w->nested_next++;
		return;
	}
	struct waiting_queue *q = &w->queues[w->heap[0]];
	if (!stays) {
		q->first++;
		q->count--;
	}
	if (!q->count)
		q->first = 0;
	if (stays || !q->count)
		w->heap[0] = w->heap[--w->heap_count];
	if (w->heap_count)
		sink(w, 0);
}

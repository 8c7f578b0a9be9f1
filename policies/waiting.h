/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guests that wait for room, in order of (priority downwards, since when), a queue for each type.
 *
 * A round tries them in that order. Guests of one type need the same room: once one of them finds none, the
 * others of its type are not tried in that round. So a round costs what it starts, and one try for each type
 * that waits, however many guests do. Nested guests need no room of a host, only the guest that is to hold
 * them: each of them is tried. */
#ifndef POLICIES_WAITING_H
#define POLICIES_WAITING_H

#include <stdbool.h>
#include <stdint.h>

/* Smaller in (UINT32_MAX - priority, since) goes first. */
struct waiter {
	uint32_t vm, since;
};

struct waiting_queue {                  /* of one type: in order of since */
	struct waiter *waiters;
	uint32_t first, count, room;    /* the waiters are [first, first + count) */
	uint32_t priority;
};

struct waiting_nested {
	struct waiter waiter;
	uint32_t priority;
};

struct waiting {
	struct waiting_queue *queues;   /* [type] */
	uint32_t queue_count;
	struct waiting_nested *nested;  /* in order */
	uint32_t nested_count, nested_room;
	uint32_t asked;                 /* ever added */

	/* The round under way. */
	uint32_t *heap;                 /* types that may still find room, by their first waiter */
	uint32_t heap_count, heap_room;
	uint32_t nested_next, nested_kept;
	bool is_nested;                 /* what waiting_next gave last */
};

/* All zero is empty. */
void waiting_free(struct waiting *w);

/* All of one type have the same priority. */
void waiting_add(struct waiting *w, uint32_t vm, uint32_t type, uint32_t priority, bool nested);

/* Begins a round. Nothing is added until waiting_next says that it is over. */
void waiting_round(struct waiting *w);
/* The next guest to try; false at the end. */
bool waiting_next(struct waiting *w, uint32_t *vm);
/* What came of that guest: it stays, since there is no room; or it waits no longer. */
void waiting_tried(struct waiting *w, bool stays);

#endif

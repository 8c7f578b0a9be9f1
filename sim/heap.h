/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plain 4-ary heap with the queue's contract, kept as the oracle of its tests and the peer of its
 * bench.
 *
 * Orders by (key, sequence of pushing); each entry carries its sequence number. Simple enough to be
 * right by inspection. */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/queue.h"

struct heap_node {
	int64_t key;
	uint64_t sequence, tag;
};

struct heap {
	struct heap_node *nodes;
	uint32_t count, room;
	uint64_t pushed;
};

void heap_init(struct heap *h);
void heap_fini(struct heap *h);
void heap_push(struct heap *h, struct queue_entry e);
bool heap_pop(struct heap *h, struct queue_entry *e);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run queue: vCPUs in the order of a key, equal keys in the order of coming.
 *
 * A sorted array that is taken from at its front and mostly put into near its end, since who has just run
 * is rarely next: cheaper than a tree up to some hundred vCPUs a core, and one line of cache for four of
 * them. Putting one in shifts those with greater keys; finding one to take out looks at all. */
#ifndef MODELS_HYPERVISOR_QUANTUM_LINE_H
#define MODELS_HYPERVISOR_QUANTUM_LINE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "sim/memory.h"

struct quantum_entry {
	int64_t key;
	uint32_t vcpu;
};

struct quantum_line {
	struct quantum_entry *at;
	uint32_t head, tail, room; /* at[head .. tail) */
};

/* Makes room for one more: slides what is there to the front, or doubles. */
static inline void quantum_line_room(struct quantum_line *l)
{
	uint32_t count = l->tail - l->head;
	if (2 * count >= l->room) {
		uint32_t room = l->room ? 2 * l->room : 16;
		l->at = memory_resize(l->at, l->room, room, sizeof *l->at, "run queue");
		l->room = room;
	}
	if (l->head)
		memmove(l->at, l->at + l->head, count * sizeof *l->at);
	l->head = 0;
	l->tail = count;
}

static inline void quantum_line_put(struct quantum_line *l, int64_t key, uint32_t vcpu)
{
	if (l->tail == l->room)
		quantum_line_room(l);
	struct quantum_entry *at = l->at;
	uint32_t i = l->tail++;
	for (; i > l->head && at[i - 1].key > key; i--)
		at[i] = at[i - 1];
	at[i] = (struct quantum_entry){ key, vcpu };
}

static inline struct quantum_entry quantum_line_take(struct quantum_line *l)
{
	return l->at[l->head++];
}

static inline bool quantum_line_remove(struct quantum_line *l, uint32_t vcpu)
{
	for (uint32_t i = l->head; i < l->tail; i++)
		if (l->at[i].vcpu == vcpu) {
			memmove(l->at + i, l->at + i + 1, (l->tail - i - 1) * sizeof *l->at);
			l->tail--;
			return true;
		}
	return false;
}

#endif

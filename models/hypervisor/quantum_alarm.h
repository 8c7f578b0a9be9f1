/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alarm clocks: a fixed set of slots, each with a time, and which of them goes off first.
 *
 * A tournament: the leaves are the slots, each inner node the lesser of its two, so that setting one costs
 * log2(slots) at most and mostly less, since a walk up ends where nothing changes. Of several slots at one
 * time the lowest is first. */
#ifndef MODELS_HYPERVISOR_QUANTUM_ALARM_H
#define MODELS_HYPERVISOR_QUANTUM_ALARM_H

#include <stdint.h>
#include <stdlib.h>

#include "sim/memory.h"

struct quantum_alarms {
	int64_t *at;      /* [1] the first, [leaves + slot] a slot's */
	uint32_t leaves;  /* a power of 2 */
};

static inline void quantum_alarm_set(struct quantum_alarms *a, uint32_t slot, int64_t time_ns)
{
	int64_t *at = a->at;
	uint32_t i = a->leaves + slot;
	at[i] = time_ns;
	for (; i > 1; i >>= 1) {
		int64_t other = at[i ^ 1], first = at[i] < other ? at[i] : other;
		if (at[i >> 1] == first)
			return;
		at[i >> 1] = first;
	}
}

static inline int64_t quantum_alarm_get(const struct quantum_alarms *a, uint32_t slot)
{
	return a->at[a->leaves + slot];
}

static inline int64_t quantum_alarm_first(const struct quantum_alarms *a)
{
	return a->at[1];
}

static inline uint32_t quantum_alarm_slot(const struct quantum_alarms *a)
{
	uint32_t i = 1;
	while (i < a->leaves)
		i = 2 * i + (a->at[2 * i] != a->at[1]);
	return i - a->leaves;
}

/* Makes room for slots 0 .. slots - 1; new ones never go off. */
static inline void quantum_alarm_room(struct quantum_alarms *a, uint32_t slots)
{
	uint32_t leaves = a->leaves ? a->leaves : 1;
	while (leaves < slots)
		leaves *= 2;
	if (leaves == a->leaves)
		return;
	struct quantum_alarms wider = { memory_new(2 * (size_t)leaves, sizeof *a->at, "alarms"), leaves };
	for (uint32_t i = 1; i < 2 * leaves; i++)
		wider.at[i] = INT64_MAX;
	for (uint32_t i = 0; i < a->leaves; i++)
		quantum_alarm_set(&wider, i, a->at[a->leaves + i]);
	free(a->at);
	*a = wider;
}

#endif

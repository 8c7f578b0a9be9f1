/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binary heaps of ids by 128-bit keys, the least first, that know where each id stands.
 *
 * `place` is an array over all ids, shared by heaps that never hold the same id at once: place[id] is its
 * index here, FLOW_NOWHERE when it is in none. So any id can leave or change its key in O(log n). Which of
 * several equal keys comes first is not defined; nothing may depend on it. */
#ifndef SIM_FLOW_HEAP_H
#define SIM_FLOW_HEAP_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/wide.h"

#define FLOW_NOWHERE UINT32_MAX

struct flow_heap_entry {
	wide key;
	uint32_t id;
};

struct flow_heap {
	struct flow_heap_entry *at;
	uint32_t count, room;
};

void flow_heap_fini(struct flow_heap *h);
void flow_heap_push(struct flow_heap *h, uint32_t *place, uint32_t id, wide key);
void flow_heap_remove(struct flow_heap *h, uint32_t *place, uint32_t id);
void flow_heap_rekey(struct flow_heap *h, uint32_t *place, uint32_t id, wide key);
bool flow_heap_ordered(const struct flow_heap *h, const uint32_t *place);

#endif

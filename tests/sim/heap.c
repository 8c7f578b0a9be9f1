/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The heap against the simplest queue of all: a list searched from end to end. */
#include "sim/heap.h"

#include "tests/test.h"

#define LIST_ROOM 300

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

/* Takes the earliest entry, the first pushed among equals, out of a list in the order of pushing. */
static struct queue_entry list_pop(struct queue_entry *list, size_t *count)
{
	size_t first = 0;
	for (size_t i = 1; i < *count; i++)
		if (list[i].key < list[first].key)
			first = i;
	struct queue_entry e = list[first];
	for (size_t i = first + 1; i < *count; i++)
		list[i - 1] = list[i];
	(*count)--;
	return e;
}

static void same_as_a_list(void)
{
	struct queue_entry list[LIST_ROOM];
	size_t count = 0, wrong = 0;
	uint64_t state = 1;
	struct heap heap;
	heap_init(&heap);
	for (uint64_t i = 0; i < 30000; i++) {
		bool push = count == 0 || (count < LIST_ROOM && next_random(&state) % 2 == 0);
		if (push) {
			struct queue_entry e = {.key = (int64_t)(next_random(&state) % 50), .tag = i};
			heap_push(&heap, e);
			list[count++] = e;
		} else {
			struct queue_entry e, expected = list_pop(list, &count);
			wrong += !heap_pop(&heap, &e) || e.key != expected.key || e.tag != expected.tag;
		}
		wrong += heap.count != count;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	heap_fini(&heap);
}

static void empty_heap(void)
{
	struct heap heap;
	struct queue_entry e = {.key = 5, .tag = 6};
	heap_init(&heap);
	CU_ASSERT(!heap_pop(&heap, &e));
	CU_ASSERT_EQUAL(e.key, 5);
	heap_push(&heap, (struct queue_entry){.key = 1, .tag = 2});
	CU_ASSERT(heap_pop(&heap, &e));
	CU_ASSERT(e.key == 1 && e.tag == 2);
	CU_ASSERT(!heap_pop(&heap, &e));
	heap_fini(&heap);
	CU_ASSERT_PTR_NULL(heap.nodes);
}

static const struct test tests[] = {
	{"entries leave as from a list that is searched", same_as_a_list},
	{"an empty heap says so", empty_heap},
};

SUITE(sim_heap, tests)

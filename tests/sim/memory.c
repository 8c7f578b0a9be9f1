/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory: zeroed, grown, freed at once, and a message with status 3 when there is none. */
#include "sim/memory.h"

#include <stdlib.h>
#include <string.h>

#include "sim/fault.h"
#include "tests/sim/child.h"
#include "tests/test.h"

/* No address space has as much. Sanitizers end the process themselves when asked for it. */
#define TOO_MUCH ((size_t)1 << 52)

static int all_zero(const void *block, size_t bytes)
{
	const unsigned char *b = block;
	for (size_t i = 0; i < bytes; i++)
		if (b[i])
			return 0;
	return 1;
}

static void blocks_are_zeroed(void)
{
	int *numbers = memory_new(1000, sizeof *numbers, "numbers");
	CU_ASSERT(all_zero(numbers, 1000 * sizeof *numbers));
	memset(numbers, 0xff, 1000 * sizeof *numbers);
	numbers = memory_resize(numbers, 1000, 3000, sizeof *numbers, "numbers");
	CU_ASSERT_EQUAL(numbers[999], -1);
	CU_ASSERT(all_zero(numbers + 1000, 2000 * sizeof *numbers));
	numbers = memory_resize(numbers, 3000, 10, sizeof *numbers, "numbers");
	CU_ASSERT_EQUAL(numbers[9], -1);
	free(numbers);
	/* Large enough for huge pages. */
	numbers = memory_new(4 << 20, sizeof *numbers, "numbers");
	CU_ASSERT(all_zero(numbers, 16 << 20));
	numbers[(4 << 20) - 1] = 7;
	numbers = memory_resize(numbers, 4 << 20, 5 << 20, sizeof *numbers, "numbers");
	CU_ASSERT_EQUAL(numbers[(4 << 20) - 1], 7);
	CU_ASSERT(all_zero(numbers + (4 << 20), 4 << 20));
	free(numbers);
}

static void nothing_is_a_size(void)
{
	free(memory_new(0, 8, "nothing"));
	free(memory_new(8, 0, "nothing"));
	char *block = memory_resize(memory_new(4, 1, "something"), 4, 0, 1, "nothing");
	block = memory_resize(block, 0, 2, 1, "something");
	CU_ASSERT(all_zero(block, 2));
	free(block);
}

static void strings_are_copied(void)
{
	char *s = memory_string("rack 7");
	CU_ASSERT_STRING_EQUAL(s, "rack 7");
	free(s);
	s = memory_string_n("rack 7", 4);
	CU_ASSERT_STRING_EQUAL(s, "rack");
	free(s);
	s = memory_string_n("rack", 100);
	CU_ASSERT_STRING_EQUAL(s, "rack");
	free(s);
}

static void arrays_grow(void)
{
	uint32_t *squares = NULL, count = 0, room = 0;
	for (uint32_t i = 0; i < 10000; i++) {
		ARRAY_GROW(squares, count, room, "squares");
		CU_ASSERT_EQUAL_FATAL(squares[count], 0);
		squares[count++] = i * i;
	}
	CU_ASSERT_EQUAL(room, 16384);
	CU_ASSERT_EQUAL(squares[0], 0);
	CU_ASSERT_EQUAL(squares[9], 81);
	CU_ASSERT_EQUAL(squares[9999], 9999 * 9999);
	free(squares);
}

static void huge_tables(void)
{
	const size_t sizes[] = {0, 1, 4096, 100000, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 7 << 20};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		char *table = memory_huge_new(sizes[i], "table");
		CU_ASSERT_EQUAL((uintptr_t)table % 4096, 0);
		CU_ASSERT(sizes[i] < 2 << 20 || (uintptr_t)table % (2 << 20) == 0);
		CU_ASSERT(all_zero(table, sizes[i]));
		memset(table, 1, sizes[i]);
		memory_huge_free(table, sizes[i]);
	}
	memory_huge_free(NULL, 12);
}

static void arena_pieces(void)
{
	struct arena arena;
	arena_init(&arena);
	char *pieces[2000];
	size_t sizes[2000];
	for (size_t i = 0; i < 2000; i++) {
		sizes[i] = i % 97 == 0 ? 5000 + i * 10 : i % 50;
		pieces[i] = arena_new(&arena, sizes[i], 1);
		CU_ASSERT_EQUAL((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		CU_ASSERT(all_zero(pieces[i], sizes[i]));
		memset(pieces[i], (int)(i % 255) + 1, sizes[i]);
	}
	size_t wrong = 0;
	for (size_t i = 0; i < 2000; i++)
		for (size_t k = 0; k < sizes[i]; k++)
			wrong += (unsigned char)pieces[i][k] != i % 255 + 1;
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(all_zero(arena_new(&arena, 3 << 20, 1), 3 << 20));
	arena_fini(&arena);
	CU_ASSERT_PTR_NULL(arena.last);
	arena_fini(&arena);
}

static void arena_texts(void)
{
	struct arena arena;
	arena_init(&arena);
	char *a = arena_string(&arena, "host");
	char *b = arena_string_n(&arena, "hostess", 4);
	char *c = arena_printf(&arena, "%s-%03d", "host", 7);
	char *d = arena_printf(&arena, "%10000d", 1);
	CU_ASSERT_STRING_EQUAL(a, "host");
	CU_ASSERT_STRING_EQUAL(b, "host");
	CU_ASSERT_STRING_EQUAL(c, "host-007");
	CU_ASSERT_EQUAL(strlen(d), 10000);
	arena_fini(&arena);
}

static void ask_product(void)
{
	memory_new(SIZE_MAX / 2, 3, "VM table");
}

static void ask_half_of_all(void)
{
	memory_resize(NULL, 0, SIZE_MAX / 2 + 2, 1, "trace samples");
}

static void ask_arena(void)
{
	struct arena arena;
	arena_init(&arena);
	arena_new(&arena, PTRDIFF_MAX - 3, 1);
}

static void ask_huge(void)
{
	memory_huge_new(SIZE_MAX - 5, "host table");
}

static void ask_array(void)
{
	uint32_t room = UINT32_C(1) << 31;
	memory_array_grow(NULL, &room, 8, "flow table");
}

#ifndef __SANITIZE_ADDRESS__
static void ask_new(void)
{
	memory_new(TOO_MUCH, 1, "VM table");
}

static void ask_resize(void)
{
	memory_resize(NULL, 0, TOO_MUCH, 1, "trace samples");
}
#endif

static void ask_mapping(void)
{
	memory_huge_new(TOO_MUCH, "host table");
}

static void expect_refusal(void (*ask)(void), const char *words)
{
	struct child child = child_run(ask);
	CU_ASSERT(child_exited(&child, EXIT_SURROUNDINGS));
	CU_ASSERT(strncmp(child.words, "vdcsim: error: out of memory", 28) == 0);
	CU_ASSERT(child_said(&child, words));
}

static void too_large_to_say(void)
{
	expect_refusal(ask_product, "x 3 bytes for the VM table are more than can be addressed");
	expect_refusal(ask_half_of_all, "for the trace samples are more than can be addressed");
	expect_refusal(ask_arena, "for the arena");
	expect_refusal(ask_huge, "for the host table");
	expect_refusal(ask_array, "the flow table would have more than");
}

static void refused_by_the_system(void)
{
	expect_refusal(ask_mapping, "refused 4503599627370496 bytes for the host table");
#ifndef __SANITIZE_ADDRESS__
	expect_refusal(ask_new, "refused 4503599627370496 bytes for the VM table");
	expect_refusal(ask_resize, "refused 4503599627370496 bytes for the trace samples");
#endif
}

static const struct test tests[] = {
	{"blocks are zeroed, also the part that a resize adds", blocks_are_zeroed},
	{"nothing is a size like others", nothing_is_a_size},
	{"strings are copied up to the end or to n", strings_are_copied},
	{"arrays double and keep what they hold", arrays_grow},
	{"large tables are zeroed and aligned to huge pages", huge_tables},
	{"pieces of an arena are zeroed, aligned and apart", arena_pieces},
	{"an arena keeps texts", arena_texts},
	{"sizes that overflow end the process with status 3", too_large_to_say},
	{"memory that the system refuses ends the process with status 3", refused_by_the_system},
};

SUITE(sim_memory, tests)

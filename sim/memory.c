/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that is there or ends the process: blocks, growing arrays, large tables on huge pages,
 * arenas. */
#include "sim/memory.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/fault.h"

#define HUGE_PAGE ((size_t)2 << 20)
#define PAGE ((size_t)4096)

/* Plain blocks from this size on ask for huge pages too: the last one, half used at worst, then
 * weighs little. */
#define HUGE_BLOCK (4 * HUGE_PAGE)

#define ARENA_FIRST ((size_t)4 << 10)
#define ARENA_LARGEST ((size_t)1 << 20)

/* Room of a growing array's first block, in elements. */
#define ARRAY_FIRST 8

static size_t memory_bytes(size_t count, size_t size, const char *what)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX)
		fault_surroundings("out of memory: %zu x %zu bytes for the %s are more than can be addressed",
		                   count, size, what);
	return bytes;
}

static _Noreturn void memory_refused(size_t bytes, const char *what)
{
	fault_surroundings("out of memory: the system refused %zu bytes for the %s", bytes, what);
}

/* Asks for huge pages under the whole ones of a large block. */
static void memory_advise(char *block, size_t bytes)
{
	size_t before = (HUGE_PAGE - (uintptr_t)block % HUGE_PAGE) % HUGE_PAGE;
	if (bytes >= HUGE_BLOCK)
		madvise(block + before, (bytes - before) / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
}

void *memory_new(size_t count, size_t size, const char *what)
{
	size_t bytes = memory_bytes(count, size, what);
	void *block = calloc(1, bytes ? bytes : 1);
	if (!block)
		memory_refused(bytes, what);
	memory_advise(block, bytes);
	return block;
}

void *memory_resize(void *block, size_t old_count, size_t count, size_t size, const char *what)
{
	ASSERT(block || old_count == 0);
	size_t bytes = memory_bytes(count, size, what);
	char *grown = realloc(block, bytes ? bytes : 1);
	if (!grown)
		memory_refused(bytes, what);
	memory_advise(grown, bytes);
	if (count > old_count)
		memset(grown + old_count * size, 0, bytes - old_count * size);
	return grown;
}

char *memory_string_n(const char *s, size_t n)
{
	size_t length = strnlen(s, n);
	char *copy = memory_new(length + 1, 1, "text");
	memcpy(copy, s, length);
	return copy;
}

char *memory_string(const char *s)
{
	return memory_string_n(s, strlen(s));
}

static size_t huge_length(size_t bytes)
{
	size_t unit = bytes < HUGE_PAGE ? PAGE : HUGE_PAGE;
	return bytes ? (bytes + unit - 1) / unit * unit : unit;
}

void *memory_huge_new(size_t bytes, const char *what)
{
	if (bytes > PTRDIFF_MAX - 2 * HUGE_PAGE)
		memory_refused(bytes, what);
	size_t length = huge_length(bytes);
	size_t slack = length < HUGE_PAGE ? 0 : HUGE_PAGE - PAGE;
	char *mapped = mmap(NULL, length + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mapped == MAP_FAILED)
		memory_refused(bytes, what);
	if (!slack)
		return mapped;
	/* The kernel aligns to small pages only: map more than is needed, and give the ends back. */
	size_t before = (HUGE_PAGE - (uintptr_t)mapped % HUGE_PAGE) % HUGE_PAGE;
	if (before)
		munmap(mapped, before);
	if (slack > before)
		munmap(mapped + before + length, slack - before);
	madvise(mapped + before, length, MADV_HUGEPAGE); /* a wish: a kernel without huge pages is no fault */
	return mapped + before;
}

void memory_huge_free(void *block, size_t bytes)
{
	if (block)
		munmap(block, huge_length(bytes));
}

void *memory_array_grow(void *array, uint32_t *room, size_t size, const char *what)
{
	if (*room > UINT32_MAX / 2)
		fault_surroundings("out of memory: the %s would have more than %u entries", what, UINT32_MAX);
	ASSERT(size && !array == !*room);
	uint32_t grown = *room ? *room * 2 : ARRAY_FIRST;
	array = memory_resize(array, *room, grown, size, what);
	*room = grown;
	return array;
}

struct arena_block {
	struct arena_block *before;
	size_t used, room;
	alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena)
{
	arena->last = NULL;
}

void arena_fini(struct arena *arena)
{
	for (struct arena_block *block = arena->last, *before; block; block = before) {
		before = block->before;
		free(block);
	}
	arena->last = NULL;
}

/* Blocks double up to 1 MiB: a small scenario costs a page, a large one few calls. */
static void arena_grow(struct arena *arena, size_t bytes)
{
	size_t room = arena->last ? arena->last->room * 2 : ARENA_FIRST;
	if (room > ARENA_LARGEST)
		room = ARENA_LARGEST;
	if (room < bytes)
		room = bytes;
	struct arena_block *block = memory_new(1, sizeof *block + room, "arena");
	block->before = arena->last;
	block->room = room;
	arena->last = block;
}

void *arena_new(struct arena *arena, size_t count, size_t size)
{
	size_t unit = alignof(max_align_t);
	size_t bytes = memory_bytes(count, size, "arena");
	if (bytes > PTRDIFF_MAX / 2)
		memory_refused(bytes, "arena");
	bytes = (bytes + unit - 1) / unit * unit;
	if (!arena->last || arena->last->room - arena->last->used < bytes)
		arena_grow(arena, bytes);
	ASSERT(arena->last->room - arena->last->used >= bytes);
	void *piece = arena->last->bytes + arena->last->used;
	arena->last->used += bytes;
	return piece;
}

char *arena_string_n(struct arena *arena, const char *s, size_t n)
{
	size_t length = strnlen(s, n);
	char *copy = arena_new(arena, length + 1, 1);
	memcpy(copy, s, length);
	return copy;
}

char *arena_string(struct arena *arena, const char *s)
{
	return arena_string_n(arena, s, strlen(s));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, arguments);
	ASSERT(length >= 0);
	char *text = arena_new(arena, (size_t)length + 1, 1);
	vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	va_end(arguments);
	return text;
}

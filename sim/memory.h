/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All memory of a run: plain blocks, growing arrays, and an arena.
 *
 * Every function here either succeeds or ends the process with status 3 and a message that says
 * what the memory was for (`what`: "VM table", "trace samples"): a simulator that has run out of
 * memory has nothing better to do, and its callers stay readable. Sizes are checked for overflow.
 * Blocks are zeroed.
 *
 * An arena hands out memory that is freed all at once; it is for things that live as long as a
 * scenario or a run (names, parsed trees, tables that never shrink). */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* count * size zeroed bytes; count or size may be 0 (then NULL or a unique pointer). Release with
 * free. */
void *memory_new(size_t count, size_t size, const char *what);

/* Grows (or shrinks) a block to count * size bytes; the new part is zeroed. */
void *memory_resize(void *block, size_t old_count, size_t count, size_t size, const char *what);

/* A copy of a string (or of its first n bytes), NUL-terminated. */
char *memory_string(const char *s);
char *memory_string_n(const char *s, size_t n);

/* Large zeroed tables, on huge pages where the kernel gives them (about 1.7 times faster at random
 * access over more than a few MiB). Blocks of 2 MiB and more are aligned to 2 MiB, smaller ones to
 * a page and take whole pages only. Release with memory_huge_free and the same size. */
void *memory_huge_new(size_t bytes, const char *what);
void memory_huge_free(void *block, size_t bytes);

/* Makes room for one more element of a growing array: capacity doubles from 8.
 *   ARRAY_GROW(w->hosts, w->host_count, w->host_room, "host table");
 *   w->hosts[w->host_count++] = ...; */
#define ARRAY_GROW(array, count, room, what) \
	((count) < (room) ? (void)0 \
	                  : (void)((array) = memory_array_grow((array), &(room), sizeof *(array), (what))))
void *memory_array_grow(void *array, uint32_t *room, size_t size, const char *what);

struct arena_block;
struct arena {
	struct arena_block *last;
};

void arena_init(struct arena *arena);
void arena_fini(struct arena *arena);
/* Zeroed, aligned for any type. */
void *arena_new(struct arena *arena, size_t count, size_t size);
char *arena_string(struct arena *arena, const char *s);
char *arena_string_n(struct arena *arena, const char *s, size_t n);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pending-event set: a monotone lazy radix queue of 16-byte entries.
 *
 * An entry is a key (int64, never negative) and a tag that the queue does not look at. Entries
 * leave in the order of (key, order of pushing). A push below the last popped key leaves next, in
 * key order.
 *
 * The idea: a radix tree with byte digits over the key. The bucket of an entry is given by the
 * highest byte in which its key differs from the base (a lower bound of every key in the tree) and
 * by that byte's value. Buckets are unsorted chains of 1 KiB chunks. When the earliest bucket
 * becomes current it is either, if small, sorted into the bottom (a small sorted array from which
 * entries leave) together with its small neighbours, or dealt out one byte lower; a bucket of the
 * lowest byte holds one key only and is read where it lies. So each entry moves at most eight times,
 * two or three in practice, sequentially; nothing is tuned to a distribution; and equal keys keep
 * their order because chains and deals keep it.
 *
 * Two invariants carry it:
 * - every key in the tree is at least `limit`, every key in the bottom below it, and base <= limit;
 * - where the current bucket is read in place, base = limit = its key, so that equal keys still
 *   join its chain.
 * Most pushes are at or above the limit and go to the tree, at once; the others are sorted into the
 * bottom, which is dealt out again when it is full. Should that lower the base, everything in levels
 * below the byte that changed belongs into one bucket; it is moved there. (That is rare: after a look
 * at a far entry, or a push below the last popped key by more than its low byte.)
 *
 * The family: Ahuja, Mehlhorn, Orlin and Tarjan, "Faster algorithms for the shortest path problem",
 * 1990 (radix heap); Tang, Goh and Thng, "Ladder queue", 2005 (the lazily sorted bottom).
 *
 * Cost: nearly flat in the number pending; see bench/README.md. Memory: 16 bytes an entry plus at
 * most one partly filled chunk a bucket in use. The struct is open so that push and pop are
 * inlined; nothing but the functions here touches it. */
#ifndef SIM_QUEUE_H
#define SIM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue_entry {
	int64_t key;
	uint64_t tag;
};

#define QUEUE_LEVELS 8               /* bytes of a key */
#define QUEUE_BUCKETS (QUEUE_LEVELS * 256)
#define QUEUE_CHUNK_BYTES 1024       /* a chunk is aligned to its size: the end of a full one tells itself */
#define QUEUE_CHUNK_ENTRIES (QUEUE_CHUNK_BYTES / 16 - 1)
#define QUEUE_BOTTOM 256

struct queue_chunk {
	struct queue_chunk *next;
	uint64_t from;                   /* entries before this one have left */
	struct queue_entry entries[QUEUE_CHUNK_ENTRIES];
};

struct queue_arena;

struct queue {
	struct queue_entry *at, *stop;       /* what leaves next: in the bottom, or in `reading` */
	uint64_t base, limit;
	size_t count;
	uint32_t levels;                     /* bit l: some bucket of level l is in use */
	struct queue_chunk *reading;         /* the chunk read in place, or NULL */
	struct queue_chunk *spare;           /* free chunks */
	char *fresh, *fresh_stop;            /* chunks never used, in the newest arena */
	struct queue_arena *arenas;
	uint64_t used[QUEUE_LEVELS][4];      /* a bit a bucket */
	struct queue_entry *end[QUEUE_BUCKETS];      /* where a bucket's next entry goes; NULL: none yet */
	struct queue_chunk *first[QUEUE_BUCKETS];    /* valid when `end` is not NULL */
	struct queue_entry bottom[QUEUE_BOTTOM];
};

struct queue *queue_open(void);
void queue_close(struct queue *q);

/* The parts of push and pop that are not hot. */
struct queue_entry *queue_grow(struct queue *q, size_t bucket);
void queue_push_early(struct queue *q, struct queue_entry e);
bool queue_refill(struct queue *q);

/* Adds to the tree; base <= key. */
static inline void queue_put(struct queue *q, struct queue_entry e)
{
	unsigned bit = 63u - (unsigned)__builtin_clzll(((uint64_t)e.key ^ q->base) | 1);
	unsigned shift = bit & ~7u;
	size_t bucket = (size_t)shift << 5 | ((uint64_t)e.key >> shift & 255);
	struct queue_entry *end = q->end[bucket];
	if (__builtin_expect(((uintptr_t)end & (QUEUE_CHUNK_BYTES - 1)) == 0, 0))
		end = queue_grow(q, bucket);
	*end = e;
	q->end[bucket] = end + 1;
}

/* Adds an entry. ASSERTs 0 <= key. */
static inline void queue_push(struct queue *q, struct queue_entry e)
{
	q->count++;
	if (__builtin_expect((uint64_t)e.key >= q->limit, 1))
		queue_put(q, e);
	else
		queue_push_early(q, e);
}

/* The earliest entry, without removing it: the pointer is valid until the next push or pop. NULL
 * when empty. */
static inline const struct queue_entry *queue_first(struct queue *q)
{
	if (__builtin_expect(q->at == q->stop, 0) && !queue_refill(q))
		return NULL;
	return q->at;
}

/* The entry n after the first, if it is sorted already; else NULL. A hint for who wants to fetch
 * ahead. */
static inline const struct queue_entry *queue_at_hand(const struct queue *q, size_t n)
{
	return n < (size_t)(q->stop - q->at) ? q->at + n : NULL;
}

/* Removes what queue_first returned; not NULL, and nothing pushed since. */
static inline void queue_drop(struct queue *q)
{
	q->at++;
	q->count--;
}

/* Removes the earliest entry into *e; false when empty. */
static inline bool queue_pop(struct queue *q, struct queue_entry *e)
{
	const struct queue_entry *first = queue_first(q);
	if (!first)
		return false;
	*e = *first;
	queue_drop(q);
	return true;
}

/* The earliest entry without removing it; false when empty. */
static inline bool queue_peek(struct queue *q, struct queue_entry *e)
{
	const struct queue_entry *first = queue_first(q);
	if (first)
		*e = *first;
	return first;
}

static inline size_t queue_count(const struct queue *q)
{
	return q->count;
}

/* Keeps only the entries for which keep() is true: O(entries). */
typedef bool queue_keep(const void *context, const struct queue_entry *e);
void queue_filter(struct queue *q, queue_keep *keep, const void *context);

#endif

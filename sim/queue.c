/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lazy radix queue's slower half: where buckets grow, and how the earliest one becomes the
 * bottom. */
#include "sim/queue.h"

#include <stdlib.h>
#include <string.h>

#include "sim/fault.h"
#include "sim/memory.h"

/* A bucket of at most KEEP entries is sorted at once; its neighbours are taken along while the
 * bottom holds fewer than MERGE. Tried: MERGE 8 to 20, and chunks of 512 to 2048 bytes, differ by
 * less than a tenth. */
#define KEEP 32
#define MERGE 12

#define ARENA_FIRST ((size_t)64 << 10)
#define ARENA_LARGEST ((size_t)64 << 20)

/* Lies in the first chunk of its own memory. */
struct queue_arena {
	struct queue_arena *before;
	size_t bytes;
};

struct queue *queue_open(void)
{
	struct queue *q = memory_new(1, sizeof *q, "event queue");
	q->at = q->stop = q->bottom;
	return q;
}

void queue_close(struct queue *q)
{
	for (struct queue_arena *arena = q->arenas, *before; arena; arena = before) {
		before = arena->before;
		memory_huge_free(arena, arena->bytes);
	}
	free(q);
}

/* Arenas double, so that a queue of ten entries costs 64 KiB (and touches less) and one of ten
 * million few calls. */
static void queue_arena_add(struct queue *q)
{
	size_t bytes = q->arenas ? q->arenas->bytes * 2 : ARENA_FIRST;
	if (bytes > ARENA_LARGEST)
		bytes = ARENA_LARGEST;
	ASSERT(bytes % QUEUE_CHUNK_BYTES == 0 && q->fresh == q->fresh_stop);
	struct queue_arena *arena = memory_huge_new(bytes, "event queue");
	*arena = (struct queue_arena){.before = q->arenas, .bytes = bytes};
	q->arenas = arena;
	q->fresh = (char *)arena + QUEUE_CHUNK_BYTES;
	q->fresh_stop = (char *)arena + bytes;
}

static struct queue_chunk *queue_chunk_new(struct queue *q)
{
	struct queue_chunk *chunk = q->spare;
	if (chunk) {
		q->spare = chunk->next;
	} else {
		if (q->fresh == q->fresh_stop)
			queue_arena_add(q);
		chunk = (struct queue_chunk *)(void *)q->fresh;
		q->fresh += QUEUE_CHUNK_BYTES;
	}
	chunk->next = NULL;
	chunk->from = 0;
	return chunk;
}

static inline void queue_chunk_free(struct queue *q, struct queue_chunk *chunk)
{
	chunk->next = q->spare;
	q->spare = chunk;
}

/* Adds a chunk to a bucket that has none or whose last one is full; returns where its next entry
 * goes. */
__attribute__((noinline)) struct queue_entry *queue_grow(struct queue *q, size_t bucket)
{
	/* Here and not in queue_push: a negative key has a bucket of its own, whose first entry
	 * comes this way. */
	ASSERT(bucket < QUEUE_BUCKETS - 128);
	struct queue_chunk *chunk = queue_chunk_new(q);
	struct queue_entry *end = q->end[bucket];
	if (end) {
		struct queue_chunk *last = (struct queue_chunk *)(void *)((char *)end - QUEUE_CHUNK_BYTES);
		last->next = chunk;
	} else {
		q->first[bucket] = chunk;
		q->used[bucket >> 8][bucket >> 6 & 3] |= UINT64_C(1) << (bucket & 63);
		q->levels |= 1u << (bucket >> 8);
	}
	return chunk->entries;
}

/* Makes a bucket empty; its chunks are the caller's. */
static inline void queue_detach(struct queue *q, size_t bucket)
{
	uint64_t *used = q->used[bucket >> 8];
	q->end[bucket] = NULL;
	used[bucket >> 6 & 3] &= ~(UINT64_C(1) << (bucket & 63));
	if (!(used[0] | used[1] | used[2] | used[3]))
		q->levels &= ~(1u << (bucket >> 8));
}

static inline struct queue_entry *queue_chunk_stop(struct queue_chunk *chunk, struct queue_entry *end)
{
	return chunk->next ? chunk->entries + QUEUE_CHUNK_ENTRIES : end;
}

/* Moves the entries of a bucket to where they belong by the present base. Fetching the next chunk
 * meanwhile is worth a quarter of the whole at a million pending. */
static void queue_deal(struct queue *q, size_t bucket)
{
	struct queue_entry *end = q->end[bucket];
	queue_detach(q, bucket);
	for (struct queue_chunk *chunk = q->first[bucket], *next; chunk; chunk = next) {
		next = chunk->next;
		struct queue_entry *stop = queue_chunk_stop(chunk, end);
		const struct queue_chunk *ahead = next ? next : chunk;
		for (struct queue_entry *e = chunk->entries + chunk->from; e < stop; e++) {
			__builtin_prefetch(&ahead->entries[e - chunk->entries]);
			queue_put(q, *e);
		}
		queue_chunk_free(q, chunk);
	}
}

/* Reads the bucket of the base, all of one key, where it lies. */
static void queue_read(struct queue *q)
{
	size_t bucket = q->base & 255;
	struct queue_chunk *chunk = q->first[bucket];
	q->reading = chunk;
	q->limit = q->base;
	q->at = chunk->entries + chunk->from;
	q->stop = queue_chunk_stop(chunk, q->end[bucket]);
}

/* Stops reading in place: what has left is taken from the bucket, and the bottom is there again,
 * empty. */
static void queue_read_end(struct queue *q)
{
	size_t bucket = q->base & 255;
	struct queue_chunk *chunk = q->reading;
	if (q->at == q->end[bucket]) {
		queue_detach(q, bucket);
		queue_chunk_free(q, chunk);
	} else if (q->at == chunk->entries + QUEUE_CHUNK_ENTRIES) {
		q->first[bucket] = chunk->next;
		queue_chunk_free(q, chunk);
	} else {
		chunk->from = (uint64_t)(q->at - chunk->entries);
	}
	q->reading = NULL;
	q->at = q->stop = q->bottom;
}

/* Deals the full bottom out into the tree, from which the next queue_refill takes less of it. */
static void queue_spill(struct queue *q, uint64_t lowest)
{
	ASSERT(q->at == q->bottom && q->stop == q->bottom + QUEUE_BOTTOM && !q->reading);
	if (lowest < q->base) {
		/* Levels below the highest byte that changes hold keys that now differ in that byte. */
		unsigned bit = 63u - (unsigned)__builtin_clzll(lowest ^ q->base);
		uint32_t below = q->levels & ((1u << (bit >> 3)) - 1);
		q->base = lowest;
		for (; below; below &= below - 1) {
			size_t level = (size_t)__builtin_ctz(below);
			for (size_t word = 0; word < 4; word++)
				for (uint64_t bits = q->used[level][word]; bits; bits &= bits - 1)
					queue_deal(q, level << 8 | word << 6 | (size_t)__builtin_ctzll(bits));
		}
	}
	q->base = q->limit = lowest;
	for (struct queue_entry *e = q->at; e < q->stop; e++)
		queue_put(q, *e);
	q->at = q->stop = q->bottom;
}

/* Puts `e` into the sorted entries [first, stop), behind those with equal keys; there is room for it. */
static inline void queue_sort_in(struct queue_entry *first, struct queue_entry *stop, struct queue_entry e)
{
	while (stop > first && stop[-1].key > e.key) {
		*stop = stop[-1];
		stop--;
	}
	*stop = e;
}

__attribute__((noinline)) void queue_push_early(struct queue *q, struct queue_entry e)
{
	ASSERT(e.key >= 0);
	if (q->reading)
		queue_read_end(q);
	if (q->stop == q->bottom + QUEUE_BOTTOM) {
		if (q->at == q->bottom) {
			queue_spill(q, (uint64_t)(q->at->key < e.key ? q->at->key : e.key));
			queue_put(q, e);
			return;
		}
		size_t left = (size_t)(q->stop - q->at);
		memmove(q->bottom, q->at, left * sizeof *q->bottom);
		q->at = q->bottom;
		q->stop = q->bottom + left;
	}
	queue_sort_in(q->at, q->stop++, e);
}

/* The number of entries in a bucket that is small enough for the bottom, or 0. */
static inline size_t queue_small(const struct queue *q, size_t bucket)
{
	const struct queue_chunk *chunk = q->first[bucket];
	size_t entries = (size_t)(q->end[bucket] - chunk->entries);
	return chunk->next || entries > KEEP ? 0 : entries;
}

/* Sorts a small bucket behind the present bottom. By ranks, since with about four entries in random
 * order the branches of an insertion sort, guessed wrong once an entry, cost twice as much as all
 * comparisons without any. */
static inline void queue_sort(struct queue *q, size_t bucket, size_t entries)
{
	struct queue_chunk *chunk = q->first[bucket];
	const struct queue_entry *in = chunk->entries;
	uint32_t rank[KEEP];
	for (size_t i = 0; i < entries; i++) {
		rank[i] = 0;
		for (size_t j = 0; j < i; j++) {
			uint32_t later = in[j].key > in[i].key;
			rank[j] += later;
			rank[i] += 1 - later;
		}
	}
	for (size_t i = 0; i < entries; i++)
		q->stop[rank[i]] = in[i];
	q->stop += entries;
	queue_detach(q, bucket);
	queue_chunk_free(q, chunk);
}

/* Makes the bottom of a small bucket of a level above the lowest, and of its next ones while they
 * are small and few. */
static void queue_sort_small(struct queue *q, unsigned level, size_t bucket, size_t entries)
{
	const uint64_t *word = &q->used[level][bucket >> 6 & 3];
	size_t last = bucket;
	q->at = q->stop = q->bottom;
	for (;;) {
		queue_sort(q, bucket, entries);
		last = bucket;
		if (!*word || q->stop - q->bottom >= MERGE)
			break;
		bucket = (bucket & ~(size_t)63) | (size_t)__builtin_ctzll(*word);
		entries = queue_small(q, bucket);
		if (!entries)
			break;
	}
	unsigned shift = level * 8;
	uint64_t above = q->base >> shift >> 8 << 8;
	q->base = (above | (last & 255)) << shift;
	q->limit = q->base + (UINT64_C(1) << shift);
}

/* Finds the entries that leave next, when those at hand have left. False when there are none. */
__attribute__((noinline)) bool queue_refill(struct queue *q)
{
	if (q->reading)
		queue_read_end(q);
	while (q->levels) {
		unsigned level = (unsigned)__builtin_ctz(q->levels), word = 0;
		while (!q->used[level][word])
			word++;
		size_t digit = word << 6 | (size_t)__builtin_ctzll(q->used[level][word]);
		size_t bucket = (size_t)level << 8 | digit;
		size_t entries = level ? queue_small(q, bucket) : 0;
		if (entries) {
			queue_sort_small(q, level, bucket, entries);
			return true;
		}
		unsigned shift = level * 8;
		q->base = ((q->base >> shift >> 8 << 8) | digit) << shift;
		if (level == 0) {
			queue_read(q);
			return true;
		}
		queue_deal(q, bucket);
	}
	return false;
}

static void queue_filter_bucket(struct queue *q, size_t bucket, queue_keep *keep, const void *context)
{
	struct queue_entry *end = q->end[bucket];
	queue_detach(q, bucket);
	for (struct queue_chunk *chunk = q->first[bucket], *next; chunk; chunk = next) {
		next = chunk->next;
		struct queue_entry *stop = queue_chunk_stop(chunk, end);
		for (struct queue_entry *e = chunk->entries + chunk->from; e < stop; e++) {
			if (!keep(context, e))
				continue;
			queue_put(q, *e); /* the base is the same, so it is the same bucket */
			q->count++;
		}
		queue_chunk_free(q, chunk);
	}
}

void queue_filter(struct queue *q, queue_keep *keep, const void *context)
{
	if (q->reading)
		queue_read_end(q);
	struct queue_entry *kept = q->at;
	for (struct queue_entry *e = q->at; e < q->stop; e++)
		if (keep(context, e))
			*kept++ = *e;
	q->stop = kept;
	q->count = (size_t)(q->stop - q->at);
	ASSERT(q->stop <= q->bottom + QUEUE_BOTTOM);
	for (size_t bucket = 0; bucket < QUEUE_BUCKETS; bucket++)
		if (q->end[bucket])
			queue_filter_bucket(q, bucket, keep, context);
}

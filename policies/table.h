/* SPDX-License-Identifier: MIT */
/* Tables of a policy, a row a host or guest: where they lie, how they are put in order, who has room.
 *
 * It includes nothing but the C standard's own headers, and a plug-in may take a copy of it. */
#ifndef POLICIES_TABLE_H
#define POLICIES_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Zeroed, to be freed with free(). Without memory the program ends: a run that went on would be another
 * run. */
static inline void *table_new(size_t n, size_t size)
{
	void *table = calloc(n ? n : 1, size);
	if (!table)
		abort();
	return table;
}

/* Hosts or guests in order of a number; equal ones in order of their ids, so that the order is the same on
 * every machine. */
struct rank {
	double key;                    /* not NaN */
	uint32_t id;
};

static inline int rank_compare(const void *left, const void *right)
{
	const struct rank *a = left, *b = right;
	if (a->key < b->key || a->key > b->key)
		return a->key < b->key ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

/* Ascending; for the opposite, rank by the negated number. */
static inline void rank_sort(struct rank *ranks, size_t n)
{
	if (n > 1)
		qsort(ranks, n, sizeof *ranks, rank_compare);
}

/* So much is left in each row, and the first row with so much, or the row with most, is found in log n: a
 * tree of maxima, in which leaf k is left[leaves + k] and a parent is the larger of its children. */
struct room {
	uint32_t rows, leaves;
	double *left;
};

#define ROOM_NONE UINT32_MAX

static inline void room_set(struct room *r, uint32_t row, double left)
{
	uint32_t i = r->leaves + row;
	r->left[i] = left;
	for (i /= 2; i > 0; i /= 2) {
		double a = r->left[2 * i], b = r->left[2 * i + 1];
		r->left[i] = a > b ? a : b;
	}
}

/* All rows have less than nothing left; to be freed with free(room.left). */
static inline struct room room_new(uint32_t rows)
{
	struct room r = {rows, 1, NULL};
	while (r.leaves < rows)
		r.leaves *= 2;
	r.left = table_new(2 * (size_t)r.leaves, sizeof *r.left);
	for (uint32_t i = 0; i < 2 * r.leaves; i++)
		r.left[i] = -1;
	return r;
}

static inline double room_left(const struct room *r, uint32_t row)
{
	return r->left[r->leaves + row];
}

/* The first row from `from` on with so much left, at least 0; ROOM_NONE: there is none. */
static inline uint32_t room_first(const struct room *r, double amount, uint32_t from)
{
	uint32_t i = r->leaves + from;
	if (from >= r->rows)
		return ROOM_NONE;
	while (r->left[i] < amount) {
		while (i % 2 == 1)
			i /= 2; /* everything below this parent has been seen */
		if (i == 0)
			return ROOM_NONE;
		i++;
	}
	while (i < r->leaves)
		i = 2 * i + (r->left[2 * i] < amount);
	return i - r->leaves;
}

/* The row with most left, the first of equal ones; ROOM_NONE: nowhere is anything left. */
static inline uint32_t room_most(const struct room *r)
{
	return r->left[1] < 0 ? ROOM_NONE : room_first(r, r->left[1], 0);
}

#endif

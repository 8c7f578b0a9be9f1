/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many sharings with weights and floors at once, one in each lane of an AVX-512 register; one by one where
 * there is none, and in columns that have not settled. A level comes from doubles and is then held against
 * whole numbers (share_eight.h), as in share_few.c. */
#include "sim/share.h"

#include <stdbool.h>
#include <stddef.h>

#include "sim/fault.h"
#include "sim/share_eight.h"
#include "sim/share_few.h"

#define WIDTH SHARE_BATCH_BLOCK

/* By share_solve, into the same column. */
static void column_solve(const struct share_batch *b, size_t k)
{
	int64_t want[SHARE_MANY_CLAIMANTS], floor[SHARE_MANY_CLAIMANTS], given[SHARE_MANY_CLAIMANTS];
	uint32_t weight[SHARE_MANY_CLAIMANTS];
	for (uint32_t i = 0; i < b->n; i++) {
		size_t at = k + (size_t)i * b->stride;
		want[i] = (int64_t)b->want[at];
		floor[i] = b->floor ? (int64_t)b->floor[at] : 0;
		weight[i] = b->weight ? (uint32_t)b->weight[at] : 1;
	}
	b->level[k] = 0;
	share_solve_from(b->n, want, floor, weight, (int64_t)b->capacity[k], given, &b->level[k]);
	for (uint32_t i = 0; i < b->n; i++)
		b->given[k + (size_t)i * b->stride] = (double)given[i];
}

#ifdef EIGHT

#define PASSES_MAX 10
#define ALL_MOST 0x1p50 /* a level at which all are at their tops */

/* What is absent is a constant where this is used, so it costs nothing. */
struct form {
	bool floors, weights;
};

struct lanes {
	__m512d want, floor, weight;
};

EIGHT_INLINE struct lanes lanes_load(const struct share_batch *b, size_t at, struct form form)
{
	return (struct lanes){ _mm512_loadu_pd(b->want + at),
		               form.floors ? _mm512_loadu_pd(b->floor + at) : _mm512_setzero_pd(),
		               form.weights ? _mm512_loadu_pd(b->weight + at) : _mm512_set1_pd(1) };
}

/* Where there is no level yet: all are free, or at their tops if that fits. */
EIGHT_INLINE __m512d level_first(const struct share_batch *b, size_t k, __m512d level, struct form form)
{
	__m512d want = _mm512_setzero_pd(), weight = want, capacity = _mm512_loadu_pd(b->capacity + k);
	for (uint32_t i = 0; i < b->n; i++) {
		struct lanes c = lanes_load(b, k + (size_t)i * b->stride, form);
		want = _mm512_add_pd(want, c.want);
		weight = _mm512_add_pd(weight, c.weight);
	}
	__m512d first = _mm512_mask_mov_pd(_mm512_div_pd(capacity, weight),
	                                   _mm512_cmp_pd_mask(want, capacity, _CMP_LE_OQ),
	                                   _mm512_set1_pd(ALL_MOST));
	return _mm512_mask_mov_pd(level, _mm512_cmp_pd_mask(level, _mm512_setzero_pd(), _CMP_LE_OQ), first);
}

/* R / W where that is a level, else one at which all are at their tops. */
EIGHT_INLINE __m512d level_of(__m512d units, __m512d weight)
{
	__mmask8 some = _mm512_cmp_pd_mask(weight, _mm512_setzero_pd(), _CMP_GT_OQ);
	return _mm512_max_pd(_mm512_mask_div_pd(_mm512_set1_pd(ALL_MOST), some, units, weight),
	                     _mm512_setzero_pd());
}

/* What is left for those that are free at a level, or nearly so, and the level at which they use it up. */
EIGHT_INLINE struct levels levels_after(const struct share_batch *b, size_t k, __m512d level,
                                        struct form form)
{
	__m512d left = _mm512_loadu_pd(b->capacity + k), weight = _mm512_setzero_pd();
	for (uint32_t i = 0; i < b->n; i++) {
		struct lanes c = lanes_load(b, k + (size_t)i * b->stride, form);
		__m512d x = _mm512_mul_pd(level, c.weight);
		__m512d low = form.floors ? _mm512_max_pd(c.floor, x) : x;
		/* Who is free is between its bounds: then nothing but x is x. */
		__mmask8 free = _mm512_cmp_pd_mask(c.want, x, _CMP_GT_OQ);
		if (form.floors)
			free = _mm512_mask_cmp_pd_mask(free, c.floor, x, _CMP_LT_OQ);
		left = _mm512_mask_sub_pd(left, (__mmask8)~free, left, _mm512_min_pd(low, c.want));
		weight = _mm512_mask_add_pd(weight, free, weight, c.weight);
	}
	return (struct levels){ left, weight, level_of(left, weight) };
}

/* The shares of one claimant at a level; makes *free the columns in which it is between its bounds. */
EIGHT_INLINE __m512d shares_at(struct lanes c, struct exact x, __mmask8 *free, bool floors)
{
	__m512d share = _mm512_min_pd(x.whole, c.want);
	*free = _mm512_cmp_pd_mask(c.want, x.whole, _CMP_GT_OQ);
	if (!floors)
		return share;
	__mmask8 more = _mm512_cmp_pd_mask(x.rest, _mm512_setzero_pd(), _CMP_GT_OQ);
	__m512d up = _mm512_mask_add_pd(x.whole, more, x.whole, _mm512_set1_pd(1));
	__mmask8 bottom = _mm512_mask_cmp_pd_mask(*free, c.floor, up, _CMP_GE_OQ);
	*free = (__mmask8)(*free & ~bottom);
	return _mm512_mask_mov_pd(share, bottom, c.floor);
}

struct block {
	struct levels level, after; /* of which the shares are; and of those that are free at that */
	__m512d left;               /* units that rounding left */
	__mmask8 right;             /* columns whose shares use up the capacity */
	__mmask8 free[SHARE_MANY_CLAIMANTS];
};

/* Writes the shares at a level. */
EIGHT_INLINE void shares_write(const struct share_batch *b, size_t k, struct block *block, struct form form)
{
	const __m512d zero = _mm512_setzero_pd();
	struct levels l = block->level;
	__m512d rests = zero, weight = zero, rest = _mm512_loadu_pd(b->capacity + k), units = rest;
	for (uint32_t i = 0; i < b->n; i++) {
		size_t at = k + (size_t)i * b->stride;
		struct lanes c = lanes_load(b, at, form);
		struct exact x = exact_share(l, c.weight);
		__mmask8 free;
		__m512d share = shares_at(c, x, &free, form.floors);
		block->free[i] = free;
		rest = _mm512_sub_pd(rest, share);
		units = _mm512_mask_sub_pd(units, (__mmask8)~free, units, share);
		rests = _mm512_mask_add_pd(rests, free, rests, x.rest);
		weight = _mm512_mask_add_pd(weight, free, weight, c.weight);
		_mm512_storeu_pd(b->given + at, share);
	}
	__mmask8 some = _mm512_cmp_pd_mask(l.weight, zero, _CMP_GT_OQ);
	__mmask8 whole = _mm512_cmp_pd_mask(_mm512_mul_pd(rest, l.weight), rests, _CMP_EQ_OQ);
	__mmask8 right = _mm512_cmp_pd_mask(_mm512_min_pd(rest, l.units), zero, _CMP_GE_OQ);
	block->left = rest;
	block->right = (__mmask8)(right & (whole | ~some));
	block->after = (struct levels){ units, weight, level_of(units, weight) };
}

/* One unit more to the first that are free, while there are some left. */
EIGHT_INLINE void remainder_hand(const struct share_batch *b, size_t k, const struct block *block)
{
	const __m512d one = _mm512_set1_pd(1);
	__m512d left = block->left;
	for (uint32_t i = 0; i < b->n; i++) {
		double *at = b->given + k + (size_t)i * b->stride;
		__mmask8 some = _mm512_cmp_pd_mask(left, _mm512_setzero_pd(), _CMP_GT_OQ);
		__mmask8 more = (__mmask8)(block->free[i] & some & block->right);
		__m512d share = _mm512_loadu_pd(at);
		left = _mm512_mask_sub_pd(left, more, left, one);
		_mm512_storeu_pd(at, _mm512_mask_add_pd(share, more, share, one));
	}
}

/* Level after level until none changes. */
EIGHT_INLINE struct levels levels_search(const struct share_batch *b, size_t k, struct levels l,
                                         struct form form)
{
	for (int pass = 0; pass < PASSES_MAX; pass++) {
		struct levels after = levels_after(b, k, l.level, form);
		if (_mm512_cmp_pd_mask(after.units, l.units, _CMP_NEQ_OQ) == 0 &&
		    _mm512_cmp_pd_mask(after.weight, l.weight, _CMP_NEQ_OQ) == 0)
			break;
		l = after;
	}
	return l;
}

/* One block; gives the columns that are not right. From levels nearby, it hopes for the best each time. */
EIGHT_INLINE uint32_t block_solve(const struct share_batch *b, size_t k, struct form form)
{
	struct block block;
	__m512d start = _mm512_loadu_pd(b->level + k);
	bool warm = _mm512_cmp_pd_mask(start, _mm512_setzero_pd(), _CMP_LE_OQ) == 0;
	if (!warm)
		start = level_first(b, k, start, form);
	block.level = levels_after(b, k, start, form);
	if (!warm)
		block.level = levels_search(b, k, block.level, form);
	shares_write(b, k, &block, form);
	for (int pass = 0; pass < PASSES_MAX && block.right != 0xff; pass++) {
		block.level = block.after;
		shares_write(b, k, &block, form);
	}
	remainder_hand(b, k, &block);
	_mm512_storeu_pd(b->level + k, block.level.level);
	return (uint8_t)~block.right;
}

EIGHT static uint32_t block_wrong(const struct share_batch *b, size_t k)
{
	if (b->floor)
		return b->weight ? block_solve(b, k, (struct form){ true, true })
		                 : block_solve(b, k, (struct form){ true, false });
	return b->weight ? block_solve(b, k, (struct form){ false, true })
	                 : block_solve(b, k, (struct form){ false, false });
}

#else

static uint32_t block_wrong(const struct share_batch *b, size_t k)
{
	(void)b, (void)k;
	return (1u << WIDTH) - 1;
}

#endif

void share_batch(const struct share_batch *b)
{
	ASSERT(b->n >= 1 && b->n <= SHARE_MANY_CLAIMANTS && b->columns % WIDTH == 0);
	bool here = share_few_here();
	for (uint32_t k = 0; k < b->columns; k += WIDTH)
		for (uint32_t wrong = here ? block_wrong(b, k) : (1u << WIDTH) - 1; wrong; wrong &= wrong - 1)
			column_solve(b, k + (uint32_t)__builtin_ctz(wrong));
}

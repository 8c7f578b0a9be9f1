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
	return _mm512_max_pd(_mm512_mask_div_round_pd(_mm512_set1_pd(ALL_MOST), some, units, weight, DOWN),
	                     _mm512_setzero_pd());
}

/* What is left for those that are free at a level, or nearly so, and the level at which they use it up. Who
 * is free gets x, so who gets x passes for free: it makes no difference to one whose bound is just x. */
EIGHT_INLINE struct levels levels_after(const struct share_batch *b, size_t k, __m512d level,
                                        struct form form)
{
	__m512d left = _mm512_loadu_pd(b->capacity + k), weight = _mm512_setzero_pd();
	for (uint32_t i = 0; i < b->n; i++) {
		struct lanes c = lanes_load(b, k + (size_t)i * b->stride, form);
		__m512d x = _mm512_mul_pd(level, c.weight);
		__m512d share = _mm512_min_pd(form.floors ? _mm512_max_pd(c.floor, x) : x, c.want);
		__mmask8 bound = _mm512_cmp_pd_mask(share, x, _CMP_NEQ_OQ);
		left = _mm512_mask_sub_pd(left, bound, left, share);
		weight = _mm512_mask_add_pd(weight, (__mmask8)~bound, weight, c.weight);
	}
	return (struct levels){ left, weight, level_of(left, weight) };
}

struct block {
	struct levels level;        /* of which the shares are */
	__m512d left;               /* units that rounding left */
	__mmask8 right;             /* columns whose shares use up the capacity */
	__mmask8 free[SHARE_MANY_CLAIMANTS]; /* columns in which a claimant is between its bounds */
};

/* Writes the shares at a level. */
EIGHT_INLINE void shares_write(const struct share_batch *b, size_t k, struct block *block, struct form form)
{
	const __m512d zero = _mm512_setzero_pd(), one = _mm512_set1_pd(1);
	struct levels l = block->level;
	__m512d rests = zero, left = _mm512_loadu_pd(b->capacity + k);
	for (uint32_t i = 0; i < b->n; i++) {
		size_t at = k + (size_t)i * b->stride;
		struct lanes c = lanes_load(b, at, form);
		struct exact x = exact_share(l, c.weight);
		__mmask8 free = _mm512_cmp_pd_mask(c.want, x.whole, _CMP_GT_OQ);
		__m512d share = x.whole;
		if (form.floors) {
			__m512d up = _mm512_add_pd(x.whole, _mm512_min_pd(x.rest, one));
			free = _mm512_mask_cmp_pd_mask(free, c.floor, up, _CMP_LT_OQ);
			share = _mm512_max_pd(c.floor, share);
		}
		share = _mm512_min_pd(share, c.want);
		block->free[i] = free;
		left = _mm512_sub_pd(left, share);
		rests = _mm512_mask_add_pd(rests, free, rests, x.rest);
		_mm512_storeu_pd(b->given + at, share);
	}
	__mmask8 none = _mm512_cmp_pd_mask(l.weight, zero, _CMP_LE_OQ);
	__mmask8 whole = _mm512_cmp_pd_mask(_mm512_mul_pd(left, l.weight), rests, _CMP_EQ_OQ);
	__mmask8 right = _mm512_cmp_pd_mask(_mm512_min_pd(left, l.units), zero, _CMP_GE_OQ);
	block->left = _mm512_mask_mov_pd(left, none, zero);
	block->right = (__mmask8)(right & (whole | none));
}

/* One unit more to the first that are free, while there are some left. Counting those before is quicker than
 * taking from what is left: a cycle for each claimant, not four. */
EIGHT_INLINE void remainder_hand(const struct share_batch *b, size_t k, const struct block *block)
{
	const __m512i one = _mm512_set1_epi64(1);
	__m512i left = _mm512_maskz_cvtpd_epi64(block->right, block->left), before = _mm512_setzero_si512();
	for (uint32_t i = 0; i < b->n; i++) {
		double *at = b->given + k + (size_t)i * b->stride;
		__mmask8 more = _mm512_mask_cmplt_epi64_mask(block->free[i], before, left);
		__m512d share = _mm512_loadu_pd(at);
		_mm512_storeu_pd(at, _mm512_mask_add_pd(share, more, share, _mm512_set1_pd(1)));
		before = _mm512_mask_add_epi64(before, block->free[i], before, one);
		if (i % WIDTH == WIDTH - 1 && _mm512_cmplt_epi64_mask(before, left) == 0)
			return;
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
		block.level = levels_after(b, k, block.level.level, form);
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

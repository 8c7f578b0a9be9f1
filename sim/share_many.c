/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many equal-weight sharings at once, one in each lane of a vector register. All numbers are whole and
 * below 2^53, so every comparison and every sum is exact, and the result is share_solve's. */
#include "sim/share.h"

#include <stdbool.h>
#include <stddef.h>

#include "sim/fault.h"
#include "sim/lanes.h"

/* Eight whole numbers side by side; compilers split them where registers are
 * narrower. Every function that takes or returns them is inlined, so it does
 * not matter that the calling convention depends on the registers there are. */
#pragma GCC diagnostic ignored "-Wpsabi"
typedef double numbers __attribute__((vector_size(64), aligned(8)));
typedef int64_t choice __attribute__((vector_size(64)));

#define WIDTH 8
#define PARTS (SHARE_MANY_BLOCK / WIDTH)

/* Of each lane: what is left for the free claimants, and how many they are. The level is left / free. */
struct levels {
	numbers left, free;
};

LANES_INLINE numbers all(double x)
{
	return (numbers){x, x, x, x, x, x, x, x};
}

LANES_INLINE numbers where(choice m, numbers x)
{
	return (numbers)((choice)x & m);
}

LANES_INLINE numbers load(const double *at)
{
	return *(const numbers *)at;
}

/* One round: who wants no more than the level is at its top. Tells whether a lane changed. Levels only
 * rise from round to round, so it settles in at most n rounds (five or six are usual). */
LANES_INLINE bool round_many(const double *want, uint32_t n, uint32_t stride, double capacity,
                             struct levels l[PARTS])
{
	numbers fixed[PARTS] = {all(0), all(0)}, tops[PARTS] = {all(0), all(0)};
	for (uint32_t g = 0; g < n; g++)
		for (int p = 0; p < PARTS; p++) {
			numbers x = load(want + (size_t)g * stride + p * WIDTH);
			choice top = x * l[p].free <= l[p].left;
			fixed[p] += where(top, x);
			tops[p] += where(top, all(1));
		}
	choice moved = {0};
	for (int p = 0; p < PARTS; p++) {
		numbers free = all((double)n) - tops[p];
		moved |= free != l[p].free;
		l[p].free = free;
		l[p].left = all(capacity) - fixed[p];
	}
	int64_t any = 0;
	for (int k = 0; k < WIDTH; k++)
		any |= moved[k];
	return any != 0;
}

/* left / free rounded down. Rounding to nearest by way of 2^52 is at most one off, and the products tell. */
LANES_INLINE numbers floor_ratio(struct levels l)
{
	numbers q = (l.left / l.free + 0x1p52) - 0x1p52;
	q -= where(q * l.free > l.left, all(1));
	q += where((q + 1) * l.free <= l.left, all(1));
	return q;
}

/* Adds to lost[g], lane by lane, what claimant g wants and does not get in the columns of one block. */
LANES_INLINE void block_many(const double *want, uint32_t n, uint32_t stride, double capacity, numbers *lost)
{
	struct levels l[PARTS];
	numbers share[PARTS], spare[PARTS];
	for (int p = 0; p < PARTS; p++)
		l[p] = (struct levels){all(capacity), all((double)n)};
	while (round_many(want, n, stride, capacity, l))
		;
	for (int p = 0; p < PARTS; p++) {
		share[p] = floor_ratio(l[p]);
		spare[p] = l[p].left - share[p] * l[p].free;
	}
	for (uint32_t g = 0; g < n; g++)
		for (int p = 0; p < PARTS; p++) {
			numbers x = load(want + (size_t)g * stride + p * WIDTH);
			/* Masks one after the other: compilers take a mask
			 * of two comparisons apart, lane by lane. */
			numbers one = where(x * l[p].free > l[p].left, all(1));
			numbers extra = where(spare[p] > 0, one);
			spare[p] -= extra;
			lost[g] += where(one > 0, x - share[p] - extra);
		}
}

/* tidy: many because it is share_many, compiled for wide registers. */
LANES static void blocks_many(uint32_t n, uint32_t columns, const double *want, uint32_t stride,
                              double capacity, double *lost)
{
	numbers lanes[SHARE_MANY_CLAIMANTS];
	for (uint32_t g = 0; g < n; g++)
		lanes[g] = all(0);
	for (uint32_t k = 0; k < columns; k += SHARE_MANY_BLOCK)
		block_many(want + k, n, stride, capacity, lanes);
	for (uint32_t g = 0; g < n; g++)
		for (int k = 0; k < WIDTH; k++)
			lost[g] += lanes[g][k];
}

/* tidy: many because a struct of the caller's table would be filled for a single call. */
void share_many(uint32_t n, uint32_t columns, const double *want, uint32_t stride, double capacity,
                double *lost)
{
	ASSERT(n <= SHARE_MANY_CLAIMANTS && columns % SHARE_MANY_BLOCK == 0);
	blocks_many(n, columns, want, stride, capacity, lost);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weighted max-min fair shares with reservations and caps, in whole units, exact to the last one.
 *
 * n claimants share a capacity C. Claimant i asks for want[i] (its demand, already cut to its cap), holds a
 * reservation floor[i] <= want[i], and has a weight w[i] >= 1. If the wants fit, each gets its want.
 * Otherwise there is one level L (units per weight) with
 *     x[i] = min(want[i], max(floor[i], L w[i])),   sum x = C
 * (water-filling; Bertsekas and Gallager 1992, section 6.5.2, with lower bounds), and claimant i gets x[i]
 * rounded down; the fewer than n units that rounding leaves go one each to the first claimants, in order,
 * that are between their bounds. So the shares add up to C exactly, and the result is a function of the
 * inputs alone: two algorithms that are right agree to the last unit.
 *
 * Should the floors alone exceed C (a host lost cores), each floor
 * is first cut to its floor * C / sum of floors, rounded down.
 *
 * Units are the caller's (vCPU: Hz; links: bit/s). Bounds: want, C < 2^50; w <= 2^20; n <= 65,536. */
#ifndef SIM_SHARE_H
#define SIM_SHARE_H

#include <stdint.h>

/* Writes given[0..n). Returns their sum: min(capacity, sum of wants). floor may be NULL (no reservations),
 * weight may be NULL (all equal). given may not overlap the inputs. */
int64_t share_solve(uint32_t n, const int64_t *want, const int64_t *floor, const uint32_t *weight,
                    int64_t capacity, int64_t *given);

/* The same, beginning from the level of a solution nearby, such as before one of the claimants changed, and
 * leaving this solution's there: where the same claimants are at their bounds, two passes do. *level is 0
 * at first. It is a hint: the shares are share_solve's, whatever it says. */
int64_t share_solve_from(uint32_t n, const int64_t *want, const int64_t *floor, const uint32_t *weight,
                         int64_t capacity, int64_t *given, double *level);

/* Many problems at once: the same n claimants and capacity, equal weights, no floors, in `columns`
 * columns: want[i * stride + k] is what claimant i asks for in column k. Adds to lost[i] what it wants and
 * does not get, summed over the columns; exactly share_solve's result. Every column's wants must exceed
 * the capacity or all be 0 (padding); all are whole numbers, with n * want < 2^53 and sums of lost < 2^53.
 * columns is a multiple of SHARE_MANY_BLOCK. */
#define SHARE_MANY_BLOCK 16
#define SHARE_MANY_CLAIMANTS 512
void share_many(uint32_t n, uint32_t columns, const double *want, uint32_t stride, double capacity,
                double *lost);

/* Many problems at once, each share_solve's: column k is one of n claimants, claimant i of which is at
 * i * stride + k. All are whole numbers; sums of a column's wants are below 2^53. floor and weight may be
 * NULL. level[k] is share_solve_from's. Pad with columns of wants 0, and problems with claimants of want 0
 * and weight 1. columns is a multiple of SHARE_BATCH_BLOCK; n is at most SHARE_MANY_CLAIMANTS. */
#define SHARE_BATCH_BLOCK 8
struct share_batch {
	uint32_t n, columns, stride;
	const double *want, *floor, *weight, *capacity;
	double *given, *level;
};
void share_batch(const struct share_batch *batch);

#endif

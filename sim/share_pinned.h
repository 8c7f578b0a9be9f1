/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weighted max-min fair shares of equal cores, where claimants may be bound to some of the cores.
 *
 * As sim/share.h, with two things more. Claimant i may run only on the cores of its mask, and claimants of
 * a higher tier are served before those of a lower one (strict priority). What can be delivered is a
 * polymatroid: for every set U of cores, the claimants whose masks lie within U get at most the capacity
 * of U together (that is also enough: preemptive wrap-around, McNaughton 1959, as long as no claimant wants
 * more than its own virtual CPUs can use). The fair point in it is found by decomposition (Groenevelt
 * 1991; Fujishige 1980): share as if nobody were bound; take the set that is most overloaded by that; then
 * it and the rest are two smaller problems. Every sharing is share_solve's, so the result is exact to the
 * last unit.
 *
 * Cost: 2^m n a split, m the number of different masks; at most SHARE_PINNED_MASKS of them. */
#ifndef SIM_SHARE_PINNED_H
#define SIM_SHARE_PINNED_H

#include <stdint.h>

#define SHARE_PINNED_MASKS 10
#define SHARE_PINNED_CORES 64

struct share_pinned {
	uint32_t n;                  /* claimants, at most 65,536 */
	const int64_t *want, *floor; /* floor may be NULL; floors must be deliverable */
	const uint32_t *weight;      /* may be NULL */
	const uint64_t *cores;       /* masks, not empty: bit k for core k */
	const uint32_t *tier;        /* larger first; NULL: all equal */
	uint32_t core_count;         /* 1 .. SHARE_PINNED_CORES */
	int64_t core_capacity;
};

/* Writes given[0 .. n); returns their sum. */
int64_t share_pinned(const struct share_pinned *p, int64_t *given);

#endif

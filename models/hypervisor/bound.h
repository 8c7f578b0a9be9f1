/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guests that are pinned to cores or have a CPU priority: which a host holds, and what each gets as a fluid.
 *
 * A host with such a guest is solved by sim/share_pinned.h: no set of cores gives more than it has, larger
 * priorities are served first, strictly, even before reservations of smaller ones. The others on the host
 * run on every core; so does its service domain, at priority 0. A reservation that the pins make impossible
 * is cut. Hosts whose CPU a discrete scheduler shares (discrete.h) keep to pins by themselves.
 *
 * Cost: 2^m n a split, m the pins on the host; so they are at most BOUND_PINS, and a guest that would bring
 * one more is refused, when it is placed or its migration starts. */
#ifndef MODELS_HYPERVISOR_BOUND_H
#define MODELS_HYPERVISOR_BOUND_H

#include "models/world.h"
#include "sim/share_pinned.h"

#define BOUND_PINS (SHARE_PINNED_MASKS - 1) /* different ones on a host; one set more: every core */

/* Tables of claimants: guests in the host's order, then perhaps the service domain; and what there is. */
struct bound_claims {
	int64_t capacity_hz;
	uint32_t n;
	const int64_t *want, *floor;
	const uint32_t *weight;
	int64_t *given;
};

/* Is a guest bound or has it a priority? Then neither batches nor plain sharing will do for its host. */
static inline bool bound_is(const struct vm_type *t)
{
	return t->pinned || t->cpu_priority;
}

/* Why the host cannot take the guest beside those that are there and on their way; NULL: it can. */
const char *bound_refusal(const struct world *world, host_id host, uint32_t vm_type);

/* A guest is booked on a host, or no longer: called where the other books are kept. */
void bound_book(struct world *world, host_id host, uint32_t vm_type);
void bound_unbook(struct world *world, host_id host, uint32_t vm_type);

/* share_solve for a host with bound guests. */
int64_t bound_solve(const struct world *world, const struct host *host, const struct bound_claims *c);

#endif

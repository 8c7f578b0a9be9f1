/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forbidden operations of guests: filtered, counted, paid for by who attempts them.
 *
 * A guest that misbehaves attempts so many forbidden operations (I/O ports, another's devices, privileged
 * instructions) in each second of its own work. Each is caught where its technique catches such things: an
 * exit, a trap, a system call that fails; it has no effect, and its price comes out of the guest's own time:
 * with c = rate * price the part c / (1 + c) of what it is given. Nothing of it is asked of the host, so
 * neighbours get what they got before: that is isolation, and a law in tests/laws/isolation.c. */
#ifndef MODELS_HYPERVISOR_FILTER_H
#define MODELS_HYPERVISOR_FILTER_H

#include "models/world.h"

struct filters {
	uint32_t *ppm;       /* [host type][guest type]: lost of what a guest is given */
	double *rates;       /* [guest type]: attempts in a second of a vCPU's work */
	wide *lost;          /* [guest]: Hz ns, fluid.c */
};

/* What one forbidden operation costs on hosts of a type, ns; 0 where the hypervisor is ideal. */
double filter_price_ns(const struct host_type *type);

/* Once, after building: opens the table when any rate is above 0. Rates are copied. */
void filter_open(struct world *world, const double *rates);
void filter_close(struct world *world);

/* How many attempts of a guest were filtered so far. */
uint64_t filter_count(const struct world *world, uint32_t vm);

#endif

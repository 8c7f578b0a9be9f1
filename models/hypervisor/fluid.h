/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fluid sharing of a host's CPU among its guests: weighted max-min, exact, integrated lazily.
 *
 * Between two changes (a guest's demand, a guest coming or going, the host's state) every rate of a host is
 * constant. So nothing happens at a trace's sample unless somebody looks: fluid_advance walks a host from
 * host.since_ns to the time asked for, over all samples between, and integrates what was demanded, delivered
 * and stolen, and the energy, exactly (sim/wide.h). Only the host that is touched is walked.
 *
 * A host whose guests share one regular plan is walked in batches of up to BATCH_MOST
 * samples: the demand of each guest is added up sample by sample in vectors, power likewise,
 * and only samples in which demand exceeds capacity are solved (sim/share.h), in the same
 * arithmetic as a single step; so batches, single steps and queue events give equal bits. All
 * other hosts (mixed plans, irregular stamps, nested guests) are walked change by change.
 *
 * Nested guests: a guest with children asks for its own demand plus theirs, cut to its cap, and shares
 * what it gets among itself and them by weight, depth first. */
#ifndef MODELS_HYPERVISOR_FLUID_H
#define MODELS_HYPERVISOR_FLUID_H

#include <stdbool.h>
#include <stdint.h>

#include "models/world.h"

/* Integrates the host up to t_ns (>= host.since_ns): afterwards its present rates are those from t_ns on,
 * samples at t_ns included, and guests' cursors stand there. Solves again if host.stale. */
void fluid_advance(struct world *world, host_id host, int64_t t_ns);

/* Must be called before anything on the host changes: advances it to now and marks it stale. */
void fluid_touch(struct world *world, host_id host);

/* Advances all hosts. */
void fluid_advance_all(struct world *world, int64_t t_ns);

/* Closes the run: advances all hosts to t_ns, settles what the energy rule and hypervisors leave open, and
 * adds the sums of all hosts and guests to the digest. Once. */
void fluid_finish(struct world *world, int64_t t_ns);

/* The guest's list position and links: adds to or removes from a
 * host (or, nested, a guest). The caller has touched the host. */
void fluid_guest_add(struct world *world, vm_id vm, struct vm_parent parent);
void fluid_guest_remove(struct world *world, vm_id vm);

/* Until further notice a guest demands so many Hz (at most its cap), whatever its plan says; or again what
 * its plan says. The caller has touched the host. */
void fluid_guest_fix(struct world *world, vm_id vm, bool fixed, int64_t hz);

/* The host under a guest, through its parents; ID_NONE when it runs nowhere. */
host_id fluid_host_of(const struct world *world, vm_id vm);

/* Energy so far in microjoules (rounded), delivered work of a guest in Hz ns. */
int64_t fluid_energy_uj(const struct host *host);

/* With rules.batch off: queues one event for each change
 * of each host's demand. Called once before the run. */
void fluid_unbatched_start(struct world *world);

#endif

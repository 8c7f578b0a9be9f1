/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hosts with a discrete vCPU scheduler in a world: their guests' demand becomes bursts of work, which
 * quantum.h runs slice by slice.
 *
 * fluid.c walks such a host like any other, from change to change; between two changes discrete_pass runs its
 * scheduler instead of multiplying rates. So it is lazy too, and what comes out does not depend on how often
 * somebody looks: new work is handed over only when time goes on, and all sums are functions of the instant.
 *
 *   demanded   work that fell due: a vCPU whose guest asks for the fraction d of its CPU gets a burst of d
 *              period at the start of each period, its cap not looked at; what is not done when the next
 *              period starts is forgotten, as the fluid model forgets it. Of a guest whose demand has
 *              fallen, what is done already counts as asked for
 *   delivered  core speed times the time that its vCPUs ran, without spinning at locks; never above demanded
 *   stolen     demanded - delivered: waiting, caps, costs of switching, and what is still due
 *   energy     at each instant the power curve at busy cores / cores (a core that switches is busy)
 *
 * The cap is a purse that is filled each period, so that a guest is throttled as a real one is.
 * host.demand_hz, given_hz, power_uw and the guests' given_hz are what the fluid model expects (solve.c):
 * policies see them. host.demanded is the integral of demand_hz, as everywhere; what guests count falls due
 * in bursts, and so differs from it by a burst a guest and by what caps cut.
 *
 * Not with such hosts: nested guests, service domains (hypervisors), the trapezoid rule of energy. */
#ifndef MODELS_HYPERVISOR_DISCRETE_H
#define MODELS_HYPERVISOR_DISCRETE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/hypervisor/quantum.h"
#include "models/world.h"

/* What became of a guest on hosts with discrete schedulers; sums over its vCPUs and over its hosts. */
struct discrete_vm {
	int64_t run_ns, ready_ns, throttled_ns, spun_ns, wakeup_wait_ns;
	uint64_t slices, wakeups, preemptions, moves;
	uint64_t *latency;           /* [QUANTUM_LATENCY_BINS], or NULL: it never was on such a host */

	/* While it is on one: */
	uint32_t group;
	struct discrete_vcpu *vcpus; /* [its vCPUs], or NULL */
	/* A migration takes loss_ppm of what was delivered since loss_from, on top of loss_before. */
	uint32_t loss_ppm;
	wide delivered, loss_from, loss_before;
};

/* A stay of a vCPU on a core of the watched host. */
struct discrete_stay {
	int64_t from_ns, to_ns;
	uint32_t core, vm, vcpu;
};

struct discrete_watch {
	uint32_t host;               /* ID_NONE: none is watched */
	int64_t from_ns, to_ns;
	struct discrete_stay *stays; /* in the order of their ends */
	uint32_t count, room;
	struct discrete_stay *open;  /* [core]; vm ID_NONE: the core is idle */
};

struct discrete_host {
	struct quantum *quantum;     /* NULL: a host of the fluid model */
	uint32_t owner_room;
	struct discrete_owner *owners; /* [vCPU number of the scheduler] */
	int64_t *busy_ns;            /* [cores + 1]: what quantum_busy_ns said last */
	const int64_t *power_uw;     /* [cores + 1], shared by the hosts of a type */
	bool works_stale;            /* demand has changed since work was handed over */
};

struct discrete {
	struct discrete_host *hosts; /* [host] */
	struct discrete_vm *vms;     /* [guest] */
	int64_t **power_uw;          /* [host type] */
	struct discrete_watch watch;
};

/* Gives the world world->discrete when a host type has a scheduler. After all hosts and guests are there. */
void discrete_open(struct world *world);
void discrete_close(struct world *world);

/* Keeps which vCPU was on which core of a host, from one time to another. Before the run. */
void discrete_watch_host(struct world *world, uint32_t host, int64_t from_ns, int64_t to_ns);

static inline bool discrete_has(const struct world *world, uint32_t host)
{
	return world->discrete && world->discrete->hosts[host].quantum;
}

/* For fluid.c. The guest is in the host's list and its demand is known; the host stands at now. */
void discrete_guest_add(struct world *world, uint32_t host, uint32_t vm);
void discrete_guest_remove(struct world *world, uint32_t host, uint32_t vm);
/* The host's guests ask for something else from since_ns on. */
void discrete_settle(struct world *world, uint32_t host);
/* From since_ns to end_ns: energy, what guests got, spans. Leaves since_ns at end_ns. */
void discrete_pass(struct world *world, uint32_t host, int64_t end_ns);
/* Puts into the digest what guests and hosts counted. At the end of the run. */
void discrete_digest(struct world *world);

/* The upper end of a bin of wake-up latencies, in s. */
double discrete_bin_s(uint32_t bin);
/* The latency that `share` of the wake-ups in the bins do not exceed, in s: the upper end of its bin; NaN
 * without wake-ups. */
double discrete_quantile_s(const uint64_t latency[static QUANTUM_LATENCY_BINS], double share);

/* Of a host: changes of vCPU, and time that cores lost in them. */
struct quantum_core_counts discrete_host_counts(const struct world *world, uint32_t host);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory of a host that has promised more than it has: pure arithmetic over its guests, no clock, no
 * engine.
 *
 * A guest has touched `used` bytes; `active` of them it comes back to within a `reuse` period of work, the
 * rest is idle. At every instant
 *     resident + shared + ballooned + swapped + denied = used           (of each guest)
 *     sum of resident <= the host's memory
 * What is not resident went, in the order in which it hurts:
 *   shared     pages with equal content are kept once (Waldspurger 2002, section 4; KSM: Arcangeli,
 *              Eidus and Wright 2009). A scanner finds them at its own pace and costs CPU; of a group of
 *              guests with h bytes in common one copy stays, which each pays for in proportion to its h.
 *   ballooned  the guest's own kernel gives up what it misses least: idle pages first. Once the balloon
 *              bites into the active set, the guest pages to its disk. It inflates at a rate, to a part of
 *              the RAM.
 *   swapped    the hypervisor takes pages at random, active ones too, at once (section 3.3).
 *   denied     swap space is full as well: the guest cannot go on.
 *
 * When: free memory decides, by thresholds of 6, 4, 2 and 1 % of the host (section 6.3). Above 4 % nothing
 * is done (high). Below, targets are set that would bring 6 % back, by ballooning, and by swapping only
 * what balloons cannot take, now or ever (soft); below 2 % pages are swapped at once for what balloons
 * have not yet brought (hard); below 1 %, when swap is full, guests above their target are stopped (low).
 * Reclaiming ends when 6 % are free without it: hysteresis.
 *
 * Whose: targets are shares of memory in proportion to S / (f + k (1 - f)), with S the guest's RAM, f the
 * active part of what it uses, k = 1 / (1 - tax): an idle page costs k times an active one (section 5.2);
 * a target is at least the guest's reservation and at most its limit.
 *
 * What it costs: in a second of work a guest touches active / reuse bytes for the first time; of those
 *     miss = b + (1 - b) s,   b = bitten / active,   s = swapped / (used - shared - ballooned)
 * are not there. Each waits `latency`, and a vCPU that waits does nothing: with phi = touches * miss *
 * latency / vCPUs the part phi / (1 + phi) of its time is lost. When the pages of all guests, in and out,
 * would exceed the device's bandwidth, latency grows until they fit. Reuse is 30 s by default: the period
 * in which ESX samples what is active, in time of the guest's own execution (section 5.3, recalled).
 *
 * Not modelled: shared pages that are written again; pages of 2 MiB; that a guest which has CPU to spare
 * could catch up. */
#ifndef MODELS_HYPERVISOR_MEMORY_H
#define MODELS_HYPERVISOR_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#define MEMORY_PAGE 4096 /* bytes */

/* Free memory in percent of the host's: Waldspurger 2002, section 6.3. */
#define MEMORY_HIGH 6
#define MEMORY_SOFT 4
#define MEMORY_HARD 2
#define MEMORY_LOW 1

enum memory_state { MEMORY_STATE_HIGH, MEMORY_STATE_SOFT, MEMORY_STATE_HARD, MEMORY_STATE_LOW,
	MEMORY_STATES };
extern const char *const memory_state_names[MEMORY_STATES];

/* How hosts of one type reclaim. */
struct memory_rules {
	double overcommit;           /* RAM promised to guests, of what there is; admission */
	bool balloon, sharing;
	double balloon_01;           /* a balloon takes at most this part of its guest's RAM */
	int64_t balloon_rate;        /* bytes/s, each guest's */
	int64_t scan_rate, scan_ns;  /* pages/s; CPU for one */
	int64_t swap_bytes;          /* 2^50: as much as is needed */
	int64_t swap_latency_ns, swap_rate; /* of a page; bytes/s in and out */
	double idle_tax_01;          /* < 1 */
};

/* A guest as memory sees it. */
struct memory_guest {
	int64_t ram_bytes, used_bytes, active_bytes; /* active <= used <= ram */
	int64_t shareable_bytes;     /* <= used */
	uint32_t content;            /* guests of equal content have these bytes in common */
	int64_t reservation_bytes, limit_bytes;
	int64_t reuse_ns;
	uint32_t vcpus;
	int64_t balloon_bytes, goal_bytes; /* state: how far the balloon has come, and where it goes */
	/* Where its pages are, and what that costs. */
	int64_t target_bytes, shared_bytes, swapped_bytes, denied_bytes, resident_bytes;
	uint32_t loss_ppm;           /* of its CPU time, waiting for pages */
};

struct memory_host {
	int64_t capacity_bytes;      /* what guests can have */
	int64_t merged_bytes, mergeable_bytes; /* state: what the scanner has merged, of how much, */
	int64_t pass_ns;             /* and how long a pass over all memory takes */
	enum memory_state state;
	/* sums */
	int64_t used_bytes, shared_bytes, ballooned_bytes, swapped_bytes, denied_bytes, resident_bytes;
	int64_t inflating_ns, merging_ns; /* until balloons, and the scanner, have arrived; 0: they have */
};

/* Where everything is at an instant, given how far balloons and scanner have come; and where they go. */
void memory_solve(const struct memory_rules *rules, struct memory_host *host, struct memory_guest *guests,
                  uint32_t n);

/* Balloons and scanner on their way, dt_ns later. Splitting a time in two loses a byte at most. */
int64_t memory_inflated(const struct memory_rules *rules, int64_t balloon_bytes, int64_t goal_bytes,
                        int64_t dt_ns);
void memory_scanned(struct memory_host *host, int64_t dt_ns);

/* CPU of the scanner, in Hz on cores of core_hz: one thread, so at most one core. */
int64_t memory_scan_hz(const struct memory_rules *rules, int64_t core_hz);

#endif

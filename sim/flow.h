/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flows over links: each takes its max-min fair rate until its bits are through.
 *
 * A link has a capacity; a flow crosses some links, has a weight and perhaps a ceiling (the sender's own
 * limit), and a number of bits to send, or none: an open flow takes its share until it is removed. Rates
 * are the weighted max-min fair ones (Bertsekas and Gallager 1992, s. 6.5.2): every flow is held by its
 * ceiling or by one link, its bottleneck, that is full and on which no flow has more per unit of weight.
 *
 * When flows come, go, or change, only what can change is looked at: flows held by one link share one
 * level (bit/s per unit of weight) and progress together, so that a change of the level costs nothing a
 * flow; a flow is touched when its bottleneck changes. Memory O(flows + links); a flow that comes or goes
 * on a link where n others are held costs O(log n) when no bottleneck moves (sim/flow_net.h tells how).
 * Changes at one instant are settled together: by a query of rates, or by an event asked for that instant.
 *
 * Levels are whole numbers of 2^-20 bit/s, rounded down, so that the sum over a link never exceeds its
 * capacity. Which numbers is a function of the links and flows alone (tests/sim/flow_oracle.c computes it
 * from scratch): of all links, those with the least capacity / weight of their flows, rounded down, hold
 * their flows at that level; these are taken away with what they use, and so on with the rest. A ceiling
 * counts as a link that only its flow crosses. Bits are counted exactly: what a flow sent is the integral
 * of its rate in 128 bits; it is done at the first nanosecond at which all its bits are through.
 *
 * Equal worlds give equal results, whatever the order in which links and flows were numbered, but for ties
 * in the order of completion, which go by flow number. */
#ifndef SIM_FLOW_H
#define SIM_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/event.h"
#include "sim/wide.h"

#define FLOW_LINKS 16            /* most links that one flow crosses */
#define FLOW_NONE UINT32_MAX
#define FLOW_UNLIMITED INT64_MAX
#define FLOW_CAPACITY_MAX_BPS ((INT64_C(1) << 48) - 1)   /* 281 Tbit/s; times TIME_MAX_NS it fits 128 bits */

struct flows;                    /* one network */

/* Called when a flow's last bit is through; the flow is gone already, its number may be used again. All
 * functions here may be called from it. */
typedef void flow_done_fn(void *context, uint32_t flow, uint64_t tag);

/* Its events are of one type, registered here under `rank`. */
struct flows *flows_open(struct engine *engine, uint32_t rank, flow_done_fn *done, void *context);
void flows_close(struct flows *f);

uint32_t flows_link_add(struct flows *f, int64_t capacity_bps);   /* >= 0 */
void flows_link_set(struct flows *f, uint32_t link, int64_t capacity_bps); /* from now on; 0: it is cut */

struct flow_request {
	uint32_t links[FLOW_LINKS];
	uint32_t link_count;     /* all different; may be 0 when it has a ceiling */
	uint32_t weight;         /* 1 .. 2^16 */
	int64_t most_bps;        /* its ceiling; FLOW_UNLIMITED: none */
	int64_t bits;            /* FLOW_UNLIMITED: an open flow */
	uint64_t tag;            /* the caller's */
};

uint32_t flow_add(struct flows *f, const struct flow_request *request);
/* Takes a flow away; returns the bits that it has sent. A flow whose last bit is through at this very
 * instant can still be removed; it is then never reported as done. */
int64_t flow_remove(struct flows *f, uint32_t flow);
void flow_most_set(struct flows *f, uint32_t flow, int64_t most_bps);
void flow_bits_add(struct flows *f, uint32_t flow, int64_t bits);   /* more to send; it must have an end */

int64_t flow_sent_bits(struct flows *f, uint32_t flow);  /* up to now, rounded down */
int64_t flow_rate_bps(struct flows *f, uint32_t flow);   /* now, rounded down */
int64_t flow_link_used_bps(struct flows *f, uint32_t link);
uint32_t flow_link_flows(const struct flows *f, uint32_t link);

/* Its level now, 2^-20 bit/s per unit of weight, in 128 bits. For tests. */
wide flow_level(struct flows *f, uint32_t flow);

/* ASSERTs that no link gives more than it has, that every flow is held by a full link on which none has
 * more, and that all sums and lists agree; O(flows * links). For tests. */
void flows_check(struct flows *f);

#endif

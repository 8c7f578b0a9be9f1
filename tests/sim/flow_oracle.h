/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rates of sim/flow.h, solved from scratch after every change: the oracle of its tests and the peer of
 * its bench. Simple enough to be right by inspection: levels are found from the lowest up. */
#ifndef TESTS_SIM_FLOW_ORACLE_H
#define TESTS_SIM_FLOW_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/flow.h"
#include "sim/wide.h"

#define ORACLE_BIT ((wide)1000000000 << 20)  /* a bit, in units of level * ns */

struct oracle_flow {
	struct flow_request is;
	wide sent, level;             /* level: 2^-20 bit/s per unit of weight */
	bool live, held;
};

struct oracle_link {
	wide capacity, left;
	int64_t weight;
	bool full;
};

struct oracle {
	struct oracle_flow *flows;    /* by the numbers of the network under test */
	struct oracle_link *links;
	uint32_t flow_count, link_count;
	int64_t now_ns;
	bool solved;
};

void oracle_init(struct oracle *o, uint32_t flows, uint32_t links);
void oracle_fini(struct oracle *o);
void oracle_link(struct oracle *o, uint32_t link, int64_t capacity_bps);
void oracle_add(struct oracle *o, uint32_t flow, const struct flow_request *request);
void oracle_remove(struct oracle *o, uint32_t flow);
/* After a request in flows[] was changed by hand. */
void oracle_changed(struct oracle *o);
void oracle_solve(struct oracle *o);
bool oracle_done(const struct oracle *o, uint32_t flow);
int64_t oracle_sent_bits(const struct oracle *o, uint32_t flow);
/* When the next flow is done, INT64_MAX when none ever is. */
int64_t oracle_next_ns(struct oracle *o);
void oracle_advance(struct oracle *o, int64_t now_ns);

#endif

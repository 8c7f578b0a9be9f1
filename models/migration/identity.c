/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets lost and connections kept when a guest's address moves. */
#include "models/migration/identity.h"

#include <stddef.h>

#include "sim/fault.h"
#include "sim/time.h"

const char *const announce_way_names[ANNOUNCE_WAYS] = {"none", "arp", "tunnel"};

#define RETRANSMIT_MOST_NS (120 * NS_PER_S) /* Linux: TCP_RTO_MAX */

struct identity_case identity_default(enum announce_way way, int64_t downtime_ns)
{
	return (struct identity_case){
		.way = way, .downtime_ns = downtime_ns,
		.announce_ns = 50 * NS_PER_MS,      /* QEMU 10: announce-initial */
		.learn_ns = NS_PER_MS,              /* a broadcast through a few switches; our estimate */
		.ageing_ns = 300 * NS_PER_S,        /* IEEE 802.1D's default */
		.timeout_ns = 924600 * NS_PER_MS,   /* Linux: 15 retransmissions from TCP_RTO_MIN on */
		.retransmit_ns = 200 * NS_PER_MS,   /* Linux: TCP_RTO_MIN */
		/* a name's usual time to live; estimates */
		.tunnel_ns = 20 * NS_PER_MS, .rename_ns = 300 * NS_PER_S,
	};
}

int64_t identity_relearn_ns(const struct identity_case *c)
{
	ASSERT(c->way < ANNOUNCE_WAYS && c->learn_ns >= 0 && c->announce_ns >= 0 && c->ageing_ns >= 0);
	if (c->way == ANNOUNCE_TUNNEL)
		return c->learn_ns; /* the old site sets up its end of the tunnel meanwhile */
	int64_t announced_ns = c->way == ANNOUNCE_ARP ? c->announce_ns + c->learn_ns : c->ageing_ns;
	if (c->guest_hz <= 0)
		return announced_ns;
	/* A guest that sends is learnt from its own first packet: of a steady sender, half an interval
	 * from now. */
	int64_t own_ns = (int64_t)(0.5 / c->guest_hz * 1e9) + c->learn_ns;
	return own_ns < announced_ns ? own_ns : announced_ns;
}

/* It sends again after r, 3 r, 7 r, ... */
int64_t identity_silent_ns(const struct identity_case *c, int64_t gap_ns, uint32_t *early)
{
	int64_t at_ns = c->retransmit_ns, wait_ns = c->retransmit_ns;
	uint32_t lost = 0;
	ASSERT(gap_ns >= 0 && c->retransmit_ns > 0);
	for (; at_ns < gap_ns; lost++) {
		wait_ns = wait_ns < RETRANSMIT_MOST_NS / 2 ? 2 * wait_ns : RETRANSMIT_MOST_NS;
		at_ns += wait_ns;
	}
	if (early)
		*early = lost;
	return at_ns;
}

void identity_move(const struct identity_case *c, struct identity_outcome *out)
{
	ASSERT(c->downtime_ns >= 0 && c->retransmit_ns > 0 && c->client_hz >= 0);
	*out = (struct identity_outcome){.gap_ns = c->downtime_ns + identity_relearn_ns(c)};
	out->lost_packets = c->client_hz * time_s(out->gap_ns);
	if (out->gap_ns < c->timeout_ns) {
		out->kept = c->connections;
		out->silent_ns = identity_silent_ns(c, out->gap_ns, NULL);
	}
	if (c->way == ANNOUNCE_TUNNEL) {
		out->tunnelled_ns = c->rename_ns;
		out->tunnelled_packets = c->client_hz * time_s(c->rename_ns);
	}
}

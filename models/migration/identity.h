/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guest's place in the network while it moves: who still sends to the old host, what gets lost, which
 * connections live on.
 *
 * From the stop at the source on, packets to the guest are lost until it runs at the target and every
 * switch on the way has learnt that its address is now there. Switches learn from any frame that the guest
 * sends: the hypervisor's announcement (an ARP or RARP broadcast, Clark 2005, s. 4.5), or what the guest
 * sends by itself, or they forget the old port when it ages. Between sites the address does not move:
 * packets go to the old site and through a tunnel, until the names and routes have changed (Bradford et
 * al. 2007).
 *
 * A TCP connection outlives the gap unless its peer gives up; it goes on at the peer's next
 * retransmission, which comes after waits that double from its retransmission timeout on, up to 120 s. A
 * cold migration is the same with a long gap.
 *
 * Here it is closed form, for one move; traffic.h carries it out in a world. */
#ifndef MODELS_MIGRATION_IDENTITY_H
#define MODELS_MIGRATION_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

enum announce_way {
	ANNOUNCE_NONE,           /* switches learn when the guest sends, or forget */
	ANNOUNCE_ARP,            /* by the hypervisor, once it runs */
	ANNOUNCE_TUNNEL,         /* long distance: the old site forwards */
	ANNOUNCE_WAYS
};
extern const char *const announce_way_names[ANNOUNCE_WAYS];

struct identity_case {
	enum announce_way way;
	int64_t downtime_ns;         /* stopped at the source to running at the target */
	int64_t announce_ns;         /* after that, the first announcement is sent */
	int64_t learn_ns;            /* it takes to reach and be learnt by every switch */
	int64_t ageing_ns;           /* of an address in a switch */
	double guest_hz;             /* packets that the guest sends by itself */
	double client_hz;            /* packets a second that come for it */
	uint32_t connections;
	int64_t timeout_ns;          /* after which a peer gives a connection up */
	int64_t retransmit_ns;       /* its first retransmission timeout */
	int64_t tunnel_ns;           /* what the way through the old site takes longer */
	int64_t rename_ns;           /* until clients use the new address */
};

struct identity_outcome {
	int64_t gap_ns;              /* in which packets for the guest reach nobody */
	double lost_packets;         /* expected */
	uint32_t kept;               /* connections */
	/* until a kept connection goes on: the first retransmission after the gap */
	int64_t silent_ns;
	int64_t tunnelled_ns;        /* time for which the old site must forward: a residual dependency */
	double tunnelled_packets;
};

/* QEMU announces 50 ms after the guest runs, five times in all; a bridge ages addresses after 300 s (IEEE
 * 802.1D); Linux retransmits after 200 ms at the least and gives up after 924.6 s (tcp_retries2 = 15). */
struct identity_case identity_default(enum announce_way way, int64_t downtime_ns);

void identity_move(const struct identity_case *c, struct identity_outcome *out);

/* From running at the target until packets arrive there. */
int64_t identity_relearn_ns(const struct identity_case *c);

/* From the beginning of a gap to the first retransmission of a TCP peer after it; `early` (unless NULL) is
 * how many came before its end and were lost. */
int64_t identity_silent_ns(const struct identity_case *c, int64_t gap_ns, uint32_t *early);

#endif

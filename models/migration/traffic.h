/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Application traffic: streams of packets that share links with migrations, and lose their guests for a
 * while when these move.
 *
 * A stream has a sender and a receiver, each a guest or the outside. It is an open flow (sim/flow.h) over
 * the path between them, whose ceiling is what its application sends, max-min fair beside migrations and
 * other streams. While its sender stands still nothing is sent; while its receiver stands still, or the
 * switches still send to where it was (identity.h), what is sent reaches nobody. A stream that has been
 * silent for its timeout is broken: its peer has given up.
 *
 *   udp   what finds no room on a link, or no receiver, is lost
 *   tcp   what is not carried waits at the sender, which catches up as fast as its window and the links
 *         let it. Of a gap it loses at most a window, and the retransmissions in it. It goes on at once
 *         when the gap was shorter than its timeout and than its window (later packets tell what is
 *         missing: fast retransmit, RFC 5681), else at the first retransmission after the gap
 *         (identity_silent_ns). A connection never carries more than a window a round trip.
 *
 * Between sites (ANNOUNCE_TUNNEL) packets go to the old host and on from there, each with a header
 * more, until the names or routes have changed: a longer way, and a dependency on the old host. The header
 * counts on the whole way, of which the tunnel is the second part.
 *
 * Rates change only when something happens: a leg of a migration, a note of the world, a cable, another
 * stream. Then all streams are looked at once, at the end of that instant: O(streams + their links); no
 * cost, and no event, in a world without traffic. Between two looks rates are constant, so that the table
 * of spans holds them exactly. */
#ifndef MODELS_MIGRATION_TRAFFIC_H
#define MODELS_MIGRATION_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>

#include "models/migration/identity.h"
#include "models/migration/moves.h"

struct flows;

/* Numbers are in results: append only. */
enum stream_state {
	STREAM_AWAITS,    /* its start, or both of its ends */
	STREAM_FLOWS,
	STREAM_TUNNELLED, /* it flows, by way of the old host */
	STREAM_HELD,      /* its sender stands still */
	STREAM_UNHEARD,   /* nothing that is sent arrives, or TCP has not tried again yet */
	STREAM_BROKEN,    /* its peer has given up */
	STREAM_OVER,
	STREAM_STATES
};
extern const char *const stream_state_names[STREAM_STATES];

enum transport { TRANSPORT_TCP, TRANSPORT_UDP, TRANSPORTS };
extern const char *const transport_names[TRANSPORTS];

#define STREAM_CONNECTIONS_MOST 65536 /* a flow's greatest weight */

struct stream_plan {
	const char *name;
	uint32_t from, to;       /* guest; ID_NONE: outside; not both */
	enum transport transport;
	uint32_t connections;    /* equal ones, 1 .. STREAM_CONNECTIONS_MOST */
	int64_t rate_bps;        /* that the application sends, each; headers included */
	int64_t packet_bytes, window_bytes; /* a TCP window, each */
	int64_t timeout_ns;      /* of silence */
	int64_t start_ns, end_ns; /* TIME_MAX_NS: none */
};

struct stream_span {
	uint32_t stream;
	enum stream_state state;
	int64_t from_ns, to_ns;
	double offered_bps, arrives_bps, lost_packets;
	int64_t latency_ns;      /* of the path, one way; -1: nothing arrives */
};

struct stream {
	struct stream_plan plan;
	enum stream_state state;
	uint32_t guest[2];       /* sender, receiver: into traffic.guests; ID_NONE: outside */
	uint32_t flow;           /* FLOW_NONE: none */
	int64_t most_bps;        /* its ceiling */
	struct network_path path; /* of the flow, the detour included */
	int64_t round_trip_ns;
	double arrives_bps;      /* at present, all connections together */
	double backlog_bits;     /* TCP: written by the application, not carried yet */
	int64_t counted_ns;      /* sums are up to date until then */
	int64_t silent_since_ns; /* -1: it is not */
	int64_t unheard_since_ns;
	int64_t again_ns;        /* TCP: its next retransmission; -1: its receiver is not there yet */

	/* What came of it. Packets are expected values. */
	double offered_bytes, arrived_bytes, lost_packets;
	uint32_t kept;           /* connections */
	uint32_t gaps;
	int64_t silent_ns, longest_ns; /* of the gaps */
	int64_t tunnelled_ns;

	struct stream_span open; /* the present span; its lost_packets are those at its start */
};

/* An end of streams. */
struct traffic_guest {
	uint32_t vm;
	bool runs;
	uint32_t at, seen;       /* host: where it is; where the network believes it to be */
	uint32_t learning;       /* host that becomes `seen` at known_ns; ID_NONE: none */
	int64_t known_ns;
	uint32_t tunnel;         /* host from which its packets are forwarded; ID_NONE: none */
	int64_t renamed_ns;
};

struct traffic {
	struct migrations *migrations;
	struct identity_case identity; /* of every move: way, times */
	int64_t tunnel_header_bytes;
	node_id outside;
	struct stream *streams;
	uint32_t count, room;
	struct traffic_guest *guests;
	uint32_t guest_count, guest_room;
	struct stream_span *spans;
	uint32_t span_count, span_room;
	event_type look;
	event_id soon, later;
};

/* `identity`: all but what a stream tells itself (downtime, packets, connections, timeout). */
void traffic_init(struct traffic *t, struct migrations *m, const struct identity_case *identity,
                  int64_t tunnel_header_bytes);
void traffic_add(struct traffic *t, const struct stream_plan *plan);
/* Once the migrations are open, with flows. Registers the event type, and listens. */
void traffic_open(struct traffic *t);
/* At the end of the run: closes what is open. */
void traffic_finish(struct traffic *t);
void traffic_close(struct traffic *t);

#endif

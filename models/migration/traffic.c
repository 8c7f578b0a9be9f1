/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams of packets: which state each is in, its flow, what it lost, and when to look again. */
#include "models/migration/traffic.h"

#include <stdlib.h>

#include "models/hypervisor/fluid.h"
#include "sim/flow.h"
#include "sim/time.h"

#define PPM 1000000u

const char *const stream_state_names[STREAM_STATES] = {
	"awaits", "flows", "tunnelled", "held", "unheard", "broken", "over",
};
const char *const transport_names[TRANSPORTS] = {"tcp", "udp"};

/* An instant after another, at most the end of time. */
static int64_t after(int64_t at_ns, int64_t span_ns)
{
	return span_ns < TIME_MAX_NS - at_ns ? at_ns + span_ns : TIME_MAX_NS;
}

static bool carries(enum stream_state state)
{
	return state == STREAM_FLOWS || state == STREAM_TUNNELLED;
}

/* Does its application send, whether or not it arrives? */
static bool offers(enum stream_state state)
{
	return carries(state) || state == STREAM_UNHEARD;
}

static double demand_bps(const struct stream *s)
{
	return (double)s->plan.rate_bps * s->plan.connections;
}

static double packet_bits(const struct stream *s)
{
	return (double)s->plan.packet_bytes * 8;
}

static double window_bits(const struct stream *s)
{
	return (double)s->plan.window_bytes * 8 * s->plan.connections;
}

static const struct traffic_guest *end_of(const struct traffic *t, const struct stream *s, int which)
{
	return s->guest[which] == ID_NONE ? NULL : &t->guests[s->guest[which]];
}

/* Guests: where each is, and where the network believes it to be. */

/* A guest that loses all of its CPU to a migration stands still, and so does one inside it. */
static bool guest_runs(const struct world *w, uint32_t vm)
{
	while (w->vms[vm].parent.is_vm) {
		if (w->vms[vm].state != VM_RUNNING)
			return false;
		vm = w->vms[vm].parent.i;
	}
	const struct vm *top = &w->vms[vm];
	if (top->state != VM_RUNNING && top->state != VM_MIGRATING)
		return false;
	return top->loss_ppm < PPM && w->hosts[top->parent.i].state == HOST_ON;
}

/* Packets a second that it sends by itself, from which switches learn. */
static double guest_sends_hz(const struct traffic *t, uint32_t guest)
{
	double sum_hz = 0;
	for (uint32_t k = 0; k < t->count; k++) {
		const struct stream *s = &t->streams[k];
		bool open = s->state != STREAM_AWAITS && s->state != STREAM_BROKEN && s->state != STREAM_OVER;
		if (open && s->guest[0] == guest)
			sum_hz += demand_bps(s) / packet_bits(s);
	}
	return sum_hz;
}

static bool is_far(const struct traffic *t, uint32_t host, uint32_t other)
{
	const struct host *hosts = t->migrations->world->hosts;
	return hosts[host].site.i != hosts[other].site.i;
}

/* From now until packets arrive where it is. Within a site there is no need of a tunnel. */
static int64_t relearn_ns(const struct traffic *t, uint32_t guest)
{
	const struct traffic_guest *g = &t->guests[guest];
	struct identity_case c = t->identity;
	if (c.way == ANNOUNCE_TUNNEL && !is_far(t, g->seen, g->at))
		c.way = ANNOUNCE_ARP;
	c.guest_hz = guest_sends_hz(t, guest);
	return identity_relearn_ns(&c);
}

/* The network knows where it is. Names and routes still tell where it was when they last changed. */
static void guest_known(const struct traffic *t, struct traffic_guest *g, int64_t now_ns)
{
	uint32_t home = g->tunnel != ID_NONE ? g->tunnel : g->seen;
	bool tunnelled = t->identity.way == ANNOUNCE_TUNNEL && is_far(t, home, g->at);
	g->seen = g->at;
	g->learning = ID_NONE;
	g->tunnel = tunnelled ? home : ID_NONE;
	g->renamed_ns = after(now_ns, t->identity.rename_ns);
}

static void guest_look(struct traffic *t, uint32_t guest, int64_t now_ns)
{
	const struct world *w = t->migrations->world;
	struct traffic_guest *g = &t->guests[guest];
	g->runs = guest_runs(w, g->vm);
	if (g->renamed_ns <= now_ns)
		g->tunnel = ID_NONE;
	if (!g->runs) {
		g->learning = ID_NONE;
		return;
	}
	g->at = fluid_host_of(w, (vm_id){g->vm}).i;
	ASSERT(g->at < w->host_count);
	if (g->seen == ID_NONE)
		g->seen = g->at; /* it comes up for the first time, and tells so */
	if (g->seen == g->at) {
		g->learning = ID_NONE;
		return;
	}
	if (g->learning != g->at) {
		g->learning = g->at;
		g->known_ns = after(now_ns, relearn_ns(t, guest));
	}
	if (g->known_ns <= now_ns)
		guest_known(t, g, now_ns);
}

/* Paths. */

/* What a stream's packets meet at present. */
struct sight {
	bool sends, heard, tunnelled;
	struct network_path path;
	int64_t round_trip_ns;
};

static void path_join(struct network_path *path, const struct network_path *rest)
{
	ASSERT(path->count + rest->count <= NETWORK_PATH_MAX);
	for (uint32_t k = 0; k < rest->count; k++)
		path->links[path->count++] = rest->links[k];
	path->latency_ns += rest->latency_ns;
	if (rest->capacity_bps < path->capacity_bps)
		path->capacity_bps = rest->capacity_bps;
}

static bool path_cut(const struct migrations *m, const struct network_path *path)
{
	for (uint32_t k = 0; k < path->count && m->cut; k++)
		if (m->cut[path->links[k].i])
			return true;
	return false;
}

static bool path_equal(const struct network_path *a, const struct network_path *b)
{
	bool equal = a->count == b->count && a->latency_ns == b->latency_ns;
	for (uint32_t k = 0; k < a->count && equal; k++)
		equal = a->links[k].i == b->links[k].i;
	return equal;
}

static node_id node_of(const struct traffic *t, const struct traffic_guest *g)
{
	return g ? t->migrations->world->hosts[g->at].node : t->outside;
}

/* The way by the old host: up to it and on from there. In a tree no link is on both parts. */
static bool detour(const struct traffic *t, node_id from, const struct traffic_guest *to, struct sight *x)
{
	const struct world *w = t->migrations->world;
	const struct host *home = &w->hosts[to->tunnel];
	struct network_path rest;
	if (home->state != HOST_ON || !network_path(&w->network, from, home->node, &x->path) ||
	    !network_path(&w->network, home->node, node_of(t, to), &rest) ||
	    x->path.count + rest.count > NETWORK_PATH_MAX)
		return false;
	path_join(&x->path, &rest);
	x->tunnelled = true;
	return true;
}

static bool find_way(const struct traffic *t, const struct stream *s, struct sight *x)
{
	const struct network *net = &t->migrations->world->network;
	const struct traffic_guest *to = end_of(t, s, 1);
	node_id from = node_of(t, end_of(t, s, 0));
	if (!network_path(net, from, node_of(t, to), &x->path))
		return false;
	int64_t direct_ns = x->path.latency_ns;
	if (to && to->tunnel != ID_NONE && !detour(t, from, to, x))
		return false;
	x->round_trip_ns = x->path.latency_ns + direct_ns;
	return !path_cut(t->migrations, &x->path);
}

static struct sight see(const struct traffic *t, const struct stream *s)
{
	const struct traffic_guest *from = end_of(t, s, 0), *to = end_of(t, s, 1);
	struct sight x = {.sends = !from || from->runs};
	bool there = !to || (to->runs && to->seen == to->at);
	if (x.sends && there)
		x.heard = find_way(t, s, &x);
	return x;
}

/* States. */

/* A TCP sender whose receiver hears again: has it sent again since? What it lost is counted once, when the
 * gap is over. */
static bool tried_again(const struct traffic *t, struct stream *s, int64_t now_ns)
{
	if (s->again_ns < 0) {
		struct identity_case c = t->identity;
		int64_t gap_ns = now_ns - s->unheard_since_ns;
		uint32_t early = 0;
		c.retransmit_ns += s->round_trip_ns;
		bool quick = gap_ns < c.retransmit_ns;
		double sent = demand_bps(s) * time_s(quick ? gap_ns : c.retransmit_ns);
		bool room = sent < window_bits(s);
		s->again_ns = now_ns;
		if (!quick || !room)
			s->again_ns = after(s->unheard_since_ns, identity_silent_ns(&c, gap_ns, &early));
		s->lost_packets += (room ? sent : window_bits(s)) / packet_bits(s);
		s->lost_packets += (double)early * s->plan.connections;
	}
	return s->again_ns <= now_ns;
}

static enum stream_state next_state(const struct traffic *t, struct stream *s, const struct sight *x,
                                    int64_t now_ns)
{
	if (s->state == STREAM_BROKEN || s->state == STREAM_OVER)
		return s->state;
	if (now_ns >= s->plan.end_ns)
		return STREAM_OVER;
	if (s->state == STREAM_AWAITS && (now_ns < s->plan.start_ns || !x->heard))
		return STREAM_AWAITS;
	bool silent = s->silent_since_ns >= 0;
	if (!x->heard && silent && now_ns - s->silent_since_ns >= s->plan.timeout_ns)
		return STREAM_BROKEN;
	if (!x->sends)
		return STREAM_HELD;
	if (!x->heard) {
		s->again_ns = -1;
		return STREAM_UNHEARD;
	}
	if (s->state == STREAM_UNHEARD && s->plan.transport == TRANSPORT_TCP && !tried_again(t, s, now_ns))
		return STREAM_UNHEARD;
	return x->tunnelled ? STREAM_TUNNELLED : STREAM_FLOWS;
}

static void gap_over(struct stream *s, int64_t now_ns)
{
	if (s->silent_since_ns < 0)
		return;
	int64_t gap_ns = now_ns - s->silent_since_ns;
	ASSERT(gap_ns >= 0);
	s->silent_ns += gap_ns;
	s->longest_ns = gap_ns > s->longest_ns ? gap_ns : s->longest_ns;
	s->silent_since_ns = -1;
}

static void enter(struct stream *s, enum stream_state next, int64_t now_ns)
{
	if (!carries(next) && carries(s->state) && next != STREAM_OVER) {
		s->silent_since_ns = now_ns;
		s->gaps++;
	}
	if (carries(next) || next == STREAM_BROKEN || next == STREAM_OVER)
		gap_over(s, now_ns);
	if (next == STREAM_UNHEARD && s->state != STREAM_UNHEARD)
		s->unheard_since_ns = now_ns;
	if (next != STREAM_UNHEARD)
		s->again_ns = -1;
	if (carries(next) && s->kept == 0)
		s->kept = s->plan.connections;
	if (next == STREAM_BROKEN) {
		s->kept = 0;
		s->backlog_bits = 0;
	}
	s->state = next;
}

/* Flows. */

/* Of a stream's bits on the wire, one bit is so many. */
static double wire(const struct traffic *t, const struct stream *s)
{
	double packet = (double)s->plan.packet_bytes;
	return s->state == STREAM_TUNNELLED ? (packet + (double)t->tunnel_header_bytes) / packet : 1;
}

/* What it would carry if nobody else used its links. */
static double wants_bps(const struct stream *s)
{
	double want = demand_bps(s), most = (double)FLOW_CAPACITY_MAX_BPS;
	if (s->plan.transport == TRANSPORT_UDP)
		return want;
	if (s->backlog_bits > 0)
		want = most;
	if (s->round_trip_ns > 0)
		most = window_bits(s) / time_s(s->round_trip_ns);
	return want < most ? want : most;
}

static int64_t ceiling_bps(const struct traffic *t, const struct stream *s)
{
	double bps = wants_bps(s) * wire(t, s);
	if (bps < 1)
		return 1;
	return bps < (double)FLOW_CAPACITY_MAX_BPS ? (int64_t)bps : FLOW_CAPACITY_MAX_BPS;
}

static void flow_begin(const struct traffic *t, struct stream *s)
{
	struct flow_request request = {
		.link_count = s->path.count,
		.weight = s->plan.connections,
		.most_bps = s->most_bps,
		.bits = FLOW_UNLIMITED,
	};
	for (uint32_t k = 0; k < s->path.count; k++)
		request.links[k] = s->path.links[k].i;
	s->flow = flow_add(t->migrations->flows, &request);
}

static void flow_look(const struct traffic *t, struct stream *s, const struct sight *x)
{
	struct flows *flows = t->migrations->flows;
	bool goes_on = carries(s->state) && s->flow != FLOW_NONE && path_equal(&s->path, &x->path);
	if (s->flow != FLOW_NONE && !goes_on) {
		flow_remove(flows, s->flow);
		s->flow = FLOW_NONE;
	}
	if (!carries(s->state))
		return;
	s->path = x->path;
	s->round_trip_ns = x->round_trip_ns;
	int64_t most_bps = ceiling_bps(t, s);
	bool changed = most_bps != s->most_bps;
	s->most_bps = most_bps;
	if (!goes_on)
		flow_begin(t, s);
	else if (changed)
		flow_most_set(flows, s->flow, most_bps);
}

/* A flow that is held by its ceiling carries all that was wanted: rates are rounded down, and a TCP stream
 * must not run up a backlog of roundings. */
static double arriving_bps(const struct traffic *t, const struct stream *s)
{
	if (s->flow == FLOW_NONE)
		return 0;
	int64_t rate_bps = flow_rate_bps(t->migrations->flows, s->flow);
	ASSERT(rate_bps >= 0 && rate_bps <= s->most_bps);
	if (rate_bps + s->plan.connections >= s->most_bps)
		return wants_bps(s);
	return (double)rate_bps / wire(t, s);
}

/* Sums and spans. */

/* The time since the last look, at the rate of that look. */
static void count(struct stream *s, int64_t now_ns)
{
	double seconds = time_s(now_ns - s->counted_ns);
	ASSERT(now_ns >= s->counted_ns);
	if (s->state == STREAM_TUNNELLED)
		s->tunnelled_ns += now_ns - s->counted_ns;
	s->counted_ns = now_ns;
	if (!offers(s->state))
		return;
	double offered = demand_bps(s) * seconds, arrived = s->arrives_bps * seconds;
	if (s->plan.transport == TRANSPORT_UDP) {
		s->lost_packets += (offered - arrived) / packet_bits(s);
	} else {
		/* The last nanosecond of a catch-up may carry more than was left, or a part of a bit less. */
		double waiting = s->backlog_bits + offered;
		arrived = waiting - arrived < 1 ? waiting : arrived;
		s->backlog_bits = waiting - arrived;
	}
	s->offered_bytes += offered / 8;
	s->arrived_bytes += arrived / 8;
}

static void span_end(struct traffic *t, struct stream *s, int64_t now_ns)
{
	struct stream_span span = s->open;
	if (now_ns <= span.from_ns)
		return;
	span.to_ns = now_ns;
	span.lost_packets = s->lost_packets - s->open.lost_packets;
	ARRAY_GROW(t->spans, t->span_count, t->span_room, "spans of traffic");
	t->spans[t->span_count++] = span;
	const uint64_t words[5] = {
		(uint64_t)now_ns, span.stream, (uint64_t)span.state, digest_of_double(span.arrives_bps),
		digest_of_double(span.lost_packets),
	};
	digest_add(engine_digest(t->migrations->world->engine), DIGEST_STREAM, words);
}

/* Another span begins where anything is other than before. */
static void span_look(struct traffic *t, struct stream *s, int64_t now_ns)
{
	struct stream_span next = {
		.stream = (uint32_t)(s - t->streams),
		.state = s->state,
		.from_ns = now_ns,
		.offered_bps = offers(s->state) ? demand_bps(s) : 0,
		.lost_packets = s->lost_packets,
		.latency_ns = carries(s->state) ? s->path.latency_ns : -1,
	};
	const struct stream_span *open = &s->open;
	s->arrives_bps = next.arrives_bps = arriving_bps(t, s);
	if (next.state == open->state && next.arrives_bps == open->arrives_bps &&
	    next.latency_ns == open->latency_ns)
		return;
	span_end(t, s, now_ns);
	s->open = next;
}

/* Looking. */

static int64_t sooner(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

/* When something is next to happen to a stream by itself. */
static int64_t stream_next_ns(const struct stream *s, int64_t now_ns)
{
	int64_t next_ns = s->plan.end_ns;
	if (s->state == STREAM_BROKEN || s->state == STREAM_OVER)
		return TIME_MAX_NS;
	if (s->state == STREAM_AWAITS)
		return s->plan.start_ns > now_ns ? s->plan.start_ns : TIME_MAX_NS;
	if (s->silent_since_ns >= 0 && s->again_ns < 0)
		next_ns = sooner(next_ns, after(s->silent_since_ns, s->plan.timeout_ns));
	if (s->again_ns >= 0)
		next_ns = sooner(next_ns, s->again_ns);
	double spare_bps = s->arrives_bps - demand_bps(s);
	if (s->backlog_bits > 0 && spare_bps > 0) {
		double seconds = s->backlog_bits / spare_bps;
		int64_t span_ns = seconds < 1e8 ? (int64_t)(seconds * 1e9) + 1 : TIME_MAX_NS;
		next_ns = sooner(next_ns, after(now_ns, span_ns));
	}
	return next_ns;
}

static int64_t guest_next_ns(const struct traffic_guest *g)
{
	int64_t next_ns = TIME_MAX_NS;
	if (g->learning != ID_NONE)
		next_ns = g->known_ns;
	if (g->tunnel != ID_NONE)
		next_ns = sooner(next_ns, g->renamed_ns);
	return next_ns;
}

static void ask_later(struct traffic *t, int64_t now_ns)
{
	struct engine *engine = t->migrations->world->engine;
	int64_t next_ns = TIME_MAX_NS;
	for (uint32_t k = 0; k < t->guest_count; k++)
		next_ns = sooner(next_ns, guest_next_ns(&t->guests[k]));
	for (uint32_t k = 0; k < t->count; k++)
		next_ns = sooner(next_ns, stream_next_ns(&t->streams[k], now_ns));
	event_cancel(engine, t->later);
	t->later = EVENT_NONE;
	if (next_ns < TIME_MAX_NS)
		t->later = event_at(engine, next_ns > now_ns ? next_ns : now_ns + 1, t->look, 0, 0);
}

static void look(struct engine *engine, void *context, const struct event *event)
{
	struct traffic *t = context;
	int64_t now_ns = event->time_ns;
	event_cancel(engine, t->soon);
	t->soon = EVENT_NONE;
	for (uint32_t k = 0; k < t->guest_count; k++)
		guest_look(t, k, now_ns);
	for (uint32_t k = 0; k < t->count; k++) {
		struct stream *s = &t->streams[k];
		count(s, now_ns);
		struct sight x = see(t, s);
		enter(s, next_state(t, s, &x, now_ns), now_ns);
		flow_look(t, s, &x);
	}
	/* Only now do all flows have their rates. */
	for (uint32_t k = 0; k < t->count; k++)
		span_look(t, &t->streams[k], now_ns);
	ask_later(t, now_ns);
}

static void soon(void *context)
{
	struct traffic *t = context;
	struct engine *engine = t->migrations->world->engine;
	if (!event_pending(engine, t->soon))
		t->soon = event_at(engine, engine_now_ns(engine), t->look, 0, 0);
}

static void noted(void *context, const struct note *note)
{
	(void)note;
	soon(context);
}

void traffic_init(struct traffic *t, struct migrations *m, const struct identity_case *identity,
                  int64_t tunnel_header_bytes)
{
	ASSERT(tunnel_header_bytes >= 0 && identity->retransmit_ns > 0);
	*t = (struct traffic){
		.migrations = m, .identity = *identity, .tunnel_header_bytes = tunnel_header_bytes,
		.soon = EVENT_NONE, .later = EVENT_NONE,
	};
}

static uint32_t guest_of(struct traffic *t, uint32_t vm)
{
	if (vm == ID_NONE)
		return ID_NONE;
	for (uint32_t k = 0; k < t->guest_count; k++)
		if (t->guests[k].vm == vm)
			return k;
	ARRAY_GROW(t->guests, t->guest_count, t->guest_room, "ends of traffic");
	t->guests[t->guest_count] = (struct traffic_guest){
		.vm = vm, .at = ID_NONE, .seen = ID_NONE, .learning = ID_NONE, .tunnel = ID_NONE,
	};
	return t->guest_count++;
}

void traffic_add(struct traffic *t, const struct stream_plan *plan)
{
	ASSERT(plan->from != plan->to && plan->rate_bps > 0 && plan->packet_bytes > 0);
	ASSERT(plan->connections > 0 && plan->connections <= STREAM_CONNECTIONS_MOST);
	ASSERT(plan->timeout_ns > 0 && plan->window_bytes > 0);
	uint32_t from = guest_of(t, plan->from), to = guest_of(t, plan->to);
	ARRAY_GROW(t->streams, t->count, t->room, "streams of traffic");
	t->streams[t->count] = (struct stream){
		.plan = *plan, .guest = {from, to}, .flow = FLOW_NONE, .silent_since_ns = -1, .again_ns = -1,
		.open = {.stream = t->count, .latency_ns = -1},
	};
	t->count++;
}

/* The wide area, or of a single site its core. */
static node_id outside_of(const struct world *w)
{
	for (uint32_t k = 0; k < w->network.node_count; k++)
		if (w->network.nodes[k].kind == NODE_WAN)
			return (node_id){k};
	return w->sites[0].core;
}

void traffic_open(struct traffic *t)
{
	struct migrations *m = t->migrations;
	ASSERT(m->flows && !m->changed);
	t->outside = outside_of(m->world);
	t->look = engine_type(m->world->engine, "traffic is looked at", RANK_RECORD, look, t);
	m->traffic = t;
	m->changed = soon;
	m->changed_context = t;
	world_listen(m->world, noted, t);
	soon(t);
}

void traffic_finish(struct traffic *t)
{
	int64_t now_ns = engine_now_ns(t->migrations->world->engine);
	for (uint32_t k = 0; k < t->count; k++) {
		struct stream *s = &t->streams[k];
		count(s, now_ns);
		gap_over(s, now_ns);
		span_end(t, s, now_ns);
	}
}

void traffic_close(struct traffic *t)
{
	free(t->streams);
	free(t->guests);
	free(t->spans);
}

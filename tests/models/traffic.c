/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams of packets in small worlds, by hand: what they share with migrations, what gets lost while their
 * guests move, and by which way they go afterwards. */
#include "tests/test.h"

#include "models/migration/traffic.h"
#include "sim/flow.h"
#include "sim/time.h"
#include "tests/models/small.h"

#define PAGES 250000 /* 1024 MB: 8.192 s over 1 Gbit/s */
#define PASS_NS INT64_C(8192000000)
#define MBIT INT64_C(1000000)
#define GBIT INT64_C(1000000000)
#define TUNNEL_HEADER 25

static struct migration_guest guests[2];

struct bed {
	struct small s;
	struct traffic t;
};

/* Hosts 0 and 1 at one site, 2 at another, cables of 1 Gbit/s without latency but for 10 ms to the wide
 * area; a guest of 1024 MB on host 0. */
static void open_bed(struct bed *b, const struct move_kind *kind, enum announce_way way)
{
	struct small *s = &b->s;
	small_open(s);
	uint32_t type = small_host_type(s, 4, 1000);
	small_host(s, type);
	small_host(s, type);
	struct world *w = &s->world;
	uint32_t far = world_site_add(w, "far"), rack = world_rack_add(w, "far", (site_id){far});
	uint32_t host = world_host_add(w, type, (rack_id){rack});
	w->hosts[host].number = host;
	network_cable_add(&w->network, w->hosts[host].node, w->racks[rack].tor, GBIT, 0);
	for (uint32_t l = 0; l < w->network.link_count; l++)
		w->network.links[l].latency_ns = 0;
	node_id wan = network_node_add(&w->network, NODE_WAN, 0);
	for (uint32_t k = 0; k < 2; k++) {
		network_cable_add(&w->network, w->racks[k].tor, w->sites[k].core, 10 * GBIT, 0);
		network_cable_add(&w->network, w->sites[k].core, wan, 10 * GBIT, 10 * NS_PER_MS);
	}
	uint32_t vm = small_vm(s, 1000, ID_NONE);
	small_type(s, vm)->ram_bytes = PAGES * 4096;
	small_type(s, vm)->disk_bytes = 0;
	guests[0] = (struct migration_guest){.touches = 1};
	s->migrations.guests = guests;
	s->migrations.move_kind = kind;
	s->migrations.rules = move_rules_default(STOP_SIMGRID);
	s->migrations.rules.discard_ns = 0;
	migrations_open(&s->migrations);
	struct identity_case c = identity_default(way, 0);
	traffic_init(&b->t, &s->migrations, &c, TUNNEL_HEADER);
	small_place(s, vm, 0);
}

static void close_bed(struct bed *b)
{
	traffic_close(&b->t);
	small_close(&b->s);
}

/* 1000 packets of 1000 bytes a second. */
static struct stream_plan plan(uint32_t from, uint32_t to, enum transport transport)
{
	return (struct stream_plan){
		.name = "stream", .from = from, .to = to, .transport = transport, .connections = 1,
		.rate_bps = 8 * MBIT, .packet_bytes = 1000, .window_bytes = INT64_C(1) << 30,
		.timeout_ns = 1000 * NS_PER_S, .end_ns = TIME_MAX_NS,
	};
}

static void move_at(struct bed *b, int64_t at_s, uint32_t host)
{
	small_run(&b->s, at_s);
	CU_ASSERT_PTR_NULL(migration_start(&b->s.migrations, (vm_id){0}, (host_id){host}));
}

static void finish(struct bed *b, int64_t at_s)
{
	small_run(&b->s, at_s);
	traffic_finish(&b->t);
}

/* Cold: 8.192 s, and 51 ms until the announcement is learnt. */
static void test_cold(void)
{
	struct bed b;
	struct identity_outcome closed;
	struct identity_case c = identity_default(ANNOUNCE_ARP, PASS_NS);
	struct stream_plan p = plan(ID_NONE, 0, TRANSPORT_UDP);
	open_bed(&b, &move_cold, ANNOUNCE_ARP);
	traffic_add(&b.t, &p);
	traffic_open(&b.t);
	move_at(&b, 5, 1);
	finish(&b, 30);
	const struct stream *s = &b.t.streams[0];
	c.client_hz = 1000;
	c.connections = 1;
	identity_move(&c, &closed);
	CU_ASSERT_DOUBLE_EQUAL(s->lost_packets, 8243, 1e-3);
	CU_ASSERT_DOUBLE_EQUAL(s->lost_packets, closed.lost_packets, 1e-3);
	CU_ASSERT_EQUAL(s->longest_ns, closed.gap_ns);
	CU_ASSERT_EQUAL(s->gaps, 1);
	CU_ASSERT_EQUAL(s->kept, closed.kept);
	CU_ASSERT_DOUBLE_EQUAL(s->offered_bytes, 30e6, 1);
	CU_ASSERT_DOUBLE_EQUAL(s->arrived_bytes, 30e6 - 8243e3, 10);
	close_bed(&b);
}

/* A peer that waits for 8 s gives up before 8.243 s are over. */
static void test_broken(void)
{
	for (int64_t timeout_s = 8; timeout_s <= 9; timeout_s++) {
		struct bed b;
		struct stream_plan p = plan(ID_NONE, 0, TRANSPORT_UDP);
		p.timeout_ns = timeout_s * NS_PER_S;
		p.connections = 3;
		open_bed(&b, &move_cold, ANNOUNCE_ARP);
		traffic_add(&b.t, &p);
		traffic_open(&b.t);
		move_at(&b, 5, 1);
		finish(&b, 30);
		CU_ASSERT_EQUAL(b.t.streams[0].kept, timeout_s == 8 ? 0 : 3);
		CU_ASSERT_EQUAL(b.t.streams[0].state, timeout_s == 8 ? STREAM_BROKEN : STREAM_FLOWS);
		CU_ASSERT_DOUBLE_EQUAL(b.t.streams[0].offered_bytes, timeout_s == 8 ? 39e6 : 90e6, 1);
		close_bed(&b);
	}
}

/* Without an announcement: from its own packets, or when the switches have forgotten. */
static void test_learning(void)
{
	for (int talks = 0; talks < 2; talks++) {
		struct bed b;
		struct stream_plan in = plan(ID_NONE, 0, TRANSPORT_UDP);
		struct stream_plan out = plan(0, ID_NONE, TRANSPORT_UDP);
		open_bed(&b, &move_cold, ANNOUNCE_NONE);
		traffic_add(&b.t, &in);
		if (talks)
			traffic_add(&b.t, &out);
		traffic_open(&b.t);
		move_at(&b, 5, 1);
		finish(&b, 400);
		/* Half an interval of 1 ms and 1 ms to learn; or 300 s. */
		int64_t gap_ns = b.t.streams[0].longest_ns - b.s.migrations.all[0].outcome.downtime_ns;
		CU_ASSERT_EQUAL(gap_ns, talks ? NS_PER_MS * 3 / 2 : 300 * NS_PER_S);
		if (talks)
			CU_ASSERT_DOUBLE_EQUAL(b.t.streams[1].lost_packets, 0, 1e-9); /* held, not lost */
		close_bed(&b);
	}
}

/* 600 Mbit/s and a migration share 1 Gbit/s: 500 each, so it takes twice as long. */
static void test_sharing(void)
{
	for (int transport = 0; transport < TRANSPORTS; transport++) {
		struct bed b;
		struct stream_plan p = plan(0, ID_NONE, (enum transport)transport);
		p.rate_bps = 600 * MBIT;
		open_bed(&b, &move_precopy, ANNOUNCE_ARP);
		for (uint32_t l = 0; l < b.s.world.network.link_count; l++)
			b.s.world.network.links[l].latency_ns = 0;
		traffic_add(&b.t, &p);
		traffic_open(&b.t);
		move_at(&b, 5, 1);
		small_run(&b.s, 22);
		CU_ASSERT_EQUAL(b.s.migrations.all[0].end_ns, 5 * NS_PER_S + 2 * PASS_NS);
		/* 100 Mbit/s too little for 16.384 s. */
		const struct stream *s = &b.t.streams[0];
		bool udp = transport == TRANSPORT_UDP;
		finish(&b, 60);
		CU_ASSERT_DOUBLE_EQUAL(s->lost_packets, udp ? 204800 : 0, 0.5);
		CU_ASSERT_DOUBLE_EQUAL(s->offered_bytes, 4500e6, 10);
		CU_ASSERT_DOUBLE_EQUAL(s->arrived_bytes, udp ? 4500e6 - 204.8e6 : 4500e6, 500);
		/* TCP catches up at 400 Mbit/s more than it sends: in 4.096 s. */
		int64_t caught_ns = b.t.spans[b.t.span_count - 1].from_ns;
		CU_ASSERT_DOUBLE_EQUAL((double)caught_ns, udp ? 21.384e9 : 25.480e9, 1e3);
		close_bed(&b);
	}
}

/* A TCP peer with a small window waits for its retransmission: after 0.2, 0.6, 1.4, 3, 6.2, 12.6 s. */
static void test_retransmission(void)
{
	struct bed b;
	struct stream_plan p = plan(ID_NONE, 0, TRANSPORT_TCP);
	p.window_bytes = 50000;
	open_bed(&b, &move_cold, ANNOUNCE_ARP);
	for (uint32_t l = 0; l < b.s.world.network.link_count; l++)
		b.s.world.network.links[l].latency_ns = 0;
	traffic_add(&b.t, &p);
	traffic_open(&b.t);
	move_at(&b, 5, 1);
	finish(&b, 60);
	const struct stream *s = &b.t.streams[0];
	CU_ASSERT_EQUAL(s->longest_ns, 12600 * NS_PER_MS);
	CU_ASSERT_DOUBLE_EQUAL(s->lost_packets, 50 + 5, 1e-9);
	CU_ASSERT_EQUAL(s->kept, 1);
	CU_ASSERT_DOUBLE_EQUAL(s->arrived_bytes, s->offered_bytes, 10);
	close_bed(&b);
}

/* To the other site: by host 0 for 300 s, each packet 2.5 % longer, 30 ms instead of 10. */
static void test_tunnel(void)
{
	for (int fails = 0; fails < 2; fails++) {
		struct bed b;
		struct stream_plan p = plan(ID_NONE, 0, TRANSPORT_UDP);
		open_bed(&b, &move_cold, ANNOUNCE_TUNNEL);
		traffic_add(&b.t, &p);
		traffic_open(&b.t);
		move_at(&b, 5, 2);
		small_run(&b.s, 100);
		const struct stream *s = &b.t.streams[0];
		CU_ASSERT_EQUAL(s->state, STREAM_TUNNELLED);
		CU_ASSERT_EQUAL(s->path.latency_ns, 30 * NS_PER_MS);
		CU_ASSERT_DOUBLE_EQUAL((double)flow_rate_bps(b.s.migrations.flows, s->flow), 8.2e6, 1);
		if (fails)
			CU_ASSERT_PTR_NULL(lifecycle_host(&b.s.life, (host_id){0}, HOST_FAIL));
		finish(&b, 400);
		CU_ASSERT_EQUAL(s->state, STREAM_FLOWS);
		CU_ASSERT_EQUAL(s->path.latency_ns, 10 * NS_PER_MS);
		int64_t known_ns = b.t.spans[2].from_ns;
		CU_ASSERT_EQUAL(b.t.spans[2].state, STREAM_TUNNELLED);
		CU_ASSERT_EQUAL(s->tunnelled_ns, fails ? 100 * NS_PER_S - known_ns : 300 * NS_PER_S);
		CU_ASSERT_EQUAL(s->gaps, 1 + fails);
		close_bed(&b);
	}
}

/* A cable that is cut, and mended after 3 s; a guest that is paused. */
static void test_silences(void)
{
	struct bed b;
	struct stream_plan in = plan(ID_NONE, 0, TRANSPORT_UDP), out = plan(0, ID_NONE, TRANSPORT_UDP);
	open_bed(&b, &move_precopy, ANNOUNCE_ARP);
	traffic_add(&b.t, &in);
	traffic_add(&b.t, &out);
	traffic_open(&b.t);
	small_run(&b.s, 5);
	CU_ASSERT_PTR_NULL(migrations_cable(&b.s.migrations, (host_id){0}, true));
	small_run(&b.s, 8);
	CU_ASSERT_PTR_NULL(migrations_cable(&b.s.migrations, (host_id){0}, false));
	small_run(&b.s, 10);
	CU_ASSERT_PTR_NULL(vm_life_request(&b.s.life, (vm_id){0}, VM_PAUSE));
	small_run(&b.s, 11);
	CU_ASSERT_PTR_NULL(vm_life_request(&b.s.life, (vm_id){0}, VM_UNPAUSE));
	finish(&b, 20);
	CU_ASSERT_DOUBLE_EQUAL(b.t.streams[0].lost_packets, 4000, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(b.t.streams[1].lost_packets, 3000, 1e-6); /* it sends none while paused */
	CU_ASSERT_EQUAL(b.t.streams[0].gaps, 2);
	CU_ASSERT_EQUAL(b.t.streams[1].silent_ns, 4 * NS_PER_S);
	close_bed(&b);
}

/* Two on one host need no link; a start and an end are kept. */
static void test_local(void)
{
	struct bed b;
	struct stream_plan p = plan(0, 1, TRANSPORT_TCP);
	open_bed(&b, &move_precopy, ANNOUNCE_ARP);
	uint32_t vm = small_vm(&b.s, 1000, ID_NONE);
	small_type(&b.s, vm)->disk_bytes = 0;
	small_place(&b.s, vm, 0);
	p.start_ns = 2 * NS_PER_S;
	p.end_ns = 12 * NS_PER_S;
	traffic_add(&b.t, &p);
	traffic_open(&b.t);
	finish(&b, 20);
	const struct stream *s = &b.t.streams[0];
	CU_ASSERT_EQUAL(s->state, STREAM_OVER);
	CU_ASSERT_DOUBLE_EQUAL(s->arrived_bytes, 10e6, 1);
	CU_ASSERT_EQUAL(s->gaps, 0);
	CU_ASSERT_EQUAL(b.t.span_count, 3);
	close_bed(&b);
}

static const struct test tests[] = {
	{"a cold migration loses what the closed form says", test_cold},
	{"a peer gives up when the silence is longer than its timeout", test_broken},
	{"switches learn from the guest's own packets, or forget after their ageing", test_learning},
	{"a stream and a migration share a link, and tcp catches up afterwards", test_sharing},
	{"a tcp peer whose window is full goes on at its next retransmission", test_retransmission},
	{"between sites packets go by the old host until names have changed, and need it", test_tunnel},
	{"a cut cable loses packets both ways, a pause only those to the guest", test_silences},
	{"a stream within a host needs no link, from its start to its end", test_local},
};
SUITE(models_traffic, tests)

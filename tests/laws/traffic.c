/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of traffic, in random worlds with random migrations: every byte that was sent has arrived, waits or
 * is lost; spans fill the time; connections are kept as long as no gap is as long as their timeout; and what
 * moves live loses no more than what moves cold. */
#include "tests/test.h"

#include "models/migration/traffic.h"
#include "sim/flow.h"
#include "sim/random.h"
#include "sim/time.h"
#include "tests/models/small.h"

#define PAGES 60000
#define VMS 4
#define STREAMS 8
#define END_S 120

static struct migration_guest guests[VMS];

struct bed {
	struct small s;
	struct traffic t;
};

static uint32_t below(struct random_stream *r, uint32_t n)
{
	return (uint32_t)random_below(r, n);
}

static void open_bed(struct bed *b, const struct move_kind *kind, struct identity_case identity)
{
	struct small *s = &b->s;
	small_open(s);
	uint32_t type = small_host_type(s, 4, 1000);
	for (int k = 0; k < 3; k++)
		small_host(s, type);
	struct world *w = &s->world;
	network_cable_add(&w->network, w->racks[0].tor, w->sites[0].core, INT64_C(2000000000), NS_PER_MS);
	for (uint32_t v = 0; v < VMS; v++) {
		uint32_t vm = small_vm(s, 1000, ID_NONE);
		small_type(s, vm)->ram_bytes = PAGES * 4096;
		small_type(s, vm)->disk_bytes = 0;
		guests[v] = (struct migration_guest){.touches = 1};
		guests[v].dirty = dirty_pattern(DIRTY_UNIFORM, 0, 2000 + 3000 * v, 4000);
		small_place(s, vm, v % 3);
	}
	s->migrations.move_kind = kind;
	s->migrations.guests = guests;
	migrations_open(&s->migrations);
	traffic_init(&b->t, &s->migrations, &identity, 20);
}

static void close_bed(struct bed *b)
{
	traffic_close(&b->t);
	small_close(&b->s);
}

static struct stream_plan random_plan(struct random_stream *r)
{
	uint32_t from = below(r, VMS + 1), to = (from + 1 + below(r, VMS)) % (VMS + 1);
	return (struct stream_plan){
		.name = "s", .from = from < VMS ? from : ID_NONE, .to = to < VMS ? to : ID_NONE,
		.transport = (enum transport)below(r, TRANSPORTS), .connections = 1 + below(r, 5),
		.rate_bps = 1 + below(r, 200000000), .packet_bytes = 64 + below(r, 1436),
		.window_bytes = 10000 + below(r, 4000000),
		.timeout_ns = (int64_t)(1 + below(r, 20)) * NS_PER_S,
		.start_ns = (int64_t)below(r, 10) * NS_PER_S,
		.end_ns = below(r, 3) ? TIME_MAX_NS : (int64_t)(20 + below(r, 80)) * NS_PER_S,
	};
}

static void check_stream(const struct stream *s)
{
	double packet = (double)s->plan.packet_bytes, slack = 64 + 1e-7 * s->offered_bytes;
	double lost_bytes = s->plan.transport == TRANSPORT_UDP ? s->lost_packets * packet : 0;
	/* A broken stream throws away what waited. */
	if (s->state != STREAM_BROKEN)
		CU_ASSERT_DOUBLE_EQUAL(s->offered_bytes,
		                       s->arrived_bytes + lost_bytes + s->backlog_bits / 8, slack);
	CU_ASSERT(s->arrived_bytes <= s->offered_bytes + slack);
	CU_ASSERT(s->lost_packets >= -1e-6 && s->longest_ns <= s->silent_ns);
	CU_ASSERT(s->kept == 0 || s->kept == s->plan.connections);
	CU_ASSERT(s->silent_ns == 0 || s->gaps > 0);
	if (s->state == STREAM_BROKEN)
		CU_ASSERT(s->kept == 0 && s->longest_ns >= s->plan.timeout_ns);
}

static void check_spans(const struct traffic *t)
{
	int64_t until_ns[STREAMS] = {0};
	double lost[STREAMS] = {0};
	for (uint32_t k = 0; k < t->span_count; k++) {
		const struct stream_span *span = &t->spans[k];
		CU_ASSERT_EQUAL(span->from_ns, until_ns[span->stream]);
		CU_ASSERT(span->to_ns > span->from_ns && span->arrives_bps >= 0);
		CU_ASSERT(span->arrives_bps == 0 || span->latency_ns >= 0);
		until_ns[span->stream] = span->to_ns;
		lost[span->stream] += span->lost_packets;
	}
	for (uint32_t k = 0; k < t->count; k++) {
		CU_ASSERT_EQUAL(until_ns[k], END_S * NS_PER_S);
		CU_ASSERT_DOUBLE_EQUAL(lost[k], t->streams[k].lost_packets, 1e-6 + 1e-9 * lost[k]);
	}
}

static void random_step(struct bed *b, struct random_stream *r)
{
	vm_id vm = {below(r, VMS)};
	host_id host = {below(r, 3)};
	switch (below(r, 14)) {
	case 0:
		migration_cancel(&b->s.migrations, vm);
		break;
	case 1:
		migrations_cable(&b->s.migrations, host, below(r, 2));
		break;
	case 2:
		vm_life_request(&b->s.life, vm, below(r, 2) ? VM_PAUSE : VM_UNPAUSE);
		break;
	default:
		migration_ask(&b->s.migrations, &(struct migration_request){
			.vm = vm, .target = host, .kind = move_kinds[below(r, 4)]});
	}
}

static void test_accounts(void)
{
	uint32_t broken = 0, gaps = 0;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct bed b;
		struct random_stream r;
		random_init(&r, seed, "traffic", 0);
		struct identity_case c = identity_default((enum announce_way)below(&r, ANNOUNCE_TUNNEL), 0);
		c.ageing_ns = 5 * NS_PER_S;
		open_bed(&b, &move_precopy, c);
		for (int k = 0; k < STREAMS; k++) {
			struct stream_plan p = random_plan(&r);
			traffic_add(&b.t, &p);
		}
		traffic_open(&b.t);
		for (int64_t t = 1; t < END_S; t++) {
			random_step(&b, &r);
			small_run(&b.s, t);
			if (t % 10 == 0)
				flows_check(b.s.migrations.flows);
		}
		small_run(&b.s, END_S);
		traffic_finish(&b.t);
		for (int k = 0; k < STREAMS; k++) {
			check_stream(&b.t.streams[k]);
			broken += b.t.streams[k].state == STREAM_BROKEN;
			gaps += b.t.streams[k].gaps;
		}
		check_spans(&b.t);
		close_bed(&b);
	}
	CU_ASSERT(broken > 10 && gaps > 500);
}

/* One udp stream to a guest that moves alone, in each kind: the stream loses what its closed form says, and
 * live no more than cold. */
static void test_kinds(void)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		double lost[4] = {0};
		struct random_stream r;
		random_init(&r, seed, "traffic of kinds", 0);
		struct stream_plan p = random_plan(&r);
		p.from = ID_NONE;
		p.to = 1;
		p.transport = TRANSPORT_UDP;
		p.connections = 1;
		p.rate_bps = 1000 + below(&r, 20000000);
		p.start_ns = 0;
		p.end_ns = TIME_MAX_NS;
		for (int kind = 0; move_kinds[kind]; kind++) {
			struct bed b;
			struct identity_outcome closed;
			open_bed(&b, move_kinds[kind], identity_default(ANNOUNCE_ARP, 0));
			traffic_add(&b.t, &p);
			traffic_open(&b.t);
			small_run(&b.s, 10);
			CU_ASSERT_PTR_NULL(migration_start(&b.s.migrations, (vm_id){1}, (host_id){2}));
			small_run(&b.s, END_S);
			traffic_finish(&b.t);
			const struct stream *s = &b.t.streams[0];
			struct identity_case c = identity_default(ANNOUNCE_ARP,
				b.s.migrations.all[0].outcome.downtime_ns);
			c.client_hz = (double)p.rate_bps / 8 / (double)p.packet_bytes;
			c.timeout_ns = p.timeout_ns;
			c.connections = 1;
			identity_move(&c, &closed);
			CU_ASSERT_EQUAL(s->kept, closed.kept);
			if (closed.kept)
				CU_ASSERT_DOUBLE_EQUAL(s->lost_packets, closed.lost_packets,
				                       1e-6 * closed.lost_packets);
			lost[kind] = s->lost_packets;
			close_bed(&b);
		}
		for (int kind = 1; kind < 4; kind++)
			CU_ASSERT(lost[kind] <= lost[0] + 1e-6);
	}
}

static const struct test tests[] = {
	{"every byte that was sent has arrived, waits or is lost, and spans fill the time", test_accounts},
	{"alone, a stream loses what the closed form says, and live no more than cold", test_kinds},
};
SUITE(laws_traffic, tests)

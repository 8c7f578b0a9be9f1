/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flows over links: worked cases. */
#include "sim/flow.h"

#include <string.h>

#include "sim/time.h"
#include "tests/test.h"

#define GBIT INT64_C(1000000000)
#define MOST 64

/* A network, and what ended in it when. */
struct bed {
	struct engine *engine;
	struct flows *flows;
	uint32_t done;
	uint64_t tags[MOST];
	int64_t at_ns[MOST];
	struct flow_request again;      /* asked for when the flow with tag 99 ends */
};

static void record(void *context, uint32_t flow, uint64_t tag)
{
	struct bed *b = context;
	(void)flow;
	b->tags[b->done] = tag;
	b->at_ns[b->done++] = engine_now_ns(b->engine);
	if (tag == 99)
		flow_add(b->flows, &b->again);
}

static void open_bed(struct bed *b)
{
	memset(b, 0, sizeof *b);
	b->engine = engine_open("flows", 1);
	b->flows = flows_open(b->engine, 3, record, b);
}

static void close_bed(struct bed *b)
{
	flows_check(b->flows);
	flows_close(b->flows);
	engine_close(b->engine);
}

/* Over links a and, when it is another, b; weight 1, no ceiling. */
static struct flow_request over(uint32_t a, uint32_t b, int64_t bits)
{
	return (struct flow_request){ .links = {a, b}, .link_count = a == b ? 1 : 2, .weight = 1,
	                              .most_bps = FLOW_UNLIMITED, .bits = bits };
}

static uint32_t add(struct bed *b, struct flow_request r, uint64_t tag)
{
	r.tag = tag;
	return flow_add(b->flows, &r);
}

static void equal_on_one_link(void)
{
	/* Both at 0.5 Gbit/s; the short one ends at 2 s, the other then has 2 Gbit left for itself. */
	struct bed b;
	open_bed(&b);
	uint32_t l = flows_link_add(b.flows, GBIT);
	uint32_t x = add(&b, over(l, l, 3 * GBIT), 1);
	add(&b, over(l, l, GBIT), 2);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x), GBIT / 2);
	CU_ASSERT_EQUAL(flow_link_used_bps(b.flows, l), GBIT);
	CU_ASSERT_EQUAL(flow_link_flows(b.flows, l), 2);
	engine_run(b.engine, 3 * NS_PER_S);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x), GBIT);
	CU_ASSERT_EQUAL(flow_sent_bits(b.flows, x), 2 * GBIT);
	engine_run(b.engine, 10 * NS_PER_S);
	CU_ASSERT_EQUAL(b.done, 2);
	CU_ASSERT(b.tags[0] == 2 && b.at_ns[0] == 2 * NS_PER_S);
	CU_ASSERT(b.tags[1] == 1 && b.at_ns[1] == 4 * NS_PER_S);
	close_bed(&b);
}

static void weights(void)
{
	struct bed b;
	open_bed(&b);
	uint32_t l = flows_link_add(b.flows, 8 * GBIT), x[3];
	for (uint32_t i = 0; i < 3; i++) {
		struct flow_request r = over(l, l, FLOW_UNLIMITED);
		r.weight = 1u << i;     /* 1, 2, 4 and the 1 below */
		x[i] = add(&b, r, i);
	}
	add(&b, over(l, l, FLOW_UNLIMITED), 3);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x[0]), GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x[1]), 2 * GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x[2]), 4 * GBIT);
	close_bed(&b);
}

static void ceilings(void)
{
	/* One may have 1 of 10 Gbit/s, so the others have 4.5; its ceiling rises, falls, and goes. */
	struct bed b;
	open_bed(&b);
	uint32_t l = flows_link_add(b.flows, 10 * GBIT);
	struct flow_request r = over(l, l, FLOW_UNLIMITED);
	r.most_bps = GBIT;
	uint32_t x = add(&b, r, 0), y = add(&b, over(l, l, FLOW_UNLIMITED), 1);
	add(&b, over(l, l, FLOW_UNLIMITED), 2);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x), GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, y), 9 * GBIT / 2);
	flow_most_set(b.flows, x, 2 * GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, y), 4 * GBIT);
	flow_most_set(b.flows, x, 4 * GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x), 10 * GBIT / 3);
	flow_most_set(b.flows, x, FLOW_UNLIMITED);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x), 10 * GBIT / 3);
	flow_most_set(b.flows, y, 0);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, y), 0);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x), 5 * GBIT);
	close_bed(&b);
}

static void ceiling_alone(void)
{
	struct bed b;
	open_bed(&b);
	struct flow_request r = { .weight = 1, .most_bps = GBIT, .bits = 5 * GBIT };
	uint32_t x = flow_add(b.flows, &r);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x), GBIT);
	engine_run(b.engine, 6 * NS_PER_S);
	CU_ASSERT(b.done == 1 && b.at_ns[0] == 5 * NS_PER_S);
	close_bed(&b);
}

static void chain(void)
{
	/* One long session over three links of capacity 1, 2, 3 (times 6), one short on each: 3 of 6 on the
	 * first, so the short ones have 3, 9 and 15. */
	struct bed b;
	open_bed(&b);
	uint32_t l[3], s[3];
	struct flow_request r = over(0, 0, FLOW_UNLIMITED);
	for (uint32_t i = 0; i < 3; i++) {
		l[i] = flows_link_add(b.flows, 6 * GBIT * (i + 1));
		s[i] = add(&b, over(l[i], l[i], FLOW_UNLIMITED), i);
		r.links[i] = l[i];
	}
	r.link_count = 3;
	uint32_t x = add(&b, r, 9);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x), 3 * GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, s[0]), 3 * GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, s[1]), 9 * GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, s[2]), 15 * GBIT);
	/* The bottleneck moves to the second link, and to the third. */
	flows_link_set(b.flows, l[0], 100 * GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x), 6 * GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, s[0]), 94 * GBIT);
	flow_remove(b.flows, s[1]);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x), 9 * GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, s[2]), 9 * GBIT);
	close_bed(&b);
}

static void textbook(void)
{
	/* Three sessions on the first link have a third each, whatever the others could give; a fourth shares
	 * the second link with one of them and takes the other two thirds; a fifth is alone on the third. */
	struct bed b;
	open_bed(&b);
	uint32_t l1 = flows_link_add(b.flows, 3 * GBIT), l2 = flows_link_add(b.flows, 3 * GBIT);
	uint32_t l3 = flows_link_add(b.flows, 3 * GBIT);
	uint32_t x1 = add(&b, over(l1, l2, FLOW_UNLIMITED), 1), x2 = add(&b, over(l1, l1, FLOW_UNLIMITED), 2);
	uint32_t x3 = add(&b, over(l1, l1, FLOW_UNLIMITED), 3), x4 = add(&b, over(l2, l2, FLOW_UNLIMITED), 4);
	uint32_t x5 = add(&b, over(l3, l3, FLOW_UNLIMITED), 5);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x1), GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x2), GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x3), GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x4), 2 * GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x5), 3 * GBIT);
	close_bed(&b);
}

static void cut_and_mended(void)
{
	struct bed b;
	open_bed(&b);
	uint32_t l = flows_link_add(b.flows, GBIT);
	uint32_t x = add(&b, over(l, l, 2 * GBIT), 1);
	engine_run(b.engine, NS_PER_S);
	flows_link_set(b.flows, l, 0);
	engine_run(b.engine, 5 * NS_PER_S);
	CU_ASSERT_EQUAL(flow_sent_bits(b.flows, x), GBIT);
	CU_ASSERT_EQUAL(flow_rate_bps(b.flows, x), 0);
	CU_ASSERT_EQUAL(b.done, 0);
	flows_link_set(b.flows, l, 2 * GBIT);
	engine_run(b.engine, 9 * NS_PER_S);
	CU_ASSERT(b.done == 1 && b.at_ns[0] == 11 * NS_PER_S / 2);
	close_bed(&b);
}

static void open_flow(void)
{
	/* It never ends, makes room and takes it back. */
	struct bed b;
	open_bed(&b);
	uint32_t l = flows_link_add(b.flows, GBIT), x = add(&b, over(l, l, FLOW_UNLIMITED), 1);
	engine_run(b.engine, NS_PER_S);
	add(&b, over(l, l, GBIT), 2);
	engine_run(b.engine, 4 * NS_PER_S);
	CU_ASSERT(b.done == 1 && b.tags[0] == 2 && b.at_ns[0] == 3 * NS_PER_S);
	CU_ASSERT_EQUAL(flow_remove(b.flows, x), 3 * GBIT);
	CU_ASSERT_EQUAL(flow_link_flows(b.flows, l), 0);
	CU_ASSERT_EQUAL(flow_link_used_bps(b.flows, l), 0);
	close_bed(&b);
}

static void more_bits(void)
{
	struct bed b;
	open_bed(&b);
	uint32_t l = flows_link_add(b.flows, GBIT), x = add(&b, over(l, l, GBIT), 1);
	engine_run(b.engine, NS_PER_S / 2);
	flow_bits_add(b.flows, x, GBIT);
	engine_run(b.engine, 3 * NS_PER_S / 2);
	CU_ASSERT_EQUAL(b.done, 0);
	CU_ASSERT_EQUAL(flow_sent_bits(b.flows, x), 3 * GBIT / 2);
	engine_run(b.engine, 3 * NS_PER_S);
	CU_ASSERT(b.done == 1 && b.at_ns[0] == 2 * NS_PER_S);
	close_bed(&b);
}

static void taken_away(void)
{
	/* A third of 1 Gbit/s for 1.5 s, rounded down; the two others then share. */
	struct bed b;
	open_bed(&b);
	uint32_t l = flows_link_add(b.flows, GBIT), x = add(&b, over(l, l, GBIT), 1);
	add(&b, over(l, l, GBIT), 2);
	add(&b, over(l, l, GBIT), 3);
	engine_run(b.engine, 3 * NS_PER_S / 2);
	/* 1e9 / 3 is 333333333.33333301... in steps of 2^-20, so a bit less than half a Gbit. */
	CU_ASSERT_EQUAL(flow_remove(b.flows, x), GBIT / 2 - 1);
	engine_run(b.engine, 5 * NS_PER_S);
	CU_ASSERT(b.done == 2 && b.tags[0] == 2 && b.tags[1] == 3);
	/* What the rounding kept back, 1e-6 bit of each, takes a nanosecond more. */
	CU_ASSERT(b.at_ns[0] == 5 * NS_PER_S / 2 + 1 && b.at_ns[1] == b.at_ns[0]);
	close_bed(&b);
}

static void one_after_another(void)
{
	/* A flow asked for at the end of another runs at once; one without bits ends where it begins. */
	struct bed b;
	open_bed(&b);
	uint32_t l = flows_link_add(b.flows, GBIT);
	b.again = over(l, l, 2 * GBIT);
	add(&b, over(l, l, GBIT), 99);
	engine_run(b.engine, 2 * NS_PER_S);
	add(&b, over(l, l, 0), 5);
	engine_run(b.engine, 9 * NS_PER_S);
	CU_ASSERT_EQUAL(b.done, 3);
	CU_ASSERT(b.tags[0] == 99 && b.at_ns[0] == NS_PER_S);
	CU_ASSERT(b.tags[1] == 5 && b.at_ns[1] == 2 * NS_PER_S);
	CU_ASSERT(b.tags[2] == 0 && b.at_ns[2] == 3 * NS_PER_S);
	close_bed(&b);
}

static void many_changes_one_event(void)
{
	/* Fifty flows come at one instant and end at another: two events in all. */
	struct bed b;
	open_bed(&b);
	uint32_t core = flows_link_add(b.flows, 10 * GBIT);
	for (uint32_t i = 0; i < 50; i++)
		add(&b, over(flows_link_add(b.flows, GBIT), core, 2 * GBIT), i);
	CU_ASSERT_EQUAL(engine_pending(b.engine), 1);
	engine_run(b.engine, 20 * NS_PER_S);
	CU_ASSERT_EQUAL(b.done, 50);
	CU_ASSERT_EQUAL(b.at_ns[0], 10 * NS_PER_S);
	CU_ASSERT_EQUAL(engine_fired(b.engine), 2);
	for (uint32_t i = 0; i < 50; i++)
		CU_ASSERT_EQUAL(b.tags[i], i);
	close_bed(&b);
}

static const struct test tests[] = {
	{"two flows share a link, and the one that stays takes it all", equal_on_one_link},
	{"rates go by weights", weights},
	{"a ceiling holds its flow and leaves the rest to others", ceilings},
	{"a flow without links goes as fast as its ceiling", ceiling_alone},
	{"a long session over three links is held by the narrowest, wherever that is", chain},
	{"five sessions have what the textbook's procedure gives them", textbook},
	{"a link that is cut holds what crosses it until it is mended", cut_and_mended},
	{"an open flow makes room and takes it back", open_flow},
	{"bits added on the way put off the end", more_bits},
	{"a flow taken away half-way has sent what it says, to the bit", taken_away},
	{"a flow may follow from another's end, and one without bits ends at once", one_after_another},
	{"what changes at one instant is settled by one event", many_changes_one_event},
};
SUITE(sim_flow, tests)

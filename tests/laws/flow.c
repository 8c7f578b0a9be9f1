/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flows in random networks: the laws of max-min fairness, and equality with the oracle to the bit. */
#include "sim/flow.h"

#include <string.h>

#include "sim/random.h"
#include "sim/time.h"
#include "tests/sim/flow_oracle.h"
#include "tests/test.h"

#define WORLDS 1000
#define STEPS 150
#define FLOWS 48
#define LINKS 9

struct world {
	struct engine *engine;
	struct flows *flows;
	struct oracle oracle;
	struct random_stream random;
	uint32_t kind;
	uint64_t tag;
	bool live[FLOWS];
	uint32_t done, unlike;          /* flows that ended; differences from the oracle */
	wide asked, ended;              /* bits of all flows that ended: requested; by the oracle's count */
};

static uint32_t below(struct world *w, uint64_t n)
{
	return (uint32_t)random_below(&w->random, n);
}

/* Few different capacities make ties; small ones, with large weights, make rounding matter. */
static int64_t capacity(struct world *w)
{
	static const int64_t round[] = {0, 1000, 1000, 2000, 3000, 5000, 10000};
	switch (w->kind % 4) {
	case 0: return round[below(w, 7)];
	case 1: return 1 + below(w, 8);
	case 2: return 1 + below(w, 100000);
	default: return INT64_C(1) << below(w, 47);
	}
}

static struct flow_request draw(struct world *w)
{
	struct flow_request r = { .weight = 1, .most_bps = FLOW_UNLIMITED, .bits = FLOW_UNLIMITED };
	uint32_t links = w->oracle.link_count, first = below(w, links);
	r.link_count = 1 + below(w, links < 4 ? links : 4);
	for (uint32_t k = 0; k < r.link_count; k++)
		r.links[k] = (first + k) % links;
	if (below(w, 3) == 0)
		r.most_bps = capacity(w);
	if (r.most_bps != FLOW_UNLIMITED && below(w, 10) == 0)
		r.link_count = 0;
	if (w->kind / 4 % 3 > 0)
		r.weight = 1 + below(w, w->kind / 4 % 3 == 1 ? 4 : 65536);
	if (below(w, 5))
		r.bits = below(w, 4) ? below(w, 100000) : below(w, 3);
	r.tag = ++w->tag;
	return r;
}

static void add(struct world *w)
{
	struct flow_request r = draw(w);
	uint32_t live = 0;
	for (uint32_t i = 0; i < FLOWS; i++)
		live += w->live[i];
	if (live == FLOWS)
		return;
	uint32_t flow = flow_add(w->flows, &r);
	CU_ASSERT_FATAL(flow < FLOWS && !w->live[flow]);
	w->live[flow] = true;
	oracle_add(&w->oracle, flow, &r);
}

static void take_away(struct world *w, uint32_t flow)
{
	w->unlike += flow_remove(w->flows, flow) != oracle_sent_bits(&w->oracle, flow);
	oracle_remove(&w->oracle, flow);
	w->live[flow] = false;
}

/* The oracle must come to the same end at the same time, and know no earlier one. */
static void ended(void *context, uint32_t flow, uint64_t tag)
{
	struct world *w = context;
	int64_t now_ns = engine_now_ns(w->engine);
	w->unlike += now_ns > w->oracle.now_ns && oracle_next_ns(&w->oracle) != now_ns;
	oracle_advance(&w->oracle, now_ns);
	struct oracle_flow *x = &w->oracle.flows[flow];
	w->unlike += !oracle_done(&w->oracle, flow) || x->is.tag != tag;
	/* Ends at one instant go by flow number, but for flows so short that they came and ended in it. */
	for (uint32_t i = 0; i < flow; i++)
		w->unlike += w->live[i] && oracle_done(&w->oracle, i) && w->oracle.flows[i].is.bits > 2;
	w->asked += x->is.bits;
	w->ended += x->sent / ORACLE_BIT < x->is.bits ? x->sent / ORACLE_BIT : x->is.bits;
	w->done++;
	w->live[flow] = false;
	oracle_remove(&w->oracle, flow);
	if (below(w, 3) == 0)
		add(w);
	if (below(w, 8) == 0)
		for (uint32_t i = 0; i < FLOWS; i++)
			if (w->live[i] && below(w, 8) == 0)
				take_away(w, i);
}

static void change(struct world *w)
{
	uint32_t what = below(w, 10), flow = below(w, FLOWS);
	struct oracle_flow *x = &w->oracle.flows[flow];
	if (what < 5) {
		add(w);
	} else if (what == 5) {
		uint32_t link = below(w, w->oracle.link_count);
		int64_t bps = capacity(w);
		flows_link_set(w->flows, link, bps);
		oracle_link(&w->oracle, link, bps);
	} else if (w->live[flow] && what == 6) {
		take_away(w, flow);
	} else if (w->live[flow] && what == 7) {
		x->is.most_bps = x->is.link_count && below(w, 3) == 0 ? FLOW_UNLIMITED : capacity(w);
		flow_most_set(w->flows, flow, x->is.most_bps);
		oracle_changed(&w->oracle);
	} else if (w->live[flow] && what == 8 && x->is.bits != FLOW_UNLIMITED) {
		int64_t more = below(w, 5000);
		if (oracle_done(&w->oracle, flow))
			x->sent = x->is.bits * ORACLE_BIT;
		flow_bits_add(w->flows, flow, more);
		x->is.bits += more;
		oracle_changed(&w->oracle);
	}
}

static void compare(struct world *w)
{
	oracle_solve(&w->oracle);
	for (uint32_t i = 0; i < FLOWS; i++) {
		const struct oracle_flow *x = &w->oracle.flows[i];
		w->unlike += x->live != w->live[i];
		if (!x->live || !w->live[i])
			continue;
		w->unlike += flow_level(w->flows, i) != x->level;
		w->unlike += flow_rate_bps(w->flows, i) != (int64_t)(x->level * x->is.weight >> 20);
		w->unlike += flow_sent_bits(w->flows, i) != oracle_sent_bits(&w->oracle, i);
	}
	for (uint32_t l = 0; l < w->oracle.link_count; l++)
		w->unlike += flow_link_used_bps(w->flows, l) > (int64_t)(w->oracle.links[l].capacity >> 20);
	flows_check(w->flows);
}

static void world_run(struct world *w, uint32_t k)
{
	memset(w, 0, sizeof *w);
	w->kind = k;
	random_init(&w->random, 1, "flows", k);
	w->engine = engine_open("flows", 1);
	w->flows = flows_open(w->engine, 3, ended, w);
	oracle_init(&w->oracle, FLOWS, 1 + below(w, LINKS));
	for (uint32_t l = 0; l < w->oracle.link_count; l++) {
		int64_t bps = capacity(w);
		CU_ASSERT_EQUAL(flows_link_add(w->flows, bps), l);
		oracle_link(&w->oracle, l, bps);
	}
	int64_t t = 0, span_ns = (w->kind % 4 == 3 ? NS_PER_MS : NS_PER_S) * (1 + below(w, 10));
	for (uint32_t i = 0; i < STEPS; i++) {
		for (uint32_t n = 1 + below(w, 3); n > 0; n--)
			change(w);
		if (below(w, 4) == 0)
			compare(w);
		t += (int64_t)random_below(&w->random, (uint64_t)span_ns);
		engine_run(w->engine, t);
		w->unlike += oracle_next_ns(&w->oracle) <= t && t > w->oracle.now_ns;
		oracle_advance(&w->oracle, t);
		compare(w);
	}
	flows_close(w->flows);
	engine_close(w->engine);
	oracle_fini(&w->oracle);
}

static void like_the_oracle(void)
{
	uint32_t unlike = 0, done = 0;
	wide asked = 0, sent = 0;
	for (uint32_t k = 0; k < WORLDS; k++) {
		struct world w;
		world_run(&w, k);
		unlike += w.unlike;
		done += w.done;
		asked += w.asked;
		sent += w.ended;
	}
	CU_ASSERT_EQUAL(unlike, 0);
	CU_ASSERT(asked == sent);
	CU_ASSERT(done > 30 * WORLDS);
}

static const struct test tests[] = {
	{"in 1000 random networks rates, ends and bits are those of a solution from scratch",
	 like_the_oracle},
};
SUITE(laws_flow, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths in trees and in graphs, against distances by Floyd and Warshall. */
#include "models/network.h"

#include <string.h>

#include "sim/random.h"
#include "tests/test.h"

#define MOST 40

static bool continuous(const struct network *net, node_id from, node_id to, const struct network_path *p)
{
	int64_t latency = 0, capacity = INT64_MAX;
	for (uint32_t i = 0; i < p->count; i++) {
		const struct link *l = &net->links[p->links[i].i];
		if (l->from.i != from.i)
			return false;
		from = l->to;
		latency += l->latency_ns;
		capacity = l->capacity_bps < capacity ? l->capacity_bps : capacity;
	}
	return from.i == to.i && latency == p->latency_ns && capacity == p->capacity_bps;
}

static void distances(const struct network *net, uint32_t d[MOST][MOST])
{
	for (uint32_t i = 0; i < MOST; i++)
		for (uint32_t j = 0; j < MOST; j++)
			d[i][j] = i == j ? 0 : 1000;
	for (uint32_t l = 0; l < net->link_count; l++)
		d[net->links[l].from.i][net->links[l].to.i] = 1;
	for (uint32_t k = 0; k < net->node_count; k++)
		for (uint32_t i = 0; i < net->node_count; i++)
			for (uint32_t j = 0; j < net->node_count; j++)
				d[i][j] = d[i][k] + d[k][j] < d[i][j] ? d[i][k] + d[k][j] : d[i][j];
}

/* How many pairs of nodes have a path that is wrong: broken, longer than need be, or there when none is. */
static uint32_t wrong_paths(const struct network *net)
{
	static uint32_t d[MOST][MOST];
	uint32_t wrong = 0;
	distances(net, d);
	for (uint32_t i = 0; i < net->node_count; i++)
		for (uint32_t j = 0; j < net->node_count; j++) {
			struct network_path p;
			bool found = network_path(net, (node_id){ i }, (node_id){ j }, &p);
			wrong += found != (d[i][j] <= NETWORK_PATH_MAX);
			wrong += found && p.count != d[i][j];
			wrong += found && !continuous(net, (node_id){ i }, (node_id){ j }, &p);
		}
	return wrong;
}

static void two_racks(void)
{
	struct network net;
	network_init(&net);
	node_id core = network_node_add(&net, NODE_SWITCH, 0), rack[2], host[4];
	for (uint32_t i = 0; i < 2; i++) {
		rack[i] = network_node_add(&net, NODE_SWITCH, 1 + i);
		network_cable_add(&net, rack[i], core, 40 - i, 5);
	}
	for (uint32_t i = 0; i < 4; i++) {
		host[i] = network_node_add(&net, NODE_HOST, i);
		network_cable_add(&net, host[i], rack[i / 2], 10 + 20 * i, 2);
	}
	struct network_path p;
	CU_ASSERT(network_path(&net, host[2], host[0], &p));
	CU_ASSERT(p.count == 4 && p.latency_ns == 14 && p.capacity_bps == 10);
	CU_ASSERT(network_path(&net, host[3], host[2], &p));
	CU_ASSERT(p.count == 2 && p.latency_ns == 4 && p.capacity_bps == 50);
	CU_ASSERT(network_path(&net, rack[1], host[3], &p));
	CU_ASSERT(p.count == 1 && p.links[0].i == net.links[net.nodes[host[3].i].up].back);
	CU_ASSERT(network_path(&net, host[1], host[1], &p));
	CU_ASSERT(p.count == 0 && p.latency_ns == 0 && p.capacity_bps == INT64_MAX);
	CU_ASSERT(net.tree);
	CU_ASSERT_EQUAL(wrong_paths(&net), 0);
	network_fini(&net);
	CU_ASSERT(net.nodes == NULL && net.node_count == 0);
}

/* Cables laid in any order make forests; parents may come before or after their children. */
static void random_graphs(void)
{
	struct random_stream r;
	random_init(&r, 5, "test_network", 0);
	uint32_t trees = 0, wrong = 0;
	for (int k = 0; k < 300; k++) {
		struct network net;
		network_init(&net);
		uint32_t n = 2 + (uint32_t)random_below(&r, MOST - 1);
		uint32_t cables = (uint32_t)random_below(&r, k % 2 ? n : 2 * n);
		for (uint32_t i = 0; i < n; i++)
			network_node_add(&net, NODE_SWITCH, i);
		for (uint32_t i = 0; i < cables; i++) {
			uint32_t a = (uint32_t)random_below(&r, n);
			uint32_t b = (a + 1 + (uint32_t)random_below(&r, n - 1)) % n;
			int64_t capacity = 1 + (int64_t)random_below(&r, 99);
			network_cable_add(&net, (node_id){ a }, (node_id){ b }, capacity, 7);
		}
		trees += net.tree;
		wrong += wrong_paths(&net);
		network_fini(&net);
	}
	CU_ASSERT(trees > 20 && trees < 280);
	CU_ASSERT_EQUAL(wrong, 0);
}

static void bottom_up(void)
{
	struct random_stream r;
	random_init(&r, 6, "test_network", 0);
	uint32_t wrong = 0;
	for (int k = 0; k < 100; k++) {
		struct network net;
		network_init(&net);
		for (uint32_t i = 0; i < MOST; i++)
			network_node_add(&net, NODE_SWITCH, i);
		for (uint32_t i = 0; i < MOST - 1; i++) {
			uint32_t up = i + 1 + (uint32_t)random_below(&r, k % 2 ? 3 : MOST);
			up = up < MOST ? up : MOST - 1;
			network_cable_add(&net, (node_id){ i }, (node_id){ up }, 10, 1);
		}
		wrong += !net.tree;
		wrong += wrong_paths(&net);
		network_fini(&net);
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void ties(void)
{
	struct network net;
	network_init(&net);
	node_id a = network_node_add(&net, NODE_HOST, 0), b = network_node_add(&net, NODE_HOST, 1), s[3];
	for (uint32_t i = 0; i < 3; i++)
		s[i] = network_node_add(&net, NODE_SWITCH, i);
	network_cable_add(&net, a, s[2], 1, 1);
	link_id first = network_cable_add(&net, a, s[1], 1, 1);
	link_id second = network_cable_add(&net, b, s[1], 1, 1);
	network_cable_add(&net, b, s[0], 1, 1);
	network_cable_add(&net, a, s[0], 1, 1);
	network_cable_add(&net, b, s[1], 9, 1);
	struct network_path p;
	CU_ASSERT(!net.tree);
	CU_ASSERT(network_path(&net, a, b, &p));
	CU_ASSERT(p.count == 2 && p.links[0].i == first.i && p.links[1].i == net.links[second.i].back);
	CU_ASSERT_EQUAL(wrong_paths(&net), 0);
	network_fini(&net);
}

static void too_far(void)
{
	struct network net;
	network_init(&net);
	node_id chain[NETWORK_PATH_MAX + 2];
	for (uint32_t i = 0; i < NETWORK_PATH_MAX + 2; i++) {
		chain[i] = network_node_add(&net, NODE_SWITCH, i);
		if (i > 0)
			network_cable_add(&net, chain[i], chain[i - 1], 1, 1);
	}
	struct network_path p;
	for (int outside = 0; outside < 2; outside++) {
		CU_ASSERT(network_path(&net, chain[0], chain[NETWORK_PATH_MAX], &p));
		CU_ASSERT_EQUAL(p.count, NETWORK_PATH_MAX);
		CU_ASSERT(network_path(&net, chain[NETWORK_PATH_MAX], chain[0], &p));
		CU_ASSERT(!network_path(&net, chain[0], chain[NETWORK_PATH_MAX + 1], &p));
		CU_ASSERT(!network_path(&net, chain[NETWORK_PATH_MAX + 1], chain[0], &p));
		network_cable_add(&net, chain[1], chain[0], 1, 1); /* a second one: no tree any more */
	}
	node_id island = network_node_add(&net, NODE_WAN, 0);
	CU_ASSERT(!network_path(&net, island, chain[0], &p));
	network_fini(&net);
}

/* Seventeen links, some up and some down: refused as well. */
static void too_far_over_the_top(void)
{
	struct network net;
	network_init(&net);
	node_id top = network_node_add(&net, NODE_SWITCH, 0), left = top, right = top;
	for (uint32_t i = 0; i < 8; i++) {
		node_id l = network_node_add(&net, NODE_SWITCH, i);
		node_id r = network_node_add(&net, NODE_SWITCH, i);
		network_cable_add(&net, l, left, 1, 1);
		network_cable_add(&net, r, right, 1, 1);
		left = l;
		right = r;
	}
	struct network_path p;
	CU_ASSERT(network_path(&net, left, right, &p));
	node_id deeper = network_node_add(&net, NODE_HOST, 9);
	network_cable_add(&net, deeper, right, 1, 1);
	CU_ASSERT(!network_path(&net, left, deeper, &p));
	network_fini(&net);
}

static const struct test tests[] = {
	{ "two racks under a core: links, latency and capacity by hand", two_racks },
	{ "paths in random graphs are whole and have the fewest links", random_graphs },
	{ "a tree may be built from its leaves up", bottom_up },
	{ "among shortest paths the smaller link ids win", ties },
	{ "a path of more than 16 links is no path, nor is one to an island", too_far },
	{ "the limit counts links up and down together", too_far_over_the_top },
};

SUITE(models_network, tests)

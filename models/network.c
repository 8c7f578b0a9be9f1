/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The graph of nodes and links, and the path between two nodes. */
#include "models/network.h"

#include <stdlib.h>

#include "sim/fault.h"
#include "sim/memory.h"

#define FAR UINT32_MAX

void network_init(struct network *net)
{
	*net = (struct network){ .tree = true };
}

void network_fini(struct network *net)
{
	free(net->nodes);
	free(net->links);
	network_init(net);
}

node_id network_node_add(struct network *net, enum node_kind kind, uint32_t of)
{
	ARRAY_GROW(net->nodes, net->node_count, net->node_room, "network nodes");
	net->nodes[net->node_count] =
		(struct node){ .kind = kind, .of = of, .first_link = ID_NONE, .up = ID_NONE };
	return (node_id){ net->node_count++ };
}

static void link_add(struct network *net, const struct link *link)
{
	ARRAY_GROW(net->links, net->link_count, net->link_room, "network links");
	struct node *from = &net->nodes[link->from.i];
	net->links[net->link_count] = *link;
	net->links[net->link_count].next = from->first_link;
	from->first_link = net->link_count;
	net->link_count++;
}

static uint32_t parent(const struct network *net, uint32_t node)
{
	return net->links[net->nodes[node].up].to.i;
}

static uint32_t root(const struct network *net, uint32_t node)
{
	while (net->nodes[node].up != ID_NONE)
		node = parent(net, node);
	return node;
}

link_id network_cable_add(struct network *net, node_id lower, node_id upper, int64_t capacity_bps,
                          int64_t latency_ns)
{
	ASSERT(lower.i < net->node_count && upper.i < net->node_count && lower.i != upper.i);
	ASSERT(capacity_bps > 0 && latency_ns >= 0);
	bool grows_tree = net->nodes[lower.i].up == ID_NONE && root(net, upper.i) != lower.i;
	uint32_t id = net->link_count;
	struct link up = { lower, upper, capacity_bps, latency_ns, ID_NONE, id + 1 };
	struct link down = { upper, lower, capacity_bps, latency_ns, ID_NONE, id };
	link_add(net, &up);
	link_add(net, &down);
	if (grows_tree)
		net->nodes[lower.i].up = id;
	else
		net->tree = false;
	return (link_id){ id };
}

static void path_append(const struct network *net, struct network_path *path, uint32_t link)
{
	const struct link *l = &net->links[link];
	ASSERT(path->count < NETWORK_PATH_MAX);
	path->links[path->count++].i = link;
	path->latency_ns += l->latency_ns;
	path->capacity_bps = l->capacity_bps < path->capacity_bps ? l->capacity_bps : path->capacity_bps;
}

/* The links from a node towards its root, as many as a path may have. */
struct climb {
	uint32_t from, count, up[NETWORK_PATH_MAX];
};

static struct climb climb_of(const struct network *net, uint32_t node)
{
	struct climb c = { .from = node };
	for (; c.count < NETWORK_PATH_MAX && net->nodes[node].up != ID_NONE; node = parent(net, node))
		c.up[c.count++] = net->nodes[node].up;
	return c;
}

/* How many of these links lead up from `from` to `node`; ID_NONE if none of them ends there. */
static uint32_t links_to(const struct network *net, const struct climb *climb, uint32_t node)
{
	if (climb->from == node)
		return 0;
	for (uint32_t i = 0; i < climb->count; i++)
		if (net->links[climb->up[i]].to.i == node)
			return i + 1;
	return ID_NONE;
}

/* Up from `from` to the first node that is also above `to`, and down. */
static bool path_climb(const struct network *net, uint32_t from, uint32_t to, struct network_path *path)
{
	struct climb a = climb_of(net, from), b = climb_of(net, to);
	uint32_t ups = 0, downs = links_to(net, &b, from);
	while (downs == ID_NONE && ups < a.count)
		downs = links_to(net, &b, net->links[a.up[ups++]].to.i);
	if (downs == ID_NONE || ups + downs > NETWORK_PATH_MAX)
		return false;
	for (uint32_t i = 0; i < ups; i++)
		path_append(net, path, a.up[i]);
	while (downs > 0)
		path_append(net, path, net->links[b.up[--downs]].back);
	return true;
}

/* Links to `to` from each node, breadth first until `from` is reached; each cable leads both ways. */
static void distances(const struct network *net, uint32_t from, uint32_t to, uint32_t *distance)
{
	uint32_t *queue = memory_new(net->node_count, sizeof *queue, "path search");
	uint32_t head = 0, tail = 0;
	for (uint32_t i = 0; i < net->node_count; i++)
		distance[i] = FAR;
	distance[to] = 0;
	queue[tail++] = to;
	while (head < tail && distance[from] == FAR) {
		uint32_t at = queue[head++];
		for (uint32_t l = net->nodes[at].first_link; l != ID_NONE; l = net->links[l].next) {
			uint32_t next = net->links[l].to.i;
			if (distance[next] != FAR)
				continue;
			distance[next] = distance[at] + 1;
			queue[tail++] = next;
		}
	}
	free(queue);
}

/* The smallest link that leads one step nearer. */
static uint32_t link_nearer(const struct network *net, uint32_t node, const uint32_t *distance)
{
	uint32_t best = ID_NONE;
	for (uint32_t l = net->nodes[node].first_link; l != ID_NONE; l = net->links[l].next)
		if (l < best && distance[net->links[l].to.i] == distance[node] - 1)
			best = l;
	return best;
}

static bool path_search(const struct network *net, uint32_t from, uint32_t to, struct network_path *path)
{
	uint32_t *distance = memory_new(net->node_count, sizeof *distance, "path search");
	distances(net, from, to, distance);
	bool found = distance[from] <= NETWORK_PATH_MAX;
	while (found && from != to) {
		uint32_t link = link_nearer(net, from, distance);
		ASSERT(link != ID_NONE); /* the search came this way */
		path_append(net, path, link);
		from = net->links[link].to.i;
	}
	free(distance);
	return found;
}

bool network_path(const struct network *net, node_id from, node_id to, struct network_path *path)
{
	ASSERT(from.i < net->node_count && to.i < net->node_count);
	*path = (struct network_path){ .capacity_bps = INT64_MAX };
	return net->tree ? path_climb(net, from.i, to.i, path) : path_search(net, from.i, to.i, path);
}

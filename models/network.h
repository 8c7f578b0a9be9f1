/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network and the storage on it: a graph of nodes and one-way links; a flow is a path.
 *
 * Nodes are hosts, switches (top of rack, core), storage pools and the wide area. Each link has a capacity
 * and a latency; a cable is two links, one each way. The presets build a tree (host - top of rack - core -
 * WAN), and most nodes have one link up; other links may be added, and a path is then the one with the
 * fewest links, ties going to the smaller link ids. */
#ifndef MODELS_NETWORK_H
#define MODELS_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "models/id.h"

enum node_kind { NODE_HOST, NODE_SWITCH, NODE_POOL, NODE_WAN };

struct node {
	enum node_kind kind;
	uint32_t of;             /* host, pool or site index by kind */
	uint32_t first_link;     /* head of the list of links that leave it (link.next), ID_NONE: none */
	uint32_t up;             /* the link towards the root, ID_NONE: is a root */
};

struct link {
	node_id from, to;
	int64_t capacity_bps;
	int64_t latency_ns;
	uint32_t next;           /* next link that leaves `from` */
	uint32_t back;           /* the link of the same cable in the other direction */
};

struct network {
	struct node *nodes;
	uint32_t node_count, node_room;
	struct link *links;
	uint32_t link_count, link_room;
	bool tree;               /* no link outside the tree was added */
};

void network_init(struct network *net);
void network_fini(struct network *net);
node_id network_node_add(struct network *net, enum node_kind kind, uint32_t of);
/* A cable from a node up to another: two links; makes `upper` the parent of `lower` if it has none yet. */
link_id network_cable_add(struct network *net, node_id lower, node_id upper, int64_t capacity_bps,
                          int64_t latency_ns);

#define NETWORK_PATH_MAX 16
struct network_path {
	link_id links[NETWORK_PATH_MAX];
	uint32_t count;
	int64_t latency_ns;      /* sum */
	int64_t capacity_bps;    /* smallest; INT64_MAX for the empty path (from == to) */
};

/* False when there is no path, or none of at most NETWORK_PATH_MAX links. */
bool network_path(const struct network *net, node_id from, node_id to, struct network_path *path);

#endif

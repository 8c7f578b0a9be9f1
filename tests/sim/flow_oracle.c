/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Max-min fair rates from scratch. */
#include "tests/sim/flow_oracle.h"

#include <stdlib.h>

#include "sim/memory.h"

void oracle_init(struct oracle *o, uint32_t flows, uint32_t links)
{
	*o = (struct oracle){ .flow_count = flows, .link_count = links };
	o->flows = memory_new(flows, sizeof *o->flows, "oracle");
	o->links = memory_new(links, sizeof *o->links, "oracle");
}

void oracle_fini(struct oracle *o)
{
	free(o->flows);
	free(o->links);
}

void oracle_link(struct oracle *o, uint32_t link, int64_t capacity_bps)
{
	o->links[link].capacity = (wide)capacity_bps << 20;
	o->solved = false;
}

void oracle_add(struct oracle *o, uint32_t flow, const struct flow_request *request)
{
	o->flows[flow] = (struct oracle_flow){ .is = *request, .live = true };
	o->solved = false;
}

void oracle_remove(struct oracle *o, uint32_t flow)
{
	o->flows[flow].live = false;
	o->solved = false;
}

void oracle_changed(struct oracle *o)
{
	o->solved = false;
}

static bool ceiled(const struct oracle_flow *x)
{
	return x->is.most_bps != FLOW_UNLIMITED;
}

static wide ceiling(const struct oracle_flow *x)
{
	return ((wide)x->is.most_bps << 20) / x->is.weight;
}

/* The least level at which a link or a ceiling holds flows; false when all flows are held. */
static bool least_level(const struct oracle *o, wide *least)
{
	bool any = false;
	for (uint32_t l = 0; l < o->link_count; l++) {
		const struct oracle_link *x = &o->links[l];
		if (x->weight && (!any || x->left / x->weight < *least)) {
			*least = x->left / x->weight;
			any = true;
		}
	}
	for (uint32_t i = 0; i < o->flow_count; i++) {
		const struct oracle_flow *x = &o->flows[i];
		if (x->live && !x->held && ceiled(x) && (!any || ceiling(x) < *least)) {
			*least = ceiling(x);
			any = true;
		}
	}
	return any;
}

/* Holds all flows that a full link or their ceiling stops at this level, and takes away what they use. */
static void hold(struct oracle *o, wide level)
{
	for (uint32_t l = 0; l < o->link_count; l++)
		o->links[l].full = o->links[l].weight && o->links[l].left / o->links[l].weight == level;
	for (uint32_t i = 0; i < o->flow_count; i++) {
		struct oracle_flow *x = &o->flows[i];
		if (!x->live || x->held)
			continue;
		bool stop = ceiled(x) && ceiling(x) == level;
		for (uint32_t k = 0; k < x->is.link_count; k++)
			stop |= o->links[x->is.links[k]].full;
		if (!stop)
			continue;
		x->held = true;
		x->level = level;
		for (uint32_t k = 0; k < x->is.link_count; k++) {
			o->links[x->is.links[k]].left -= level * x->is.weight;
			o->links[x->is.links[k]].weight -= x->is.weight;
		}
	}
}

void oracle_solve(struct oracle *o)
{
	if (o->solved)
		return;
	o->solved = true;
	for (uint32_t l = 0; l < o->link_count; l++) {
		o->links[l].left = o->links[l].capacity;
		o->links[l].weight = 0;
	}
	for (uint32_t i = 0; i < o->flow_count; i++) {
		struct oracle_flow *x = &o->flows[i];
		x->held = false;
		for (uint32_t k = 0; x->live && k < x->is.link_count; k++)
			o->links[x->is.links[k]].weight += x->is.weight;
	}
	for (wide level = 0; least_level(o, &level);)
		hold(o, level);
}

static wide wanted(const struct oracle_flow *x)
{
	return (wide)x->is.bits * ORACLE_BIT;
}

bool oracle_done(const struct oracle *o, uint32_t flow)
{
	const struct oracle_flow *x = &o->flows[flow];
	return x->live && x->is.bits != FLOW_UNLIMITED && x->sent >= wanted(x);
}

int64_t oracle_sent_bits(const struct oracle *o, uint32_t flow)
{
	const struct oracle_flow *x = &o->flows[flow];
	return oracle_done(o, flow) ? x->is.bits : (int64_t)(x->sent / ORACLE_BIT);
}

int64_t oracle_next_ns(struct oracle *o)
{
	wide next = INT64_MAX;
	oracle_solve(o);
	for (uint32_t i = 0; i < o->flow_count; i++) {
		const struct oracle_flow *x = &o->flows[i];
		wide rate = x->level * x->is.weight, left = wanted(x) - x->sent;
		if (!x->live || x->is.bits == FLOW_UNLIMITED || (left > 0 && rate == 0))
			continue;
		wide at = left <= 0 ? o->now_ns : o->now_ns + (left + rate - 1) / rate;
		next = at < next ? at : next;
	}
	return (int64_t)next;
}

void oracle_advance(struct oracle *o, int64_t now_ns)
{
	if (now_ns == o->now_ns)
		return;
	oracle_solve(o);
	for (uint32_t i = 0; i < o->flow_count; i++)
		if (o->flows[i].live)
			o->flows[i].sent += o->flows[i].level * o->flows[i].is.weight * (now_ns - o->now_ns);
	o->now_ns = now_ns;
}

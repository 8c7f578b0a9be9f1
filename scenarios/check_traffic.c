/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of application traffic, of processes that move, and of formats of images. */
#include "scenarios/check_traffic.h"

#include <string.h>

#include "models/migration/compat.h"
#include "scenarios/quantity.h"
#include "sim/flow.h"

static void check_end(const struct check *c, uint32_t i, const char *member, const char *name)
{
	uint32_t group;
	int64_t number;
	if (strcmp(name, TRAFFIC_OUTSIDE) != 0 && !scenario_vm_find(c->s, name, &group, &number))
		diag_error(c->diag, check_place(c, "traffic", i, member),
		           "unknown VM '%.80s'; write group-number, numbers from 0 to below the group's "
		           "count, or outside",
		           name);
}

static void check_stream(const struct check *c, const struct scenario_stream *g, uint32_t i)
{
	struct place at = check_given(c, "traffic", i, "to") ? check_place(c, "traffic", i, "to")
	                                                     : check_place(c, "traffic", i, "from");
	check_end(c, i, "from", g->from);
	check_end(c, i, "to", g->to);
	if (strcmp(g->from, g->to) == 0)
		diag_error(c->diag, at, "the stream goes from %.80s to %.80s; one of them must be another VM",
		           g->from, g->to);
	if (g->start_ns > c->s->duration_ns)
		diag_error(c->diag, check_place(c, "traffic", i, "start"),
		           "the stream starts after the end of the run");
	if (g->has_end && g->end_ns <= g->start_ns)
		diag_error(c->diag, check_place(c, "traffic", i, "end"),
		           "the stream ends before it has started");
	if ((double)g->rate_bps * (double)g->connections > (double)FLOW_CAPACITY_MAX_BPS)
		diag_error(c->diag, check_place(c, "traffic", i, "rate"),
		           "rate x connections is above %.0f Tbit/s, the most that a flow can carry",
		           (double)FLOW_CAPACITY_MAX_BPS / 1e12);
	if (g->transport == TRANSPORT_UDP && check_given(c, "traffic", i, "window"))
		diag_error(c->diag, check_place(c, "traffic", i, "window"),
		           "'window' is not used by transport udp");
	if (g->transport == TRANSPORT_TCP && g->window_bytes < g->packet_bytes)
		diag_error(c->diag, check_place(c, "traffic", i, "window"),
		           "the window is smaller than a packet");
}

static bool same_name(const struct check *c, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++)
		if (strcmp(c->s->streams[k].name, c->s->streams[i].name) == 0)
			return true;
	return false;
}

static void check_identity(const struct check *c)
{
	const struct yaml_node *identity = yaml_get(yaml_get(c->root, "migration"), "identity");
	if (!identity)
		return;
	if (c->s->stream_count == 0)
		diag_error(c->diag, identity->place, "'identity' is not used: the scenario has no 'traffic'");
	else if (c->s->migration.identity.announce == ANNOUNCE_TUNNEL && c->s->site_count < 2)
		diag_error(c->diag, identity->place,
		           "'announce: tunnel' leads from site to site; there is one");
}

void check_traffic(const struct check *c)
{
	const struct scenario *s = c->s;
	for (uint32_t i = 0; i < s->stream_count; i++) {
		if (!s->streams[i].name || !s->streams[i].from || !s->streams[i].to)
			continue; /* told already */
		check_stream(c, &s->streams[i], i);
		if (same_name(c, i))
			diag_error(c->diag, check_place(c, "traffic", i, "name"),
			           "two of 'traffic' have the name '%s'; give each a name of its own",
			           s->streams[i].name);
	}
	check_identity(c);
}

static void check_host(const struct check *c, uint32_t i, const char *member, const char *name)
{
	uint32_t group;
	int64_t number;
	if (name && !scenario_host_find(c->s, name, &group, &number))
		diag_error(c->diag, check_place(c, "processes", i, member),
		           "unknown host '%.80s'; write group-number, numbers from 0 to below the group's "
		           "count",
		           name);
}

void check_processes(const struct check *c)
{
	const struct scenario *s = c->s;
	for (uint32_t i = 0; i < s->process_count; i++) {
		const struct scenario_process *p = &s->processes[i];
		check_host(c, i, "home", p->home);
		check_host(c, i, "to", p->to);
		if (p->home && p->to && strcmp(p->home, p->to) == 0)
			diag_error(c->diag, check_place(c, "processes", i, "to"),
			           "the process would move from %.80s to itself", p->home);
		if (p->at_ns > s->duration_ns)
			diag_error(c->diag, check_place(c, "processes", i, "at"),
			           "the process would move after the end of the run");
	}
}

static bool format_known(const char *format)
{
	for (uint32_t f = 0; f < IMAGE_FORMATS; f++)
		if (strcmp(image_format_names[f], format) == 0)
			return true;
	return false;
}

void check_formats(const struct check *c)
{
	const struct scenario *s = c->s;
	bool counts = false;
	for (uint32_t i = 0; i < s->host_group_count; i++)
		counts = counts || s->hosts[i].has_image_formats;
	for (uint32_t i = 0; counts && i < s->image_count; i++)
		if (s->images[i].format && !format_known(s->images[i].format))
			diag_error(c->diag, check_place(c, "images", i, "format"),
			           "unknown format '%.60s'; since hosts tell their 'image_formats' it must "
			           "be raw, qcow2, vmdk or vhdx",
			           s->images[i].format);
}

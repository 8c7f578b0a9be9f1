/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Application traffic and processes that move, from the scenario. */
#include "scenarios/build_traffic.h"

#include <string.h>

#include "scenarios/build.h"
#include "sim/time.h"

static struct identity_case identity_of(const struct scenario_identity *g)
{
	struct identity_case c = identity_default(g->announce, 0);
	c.announce_ns = g->after_ns;
	c.learn_ns = g->learn_ns;
	c.ageing_ns = g->ageing_ns;
	c.rename_ns = g->rename_ns;
	return c;
}

static bool find_end(const struct world *w, const struct scenario_stream *g, const char *name, uint32_t *vm,
                     struct diag *diag)
{
	*vm = ID_NONE;
	if (strcmp(name, TRAFFIC_OUTSIDE) == 0 || build_find_vm(w, name, vm))
		return true;
	diag_error(diag, g->place, "there is no guest '%s'; guests are called GROUP-NUMBER, from 0", name);
	return false;
}

bool build_traffic(struct traffic *t, struct migrations *m, const struct scenario *s, struct diag *diag)
{
	bool well = true;
	if (s->stream_count == 0)
		return true;
	struct identity_case identity = identity_of(&s->migration.identity);
	traffic_init(t, m, &identity, s->migration.identity.header_bytes);
	for (uint32_t k = 0; k < s->stream_count; k++) {
		const struct scenario_stream *g = &s->streams[k];
		struct stream_plan plan = {
			.name = arena_string(&m->world->arena, g->name), .transport = g->transport,
			.connections = (uint32_t)g->connections, .rate_bps = g->rate_bps,
			.packet_bytes = g->packet_bytes, .window_bytes = g->window_bytes,
			.timeout_ns = g->timeout_ns, .start_ns = g->start_ns,
			.end_ns = g->has_end ? g->end_ns : TIME_MAX_NS,
		};
		bool found = find_end(m->world, g, g->from, &plan.from, diag);
		found = find_end(m->world, g, g->to, &plan.to, diag) && found;
		if (found)
			traffic_add(t, &plan);
		well = well && found;
	}
	if (well)
		traffic_open(t);
	return well;
}

static bool find_host(const struct world *w, const struct scenario_process *g, const char *name,
                      uint32_t *host, struct diag *diag)
{
	if (build_find_host(w, name, host))
		return true;
	diag_error(diag, g->place, "there is no host '%s'; hosts are called GROUP-NUMBER, from 0", name);
	return false;
}

bool build_processes(struct processes *p, struct migrations *m, const struct scenario *s, struct diag *diag)
{
	bool well = true;
	if (s->process_count == 0)
		return true;
	processes_init(p, m);
	for (uint32_t k = 0; k < s->process_count; k++) {
		const struct scenario_process *g = &s->processes[k];
		struct process_plan plan = {
			.name = arena_string(&m->world->arena, g->name), .at_ns = g->at_ns,
			.memory_bytes = g->memory_bytes, .files = (uint32_t)g->files,
			.sockets = (uint32_t)g->sockets, .call_hz = g->call_hz,
			.call_bytes = (double)g->call_bytes, .freeze_ns = g->freeze_ns,
		};
		bool found = find_host(m->world, g, g->home, &plan.home, diag);
		found = find_host(m->world, g, g->to, &plan.to, diag) && found;
		if (found)
			processes_add(p, &plan);
		well = well && found;
	}
	if (well)
		processes_open(p);
	return well;
}

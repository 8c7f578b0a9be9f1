/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks keys of failures, and makes rules and logs of them. */
#include "scenarios/build_failures.h"

#include <stdlib.h>
#include <string.h>

#include "scenarios/lanl.h"
#include "scenarios/resilience.h"
#include "sim/time.h"

#define FAILURES_MOST 1e6 /* of a host: more is taken for a slip */

static void check_traced(const struct check *c, const struct scenario_failures *g, uint32_t i)
{
	static const char *const of_laws[] = {"failures.distribution", "failures.mean", "failures.shape",
	                                      "failures.rack", "failures.as"};
	for (size_t k = 0; k < sizeof of_laws / sizeof *of_laws; k++) {
		const struct yaml_node *given = check_given(c, "hosts", i, of_laws[k]);
		if (given)
			diag_error(c->diag, given->place,
			           "'%s' is not used: the trace tells when hosts fail",
			           strchr(of_laws[k], '.') + 1);
	}
	if (!g->has_system)
		diag_error(c->diag, g->trace_place,
		           "failures from a trace need 'system': its number, say 20");
}

static void check_drawn(const struct check *c, const struct scenario_failures *g, uint32_t i)
{
	static const char *const of_traces[] = {"failures.system", "failures.offset"};
	for (size_t k = 0; k < sizeof of_traces / sizeof *of_traces; k++) {
		const struct yaml_node *given = check_given(c, "hosts", i, of_traces[k]);
		if (given)
			diag_error(c->diag, given->place, "'%s' is not used: failures have no 'trace'",
			           strchr(of_traces[k], '.') + 1);
	}
	law_check(c, &g->between, "hosts", i, "failures");
	double most = (double)c->s->duration_ns / (g->between.mean_ns + g->repair.mean_ns);
	if (g->between.has_mean && g->between.mean_ns > 0 && most > FAILURES_MOST)
		diag_error(c->diag, check_place(c, "hosts", i, "failures"),
		           "a host would fail more than %g times in the run's duration; make the mean longer",
		           FAILURES_MOST);
	if (!g->between.has_mean)
		diag_error(c->diag, check_place(c, "hosts", i, "failures"),
		           "failures need 'mean': the mean time between failures of a host, say 400 d");
}

void failures_check(const struct check *c)
{
	const struct scenario *s = c->s;
	for (uint32_t i = 0; i < s->host_group_count; i++) {
		const struct scenario_failures *g = &s->hosts[i].failures;
		uint32_t named = 0;
		if (!s->hosts[i].has_failures)
			continue;
		law_check(c, &g->repair, "hosts", i, "failures.repair");
		if (g->trace)
			check_traced(c, g, i);
		else
			check_drawn(c, g, i);
		while (g->as && named < s->host_group_count && strcmp(s->hosts[named].name, g->as) != 0)
			named++;
		if (g->as && named == s->host_group_count)
			diag_error(c->diag, g->as_place, "there is no group of hosts '%s'", g->as);
		else if (g->as && !s->hosts[named].has_failures)
			diag_error(c->diag, g->as_place, "hosts of '%s' have no 'failures' to share",
			           g->as);
	}
}

/* The failures of one node, from the record `from` on up to `to`, as a log that begins at start_s. */
static struct failure_log log_of(const struct lanl *all, uint32_t from, uint32_t to, int64_t start_s,
                                 struct arena *arena)
{
	struct failure_entry *entries = arena_new(arena, to - from, sizeof *entries);
	struct failure_log log = {entries, 0};
	int64_t back_ns = 0;
	for (uint32_t k = from; k < to; k++) {
		const struct lanl_failure *f = &all->failures[k];
		int64_t at_s = f->at_s - start_s;
		if (at_s < 0 || at_s >= TIME_MAX_NS / NS_PER_S)
			continue;
		struct failure_entry entry = {at_s * NS_PER_S, f->down_s > 0 ? f->down_s * NS_PER_S : 1};
		if (log.count && entry.at_ns < back_ns)
			continue; /* a second record of the same outage */
		back_ns = entry.at_ns + entry.down_ns;
		entries[log.count++] = entry;
	}
	return log;
}

/* The records of a system, by node, then time. */
struct lanl_part {
	uint32_t from, to;
};

static bool system_find(const struct lanl *all, uint32_t system, struct lanl_part *part)
{
	uint32_t k = 0;
	while (k < all->count && all->failures[k].system < system)
		k++;
	part->from = k;
	while (k < all->count && all->failures[k].system == system)
		k++;
	part->to = k;
	return part->to > part->from;
}

/* A log for each node that the system has: those without a record never failed. */
static void logs_make(struct failure_rules *rules, const struct lanl *all, const struct lanl_part *part,
                      int64_t offset_ns, struct arena *arena)
{
	uint32_t from = part->from, to = part->to;
	uint32_t nodes = all->failures[from].nodes;
	int64_t first_s = INT64_MAX;
	for (uint32_t k = from; k < to; k++) {
		nodes = all->failures[k].node >= nodes ? all->failures[k].node + 1 : nodes;
		first_s = all->failures[k].at_s < first_s ? all->failures[k].at_s : first_s;
	}
	struct failure_log *logs = arena_new(arena, nodes, sizeof *logs);
	for (uint32_t k = from, next; k < to; k = next) {
		for (next = k; next < to && all->failures[next].node == all->failures[k].node; next++)
			;
		logs[all->failures[k].node] =
			log_of(all, k, next, first_s + offset_ns / NS_PER_S, arena);
	}
	rules->logs = logs;
	rules->log_count = nodes;
}

static bool trace_build(struct failure_rules *rules, const struct scenario_failures *g, struct arena *arena,
                        struct diag *diag)
{
	struct lanl all;
	struct lanl_part part;
	bool well = lanl_read(g->trace, &all, g->trace_place, diag);
	if (well && !system_find(&all, (uint32_t)g->system, &part)) {
		diag_error(diag, g->trace_place, "the trace '%.60s' has no failures of system %lld",
		           g->trace, (long long)g->system);
		well = false;
	}
	if (well)
		logs_make(rules, &all, &part, g->offset_ns, arena);
	free(all.failures);
	return well;
}

bool failures_build(const struct failure_rules **rules, struct world *world, const struct scenario *s,
                    struct diag *diag)
{
	struct failure_rules *all = arena_new(&world->arena, world->host_type_count, sizeof *all);
	bool any = false, well = true;
	ASSERT(world->host_type_count == s->host_group_count); /* a type a group, in their order */
	for (uint32_t i = 0; i < s->host_group_count; i++) {
		const struct scenario_failures *g = &s->hosts[i].failures;
		if (!s->hosts[i].has_failures)
			continue;
		any = true;
		all[i] = (struct failure_rules){
			.fails = true, .between = law_of(&g->between), .repair = law_of(&g->repair),
			.rack_01 = g->rack_01, .restarts = g->restarts,
			.foresight = {g->recall_01, g->precision_01, g->lead_ns},
			.stream = arena_string(&world->arena, g->as ? g->as : s->hosts[i].name),
		};
		if (g->trace)
			well = trace_build(&all[i], g, &world->arena, diag) && well;
	}
	*rules = any ? all : NULL;
	return well;
}

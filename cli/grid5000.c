/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads plans of migrations as they were executed, and plays them back over shared links. */
#include "cli/grid5000.h"

#include <math.h>
#include <stdlib.h>

#include "cli/columns.h"
#include "sim/fault.h"
#include "sim/memory.h"

/* The three constants, fitted on plans 1 to 25. */
#define EFFICIENCY 0.93          /* memory a bit on the wire: TCP over Ethernet has 0.94 */
#define OVERHEAD_S 2.5           /* setting up, the last stage, the switch; and 1 s resolution of the file */
#define ACK_LOSS 0.12            /* of a stream into a shaped node whose own uplink is full */

#define FULL 0.985               /* of a capacity: no constant of the model, rates are only compared */

enum { PLAN,
       RUN,
       FROM,
       TO,
       MEMORY,
       DIRTY,
       START,
       END,
       COLUMNS };

static const struct column columns[COLUMNS] = {
	[PLAN] = {"plan", true, false, true, 0, 1e9},
	[RUN] = {"run", true, false, true, 0, 1e9},
	[FROM] = {"from_node", true, false, true, 0, GRID5000_NODES - 1},
	[TO] = {"to_node", true, false, true, 0, GRID5000_NODES - 1},
	[MEMORY] = {"mem_used_MB", true, false, false, 1, 1e6},
	[DIRTY] = {"dirty_rate_MBps", true, false, false, 0, 20},
	[START] = {"measured_start_s", true, false, false, 0, 1e6},
	[END] = {"measured_end_s", false, false, false, 0, 1e6},
};

/* Nodes 0 and 1: their uplink ends in a queue (the shaper's), in which acknowledgements wait too. */
static bool shaped(uint32_t node)
{
	return node < 2;
}

static double capacity_Bps(uint32_t node)
{
	return (shaped(node) ? 500e6 : 1000e6) / 8 * EFFICIENCY;
}

static void read_row(struct grid5000 *g, const struct columns *c, double last[static 2], uint32_t *members)
{
	double plan = columns_number(c, PLAN), run = columns_number(c, RUN);
	bool same = g->count && plan == last[0] && run == last[1];
	g->executions += !same;
	*members = same ? *members + 1 : 1;
	last[0] = plan;
	last[1] = run;
	ARRAY_GROW(g->moves, g->count, g->room, "migrations");
	ARRAY_GROW(g->measured_end_s, g->count, g->measured_room, "migrations");
	ARRAY_GROW(g->predicted_end_s, g->count, g->predicted_room, "migrations");
	struct grid5000_move move = {
		.execution = g->executions - 1,
		.from = (uint32_t)columns_number(c, FROM), .to = (uint32_t)columns_number(c, TO),
		.memory_B = columns_number(c, MEMORY) * 1e6, .dirty_Bps = columns_number(c, DIRTY) * 1e6,
		.start_s = columns_number(c, START),
	};
	g->measured_end_s[g->count] = g->has_outcomes ? columns_number(c, END) : (double)NAN;
	if (move.from == move.to)
		diag_error(c->diag, columns_place(c), "from_node and to_node are the same");
	if (g->has_outcomes && g->measured_end_s[g->count] <= move.start_s)
		diag_error(c->diag, columns_place(c), "measured_end_s is not after measured_start_s");
	if (*members > GRID5000_AT_ONCE)
		diag_error(c->diag, columns_place(c), "more than %d migrations in one run of a plan",
		           GRID5000_AT_ONCE);
	g->moves[g->count++] = move;
}

bool grid5000_read(struct grid5000 *g, const char *path, struct diag *diag)
{
	struct columns c;
	double last[2] = {0, 0};
	uint32_t members = 0;
	*g = (struct grid5000){0};
	bool good = columns_open(&c, path, columns, COLUMNS, diag);
	g->has_outcomes = good && columns_has(&c, END);
	while (good && columns_next(&c))
		read_row(g, &c, last, &members);
	if (good && g->count == 0)
		diag_error(diag, columns_place(&c), "there are no rows behind the column names");
	columns_close(&c);
	return diag->errors == 0;
}

void grid5000_free(struct grid5000 *g)
{
	free(g->moves);
	free(g->measured_end_s);
	free(g->predicted_end_s);
	*g = (struct grid5000){0};
}

/* One execution being played. */
struct play {
	const struct grid5000_move *moves;
	uint32_t count;
	double left_B[GRID5000_AT_ONCE], rate_Bps[GRID5000_AT_ONCE], most_Bps[GRID5000_AT_ONCE];
	bool sending[GRID5000_AT_ONCE];
};

static uint32_t out_of(const struct play *p, uint32_t i)
{
	return p->moves[i].from;
}

static uint32_t into(const struct play *p, uint32_t i)
{
	return GRID5000_NODES + p->moves[i].to;
}

/* Who is held first, and at which rate: by the link that shares out least, or by the lowest ceiling. */
static double next_level(const struct play *p, const bool fixed[], const double free_Bps[], uint32_t *link)
{
	double least = INFINITY;
	for (uint32_t l = 0; l < 2 * GRID5000_NODES; l++) {
		uint32_t users = 0;
		for (uint32_t i = 0; i < p->count; i++)
			users += !fixed[i] && (out_of(p, i) == l || into(p, i) == l);
		if (users && free_Bps[l] / users < least) {
			least = free_Bps[l] / users;
			*link = l;
		}
	}
	for (uint32_t i = 0; i < p->count; i++)
		if (!fixed[i] && p->most_Bps[i] < least) {
			least = p->most_Bps[i];
			*link = UINT32_MAX;
		}
	return least;
}

/* Max-min fair rates by water-filling (Bertsekas and Gallager 1992, s. 6.5.2). */
static void share(struct play *p)
{
	double free_Bps[2 * GRID5000_NODES];
	bool fixed[GRID5000_AT_ONCE];
	uint32_t open = 0, link = 0;
	for (uint32_t l = 0; l < 2 * GRID5000_NODES; l++)
		free_Bps[l] = capacity_Bps(l % GRID5000_NODES);
	for (uint32_t i = 0; i < p->count; i++) {
		fixed[i] = !p->sending[i];
		open += !fixed[i];
		p->rate_Bps[i] = 0;
	}
	while (open) {
		double level = next_level(p, fixed, free_Bps, &link);
		for (uint32_t i = 0; i < p->count; i++) {
			bool held = link == UINT32_MAX ? p->most_Bps[i] <= level
			                               : out_of(p, i) == link || into(p, i) == link;
			if (fixed[i] || !held)
				continue;
			fixed[i] = true;
			open--;
			p->rate_Bps[i] = level;
			free_Bps[out_of(p, i)] -= level;
			free_Bps[into(p, i)] -= level;
		}
	}
}

/* Shares twice: the second time, streams into shaped nodes whose uplink the first time filled have less. */
static void share_with_acks(struct play *p)
{
	double used_Bps[GRID5000_NODES] = {0};
	for (uint32_t i = 0; i < p->count; i++)
		p->most_Bps[i] = INFINITY;
	share(p);
	for (uint32_t i = 0; i < p->count; i++)
		used_Bps[p->moves[i].from] += p->rate_Bps[i];
	for (uint32_t i = 0; i < p->count; i++) {
		uint32_t from = p->moves[i].from, to = p->moves[i].to;
		if (shaped(to) && used_Bps[to] >= FULL * capacity_Bps(to))
			p->most_Bps[i] = (1 - ACK_LOSS) * fmin(capacity_Bps(from), capacity_Bps(to));
	}
	share(p);
}

/* Memory is used up at the rate of sending less that of dirtying: later rounds are part of it. */
static double progress_Bps(const struct play *p, uint32_t i)
{
	return p->rate_Bps[i] - p->moves[i].dirty_Bps;
}

/* When the next migration ends or starts, and which; it is UINT32_MAX when none is left. */
static double next_time(const struct play *p, const bool over[], double now_s, uint32_t *which)
{
	double next_s = INFINITY;
	*which = UINT32_MAX;
	for (uint32_t i = 0; i < p->count; i++) {
		if (over[i])
			continue;
		double at_s = p->sending[i] ? now_s + p->left_B[i] / progress_Bps(p, i) : p->moves[i].start_s;
		if (at_s < next_s) {
			next_s = at_s;
			*which = i;
		}
	}
	return next_s;
}

void grid5000_predict(const struct grid5000_move *moves, uint32_t count, double *end_s)
{
	ASSERT(count <= GRID5000_AT_ONCE);
	struct play p = {.moves = moves, .count = count};
	bool over[GRID5000_AT_ONCE] = {false};
	double now_s = 0;
	for (;;) {
		uint32_t which;
		double next_s = next_time(&p, over, now_s, &which);
		if (which == UINT32_MAX)
			return;
		for (uint32_t i = 0; i < count; i++)
			if (p.sending[i])
				p.left_B[i] -= (next_s - now_s) * progress_Bps(&p, i);
		now_s = next_s;
		if (p.sending[which]) {
			over[which] = true;
			end_s[which] = now_s + OVERHEAD_S;
		} else {
			p.left_B[which] = moves[which].memory_B;
		}
		p.sending[which] = !p.sending[which];
		share_with_acks(&p);
	}
}

void grid5000_predict_all(struct grid5000 *g)
{
	uint32_t first = 0;
	for (uint32_t i = 1; i <= g->count; i++)
		if (i == g->count || g->moves[i].execution != g->moves[first].execution) {
			grid5000_predict(&g->moves[first], i - first, &g->predicted_end_s[first]);
			first = i;
		}
}

struct grid5000_errors grid5000_compare(const struct grid5000 *g)
{
	struct grid5000_errors e = {0, 0};
	double last_measured = 0, last_predicted = 0;
	for (uint32_t i = 0; i < g->count; i++) {
		double measured = g->measured_end_s[i], predicted = g->predicted_end_s[i];
		e.duration_mean += fabs(predicted - measured) / (measured - g->moves[i].start_s);
		last_measured = fmax(last_measured, measured);
		last_predicted = fmax(last_predicted, predicted);
		if (i + 1 < g->count && g->moves[i + 1].execution == g->moves[i].execution)
			continue;
		e.makespan_mean += fabs(last_predicted - last_measured) / last_measured;
		last_measured = last_predicted = 0;
	}
	e.duration_mean /= g->count;
	e.makespan_mean /= g->executions;
	return e;
}

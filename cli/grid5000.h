/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migrations measured on Grid'5000, several at a time between four nodes, and as predicted.
 *
 * Each node has a capacity out and one in: 500 Mbit/s for nodes 0 and 1, which were shaped, and 1 Gbit/s for
 * nodes 2 and 3. Migrations share them max-min fairly. Three constants (grid5000.c): the part of a capacity
 * that carries memory, the time that a migration takes besides sending, and what a stream loses while its
 * acknowledgements queue behind other data in a shaper. In the simulator's network this is two links a node
 * and a ceiling for such a flow (sim/flow.h: capacity, flow_most_set). */
#ifndef CLI_GRID5000_H
#define CLI_GRID5000_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/diag.h"

#define GRID5000_NODES 4
#define GRID5000_AT_ONCE 64      /* migrations of one execution */

struct grid5000_move {               /* inputs */
	uint32_t execution;          /* rows of equal plan and run */
	uint32_t from, to;
	double memory_B, dirty_Bps, start_s;
};

struct grid5000 {
	struct grid5000_move *moves;
	double *measured_end_s, *predicted_end_s;
	uint32_t count, room, measured_room, predicted_room;
	uint32_t executions;
	bool has_outcomes;
};

bool grid5000_read(struct grid5000 *g, const char *path, struct diag *diag);
void grid5000_free(struct grid5000 *g);

/* The ends of the migrations of one execution, at most GRID5000_AT_ONCE. */
void grid5000_predict(const struct grid5000_move *moves, uint32_t count, double *end_s);
void grid5000_predict_all(struct grid5000 *g);

struct grid5000_errors {
	double duration_mean, makespan_mean;     /* of absolute relative errors */
};
struct grid5000_errors grid5000_compare(const struct grid5000 *g);

#endif

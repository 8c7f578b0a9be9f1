/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A collected study (cli/sweep_collect.h) read back: a row a run. */
#ifndef CLI_STUDY_TABLE_H
#define CLI_STUDY_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/memory.h"

struct study_column {
	const char *name, *unit;
	const char *axis;           /* parameters: keys of one axis change together */
	const char **texts;         /* [row]; parameters: as one would write them */
	double *reals;              /* [row]; metrics */
};

struct study_table {
	struct arena arena;
	uint32_t rows;
	uint64_t *replication, *seed, *done;
	struct study_column *parameters;
	uint32_t parameter_count;
	const char **chosen;        /* metrics that the study names */
	uint32_t chosen_count;
	struct h5 *file;
};

/* False with *why: what follows the path in a message. */
bool study_table_open(struct study_table *table, const char *path, const char **why);
void study_table_close(struct study_table *table);

/* The metric's values, or NULL when no run has such a figure. They live as long as the table. */
const struct study_column *study_table_metric(struct study_table *table, const char *name);

#endif

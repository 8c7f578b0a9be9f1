/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of a results file's tables, copied: results_table() keeps one table at a time, but a plot or a
 * report holds columns of several side by side. */
#ifndef ANALYSIS_COLUMNS_H
#define ANALYSIS_COLUMNS_H

#include "analysis/results.h"

/* NULL when the table (which may be NULL) has no such column. */
const struct results_column *column_named(const struct results_table *table, const char *name);

/* A copy of a column of numbers, whole ones as doubles (exact below 2^53), which the caller frees; NULL when
 * there is none, and then *rows is 0. */
double *columns_reals(struct results *r, const char *table, const char *column, uint64_t *rows);

/* The same of a column of words or names. The caller frees the array; the texts live as long as r. */
const char **columns_texts(struct results *r, const char *table, const char *column, uint64_t *rows);

/* For each guest the host that it is on, or was on last before it ended or crashed (where there is a table of
 * events); below 0: none, or it is inside another guest. NULL when there is no table of guests. */
double *columns_hosts_of_guests(struct results *r, uint64_t *rows);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds and copies columns. */
#include "analysis/columns.h"

#include <string.h>

#include "sim/memory.h"

const struct results_column *column_named(const struct results_table *table, const char *name)
{
	for (uint32_t i = 0; table && i < table->column_count; i++)
		if (strcmp(table->columns[i].name, name) == 0)
			return &table->columns[i];
	return NULL;
}

double *columns_reals(struct results *r, const char *table, const char *column, uint64_t *rows)
{
	const struct results_table *t = results_table(r, table);
	const struct results_column *c = column_named(t, column);
	*rows = 0;
	if (!c || c->type == RESULTS_TEXT)
		return NULL;
	double *copy = memory_new(t->rows, sizeof *copy, "a column");
	*rows = t->rows;
	for (uint64_t i = 0; i < t->rows; i++)
		copy[i] = c->type == RESULTS_INT ? (double)c->ints[i] : c->reals[i];
	return copy;
}

const char **columns_texts(struct results *r, const char *table, const char *column, uint64_t *rows)
{
	const struct results_table *t = results_table(r, table);
	const struct results_column *c = column_named(t, column);
	*rows = 0;
	if (!c || c->type != RESULTS_TEXT)
		return NULL;
	const char **copy = memory_new(t->rows, sizeof *copy, "a column");
	*rows = t->rows;
	for (uint64_t i = 0; i < t->rows; i++)
		copy[i] = results_keep(r, c->texts[i]);
	return copy;
}

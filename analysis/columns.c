/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds and copies columns. */
#include "analysis/columns.h"

#include <stdlib.h>
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

double *columns_hosts_of_guests(struct results *r, uint64_t *rows)
{
	uint64_t n, events;
	double *host = columns_reals(r, "vms", "parent", rows);
	double *nested = columns_reals(r, "vms", "nested", &n);
	double *vm = columns_reals(r, "events", "vm", &events);
	double *at = columns_reals(r, "events", "host", &events);
	for (uint64_t i = 0; host && nested && i < *rows; i++)
		if (nested[i] > 0)
			host[i] = -1;
	/* The latest event counts, so from the last one backwards. */
	for (uint64_t e = events; host && nested && vm && at && e-- > 0;) {
		bool known = vm[e] >= 0 && vm[e] < (double)*rows;
		uint64_t i = known ? (uint64_t)vm[e] : 0;
		if (known && host[i] < 0 && !(nested[i] > 0))
			host[i] = at[e];
	}
	free(nested);
	free(vm);
	free(at);
	return host;
}

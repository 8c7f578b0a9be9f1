/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells of the heat map. */
#include "analysis/heat.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/columns.h"
#include "sim/memory.h"

const char *const heat_colours[HEAT_COLOURS] = {
	"#440154", "#482878", "#3E4989", "#31688E", "#26828E",
	"#1F9E89", "#35B779", "#6DCD59", "#B4DE2C", "#FDE725",
};

static float heat_cell(const struct heat *h, uint64_t row, uint64_t column)
{
	double used = 0, had = 0;
	uint64_t host_end = (row + 1) * h->hosts_a_row, time_end = (column + 1) * h->times_a_column;
	host_end = host_end < h->delivered.entities ? host_end : h->delivered.entities;
	time_end = time_end < h->delivered.times ? time_end : h->delivered.times;
	for (uint64_t t = column * h->times_a_column; t < time_end; t++) {
		for (uint64_t host = row * h->hosts_a_row; host < host_end; host++) {
			uint64_t at = t * h->delivered.entities + host;
			used += (double)h->delivered.values[at];
			had += (double)h->on.values[at] * h->capacity_ghz[host];
		}
	}
	return had > 0 ? (float)(100 * used / had) : NAN;
}

static void heat_fill(struct heat *h, uint64_t rows_max, uint64_t columns_max)
{
	h->hosts_a_row = (h->delivered.entities + rows_max - 1) / rows_max;
	h->times_a_column = (h->delivered.times + columns_max - 1) / columns_max;
	h->rows = (h->delivered.entities + h->hosts_a_row - 1) / h->hosts_a_row;
	h->columns = (h->delivered.times + h->times_a_column - 1) / h->times_a_column;
	h->cells = memory_new(h->rows * h->columns, sizeof *h->cells, "a heat map");
	for (uint64_t row = 0; row < h->rows; row++) {
		for (uint64_t column = 0; column < h->columns; column++) {
			float cell = heat_cell(h, row, column);
			h->cells[row * h->columns + column] = cell;
			h->any_off |= isnan(cell);
		}
	}
}

bool heat_open(struct heat *h, struct results *results, uint64_t rows_max, uint64_t columns_max)
{
	uint64_t hosts;
	*h = (struct heat){0};
	if (!results_series(results, "series/hosts/delivered_ghz", &h->delivered)
	    || !results_series(results, "series/hosts/on", &h->on)
	    || h->delivered.times == 0 || h->delivered.entities == 0
	    || h->on.times != h->delivered.times || h->on.entities != h->delivered.entities)
		return false;
	h->capacity_ghz = columns_reals(results, "hosts", "cpu_ghz", &hosts);
	if (!h->capacity_ghz || hosts != h->delivered.entities) {
		heat_close(h);
		return false;
	}
	heat_fill(h, rows_max, columns_max);
	return true;
}

void heat_close(struct heat *h)
{
	free(h->capacity_ghz);
	free(h->cells);
	*h = (struct heat){0};
}

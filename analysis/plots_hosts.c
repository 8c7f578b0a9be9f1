/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The heat map of hosts over time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/plot.h"
#include "sim/memory.h"

/* No more cells than a page can show: the picture stays small and the eye sees means either way. */
#define ROWS_MAX 360
#define COLUMNS_MAX 576

/* Viridis (Smith and van der Walt 2015) at nine points: even to the eye, in grey and to the colour-blind. */
static const char palette[] =
	"set palette defined (0 '#440154', 1 '#482878', 2 '#3E4989', 3 '#31688E', 4 '#26828E', "
	"5 '#1F9E89', 6 '#35B779', 7 '#6DCD59', 8 '#B4DE2C', 9 '#FDE725')\n";

struct heat {
	struct results_series delivered, on;
	const double *capacity_ghz;          /* [host] */
	uint64_t rows, columns;
	uint64_t hosts_a_row, times_a_column;
	float *cells;                        /* per cent [row][column]; NaN: all off */
	bool any_off;
};

/* Means over the cell's hosts and intervals, each weighted by the time that it was on. */
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

static void heat_fill(struct heat *h)
{
	h->hosts_a_row = (h->delivered.entities + ROWS_MAX - 1) / ROWS_MAX;
	h->times_a_column = (h->delivered.times + COLUMNS_MAX - 1) / COLUMNS_MAX;
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

static bool heat_read(struct heat *h, struct results *results)
{
	if (!results_series(results, "series/hosts/delivered_ghz", &h->delivered)
	    || !results_series(results, "series/hosts/on", &h->on)
	    || h->delivered.times == 0 || h->delivered.entities == 0
	    || h->on.times != h->delivered.times || h->on.entities != h->delivered.entities)
		return false;
	const struct results_table *hosts = results_table(results, "hosts");
	for (uint32_t i = 0; hosts && i < hosts->column_count; i++)
		if (strcmp(hosts->columns[i].name, "cpu_ghz") == 0 && hosts->rows == h->delivered.entities)
			h->capacity_ghz = hosts->columns[i].reals;
	return h->capacity_ghz != NULL;
}

bool plot_utilisation(FILE *gnuplot, struct results *results)
{
	struct heat h = {0};
	if (!heat_read(&h, results))
		return false;
	heat_fill(&h);
	/* Axes end with the last cell, which may stand for fewer hosts or intervals than the others. */
	double span_s = (double)(h.columns * h.times_a_column) * h.delivered.interval_s;
	double hosts = (double)(h.rows * h.hosts_a_row), unit = plot_time_unit(span_s).size;
	double dx = (double)h.times_a_column * h.delivered.interval_s / unit, dy = (double)h.hosts_a_row;
	plot_time_axis(gnuplot, span_s, true);
	fputs(palette, gnuplot);
	fprintf(gnuplot,
	        "unset grid\nset yrange [0:%g]\nset ylabel 'Host'\nset cbrange [0:100]\nset cbtics 20 "
	        "scale 0.5\n"
	        "set cblabel 'CPU delivered / capacity (%%)'\nset colorbox noborder\n"
	        "set object 1 rectangle from graph 0,0 to graph 1,1 behind fillcolor rgb '" PLOT_GREY
	        "' fillstyle solid noborder\n"
	        "set key opaque\n",
	        hosts);
	fprintf(gnuplot,
	        "plot '-' binary array=(%llu,%llu) format='%%float' dx=%.17g dy=%.17g origin=(%.17g,%.17g) "
	        "with image notitle%s\n",
	        (unsigned long long)h.columns, (unsigned long long)h.rows, dx, dy, dx / 2, dy / 2,
	        h.any_off ? ", NaN with boxes lc rgb '" PLOT_GREY "' title 'off'" : "");
	fwrite(h.cells, sizeof *h.cells, h.rows * h.columns, gnuplot);
	free(h.cells);
	return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The heat map of hosts over time. */
#include <stdio.h>
#include <stdlib.h>

#include "analysis/columns.h"
#include "analysis/heat.h"
#include "analysis/plot.h"

/* No more cells than a page can show: the picture stays small and the eye sees means either way. */
#define ROWS_MAX 360
#define COLUMNS_MAX 576
#define NAMES_MAX 16             /* hosts that are called by their names; more are numbered */

static void palette_put(FILE *gnuplot)
{
	for (unsigned i = 0; i < HEAT_COLOURS; i++)
		fprintf(gnuplot, "%s%u '%s'", i ? ", " : "set palette defined (", i, heat_colours[i]);
	fputs(")\n", gnuplot);
}

static void hosts_axis(FILE *gnuplot, struct results *results, uint64_t hosts)
{
	uint64_t n = 0;
	const char **names = hosts <= NAMES_MAX ? columns_texts(results, "hosts", "name", &n) : NULL;
	if (!names || n != hosts)
		fputs("set ylabel 'Host'\n", gnuplot);
	for (uint64_t i = 0; names && n == hosts && i < n; i++) {
		fputs(i ? ", " : "set ytics scale 0 noenhanced (", gnuplot);
		plot_quoted(gnuplot, names[i]);
		fprintf(gnuplot, " %llu.5%s", (unsigned long long)i, i + 1 == n ? ")\n" : "");
	}
	free(names);
}

bool plot_utilisation(FILE *gnuplot, struct results *results)
{
	struct heat h;
	if (!heat_open(&h, results, ROWS_MAX, COLUMNS_MAX))
		return false;
	/* Axes end with the last cell, which may stand for fewer hosts or intervals than the others. */
	double span_s = (double)(h.columns * h.times_a_column) * h.delivered.interval_s;
	double hosts = (double)(h.rows * h.hosts_a_row), unit = plot_time_unit(span_s).size;
	double dx = (double)h.times_a_column * h.delivered.interval_s / unit, dy = (double)h.hosts_a_row;
	plot_time_axis(gnuplot, span_s, true);
	palette_put(gnuplot);
	hosts_axis(gnuplot, results, h.delivered.entities);
	fprintf(gnuplot,
	        "unset grid\nset yrange [0:%g]\nset cbrange [0:100]\nset cbtics 20 "
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
	heat_close(&h);
	return true;
}

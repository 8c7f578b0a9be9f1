/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the memory of guests is, over time: a panel a host, or one for all where there are many. */
#include <stdlib.h>

#include "analysis/columns.h"
#include "analysis/curves.h"
#include "sim/memory.h"

#define PANELS_MAX 6
#define GIB 1073741824.0

enum { TIME, HOST, CAPACITY, RESIDENT, SHARED, BALLOONED, SWAPPED, DENIED, COLUMNS };
#define STACK (COLUMNS - CAPACITY)       /* columns that are drawn */

static const struct {
	const char *title, *colour;
} layers[] = {
	{"resident", PLOT_BLUE}, {"shared", PLOT_GREEN}, {"ballooned", PLOT_SKY}, {"swapped", PLOT_VERMILION},
	{"denied", PLOT_PURPLE},
};
#define LAYERS (sizeof layers / sizeof *layers)

struct pages {
	uint64_t rows, hosts;
	double *columns[COLUMNS];
	const char **names;              /* [host] */
	uint32_t *shown, shown_count;    /* hosts that have rows */
	double span_s, most;
	bool layer_used[LAYERS];
};

static void pages_close(struct pages *p)
{
	for (int c = 0; c < COLUMNS; c++)
		free(p->columns[c]);
	free(p->names);
	free(p->shown);
}

static bool pages_open(struct pages *p, struct results *results)
{
	static const char *const names[COLUMNS] = {
		"time_s", "host", "capacity_bytes", "resident_bytes", "shared_bytes", "ballooned_bytes",
		"swapped_bytes", "denied_bytes",
	};
	struct summary summary;
	struct provenance provenance;
	*p = (struct pages){0};
	for (int c = 0; c < COLUMNS; c++)
		if (!(p->columns[c] = columns_reals(results, "memory", names[c], &p->rows)))
			return false;
	p->names = columns_texts(results, "hosts", "name", &p->hosts);
	results_summary(results, &summary, &provenance);
	p->span_s = summary.simulated_s;
	if (!p->names || !p->rows || !(p->span_s > 0))
		return false;
	bool *seen = memory_new(p->hosts, sizeof *seen, "hosts of a plot");
	p->shown = memory_new(p->hosts, sizeof *p->shown, "hosts of a plot");
	for (uint64_t r = 0; r < p->rows; r++) {
		uint64_t host = (uint64_t)p->columns[HOST][r];
		if (host < p->hosts)
			seen[host] = true;
		for (unsigned l = 0; l < LAYERS; l++) /* what can be seen at all */
			p->layer_used[l] |= p->columns[RESIDENT + l][r] > 0.005 * p->columns[CAPACITY][r];
	}
	for (uint32_t h = 0; h < p->hosts; h++)
		if (seen[h])
			p->shown[p->shown_count++] = h;
	free(seen);
	return p->shown_count > 0;
}

/* A line of the datablock: time, capacity, and the tops of the layers. */
static void point_put(FILE *gnuplot, double time, const double sum[static STACK], double *most)
{
	double top = 0;
	fprintf(gnuplot, "%.9g %.7g", time, sum[0] / GIB);
	for (unsigned l = 1; l < STACK; l++) {
		top += sum[l] / GIB;
		fprintf(gnuplot, " %.7g", top);
	}
	fputc('\n', gnuplot);
	*most = top > *most ? top : *most;
	*most = sum[0] / GIB > *most ? sum[0] / GIB : *most;
}

/* The stack of one host, or of all (host: all of them when `all`): a step at each row. */
static void pages_put(FILE *gnuplot, struct pages *p, uint32_t host, bool all)
{
	double (*now)[STACK] = memory_new(p->hosts, sizeof *now, "memory of hosts");
	bool first = true;
	double sum[STACK] = {0}, unit = plot_time_unit(p->span_s).size;
	fprintf(gnuplot, "$pages%u << EOD\n", host);
	for (uint64_t r = 0; r < p->rows; r++) {
		uint64_t h = (uint64_t)p->columns[HOST][r];
		if (h >= p->hosts || (!all && h != host))
			continue;
		if (!all && now[h][0] == 0) /* what there is was there from the start */
			sum[0] = now[h][0] = p->columns[CAPACITY][r];
		if (first)
			point_put(gnuplot, 0, sum, &p->most);
		first = false;
		point_put(gnuplot, p->columns[TIME][r] / unit, sum, &p->most);
		for (unsigned c = 0; c < STACK; c++) {
			sum[c] += p->columns[CAPACITY + c][r] - now[h][c];
			now[h][c] = p->columns[CAPACITY + c][r];
		}
		point_put(gnuplot, p->columns[TIME][r] / unit, sum, &p->most);
	}
	point_put(gnuplot, p->span_s / unit, sum, &p->most);
	fputs("EOD\n", gnuplot);
	free(now);
}

static void panel_draw(FILE *gnuplot, const struct pages *p, uint32_t host, const char *name)
{
	if (name) {
		fputs("set label 99 ", gnuplot);
		plot_quoted(gnuplot, name);
		fputs(" at graph 0.03,1.05 noenhanced front\n", gnuplot);
	}
	fputs("plot ", gnuplot);
	for (unsigned l = 0; l < LAYERS; l++) {
		if (!p->layer_used[l])
			continue;
		if (l)
			fprintf(gnuplot, "$pages%u using 1:%u:%u", host, l + 2, l + 3);
		else
			fprintf(gnuplot, "$pages%u using 1:(0):3", host);
		fprintf(gnuplot, " with filledcurves lc rgb '%s' title '%s', ", layers[l].colour,
		        layers[l].title);
	}
	fprintf(gnuplot, "$pages%u using 1:2 with lines lw 1.2 dt 2 lc rgb 'black' title 'host has'\n", host);
}

/* Three or four ticks: panels are narrow. */
static double few_ticks(double span)
{
	static const double nice[] = {1, 2, 3, 5, 6, 10, 12, 15, 20, 30, 60, 90, 120, 180, 240};
	for (unsigned k = 0; k < sizeof nice / sizeof *nice; k++)
		if (span / nice[k] <= 4)
			return nice[k];
	return span / 3;
}

/* The key of all panels: gnuplot's own is as narrow as a panel. */
static void key_put(FILE *gnuplot, const struct pages *p)
{
	double x = 0.11;
	for (unsigned l = 0; l < LAYERS; l++) {
		if (!p->layer_used[l])
			continue;
		fprintf(gnuplot,
		        "set object rectangle from screen %.3f,0.935 to screen %.3f,0.965 fc rgb '%s' "
		        "fs solid noborder\n"
		        "set label '%s' at screen %.3f,0.95\n",
		        x, x + 0.03, layers[l].colour, layers[l].title, x + 0.04);
		x += 0.17;
	}
	fprintf(gnuplot, "set arrow from screen %.3f,0.95 to screen %.3f,0.95 nohead dt 2 lw 1.2\n"
	        "set label 'host has' at screen %.3f,0.95\n", x, x + 0.03, x + 0.04);
}

/* Scales stand at the left and below. */
static void panels_draw(FILE *gnuplot, const struct pages *p)
{
	uint32_t n = p->shown_count, columns = n < 3 ? n : n == 4 ? 2 : 3, rows = (n + columns - 1) / columns;
	fprintf(gnuplot,
	        "set multiplot layout %u,%u margins 0.11,0.97,0.13,0.86 spacing 0.04,0.11\n"
	        "set xtics %.9g\nunset key\n",
	        rows, columns, few_ticks(p->span_s / plot_time_unit(p->span_s).size));
	key_put(gnuplot, p);
	for (uint32_t k = 0; k < n; k++) {
		bool left = k % columns == 0, below = k + columns >= n;
		fprintf(gnuplot,
		        "set format y '%s'\nset format x '%s'\nset ylabel '%s'\nset xlabel '%s (%s)'\n",
		        left ? "%g" : "", below ? "%g" : "", left ? "Memory (GiB)" : "",
		        below ? "Time" : "", plot_time_unit(p->span_s).name);
		if (!below)
			fputs("unset xlabel\n", gnuplot);
		panel_draw(gnuplot, p, p->shown[k], p->names[p->shown[k]]);
	}
	fputs("unset multiplot\n", gnuplot);
}

bool plot_memory(FILE *gnuplot, struct results *results)
{
	struct pages p;
	bool drawn = pages_open(&p, results);
	if (drawn) {
		bool all = p.shown_count > PANELS_MAX;
		for (uint32_t k = 0; k < (all ? 1 : p.shown_count); k++)
			pages_put(gnuplot, &p, p.shown[k], all);
		plot_time_axis(gnuplot, p.span_s, true);
		plot_value_axis(gnuplot, p.most);
		fputs("set ylabel 'Memory (GiB)'\n", gnuplot);
		if (all || p.shown_count == 1)
			panel_draw(gnuplot, &p, p.shown[0], NULL);
		else
			panels_draw(gnuplot, &p);
	}
	pages_close(&p);
	return drawn;
}

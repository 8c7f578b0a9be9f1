/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plots of what policies do: hotspots and the moves that resolve them, energy against service. */
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/plot.h"

#define HOSTS_MOST 8                   /* more lines cannot be told apart */
#define POINTS_MOST 2000               /* of a line: more than a page can show */
#define MOVES_MOST 60

static const char *const colours[HOSTS_MOST] = {
	PLOT_BLUE, PLOT_VERMILION, PLOT_GREEN, PLOT_ORANGE, PLOT_PURPLE, PLOT_SKY, "#000000", "#808080",
};

/* ---- hotspots ---- */

struct hotspots {
	struct results_series demanded;
	double *capacity_ghz;          /* [host] */
	const char **names;
	double *source, *start_s, *end_s;
	uint64_t moves;
};

static void hotspots_close(struct hotspots *p)
{
	free(p->capacity_ghz);
	free(p->names);
	free(p->source);
	free(p->start_s);
	free(p->end_s);
}

/* Did a policy ask for any move? Else there is nothing to be told that other plots do not. */
static bool agreed_any(struct results *results)
{
	uint64_t n;
	const char **kinds = columns_texts(results, "events", "kind", &n);
	bool any = false;
	for (uint64_t i = 0; kinds && i < n && !any; i++)
		any = strcmp(kinds[i], "move_agreed") == 0;
	free(kinds);
	return any;
}

static bool hotspots_open(struct hotspots *p, struct results *results)
{
	uint64_t hosts, n;
	*p = (struct hotspots){0};
	if (!results_series(results, "series/hosts/demanded_ghz", &p->demanded) ||
	    p->demanded.entities > HOSTS_MOST || p->demanded.times > POINTS_MOST || !agreed_any(results))
		return false;
	p->capacity_ghz = columns_reals(results, "hosts", "cpu_ghz", &hosts);
	p->names = columns_texts(results, "hosts", "name", &n);
	p->source = columns_reals(results, "migrations", "source", &p->moves);
	p->start_s = columns_reals(results, "migrations", "start_s", &n);
	p->end_s = columns_reals(results, "migrations", "end_s", &n);
	return p->capacity_ghz && p->names && p->source && p->start_s && p->end_s &&
	       hosts == p->demanded.entities && p->moves <= MOVES_MOST;
}

/* Rows: start of an interval, then the share that each host was asked for; the last value once more, so
 * that its step has a width. Returns the largest share, in per cent. */
static double hotspots_put(FILE *gnuplot, const struct hotspots *p, double unit_s)
{
	const struct results_series *d = &p->demanded;
	double most = 0;
	fputs("$asked << EOD\n", gnuplot);
	for (uint64_t t = 0; t <= d->times; t++) {
		uint64_t row = t < d->times ? t : t - 1;
		fprintf(gnuplot, "%.7g", (double)t * d->interval_s / unit_s);
		for (uint64_t h = 0; h < d->entities; h++) {
			double share = (double)d->values[row * d->entities + h] / p->capacity_ghz[h];
			fprintf(gnuplot, " %.5g", 100 * share);
			most = share > most ? share : most;
		}
		fputc('\n', gnuplot);
	}
	fputs("EOD\n", gnuplot);
	return 100 * most;
}

/* A band for each move, from its start to its end, in a tint of the colour of the host that it relieves. */
static void moves_put(FILE *gnuplot, const struct hotspots *p, double unit_s)
{
	for (uint64_t i = 0; i < p->moves; i++)
		if (p->source[i] >= 0 && p->source[i] < HOSTS_MOST && p->end_s[i] > p->start_s[i])
			fprintf(gnuplot,
			        "set object rectangle from %.7g, graph 0 to %.7g, graph 1 behind "
			        "fillcolor rgb '%s' fillstyle solid 0.25 noborder\n",
			        p->start_s[i] / unit_s, p->end_s[i] / unit_s,
			        colours[(size_t)p->source[i]]);
}

bool plot_hotspots(FILE *gnuplot, struct results *results)
{
	struct hotspots p;
	bool drawn = hotspots_open(&p, results);
	if (drawn) {
		double span_s = (double)p.demanded.times * p.demanded.interval_s;
		double unit_s = plot_time_unit(span_s).size;
		double most = hotspots_put(gnuplot, &p, unit_s);
		moves_put(gnuplot, &p, unit_s);
		plot_time_axis(gnuplot, span_s, true);
		plot_value_axis(gnuplot, most);
		fputs("set ylabel 'CPU asked for / capacity (%)'\n"
		      "set key noenhanced maxrows 2\n", gnuplot);
		for (uint64_t h = 0; h < p.demanded.entities; h++) {
			fprintf(gnuplot, "%s$asked using 1:%u with steps lw 2.2 lc rgb '%s' title ",
			        h ? ", " : "plot ", (unsigned)h + 2, colours[h]);
			plot_quoted(gnuplot, p.names[h]);
		}
		fputc('\n', gnuplot);
	}
	hotspots_close(&p);
	return drawn;
}

/* ---- energy against service ---- */

bool plot_frontier(FILE *gnuplot, struct results *results)
{
	(void)gnuplot;
	(void)results;
	return false; /* a single run is a point */
}

/* In a datablock only double quotes hold a text together. */
static void label_put(FILE *gnuplot, const char *text)
{
	fputc('"', gnuplot);
	for (const char *c = text; *c; c++)
		fputc(*c == '"' || *c == '\n' ? ' ' : *c, gnuplot);
	fputs("\"\n", gnuplot);
}

bool overlay_frontier(FILE *gnuplot, const struct plot_input *inputs, unsigned count)
{
	fputs("$runs << EOD\n", gnuplot);
	for (unsigned i = 0; i < count; i++) {
		struct summary s;
		struct provenance provenance;
		results_summary(inputs[i].results, &s, &provenance);
		if (!(s.it_energy_j > 0))
			return false;
		fprintf(gnuplot, "%.7g %.7g ", s.it_energy_j / 3.6e6, 100 * s.overall_sla_violation);
		label_put(gnuplot, inputs[i].label);
	}
	fputs("EOD\nset xlabel 'Energy of the hosts (kWh)'\nset ylabel 'Work not delivered (%)'\n"
	      "set offsets graph 0.05, graph 0.12, graph 0.15, graph 0\nset yrange [0:*]\n"
	      "plot $runs using 1:2 with linespoints pt 7 ps 1.2 lw 2 lc rgb '" PLOT_BLUE "' notitle, "
	      "$runs using 1:2:3 with labels left rotate by 35 offset 0.6,0.6 noenhanced font ',16' "
	      "notitle\n", gnuplot);
	return true;
}

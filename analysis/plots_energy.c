/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Energy by type of host, the part that idling costs apart. */
#include <stdlib.h>

#include "analysis/columns.h"
#include "analysis/curves.h"
#include "sim/memory.h"

#define BARS_MAX 16

struct energy_bar {
	double all_j, idle_j;
	uint64_t hosts;
};

struct energy {
	uint64_t hosts, types, words;
	double *type, *energy_j, *on_s;      /* [host] */
	double *idle_w;                      /* [type] */
	const char **names;                  /* [type] */
	struct energy_bar *bars;             /* [type] */
	double most_j;
};

static void energy_close(struct energy *e)
{
	free(e->type);
	free(e->energy_j);
	free(e->on_s);
	free(e->idle_w);
	free(e->names);
	free(e->bars);
}

static bool energy_open(struct energy *e, struct results *results)
{
	*e = (struct energy){0};
	e->type = columns_reals(results, "hosts", "type", &e->hosts);
	e->energy_j = columns_reals(results, "hosts", "energy_j", &e->hosts);
	e->on_s = columns_reals(results, "hosts", "on_s", &e->hosts);
	e->idle_w = columns_reals(results, "host_types", "idle_w", &e->types);
	e->names = columns_texts(results, "host_types", "name", &e->words);
	if (!e->type || !e->energy_j || !e->on_s || !e->idle_w || !e->names)
		return false;
	e->bars = memory_new(e->types, sizeof *e->bars, "energy of host groups");
	for (uint64_t i = 0; i < e->hosts; i++) {
		uint64_t type = (uint64_t)e->type[i];
		if (type >= e->types)
			return false;
		double idle_j = e->idle_w[type] * e->on_s[i];
		e->bars[type].hosts++;
		e->bars[type].all_j += e->energy_j[i];
		/* A model may draw less than its idle power when it saves it elsewhere: then all is idle. */
		e->bars[type].idle_j += idle_j < e->energy_j[i] ? idle_j : e->energy_j[i];
	}
	for (uint64_t i = 0; i < e->types; i++)
		e->most_j = e->bars[i].all_j > e->most_j ? e->bars[i].all_j : e->most_j;
	return e->most_j > 0;
}

/* Rows from below: start, idle, all, label at the bar's end. */
static void energy_put(FILE *gnuplot, const struct energy *e, struct plot_unit unit)
{
	uint64_t shown = e->types < BARS_MAX ? e->types : BARS_MAX;
	fputs("$energy << EOD\n", gnuplot);
	for (uint64_t i = 0; i < shown; i++)
		fprintf(gnuplot, "%llu %.7g %.7g\n", (unsigned long long)(shown - i),
		        e->bars[i].idle_j / unit.size, e->bars[i].all_j / unit.size);
	fputs("EOD\nset ytics scale 0 (", gnuplot);
	for (uint64_t i = 0; i < shown; i++) {
		char label[80];
		snprintf(label, sizeof label, "%.40s\n(%llu)", e->names[i],
		         (unsigned long long)e->bars[i].hosts);
		fputs(i ? ", " : "", gnuplot);
		plot_quoted(gnuplot, label);
		fprintf(gnuplot, " %llu", (unsigned long long)(shown - i));
	}
	fprintf(gnuplot, ") noenhanced\nset yrange [0.4:%llu.6]\n", (unsigned long long)shown);
}

bool plot_energy(FILE *gnuplot, struct results *results)
{
	struct energy e;
	bool drawn = energy_open(&e, results);
	if (drawn) {
		struct plot_unit unit = {"Wh", 3.6e3};
		if (e.most_j > 3.6e6)
			unit = e.most_j > 3.6e9 ? (struct plot_unit){"MWh", 3.6e9}
			                        : (struct plot_unit){"kWh", 3.6e6};
		energy_put(gnuplot, &e, unit);
		fprintf(gnuplot,
		        "set border 1\nset grid noytics xtics lt 1 lw 0.5 lc rgb '#e4e4e4'\n"
		        "set xrange [0:%.9g]\nset xlabel 'Energy (%s)'\n"
		        "plot $energy using (0):1:(0):2:($1-0.3):($1+0.3) with boxxyerror lc rgb '" PLOT_BLUE
		        "' title 'idle power while on', $energy using 2:1:2:3:($1-0.3):($1+0.3) "
		        "with boxxyerror lc rgb '" PLOT_SKY "' title 'added by load'\n",
		        e.most_j / unit.size * 1.08, unit.name);
	}
	energy_close(&e);
	return drawn;
}

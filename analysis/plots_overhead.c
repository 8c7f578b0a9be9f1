/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of the CPU that hosts gave: useful work, overhead, waits, service domains, by type of host. */
#include <stdlib.h>

#include "analysis/columns.h"
#include "analysis/plot.h"
#include "sim/memory.h"

#define BARS_MAX 24

enum { TYPE, DELIVERED, OVERHEAD, SERVICE, COLUMNS, LOST = COLUMNS, PARTS };

struct overhead_bars {
	uint64_t hosts, types;
	double *columns[COLUMNS];     /* [host] */
	const char **names;           /* [type] */
	double (*bars)[PARTS];        /* [type]: number of hosts, then sums */
	double most;
};

static void overhead_close(struct overhead_bars *o)
{
	for (int c = 0; c < COLUMNS; c++)
		free(o->columns[c]);
	free(o->names);
	free(o->bars);
}

/* Guests that wait for pages, or are filtered, keep their CPU busy and get nothing done: not useful work. */
static double lost_add(struct overhead_bars *o, struct results *results)
{
	uint64_t vms, rows;
	double *host = columns_hosts_of_guests(results, &vms), sum = 0;
	double *memory = columns_reals(results, "vm_memory", "memory_lost_ghz_h", &rows);
	double *filter = columns_reals(results, "vm_memory", "filter_lost_ghz_h", &rows);
	for (uint64_t i = 0; host && memory && filter && i < rows && i < vms; i++) {
		if (!(host[i] >= 0 && host[i] < (double)o->hosts))
			continue;
		o->bars[(uint64_t)o->columns[TYPE][(uint64_t)host[i]]][LOST] += memory[i] + filter[i];
		sum += memory[i] + filter[i];
	}
	free(host);
	free(memory);
	free(filter);
	return sum;
}

static bool overhead_open(struct overhead_bars *o, struct results *results)
{
	static const char *const names[COLUMNS] = {"type", "delivered_ghz_h", "overhead_ghz_h",
		"service_ghz_h"};
	double beyond = 0;
	*o = (struct overhead_bars){0};
	for (int c = 0; c < COLUMNS; c++)
		if (!(o->columns[c] = columns_reals(results, "hosts", names[c], &o->hosts)))
			return false;
	o->names = columns_texts(results, "host_types", "name", &o->types);
	if (!o->names)
		return false;
	o->bars = memory_new(o->types, sizeof *o->bars, "overhead of host groups");
	for (uint64_t i = 0; i < o->hosts; i++) {
		uint64_t type = (uint64_t)o->columns[TYPE][i];
		if (type >= o->types)
			return false;
		o->bars[type][TYPE]++;
		for (int c = DELIVERED; c < COLUMNS; c++)
			o->bars[type][c] += o->columns[c][i];
		beyond += o->columns[OVERHEAD][i] + o->columns[SERVICE][i];
		o->most = o->bars[type][DELIVERED] > o->most ? o->bars[type][DELIVERED] : o->most;
	}
	return beyond + lost_add(o, results) > 0;
}

/* Rows: where useful work ends, overhead, waits, the service domain's work. */
static void overhead_put(FILE *gnuplot, const struct overhead_bars *o)
{
	uint64_t shown = o->types < BARS_MAX ? o->types : BARS_MAX;
	fputs("$overhead << EOD\n", gnuplot);
	for (uint64_t i = 0; i < shown; i++) {
		const double *bar = o->bars[i];
		double guests = bar[DELIVERED] - bar[SERVICE];
		fprintf(gnuplot, "%llu %.7g %.7g %.7g %.7g\n", (unsigned long long)(shown - i),
		        guests - bar[OVERHEAD] - bar[LOST], guests - bar[LOST], guests, bar[DELIVERED]);
	}
	fputs("EOD\nset ytics scale 0 (", gnuplot);
	for (uint64_t i = 0; i < shown; i++) {
		fputs(i ? ", " : "", gnuplot);
		plot_quoted(gnuplot, o->names[i]);
		fprintf(gnuplot, " %llu", (unsigned long long)(shown - i));
	}
	fprintf(gnuplot, ") noenhanced\nset yrange [0.4:%llu.6]\n", (unsigned long long)shown);
}

static double lost_most(const struct overhead_bars *o)
{
	double most = 0;
	for (uint64_t i = 0; i < o->types; i++)
		most = o->bars[i][LOST] > most ? o->bars[i][LOST] : most;
	return most;
}

bool plot_overhead(FILE *gnuplot, struct results *results)
{
	struct overhead_bars o;
	bool drawn = overhead_open(&o, results);
	if (drawn) {
		overhead_put(gnuplot, &o);
		fprintf(gnuplot,
		        "set border 1\nset grid noytics xtics lt 1 lw 0.5 lc rgb '#e4e4e4'\n"
		        "set xrange [0:%.9g]\nset xlabel 'CPU delivered (GHz h)'\n"
		        "set key maxcols 2 maxrows 2\n"
		        "plot $overhead using (0):1:(0):2:($1-0.35):($1+0.35) with boxxyerror "
		        "lc rgb '" PLOT_BLUE "' title 'useful work', "
		        "$overhead using 2:1:2:3:($1-0.35):($1+0.35) with boxxyerror "
		        "lc rgb '" PLOT_VERMILION "' title 'overhead', ",
		        o.most * 1.06);
		if (lost_most(&o) > 0)
			fputs("$overhead using 3:1:3:4:($1-0.35):($1+0.35) with boxxyerror "
			      "lc rgb '" PLOT_ORANGE "' title 'waiting for pages, filtered', ", gnuplot);
		fputs("$overhead using 4:1:4:5:($1-0.35):($1+0.35) with boxxyerror lc rgb '" PLOT_SKY
		      "' title 'service domain'\n", gnuplot);
	}
	overhead_close(&o);
	return drawn;
}

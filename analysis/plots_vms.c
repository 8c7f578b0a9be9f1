/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plots of VMs: how many there are over time, and the life of each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/curves.h"
#include "analysis/stays.h"
#include "sim/memory.h"

struct lives {
	uint64_t count;
	double *start_s, *placed_s, *ended_s, *type; /* [vm]; NaN: never */
	const char **names, **states;                /* [vm] */
	double span_s;
};

static void lives_close(struct lives *l)
{
	free(l->start_s);
	free(l->placed_s);
	free(l->ended_s);
	free(l->type);
	free(l->names);
	free(l->states);
}

static bool lives_open(struct lives *l, struct results *results)
{
	struct summary summary;
	struct provenance provenance;
	*l = (struct lives){0};
	l->start_s = columns_reals(results, "vms", "start_s", &l->count);
	l->placed_s = columns_reals(results, "vms", "placed_s", &l->count);
	l->ended_s = columns_reals(results, "vms", "ended_s", &l->count);
	l->type = columns_reals(results, "vms", "type", &l->count);
	l->names = columns_texts(results, "vms", "name", &l->count);
	l->states = columns_texts(results, "vms", "state", &l->count);
	results_summary(results, &summary, &provenance);
	l->span_s = summary.simulated_s;
	if (l->start_s && l->placed_s && l->ended_s && l->type && l->names && l->states && l->count
	    && l->span_s > 0)
		return true;
	lives_close(l);
	return false;
}

static bool refused(const struct lives *l, uint64_t vm)
{
	return strcmp(l->states[vm], "refused") == 0;
}

static double until(double time_s, double span_s)
{
	return time_s < span_s ? time_s : span_s; /* NaN: span_s */
}

/* Time from `start` to `waited`: waiting; from there to `end`: running. */
static double waited_until(const struct lives *l, uint64_t vm)
{
	return until(l->placed_s[vm], until(l->ended_s[vm], l->span_s));
}

#define BINS 480                         /* of the means of the population */
#define RATE_BINS 64                     /* of arrivals and departures: at most */

struct population {
	double running[BINS + 1], waiting[BINS + 1];    /* means over a bin */
	double came[RATE_BINS], went[RATE_BINS];        /* an hour */
	unsigned rate_bins;
	double rate_bin_s, most, most_rate, span_s;
	bool waits;
};

/* Adds a stay to means over bins: each part of a bin in its bin, whole bins as a difference at both ends
 * (`change`, summed later), so that a stay costs the same however long it is. */
static void stay_add(double *parts, double *change, double from, double to)
{
	if (!(from < to))
		return;
	unsigned first = (unsigned)from, last = (unsigned)to; /* in bins */
	if (first == last) {
		parts[first] += to - from;
		return;
	}
	parts[first] += first + 1 - from;
	parts[last] += to - last;
	change[first + 1] += 1;
	change[last] -= 1;
}

static void stays_sum(double *parts, const double *change)
{
	double whole = 0;
	for (unsigned b = 0; b <= BINS; b++) {
		whole += change[b];
		parts[b] += whole;
	}
}

/* Times that people use, so that regular arrivals do not beat with the bins. */
static double rate_bin_s(double span_s)
{
	static const double nice_s[] = {1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14400, 43200, 86400,
	                                604800};
	double width_s = span_s / 24;
	for (unsigned i = 0; i < sizeof nice_s / sizeof *nice_s; i++)
		if (span_s / nice_s[i] >= 16 && span_s / nice_s[i] <= RATE_BINS)
			width_s = nice_s[i];
	return width_s;
}

static void population_rates(struct population *p, const struct lives *l)
{
	p->rate_bin_s = rate_bin_s(l->span_s);
	p->rate_bins = (unsigned)ceil(l->span_s / p->rate_bin_s);
	for (uint64_t i = 0; i < l->count; i++) {
		if (l->start_s[i] > 0 && l->start_s[i] < l->span_s)
			p->came[(unsigned)(l->start_s[i] / p->rate_bin_s)] += 3600 / p->rate_bin_s;
		if (l->ended_s[i] < l->span_s)
			p->went[(unsigned)(l->ended_s[i] / p->rate_bin_s)] += 3600 / p->rate_bin_s;
	}
	for (unsigned b = 0; b < p->rate_bins; b++)
		p->most_rate = fmax(p->most_rate, fmax(p->came[b], p->went[b]));
}

static bool population_read(struct population *p, struct results *results)
{
	struct lives l;
	double running[BINS + 2] = {0}, waiting[BINS + 2] = {0};
	*p = (struct population){0};
	if (!lives_open(&l, results))
		return false;
	double bin = BINS / l.span_s;
	for (uint64_t i = 0; i < l.count; i++) {
		double placed = waited_until(&l, i), end = until(l.ended_s[i], l.span_s);
		stay_add(p->running, running, placed * bin, end * bin);
		if (refused(&l, i))
			continue;
		stay_add(p->waiting, waiting, l.start_s[i] * bin, placed * bin);
		p->waits |= l.start_s[i] < placed;
	}
	stays_sum(p->running, running);
	stays_sum(p->waiting, waiting);
	for (unsigned b = 0; b < BINS; b++)
		p->most = fmax(p->most, fmax(p->running[b], p->waiting[b]));
	population_rates(p, &l);
	p->span_s = l.span_s;
	lives_close(&l);
	return true;
}

static void population_put(FILE *gnuplot, const struct population *p, unsigned k, double span_s)
{
	double unit = plot_time_unit(span_s).size;
	fprintf(gnuplot, "$stock%u << EOD\n", k);
	for (unsigned b = 0; b <= BINS; b++) {
		unsigned at = b < BINS ? b : BINS - 1;
		fprintf(gnuplot, "%.9g %.7g %.7g\n", p->span_s * b / BINS / unit, p->running[at],
		        p->waiting[at]);
	}
	fprintf(gnuplot, "EOD\n$flow%u << EOD\n", k);
	for (unsigned b = 0; b <= p->rate_bins; b++) {
		unsigned at = b < p->rate_bins ? b : p->rate_bins - 1;
		fprintf(gnuplot, "%.9g %.7g %.7g\n", fmin(p->span_s, p->rate_bin_s * b) / unit,
		        p->came[at], p->went[at]);
	}
	fputs("EOD\n", gnuplot);
}

bool plot_population(FILE *gnuplot, struct results *results)
{
	struct population p;
	if (!population_read(&p, results))
		return false;
	population_put(gnuplot, &p, 0, p.span_s);
	if (p.most_rate > 0) {
		fputs("set multiplot\n", gnuplot);
		plot_panel(gnuplot, true);
	}
	plot_time_axis(gnuplot, p.span_s, !(p.most_rate > 0));
	plot_count_axis(gnuplot, p.most);
	fprintf(gnuplot, "set ylabel 'VMs'\nplot $stock0 using 1:2 with steps lw 1.3 lc rgb '" PLOT_BLUE
	        "' title 'running'%s\n",
	        p.waits ? ", $stock0 using 1:3 with steps lw 1.3 lc rgb '" PLOT_VERMILION "' title 'waiting'"
	                : "");
	if (!(p.most_rate > 0))
		return true;
	plot_panel(gnuplot, false);
	plot_time_axis(gnuplot, p.span_s, true);
	plot_value_axis(gnuplot, p.most_rate);
	/* "above" is the picture's top, where the other panel's key stands. */
	fputs("set ylabel 'VMs / h'\nset key at graph 0,1.06 left bottom\n"
	      "plot $flow0 using 1:2 with fillsteps lc rgb '" PLOT_SKY_AREA "' title 'arrivals', "
	      "$flow0 using 1:3 with steps lw 1.3 lc rgb '" PLOT_ORANGE "' title 'ends'\nunset multiplot\n",
	      gnuplot);
	return true;
}

bool overlay_population(FILE *gnuplot, const struct plot_input *inputs, unsigned count)
{
	struct population *all = memory_new(count, sizeof *all, "populations");
	double most = 0, span_s = 0;
	unsigned read = 0;
	for (; read < count && population_read(&all[read], inputs[read].results); read++) {
		most = fmax(most, all[read].most);
		span_s = fmax(span_s, all[read].span_s);
	}
	if (read == count) {
		plot_time_axis(gnuplot, span_s, true);
		plot_count_axis(gnuplot, most);
		fputs("set ylabel 'VMs running'\n", gnuplot);
		for (unsigned k = 0; k < count; k++)
			population_put(gnuplot, &all[k], k, span_s);
		for (unsigned k = 0; k < count; k++) {
			fprintf(gnuplot, "%s$stock%u using 1:2 with steps ", k ? ", " : "plot ", k);
			plot_line(gnuplot, k);
			fputs(" title ", gnuplot);
			plot_label(gnuplot, inputs[k].label);
		}
		fputc('\n', gnuplot);
	}
	free(all);
	return read == count;
}

#define ROWS_MAX 100
#define NAMES_MAX 36                     /* more names do not fit beside the rows */
#define TYPES_MAX 6                      /* groups with a colour of their own */

/* VMs in the order of their arrival. */
struct row {
	double start_s;
	uint64_t vm;
};

static int row_order(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	if (x->start_s != y->start_s)
		return x->start_s < y->start_s ? -1 : 1;
	return (x->vm > y->vm) - (x->vm < y->vm);
}

struct gantt {
	struct lives lives;
	struct row *rows;                    /* all VMs in order, then only those shown */
	uint64_t count;
	uint64_t *row_of;                    /* [vm]: from 1; 0: not shown */
	double unit;
};

static void gantt_choose(struct gantt *g)
{
	const struct lives *l = &g->lives;
	g->rows = memory_new(l->count, sizeof *g->rows, "rows of VMs");
	for (uint64_t i = 0; i < l->count; i++)
		g->rows[i] = (struct row){l->start_s[i], i};
	qsort(g->rows, l->count, sizeof *g->rows, row_order);
	g->count = l->count < ROWS_MAX ? l->count : ROWS_MAX;
	for (uint64_t k = 0; k < g->count; k++) /* the k-th of count even steps: never behind k */
		g->rows[k] = g->rows[k * l->count / g->count];
	g->row_of = memory_new(l->count, sizeof *g->row_of, "rows of VMs");
	for (uint64_t k = 0; k < g->count; k++)
		g->row_of[g->rows[k].vm] = k + 1;
}

/* Bars of the VMs of one group; of all others when it is the last colour. The line above the data lets a
 * datablock be empty. */
static void gantt_bars(FILE *gnuplot, const struct gantt *g, unsigned type, bool waiting)
{
	const struct lives *l = &g->lives;
	fprintf(gnuplot, "$%s%u << EOD\nNaN NaN NaN\n", waiting ? "waits" : "runs", type);
	for (uint64_t k = 0; k < g->count; k++) {
		uint64_t vm = g->rows[k].vm;
		unsigned own = l->type[vm] < TYPES_MAX - 1 ? (unsigned)l->type[vm] : TYPES_MAX - 1;
		double from = waiting ? l->start_s[vm] : waited_until(l, vm);
		double to = waiting ? waited_until(l, vm) : until(l->ended_s[vm], l->span_s);
		if (from < to && (waiting ? !refused(l, vm) : own == type))
			fprintf(gnuplot, "%llu %.9g %.9g\n", (unsigned long long)k + 1, from / g->unit,
			        to / g->unit);
	}
	fputs("EOD\n", gnuplot);
}

/* Marks: migrations of the VMs shown, and those refused. Returns how many of each. */
static void gantt_marks(FILE *gnuplot, const struct gantt *g, struct results *results, uint64_t counts[2])
{
	uint64_t migrations;
	double *vms = columns_reals(results, "migrations", "vm", &migrations);
	double *switch_s = columns_reals(results, "migrations", "switch_s", &migrations);
	if (!switch_s) /* a file from before there was such a column */
		switch_s = columns_reals(results, "migrations", "end_s", &migrations);
	counts[0] = counts[1] = 0;
	fputs("$moves << EOD\nNaN NaN\n", gnuplot);
	for (uint64_t m = 0; vms && switch_s && m < migrations; m++) {
		uint64_t vm = vms[m] >= 0 ? (uint64_t)vms[m] : UINT64_MAX;
		if (vm >= g->lives.count || !g->row_of[vm] || !isfinite(switch_s[m]))
			continue;
		fprintf(gnuplot, "%.9g %llu\n", switch_s[m] / g->unit, (unsigned long long)g->row_of[vm]);
		counts[0]++;
	}
	fputs("EOD\n$refused << EOD\nNaN NaN\n", gnuplot);
	for (uint64_t k = 0; k < g->count; k++) {
		if (!refused(&g->lives, g->rows[k].vm))
			continue;
		fprintf(gnuplot, "%.9g %llu\n", g->rows[k].start_s / g->unit, (unsigned long long)k + 1);
		counts[1]++;
	}
	fputs("EOD\n", gnuplot);
	free(vms);
	free(switch_s);
}

static void gantt_axes(FILE *gnuplot, const struct gantt *g)
{
	plot_time_axis(gnuplot, g->lives.span_s, true);
	fputs("set border 1\nset grid noytics xtics lt 1 lw 0.5 lc rgb '#e4e4e4'\n", gnuplot);
	fprintf(gnuplot, "set yrange [%g:0.3]\n", (double)g->count + 0.7);
	if (g->count > NAMES_MAX) {
		fprintf(gnuplot, "unset ytics\nset ylabel 'VM (%s%llu of %llu)'\n",
		        g->count < g->lives.count ? "every n-th, " : "", (unsigned long long)g->count,
		        (unsigned long long)g->lives.count);
		return;
	}
	fprintf(gnuplot, "set ytics scale 0 %s (",
	        g->count > 24 ? "font ',11'" : g->count > 12 ? "font ',15'" : "");
	for (uint64_t k = 0; k < g->count; k++) {
		fputs(k ? ", " : "", gnuplot);
		plot_quoted(gnuplot, g->lives.names[g->rows[k].vm]);
		fprintf(gnuplot, " %llu", (unsigned long long)k + 1);
	}
	fputs(") noenhanced\n", gnuplot);
}

/* A colour for each group of VMs, grey while they waited. */
static void gantt_groups(FILE *gnuplot, const struct gantt *g, struct results *results)
{
	static const char *const colours[TYPES_MAX] = {
		PLOT_BLUE, PLOT_ORANGE, PLOT_GREEN, PLOT_SKY, PLOT_PURPLE, PLOT_VERMILION,
	};
	const char *box = "using 2:1:2:3:($1-0.4):($1+0.4) with boxxyerror lc rgb";
	uint64_t types;
	const char **names = columns_texts(results, "vm_types", "name", &types);
	gantt_bars(gnuplot, g, 0, true);
	for (unsigned i = 0; i < TYPES_MAX && i < types; i++)
		gantt_bars(gnuplot, g, i, false);
	gantt_axes(gnuplot, g);
	fprintf(gnuplot, "plot $waits0 %s '" PLOT_GREY "' notitle", box);
	for (unsigned i = 0; i < TYPES_MAX && i < types; i++) {
		fprintf(gnuplot, ", $runs%u %s '%s' title ", i, box, colours[i]);
		plot_label(gnuplot, i + 1 == TYPES_MAX && types > TYPES_MAX ? "others" : names[i]);
	}
	free(names);
}

/* A colour for each state, where events tell states. */
static bool gantt_states(FILE *gnuplot, const struct gantt *g, struct results *results)
{
	struct stays stays;
	if (!stays_read(&stays, results, g->row_of, g->lives.count, g->lives.span_s))
		return false;
	stays_put(gnuplot, &stays, g->unit);
	gantt_axes(gnuplot, g);
	stays_plot(gnuplot, &stays);
	stays_free(&stays);
	return true;
}

static void gantt_draw(FILE *gnuplot, struct gantt *g, struct results *results)
{
	uint64_t counts[2];
	gantt_marks(gnuplot, g, results, counts);
	bool states = gantt_states(gnuplot, g, results);
	if (!states)
		gantt_groups(gnuplot, g, results);
	if (counts[0] && !states) /* migrating is a state */
		fprintf(gnuplot, ", $moves using 1:2 with points pt 9 ps %g lc rgb '#000000' "
		        "title 'migration'", g->count > NAMES_MAX ? 0.5 : 1.2);
	if (counts[1])
		fputs(", $refused using 1:2 with points pt 2 ps 0.8 lc rgb '" PLOT_VERMILION
		      "' title 'refused'", gnuplot);
	fputc('\n', gnuplot);
}

bool plot_lifecycle(FILE *gnuplot, struct results *results)
{
	struct gantt g = {0};
	if (!lives_open(&g.lives, results))
		return false;
	g.unit = plot_time_unit(g.lives.span_s).size;
	gantt_choose(&g);
	gantt_draw(gnuplot, &g, results);
	free(g.rows);
	free(g.row_of);
	lives_close(&g.lives);
	return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plots of how often: duration curves of power and utilisation, the distribution of host utilisation. */
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/curves.h"
#include "sim/memory.h"

/* A value and how long it held. */
struct held {
	double value, length_s;
};

static int held_falling(const void *a, const void *b)
{
	const struct held *x = a, *y = b;
	return (x->value < y->value) - (x->value > y->value);
}

/* The intervals' values divided by `unit`, falling: share of the time in per cent, value. */
static void duration_put(FILE *gnuplot, const struct curves *c, const char *block, double unit)
{
	uint64_t times = c->series[0].times;
	struct held *held = memory_new(times, sizeof *held, "a duration curve");
	double before_s = 0;
	for (uint64_t t = 0; t < times; t++)
		held[t] = (struct held){curve_value(c, 0, t), curve_length_s(c, t)};
	qsort(held, times, sizeof *held, held_falling);
	fprintf(gnuplot, "$%s << EOD\n", block);
	for (uint64_t t = 0; t < times; t++) {
		fprintf(gnuplot, "%.6g %.7g\n", 100 * before_s / c->span_s, held[t].value / unit);
		before_s += held[t].length_s;
	}
	fprintf(gnuplot, "100 %.7g\nEOD\n", held[times - 1].value / unit);
	free(held);
}

struct duration {
	struct curves power, cpu;
	double capacity_ghz;
};

static bool duration_open(struct duration *d, struct results *results)
{
	const char *power = "series/sites/power_w", *cpu = "series/sites/delivered_ghz";
	uint64_t hosts;
	*d = (struct duration){0};
	if (!curves_read(&d->power, results, &power, 1) || !curves_read(&d->cpu, results, &cpu, 1))
		return false;
	double *capacity_ghz = columns_reals(results, "hosts", "cpu_ghz", &hosts);
	for (uint64_t i = 0; i < hosts; i++)
		d->capacity_ghz += capacity_ghz[i];
	free(capacity_ghz);
	return d->capacity_ghz > 0;
}

static void duration_lines(FILE *gnuplot, const struct plot_input *inputs, unsigned count, bool power)
{
	for (unsigned k = 0; k < count; k++) {
		fprintf(gnuplot, "%s$%s%u using 1:2 with steps ", k ? ", " : "plot ", power ? "power" : "cpu",
		        k);
		plot_line(gnuplot, k);
		fputs(power && count > 1 ? " title " : " notitle", gnuplot);
		if (power && count > 1)
			plot_label(gnuplot, inputs[k].label);
	}
	fputc('\n', gnuplot);
}

bool overlay_duration(FILE *gnuplot, const struct plot_input *inputs, unsigned count)
{
	struct duration *all = memory_new(count, sizeof *all, "duration curves");
	double most_w = 0, most_share = 0;
	unsigned read = 0;
	for (; read < count && duration_open(&all[read], inputs[read].results); read++) {
		double power = curves_most(&all[read].power);
		double share = 100 * curves_most(&all[read].cpu) / all[read].capacity_ghz;
		most_w = power > most_w ? power : most_w;
		most_share = share > most_share ? share : most_share;
	}
	struct plot_unit unit = plot_power_unit(most_w);
	for (unsigned k = 0; k < count && read == count; k++) {
		char block[32];
		snprintf(block, sizeof block, "power%u", k);
		duration_put(gnuplot, &all[k].power, block, unit.size);
		snprintf(block, sizeof block, "cpu%u", k);
		duration_put(gnuplot, &all[k].cpu, block, all[k].capacity_ghz / 100);
	}
	free(all);
	if (read < count)
		return false;
	fputs("set multiplot\nset xrange [0:100]\nset xtics 20\nset format x ''\n", gnuplot);
	plot_panel(gnuplot, true);
	plot_value_axis(gnuplot, most_w / unit.size);
	fprintf(gnuplot, "set ylabel 'Power (%s)'\n", unit.name);
	duration_lines(gnuplot, inputs, count, true);
	plot_panel(gnuplot, false);
	plot_value_axis(gnuplot, most_share);
	fputs("set format x '%h'\nset xlabel 'Share of time (%)'\nset ylabel 'CPU (% of capacity)'\n",
	      gnuplot);
	duration_lines(gnuplot, inputs, count, false);
	fputs("unset multiplot\n", gnuplot);
	return true;
}

bool plot_duration(FILE *gnuplot, struct results *results)
{
	return overlay_duration(gnuplot, &(struct plot_input){results, ""}, 1);
}

#define BARS 50
#define BINS_A_BAR 20
#define BINS (BARS * BINS_A_BAR)

/* Time that hosts spent at each utilisation, of the time that they were on; in fine bins, so that the line of
 * sums needs no sorting of millions of values. Bin b is [b, b + 1) / BINS, the last one is full load. */
struct distribution {
	double bins[BINS + 1];               /* per cent of the time */
};

static bool distribution_read(struct distribution *d, struct results *results)
{
	struct results_series delivered, on;
	uint64_t hosts;
	double all = 0;
	memset(d, 0, sizeof *d);
	if (!results_series(results, "series/hosts/delivered_ghz", &delivered)
	    || !results_series(results, "series/hosts/on", &on) || on.times != delivered.times)
		return false;
	double *capacity_ghz = columns_reals(results, "hosts", "cpu_ghz", &hosts);
	for (uint64_t i = 0; hosts == delivered.entities && i < delivered.times * hosts; i++) {
		double was_on = (double)on.values[i];
		if (!(was_on > 0))
			continue;
		double use = (double)delivered.values[i] / (was_on * capacity_ghz[i % hosts]);
		/* A share that floats rounded to just below full is full. */
		d->bins[use < 1 - 1e-6 ? (unsigned)(use * BINS) : BINS] += was_on;
		all += was_on;
	}
	free(capacity_ghz);
	for (unsigned b = 0; b <= BINS && all > 0; b++)
		d->bins[b] *= 100 / all;
	return all > 0;
}

/* Utilisation in per cent, share of time at or below it. */
static void distribution_put(FILE *gnuplot, const struct distribution *d, unsigned k)
{
	double sum = 0;
	fprintf(gnuplot, "$ecdf%u << EOD\n0 0\n", k);
	for (unsigned b = 0; b <= BINS; b++) {
		sum += d->bins[b];
		if (d->bins[b] > 0)
			fprintf(gnuplot, "%.6g %.6g\n", b < BINS ? (b + 1) * 100.0 / BINS : 100.0, sum);
	}
	fputs("100 100\nEOD\n", gnuplot);
}

bool overlay_distribution(FILE *gnuplot, const struct plot_input *inputs, unsigned count)
{
	struct distribution d;
	for (unsigned k = 0; k < count; k++) {
		if (!distribution_read(&d, inputs[k].results))
			return false;
		distribution_put(gnuplot, &d, k);
	}
	fputs("set xrange [0:100]\nset xtics 20\nset xlabel 'CPU utilisation of a host that is on (%)'\n"
	      "set yrange [0:104]\nset ytics 20\nset ylabel 'Share of time at or below (%)'\n", gnuplot);
	for (unsigned k = 0; k < count; k++) {
		fprintf(gnuplot, "%s$ecdf%u using 1:2 with steps ", k ? ", " : "plot ", k);
		plot_line(gnuplot, k);
		fputs(" title ", gnuplot);
		plot_label(gnuplot, inputs[k].label);
	}
	fputc('\n', gnuplot);
	return true;
}

bool plot_distribution(FILE *gnuplot, struct results *results)
{
	struct distribution d;
	double most = 0;
	if (!distribution_read(&d, results))
		return false;
	fputs("$bars << EOD\n", gnuplot);
	for (unsigned bar = 0; bar < BARS; bar++) {
		double sum = bar + 1 == BARS ? d.bins[BINS] : 0;
		for (unsigned b = 0; b < BINS_A_BAR; b++)
			sum += d.bins[bar * BINS_A_BAR + b];
		most = sum > most ? sum : most;
		fprintf(gnuplot, "%.6g %.6g\n", (bar + 0.5) * 100 / BARS, sum);
	}
	fputs("EOD\n", gnuplot);
	distribution_put(gnuplot, &d, 0);
	plot_value_axis(gnuplot, most);
	fputs("set rmargin 9\nset border 11\nset xrange [0:100]\nset xtics 20\n"
	      "set xlabel 'CPU utilisation of a host that is on (%)'\nset ylabel 'Share of time (%)'\n"
	      "set y2range [0:106]\nset y2tics 20 nomirror\nset y2label 'Share of time at or below (%)'\n"
	      "set boxwidth 1.7\n"
	      "plot $bars using 1:2 with boxes lc rgb '" PLOT_SKY_AREA "' title 'share of time', "
	      "$ecdf0 using 1:2 axes x1y2 with steps lw 1.3 lc rgb '" PLOT_VERMILION
	      "' title 'at or below (right)'\n", gnuplot);
	return true;
}

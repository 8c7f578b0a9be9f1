/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Site series summed over the sites, and their datablocks. */
#include "analysis/curves.h"

double curve_value(const struct curves *c, unsigned curve, uint64_t time)
{
	const struct results_series *s = &c->series[curve];
	double sum = 0;
	for (uint64_t site = 0; site < s->entities; site++)
		sum += (double)s->values[time * s->entities + site];
	return sum;
}

double curve_length_s(const struct curves *c, uint64_t time)
{
	double left_s = c->span_s - c->series[0].time_s[time];
	return left_s < c->series[0].interval_s ? left_s : c->series[0].interval_s;
}

bool curves_read(struct curves *c, struct results *results, const char *const *names, unsigned count)
{
	struct summary summary;
	struct provenance provenance;
	c->count = count;
	for (unsigned i = 0; i < count; i++)
		if (!results_series(results, names[i], &c->series[i])
		    || c->series[i].times != c->series[0].times)
			return false;
	results_summary(results, &summary, &provenance);
	c->span_s = summary.simulated_s;
	return c->series[0].times > 0 && c->span_s > 0;
}

double curves_most(const struct curves *c)
{
	double most = 0;
	for (unsigned i = 0; i < c->count; i++)
		for (uint64_t t = 0; t < c->series[i].times; t++)
			most = curve_value(c, i, t) > most ? curve_value(c, i, t) : most;
	return most;
}

void curves_put(FILE *gnuplot, const struct curves *c, const char *block, double unit, double span_s)
{
	double time_unit = plot_time_unit(span_s).size;
	const struct results_series *first = &c->series[0];
	fprintf(gnuplot, "$%s << EOD\n", block);
	for (uint64_t t = 0; t <= first->times; t++) {
		uint64_t at = t < first->times ? t : first->times - 1;
		fprintf(gnuplot, "%.9g", (t < first->times ? first->time_s[t] : c->span_s) / time_unit);
		for (unsigned i = 0; i < c->count; i++)
			fprintf(gnuplot, " %.7g", curve_value(c, i, at) / unit);
		fputc('\n', gnuplot);
	}
	fputs("EOD\n", gnuplot);
}

void plot_panel(FILE *gnuplot, bool upper)
{
	fputs("set lmargin 10\nset rmargin 3\n", gnuplot);
	fprintf(gnuplot, "set tmargin at screen %g\nset bmargin at screen %g\n",
	        upper ? 0.91 : 0.46, upper ? 0.56 : 0.14);
}

void plot_label(FILE *gnuplot, const char *label)
{
	plot_quoted(gnuplot, label);
	fputs(" noenhanced", gnuplot);
}

static const char *const colours[] = {
	PLOT_BLUE, PLOT_VERMILION, PLOT_GREEN, PLOT_ORANGE, PLOT_PURPLE, PLOT_SKY,
};
#define COLOURS (sizeof colours / sizeof *colours)

const char *plot_colour(unsigned k)
{
	return colours[k % COLOURS];
}

void plot_line(FILE *gnuplot, unsigned k)
{
	fprintf(gnuplot, "lw 1.3 lc rgb '%s' dt %u", plot_colour(k), 1 + k / (unsigned)COLOURS);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plots of whole datacenters over time: hosts and power, CPU demanded and delivered. */
#include <string.h>

#include "analysis/plot.h"

#define CURVES_MAX 2

/* Sums over the sites, as steps: the value of an interval holds from its start to its end. */
struct curves {
	struct results_series series[CURVES_MAX];
	unsigned count;
	double span_s;
};

static double curve_value(const struct curves *c, unsigned curve, uint64_t time)
{
	const struct results_series *s = &c->series[curve];
	double sum = 0;
	for (uint64_t site = 0; site < s->entities; site++)
		sum += (double)s->values[time * s->entities + site];
	return sum;
}

static bool curves_read(struct curves *c, struct results *results, const char *const *names, unsigned count)
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

static double curves_most(const struct curves *c)
{
	double most = 0;
	for (unsigned i = 0; i < c->count; i++)
		for (uint64_t t = 0; t < c->series[i].times; t++)
			most = curve_value(c, i, t) > most ? curve_value(c, i, t) : most;
	return most;
}

/* A datablock: time, curve, curve ...; the last value again at the end of the run. */
static void curves_put(FILE *gnuplot, const struct curves *c, const char *block, double unit)
{
	double time_unit = plot_time_unit(c->span_s).size;
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

bool plot_power(FILE *gnuplot, struct results *results)
{
	const char *const host_names[] = {"series/sites/on", "series/sites/active"};
	const char *const power_names[] = {"series/sites/power_w"};
	struct curves hosts = {0}, power = {0};
	if (!curves_read(&hosts, results, host_names, 2) || !curves_read(&power, results, power_names, 1))
		return false;
	struct plot_unit unit = plot_power_unit(curves_most(&power));
	curves_put(gnuplot, &hosts, "hosts", 1);
	curves_put(gnuplot, &power, "power", unit.size);
	fputs("set multiplot\nset lmargin 10\nset rmargin 3\n"
	      "set tmargin at screen 0.91\nset bmargin at screen 0.56\n", gnuplot);
	plot_time_axis(gnuplot, power.span_s, false);
	plot_value_axis(gnuplot, curves_most(&hosts));
	fputs("set ylabel 'Hosts'\n"
	      "plot $hosts using 1:3 with fillsteps lc rgb '" PLOT_SKY_AREA "' title 'active', "
	      "$hosts using 1:2 with steps lw 1.3 lc rgb '" PLOT_BLUE "' title 'on'\n", gnuplot);
	fputs("set tmargin at screen 0.50\nset bmargin at screen 0.14\n", gnuplot);
	plot_time_axis(gnuplot, power.span_s, true);
	plot_value_axis(gnuplot, curves_most(&power) / unit.size);
	fprintf(gnuplot,
	        "set ylabel 'Power (%s)'\n"
	        "plot $power using 1:2 with steps lw 1.3 lc rgb '" PLOT_VERMILION
	        "' notitle\nunset multiplot\n",
	        unit.name);
	return true;
}

bool plot_cpu(FILE *gnuplot, struct results *results)
{
	const char *const names[] = {"series/sites/demanded_ghz", "series/sites/delivered_ghz"};
	struct curves c = {0};
	if (!curves_read(&c, results, names, 2))
		return false;
	struct plot_unit unit = plot_cpu_unit(curves_most(&c));
	curves_put(gnuplot, &c, "cpu", unit.size);
	plot_time_axis(gnuplot, c.span_s, true);
	plot_value_axis(gnuplot, curves_most(&c) / unit.size);
	fprintf(gnuplot, "set ylabel 'CPU (%s)'\n"
	        "plot $cpu using 1:2 with fillsteps lc rgb '" PLOT_VERMILION_AREA "' title 'not delivered', "
	        "$cpu using 1:3 with fillsteps lc rgb '" PLOT_SKY_AREA "' title 'delivered', "
	        "$cpu using 1:2 with steps lw 1.3 lc rgb '" PLOT_VERMILION "' title 'demanded'\n", unit.name);
	return true;
}

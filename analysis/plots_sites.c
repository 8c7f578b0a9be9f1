/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plots of whole datacenters over time: hosts and power, CPU demanded and delivered, carbon. */
#include <stdlib.h>

#include "analysis/columns.h"
#include "analysis/curves.h"
#include "sim/memory.h"

static const char *const host_names[] = {"series/sites/on", "series/sites/active"};
static const char *const power_names[] = {"series/sites/power_w"};
static const char *const cpu_names[] = {"series/sites/demanded_ghz", "series/sites/delivered_ghz"};

/* Scenarios of small machines alone have none: nothing to be drawn then. */
static bool has_hosts(struct results *results)
{
	const struct results_table *hosts = results_table(results, "hosts");
	return !hosts || hosts->rows > 0;
}

bool plot_power(FILE *gnuplot, struct results *results)
{
	struct curves hosts = {0}, power = {0};
	if (!has_hosts(results) || !curves_read(&hosts, results, host_names, 2) ||
	    !curves_read(&power, results, power_names, 1))
		return false;
	struct plot_unit unit = plot_power_unit(curves_most(&power));
	curves_put(gnuplot, &hosts, "hosts", 1, power.span_s);
	curves_put(gnuplot, &power, "power", unit.size, power.span_s);
	fputs("set multiplot\n", gnuplot);
	plot_panel(gnuplot, true);
	plot_time_axis(gnuplot, power.span_s, false);
	plot_count_axis(gnuplot, curves_most(&hosts));
	fputs("set ylabel 'Hosts'\n"
	      "plot $hosts using 1:3 with fillsteps lc rgb '" PLOT_SKY_AREA "' title 'active', "
	      "$hosts using 1:2 with steps lw 1.3 lc rgb '" PLOT_BLUE "' title 'on'\n", gnuplot);
	plot_panel(gnuplot, false);
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
	struct curves c = {0};
	if (!has_hosts(results) || !curves_read(&c, results, cpu_names, 2))
		return false;
	struct plot_unit unit = plot_cpu_unit(curves_most(&c));
	curves_put(gnuplot, &c, "cpu", unit.size, c.span_s);
	plot_time_axis(gnuplot, c.span_s, true);
	plot_value_axis(gnuplot, curves_most(&c) / unit.size);
	fprintf(gnuplot, "set ylabel 'CPU (%s)'\n"
	        "plot $cpu using 1:2 with fillsteps lc rgb '" PLOT_VERMILION_AREA "' title 'not delivered', "
	        "$cpu using 1:3 with fillsteps lc rgb '" PLOT_SKY_AREA "' title 'delivered', "
	        "$cpu using 1:2 with steps lw 1.3 lc rgb '" PLOT_VERMILION "' title 'demanded'\n", unit.name);
	return true;
}

/* Curves of several files on one scale. */
struct overlay {
	struct curves *curves;               /* [input] */
	unsigned count;
	double span_s, most;
};

static bool overlay_open(struct overlay *o, const struct plot_input *inputs, unsigned count,
                         const char *const *names, unsigned name_count)
{
	*o = (struct overlay){.curves = memory_new(count, sizeof *o->curves, "curves"), .count = count};
	for (unsigned k = 0; k < count; k++) {
		struct curves *c = &o->curves[k];
		if (!curves_read(c, inputs[k].results, names, name_count)) {
			free(o->curves);
			return false;
		}
		o->span_s = c->span_s > o->span_s ? c->span_s : o->span_s;
		o->most = curves_most(c) > o->most ? curves_most(c) : o->most;
	}
	return true;
}

static void overlay_put(FILE *gnuplot, const struct overlay *o, const char *prefix, double unit)
{
	for (unsigned k = 0; k < o->count; k++) {
		char block[32];
		snprintf(block, sizeof block, "%s%u", prefix, k);
		curves_put(gnuplot, &o->curves[k], block, unit, o->span_s);
	}
}

/* One line a file; labels only where asked for. */
static void overlay_lines(FILE *gnuplot, const struct plot_input *inputs, unsigned count, const char *prefix)
{
	for (unsigned k = 0; k < count; k++) {
		fprintf(gnuplot, "%s$%s%u using 1:2 with steps ", k ? ", " : "plot ", prefix, k);
		plot_line(gnuplot, k);
		fputs(inputs ? " title " : " notitle", gnuplot);
		if (inputs)
			plot_label(gnuplot, inputs[k].label);
	}
	fputc('\n', gnuplot);
}

bool overlay_power(FILE *gnuplot, const struct plot_input *inputs, unsigned count)
{
	struct overlay hosts, power;
	if (!overlay_open(&hosts, inputs, count, host_names, 1))
		return false;
	if (!overlay_open(&power, inputs, count, power_names, 1)) {
		free(hosts.curves);
		return false;
	}
	struct plot_unit unit = plot_power_unit(power.most);
	overlay_put(gnuplot, &hosts, "hosts", 1);
	overlay_put(gnuplot, &power, "power", unit.size);
	fputs("set multiplot\n", gnuplot);
	plot_panel(gnuplot, true);
	plot_time_axis(gnuplot, power.span_s, false);
	plot_count_axis(gnuplot, hosts.most);
	fputs("set ylabel 'Hosts on'\n", gnuplot);
	overlay_lines(gnuplot, inputs, count, "hosts");
	plot_panel(gnuplot, false);
	plot_time_axis(gnuplot, power.span_s, true);
	plot_value_axis(gnuplot, power.most / unit.size);
	fprintf(gnuplot, "set ylabel 'Power (%s)'\n", unit.name);
	overlay_lines(gnuplot, NULL, count, "power");
	fputs("unset multiplot\n", gnuplot);
	free(hosts.curves);
	free(power.curves);
	return true;
}

bool overlay_cpu(FILE *gnuplot, const struct plot_input *inputs, unsigned count)
{
	struct overlay o;
	if (!overlay_open(&o, inputs, count, cpu_names, 2))
		return false;
	struct plot_unit unit = plot_cpu_unit(o.most);
	overlay_put(gnuplot, &o, "cpu", unit.size);
	plot_time_axis(gnuplot, o.span_s, true);
	plot_value_axis(gnuplot, o.most / unit.size);
	fprintf(gnuplot, "set ylabel 'CPU (%s)'\n", unit.name);
	for (unsigned k = 0; k < count; k++) {
		fprintf(gnuplot, "%s$cpu%u using 1:3 with steps ", k ? ", " : "plot ", k);
		plot_line(gnuplot, k);
		fputs(" title ", gnuplot);
		plot_label(gnuplot, inputs[k].label);
		fprintf(gnuplot, ", $cpu%u using 1:2 with steps lw 0.6 lc rgb '%s' dt '-' notitle", k,
		        plot_colour(k));
	}
	fputs(", NaN with lines lw 0.6 dt '-' lc rgb '#404040' title 'demanded'\n", gnuplot);
	free(o.curves);
	return true;
}

/* Carbon of a run: what the sites' electricity weighs, interval by interval. */
struct carbon {
	struct curves power;
	double *pue;                         /* [site] */
	double *g_per_kwh;                   /* [interval][site] */
	double total_kg, most_kg_per_h;
};

static double carbon_kg_per_h(const struct carbon *c, uint64_t time)
{
	const struct results_series *s = &c->power.series[0];
	double sum = 0;
	for (uint64_t site = 0; site < s->entities; site++)
		sum += (double)s->values[time * s->entities + site] * c->pue[site]
		       * c->g_per_kwh[time * s->entities + site];
	return sum / 1e6;
}

static void carbon_close(struct carbon *c)
{
	free(c->pue);
	free(c->g_per_kwh);
}

/* A site with a trace of carbon has a row an hour; an interval takes the hour that holds its start. */
static void carbon_hours(struct carbon *c, struct results *results)
{
	const struct results_series *s = &c->power.series[0];
	const struct results_table *t = results_table(results, "carbon");
	const struct results_column *start = column_named(t, "time_s"), *site = column_named(t, "site"),
				    *intensity = column_named(t, "g_per_kwh");
	if (!start || !site || !intensity || !start->reals || !site->ints || !intensity->reals)
		return;
	for (uint64_t i = 0; i < t->rows; i++) {
		if (site->ints[i] < 0 || (uint64_t)site->ints[i] >= s->entities)
			continue;
		/* From this hour on, until the rows that follow say otherwise. */
		for (uint64_t k = (uint64_t)(start->reals[i] / s->interval_s); k < s->times; k++) {
			if (s->time_s[k] >= start->reals[i] + 3600)
				break;
			if (s->time_s[k] >= start->reals[i])
				c->g_per_kwh[k * s->entities + (uint64_t)site->ints[i]] = intensity->reals[i];
		}
	}
}

/* Each site's own intensity for the whole run, then what its trace says. */
static bool carbon_intensities(struct carbon *c, struct results *results)
{
	const struct results_series *s = &c->power.series[0];
	uint64_t sites;
	double *steady = columns_reals(results, "sites", "carbon_g_per_kwh", &sites);
	if (sites == s->entities && steady) {
		c->g_per_kwh = memory_new(s->times * sites, sizeof *c->g_per_kwh, "carbon intensities");
		for (uint64_t i = 0; i < s->times * sites; i++)
			c->g_per_kwh[i] = steady[i % sites];
		carbon_hours(c, results);
	}
	free(steady);
	return c->g_per_kwh != NULL;
}

static bool carbon_open(struct carbon *c, struct results *results)
{
	uint64_t sites;
	*c = (struct carbon){0};
	if (!curves_read(&c->power, results, power_names, 1))
		return false;
	c->pue = columns_reals(results, "sites", "pue", &sites);
	bool known = c->pue && sites == c->power.series[0].entities && carbon_intensities(c, results);
	for (uint64_t t = 0; known && t < c->power.series[0].times; t++) {
		double rate = carbon_kg_per_h(c, t);
		c->most_kg_per_h = rate > c->most_kg_per_h ? rate : c->most_kg_per_h;
		c->total_kg += rate * curve_length_s(&c->power, t) / 3600;
	}
	if (c->total_kg > 0)
		return true;
	carbon_close(c);
	return false;
}

/* Time, rate, what has been emitted until then. */
static void carbon_put(FILE *gnuplot, const struct carbon *c, unsigned k, double span_s)
{
	double emitted = 0, time_unit = plot_time_unit(span_s).size, rate = 0;
	const struct results_series *s = &c->power.series[0];
	fprintf(gnuplot, "$carbon%u << EOD\n", k);
	for (uint64_t t = 0; t < s->times; t++) {
		rate = carbon_kg_per_h(c, t);
		fprintf(gnuplot, "%.9g %.7g %.7g\n", s->time_s[t] / time_unit, rate, emitted);
		emitted += rate * curve_length_s(&c->power, t) / 3600;
	}
	fprintf(gnuplot, "%.9g %.7g %.7g\nEOD\n", c->power.span_s / time_unit, rate, emitted);
}

static void carbon_panels(FILE *gnuplot, const struct plot_input *inputs, unsigned count,
                          const struct carbon *most)
{
	const char *titles = count > 1 ? " title " : " notitle";
	fputs("set multiplot\n", gnuplot);
	for (unsigned panel = 0; panel < 2; panel++) {
		plot_panel(gnuplot, panel == 0);
		plot_time_axis(gnuplot, most->power.span_s, panel == 1);
		plot_value_axis(gnuplot, panel ? most->total_kg : most->most_kg_per_h);
		fprintf(gnuplot, "set ylabel '%s'\n", panel ? "Emitted (kg CO_2)" : "CO_2 (kg/h)");
		for (unsigned k = 0; k < count; k++) {
			fprintf(gnuplot, "%s$carbon%u using 1:%u with %s ", k ? ", " : "plot ", k, 2 + panel,
			        panel ? "lines" : "steps");
			plot_line(gnuplot, k);
			fputs(panel ? " notitle" : titles, gnuplot);
			if (!panel && count > 1)
				plot_label(gnuplot, inputs[k].label);
		}
		fputc('\n', gnuplot);
	}
	fputs("unset multiplot\n", gnuplot);
}

bool overlay_carbon(FILE *gnuplot, const struct plot_input *inputs, unsigned count)
{
	struct carbon *all = memory_new(count, sizeof *all, "curves"), most = {0};
	unsigned read = 0;
	while (read < count && carbon_open(&all[read], inputs[read].results)) {
		const struct carbon *c = &all[read++];
		if (c->power.span_s > most.power.span_s)
			most.power.span_s = c->power.span_s;
		most.total_kg = c->total_kg > most.total_kg ? c->total_kg : most.total_kg;
		if (c->most_kg_per_h > most.most_kg_per_h)
			most.most_kg_per_h = c->most_kg_per_h;
	}
	for (unsigned k = 0; k < read && read == count; k++)
		carbon_put(gnuplot, &all[k], k, most.power.span_s);
	if (read == count)
		carbon_panels(gnuplot, inputs, count, &most);
	for (unsigned k = 0; k < read; k++)
		carbon_close(&all[k]);
	free(all);
	return read == count;
}

bool plot_carbon(FILE *gnuplot, struct results *results)
{
	return overlay_carbon(gnuplot, &(struct plot_input){results, ""}, 1);
}

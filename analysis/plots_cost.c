/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cost over time: what an hour costs, and what has been spent. */
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/curves.h"
#include "sim/memory.h"

/* Energy first: it alone changes. The others are paid by the time that passes, so that the summary tells
 * what an hour of them costs. */
enum part { PART_ENERGY, PART_HARDWARE, PART_SPACE, PART_ADMINISTRATION, PART_LICENCES, PARTS };

static const struct part_look {
	const char *name, *colour;
} part_looks[PARTS] = {
	[PART_ENERGY] = {"energy", PLOT_VERMILION},
	[PART_HARDWARE] = {"hardware", PLOT_BLUE},
	[PART_SPACE] = {"space", PLOT_SKY},
	[PART_ADMINISTRATION] = {"administration", PLOT_ORANGE},
	[PART_LICENCES] = {"licences", PLOT_GREEN},
};

static const char *const power_names[] = {"series/sites/power_w"};

struct cost {
	struct curves power;
	double *per_kwh;                     /* [site]: price times PUE */
	double per_hour[PARTS];              /* energy: at its highest */
	double spent[PARTS];
	char currency[4];
};

static double energy_per_hour(const struct cost *c, uint64_t time)
{
	const struct results_series *s = &c->power.series[0];
	double sum = 0;
	for (uint64_t site = 0; site < s->entities; site++)
		sum += (double)s->values[time * s->entities + site] * c->per_kwh[site];
	return sum / 1e3;
}

static double cost_sum(const double parts[static PARTS])
{
	double sum = 0;
	for (unsigned i = 0; i < PARTS; i++)
		sum += parts[i];
	return sum;
}

static bool prices_read(struct cost *c, struct results *results)
{
	uint64_t sites, priced;
	double *pue = columns_reals(results, "sites", "pue", &sites);
	c->per_kwh = columns_reals(results, "sites", "electricity_price", &priced);
	bool known = pue && c->per_kwh && sites == priced && sites == c->power.series[0].entities;
	for (uint64_t i = 0; known && i < sites; i++)
		c->per_kwh[i] *= pue[i];
	free(pue);
	return known;
}

static void parts_read(struct cost *c, struct results *results)
{
	struct summary s;
	struct provenance p;
	results_summary(results, &s, &p);
	memcpy(c->currency, s.currency, sizeof c->currency);
	const double spent[PARTS] = {
		[PART_HARDWARE] = s.cost_hardware, [PART_SPACE] = s.cost_space,
		[PART_ADMINISTRATION] = s.cost_administration, [PART_LICENCES] = s.cost_licences,
	};
	for (unsigned i = 0; i < PARTS; i++) {
		c->spent[i] = spent[i];
		c->per_hour[i] = spent[i] / c->power.span_s * 3600;
	}
	for (uint64_t t = 0; t < c->power.series[0].times; t++) {
		double rate = energy_per_hour(c, t);
		c->spent[PART_ENERGY] += rate * curve_length_s(&c->power, t) / 3600;
		if (rate > c->per_hour[PART_ENERGY])
			c->per_hour[PART_ENERGY] = rate;
	}
}

static bool cost_open(struct cost *c, struct results *results)
{
	*c = (struct cost){0};
	if (!curves_read(&c->power, results, power_names, 1))
		return false;
	if (prices_read(c, results)) {
		parts_read(c, results);
		if (cost_sum(c->spent) > 0)
			return true;
	}
	free(c->per_kwh);
	return false;
}

/* What an hour costs: energy, energy and hardware, and so on; then what has been spent, likewise. */
static void cost_line(FILE *gnuplot, const struct cost *c, double time, double energy_rate, double energy)
{
	double elapsed_01 = time / c->power.span_s;
	double rate = energy_rate, spent = energy;
	fprintf(gnuplot, " %.7g", rate);
	for (unsigned i = PART_ENERGY + 1; i < PARTS; i++)
		fprintf(gnuplot, " %.7g", rate += c->per_hour[i]);
	fprintf(gnuplot, " %.7g", spent);
	for (unsigned i = PART_ENERGY + 1; i < PARTS; i++)
		fprintf(gnuplot, " %.7g", spent += c->spent[i] * elapsed_01);
	fputc('\n', gnuplot);
}

static void cost_put(FILE *gnuplot, const struct cost *c, unsigned k, double span_s)
{
	const struct results_series *s = &c->power.series[0];
	double energy = 0, rate = 0, time_unit = plot_time_unit(span_s).size;
	fprintf(gnuplot, "$cost%u << EOD\n", k);
	for (uint64_t t = 0; t < s->times; t++) {
		rate = energy_per_hour(c, t);
		fprintf(gnuplot, "%.9g", s->time_s[t] / time_unit);
		cost_line(gnuplot, c, s->time_s[t], rate, energy);
		energy += rate * curve_length_s(&c->power, t) / 3600;
	}
	fprintf(gnuplot, "%.9g", c->power.span_s / time_unit);
	cost_line(gnuplot, c, c->power.span_s, rate, energy);
	fputs("EOD\n", gnuplot);
}

static void panel_begin(FILE *gnuplot, bool upper, const struct cost *most)
{
	plot_panel(gnuplot, upper);
	plot_time_axis(gnuplot, most->power.span_s, !upper);
	plot_value_axis(gnuplot, cost_sum(upper ? most->per_hour : most->spent));
	fprintf(gnuplot, "set ylabel '%s (%s%s)'\n", upper ? "Cost" : "Spent", most->currency,
	        upper ? "/h" : "");
}

bool plot_cost(FILE *gnuplot, struct results *results)
{
	struct cost c;
	if (!cost_open(&c, results))
		return false;
	cost_put(gnuplot, &c, 0, c.power.span_s);
	fputs("set multiplot\n", gnuplot);
	for (unsigned panel = 0; panel < 2; panel++) {
		const char *comma = "plot ";
		panel_begin(gnuplot, panel == 0, &c);
		/* The largest sum first: each lies over the part of it that is not its own. */
		for (unsigned i = PARTS; i-- > 0;) {
			if (!(c.spent[i] > 0))
				continue;
			fprintf(gnuplot, "%s$cost0 using 1:%u with %s lc rgb '%s' ", comma,
			        2 + i + panel * PARTS, panel ? "filledcurves x1" : "fillsteps",
			        part_looks[i].colour);
			if (panel)
				fputs("notitle", gnuplot);
			else
				fprintf(gnuplot, "title '%s'", part_looks[i].name);
			comma = ", ";
		}
		fputc('\n', gnuplot);
	}
	fputs("unset multiplot\n", gnuplot);
	free(c.per_kwh);
	return true;
}

/* The whole alone: one line a file. */
static void totals_draw(FILE *gnuplot, const struct plot_input *inputs, unsigned count,
                        const struct cost *most)
{
	fputs("set multiplot\n", gnuplot);
	for (unsigned panel = 0; panel < 2; panel++) {
		panel_begin(gnuplot, panel == 0, most);
		for (unsigned k = 0; k < count; k++) {
			fprintf(gnuplot, "%s$cost%u using 1:%u with %s ", k ? ", " : "plot ", k,
			        1 + PARTS + panel * PARTS, panel ? "lines" : "steps");
			plot_line(gnuplot, k);
			fputs(panel ? " notitle" : " title ", gnuplot);
			if (!panel)
				plot_label(gnuplot, inputs[k].label);
		}
		fputc('\n', gnuplot);
	}
	fputs("unset multiplot\n", gnuplot);
}

/* Axes that hold every file's curve. */
static void most_raise(struct cost *most, const struct cost *c)
{
	if (cost_sum(c->per_hour) > cost_sum(most->per_hour))
		memcpy(most->per_hour, c->per_hour, sizeof most->per_hour);
	if (cost_sum(c->spent) > cost_sum(most->spent))
		memcpy(most->spent, c->spent, sizeof most->spent);
	if (c->power.span_s > most->power.span_s)
		most->power.span_s = c->power.span_s;
	memcpy(most->currency, c->currency, sizeof most->currency);
}

bool overlay_cost(FILE *gnuplot, const struct plot_input *inputs, unsigned count)
{
	struct cost *all = memory_new(count, sizeof *all, "curves"), most = {0};
	unsigned read = 0;
	bool one = true;
	while (read < count && cost_open(&all[read], inputs[read].results)) {
		most_raise(&most, &all[read]);
		one = one && strcmp(all[0].currency, all[read].currency) == 0;
		read++;
	}
	bool drawn = read == count && one;
	for (unsigned k = 0; k < count && drawn; k++)
		cost_put(gnuplot, &all[k], k, most.power.span_s);
	if (drawn)
		totals_draw(gnuplot, inputs, count, &most);
	for (unsigned k = 0; k < read; k++)
		free(all[k].per_kwh);
	free(all);
	return drawn;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A guest through its migration, as Clark 2005 and Hines and Gopalan 2009 draw theirs: throughput over time,
 * with the stages below it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/legs.h"
#include "analysis/plot.h"

#define PANELS_MAX 5
#define RIBBON_LOW (-15)
#define RIBBON_HIGH (-4)
#define VISIBLE 0.01                     /* of the picture's width: what one sees without a mark */

/* How a stage looks in the ribbon; rounds by turns in two tints, so that one sees where they end. */
static const char *stage_colour(enum leg_stage stage, unsigned turn)
{
	switch (stage) {
	case LEG_BALLOON:
		return PLOT_PURPLE;
	case LEG_DISK:
		return PLOT_ORANGE;
	case LEG_ROUND:
		return turn % 2 ? PLOT_SKY_AREA : PLOT_SKY;
	case LEG_STOP:
	case LEG_COMMIT:
	case LEG_ACTIVATE:
		return PLOT_VERMILION;
	case LEG_PUSH:
		return PLOT_GREEN;
	default:
		return PLOT_GREY;
	}
}

/* A step at the start and one at the end of each leg; all of its throughput before and, unless it was lost,
 * after. */
static void throughput_put(FILE *gnuplot, const struct legs *l, uint32_t m, double lead_s, double until_s)
{
	double end_s = 0;
	fprintf(gnuplot, "$guest%u << EOD\n%.9g 100\n0 100\n", m, -lead_s);
	for (uint64_t r = 0; r < l->rows; r++) {
		if ((uint64_t)l->columns[LEGS_MIGRATION][r] != m)
			continue;
		double start_s = legs_since_s(l, r), part = 100 * l->columns[LEGS_ACTIVITY][r];
		end_s = start_s + legs_seconds(l, r);
		fprintf(gnuplot, "%.9g %.7g\n%.9g %.7g\n", start_s, part, end_s, part);
	}
	int after = l->lost[m] > 0 ? 0 : 100;
	fprintf(gnuplot, "%.9g %d\n%.9g %d\nEOD\n", end_s, after, until_s, after);
}

/* Returns whether the guest was throttled at all. */
static bool throttle_put(FILE *gnuplot, const struct legs *l, uint32_t m)
{
	bool any = false;
	fprintf(gnuplot, "$throttle%u << EOD\n", m);
	for (uint64_t r = 0; r < l->rows; r++) {
		if (!legs_is(l, r, m, LEG_ROUND))
			continue;
		double start_s = legs_since_s(l, r), part = 100 * legs_value(l, LEGS_THROTTLE, r);
		fprintf(gnuplot, "%.9g %.7g\n%.9g %.7g\n", start_s, part, start_s + legs_seconds(l, r), part);
		any |= part > 0;
	}
	fputs("NaN NaN\nEOD\n", gnuplot);
	return any;
}

/* Boxes of stages, and a line where the guest stood still for too short a time to be seen. */
static void ribbon_put(FILE *gnuplot, const struct legs *l, uint32_t m, double span_s)
{
	unsigned turn = 0;
	fprintf(gnuplot, "$ribbon%u << EOD\n", m);
	for (uint64_t r = 0; r < l->rows; r++) {
		enum leg_stage stage = LEG_PREPARE;
		while (stage < LEG_STAGES && !legs_is(l, r, m, stage))
			stage++;
		if (stage == LEG_STAGES)
			continue;
		turn += stage == LEG_ROUND;
		double start_s = legs_since_s(l, r);
		/* A colour that varies is a number to gnuplot. */
		fprintf(gnuplot, "%.9g %.9g %lu\n", start_s, start_s + legs_seconds(l, r),
		        strtoul(stage_colour(stage, turn) + 1, NULL, 16));
	}
	fprintf(gnuplot, "EOD\n$stops%u << EOD\n-1e9 0\n", m);
	for (uint64_t r = 0; r < l->rows; r++)
		if (legs_is(l, r, m, LEG_STOP) && legs_seconds(l, r) < VISIBLE * span_s)
			fprintf(gnuplot, "%.9g 100\n", legs_since_s(l, r) + legs_seconds(l, r) / 2);
	fputs("EOD\n", gnuplot);
}

/* "13.4 s, stopped 302 ms", or "cancelled, 60 s, stopped 0 ms": what the picture is too coarse for. */
static void figures_put(FILE *gnuplot, const struct legs *l, uint32_t m)
{
	double stopped_s = l->downtimes[m];
	bool done = strcmp(l->results[m], "done") == 0;
	char stopped[32];
	if (stopped_s < 1)
		snprintf(stopped, sizeof stopped, "%.3g ms", stopped_s * 1e3);
	else
		snprintf(stopped, sizeof stopped, "%.3g s", stopped_s);
	fputs("set label 2 '", gnuplot);
	for (const char *c = l->results[m]; !done && *c; c++)
		fputc(*c == '_' ? ' ' : *c, gnuplot);
	fputs(done ? "" : ", ", gnuplot);
	if (isfinite(l->totals[m]))
		fprintf(gnuplot, "%.3g s, ", l->totals[m]);
	fprintf(gnuplot, "stopped %s' at graph 1,1 right offset 0,0.6 front\n", stopped);
}

static void panel(FILE *gnuplot, const struct legs *l, uint32_t m, double span_s, bool last)
{
	bool throttled = throttle_put(gnuplot, l, m);
	ribbon_put(gnuplot, l, m, span_s);
	figures_put(gnuplot, l, m);
	fputs("set label 1 ", gnuplot);
	legs_label(gnuplot, l, m);
	fprintf(gnuplot, " at graph 0,1 offset 0,0.6 front noenhanced\nset format x '%s'\n%s\n",
	        last ? "%g" : "", last ? "set xlabel 'since its start (s)'" : "unset xlabel");
	fprintf(gnuplot, "plot $guest%u using 1:2 with filledcurves y1=0 fc rgb '%s' notitle, $guest%u using "
	        "1:2 with lines lw 1.4 lc rgb '%s' notitle, ", m, PLOT_SKY_AREA, m, PLOT_BLUE);
	fprintf(gnuplot, "$ribbon%u using (($1+$2)/2):(%g):(($2-$1)/2):(%g):3 with boxxyerror fs solid 1 "
	        "noborder lc rgb variable notitle, ", m, (RIBBON_HIGH + RIBBON_LOW) / 2.0,
	        (RIBBON_HIGH - RIBBON_LOW) / 2.0);
	if (throttled)
		fprintf(gnuplot, "$throttle%u using 1:2 with lines lw 1.3 lc rgb 'black' notitle, ", m);
	fprintf(gnuplot, "$stops%u using 1:2 with impulses lw 1.2 lc rgb '%s' notitle\n", m, PLOT_VERMILION);
}

/* What the colours mean, once, above the first panel: of the stages that occur. */
static void key_put(FILE *gnuplot, const struct legs *l)
{
	static const struct {
		enum leg_stage stage;
		const char *title;
	} entries[] = {{LEG_BALLOON, "balloon"}, {LEG_DISK, "disk"}, {LEG_ROUND, "rounds"},
	               {LEG_STOP, "stopped"}, {LEG_PUSH, "push"}};
	double x = 0.13;
	bool throttled = false;
	for (size_t e = 0; e < sizeof entries / sizeof *entries; e++) {
		bool occurs = false;
		for (uint64_t r = 0; r < l->rows; r++)
			for (uint32_t k = 0; k < l->shown_count; k++)
				occurs |= legs_is(l, r, l->shown[k], entries[e].stage);
		if (!occurs)
			continue;
		fprintf(gnuplot, "set object %zu rectangle from screen %.3f,0.962 to screen %.3f,0.982 fs "
		        "solid noborder fc rgb '%s'\nset label %zu '%s' at screen %.3f,0.972\n", e + 1, x,
		        x + 0.03, stage_colour(entries[e].stage, 0), e + 10, entries[e].title, x + 0.04);
		x += 0.15;
	}
	for (uint64_t r = 0; r < l->rows; r++)
		throttled |= legs_value(l, LEGS_THROTTLE, r) > 0;
	if (throttled)
		fprintf(gnuplot, "set arrow 1 from screen %.3f,0.972 to screen %.3f,0.972 nohead lw 1.3\n"
		        "set label 20 'CPU taken away' at screen %.3f,0.972\n", x, x + 0.03, x + 0.04);
	fprintf(gnuplot, "set label 3 'throughput of the VM (%%)' at screen 0.025,0.5 center rotate by 90\n");
}

static void key_drop(FILE *gnuplot)
{
	fputs("unset object\nunset label\nunset arrow\n", gnuplot);
}

bool plot_migration_guest(FILE *gnuplot, struct results *results)
{
	struct legs l;
	bool drawn = legs_open(&l, results, PANELS_MAX);
	if (drawn) {
		double span_s = legs_longest_s(&l), lead_s = span_s / 30;
		for (uint32_t k = 0; k < l.shown_count; k++)
			throughput_put(gnuplot, &l, l.shown[k], lead_s, span_s + lead_s);
		fprintf(gnuplot, "set xrange [%.9g:%.9g]\nset yrange [%d:105]\nset ytics 0,50,100\nunset "
		        "key\nset multiplot layout %u,1 margins 0.12,0.97,0.13,0.89 spacing 0,0.075\n",
		        -lead_s, span_s + lead_s, RIBBON_LOW - 2, l.shown_count);
		key_put(gnuplot, &l);
		for (uint32_t k = 0; k < l.shown_count; k++) {
			panel(gnuplot, &l, l.shown[k], span_s, k + 1 == l.shown_count);
			if (k == 0)
				key_drop(gnuplot);
		}
		fputs("unset multiplot\n", gnuplot);
	}
	legs_close(&l);
	return drawn;
}

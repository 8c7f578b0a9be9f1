/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migrations round by round: what went when, and how fast beside how fast pages were dirtied. */
#include <math.h>
#include <stdio.h>

#include "analysis/legs.h"
#include "analysis/plot.h"

#define PANELS_MAX 4
#define COLUMNS_MAX 3
#define MB 1e6
#define MBIT 1e6

/* Stages in which bytes of memory go, each with its look. */
static const struct sort {
	enum leg_stage stage;
	const char *title, *colour;
	double solid;
} sorts[] = {
	{LEG_ROUND, "round", PLOT_SKY, 0.6},
	{LEG_STOP, "stopped", PLOT_VERMILION, 0.9},
	{LEG_PUSH, "push", PLOT_GREEN, 0.6},
};
#define SORTS (sizeof sorts / sizeof *sorts)

/* A leg's box: from when to when, how fast bytes went; and how fast pages were dirtied. */
static void boxes_put(FILE *gnuplot, const struct legs *l, uint32_t migration, double *most)
{
	for (unsigned s = 0; s < SORTS; s++) {
		fprintf(gnuplot, "$legs%u_%u << EOD\n", migration, s);
		for (uint64_t r = 0; r < l->rows; r++) {
			double s_long = legs_seconds(l, r), since_s = legs_since_s(l, r);
			if (!legs_is(l, r, migration, sorts[s].stage) || !(s_long > 0))
				continue;
			double rate = l->columns[LEGS_BYTES][r] / s_long / MB;
			double dirty = l->columns[LEGS_DIRTIED][r] * PAGE_BYTES / s_long / MB;
			fprintf(gnuplot, "%.9g %.9g %.7g %.7g %g\n", since_s, since_s + s_long, rate, dirty,
			        l->columns[LEGS_ROUND][r]);
			*most = fmax(*most, fmax(rate, dirty));
		}
		fputs("-1 -1 0 0 0\nEOD\n", gnuplot); /* gnuplot wants at least one */
	}
}

static void rounds_panel(FILE *gnuplot, const struct legs *l, uint32_t m, bool key)
{
	fputs("set label 1 ", gnuplot);
	legs_label(gnuplot, l, m);
	fprintf(gnuplot, " at graph 0,1.12 front noenhanced\n%s\nplot ",
	        key ? "set key at screen 0.97,0.995 right top horizontal" : "unset key");
	for (unsigned s = 0; s < SORTS; s++)
		fprintf(gnuplot, "$legs%u_%u using (($1+$2)/2):($3/2):(($2-$1)/2):($3/2) with boxxyerror "
		        "fs solid %g noborder fc rgb '%s' title '%s', ", m, s, sorts[s].solid,
		        sorts[s].colour, sorts[s].title);
	fprintf(gnuplot, "$legs%u_0 using 1:4:($2-$1):(0) with vectors nohead lw 2 lc rgb 'black' "
	        "title 'dirtied'\n", m);
}

bool plot_migration_rounds(FILE *gnuplot, struct results *results)
{
	struct legs l;
	double most = 0;
	bool drawn = legs_open(&l, results, PANELS_MAX);
	if (drawn) {
		for (uint32_t k = 0; k < l.shown_count; k++)
			boxes_put(gnuplot, &l, l.shown[k], &most);
		plot_value_axis(gnuplot, most);
		fprintf(gnuplot, "set xrange [0:%.9g]\nset multiplot layout %u,1 margins "
		        "0.12,0.97,0.14,0.88 spacing 0,0.09\n", legs_longest_s(&l) * 1.02, l.shown_count);
		for (uint32_t k = 0; k < l.shown_count; k++) {
			bool last = k + 1 == l.shown_count;
			fprintf(gnuplot, "set ylabel 'MB/s'\nset format x '%s'\n%s\n", last ? "%g" : "",
			        last ? "set xlabel 'since its start (s)'" : "unset xlabel");
			rounds_panel(gnuplot, &l, l.shown[k], k == 0);
		}
		fputs("unset multiplot\n", gnuplot);
	}
	legs_close(&l);
	return drawn;
}

/* What the two rows of the plot by rounds have in common. */
struct ranges {
	double rate, least_mb, most_mb, rounds;
};

/* By round: rate, dirty rate (Mbit/s), and what was sent (MB). */
static void rates_put(FILE *gnuplot, const struct legs *l, uint32_t m, struct ranges *g)
{
	for (unsigned s = 0; s < 2; s++) {
		fprintf(gnuplot, "$rates%u_%u << EOD\n-1 NaN NaN NaN\n", m, s);
		for (uint64_t r = 0; r < l->rows; r++) {
			double s_long = legs_seconds(l, r), mb = l->columns[LEGS_BYTES][r] / MB;
			if (!legs_is(l, r, m, sorts[s].stage) || !(s_long > 0) || !(mb > 0))
				continue;
			double rate = 8 * mb / s_long;
			double dirty = 8 * l->columns[LEGS_DIRTIED][r] * PAGE_BYTES / s_long / MBIT;
			fprintf(gnuplot, "%g %.7g %.7g %.7g\n", l->columns[LEGS_ROUND][r], rate,
			        s == 0 ? dirty : (double)NAN, mb);
			g->rate = fmax(g->rate, fmax(rate, dirty));
			g->rounds = fmax(g->rounds, l->columns[LEGS_ROUND][r]);
			g->least_mb = fmin(g->least_mb, mb);
			g->most_mb = fmax(g->most_mb, mb);
		}
		fputs("EOD\n", gnuplot);
	}
}

static void rates_panel(FILE *gnuplot, const struct legs *l, uint32_t m, const struct ranges *g)
{
	fputs("set label 1 ", gnuplot);
	legs_label(gnuplot, l, m);
	fputs(" at graph 0,1.06 front noenhanced\nset format x ''\nunset xlabel\n", gnuplot);
	plot_value_axis(gnuplot, g->rate);
	fprintf(gnuplot, "plot $rates%u_0 using 1:2 with linespoints pt 7 ps 0.7 lw 1.5 lc rgb '%s', "
	        "$rates%u_0 using 1:3 with linespoints pt 5 ps 0.6 lw 1.5 lc rgb '%s', "
	        "$rates%u_1 using 1:2 with points pt 9 ps 1 lc rgb '%s'\n",
	        m, PLOT_BLUE, m, PLOT_ORANGE, m, PLOT_VERMILION);
}

/* The key, above all panels: one within the first would not fit. Taken away again by `unset label`. */
static void rates_key(FILE *gnuplot)
{
	static const struct {
		const char *title, *colour;
		int mark;
	} entries[] = {{"sent", PLOT_BLUE, 7}, {"dirtied", PLOT_ORANGE, 5},
	               {"sent with the VM stopped", PLOT_VERMILION, 9}};
	double x = 0.13;
	for (size_t e = 0; e < sizeof entries / sizeof *entries; e++) {
		fprintf(gnuplot, "set label %zu '%s' at screen %.3f,0.965 offset 1,0 point pt %d ps 1 lc rgb "
		        "'%s'\n", e + 10, entries[e].title, x, entries[e].mark, entries[e].colour);
		x += e ? 0.17 : 0.13;
	}
}

static void bytes_panel(FILE *gnuplot, uint32_t m, const struct ranges *g)
{
	fprintf(gnuplot, "unset label\nunset arrow\nset format x '%%g'\nset xlabel 'round'\nset logscale y\n"
	        "set yrange [%.7g:%.7g]\nset ytics autofreq\n", g->least_mb / 2, g->most_mb * 2);
	fprintf(gnuplot, "plot $rates%u_0 using 1:4 with boxes fc rgb '%s', $rates%u_1 using 1:4 with boxes "
	        "fc rgb '%s'\nunset logscale y\n", m, PLOT_SKY, m, PLOT_VERMILION);
}

/* Only those with rounds, at most so many. */
static void rounds_keep(struct legs *l, uint32_t most)
{
	uint32_t kept = 0;
	for (uint32_t k = 0; k < l->shown_count && kept < most; k++) {
		bool rounds = false;
		for (uint64_t r = 0; r < l->rows && !rounds; r++)
			rounds = legs_is(l, r, l->shown[k], LEG_ROUND);
		if (rounds)
			l->shown[kept++] = l->shown[k];
	}
	l->shown_count = kept;
}

bool plot_migration_rates(FILE *gnuplot, struct results *results)
{
	struct legs l;
	struct ranges g = {.least_mb = (double)INFINITY};
	bool drawn = legs_open(&l, results, LEGS_SHOWN);
	if (drawn) {
		rounds_keep(&l, COLUMNS_MAX);
		for (uint32_t k = 0; k < l.shown_count; k++)
			rates_put(gnuplot, &l, l.shown[k], &g);
	}
	drawn = drawn && g.rounds > 1;
	if (drawn) {
		fprintf(gnuplot, "set xrange [0.3:%g]\nset boxwidth 0.7\nunset key\nset multiplot layout "
		        "2,%u columnsfirst margins 0.11,0.98,0.13,0.86 spacing 0.03,0.05\n", g.rounds + 0.7,
		        l.shown_count);
		for (uint32_t k = 0; k < l.shown_count; k++) {
			if (k == 0)
				rates_key(gnuplot);
			fprintf(gnuplot, "set ylabel '%s'\nset format y '%s'\n", k ? "" : "Mbit/s",
			        k ? "" : "%h");
			rates_panel(gnuplot, &l, l.shown[k], &g);
			fprintf(gnuplot, "set ylabel '%s'\n", k ? "" : "sent (MB)");
			bytes_panel(gnuplot, l.shown[k], &g);
		}
		fputs("unset multiplot\n", gnuplot);
	}
	legs_close(&l);
	return drawn;
}

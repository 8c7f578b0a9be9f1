/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migrations leg by leg: what went when, what the guest could do meanwhile, and how long it stood still. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/plot.h"
#include "sim/memory.h"

#define PANELS_MAX 4
#define LINES_MAX 6
#define MB 1e6

enum { MIGRATION,
       ROUND,
       START,
       END,
       BYTES,
       DIRTIED,
       ACTIVITY,
       COLUMNS };

struct legs {
	uint64_t rows, migrations;
	double *columns[COLUMNS];
	const char **stages, **kinds;
	double *vm, *starts;
	uint32_t shown[LINES_MAX], shown_count;
};

static void legs_close(struct legs *l)
{
	for (int c = 0; c < COLUMNS; c++)
		free(l->columns[c]);
	free(l->stages);
	free(l->kinds);
	free(l->vm);
	free(l->starts);
}

/* The first migrations that have legs, at most so many. */
static bool legs_open(struct legs *l, struct results *results, uint32_t most)
{
	static const char *const names[COLUMNS] = {
		"migration",
		"round",
		"start_s",
		"end_s",
		"bytes",
		"dirtied_pages",
		"activity",
	};
	*l = (struct legs){0};
	for (int c = 0; c < COLUMNS; c++)
		if (!(l->columns[c] = columns_reals(results, "migration_legs", names[c], &l->rows)))
			return false;
	l->stages = columns_texts(results, "migration_legs", "stage", &l->rows);
	l->kinds = columns_texts(results, "migrations", "kind", &l->migrations);
	l->vm = columns_reals(results, "migrations", "vm", &l->migrations);
	l->starts = columns_reals(results, "migrations", "start_s", &l->migrations);
	if (!l->rows || !l->stages || !l->kinds || !l->vm || !l->starts)
		return false;
	for (uint64_t m = 0; m < l->migrations && l->shown_count < most; m++)
		for (uint64_t r = 0; r < l->rows; r++)
			if ((uint64_t)l->columns[MIGRATION][r] == m) {
				l->shown[l->shown_count++] = (uint32_t)m;
				break;
			}
	return l->shown_count > 0;
}

static double seconds(const struct legs *l, uint64_t row)
{
	return l->columns[END][row] - l->columns[START][row];
}

/* A leg's box: from when to when, how fast bytes went; and how fast pages were dirtied. */
static void boxes_put(FILE *gnuplot, const struct legs *l, uint32_t migration, double *most)
{
	static const char *const sorts[] = {"round", "stop-and-copy", "push"};
	for (unsigned s = 0; s < sizeof sorts / sizeof *sorts; s++) {
		fprintf(gnuplot, "$legs%u_%u << EOD\n", migration, s);
		for (uint64_t r = 0; r < l->rows; r++) {
			if ((uint64_t)l->columns[MIGRATION][r] != migration || strcmp(l->stages[r],
				sorts[s]) != 0 ||
			    !(seconds(l, r) > 0))
				continue;
			double rate = l->columns[BYTES][r] / seconds(l, r) / MB;
			double dirty = l->columns[DIRTIED][r] * PAGE_BYTES / seconds(l, r) / MB;
			double since = l->columns[START][r] - l->starts[migration];
			fprintf(gnuplot, "%.9g %.9g %.7g %.7g %g\n", since, since + seconds(l, r), rate,
				dirty,
			        l->columns[ROUND][r]);
			*most = rate > *most ? rate : *most;
			*most = dirty > *most ? dirty : *most;
		}
		fputs("-1 -1 0 0 0\nEOD\n", gnuplot); /* gnuplot wants at least one */
	}
}

static double longest(const struct legs *l)
{
	double longest_s = 0;
	for (uint64_t r = 0; r < l->rows; r++)
		for (uint32_t k = 0; k < l->shown_count; k++)
			if ((uint32_t)l->columns[MIGRATION][r] == l->shown[k] &&
			    l->columns[END][r] - l->starts[l->shown[k]] > longest_s)
				longest_s = l->columns[END][r] - l->starts[l->shown[k]];
	return longest_s;
}

static void rounds_panel(FILE *gnuplot, const struct legs *l, uint32_t m, bool key)
{
	fprintf(gnuplot, "set label 1 '%s, VM %.0f' at graph 0,1.12 front\n%s\n", l->kinds[m], l->vm[m],
	        key ? "set key at graph 1,1.04 right bottom horizontal" : "unset key");
	fprintf(gnuplot, "plot $legs%u_0 using (($1+$2)/2):($3/2):(($2-$1)/2):($3/2) with boxxyerror fs "
		"solid 0.6 "
	                 "noborder fc rgb '%s' title 'round', ",
	        m, PLOT_SKY);
	fprintf(gnuplot, "$legs%u_1 using (($1+$2)/2):($3/2):(($2-$1)/2):($3/2) with boxxyerror fs solid 0.9 "
	                 "noborder fc rgb '%s' title 'stopped', ",
	        m, PLOT_VERMILION);
	fprintf(gnuplot, "$legs%u_2 using (($1+$2)/2):($3/2):(($2-$1)/2):($3/2) with boxxyerror fs solid 0.6 "
	                 "noborder fc rgb '%s' title 'push', ",
	        m, PLOT_GREEN);
	fprintf(gnuplot, "$legs%u_0 using 1:4:($2-$1):(0) with vectors nohead lw 2 lc rgb 'black' title "
		"'dirtied'\n", m);
}

bool plot_migration_rounds(FILE *gnuplot, struct results *results)
{
	struct legs l;
	double most = 0;
	bool drawn = legs_open(&l, results, PANELS_MAX);
	if (drawn) {
		for (uint32_t k = 0; k < l.shown_count; k++)
			boxes_put(gnuplot, &l, l.shown[k], &most);
		double span_s = longest(&l);
		plot_value_axis(gnuplot, most);
		fprintf(gnuplot, "set xrange [0:%.9g]\nset multiplot layout %u,1 margins "
			"0.12,0.97,0.14,0.92 spacing 0,0.09\n",
		        span_s * 1.02, l.shown_count);
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

/* A step at the start and one at the end of each leg; all of its CPU before and after. */
static void activity_put(FILE *gnuplot, const struct legs *l, uint32_t m, double lead_s, double until_s)
{
	fprintf(gnuplot, "$guest%u << EOD\n%.9g 100\n0 100\n", m, -lead_s);
	double end_s = 0;
	for (uint64_t r = 0; r < l->rows; r++) {
		if ((uint64_t)l->columns[MIGRATION][r] != m)
			continue;
		end_s = l->columns[END][r] - l->starts[m];
		fprintf(gnuplot, "%.9g %.7g\n%.9g %.7g\n", l->columns[START][r] - l->starts[m],
		        100 * l->columns[ACTIVITY][r], end_s, 100 * l->columns[ACTIVITY][r]);
	}
	fprintf(gnuplot, "%.9g 100\n%.9g 100\nEOD\n", end_s, until_s);
}

bool plot_migration_guest(FILE *gnuplot, struct results *results)
{
	static const char *const colours[LINES_MAX] = {
		PLOT_VERMILION,
		PLOT_BLUE,
		PLOT_GREEN,
		PLOT_ORANGE,
		PLOT_PURPLE,
		PLOT_SKY,
	};
	struct legs l;
	bool drawn = legs_open(&l, results, LINES_MAX);
	if (drawn) {
		double span_s = longest(&l), lead_s = span_s / 20;
		for (uint32_t k = 0; k < l.shown_count; k++)
			activity_put(gnuplot, &l, l.shown[k], lead_s, span_s + lead_s);
		fprintf(gnuplot, "set xrange [%.9g:%.9g]\nset yrange [0:110]\nset xlabel 'since its start "
			"(s)'\n"
		                 "set ylabel 'CPU used, of what the VM wanted (%%)'\nset key outside "
			"bottom center horizontal\nplot ",
		        -lead_s, span_s + lead_s);
		for (uint32_t k = 0; k < l.shown_count; k++)
			fprintf(gnuplot, "%s$guest%u using 1:2 with lines lw 2 lc rgb '%s' title '%s, VM "
				"%.0f'", k ? ", " : "",
			        l.shown[k], colours[k], l.kinds[l.shown[k]], l.vm[l.shown[k]]);
		fputc('\n', gnuplot);
	}
	legs_close(&l);
	return drawn;
}

bool plot_migration_downtime(FILE *gnuplot, struct results *results)
{
	static const struct {
		const char *kind, *colour;
	} sorts[] = {
		{"cold", PLOT_VERMILION},
		{"precopy", PLOT_BLUE},
		{"postcopy", PLOT_GREEN},
		{"hybrid", PLOT_ORANGE},
	};
	uint64_t n = 0, points = 0;
	const char **kinds = columns_texts(results, "migrations", "kind", &n);
	double *path = columns_reals(results, "migrations", "path_bytes_s", &n);
	double *dirty = columns_reals(results, "migrations", "dirty_bytes_s", &n);
	double *downtime = columns_reals(results, "migrations", "downtime_s", &n);
	bool there = kinds && path && dirty && downtime;
	bool used[sizeof sorts / sizeof *sorts] = {false};
	for (unsigned s = 0; there && s < sizeof sorts / sizeof *sorts; s++) {
		fprintf(gnuplot, "$downtime%u << EOD\n", s);
		for (uint64_t m = 0; m < n; m++) {
			if (strcmp(kinds[m], sorts[s].kind) != 0 || !(path[m] > 0) || !(downtime[m] > 0))
				continue;
			fprintf(gnuplot, "%.9g %.9g\n", dirty[m] / path[m], downtime[m] * 1e3);
			used[s] = true;
			points++;
		}
		fputs("EOD\n", gnuplot);
	}
	if (points > 1) {
		fputs("set logscale y\nset xlabel 'pages dirtied, of the bandwidth of the path'\nset "
			"ylabel 'downtime (ms)'\n"
		      "set xrange [0:*]\nset key outside bottom center horizontal\nplot ",
		      gnuplot);
		const char *between = "";
		for (unsigned s = 0; s < sizeof sorts / sizeof *sorts; s++) {
			if (!used[s])
				continue;
			fprintf(gnuplot, "%s$downtime%u using 1:2 with points pt 7 ps 0.8 lc rgb '%s' "
				"title '%s'", between, s,
			        sorts[s].colour, sorts[s].kind);
			between = ", ";
		}
		fputc('\n', gnuplot);
	}
	free(kinds);
	free(path);
	free(dirty);
	free(downtime);
	return points > 1;
}

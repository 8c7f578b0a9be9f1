/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migrations beside one another: time, downtime, bytes and what the guest lost; downtime over dirty rate. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/legs.h"
#include "analysis/plot.h"
#include "sim/memory.h"

#define BARS_MAX LEGS_SHOWN
#define LETTERS_MOST 36                  /* of the names below one panel */
#define MB 1e6

/* What one panel shows of each migration. */
enum measure { TOTAL, DOWNTIME, SENT, LOST, MEASURES };

static void measures_of(double measure[static MEASURES], const struct legs *l, uint32_t m,
                        const double *sent, const double *slowed)
{
	measure[TOTAL] = l->totals[m];
	measure[DOWNTIME] = l->downtimes[m] * 1e3;
	measure[SENT] = sent[m] / MB;
	/* A guest that stands still loses all it would do; one that is slowed, a part. */
	measure[LOST] = l->downtimes[m] + slowed[m];
}

/* Writes its VM's name and returns how long that is. */
static size_t bar_name(FILE *gnuplot, const struct legs *l, uint32_t m)
{
	double vm = l->vm[m];
	char number[32];
	snprintf(number, sizeof number, "VM %.0f", vm);
	bool named = l->names && vm >= 0 && vm < (double)l->vms;
	const char *name = named ? l->names[(uint64_t)vm] : number;
	plot_quoted(gnuplot, name);
	return strlen(name);
}

/* x, the four measures, the colour; and the names of the bars as ticks. Returns whether these are too long to
 * stand side by side. */
static bool bars_put(FILE *gnuplot, const struct legs *l, const double *sent, const double *slowed,
                     double most[static MEASURES])
{
	fputs("$bars << EOD\n", gnuplot);
	for (uint32_t k = 0; k < l->shown_count; k++) {
		double measure[MEASURES];
		uint32_t m = l->shown[k];
		measures_of(measure, l, m, sent, slowed);
		fprintf(gnuplot, "%u", k + 1);
		for (unsigned i = 0; i < MEASURES; i++) {
			fprintf(gnuplot, " %.7g", measure[i]);
			most[i] = measure[i] > most[i] ? measure[i] : most[i];
		}
		fprintf(gnuplot, " %lu\n", strtoul(legs_colour(l->kinds[m]) + 1, NULL, 16));
	}
	size_t letters = 0;
	fputs("EOD\nset xtics scale 0 noenhanced (", gnuplot);
	for (uint32_t k = 0; k < l->shown_count; k++) {
		fputs(k ? ", " : "", gnuplot);
		letters += bar_name(gnuplot, l, l->shown[k]);
		fprintf(gnuplot, " %u", k + 1);
	}
	fprintf(gnuplot, ")%s\n", letters > LETTERS_MOST ? " rotate by -30 font ',15'" : " font ',16'");
	return letters > LETTERS_MOST;
}

/* Each bar says its value: of downtimes, which differ by powers of ten, one could not read them. */
static void measure_panel(FILE *gnuplot, enum measure i, double most)
{
	static const struct {
		const char *title;
		bool powers;
	} panels[MEASURES] = {
		[TOTAL] = {"total time (s)", false}, [DOWNTIME] = {"downtime (ms)", true},
		[SENT] = {"sent (MB)", false}, [LOST] = {"lost by the VM (s)", false},
	};
	unsigned column = (unsigned)i + 2;
	fprintf(gnuplot, "set ylabel '%s'\n", panels[i].title);
	plot_value_axis(gnuplot, most * 1.1);
	if (panels[i].powers)
		fprintf(gnuplot, "set logscale y\nset yrange [0.5:%.7g]\nset ytics autofreq\n",
		        (most > 1 ? most : 1) * 4);
	fprintf(gnuplot, "plot $bars using 1:%u:%u with boxes lc rgb variable, $bars using 1:%u:"
	        "($%u < 100 ? gprintf('%%.3g', $%u) : gprintf('%%.0f', $%u)) with labels offset 0,0.6 "
	        "font ',15'\nunset logscale y\n", column, MEASURES + 2u, column, column, column, column);
}

/* Which colour is which kind, above all panels, in the order in which they come first. */
static void kinds_key(FILE *gnuplot, const struct legs *l)
{
	double x = 0.11;
	for (uint32_t k = 0; k < l->shown_count; k++) {
		const char *kind = l->kinds[l->shown[k]];
		bool before = false;
		for (uint32_t j = 0; j < k; j++)
			before |= strcmp(l->kinds[l->shown[j]], kind) == 0;
		if (before)
			continue;
		fprintf(gnuplot, "set object %u rectangle from screen %.3f,0.958 to screen %.3f,0.982 fs "
		        "solid noborder fc rgb '%s'\nset label %u '%s' at screen %.3f,0.97\n", k + 1, x,
		        x + 0.03, legs_colour(kind), k + 1, legs_kind(kind), x + 0.04);
		x += 0.2;
	}
}

static void bars_draw(FILE *gnuplot, const struct legs *l, const double *sent, const double *slowed)
{
	double most[MEASURES] = {0};
	bool turned = bars_put(gnuplot, l, sent, slowed, most);
	fprintf(gnuplot, "set xrange [0.4:%g]\nset boxwidth 0.66\nset style fill solid 0.85 noborder\n"
	        "unset key\nset multiplot layout 2,2 margins 0.115,%s,%s,0.93 spacing 0.135,%s\n",
	        l->shown_count + 0.6, turned ? "0.96" : "0.98", turned ? "0.13" : "0.07",
	        turned ? "0.16" : "0.12");
	kinds_key(gnuplot, l);
	for (unsigned i = 0; i < MEASURES; i++) {
		measure_panel(gnuplot, (enum measure)i, most[i]);
		if (i == 0)
			fputs("unset object\nunset label\n", gnuplot);
	}
	fputs("unset multiplot\n", gnuplot);
}

/* Those that came to an end: of the others there is nothing to compare. */
static void ended_keep(struct legs *l, struct results *results)
{
	uint64_t n;
	double *failed = columns_reals(results, "migrations", "failed", &n);
	uint32_t kept = 0;
	for (uint32_t k = 0; k < l->shown_count; k++)
		if (isfinite(l->totals[l->shown[k]]) && !(failed && failed[l->shown[k]] > 0))
			l->shown[kept++] = l->shown[k];
	l->shown_count = kept;
	free(failed);
}

bool plot_migration_compare(FILE *gnuplot, struct results *results)
{
	struct legs l;
	uint64_t n;
	bool drawn = legs_open(&l, results, BARS_MAX);
	double *sent = columns_reals(results, "migrations", "sent_bytes", &n);
	double *slowed = columns_reals(results, "migrations", "slowed_s", &n);
	if (drawn)
		ended_keep(&l, results);
	drawn = drawn && sent && slowed && l.shown_count > 1;
	if (drawn)
		bars_draw(gnuplot, &l, sent, slowed);
	free(sent);
	free(slowed);
	legs_close(&l);
	return drawn;
}

/* A migration in the plot of downtimes; those of one kind over one bandwidth make a line. */
struct point {
	const char *kind;
	double path_MBps, dirty_MBps, downtime_ms;
};

static int point_order(const void *a, const void *b)
{
	const struct point *x = a, *y = b;
	int kinds = strcmp(x->kind, y->kind);
	if (kinds)
		return kinds;
	if (x->path_MBps != y->path_MBps)
		return x->path_MBps < y->path_MBps ? -1 : 1;
	return (x->dirty_MBps > y->dirty_MBps) - (x->dirty_MBps < y->dirty_MBps);
}

static uint32_t points_read(struct point **points, struct results *results)
{
	uint64_t n = 0;
	uint32_t count = 0;
	const char **kinds = columns_texts(results, "migrations", "kind", &n);
	double *path = columns_reals(results, "migrations", "path_bytes_s", &n);
	double *dirty = columns_reals(results, "migrations", "dirty_bytes_s", &n);
	double *downtime = columns_reals(results, "migrations", "downtime_s", &n);
	double *failed = columns_reals(results, "migrations", "failed", &n);
	bool there = kinds && path && dirty && downtime && failed;
	*points = memory_new(n, sizeof **points, "migrations of a plot");
	for (uint64_t m = 0; there && m < n; m++)
		if (path[m] > 0 && downtime[m] > 0 && !(failed[m] > 0))
			(*points)[count++] = (struct point){kinds[m], path[m] / MB, dirty[m] / MB,
			                                    downtime[m] * 1e3};
	if (count)
		qsort(*points, count, sizeof **points, point_order);
	free(kinds);
	free(path);
	free(dirty);
	free(downtime);
	free(failed);
	return count;
}

static bool same_line(const struct point *a, const struct point *b)
{
	return strcmp(a->kind, b->kind) == 0 && fabs(a->path_MBps - b->path_MBps) < 0.001 * a->path_MBps;
}

/* A datablock for each line. */
static void lines_put(FILE *gnuplot, const struct point *points, uint32_t count)
{
	unsigned lines = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (i == 0 || !same_line(&points[i - 1], &points[i]))
			fprintf(gnuplot, "%s$line%u << EOD\n", i ? "EOD\n" : "", lines++);
		fprintf(gnuplot, "%.9g %.9g\n", points[i].dirty_MBps, points[i].downtime_ms);
	}
	fputs("EOD\n", gnuplot);
}

static void lines_plot(FILE *gnuplot, const struct point *points, uint32_t count)
{
	static const char *const colours[] = {PLOT_BLUE, PLOT_ORANGE, PLOT_GREEN, PLOT_VERMILION, PLOT_PURPLE,
	                                      PLOT_SKY};
	static const int marks[] = {7, 5, 9, 13, 11, 15};
	unsigned line = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (i && same_line(&points[i - 1], &points[i]))
			continue;
		unsigned look = line % (sizeof colours / sizeof *colours);
		fprintf(gnuplot, "%s$line%u using 1:2 with linespoints lw 1.4 pt %d ps 0.9 lc rgb '%s' title "
		        "'%s over %.4g MB/s'", line ? ", " : "plot ", line, marks[look], colours[look],
		        legs_kind(points[i].kind), points[i].path_MBps);
		line++;
	}
	fputc('\n', gnuplot);
}

/* A dotted line where a guest dirties as fast as its path carries, if that is in the picture. */
static void bandwidths_mark(FILE *gnuplot, const struct point *points, uint32_t count, double most)
{
	for (uint32_t i = 0; i < count; i++)
		if (points[i].path_MBps < most && (i == 0 || !same_line(&points[i - 1], &points[i])))
			fprintf(gnuplot, "set arrow from first %.7g, graph 0 to first %.7g, graph 1 nohead "
			        "dt 3 lw 0.8 lc rgb '#909090' back\n", points[i].path_MBps,
			        points[i].path_MBps);
}

bool plot_migration_downtime(FILE *gnuplot, struct results *results)
{
	struct point *points;
	uint32_t count = points_read(&points, results);
	double least = (double)INFINITY, most = 0;
	char x_axis[80];
	for (uint32_t i = 0; i < count; i++) {
		least = fmin(least, points[i].dirty_MBps);
		most = fmax(most, points[i].dirty_MBps);
	}
	bool drawn = count > 1 && most > least;
	if (drawn) {
		lines_put(gnuplot, points, count);
		bandwidths_mark(gnuplot, points, count, most);
		if (least > 0 && most > 10 * least)
			snprintf(x_axis, sizeof x_axis, "set logscale x\nset xrange [%.6g:%.6g]", least / 1.2,
			         most * 1.2);
		else
			snprintf(x_axis, sizeof x_axis, "set xrange [0:*]");
		fprintf(gnuplot, "set logscale y\n%s\nset xlabel 'pages dirtied (MB/s)'\nset ylabel "
		        "'downtime (ms)'\nset format xy '%%g'\nset grid xtics ytics lt 1 lw 0.5 lc rgb "
		        "'#e4e4e4'\nset key inside top left vertical\n", x_axis);
		lines_plot(gnuplot, points, count);
	}
	free(points);
	return drawn;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migrations beside one another: over growing distances, by what they spend their time on, and which were
 * refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/plot.h"
#include "sim/memory.h"

#define BARS_MAX 12
#define CELLS_MAX 16
#define GB 1e9

static const struct {
	const char *kind, *colour;
} sorts[] = {
	{"cold", PLOT_VERMILION},
	{"precopy", PLOT_BLUE},
	{"postcopy", PLOT_GREEN},
	{"hybrid", PLOT_ORANGE},
};
#define SORTS (sizeof sorts / sizeof *sorts)

struct far {
	uint64_t rows;
	double *trip_s, *start_s, *end_s, *downtime_s, *slowed_s;
	const char **kinds, **disks;
	uint64_t *order;         /* by round trip */
};

static bool far_open(struct far *f, struct results *results)
{
	*f = (struct far){0};
	f->trip_s = columns_reals(results, "migrations", "round_trip_s", &f->rows);
	f->start_s = columns_reals(results, "migrations", "start_s", &f->rows);
	f->end_s = columns_reals(results, "migrations", "end_s", &f->rows);
	f->downtime_s = columns_reals(results, "migrations", "downtime_s", &f->rows);
	f->slowed_s = columns_reals(results, "migrations", "slowed_s", &f->rows);
	f->kinds = columns_texts(results, "migrations", "kind", &f->rows);
	f->disks = columns_texts(results, "migrations", "disk", &f->rows);
	if (!f->rows || !f->trip_s || !f->start_s || !f->end_s || !f->downtime_s || !f->slowed_s ||
	    !f->kinds || !f->disks)
		return false;
	f->order = memory_new(f->rows, sizeof *f->order, "migrations by distance");
	for (uint64_t k = 0; k < f->rows; k++) {
		uint64_t at = k;
		for (; at > 0 && f->trip_s[f->order[at - 1]] > f->trip_s[k]; at--)
			f->order[at] = f->order[at - 1];
		f->order[at] = k;
	}
	return f->trip_s[f->order[f->rows - 1]] > f->trip_s[f->order[0]];
}

static void far_close(struct far *f)
{
	free(f->trip_s);
	free(f->start_s);
	free(f->end_s);
	free(f->downtime_s);
	free(f->slowed_s);
	free(f->kinds);
	free(f->disks);
	free(f->order);
}

/* Rows round trip, total, downtime, CPU lost; true when there are some. A disk that goes along would hide the
 * distance. */
static bool far_put(FILE *gnuplot, const struct far *f, unsigned sort)
{
	bool any = false;
	fprintf(gnuplot, "$far%u << EOD\n", sort);
	for (uint64_t k = 0; k < f->rows; k++) {
		uint64_t m = f->order[k];
		if (strcmp(f->kinds[m], sorts[sort].kind) != 0 || !(f->end_s[m] >= f->start_s[m]) ||
		    strcmp(f->disks[m], "shared") != 0)
			continue;
		fprintf(gnuplot, "%.9g %.9g %.9g %.9g\n", f->trip_s[m] * 1e3, f->end_s[m] - f->start_s[m],
		        f->downtime_s[m], f->downtime_s[m] + f->slowed_s[m]);
		any = true;
	}
	fputs("EOD\n", gnuplot);
	return any;
}

static void far_panel(FILE *gnuplot, const bool used[SORTS], int column, const char *label)
{
	const char *between = "plot ";
	fprintf(gnuplot, "set ylabel '%s'\n", label);
	for (unsigned s = 0; s < SORTS; s++) {
		if (!used[s])
			continue;
		fprintf(gnuplot, "%s$far%u using 1:%d with linespoints pt 7 ps 0.9 lw 2 lc rgb '%s' "
		                 "title '%s'",
		        between, s, column, sorts[s].colour, sorts[s].kind);
		between = ", ";
	}
	fputc('\n', gnuplot);
}

bool plot_distance(FILE *gnuplot, struct results *results)
{
	struct far f;
	bool used[SORTS] = {false}, any = false, drawn = far_open(&f, results);
	for (unsigned s = 0; drawn && s < SORTS; s++) {
		used[s] = far_put(gnuplot, &f, s);
		any = any || used[s];
	}
	drawn = drawn && any;
	if (drawn) {
		double least_s = f.trip_s[f.order[0]], most_s = f.trip_s[f.order[f.rows - 1]];
		fprintf(gnuplot, "set logscale x\nset multiplot layout 1,3 margins 0.08,0.97,0.14,0.88 "
		                 "spacing 0.11,0\nset xrange [%.9g:%.9g]\nset xlabel 'round trip (ms)'\n"
		                 "set format x '%%g'\nset format y '%%g'\nset yrange [0:*]\n"
		                 "set key at screen 0.5,0.98 center top horizontal maxrows 1\n",
		        (least_s > 1e-5 ? least_s : 1e-5) * 700, most_s * 1500);
		far_panel(gnuplot, used, 2, "in all (s)");
		fputs("unset key\n", gnuplot);
		far_panel(gnuplot, used, 3, "downtime (s)");
		far_panel(gnuplot, used, 4, "CPU lost, downtime included (s)");
		fputs("unset multiplot\n", gnuplot);
	}
	far_close(&f);
	return drawn;
}

/* Stages of a migration, as bars one after another. */

static const struct {
	const char *title, *colour, *columns[3];
} parts[] = {
	{"prepares", PLOT_GREY, {"prepare_s", "balloon_s", NULL}},
	{"disk", PLOT_PURPLE, {"disk_s", NULL, NULL}},
	{"rounds of memory", PLOT_SKY, {"rounds_s", NULL, NULL}},
	{"stopped", PLOT_VERMILION, {"stop_s", "commit_s", "activate_s"}},
	{"memory follows", PLOT_GREEN, {"push_s", NULL, NULL}},
};
#define PARTS (sizeof parts / sizeof *parts)

static void part_add(struct results *results, unsigned part, double *sums_s, uint64_t rows)
{
	for (unsigned c = 0; c < 3 && parts[part].columns[c]; c++) {
		uint64_t n;
		double *column = columns_reals(results, "migrations", parts[part].columns[c], &n);
		for (uint64_t k = 0; column && k < n && k < rows; k++)
			sums_s[k] += column[k];
		free(column);
	}
}

/* "web-0, precopy, mirror: 12.3 GB, 10.2 of its disk, 75 ms" at the left of its bar. */
static void part_labels(FILE *gnuplot, struct results *results, uint64_t shown)
{
	uint64_t rows, vms;
	const char **names = columns_texts(results, "vms", "name", &vms);
	const char **kinds = columns_texts(results, "migrations", "kind", &rows);
	const char **ways = columns_texts(results, "migrations", "disk", &rows);
	double *vm = columns_reals(results, "migrations", "vm", &rows);
	double *sent = columns_reals(results, "migrations", "sent_bytes", &rows);
	double *disk = columns_reals(results, "migrations", "disk_bytes", &rows);
	double *downtime_s = columns_reals(results, "migrations", "downtime_s", &rows);
	bool there = names && kinds && ways && vm && sent && disk && downtime_s;
	for (uint64_t k = 0; there && k < shown; k++) {
		char text[160];
		uint64_t of = (uint64_t)vm[k];
		snprintf(text, sizeof text,
		         "%.30s, %.10s, disk %.10s: %.2f GB, %.2f of its disk; %.3g s down",
		         of < vms ? names[of] : "?", kinds[k], ways[k], sent[k] / GB, disk[k] / GB,
		         downtime_s[k]);
		fprintf(gnuplot, "set label %llu ", (unsigned long long)k + 1);
		plot_quoted(gnuplot, text);
		fprintf(gnuplot, " at graph 0.01,first %.2f front noenhanced\n", (double)k + 1 - 0.39);
	}
	free(names);
	free(kinds);
	free(ways);
	free(vm);
	free(sent);
	free(disk);
	free(downtime_s);
}

bool plot_stages(FILE *gnuplot, struct results *results)
{
	uint64_t rows;
	double *from_s = columns_reals(results, "migrations", "prepare_s", &rows);
	double *to_s = memory_new(rows, sizeof *to_s, "stages of migrations");
	uint64_t shown = rows < BARS_MAX ? rows : BARS_MAX;
	double most = 0;
	for (uint64_t k = 0; k < rows; k++)
		from_s[k] = 0;
	for (unsigned p = 0; p < PARTS; p++) {
		part_add(results, p, to_s, rows);
		fprintf(gnuplot, "$stage%u << EOD\n", p);
		for (uint64_t k = 0; k < shown; k++) {
			fprintf(gnuplot, "%llu %.9g %.9g\n", (unsigned long long)k + 1, from_s[k], to_s[k]);
			from_s[k] = to_s[k];
			most = to_s[k] > most ? to_s[k] : most;
		}
		fputs("EOD\n", gnuplot);
	}
	bool drawn = shown > 0 && most > 0;
	if (drawn) {
		part_labels(gnuplot, results, shown);
		fprintf(gnuplot, "set xrange [0:%.9g]\nset yrange [%llu.5:0.3]\nunset ytics\nset border 1\n"
		                 "set xlabel 'since its start (s)'\nset grid noytics xtics\nplot ",
		        most * 1.03, (unsigned long long)shown);
		for (unsigned p = 0; p < PARTS; p++)
			fprintf(gnuplot, "%s$stage%u using (($2+$3)/2):1:2:3:($1-0.22):($1+0.25) "
			                 "with boxxyerror fs solid 0.9 noborder fc rgb '%s' title '%s'",
			        p ? ", " : "", p, parts[p].colour, parts[p].title);
		fputc('\n', gnuplot);
	}
	free(from_s);
	free(to_s);
	return drawn;
}

/* Who may go where: a matrix of guests and hosts. */

struct matrix {
	double rows[CELLS_MAX], columns[CELLS_MAX];  /* guests, hosts; by id */
	uint64_t row_count, column_count;
};

static void sort_ids(double *list, uint64_t count)
{
	for (uint64_t k = 1; k < count; k++) {
		double id = list[k];
		uint64_t at = k;
		for (; at > 0 && list[at - 1] > id; at--)
			list[at] = list[at - 1];
		list[at] = id;
	}
}

/* The place of an id in a list, added where it is new; CELLS_MAX when the list is full. */
static uint64_t place_of(double *list, uint64_t *count, double id)
{
	for (uint64_t k = 0; k < *count; k++)
		if (list[k] == id)
			return k;
	if (*count == CELLS_MAX)
		return CELLS_MAX;
	list[*count] = id;
	return (*count)++;
}

/* Cells of one sort; `lacks` NULL: of migrations that began. Without gnuplot only their rows and columns. */
static void cells_put(FILE *gnuplot, struct results *results, struct matrix *m, const char *lacks)
{
	const char *table = lacks ? "migration_refusals" : "migrations";
	uint64_t rows, words;
	double *vm = columns_reals(results, table, "vm", &rows);
	double *target = columns_reals(results, table, "target", &rows);
	const char **why = lacks ? columns_texts(results, table, "lacks", &words) : NULL;
	for (uint64_t k = 0; vm && target && k < rows; k++) {
		if (lacks && (!why || strcmp(why[k], lacks) != 0))
			continue;
		uint64_t row = place_of(m->rows, &m->row_count, vm[k]);
		uint64_t column = place_of(m->columns, &m->column_count, target[k]);
		if (gnuplot && row < CELLS_MAX && column < CELLS_MAX)
			fprintf(gnuplot, "%llu %llu\n", (unsigned long long)column + 1,
			        (unsigned long long)row + 1);
	}
	free(vm);
	free(target);
	free(why);
}

static void names_put(FILE *gnuplot, struct results *results, const char *table, const double *ids,
                      uint64_t count)
{
	uint64_t n;
	const char **names = columns_texts(results, table, "name", &n);
	for (uint64_t k = 0; k < count; k++) {
		fputs(k ? ", " : "", gnuplot);
		plot_quoted(gnuplot, names && ids[k] < (double)n ? names[(uint64_t)ids[k]] : "?");
		fprintf(gnuplot, " %llu", (unsigned long long)k + 1);
	}
	free(names);
}

bool plot_compatibility(FILE *gnuplot, struct results *results)
{
	static const struct {
		const char *lacks, *title, *colour;
		int point;
	} cells[] = {
		{NULL, "moves", PLOT_GREEN, 7},
		{"hypervisor", "another hypervisor", PLOT_BLUE, 5},
		{"cpu", "CPU features", PLOT_VERMILION, 9},
		{"device", "devices", PLOT_PURPLE, 11},
		{"image", "image format", PLOT_ORANGE, 13},
		{"nothing", "other reasons", "#808080", 2},
	};
	const unsigned n = sizeof cells / sizeof *cells;
	struct matrix m = {.row_count = 0};
	uint64_t refusals;
	double *any = columns_reals(results, "migration_refusals", "vm", &refusals);
	free(any);
	for (unsigned k = 0; k < n; k++)
		cells_put(NULL, results, &m, cells[k].lacks);
	sort_ids(m.rows, m.row_count);
	sort_ids(m.columns, m.column_count);
	for (unsigned k = 0; k < n; k++) {
		fprintf(gnuplot, "$cells%u << EOD\n", k);
		cells_put(gnuplot, results, &m, cells[k].lacks);
		fputs("-9 -9\nEOD\n", gnuplot);
	}
	if (refusals == 0)
		return false;
	fprintf(gnuplot, "set xrange [0.4:%llu.6]\nset yrange [%llu.6:0.4]\nset xtics scale 0 (",
	        (unsigned long long)m.column_count, (unsigned long long)m.row_count);
	names_put(gnuplot, results, "hosts", m.columns, m.column_count);
	fputs(") noenhanced\nset ytics scale 0 (", gnuplot);
	names_put(gnuplot, results, "vms", m.rows, m.row_count);
	fputs(") noenhanced\nset grid xtics ytics\nset xlabel 'target'\n"
	      "set key maxrows 2 samplen 1 font ',18'\nplot ",
	      gnuplot);
	for (unsigned k = 0; k < n; k++)
		fprintf(gnuplot, "%s$cells%u using 1:2 with points pt %d ps 3.4 lc rgb '%s' title '%s'",
		        k ? ", " : "", k, cells[k].point, cells[k].colour, cells[k].title);
	fputc('\n', gnuplot);
	return true;
}

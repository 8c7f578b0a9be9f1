/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far predicted migrations are from measured ones: figures, as JSON and as a table. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/plot.h"
#include "cli/migration.h"
#include "cli/table.h"
#include "sim/fault.h"
#include "sim/memory.h"

struct values {
	double *items;
	uint32_t count;
};

static void values_add(struct values *v, double value)
{
	if (!isnan(value))
		v->items[v->count++] = value;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The quantile between the two values next to it. */
static double quantile(struct values *v, double part)
{
	if (v->count == 0)
		return (double)NAN;
	qsort(v->items, v->count, sizeof *v->items, by_size);
	double at = part * (v->count - 1);
	uint32_t low = (uint32_t)at, high = low + 1 < v->count ? low + 1 : low;
	return v->items[low] + (at - low) * (v->items[high] - v->items[low]);
}

static double relative(double predicted, double measured)
{
	return fabs(predicted - measured) / measured;
}

struct tally {
	struct values total, bytes, downtime, throttle;
	uint32_t compared, exact;
	uint32_t seen[2], right[2];  /* by what came out: not completed, completed */
};

static void tally_add(struct tally *t, const struct migration_pair *pair, bool closed)
{
	const struct migration_result *m = &pair->measured, *p = closed ? &pair->closed : &pair->predicted;
	t->seen[m->completed]++;
	t->right[m->completed] += m->completed == p->completed;
	values_add(&t->throttle, fabs(p->throttle_01 - m->throttle_01));
	if (!m->completed || !p->completed)
		return;
	values_add(&t->total, relative(p->total_s, m->total_s));
	values_add(&t->bytes, relative(p->bytes, m->bytes));
	values_add(&t->downtime, fabs(p->downtime_s - m->downtime_s) * 1e3);
	if (isnan(m->rounds))
		return;
	t->compared++;
	t->exact += fabs(p->rounds - m->rounds) < 0.5;
}

static double balanced(const struct tally *t)
{
	double sum = 0;
	uint32_t kinds = 0;
	for (uint32_t k = 0; k < 2; k++)
		if (t->seen[k]) {
			kinds++;
			sum += (double)t->right[k] / t->seen[k];
		}
	return kinds ? sum / kinds : (double)NAN;
}

struct migration_errors migration_compare(const struct migration_pair *pairs, uint32_t count,
                                          uint32_t stratum, bool closed)
{
	double *room = memory_new(4 * (size_t)count + 4, sizeof *room, "errors of migrations");
	struct tally t = {.total = {room, 0}, .bytes = {room + count, 0}, .downtime = {room + 2 * count, 0},
	                  .throttle = {room + 3 * count, 0}};
	struct migration_errors e = {.runs = 0};
	for (uint32_t i = 0; i < count; i++) {
		if (pairs[i].left_out || !(pairs[i].strata & 1u << stratum))
			continue;
		e.runs++;
		tally_add(&t, &pairs[i], closed);
	}
	e.total_median = quantile(&t.total, 0.5);
	e.total_p90 = quantile(&t.total, 0.9);
	e.bytes_median = quantile(&t.bytes, 0.5);
	e.bytes_p90 = quantile(&t.bytes, 0.9);
	e.downtime_ms_median = quantile(&t.downtime, 0.5);
	e.throttle_abs_median = quantile(&t.throttle, 0.5);
	e.rounds_exact = t.compared ? (double)t.exact / t.compared : (double)NAN;
	e.outcome = balanced(&t);
	free(room);
	return e;
}

static void json_errors(struct json *j, const struct migration_errors *e)
{
	json_real(j, "total_time_rel_err_median", e->total_median);
	json_real(j, "total_time_rel_err_p90", e->total_p90);
	json_real(j, "bytes_rel_err_median", e->bytes_median);
	json_real(j, "bytes_rel_err_p90", e->bytes_p90);
	json_real(j, "downtime_abs_err_ms_median", e->downtime_ms_median);
	json_real(j, "rounds_exact_fraction", e->rounds_exact);
	json_real(j, "outcome_balanced_accuracy", e->outcome);
	json_real(j, "throttle_abs_err_median", e->throttle_abs_median);
	json_count(j, "runs", e->runs);
}

void migration_json(struct json *j, const struct migration_pair *pairs, uint32_t count,
                    const char *const *names, uint32_t name_count)
{
	for (uint32_t s = 0; s < name_count; s++) {
		struct migration_errors e = migration_compare(pairs, count, s, false);
		if (s == 1)
			json_object(j, "strata");
		json_object(j, names[s]);
		json_errors(j, &e);
		json_close(j);
	}
	if (name_count > 1)
		json_close(j);
}

static void json_result(struct json *j, const char *name, const struct migration_result *r)
{
	json_object(j, name);
	json_bool(j, "completed", r->completed);
	json_real(j, "total_s", r->total_s);
	json_real(j, "bytes", r->bytes);
	json_real(j, "downtime_s", r->downtime_s);
	json_real(j, "rounds", r->rounds);
	json_real(j, "throttle_01", r->throttle_01);
	json_close(j);
}

void migration_json_runs(struct json *j, const struct migration_pair *pairs, uint32_t count, bool measured)
{
	json_list(j, "runs");
	for (uint32_t i = 0; i < count; i++) {
		json_object(j, NULL);
		json_text(j, "run", pairs[i].name);
		json_result(j, "predicted", &pairs[i].predicted);
		if (measured)
			json_result(j, "measured", &pairs[i].measured);
		json_close(j);
	}
	json_close(j);
}

struct rows {
	const struct migration_pair *pairs;
	uint32_t count;
	const char *const *names;
	uint32_t name_count;
};

static void heading(const void *context, uint32_t column, struct cell *cell)
{
	static const char *const names[] = {"runs", "", "total, median", "90th", "bytes, median", "90th",
	                                    "downtime (ms)", "rounds exact", "outcome", "throttle"};
	(void)context;
	snprintf(cell->text, CELL_SIZE, "%s", names[column]);
}

static void error_cell(const void *context, uint64_t row, uint32_t column, struct cell *cell)
{
	const struct rows *r = context;
	bool closed = row >= r->name_count;
	uint32_t stratum = (uint32_t)row % r->name_count;
	struct migration_errors e = migration_compare(r->pairs, r->count, stratum, closed);
	const double values[] = {e.total_median, e.total_p90, e.bytes_median, e.bytes_p90,
	                         e.downtime_ms_median, e.rounds_exact, e.outcome, e.throttle_abs_median};
	cell->number = column > 0;
	if (column == 0)
		snprintf(cell->text, CELL_SIZE, "%s%.60s", closed ? "closed form: " : "", r->names[stratum]);
	else if (column == 1)
		snprintf(cell->text, CELL_SIZE, "%u", e.runs);
	else if (isnan(values[column - 2]))
		snprintf(cell->text, CELL_SIZE, "-");
	else if (column <= 5)
		snprintf(cell->text, CELL_SIZE, "%.2f %%", 100 * values[column - 2]);
	else
		snprintf(cell->text, CELL_SIZE, column == 6 ? "%.1f" : "%.2f", values[column - 2]);
}

void migration_table(const struct migration_pair *pairs, uint32_t count, const char *const *names,
                     uint32_t name_count, bool with_closed)
{
	struct rows rows = {pairs, count, names, name_count};
	struct table table = {.rows = with_closed ? 2 * name_count : name_count, .columns = 10,
	                      .context = &rows, .heading = heading, .cell = error_cell};
	table_print(&table, TABLE_ALIGNED, stdout);
}

static void draw_data(FILE *out, const struct migration_pair *pairs, uint32_t count)
{
	fputs("$data << EOD\n", out);
	for (uint32_t i = 0; i < count; i++) {
		const struct migration_result *m = &pairs[i].measured, *p = &pairs[i].predicted;
		if (pairs[i].left_out || !m->completed || !p->completed)
			continue;
		uint32_t kind = pairs[i].strata & 2 ? 1 : pairs[i].strata & 4 ? 2 : 3;
		fprintf(out, "%u %.9g %.9g %.9g %.9g %.9g %.9g\n", kind, m->total_s, p->total_s,
		        m->bytes / 1e6, p->bytes / 1e6, m->downtime_s * 1e3, p->downtime_s * 1e3);
	}
	fputs("EOD\n", out);
}

void migration_draw(const struct migration_pair *pairs, uint32_t count, const char *const names[static 3],
                    const char *path)
{
	static const char *const titles[3] = {"total time (s)", "bytes sent (MB)", "downtime (ms)"};
	static const char *const colours[3] = {PLOT_BLUE, PLOT_VERMILION, PLOT_GREEN};
	FILE *out = popen("gnuplot --default-settings -", "w");
	if (!out)
		fault_surroundings("gnuplot cannot be run: %s", strerror(errno));
	fputs("set terminal svg size 1200,420 dynamic enhanced font 'sans,15' background '#ffffff'\n"
	      "set output ", out);
	plot_quoted(out, path);
	fputs("\nset encoding utf8\nset border 3 lw 0.8 lc rgb '#404040'\nset tics nomirror out scale 0.6\n"
	      "set grid lt 1 lw 0.5 lc rgb '#e4e4e4'\n", out);
	draw_data(out, pairs, count);
	fputs("set multiplot layout 1,3\nset logscale xy\nset size ratio -1\n"
	      "set key top left Left reverse samplen 1 nobox\n", out);
	for (int k = 0; k < 3; k++) {
		fprintf(out, "set xlabel 'measured %s'\nset ylabel 'predicted'\nplot x with lines lw 0.8 "
		             "lc rgb '#808080' notitle", titles[k]);
		for (int s = 0; s < 3; s++)
			fprintf(out, ", $data using ($1==%d?$%d:1/0):%d with points pt %d ps 0.5 lc rgb '%s' "
			             "title '%s'", s + 1, 2 + 2 * k, 3 + 2 * k, s == 0 ? 7 : 2 + 2 * s,
			        colours[s], names[s]);
		fputs("\n", out);
	}
	fputs("unset multiplot\nunset output\n", out);
	int status = pclose(out);
	if (status != 0)
		fault_surroundings("gnuplot failed with status %d (Debian: apt-get install gnuplot-nox)",
		                   status >> 8);
	fprintf(stderr, "drew %s\n", path);
}

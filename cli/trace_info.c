/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim trace info: what is in a trace. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "cli/json.h"
#include "cli/table.h"
#include "cli/trace.h"
#include "cli/trace_choice.h"
#include "scenarios/quantity.h"
#include "scenarios/trace_stats.h"
#include "sim/time.h"

struct info_values {
	struct trace_choice choice;
	bool json;
};

struct described {
	enum demand_column column;
	struct column_stats stats;
};

struct description {
	const struct demand_set *set;
	struct axis_stats axis;
	struct described columns[DEMAND_COLUMNS];
	uint32_t count;
};

static void describe(const struct demand_set *set, struct description *d)
{
	*d = (struct description){.set = set};
	axis_stats(set, &d->axis);
	for (enum demand_column c = 0; c < DEMAND_COLUMNS; c++)
		if (set->columns[c].at) {
			d->columns[d->count].column = c;
			column_stats(set, c, &d->columns[d->count++].stats);
		}
}

/* The moments in the table's order; names for programs. */
#define MOMENTS 9
static const char *const moment_names[MOMENTS] = {
	"mean",
	"deviation",
	"skewness",
	"kurtosis",
	"least",
	"most",
	"zero_share",
	"between_rows_share",
	"correlation",
};

static double moment(const struct column_stats *s, uint32_t i)
{
	const double values[MOMENTS] = {
		s->mean,
		s->deviation,
		s->skewness,
		s->kurtosis,
		s->least,
		s->most,
		s->zero_01,
		s->between_01,
		s->correlation_01,
	};
	return values[i];
}

static bool has_unit(uint32_t i)
{
	return i < 2 || i == 4 || i == 5;
}

/* "3.912 THz": four digits and a prefix. */
static void short_text(double x, const char *unit, char *text, size_t size)
{
	static const char *const prefixes[] = {"", "k", "M", "G", "T", "P"};
	uint32_t p = 0;
	while (x >= 1000 && p < 5) {
		x /= 1000;
		p++;
	}
	snprintf(text, size, "%.4g %s%s", x, prefixes[p], unit);
}

static void heading(const void *context, uint32_t column, struct cell *cell)
{
	static const char *const short_names[MOMENTS] = {
		"mean",
		"st. dev.",
		"skewness",
		"kurtosis",
		"least",
		"most",
		"zero",
		"between rows",
		"lag 1",
	};
	(void)context;
	snprintf(cell->text, CELL_SIZE, "%s", column ? short_names[column - 1] : "column");
}

static void cell_of(const void *context, uint64_t row, uint32_t column, struct cell *cell)
{
	const struct description *d = context;
	const struct described *c = &d->columns[row];
	double x = column ? moment(&c->stats, column - 1) : 0;
	cell->number = column > 0;
	if (!column)
		snprintf(cell->text, CELL_SIZE, "%s", demand_column_names[c->column]);
	else if (column == 7 || column == 8 || (has_unit(column - 1) && c->column <= DEMAND_MEMORY))
		snprintf(cell->text, CELL_SIZE, "%.4g %%", 100 * x);
	else if (has_unit(column - 1) && c->column <= DEMAND_NET_OUT)
		short_text(x, "bit/s", cell->text, CELL_SIZE);
	else if (has_unit(column - 1))
		short_text(x, "B/s", cell->text, CELL_SIZE);
	else
		snprintf(cell->text, CELL_SIZE, "%.4g", x);
}

/* Of the rows' capacities; false when there are none. */
static bool capacities(const double *row, uint32_t rows, double sums[static 3])
{
	sums[0] = sums[2] = 0;
	sums[1] = row && rows ? row[0] : 0;
	for (uint32_t i = 0; row && i < rows; i++) {
		sums[0] += row[i];
		sums[1] = row[i] < sums[1] ? row[i] : sums[1];
		sums[2] = row[i] > sums[2] ? row[i] : sums[2];
	}
	return row != NULL;
}

static void print_capacity(const char *name, const double *row, uint32_t rows, const char *unit)
{
	double sums[3];
	char text[3][64];
	if (!capacities(row, rows, sums))
		return;
	for (uint32_t i = 0; i < 3; i++)
		short_text(sums[i], unit, text[i], sizeof text[i]);
	printf("%-12s %s in all, %s to %s a row\n", name, text[0], text[1], text[2]);
}

static bool date_text(int64_t origin_ns, char *text, size_t size)
{
	time_t seconds = (time_t)(origin_ns / NS_PER_S);
	struct tm tm;
	/* Before 1990, a stamp is a count from some other zero. */
	return seconds > 631152000 && gmtime_r(&seconds, &tm) &&
	       strftime(text, size, "%Y-%m-%d %H:%M:%S UTC", &tm);
}

static void print_axis(const struct description *d)
{
	const struct axis_stats *a = &d->axis;
	char text[64], span[64];
	quantity_write(a->span_s * 1e9, DIM_TIME, span, sizeof span);
	printf("%-12s %" PRIu64 ", %" PRIu32 " to %" PRIu32 " a row\n", "samples", a->samples, a->row_least,
	       a->row_most);
	printf("%-12s %s from first to last stamp, %s\n", "axis", span,
	       d->set->irregular ? "each row its own stamps" : "regular, one for all rows");
	if (date_text(d->set->origin_ns, text, sizeof text))
		printf("%-12s %s\n", "begins", text);
	if (!a->distances)
		return;
	quantity_write(a->period_s * 1e9, DIM_TIME, text, sizeof text);
	printf("%-12s %s (%.4g %% of the distances of stamps)%s\n", "period", text,
	       100 * (double)a->even / (double)a->distances,
	       2 * a->even < a->distances ? "; there is none for most" : "");
	if (2 * a->even < a->distances)
		return;
	printf("%-12s %" PRIu64 " of more than 1.5 periods, the longest %.6g s, %.6g s missing in all\n",
	       "gaps", a->gaps, a->gap_longest_s, a->gap_total_s);
	printf("%-12s %" PRIu64 " of less than half a period\n", "short", a->short_ones);
	printf("%-12s %.4g s in the mean, %.6g s at most\n", "jitter", a->jitter_s, a->jitter_most_s);
}

static void print_all(const struct description *d)
{
	char text[64];
	struct table table = {d->count, MOMENTS + 1, d, heading, cell_of};
	printf("%-12s %s\n%-12s %" PRIu32 "\n", "trace", d->set->name, "rows", d->set->rows);
	print_axis(d);
	if (d->set->repeats)
		printf("%-12s %" PRIu64 " samples left out: the next one had the same stamp\n", "repeats",
		       d->set->repeats);
	print_capacity("CPU", d->set->row_cpu_hz, d->set->rows, "Hz");
	print_capacity("RAM", d->set->row_memory_bytes, d->set->rows, "B");
	short_text((double)d->set->backing_bytes, "B", text, sizeof text);
	printf("%-12s %s\n\n", "memory", text);
	table_print(&table, TABLE_ALIGNED, stdout);
}

static void json_capacity(struct json *j, const char *name, const double *row, uint32_t rows)
{
	double sums[3];
	if (!capacities(row, rows, sums))
		return;
	json_object(j, name);
	json_real(j, "total", sums[0]);
	json_real(j, "least", sums[1]);
	json_real(j, "most", sums[2]);
	json_close(j);
}

static void json_axis(struct json *j, const struct description *d)
{
	const struct axis_stats *a = &d->axis;
	json_object(j, "axis");
	json_bool(j, "regular", !d->set->irregular);
	json_real(j, "origin_s", (double)d->set->origin_ns / 1e9);
	json_real(j, "span_s", a->span_s);
	json_real(j, "period_s", a->period_s);
	json_count(j, "row_samples_least", a->row_least);
	json_count(j, "row_samples_most", a->row_most);
	json_count(j, "distances", a->distances);
	json_count(j, "even", a->even);
	json_count(j, "gaps", a->gaps);
	json_count(j, "short", a->short_ones);
	json_real(j, "gap_longest_s", a->gap_longest_s);
	json_real(j, "gap_total_s", a->gap_total_s);
	json_real(j, "jitter_mean_s", a->jitter_s);
	json_real(j, "jitter_most_s", a->jitter_most_s);
	json_count(j, "repeats", d->set->repeats);
	json_close(j);
}

static void json_all(const struct description *d)
{
	struct json j;
	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "trace", d->set->name);
	json_count(&j, "rows", d->set->rows);
	json_count(&j, "samples", d->axis.samples);
	json_count(&j, "memory_bytes", d->set->backing_bytes);
	json_axis(&j, d);
	json_capacity(&j, "cpu_hz", d->set->row_cpu_hz, d->set->rows);
	json_capacity(&j, "ram_bytes", d->set->row_memory_bytes, d->set->rows);
	json_object(&j, "columns");
	for (uint32_t c = 0; c < d->count; c++) {
		enum demand_column column = d->columns[c].column;
		json_object(&j, demand_column_names[column]);
		json_text(&j, "unit", column <= DEMAND_MEMORY ? "1" : column <= DEMAND_NET_OUT ? "bit/s"
		                                                                               : "B/s");
		json_count(&j, "bits", d->set->columns[column].bits);
		for (uint32_t i = 0; i < MOMENTS; i++)
			json_real(&j, moment_names[i], moment(&d->columns[c].stats, i));
		json_close(&j);
	}
	json_close(&j);
	json_close(&j);
}

static void info(const struct demand_set *set, const void *given)
{
	const struct info_values *values = given;
	struct description d;
	describe(set, &d);
	(values->json ? json_all : print_all)(&d);
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct info_values values = {0};
	return trace_choice_go(command, argc, argv, &values, info);
}

static const struct option options[] = {
	TRACE_CHOICE_OPTIONS(struct info_values, choice),
	{"json", 0, OPTION_FLAG, offsetof(struct info_values, json), NULL, "the same as JSON", NULL, 0},
	{0},
};

const struct command trace_info_command = {
	.name = "trace info",
	.arguments = "TRACE [--subset PART] [--format FORMAT] [--json]",
	.summary = "Print what is in a trace: rows, axis, gaps, jitter, moments",
	.help = "TRACE is a name ('vdcsim list traces') or the path of a file, folder or archive.\n"
		"between rows: share of the variance that is between the rows' means; lag 1: correlation of\n"
		"neighbouring samples within rows.",
	.options = options,
	.least_words = 1,
	.most_words = 1,
	.words_meaning = "a trace",
	.run = go,
};

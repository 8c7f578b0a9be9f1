/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim trace plot: mean and quantiles of each column over time, and a few rows. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/plot.h"
#include "cli/trace.h"
#include "cli/trace_choice.h"
#include "scenarios/trace_stats.h"
#include "sim/memory.h"

#define BINS_MOST 480u
#define SHOWN 3 /* rows: of little, middling and much demand */
#define QUANTILES 5

struct plot_values {
	struct trace_choice choice;
	const char *folder;
	int picture;
};

static const double quantiles[QUANTILES] = {0.05, 0.25, 0.5, 0.75, 0.95};

/* A column in bins of time: each row's mean in each bin, NaN where it has no sample. */
struct bins {
	uint32_t rows, count;
	double width_s;
	double *values; /* [bin][row] */
	double *means;  /* of rows */
	double unit;    /* what the picture's 1 is */
};

static double span_s(const struct demand_set *set)
{
	int64_t last_ns = 0;
	for (uint32_t row = 0; row < set->rows; row++) {
		int64_t end_ns = trace_stamp_ns(set, row, trace_row_count(set, row) - 1);
		last_ns = end_ns > last_ns ? end_ns : last_ns;
	}
	return (double)last_ns / 1e9;
}

static void row_bin(const struct demand_set *set, enum demand_column column, uint32_t row, struct bins *b)
{
	uint32_t *counts = memory_new(b->count, sizeof *counts, "bins of a plot");
	uint32_t n = trace_row_count(set, row);
	for (uint32_t i = 0; i < n; i++) {
		double s = (double)trace_stamp_ns(set, row, i) / 1e9;
		double x = trace_value(set, row, column, i) / b->unit;
		uint32_t bin = s > 0 ? (uint32_t)fmin(s / b->width_s, b->count - 1) : 0;
		b->values[(size_t)bin * b->rows + row] += x;
		counts[bin]++;
		b->means[row] += x / n;
	}
	for (uint32_t bin = 0; bin < b->count; bin++) {
		double *value = &b->values[(size_t)bin * b->rows + row];
		*value = counts[bin] ? *value / counts[bin] : (double)NAN;
	}
	free(counts);
}

static void bins_make(const struct demand_set *set, enum demand_column column, struct bins *b)
{
	uint32_t count = set->axis.count < BINS_MOST ? set->axis.count : BINS_MOST;
	double span = span_s(set);
	*b = (struct bins){.rows = set->rows, .count = count, .unit = column <= DEMAND_MEMORY ? 0.01 : 1e6};
	b->width_s = span > 0 ? span / (count > 1 ? count - 1 : 1) : 1;
	b->values = memory_new((size_t)count * set->rows, sizeof *b->values, "bins of a plot");
	b->means = memory_new(set->rows, sizeof *b->means, "means of rows");
	for (uint32_t row = 0; row < set->rows; row++)
		row_bin(set, column, row, b);
}

static void bins_free(struct bins *b)
{
	free(b->values);
	free(b->means);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The rows whose mean is at the tenth, the half and the nine tenths of all. */
static void rows_choose(const struct bins *b, uint32_t shown[static SHOWN])
{
	static const double at[SHOWN] = {0.1, 0.5, 0.9};
	double *sorted = memory_new(b->rows, sizeof *sorted, "means of rows");
	memcpy(sorted, b->means, b->rows * sizeof *sorted);
	qsort(sorted, b->rows, sizeof *sorted, by_value);
	for (uint32_t i = 0; i < SHOWN; i++) {
		double wanted = sorted[(uint32_t)(at[i] * (b->rows - 1))];
		shown[i] = 0;
		while (b->means[shown[i]] != wanted)
			shown[i]++;
	}
	free(sorted);
}

/* A line a bin: time, mean, quantiles, the shown rows. Returns the largest number of them. */
static double data_write(const struct bins *b, const uint32_t shown[static SHOWN], double time_unit,
                         FILE *out)
{
	double *present = memory_new(b->rows, sizeof *present, "a bin of a plot"), most = 0;
	fputs("$data << EOD\n", out);
	for (uint32_t bin = 0; bin < b->count; bin++) {
		const double *values = b->values + (size_t)bin * b->rows;
		uint32_t n = 0;
		double sum = 0;
		for (uint32_t row = 0; row < b->rows; row++)
			if (!isnan(values[row])) {
				present[n++] = values[row];
				sum += values[row];
			}
		if (!n)
			continue;
		qsort(present, n, sizeof *present, by_value);
		fprintf(out, "%.9g %.6g", bin * b->width_s / time_unit, sum / n);
		for (uint32_t q = 0; q < QUANTILES; q++)
			fprintf(out, " %.6g", present[(uint32_t)(quantiles[q] * (n - 1) + 0.5)]);
		most = fmax(most, present[(uint32_t)(quantiles[QUANTILES - 1] * (n - 1) + 0.5)]);
		for (uint32_t i = 0; i < SHOWN; i++) {
			fprintf(out, " %.6g", values[shown[i]]);
			most = fmax(most, isnan(values[shown[i]]) ? 0 : values[shown[i]]);
		}
		fputc('\n', out);
	}
	fputs("EOD\n", out);
	free(present);
	return most;
}

/* Two panels: all rows above, three of them below. */
static void script_write(const struct demand_set *set, enum demand_column column, FILE *out)
{
	static const char *const names[DEMAND_COLUMNS] = {
		"CPU (%)",
		"Memory (%)",
		"Network in (Mbit/s)",
		"Network out (Mbit/s)",
		"Disk read (MB/s)",
		"Disk write (MB/s)",
	};
	static const char *const colours[SHOWN] = {PLOT_GREEN, PLOT_BLUE, PLOT_VERMILION};
	struct bins b;
	uint32_t shown[SHOWN];
	bins_make(set, column, &b);
	rows_choose(&b, shown);
	double end_s = b.width_s * b.count;
	double most = data_write(&b, shown, plot_time_unit(end_s).size, out);
	fputs("set multiplot layout 2,1\n", out);
	plot_time_axis(out, end_s, false);
	plot_value_axis(out, most);
	fprintf(out, "set ylabel '%s'\nset key above left horizontal Left reverse samplen 1.6 nobox\n"
	             "plot $data using 1:3:7 with filledcurves lc rgb '%s' title '5 to 95 %% of rows', "
	             "'' using 1:4:6 with filledcurves lc rgb '%s' title '25 to 75 %%', "
	             "'' using 1:5 with lines lc rgb '%s' title 'median', "
	             "'' using 1:2 with lines lc rgb '%s' title 'mean'\n",
	        names[column], PLOT_SKY_AREA, PLOT_SKY, PLOT_BLUE, PLOT_VERMILION);
	plot_time_axis(out, end_s, true);
	for (uint32_t i = 0; i < SHOWN; i++) {
		char name[32];
		snprintf(name, sizeof name, "%.20s", set->row_names ? set->row_names[shown[i]] : "row");
		for (char *c = name; *c; c++)
			*c = *c == '\'' || (unsigned char)*c < ' ' ? '?' : *c;
		fprintf(out, "%s using 1:%u with lines lw 0.8 lc rgb '%s' title '%s' noenhanced",
		        i ? ", ''" : "plot $data", i + 8, colours[i], name);
	}
	fputs("\nunset multiplot\nset output\n", out);
	bins_free(&b);
}

static FILE *gnuplot_open(void)
{
	FILE *out = popen("gnuplot --default-settings -", "w");
	if (!out)
		fault_surroundings("gnuplot cannot be run: %s", strerror(errno));
	return out;
}

static void draw(const struct demand_set *set, const void *given)
{
	const struct plot_values *values = given;
	const char *folder = values->folder;
	enum plot_format picture = (enum plot_format)values->picture;
	static const char *const terminals[PLOT_FORMATS] = {
		[PLOT_SVG] = "svg size 1000,760 dynamic enhanced font 'sans,18' background '#ffffff'",
		[PLOT_PNG] = "pngcairo size 1400,1064 enhanced font 'sans,20' linewidth 1.8 background "
	                     "'#ffffff'",
		[PLOT_PDF] = "pdfcairo size 17.5cm,13.3cm enhanced font 'sans,12'",
	};
	unsigned drawn = 0;
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		fault_surroundings("cannot make the folder %s: %s", folder, strerror(errno));
	FILE *out = gnuplot_open();
	fprintf(out,
	        "set terminal %s\nset encoding utf8\nset border 3 lw 0.8 lc rgb '#404040'\n"
	        "set tics nomirror out scale 0.6\nset grid ytics lt 1 lw 0.5 lc rgb '#e4e4e4'\nset lmargin "
	        "10\n",
	        terminals[picture]);
	for (enum demand_column c = 0; c < DEMAND_COLUMNS; c++) {
		char path[PATH_MAX];
		if (!set->columns[c].at)
			continue;
		snprintf(path, sizeof path, "%.3800s/trace_%s.%s", folder, demand_column_names[c],
		         plot_format_names[picture]);
		fputs("set output ", out);
		plot_quoted(out, path);
		fputc('\n', out);
		script_write(set, c, out);
		drawn++;
	}
	int status = pclose(out);
	if (status != 0)
		fault_surroundings("gnuplot failed with status %d (Debian: apt-get install gnuplot-nox)",
		                   status >> 8);
	fprintf(stderr, "drew %u %s in %s\n", drawn, drawn == 1 ? "plot" : "plots", folder);
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct plot_values values = {.folder = "."};
	return trace_choice_go(command, argc, argv, &values, draw);
}

static const struct option options[] = {
	TRACE_CHOICE_OPTIONS(struct plot_values, choice),
	{"as", 0, OPTION_CHOICE, offsetof(struct plot_values, picture), "PICTURE", "one of",
         plot_format_names, PLOT_FORMATS},
	{"output", 'o', OPTION_TEXT, offsetof(struct plot_values, folder), "DIR",
         "where to put them: here if not told", NULL, 0},
	{0},
};

const struct command trace_plot_command = {
	.name = "trace plot",
	.arguments = "TRACE [--subset PART] [--format FORMAT] [--as svg|png|pdf] [-o DIR]",
	.summary = "Draw each column of a trace over time with gnuplot",
	.help = "DIR/trace_COLUMN.PICTURE: above, the mean of all rows and the ranges that half and nine "
                "tenths of\n"
		"them are in; below, three rows: of little, middling and much demand.",
	.options = options,
	.least_words = 1,
	.most_words = 1,
	.words_meaning = "a trace",
	.run = go,
};

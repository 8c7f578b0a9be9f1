/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim trace convert: a trace as a generic CSV, which the format csv reads again. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/trace.h"
#include "cli/trace_choice.h"
#include "scenarios/trace_stats.h"
#include "sim/time.h"

struct convert_values {
	struct trace_choice choice;
	const char *output;
};

/* How columns are headed: as fractions, and as they are where the rows' capacities are known. */
static const char *const fractions[DEMAND_COLUMNS] = {
	"cpu",
	"memory",
	"net_in_bps",
	"net_out_bps",
	"disk_read_bytes_s",
	"disk_write_bytes_s",
};

/* What the map that reads the file again says of them. */
static const char *const units[DEMAND_COLUMNS] = {"", "", " bit/s", " bit/s", " B/s", " B/s"};

static const double *capacity_of(const struct demand_set *set, uint32_t column)
{
	if (column == DEMAND_CPU)
		return set->row_cpu_hz;
	return column == DEMAND_MEMORY ? set->row_memory_bytes : NULL;
}

static const char *unit_of(uint32_t column)
{
	return column == DEMAND_CPU ? "hz" : "bytes";
}

static void heading_write(const struct demand_set *set, FILE *out)
{
	fputs("row,time_s", out);
	for (uint32_t c = 0; c < DEMAND_COLUMNS; c++) {
		if (!set->columns[c].at)
			continue;
		if (capacity_of(set, c))
			fprintf(out, ",%s_%s,%s_capacity_%s", fractions[c], unit_of(c), fractions[c],
			        unit_of(c));
		else
			fprintf(out, ",%s", fractions[c]);
	}
	fputc('\n', out);
}

/* How to read the file again. */
static void map_tell(const struct demand_set *set, const char *path)
{
	fprintf(stderr, "read it with format: csv, subset: 'row=row, time=time_s");
	for (uint32_t c = 0; c < DEMAND_COLUMNS; c++) {
		const char *name = demand_column_names[c], *unit = c == DEMAND_CPU ? "Hz" : "B";
		if (!set->columns[c].at)
			continue;
		if (capacity_of(set, c))
			fprintf(stderr, ", %s=%s_%s %s, %s_capacity=%s_capacity_%s %s", name, name,
			        unit_of(c), unit, name, name, unit_of(c), unit);
		else
			fprintf(stderr, ", %s=%s%s", name, fractions[c], units[c]);
	}
	fprintf(stderr, "'%s%s\n", path ? ", trace: " : "", path ? path : "");
}

static void name_write(const char *name, FILE *out)
{
	if (!name[strcspn(name, ",\"\r\n ")]) {
		fputs(name, out);
		return;
	}
	fputc('"', out);
	for (; *name; name++)
		fprintf(out, *name == '"' ? "\"\"" : "%c", *name);
	fputc('"', out);
}

static void stamp_write(int64_t ns, FILE *out)
{
	int64_t s = ns / NS_PER_S, rest = ns % NS_PER_S;
	int digits = 9;
	if (!rest) {
		fprintf(out, ",%" PRId64, s);
		return;
	}
	for (rest = rest < 0 ? -rest : rest; rest % 10 == 0; rest /= 10)
		digits--;
	fprintf(out, ",%s%" PRId64 ".%0*" PRId64, ns < 0 && !s ? "-" : "", s, digits, rest);
}

static void row_write(const struct demand_set *set, uint32_t row, FILE *out)
{
	char number[16];
	snprintf(number, sizeof number, "%" PRIu32, row);
	for (uint32_t i = 0; i < trace_row_count(set, row); i++) {
		name_write(set->row_names ? set->row_names[row] : number, out);
		stamp_write(set->origin_ns + trace_stamp_ns(set, row, i), out);
		for (uint32_t c = 0; c < DEMAND_COLUMNS; c++) {
			if (!set->columns[c].at)
				continue;
			const double *capacity = capacity_of(set, c);
			double x = trace_value(set, row, c, i);
			if (capacity)
				fprintf(out, ",%.12g,%.17g", x * capacity[row], capacity[row]);
			else
				fprintf(out, ",%.12g", x);
		}
		fputc('\n', out);
	}
}

static FILE *file_open(const char *path)
{
	FILE *out = fopen(path, "w");
	if (!out)
		fault_surroundings("cannot write %s: %s", path, strerror(errno));
	return out;
}

/* Beside and renamed, so that nothing half-written has the name. */
static void file_write(const struct demand_set *set, const char *path)
{
	char beside[PATH_MAX];
	if (path && snprintf(beside, sizeof beside, "%s.part", path) >= (int)sizeof beside)
		fault_surroundings("cannot write %s: %s", path, strerror(ENAMETOOLONG));
	FILE *out = path ? file_open(beside) : stdout;
	heading_write(set, out);
	for (uint32_t row = 0; row < set->rows && !ferror(out); row++)
		row_write(set, row, out);
	if (!path)
		return;
	bool well = !ferror(out);
	if (fclose(out) != 0 || !well || rename(beside, path) != 0) {
		int why = errno;
		unlink(beside);
		fault_surroundings("cannot write %s: %s", path, strerror(why));
	}
}

static void convert(const struct demand_set *set, const void *given)
{
	const struct convert_values *values = given;
	const char *path = values->output && strcmp(values->output, "-") != 0 ? values->output : NULL;
	file_write(set, path);
	map_tell(set, path);
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct convert_values values = {0};
	return trace_choice_go(command, argc, argv, &values, convert);
}

static const struct option options[] = {
	TRACE_CHOICE_OPTIONS(struct convert_values, choice),
	{"output", 'o', OPTION_TEXT, offsetof(struct convert_values, output), "FILE",
         "where to: stdout if not told", NULL, 0},
	{0},
};

const struct command trace_convert_command = {
	.name = "trace convert",
	.arguments = "TRACE [--subset PART] [--format FORMAT] [-o FILE]",
	.summary = "Write a trace as CSV: row, time_s and its columns, a line a sample",
	.help = "CPU and memory are fractions, or Hz and bytes where the trace tells what each row was "
                "given.\n"
		"stderr says how the format csv reads the file again.",
	.options = options,
	.least_words = 1,
	.most_words = 1,
	.words_meaning = "a trace",
	.run = go,
};

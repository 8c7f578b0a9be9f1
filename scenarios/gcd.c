/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a folder or archive of VMs made of Google's cluster data. */
#include "scenarios/gcd.h"

#include <stdio.h>

#include "scenarios/reading.h"
#include "sim/time.h"

#define PERIOD_NS (5 * NS_PER_MIN)
#define PERCENT 100.0
#define PERCENT_MOST 1000.0 /* sums of tasks: memory goes up to 215 % of the machine it was measured on */

bool gcd_parse(const char *text, size_t size, struct series *s, struct series_row *row,
               struct text_mistake *mistake)
{
	struct text_lines lines = {.at = text, .stop = text + size, .separator = ' '};
	*mistake = (struct text_mistake){0, "the file is empty"};
	while (text_next(&lines)) {
		double values[2];
		if (lines.count != 2) {
			mistake->line = lines.line;
			snprintf(mistake->text, sizeof mistake->text,
			         "%u numbers; a line has two, CPU and memory in percent", lines.count);
			return false;
		}
		for (uint32_t i = 0; i < 2; i++) {
			double *value = &values[i];
			if (!text_number(lines.fields[i], false, value) || *value < 0 ||
			    *value > PERCENT_MOST)
				return text_wrong(mistake, lines.line, lines.fields[i],
				                  "is not a percent from 0 to 1000");
			*value /= PERCENT;
		}
		series_add(s, row, row->count * PERIOD_NS, values);
	}
	return row->count > 0;
}

static bool file_read(void *context, const struct reading_file *file, struct series *s,
                      struct text_mistake *mistake)
{
	(void)context;
	struct series_row *row = series_row(s, file->name.at, file->name.length);
	bool well = gcd_parse(file->text, file->size, s, row, mistake);
	series_row_end(s, row);
	return well;
}

static bool gcd_read(const char *path, const char *subset, struct demand_set *set, struct place place,
                     struct diag *diag)
{
	struct reading r = {.format = "gcd", .path = path, .subset = subset, .file = file_read};
	reading_init(&r);
	series_column(&r.series, DEMAND_CPU);
	series_column(&r.series, DEMAND_MEMORY);
	return reading_make(&r, set, place, diag);
}

const struct trace_reader gcd_reader = {
	"gcd",
	"VMs made of Google's cluster data: a file a VM, CPU and memory in percent a line, every 5 min",
	1,
	gcd_read,
};

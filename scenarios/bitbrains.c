/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a folder or archive of Bitbrains or Materna files. */
#include "scenarios/bitbrains.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/reading.h"
#include "sim/time.h"

#define KB 1024.0
#define KB_BITS (KB * 8)
#define MHZ 1e6
#define STAMP_MOST_S 4e9 /* the year 2096: beyond that, stamps are not seconds */

/* What a line tells, in the order of the words below. */
enum fact {
	FACT_STAMP,
	FACT_CPU_GIVEN,
	FACT_CPU,
	FACT_MEMORY_GIVEN,
	FACT_MEMORY,
	FACT_NET_IN,
	FACT_NET_OUT,
	FACT_DISK_READ,
	FACT_DISK_WRITE,
	FACTS
};

/* How a heading begins. */
static const char *const heading_words[FACTS] = {
	"Timestamp",
	"CPU capacity provisioned",
	"CPU usage [MHZ]",
	"Memory capacity provisioned",
	"Memory usage [KB]",
	"Network received",
	"Network transmitted",
	"Disk read",
	"Disk write",
};

static const double fact_units[FACTS] = {1, MHZ, MHZ, KB, KB, KB_BITS, KB_BITS, KB, KB};

struct heading {
	bool known[FACTS];
	uint32_t field[FACTS];
	uint32_t fields; /* that a line must have at least */
};

void bitbrains_columns(struct series *s)
{
	for (enum demand_column c = 0; c < DEMAND_COLUMNS; c++)
		series_column(s, c);
	s->cpu_in_hz = s->memory_in_bytes = true;
}

static bool begins(struct text_field field, const char *words)
{
	size_t n = strlen(words);
	return field.length >= n && memcmp(field.at, words, n) == 0;
}

static bool heading_read(const struct text_lines *lines, struct heading *h, struct text_mistake *mistake)
{
	*h = (struct heading){0};
	for (uint32_t i = 0; i < lines->count; i++)
		for (uint32_t f = 0; f < FACTS; f++)
			if (!h->known[f] && begins(lines->fields[i], heading_words[f])) {
				h->known[f] = true;
				h->field[f] = i;
				h->fields = i + 1 > h->fields ? i + 1 : h->fields;
			}
	for (uint32_t f = 0; f <= FACT_CPU; f++) {
		if (h->known[f])
			continue;
		mistake->line = lines->line;
		snprintf(mistake->text, sizeof mistake->text, "the heading has no column '%s'; "
		                                              "the columns are separated by ';'",
		         heading_words[f]);
		return false;
	}
	return true;
}

static bool stamp_read(struct text_field field, double *stamp_s, struct text_mistake *mistake, uint32_t line)
{
	int64_t ns;
	if (text_number(field, false, stamp_s) && *stamp_s >= 0 && *stamp_s < STAMP_MOST_S)
		return true;
	if (!text_date(field, &ns))
		return text_wrong(mistake, line, field, "is neither seconds since 1970 nor a date and time");
	*stamp_s = (double)ns / 1e9;
	return true;
}

static bool fact_read(const struct text_lines *lines, struct text_field field, double *value,
                      struct text_mistake *mistake)
{
	if (!text_number(field, false, value) && !text_number(field, true, value))
		return text_wrong(mistake, lines->line, field, "is not a number");
	if (*value < 0 || *value > 1e15)
		return text_wrong(mistake, lines->line, field, "is not from 0 to 1e15");
	return true;
}

static bool line_read(const struct text_lines *lines, const struct heading *h, double facts[static FACTS],
                      struct text_mistake *mistake)
{
	if (lines->count < h->fields) {
		mistake->line = lines->line;
		snprintf(mistake->text, sizeof mistake->text, "%u fields, where the heading asks for %u",
		         lines->count, h->fields);
		return false;
	}
	if (!stamp_read(lines->fields[h->field[FACT_STAMP]], &facts[FACT_STAMP], mistake, lines->line))
		return false;
	for (uint32_t f = 1; f < FACTS; f++) {
		facts[f] = 0;
		if (h->known[f] && !fact_read(lines, lines->fields[h->field[f]], &facts[f], mistake))
			return false;
		facts[f] *= fact_units[f];
	}
	return true;
}

bool bitbrains_parse(const char *text, size_t size, struct series *s, struct series_row *row,
                     struct text_mistake *mistake)
{
	struct text_lines lines = {.at = text, .stop = text + size, .separator = ';'};
	struct heading h;
	double facts[FACTS];
	*mistake = (struct text_mistake){0, "the file is empty"};
	if (!text_next(&lines) || !heading_read(&lines, &h, mistake))
		return false;
	while (text_next(&lines)) {
		if (!line_read(&lines, &h, facts, mistake))
			return false;
		const double values[DEMAND_COLUMNS] = {
			facts[FACT_CPU],
			facts[FACT_MEMORY],
			facts[FACT_NET_IN],
			facts[FACT_NET_OUT],
			facts[FACT_DISK_READ],
			facts[FACT_DISK_WRITE],
		};
		int64_t stamp_ns = (int64_t)demand_round(facts[FACT_STAMP] * 1000) * NS_PER_MS;
		if (!series_add(s, row, stamp_ns, values))
			return text_wrong(mistake, lines.line, lines.fields[h.field[FACT_STAMP]],
			                  "is before the stamp of the line before");
		row->cpu_hz = facts[FACT_CPU_GIVEN] > row->cpu_hz ? facts[FACT_CPU_GIVEN] : row->cpu_hz;
		if (facts[FACT_MEMORY_GIVEN] > row->memory_bytes)
			row->memory_bytes = facts[FACT_MEMORY_GIVEN];
	}
	if (!row->count)
		snprintf(mistake->text, sizeof mistake->text, "there is no sample under the heading");
	return row->count > 0;
}

static bool file_read(void *context, const struct reading_file *file, struct series *s,
                      struct text_mistake *mistake)
{
	(void)context;
	struct series_row *row = series_row(s, file->name.at, file->name.length);
	bool well = bitbrains_parse(file->text, file->size, s, row, mistake);
	series_row_end(s, row);
	return well;
}

static bool bitbrains_read(const char *path, const char *subset, struct demand_set *set, struct place place,
                           struct diag *diag)
{
	struct reading r = {.format = "bitbrains", .path = path, .subset = subset, .file = file_read};
	reading_init(&r);
	bitbrains_columns(&r.series);
	return reading_make(&r, set, place, diag);
}

const struct trace_reader bitbrains_reader = {
	"bitbrains",
	"Bitbrains, Materna: a file a VM; time, CPU in MHz, memory, disk, network a line, with ';'",
	1,
	bitbrains_read,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads any table in text by a map of its columns. */
#include "scenarios/csv.h"

#include <stdio.h>
#include <string.h>

#include "sim/time.h"

#define VALUE_MOST 1e18
/* A fraction without a % above this is a percent, as is a percent above a hundred times 100 %. */
#define FRACTION_MOST 1.5
#define PERCENT_MOST 100.0

/* Which column of the demand a role is; the first of them, and their number. */
#define FIRST_VALUE CSV_CPU
#define VALUES 6

/* The map with the fields as this file has them. */
struct layout {
	const struct csv_map *map;
	uint32_t field[CSV_ROLES];
	uint32_t fields;      /* that a line must have at least */
	uint32_t rows_before; /* of the series */
};

/* Halves away from zero. */
static int64_t whole_ns(double ns)
{
	return (int64_t)(ns < 0 ? ns - 0.5 : ns + 0.5);
}

void csv_columns(const struct csv_map *map, struct series *s)
{
	for (uint32_t v = 0; v < VALUES; v++)
		if (map->columns[FIRST_VALUE + v].mapped)
			series_column(s, (enum demand_column)v);
	s->cpu_in_hz = map->columns[CSV_CPU].unit;
	s->memory_in_bytes = map->columns[CSV_MEMORY].unit;
	if (map->start_given) {
		s->origin_given = true;
		s->origin_ns = whole_ns(map->start * map->columns[CSV_TIME].factor);
	}
}

/* Where semicolons separate, decimals may have a comma. */
static bool number_of(const struct text_lines *lines, struct text_field field, double *value)
{
	return text_number(field, false, value) ||
	       (lines->separator == ';' && text_number(field, true, value));
}

static bool is_header(const struct csv_map *map, const struct text_lines *lines)
{
	double x;
	if (map->header != CSV_HEADER_GUESSED)
		return map->header == CSV_HEADER_YES;
	for (uint32_t i = 0; i < CSV_ROLES; i++)
		if (map->columns[i].mapped && map->columns[i].name)
			return true;
	for (uint32_t i = 0; i < CSV_ROLES; i++) {
		const struct csv_column *c = &map->columns[i];
		bool number = c->mapped && i != CSV_ROW && !(i == CSV_TIME && map->date);
		if (number && c->field < lines->count && lines->fields[c->field].length &&
		    !number_of(lines, lines->fields[c->field], &x))
			return true;
	}
	return false;
}

/* "there is no column 'x'; the heading has 'a', 'b'". */
static bool no_column(const struct text_lines *lines, const char *name, struct text_mistake *mistake)
{
	size_t size = sizeof mistake->text, at = 0;
	mistake->line = lines->line;
	at += (size_t)snprintf(mistake->text, size, "there is no column '%.40s'; the heading has", name);
	for (uint32_t i = 0; i < lines->count && at + 40 < size; i++) {
		const struct text_field *f = &lines->fields[i];
		int length = f->length > 24 ? 24 : (int)f->length;
		at += (size_t)snprintf(mistake->text + at, size - at, "%s '%.*s'", i ? "," : "", length,
		                       f->at);
	}
	return false;
}

/* Where the map's columns are in this file. The heading, if there is one, is lines' present line. */
static bool layout_make(struct layout *l, const struct text_lines *lines, bool header,
                        struct text_mistake *mistake)
{
	for (uint32_t i = 0; i < CSV_ROLES; i++) {
		const struct csv_column *c = &l->map->columns[i];
		if (!c->mapped)
			continue;
		l->field[i] = c->field;
		if (c->name) {
			uint32_t k = 0;
			while (header && k < lines->count && !text_is(lines->fields[k], c->name))
				k++;
			if (!header || k == lines->count)
				return no_column(lines, c->name, mistake);
			l->field[i] = k;
		}
		l->fields = l->field[i] + 1 > l->fields ? l->field[i] + 1 : l->fields;
	}
	return true;
}

enum outcome { READ_WELL,
	       READ_NOTHING,
	       READ_WRONG };

static enum outcome wrong(struct text_mistake *mistake, const struct text_lines *lines,
                          struct text_field field, const char *what)
{
	text_wrong(mistake, lines->line, field, what);
	return READ_WRONG;
}

static enum outcome number_read(const struct layout *l, const struct text_lines *lines, uint32_t role,
                                double *value, struct text_mistake *mistake)
{
	struct text_field field = lines->fields[l->field[role]];
	if (field.length == 0 && l->map->skip_empty)
		return READ_NOTHING;
	if (!number_of(lines, field, value))
		return wrong(mistake, lines, field,
		             field.length ? "is not a number"
		                          : "is not a number; empty=skip leaves such lines out");
	*value = l->map->columns[role].percent ? *value / 100 : *value * l->map->columns[role].factor;
	return READ_WELL;
}

static enum outcome value_read(const struct layout *l, const struct text_lines *lines, uint32_t role,
                               double *value, struct text_mistake *mistake)
{
	const struct csv_column *c = &l->map->columns[role];
	enum outcome outcome = number_read(l, lines, role, value, mistake);
	struct text_field field = lines->fields[l->field[role]];
	bool fraction = role <= CSV_MEMORY && !c->unit;
	if (outcome != READ_WELL)
		return outcome;
	if (*value < 0)
		return wrong(mistake, lines, field, "is negative");
	if (fraction && !c->percent && *value > FRACTION_MOST)
		return wrong(
			mistake, lines, field,
			role == CSV_CPU
				? "is not a fraction from 0 to 1; if it is a percent: 'cpu=COLUMN %'"
				: "is not a fraction from 0 to 1; if it is a percent: 'memory=COLUMN %'");
	if (*value > (fraction ? PERCENT_MOST : VALUE_MOST))
		return wrong(mistake, lines, field, "is too large; is the unit right?");
	return READ_WELL;
}

static enum outcome stamp_read(const struct layout *l, const struct text_lines *lines,
                               const struct series_row *row, int64_t *ns, struct text_mistake *mistake)
{
	const struct csv_map *map = l->map;
	double x;
	if (map->period_ns) {
		*ns = row->count * map->period_ns;
		return READ_WELL;
	}
	struct text_field field = lines->fields[l->field[CSV_TIME]];
	if (map->date)
		return text_date(field, ns)
		               ? READ_WELL
		               : wrong(mistake, lines, field, "is not a date like 2013-08-01 12:00:00");
	enum outcome outcome = number_read(l, lines, CSV_TIME, &x, mistake);
	if (outcome != READ_WELL)
		return outcome;
	if (x > CSV_STAMP_MOST_NS || x < -CSV_STAMP_MOST_NS)
		return wrong(mistake, lines, field, "is too far away for a time; is its unit right?");
	*ns = whole_ns(x);
	return READ_WELL;
}

static enum outcome sample_read(const struct layout *l, const struct text_lines *lines, struct series *s,
                                struct series_row *row, struct text_mistake *mistake)
{
	double values[VALUES], capacity;
	uint32_t n = 0;
	int64_t stamp_ns = 0;
	enum outcome outcome = stamp_read(l, lines, row, &stamp_ns, mistake);
	for (uint32_t role = FIRST_VALUE; role < FIRST_VALUE + VALUES && outcome == READ_WELL; role++)
		if (l->map->columns[role].mapped)
			outcome = value_read(l, lines, role, &values[n++], mistake);
	for (uint32_t role = CSV_CPU_CAPACITY; role < CSV_ROLES && outcome == READ_WELL; role++) {
		double *most = role == CSV_CPU_CAPACITY ? &row->cpu_hz : &row->memory_bytes;
		if (!l->map->columns[role].mapped)
			continue;
		outcome = value_read(l, lines, role, &capacity, mistake);
		if (outcome == READ_WELL && capacity > *most)
			*most = capacity;
	}
	if (outcome == READ_WELL && !series_add(s, row, stamp_ns, values))
		return wrong(mistake, lines, lines->fields[l->field[CSV_TIME]],
		             "is before the stamp of the row's line before; sort the file by time");
	return outcome;
}

/* The row that a line belongs to. */
static struct series_row *row_of(const struct layout *l, const struct text_lines *lines,
                                 const struct reading_file *file, struct series *s)
{
	if (l->map->columns[CSV_ROW].mapped) {
		struct text_field name = lines->fields[l->field[CSV_ROW]];
		return series_row_named(s, name.at, name.length);
	}
	if (s->row_count == l->rows_before)
		return series_row(s, file->name.at, file->name.length);
	return &s->rows[s->row_count - 1];
}

static bool lines_read(struct layout *l, struct text_lines *lines, const struct reading_file *file,
                       struct series *s, struct text_mistake *mistake)
{
	do {
		if (lines->count < l->fields) {
			mistake->line = lines->line;
			snprintf(mistake->text, sizeof mistake->text,
			         "the line has %u columns with '%c' between, and the map names column %u",
			         lines->count, lines->separator == '\t' ? ' ' : lines->separator, l->fields);
			return false;
		}
		if (sample_read(l, lines, s, row_of(l, lines, file, s), mistake) == READ_WRONG)
			return false;
	} while (text_next(lines));
	return true;
}

bool csv_parse(struct csv_map *map, const struct reading_file *file, struct series *s,
               struct text_mistake *mistake)
{
	struct text_lines lines = {
		.at = file->text, .stop = file->text + file->size, .separator = map->separator};
	struct layout l = {.map = map, .rows_before = s->row_count};
	*mistake = (struct text_mistake){0, "the file is empty"};
	if (!lines.separator)
		lines.separator = text_separator(lines.at, lines.stop);
	if (!text_next(&lines))
		return false;
	bool header = is_header(map, &lines);
	if (!layout_make(&l, &lines, header, mistake))
		return false;
	snprintf(mistake->text, sizeof mistake->text, "there is no line under the heading");
	return (!header || text_next(&lines)) && lines_read(&l, &lines, file, s, mistake);
}

static bool file_read(void *context, const struct reading_file *file, struct series *s,
                      struct text_mistake *mistake)
{
	return csv_parse(context, file, s, mistake);
}

static bool csv_read(const char *path, const char *subset, struct demand_set *set, struct place place,
                     struct diag *diag)
{
	struct csv_map map;
	const char *why;
	*set = (struct demand_set){0};
	if (!csv_map_read(&map, subset, &diag->arena, &why)) {
		diag_error(diag, place, "trace %s: %s", path, why);
		return false;
	}
	struct reading r = {
		.format = "csv",
		.path = path,
		.glob = map.glob,
		.file = file_read,
		.context = &map,
	};
	reading_init(&r);
	csv_columns(&map, &r.series);
	return reading_make(&r, set, place, diag);
}

const struct trace_reader csv_reader = {
	"csv",
	"any table in text; the subset says which column is what: 'time=1 s, cpu=3 %'",
	1,
	csv_read,
};

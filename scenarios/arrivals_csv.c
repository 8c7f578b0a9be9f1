/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of guests in CSV: finds columns, reads numbers, opens files. */
#include "scenarios/arrivals_csv.h"

#include <stdio.h>
#include <sys/stat.h>

bool columns_wrong(struct text_mistake *mistake, uint32_t line, const char *what)
{
	mistake->line = line;
	snprintf(mistake->text, sizeof mistake->text, "%s", what);
	return false;
}

bool columns_find(struct text_lines *lines, struct columns *columns, struct text_mistake *mistake)
{
	if (!text_next(lines))
		return columns_wrong(mistake, 0, "the file is empty");
	for (uint32_t c = 0; columns->names[c]; c++) {
		uint32_t f = 0;
		while (f < lines->count && !text_is(lines->fields[f], columns->names[c]))
			f++;
		columns->at[c] = f;
		if (f < lines->count)
			continue;
		snprintf(mistake->text, sizeof mistake->text, "the first line names no column '%s'",
		         columns->names[c]);
		mistake->line = lines->line;
		return false;
	}
	return true;
}

struct text_field columns_field(const struct text_lines *lines, const struct columns *columns,
                                unsigned column)
{
	uint32_t f = columns->at[column];
	return f < lines->count ? lines->fields[f] : (struct text_field){"", 0};
}

bool columns_whole(const struct text_lines *lines, const struct columns *columns,
                   const struct columns_limits *limits, int64_t *values, struct text_mistake *mistake)
{
	for (uint32_t c = 0; c < columns->whole; c++) {
		double value;
		struct text_field field = columns_field(lines, columns, c);
		if (text_number(field, false, &value) && value >= (double)limits[c].least &&
		    value <= (double)limits[c].most) {
			values[c] = (int64_t)value;
			continue;
		}
		char what[120];
		snprintf(what, sizeof what, "is no %s from %lld to %lld", columns->names[c],
		         (long long)limits[c].least, (long long)limits[c].most);
		return text_wrong(mistake, lines->line, field, what);
	}
	return true;
}

struct csv_reading {
	const char *path, *slash, *stem; /* slash, stem: of a folder; else empty */
	arrivals_parse *parse;
	struct arrivals *out;
	const struct arrivals_told *told;
	bool done;
};

static bool file_take(void *context, const struct archive_file *file)
{
	struct csv_reading *r = context;
	struct text_mistake mistake = {0, ""};
	r->done = r->parse(file->data, file->size, r->out, &mistake);
	if (!r->done)
		diag_error(r->told->diag, r->told->place, "%s%s%s:%u: %s", r->path, r->slash, r->stem,
		           mistake.line, mistake.text);
	return false;
}

bool arrivals_csv_read(const char *path, const char *stem, arrivals_parse *parse, struct arrivals *out,
                       const struct arrivals_told *told)
{
	struct stat st;
	bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	struct csv_reading r = {path, folder ? "/" : "", folder ? stem : "", parse, out, told, false};
	bool well = folder ? arrivals_text(path, stem, file_take, &r, told->place, told->diag)
	                   : archive_read(path, NULL, file_take, &r, told->place, told->diag);
	if (!well || !r.done)
		return false;
	arrivals_sort(out);
	return true;
}

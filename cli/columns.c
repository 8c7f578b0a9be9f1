/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads rows by the names of their columns. */
#include "cli/columns.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/archive.h"
#include "sim/fault.h"
#include "sim/memory.h"

struct text_copy {
	char *text;
	size_t length;
};

static bool text_keep(void *context, const struct archive_file *file)
{
	struct text_copy *copy = context;
	copy->text = memory_string_n(file->data, file->size);
	copy->length = file->size;
	return false;
}

static bool is_packed(const char *path)
{
	const char *dot = strrchr(path, '.');
	return dot && (strcmp(dot, ".gz") == 0 || strcmp(dot, ".xz") == 0);
}

static char *file_text(const char *path, size_t *length, struct diag *diag)
{
	if (is_packed(path)) {
		struct text_copy copy = {NULL, 0};
		archive_read(path, NULL, text_keep, &copy, (struct place){path, 0, 0}, diag);
		*length = copy.length;
		return copy.text;
	}
	char *text = NULL;
	size_t room = 0;
	errno = 0;
	FILE *file = fopen(path, "r");
	ssize_t got = file ? getdelim(&text, &room, '\0', file) : -1;
	if (got < 0 && errno)
		diag_error(diag, (struct place){path, 0, 0}, "%s", strerror(errno));
	if (file)
		fclose(file);
	*length = got > 0 ? (size_t)got : 0;
	return text;
}

struct place columns_place(const struct columns *c)
{
	return (struct place){c->path, c->lines.line, 0};
}

struct place columns_at(const struct columns *c, uint32_t column)
{
	struct place place = columns_place(c);
	uint32_t at = c->at[column];
	if (at >= c->lines.count)
		return place;
	const char *line = c->lines.fields[at].at;
	while (line > c->text && line[-1] != '\n')
		line--;
	place.column = (uint32_t)(c->lines.fields[at].at - line) + 1;
	return place;
}

bool columns_open(struct columns *c, const char *path, const struct column *table, uint32_t count,
                  struct diag *diag)
{
	size_t length;
	ASSERT(count <= COLUMNS_MOST);
	*c = (struct columns){.table = table, .count = count, .diag = diag, .path = path};
	c->text = file_text(path, &length, diag);
	if (diag->errors)
		return false;
	const char *begin = c->text && length ? c->text : "";
	c->lines = (struct text_lines){.at = begin, .stop = begin + length, .separator = ','};
	if (!text_next(&c->lines)) {
		diag_error(diag, (struct place){path, 1, 1},
		           "the file is empty; a line of column names is expected");
		return false;
	}
	for (uint32_t column = 0; column < count; column++) {
		c->at[column] = UINT32_MAX;
		for (uint32_t i = 0; i < c->lines.count; i++)
			if (text_is(c->lines.fields[i], table[column].name))
				c->at[column] = i;
		if (table[column].required && !columns_has(c, column))
			diag_error(diag, columns_place(c), "there is no column '%s'", table[column].name);
	}
	return diag->errors == 0;
}

void columns_close(struct columns *c)
{
	free(c->text);
	c->text = NULL;
}

bool columns_next(struct columns *c)
{
	return text_next(&c->lines);
}

bool columns_has(const struct columns *c, uint32_t column)
{
	return c->at[column] != UINT32_MAX;
}

struct text_field columns_text(const struct columns *c, uint32_t column)
{
	uint32_t at = c->at[column];
	return at < c->lines.count ? c->lines.fields[at] : (struct text_field){"", 0};
}

double columns_number(const struct columns *c, uint32_t column)
{
	const struct column *k = &c->table[column];
	struct text_field field = columns_text(c, column);
	double value = 0;
	if (field.length == 0 && k->may_be_empty)
		return (double)NAN;
	int shown = field.length > 40 ? 40 : (int)field.length;
	if (!text_number(field, false, &value)) {
		diag_error(c->diag, columns_at(c, column), "%s: '%.*s' is not a number", k->name, shown,
		           field.at);
		return k->least;
	}
	if (value >= k->least && value <= k->most && (!k->whole || value == floor(value)))
		return value;
	diag_error(c->diag, columns_at(c, column), "%s: %.*s is not %s from %g to %g", k->name, shown,
	           field.at, k->whole ? "a whole number" : "a number", k->least, k->most);
	return k->least;
}

uint32_t columns_choice(const struct columns *c, uint32_t column, const char *const *names, uint32_t count)
{
	struct text_field field = columns_text(c, column);
	char allowed[200] = "";
	for (uint32_t i = 0; i < count; i++) {
		if (text_is(field, names[i]))
			return i;
		size_t length = strlen(allowed);
		snprintf(allowed + length, sizeof allowed - length, "%s%s", i ? ", " : "", names[i]);
	}
	diag_error(c->diag, columns_at(c, column), "%s: '%.*s' is none of %s", c->table[column].name,
	           field.length > 40 ? 40 : (int)field.length, field.at, allowed);
	return 0;
}

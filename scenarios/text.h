/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of text as fields, and fields as numbers and dates: what readers of CSV have in common.
 *
 * Fields point into the text; blanks around them and the quotes of RFC 4180 are left out (a doubled
 * quote inside stays doubled). Numbers are read exactly, as strtod does; hexadecimal ones, infinities
 * and NaN are none. */
#ifndef SCENARIOS_TEXT_H
#define SCENARIOS_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#define TEXT_FIELDS 256

struct text_field {
	const char *at;
	uint32_t length;
};

/* What is wrong with a file's text. */
struct text_mistake {
	uint32_t line;          /* from 1; 0: the whole file */
	char text[200];         /* "'x' is not a number" */
};

/* Where a reader stands in a text that is NUL-terminated at stop. */
struct text_lines {
	const char *at, *stop;
	char separator;         /* ' ': any number of blanks */
	uint32_t line;          /* of the fields below, from 1 */
	uint32_t count;         /* fields in the line, at most TEXT_FIELDS: those behind are left out */
	struct text_field fields[TEXT_FIELDS];
};

/* Splits the next line that is not blank. False at the end of the text. */
bool text_next(struct text_lines *lines);

/* The separator of a line: the one of ';', tab, ',' that is in it, in this order; else ' '. */
char text_separator(const char *at, const char *stop);

/* With `comma` the decimal point is a comma. */
bool text_number(struct text_field field, bool comma, double *value);

/* "2013-08-01 12:00:00", "2013-08-01T12:00:00Z", "01.08.2013 12:00:00" as UTC since 1970. */
bool text_date(struct text_field field, int64_t *ns);

bool text_is(struct text_field field, const char *text);

/* Notes a mistake in the present line; returns false. `field` goes into the message, cut and cleaned. */
bool text_wrong(struct text_mistake *mistake, uint32_t line, struct text_field field, const char *what);

/* What was made of `name` when it was written: "data" is what libarchive calls a lone packed file, which
 * then has the name of `path`; without folders, and without ".csv" and ".gz" or the like. The result
 * points into one of them. */
struct text_field text_file_name(const char *path, const char *name);

#endif

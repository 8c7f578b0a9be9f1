/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A CSV file of measurements, read by the names of its columns: every mistake is told with its line.
 *
 * Columns that the table does not name are never looked at. */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/diag.h"
#include "scenarios/text.h"

#define COLUMNS_MOST 32

struct column {
	const char *name;
	bool required, may_be_empty, whole;
	double least, most;      /* of its numbers; equal: no limits are told and it is text */
};

struct columns {
	const struct column *table;
	uint32_t count;
	struct diag *diag;
	const char *path;
	char *text;
	struct text_lines lines;
	uint32_t at[COLUMNS_MOST]; /* which field; UINT32_MAX: there is no such column */
};

/* Reads the file and its first line; false after mistakes. To be closed either way. */
bool columns_open(struct columns *c, const char *path, const struct column *table, uint32_t count,
                  struct diag *diag);
void columns_close(struct columns *c);

bool columns_next(struct columns *c);                     /* the next row; false at the end */
bool columns_has(const struct columns *c, uint32_t column);
struct text_field columns_text(const struct columns *c, uint32_t column);
/* The number in the row; NaN where it is empty and may be; after a mistake the least allowed. */
double columns_number(const struct columns *c, uint32_t column);
/* Which of the names stands in the row; told as a mistake, and 0, when none does. */
uint32_t columns_choice(const struct columns *c, uint32_t column, const char *const *names, uint32_t count);
struct place columns_place(const struct columns *c);       /* the line */
struct place columns_at(const struct columns *c, uint32_t column); /* where in it the field begins */

#endif

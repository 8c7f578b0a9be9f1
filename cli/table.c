/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Aligned tables take two passes over the cells: one for the widths, one to print. */
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

#include "sim/memory.h"

/* Columns that a text takes on a terminal: bytes of UTF-8 that continue a character take none. */
static uint32_t columns_of(const char *text)
{
	uint32_t n = 0;
	for (; *text; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}

static void csv_cell(const char *text, FILE *out)
{
	if (!text[strcspn(text, ",\"\r\n")]) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static const char *heading_of(const struct table *t, uint32_t column, struct cell *cell)
{
	cell->number = false;
	t->heading(t->context, column, cell);
	return cell->text;
}

static const char *cell_of(const struct table *t, uint64_t row, uint32_t column, struct cell *cell)
{
	cell->number = false;
	t->cell(t->context, row, column, cell);
	return cell->text;
}

static void csv_print(const struct table *t, FILE *out)
{
	struct cell cell = {.form = TABLE_CSV};
	for (uint32_t c = 0; c < t->columns; c++) {
		fputs(c ? "," : "", out);
		csv_cell(heading_of(t, c, &cell), out);
	}
	fputc('\n', out);
	for (uint64_t r = 0; r < t->rows; r++) {
		for (uint32_t c = 0; c < t->columns; c++) {
			fputs(c ? "," : "", out);
			csv_cell(cell_of(t, r, c, &cell), out);
		}
		fputc('\n', out);
	}
}

static void pad(uint32_t from, uint32_t to, FILE *out)
{
	while (from++ < to)
		fputc(' ', out);
}

/* One cell; the last column is not padded when it stands to the left. */
static void aligned_cell(const char *text, uint32_t width, bool right, bool last, FILE *out)
{
	uint32_t taken = columns_of(text);
	if (right)
		pad(taken, width, out);
	fputs(text, out);
	if (!right && !last)
		pad(taken, width, out);
	fputs(last ? "\n" : "  ", out);
}

static void aligned_print(const struct table *t, FILE *out)
{
	struct cell cell = {.form = TABLE_ALIGNED};
	uint32_t *width = memory_new(t->columns, sizeof *width, "column widths");
	bool *number = memory_new(t->columns, sizeof *number, "column widths");
	for (uint32_t c = 0; c < t->columns; c++) {
		width[c] = columns_of(heading_of(t, c, &cell));
		number[c] = t->rows > 0;
	}
	for (uint64_t r = 0; r < t->rows; r++)
		for (uint32_t c = 0; c < t->columns; c++) {
			uint32_t taken = columns_of(cell_of(t, r, c, &cell));
			number[c] &= cell.number;
			width[c] = taken > width[c] ? taken : width[c];
		}
	for (uint32_t c = 0; c < t->columns; c++)
		aligned_cell(heading_of(t, c, &cell), width[c], number[c], c + 1 == t->columns, out);
	for (uint64_t r = 0; r < t->rows; r++)
		for (uint32_t c = 0; c < t->columns; c++)
			aligned_cell(cell_of(t, r, c, &cell), width[c], number[c], c + 1 == t->columns, out);
	free(width);
	free(number);
}

void table_print(const struct table *table, enum table_form form, FILE *out)
{
	if (form == TABLE_CSV)
		csv_print(table, out);
	else
		aligned_print(table, out);
}

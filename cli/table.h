/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables for people (columns aligned, numbers to the right) and for programs (CSV as in RFC 4180). */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define CELL_SIZE 512

enum table_form { TABLE_ALIGNED, TABLE_CSV };

struct cell {
	enum table_form form;      /* in: people get short numbers, programs all digits */
	bool number;               /* out: stands to the right; false before each call */
	char text[CELL_SIZE];      /* out */
};

/* Cells are asked for, not kept: a table of millions of rows takes no memory. `row` counts from 0. */
struct table {
	uint64_t rows;
	uint32_t columns;
	const void *context;
	void (*heading)(const void *context, uint32_t column, struct cell *cell);
	void (*cell)(const void *context, uint64_t row, uint32_t column, struct cell *cell);
};

void table_print(const struct table *table, enum table_form form, FILE *out);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lists of guests in CSV have in common: columns by name, and numbers with limits. */
#ifndef SCENARIOS_ARRIVALS_CSV_H
#define SCENARIOS_ARRIVALS_CSV_H

#include "scenarios/arrivals.h"
#include "scenarios/text.h"

#define COLUMNS_MOST 8

struct columns {
	const char *const *names;       /* ended by NULL; the first `whole` hold whole numbers */
	uint32_t whole;
	uint32_t at[COLUMNS_MOST];      /* the field of each */
};

/* Reads the first line. False, and told, when one is missing. */
bool columns_find(struct text_lines *lines, struct columns *columns, struct text_mistake *mistake);

/* Notes what is wrong with a whole line, or with line 0 the whole file; returns false. */
bool columns_wrong(struct text_mistake *mistake, uint32_t line, const char *what);

/* The field of a column in the present line; empty when the line is short. */
struct text_field columns_field(const struct text_lines *lines, const struct columns *columns,
                                unsigned column);

/* The first columns.whole columns as whole numbers; false, and told, at the first that is none or outside
 * its limits. */
struct columns_limits {
	int64_t least, most;
};
bool columns_whole(const struct text_lines *lines, const struct columns *columns,
                   const struct columns_limits *limits, int64_t *values, struct text_mistake *mistake);

/* Whom to tell of mistakes, and where the list is named. */
struct arrivals_told {
	struct place place;
	struct diag *diag;
};

/* Reads a file, or the file `stem` of a folder, by `parse`, and puts the arrivals in order. */
typedef bool arrivals_parse(const char *text, size_t size, struct arrivals *out,
                            struct text_mistake *mistake);
bool arrivals_csv_read(const char *path, const char *stem, arrivals_parse *parse, struct arrivals *out,
                       const struct arrivals_told *told);

#endif

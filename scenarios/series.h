/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples as a reader meets them, row by row, and the demand set that they become.
 *
 * A reader adds rows, and to each row samples in ascending order of time: a stamp and one value a
 * column. The set has, per column,
 *   CPU, memory   fractions of the row's capacity, where rows have one (values are then Hz and
 *                 bytes), else fractions as they are. Whole percents are kept as such, in 8 bits;
 *                 all else in 16 bits: 65535 means 1 or, where a sample is above 1, so much that the
 *                 largest fits. Nothing is cut off.
 *   net, disk     16 bits; 65535 means the largest sample (column_max, bit/s or byte/s).
 * A sample with the stamp of the one before replaces it: it is the one that holds. A row that uses
 * more than four times its capacity, or has none, gets its largest use as its capacity.
 * The axis begins at the earliest stamp (or where the reader says): set->origin_ns. It is regular
 * when all rows have the same stamps at even distances, else each row keeps its own. */
#ifndef SCENARIOS_SERIES_H
#define SCENARIOS_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/demand.h"
#include "sim/memory.h"

struct series_row {
	const char *name;
	int64_t *stamps_ns;
	double *values; /* [count][series.columns] */
	uint32_t count, room;
	double cpu_hz, memory_bytes; /* capacities; 0: none so far */
};

struct series {
	const char *name;   /* of the set: "bitbrains/2013-8"; in `arena` */
	struct arena arena; /* names; becomes the set's */
	struct series_row *rows;
	uint32_t row_count, row_room;
	enum demand_column column[DEMAND_COLUMNS];
	uint32_t columns;
	bool cpu_in_hz, memory_in_bytes; /* values to be divided by the row's capacity */
	bool origin_given;
	int64_t origin_ns;
	uint64_t repeats; /* samples that were replaced */
	uint32_t *index;  /* rows by hash of their names, plus 1; 0: free. For series_row_named */
	uint32_t index_room, index_last;
};

void series_init(struct series *s);
void series_fini(struct series *s);

/* A column of the values; in the order of asking. */
void series_column(struct series *s, enum demand_column column);

/* A new row; the pointer is good until the next. The name is copied. */
struct series_row *series_row(struct series *s, const char *name, uint32_t length);

/* The row of that name, new or not; the pointer is good until the next row. */
struct series_row *series_row_named(struct series *s, const char *name, uint32_t length);

/* Adds a sample of series.columns values. False when its stamp lies before that of the sample before. */
bool series_add(struct series *s, struct series_row *row, int64_t stamp_ns, const double *values);

/* Gives back the memory that a finished row does not need. */
void series_row_end(struct series *s, struct series_row *row);

/* Leaves out rows without samples; how many there are then. series_row_named is over. */
uint32_t series_prune(struct series *s);

/* The name of two rows, or NULL. Sorts the rows by name, so series_row_named is over. */
const char *series_twice(struct series *s);

/* Makes the set; the series is empty afterwards. At least one row, each with at least one sample.
 * False when the stamps span more than a set can hold (100 years). */
bool series_make(struct series *s, struct demand_set *set);

#endif

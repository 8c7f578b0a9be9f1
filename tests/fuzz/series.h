/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What harnesses of readers that fill a series have in common. */
#ifndef TESTS_FUZZ_SERIES_H
#define TESTS_FUZZ_SERIES_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/series.h"
#include "scenarios/text.h"
#include "scenarios/trace_stats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_expect(int holds)
{
	if (!holds)
		abort();
}

/* A copy with a NUL behind it, so that a sanitizer sees what is read behind that. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	fuzz_expect(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* Rows with samples, ascending stamps, values that are numbers from 0 on. */
static inline void fuzz_set(const struct demand_set *set)
{
	for (uint32_t row = 0; row < set->rows; row++) {
		uint32_t n = trace_row_count(set, row);
		fuzz_expect(n > 0 && n <= set->axis.count && set->row_names[row] != NULL);
		for (uint32_t i = 1; i < n; i++)
			fuzz_expect(trace_stamp_ns(set, row, i) > trace_stamp_ns(set, row, i - 1));
		for (enum demand_column c = 0; c < DEMAND_COLUMNS; c++)
			for (uint32_t i = 0; set->columns[c].at && i < n; i++) {
				double x = trace_value(set, row, c, i);
				fuzz_expect(isfinite(x) && x >= 0);
			}
	}
}

/* A mistake has words and a line in the file; what is well makes a sound set. Frees the series. */
static inline void fuzz_series(struct series *s, int well, const struct text_mistake *mistake, size_t size)
{
	struct demand_set set;
	if (!well)
		fuzz_expect(*mistake->text && memchr(mistake->text, 0, sizeof mistake->text) &&
		            mistake->line <= size);
	else if (series_prune(s) && !series_twice(s) && series_make(s, &set)) {
		fuzz_set(&set);
		set.release(&set);
	}
	series_fini(s);
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the reader of one Bitbrains file (libFuzzer): what is accepted must make a sound set. */
#include "scenarios/bitbrains.h"

#include "tests/fuzz/series.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct series s;
	struct text_mistake mistake;
	char *text = fuzz_text(data, size);
	series_init(&s);
	bitbrains_columns(&s);
	struct series_row *row = series_row(&s, "vm", 2);
	fuzz_series(&s, bitbrains_parse(text, size, &s, row, &mistake), &mistake, size);
	free(text);
	return 0;
}

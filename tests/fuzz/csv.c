/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the generic CSV (libFuzzer): the first line is the map, the rest the file. */
#include "scenarios/csv.h"

#include "tests/fuzz/series.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct series s;
	struct csv_map map;
	struct arena arena;
	struct text_mistake mistake;
	const char *why;
	char *text = fuzz_text(data, size), *end = strchr(text, '\n');
	if (end) {
		arena_init(&arena);
		*end++ = '\0';
		if (csv_map_read(&map, text, &arena, &why)) {
			const size_t rest = size - (size_t)(end - text);
			const struct reading_file file = {end, rest, {"vm", 2}};
			series_init(&s);
			csv_columns(&map, &s);
			fuzz_series(&s, csv_parse(&map, &file, &s, &mistake), &mistake, size);
		} else {
			fuzz_expect(why != NULL && *why);
		}
		arena_fini(&arena);
	}
	free(text);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the reader of jobs and their fragments (libFuzzer): tasks.csv, a '%', fragments.csv. What is
 * accepted is a sound set whose rows all end with 0. */
#include "scenarios/surf_fragments.h"

#include "tests/fuzz/series.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct demand_set set;
	struct text_mistake mistake = {0, ""};
	bool in_fragments;
	const uint8_t *cut = size ? memchr(data, '%', size) : NULL;
	if (!cut)
		return 0;
	size_t first = (size_t)(cut - data), second = size - first - 1;
	char *tasks = fuzz_text(data, first), *fragments = fuzz_text(cut + 1, second);
	const struct surf_texts texts = {tasks, fragments, first, second};
	if (surf_fragments_parse(&texts, &set, &mistake, &in_fragments)) {
		fuzz_set(&set);
		for (uint32_t row = 0; row < set.rows; row++)
			fuzz_expect(trace_value(&set, row, DEMAND_CPU, trace_row_count(&set, row) - 1) == 0);
		set.release(&set);
	} else {
		fuzz_expect(*mistake.text && memchr(mistake.text, 0, sizeof mistake.text) &&
		            mistake.line <= size + 1);
	}
	free(tasks);
	free(fragments);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the reader of lists of machines (libFuzzer). What is accepted has machines with cores and memory. */
#include "scenarios/nodes.h"

#include "tests/fuzz/series.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nodes nodes = {0};
	struct text_mistake mistake = {0, ""};
	char *text = fuzz_text(data, size);
	if (nodes_parse(text, size, &nodes, &mistake)) {
		fuzz_expect(nodes.count > 0);
		for (uint32_t i = 0; i < nodes.count; i++)
			fuzz_expect(nodes.sizes[i].cores >= 1 && nodes.sizes[i].cores <= 4096 &&
			            nodes.sizes[i].ram_bytes >= 1 << 20 && nodes.sizes[i].count >= 1);
	} else {
		fuzz_expect(*mistake.text && memchr(mistake.text, 0, sizeof mistake.text) &&
		            mistake.line <= size + 1);
	}
	free(nodes.sizes);
	free(text);
	return 0;
}

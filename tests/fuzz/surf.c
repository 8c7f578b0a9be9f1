/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the reader of jobs (libFuzzer). What is accepted must lie within time and have a size. */
#include "scenarios/surf.h"

#include <stdlib.h>
#include <string.h>

#include "sim/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int holds)
{
	if (!holds)
		abort();
}

static void check(const struct arrivals *a)
{
	for (uint32_t i = 0; i < a->count; i++) {
		expect(a->start_ns[i] >= 0 && a->start_ns[i] <= TIME_MAX_NS);
		expect(a->life_ns[i] >= 0 && a->life_ns[i] <= TIME_MAX_NS);
		expect(a->flavour[i] < a->flavour_count);
	}
	for (uint32_t f = 0; f < a->flavour_count; f++) {
		expect(a->flavours[f].cpu_milli > 0 && a->flavours[f].cpu_milli <= 4096000);
		expect(a->flavours[f].ram_bytes > 0 && a->flavours[f].vcpu_hz >= 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arrivals a = {0};
	struct text_mistake mistake = {0, ""};
	char *text = malloc(size + 1);
	expect(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	arena_init(&a.names);
	if (surf_parse(text, size, &a, &mistake))
		check(&a);
	else
		expect(*mistake.text && memchr(mistake.text, 0, sizeof mistake.text) &&
		       mistake.line <= size + 1);
	arrivals_sort(&a);
	arrivals_close(&a);
	free(text);
	return 0;
}

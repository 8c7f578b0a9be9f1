/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What harnesses of readers that fill a list of arrivals have in common: what is accepted must lie within
 * time and have a size, what is refused must have words and a line in the file. */
#ifndef TESTS_FUZZ_ARRIVALS_H
#define TESTS_FUZZ_ARRIVALS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/arrivals.h"
#include "scenarios/text.h"
#include "sim/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_expect(int holds)
{
	if (!holds)
		abort();
}

static inline void fuzz_list(const struct arrivals *a)
{
	for (uint32_t i = 0; i < a->count; i++) {
		fuzz_expect(a->start_ns[i] >= 0 && a->start_ns[i] <= TIME_MAX_NS);
		fuzz_expect(a->life_ns[i] >= 0 && a->life_ns[i] <= TIME_MAX_NS);
		fuzz_expect(a->flavour[i] < a->flavour_count);
	}
	for (uint32_t f = 0; f < a->flavour_count; f++) {
		fuzz_expect(a->flavours[f].cpu_milli > 0 && a->flavours[f].cpu_milli <= 4096000);
		fuzz_expect(a->flavours[f].ram_bytes > 0 && a->flavours[f].vcpu_hz >= 0);
	}
}

/* One input through one reader. The copy ends with a NUL: a sanitizer sees what is read behind that. */
static inline void fuzz_arrivals(const uint8_t *data, size_t size,
                                 bool (*parse)(const char *text, size_t size, struct arrivals *out,
                                               struct text_mistake *mistake))
{
	struct arrivals a = {0};
	struct text_mistake mistake = {0, ""};
	char *text = malloc(size + 1);
	fuzz_expect(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	arena_init(&a.names);
	if (parse(text, size, &a, &mistake))
		fuzz_list(&a);
	else
		fuzz_expect(*mistake.text && memchr(mistake.text, 0, sizeof mistake.text) &&
		            mistake.line <= size + 1);
	arrivals_sort(&a);
	arrivals_close(&a);
	free(text);
}

#endif

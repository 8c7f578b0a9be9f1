/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libFuzzer over the whole reader of scenarios: YAML, includes, keys, checks, and the printing of messages.
 *
 *   make fuzz, or by hand:
 *   clang -fsanitize=fuzzer,address,undefined ... tests/fuzz/scenario.c LIBRARY && ./scenario
 * tests/fuzz/corpus/scenario The first line may hold an override ("--set seed=1"): it is given to --set,
 * and the rest is the file. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/scenario_read.h"
#include "sim/fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = memory_string_n((const char *)data, size), *body = text;
	const char *set = NULL;
	struct scenario_options options = {0};
	if (strncmp(text, "--set ", 6) == 0) {
		set = text + 6;
		body = text + strcspn(text, "\n");
		if (*body)
			*body++ = '\0';
		options.overrides = &set;
		options.override_count = 1;
	}
	struct diag diag;
	diag_init(&diag);
	struct scenario *s = scenario_read_text(body, &options, &diag);
	ASSERT((s == NULL) == (diag.errors > 0));
	char *printed = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&printed, &length);
	if (out) {
		diag_print(&diag, out);
		fclose(out);
	}
	ASSERT((diag.count > 0) == (length > 0));
	free(printed);
	scenario_free(s);
	diag_fini(&diag);
	free(text);
	return 0;
}

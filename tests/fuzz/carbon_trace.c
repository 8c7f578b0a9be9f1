/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the reader of carbon intensities (libFuzzer). What is accepted lies in its range, and only hours
 * that the text tells are touched; what is not has a message at one of its lines. */
#include "scenarios/carbon_trace.h"

#include <math.h>

#include "tests/fuzz/series.h"

#define HOURS 48
#define FIRST_HOUR INT64_C(464592) /* 2023-01-01T00:00Z */
#define G_PER_KWH_MOST 10000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	double values[HOURS + 1];
	for (uint32_t h = 0; h <= HOURS; h++)
		values[h] = (double)NAN;
	struct carbon_series series = {.count = HOURS, .g_per_kwh = values};
	struct diag diag;
	diag_init(&diag);
	char *text = fuzz_text(data, size);
	bool well = carbon_parse(&(struct carbon_text){"fuzz", text, size}, FIRST_HOUR, &series, &diag);
	fuzz_expect(well == (diag.errors == 0));
	for (uint32_t i = 0; i < diag.count; i++)
		fuzz_expect(diag.messages[i].place.line >= 1 && diag.messages[i].place.line <= size);
	for (uint32_t h = 0; h < HOURS; h++)
		fuzz_expect(isnan(values[h]) || (values[h] >= 0 && values[h] <= G_PER_KWH_MOST));
	fuzz_expect(isnan(values[HOURS]));
	free(text);
	diag_fini(&diag);
	return 0;
}

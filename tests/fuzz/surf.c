/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the reader of jobs (libFuzzer). */
#include "scenarios/surf.h"

#include "tests/fuzz/arrivals.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_arrivals(data, size, surf_parse);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the reader of containers (libFuzzer). */
#include "scenarios/alibaba_pods.h"

#include "tests/fuzz/arrivals.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_arrivals(data, size, alibaba_pods_parse);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints the rate of this machine's time stamp counter in kHz: the guest has no other clock. */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(void)
{
	double begin_ms = now_ms(), end_ms = begin_ms;
	uint64_t begin = __rdtsc(), end = begin;
	while (end_ms < begin_ms + 200) {
		end_ms = now_ms();
		end = __rdtsc();
	}
	printf("%.0f\n", (double)(end - begin) / (end_ms - begin_ms));
	return 0;
}

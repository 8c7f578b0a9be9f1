/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 128-bit signed sums: what a run integrates exactly.
 *
 * A rate (Hz, uW) times an interval (ns) overflows 64 bits within a day: 1000 W for a month is 2.6e24
 * femtojoules. All integrals of a run are therefore wide, are exact, and do not depend on the order or the
 * batches in which they were added. They become doubles or 64-bit integers only when they are reported. */
#ifndef SIM_WIDE_H
#define SIM_WIDE_H

#include <stdint.h>

__extension__ typedef __int128 wide;

static inline wide wide_product(int64_t a, int64_t b)
{
	return (wide)a * b;
}

/* Nearest double (ties as the hardware's conversions of the two halves give; error below 1 ulp). */
static inline double wide_double(wide x)
{
	return (double)(int64_t)(x >> 64) * 0x1p64 + (double)(uint64_t)x;
}

/* x / divisor rounded to nearest, halves away from zero (divisor > 0). */
static inline wide wide_divide(wide x, int64_t divisor)
{
	wide half = divisor / 2;
	return x < 0 ? -((-x + half) / divisor) : (x + half) / divisor;
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loops over arrays that are compiled for several widths of vector registers; the processor chooses
 * at start.
 *
 * LANES before a function makes gcc compile it for AVX-512, AVX2 and the baseline (an ifunc chooses
 * once, when the program is loaded). Only what has the same bits at each width may be marked so:
 * sums of integers, and doubles that stay in their lane (-ffp-contract=off keeps FMA out); never a
 * sum of doubles that are not whole numbers. clang, other processors, and builds with a sanitizer
 * or without optimization compile the baseline alone. */
#ifndef SIM_LANES_H
#define SIM_LANES_H

#include <stdint.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__) \
	&& !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define LANES __attribute__((optimize("O3"), target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define LANES
#endif

#define LANES_INLINE static inline __attribute__((always_inline))

/* A whole number 0 <= v < 2^52 as a double, and back. Before AVX-512 no instruction converts four at once;
 * the mantissa of 2^52 + v is v. */
LANES_INLINE double lanes_double(int64_t v)
{
	union { int64_t i; double d; } u = { v | INT64_C(0x4330000000000000) };
	return u.d - 0x1p52;
}

LANES_INLINE int64_t lanes_whole(double v)
{
	union { double d; int64_t i; } u = { v + 0x1p52 };
	return u.i & INT64_C(0x000fffffffffffff);
}

#endif

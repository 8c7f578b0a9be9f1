/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of share_few.c and share_batch.c: shares at a level, eight at a time and exactly, in AVX-512.
 *
 * The level is L = R / W, whole numbers R < 2^50 and W <= 2^29. The share of a free claimant is
 * q = floor(R w / W), with the rest r = R w - q W: R w is p = fl(R w) and what that lost, e = R w - p, which
 * one fused multiplication gives; p - q W is a whole number less than 2^53, so the next gives it exactly.
 * L and L w are rounded towards 0, by less than 2^-51 in all: L w < 2^50 comes out too low by less than 1/2,
 * and so q by 1 or nothing, which r tells. With q and r every comparison is one of whole numbers:
 * want <= L w if want <= q, and floor >= L w if floor >= q + (r > 0). EIGHT is defined where compilers know
 * these instructions. */
#ifndef SIM_SHARE_EIGHT_H
#define SIM_SHARE_EIGHT_H

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define EIGHT __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,bmi2,fma")))
#define EIGHT_INLINE static inline __attribute__((always_inline)) EIGHT
#define DOWN (_MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC)

struct levels {
	__m512d units, weight, level; /* R, W, and R / W rounded towards 0 */
};

struct exact {
	__m512d whole, rest;
};

/* R w / W rounded down, and the rest; where it is 2^50 or more, something that is at least 2^50. */
EIGHT_INLINE struct exact exact_share(struct levels l, __m512d w)
{
	__m512d x = _mm512_mul_round_pd(l.level, w, DOWN);
	__m512d q = _mm512_roundscale_pd(x, DOWN);
	__m512d p = _mm512_mul_pd(l.units, w), lost = _mm512_fmsub_pd(l.units, w, p);
	__m512d r = _mm512_add_pd(_mm512_fnmadd_pd(q, l.weight, p), lost);
	__mmask8 few = _mm512_cmp_pd_mask(r, l.weight, _CMP_GE_OQ);
	q = _mm512_mask_add_pd(q, few, q, _mm512_set1_pd(1));
	r = _mm512_mask_sub_pd(r, few, r, l.weight);
	return (struct exact){ q, r };
}

#endif
#endif

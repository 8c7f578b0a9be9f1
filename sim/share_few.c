/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fair shares of up to 64 claimants in AVX-512 registers: a level found in doubles, and held against whole
 * numbers (share_eight.h). The shares at it use up the capacity C just if
 *     (C - sum of shares) W = sum of the free claimants' rests:
 * that is the proof, wherever the level came from. */
#include "sim/share_few.h"

#include "sim/share_eight.h"

#ifdef EIGHT
#define WIDTH 8
#define PASSES_MAX 12
#define GATHER_MOST 16 /* with more, it takes longer than the wait */
#define TOP_MOST 0x1p51 /* above every want, and a whole number of 64 bits */

/* What is absent is a constant where this is used, so it costs nothing. */
struct form {
	bool floors, weights, narrow; /* narrow: n <= WIDTH */
};

struct eight {
	__mmask8 here;
	__m512i want, floor;
	__m512d weight;
};

struct level {
	double units, weight;
};

/* One by one: who has just written one of them would wait for it to reach the cache before all eight could
 * be loaded at once, which takes as long as the rest of a small solution. */
EIGHT_INLINE __m512i eight_gather(const int64_t *at, uint32_t n)
{
	__m256i low = _mm256_set_epi64x(at[n > 3 ? 3 : 0], at[n > 2 ? 2 : 0], at[n > 1 ? 1 : 0], at[0]);
	if (n <= 4)
		return _mm512_zextsi256_si512(low);
	__m256i high = _mm256_set_epi64x(at[n > 7 ? 7 : 4], at[n > 6 ? 6 : 4], at[n > 5 ? 5 : 4], at[4]);
	return _mm512_inserti64x4(_mm512_zextsi256_si512(low), high, 1);
}

EIGHT_INLINE struct eight eight_load(const struct share_few *c, uint32_t at, struct form form)
{
	struct eight e;
	e.here = (__mmask8)_bzhi_u32(0xff, c->n - at);
	if (c->n - 1 < GATHER_MOST)
		e.want = _mm512_maskz_mov_epi64(e.here, eight_gather(c->want + at, c->n - at));
	else
		e.want = _mm512_maskz_loadu_epi64(e.here, c->want + at);
	e.floor = form.floors ? _mm512_maskz_loadu_epi64(e.here, c->floor + at) : _mm512_setzero_si512();
	e.weight = form.weights ? _mm512_cvtepu32_pd(_mm256_maskz_loadu_epi32(e.here, c->weight + at))
	                        : _mm512_set1_pd(1);
	return e;
}

EIGHT_INLINE uint32_t blocks_end(const struct share_few *c, struct form form)
{
	return form.narrow ? WIDTH : c->n;
}

/* What is left for those that are free at a level, or nearly so, and their weight. */
EIGHT_INLINE struct level level_after(const struct share_few *c, double level, struct form form)
{
	__m512i fixed = _mm512_setzero_si512();
	__m512d weight = _mm512_setzero_pd();
	for (uint32_t i = 0; i < blocks_end(c, form); i += WIDTH) {
		struct eight e = eight_load(c, i, form);
		__m512d x = _mm512_mul_pd(_mm512_set1_pd(level), e.weight);
		__mmask8 free = _mm512_mask_cmp_pd_mask(e.here, _mm512_cvtepi64_pd(e.want), x, _CMP_GT_OQ);
		fixed = _mm512_mask_add_epi64(fixed, (__mmask8)~free, fixed, e.want);
		if (form.floors) {
			__m512d low = _mm512_cvtepi64_pd(e.floor);
			__mmask8 bottom = _mm512_mask_cmp_pd_mask(free, low, x, _CMP_GE_OQ);
			fixed = _mm512_mask_add_epi64(fixed, bottom, fixed, e.floor);
			free = (__mmask8)(free & ~bottom);
		}
		weight = _mm512_mask_add_pd(weight, free, weight, e.weight);
	}
	return (struct level){ (double)(c->capacity - _mm512_reduce_add_epi64(fixed)),
		               _mm512_reduce_add_pd(weight) };
}

/* Writes the shares at a level, and one more unit to the first of the free that rounding left short; false:
 * they do not use up the capacity. */
EIGHT_INLINE bool shares_write(const struct share_few *c, struct level level, int64_t *given,
                               struct form form)
{
	__m512i shares[SHARE_FEW / WIDTH], sum = _mm512_setzero_si512();
	__m512d rests = _mm512_setzero_pd();
	uint64_t free_bits = 0;
	const __m128d down = _mm_div_round_sd(_mm_set_sd(level.units), _mm_set_sd(level.weight), DOWN);
	const struct levels all = { _mm512_set1_pd(level.units), _mm512_set1_pd(level.weight),
		                    _mm512_broadcastsd_pd(down) };
	for (uint32_t i = 0; i < blocks_end(c, form); i += WIDTH) {
		struct eight e = eight_load(c, i, form);
		struct exact x = exact_share(all, e.weight);
		__m512i q = _mm512_cvtpd_epi64(_mm512_min_pd(x.whole, _mm512_set1_pd(TOP_MOST)));
		__mmask8 free = _mm512_mask_cmp_epi64_mask(e.here, e.want, q, _MM_CMPINT_NLE);
		q = _mm512_min_epi64(q, e.want);
		if (form.floors) {
			__mmask8 rest = _mm512_cmp_pd_mask(x.rest, _mm512_setzero_pd(), _CMP_GT_OQ);
			__m512i up = _mm512_mask_add_epi64(q, rest, q, _mm512_set1_epi64(1));
			__mmask8 bottom = _mm512_mask_cmp_epi64_mask(free, e.floor, up, _MM_CMPINT_NLT);
			q = _mm512_mask_mov_epi64(q, bottom, e.floor);
			free = (__mmask8)(free & ~bottom);
		}
		shares[i / WIDTH] = q;
		sum = _mm512_add_epi64(sum, q);
		rests = _mm512_mask_add_pd(rests, free, rests, x.rest);
		free_bits |= (uint64_t)free << i;
	}
	int64_t left = c->capacity - _mm512_reduce_add_epi64(sum);
	if ((double)left * level.weight != _mm512_reduce_add_pd(rests) || left < 0)
		return false;
	uint64_t more = _pdep_u64(_bzhi_u64(~UINT64_C(0), (uint32_t)left), free_bits);
	for (uint32_t i = 0; i < blocks_end(c, form); i += WIDTH) {
		__mmask8 one = (__mmask8)(more >> i);
		__m512i q = shares[i / WIDTH];
		q = _mm512_mask_add_epi64(q, one, q, _mm512_set1_epi64(1));
		_mm512_mask_storeu_epi64(given + i, (__mmask8)_bzhi_u32(0xff, c->n - i), q);
	}
	return true;
}

/* All are free, or all get what they want (weight 0), or the floors do not fit (units < 0). */
EIGHT_INLINE struct level level_first(const struct share_few *c, int64_t *given, int64_t *wanted,
                                      struct form form)
{
	__m512i want = _mm512_setzero_si512(), floor = want;
	__m512d weight = _mm512_setzero_pd();
	for (uint32_t i = 0; i < blocks_end(c, form); i += WIDTH) {
		struct eight e = eight_load(c, i, form);
		_mm512_mask_storeu_epi64(given + i, e.here, e.want);
		want = _mm512_add_epi64(want, e.want);
		floor = _mm512_add_epi64(floor, e.floor);
		weight = _mm512_mask_add_pd(weight, e.here, weight, e.weight);
	}
	*wanted = _mm512_reduce_add_epi64(want);
	if (*wanted <= c->capacity)
		return (struct level){ 0, 0 };
	bool fits = !form.floors || _mm512_reduce_add_epi64(floor) <= c->capacity;
	return (struct level){ fits ? (double)c->capacity : -1, _mm512_reduce_add_pd(weight) };
}

EIGHT_INLINE bool level_possible(struct level level)
{
	return level.weight > 0 && level.units >= 0;
}

/* Level after level until one stays. */
EIGHT_INLINE bool shares_search(const struct share_few *c, struct level level, int64_t *given, double *at,
                              struct form form)
{
	for (int pass = 0; pass < PASSES_MAX && level_possible(level); pass++) {
		*at = level.units / level.weight;
		struct level after = level_after(c, *at, form);
		if (after.units == level.units && after.weight == level.weight)
			return shares_write(c, level, given, form);
		level = after;
	}
	return false;
}

EIGHT_INLINE int64_t solve(const struct share_few *c, int64_t *given, double *level, struct form form)
{
	if (*level > 0) {
		struct level after = level_after(c, *level, form);
		bool possible = level_possible(after);
		if (possible && shares_write(c, after, given, form)) {
			*level = after.units / after.weight;
			return c->capacity;
		}
		if (possible && shares_search(c, after, given, level, form))
			return c->capacity;
	}
	int64_t wanted;
	*level = 0;
	struct level first = level_first(c, given, &wanted, form);
	if (first.weight <= 0)
		return wanted;
	return shares_search(c, first, given, level, form) ? c->capacity : -1;
}

EIGHT_INLINE int64_t solve_sized(const struct share_few *c, int64_t *given, double *level, struct form form)
{
	return c->n <= WIDTH ? solve(c, given, level, (struct form){ form.floors, form.weights, true })
	                     : solve(c, given, level, (struct form){ form.floors, form.weights, false });
}

EIGHT int64_t share_few(const struct share_few *c, int64_t *given, double *level)
{
	if (c->floor)
		return c->weight ? solve_sized(c, given, level, (struct form){ true, true, false })
		                 : solve_sized(c, given, level, (struct form){ true, false, false });
	return c->weight ? solve_sized(c, given, level, (struct form){ false, true, false })
	                 : solve_sized(c, given, level, (struct form){ false, false, false });
}

bool share_few_here(void)
{
	return __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
	       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("bmi2") &&
	       __builtin_cpu_supports("fma");
}

#else

bool share_few_here(void)
{
	return false;
}

int64_t share_few(const struct share_few *c, int64_t *given, double *level)
{
	(void)c, (void)given, (void)level;
	return -1;
}

#endif

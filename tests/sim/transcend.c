/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elementary functions: the bits they have everywhere, how far they are from the truth, and who
 * calls them.
 *
 * The table was written on one machine and must hold for gcc and clang, -O0 and -O2, and with
 * GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F, under which glibc's own functions have other
 * bits. */
#include "sim/transcend.h"

#include <float.h>
#include <stdbool.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sf_gamma.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/test.h"

#define ARGUMENTS 2000

static uint64_t bits(double x)
{
	uint64_t u;
	memcpy(&u, &x, sizeof u);
	return u;
}

/* FNV-1a, a word at a time. */
static uint64_t hash_add(uint64_t hash, double x)
{
	return (hash ^ bits(x)) * UINT64_C(0x100000001b3);
}

struct function {
	const char *name;
	double (*ours)(double);
	long double (*truth)(long double);
	double low, high;
	double ulps;              /* SLEEF promises 1.0 (erfc 1.5); the truth itself is off by 2^-12 */
	uint64_t bits_at_low, hash;
};

#define F(name) #name, transcend_##name, name##l
static const struct function functions[] = {
	/* function, range, ulps, bits at the lower end, hash of the bits at 2000 places from there
	 * to the upper end */
	{ F(exp), -700, 700, 1.001, UINT64_C(0x00d14f2b0fb9307f), UINT64_C(0xcec104e96e5fb449) },
	{ F(exp2), -1000, 1000, 1.001, UINT64_C(0x0170000000000000), UINT64_C(0x9354da79586cdf65) },
	{ F(exp10), -300, 300, 1.001, UINT64_C(0x01a56e1fc2f8f359), UINT64_C(0x780bb588c7abc5e0) },
	{ F(expm1), -30, 600, 1.001, UINT64_C(0xbfeffffffffffcb5), UINT64_C(0x9be22a778eb94bda) },
	{ F(log), 1e-3, 900, 1.001, UINT64_C(0xc01ba18a998fffa0), UINT64_C(0x7cd8a9ae4c41747a) },
	{ F(log2), 1e-3, 900, 1.001, UINT64_C(0xc023ee7b471b3a95), UINT64_C(0xe1bf15dc0c71acc4) },
	{ F(log10), 1e-3, 900, 1.001, UINT64_C(0xc008000000000000), UINT64_C(0xf742e9df60c4f881) },
	{ F(log1p), -0.999, 20, 1.001, UINT64_C(0xc01ba18a998fff9f), UINT64_C(0x68d678e96151c480) },
	{ F(sin), -300, 301, 1.001, UINT64_C(0x3feffdfff58b88cd), UINT64_C(0x72e78f21c07932c0) },
	{ F(cos), -300, 301, 1.001, UINT64_C(0xbf96a07f049dcf2e), UINT64_C(0xee20500e31e88944) },
	{ F(tan), -300, 301, 1.001, UINT64_C(0xc0469f53b54b0fee), UINT64_C(0xd1bce17d2b4ca60e) },
	{ F(asin), -1, 1, 1.001, UINT64_C(0xbff921fb54442d18), UINT64_C(0xd867f8a3dd95c00d) },
	{ F(acos), -1, 1, 1.001, UINT64_C(0x400921fb54442d18), UINT64_C(0xa449a0e9c0e9bec0) },
	{ F(atan), -50, 51, 1.001, UINT64_C(0xbff8d0129acd6d1c), UINT64_C(0x9a768f2b52e67e22) },
	{ F(sinh), -20, 700, 1.001, UINT64_C(0xc1aceb088b68e804), UINT64_C(0x59002c7fd13985a3) },
	{ F(cosh), -20, 700, 1.001, UINT64_C(0x41aceb088b68e804), UINT64_C(0xab2117791d815b71) },
	{ F(tanh), -20, 21, 1.001, UINT64_C(0xbff0000000000000), UINT64_C(0x34cafe16cabdccee) },
	{ F(asinh), -20, 1000, 1.001, UINT64_C(0xc00d841a9abe2ebb), UINT64_C(0x07c10e9e8b565f5a) },
	{ F(acosh), 1.001, 1000, 1.001, UINT64_C(0x3fa6e53acbcdeba3), UINT64_C(0x853287f0c2b5fa10) },
	{ F(atanh), -0.999, 0.998, 1.001, UINT64_C(0xc00e66cfde9c7c2d), UINT64_C(0xc2fa443da7ecd516) },
	{ F(cbrt), -100, 101, 1.001, UINT64_C(0xc01290fca9c761f8), UINT64_C(0x08fa7de8c4dab371) },
	{ F(erf), -6, 6.1, 1.001, UINT64_C(0xbff0000000000000), UINT64_C(0x871ea70adb2ed18a) },
	{ F(erfc), -6, 20, 1.501, UINT64_C(0x4000000000000000), UINT64_C(0x962ce6fc639d8a7c) },
	{ F(tgamma), 0.01, 170, 1.001, UINT64_C(0x4058dbaf797edf3d), UINT64_C(0xd12984a43ae46ede) },
	{ F(lgamma), 0.01, 1000, 1.001, UINT64_C(0x401265de0d9b33c4), UINT64_C(0x554ef494433f43b0) },
};
#define FUNCTIONS (sizeof functions / sizeof *functions)

static double argument(const struct function *f, int k)
{
	return f->low + (f->high - f->low) * k / ARGUMENTS;
}

static void same_bits(void)
{
	for (size_t i = 0; i < FUNCTIONS; i++) {
		const struct function *f = &functions[i];
		uint64_t hash = UINT64_C(0xcbf29ce484222325);
		for (int k = 0; k < ARGUMENTS; k++)
			hash = hash_add(hash, f->ours(argument(f, k)));
		CU_ASSERT_EQUAL(bits(f->ours(f->low)), f->bits_at_low);
		CU_ASSERT_EQUAL(hash, f->hash);
		if (hash != f->hash || bits(f->ours(f->low)) != f->bits_at_low)
			printf("\n\t{ F(%s), %a, %a, %.1f, "
			       "UINT64_C(0x%016" PRIx64 "), UINT64_C(0x%016" PRIx64 ") },", f->name, f->low,
			       f->high, f->ulps, bits(f->ours(f->low)), hash);
	}
}

/* Valgrind computes long doubles with 53 bits only: there the truth is no nearer than what it is to judge. */
static bool truth_is_wide(void)
{
	volatile long double one = 1, tiny = 0x1p-60L;
	return one + tiny > one;
}

static double error_ulps(double x, long double truth)
{
	int exponent;
	frexpl(truth, &exponent);
	long double ulp = ldexpl(1, exponent - DBL_MANT_DIG);
	return (double)(fabsl((long double)x - truth) / ulp);
}

static void accurate(void)
{
	for (size_t i = 0; i < FUNCTIONS; i++) {
		const struct function *f = &functions[i];
		double worst = 0;
		for (int k = 0; k < ARGUMENTS; k++) {
			double x = argument(f, k), error = error_ulps(f->ours(x), f->truth((long double)x));
			worst = error > worst ? error : worst;
		}
		CU_ASSERT(worst <= f->ulps || !truth_is_wide());
		if (!(worst <= f->ulps))
			printf("\n%s: %.3f ulp", f->name, worst);
	}
}

static void two_arguments(void)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	double worst = 0;
	for (int k = 1; k < ARGUMENTS; k++) {
		double x = 0.01 * k, y = 7.3 - 0.007 * k;
		double errors[] = {
			error_ulps(pow(x, y), powl((long double)x, (long double)y)),
			error_ulps(atan2(y, x), atan2l((long double)y, (long double)x)),
			error_ulps(hypot(x, y), hypotl((long double)x, (long double)y)),
		};
		for (size_t i = 0; i < 3; i++)
			worst = errors[i] > worst ? errors[i] : worst;
		hash = hash_add(hash_add(hash_add(hash, pow(x, y)), atan2(y, x)), hypot(x, y));
	}
	CU_ASSERT(worst <= 1.001 || !truth_is_wide());
	CU_ASSERT_EQUAL(hash, UINT64_C(0xb7c1cf8aa8016080));
}

static void sine_and_cosine(void)
{
	uint32_t wrong = 0;
	for (int k = 0; k < ARGUMENTS; k++) {
		double x = 0.37 * k - 100, s, c;
		sincos(x, &s, &c);
		wrong += bits(s) != bits(sin(x)) || bits(c) != bits(cos(x));
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void gamma_sign(void)
{
	static const struct { double x; int sign; } cases[] = {
		{ 3.5, 1 }, { 0.0, 1 }, { -0.0, -1 }, { -0.5, -1 }, { -1.5, 1 }, { -2.5, -1 },
		{ -3.5, 1 }, { -41.5, 1 }, { 1e300, 1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int sign = 0;
		double value = lgamma_r(cases[i].x, &sign);
		CU_ASSERT_EQUAL(sign, cases[i].sign);
		CU_ASSERT_EQUAL(bits(value), bits(lgamma(cases[i].x)));
		CU_ASSERT_EQUAL(signgam, cases[i].sign);
	}
}

/* None of this may be worked out by the compiler, nor become x * x or sqrt. */
static void not_folded(void)
{
	volatile double one = 1, two = 2, half = 0.5, x = 1.1;
	CU_ASSERT_EQUAL(bits(exp(1.0)), bits(exp(one)));
	CU_ASSERT_EQUAL(bits(log(10.0)), bits(log(5 * two)));
	CU_ASSERT_EQUAL(bits(sin(0.5)), bits(sin(half)));
	CU_ASSERT_EQUAL(bits(pow(x, 2.0)), bits(pow(x, two)));
	CU_ASSERT_EQUAL(bits(pow(x, 0.5)), bits(pow(x, half)));
}

static void libraries_call_ours(void)
{
	/* Without its macro this is the name that a library would look up. volatile: clang takes
	 * two names for two functions. */
	double (*volatile by_name)(double) = exp, (*volatile ours)(double) = transcend_exp;
	CU_ASSERT(transcend_active());
	CU_ASSERT(by_name == ours);
}

/* Sums would hide little differences, so each draw enters the hash. */
static void gsl_draws(void)
{
	gsl_rng *r = gsl_rng_alloc(gsl_rng_mt19937);
	uint64_t gaussian = 1, gamma_draws = 1, weibull = 1, sf = 1;
	gsl_rng_set(r, 42);
	for (int k = 0; k < 5000; k++) {
		gaussian = hash_add(gaussian, gsl_ran_gaussian(r, 3));
		gamma_draws = hash_add(gamma_draws, gsl_ran_gamma(r, 0.3 + k % 7, 2));
		weibull = hash_add(weibull, gsl_ran_weibull(r, 2, 0.7));
		sf = hash_add(sf, gsl_sf_lngamma(0.1 + k * 0.03));
	}
	gsl_rng_free(r);
	CU_ASSERT_EQUAL(gaussian, UINT64_C(0xcdbb4d4e99694938));
	CU_ASSERT_EQUAL(gamma_draws, UINT64_C(0x99e7cbd17a916f3a));
	CU_ASSERT_EQUAL(weibull, UINT64_C(0xfaf566409a956437));
	CU_ASSERT_EQUAL(sf, UINT64_C(0x9a045a6c6adc7c26));
}

static const struct test tests[] = {
	{ "25 functions have the bits of the table", same_bits },
	{ "they are as near to the truth as SLEEF promises", accurate },
	{ "pow, atan2 and hypot have their bits and are near the truth", two_arguments },
	{ "sincos has the bits of sin and of cos", sine_and_cosine },
	{ "lgamma tells the sign of gamma", gamma_sign },
	{ "the compiler works out nothing by itself", not_folded },
	{ "libraries find our definitions", libraries_call_ours },
	{ "draws of GSL have the bits that our functions give", gsl_draws },
};

SUITE(sim_transcend, tests)

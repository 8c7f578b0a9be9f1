/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random streams: known answers, independence, and moments within bounds that a right generator
 * misses once in a million. */
#include "sim/random.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

#define DRAWS 200000
#define SIGMAS 5.0

/* Random123's kat_vectors, philox4x32 with 10 rounds. */
static void known_answers(void)
{
	static const struct { struct random_stream start; uint32_t words[4]; } cases[] = {
		{ { .used = 4 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
		{ { .key = { UINT32_MAX, UINT32_MAX }, .counter = { UINT64_MAX, UINT64_MAX }, .used = 4 },
			{ 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
		{ { .key = { 0xa4093822, 0x299f31d0 }, .used = 4,
			.counter = { UINT64_C(0x85a308d3243f6a88), UINT64_C(0x0370734413198a2e) } },
		  { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct random_stream r = cases[i].start;
		for (int k = 0; k < 4; k++)
			CU_ASSERT_EQUAL(random_u32(&r), cases[i].words[k]);
		CU_ASSERT_EQUAL(r.counter[0], cases[i].start.counter[0] + 1);
	}
}

static void names_decide(void)
{
	struct random_stream a, b;
	random_init(&a, 7, "vm_arrival", 3);
	random_init(&b, 7, "vm_arrival", 3);
	CU_ASSERT(a.key[0] == b.key[0] && a.key[1] == b.key[1] && a.counter[1] == b.counter[1]);
	uint64_t first = random_u64(&a);
	CU_ASSERT_EQUAL(first, UINT64_C(0x518a443cbff1ceca));
	random_u32(&a); /* draws of one leave the other alone */
	CU_ASSERT_EQUAL(random_u64(&b), first);
	random_init(&b, 8, "vm_arrival", 3);
	CU_ASSERT_NOT_EQUAL(random_u64(&b), first);
	random_init(&b, 7, "vm_length", 3);
	CU_ASSERT_NOT_EQUAL(random_u64(&b), first);
	random_init(&b, 7, "vm_arrival", 4);
	CU_ASSERT_NOT_EQUAL(random_u64(&b), first);
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x, y;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

static bool all_differ(uint64_t *x, size_t n)
{
	qsort(x, n, sizeof *x, compare_u64);
	for (size_t i = 1; i < n; i++)
		if (x[i] == x[i - 1])
			return false;
	return true;
}

static void all_streams_differ(void)
{
	static uint64_t firsts[100000], counters[100000], seeds[100000];
	for (uint64_t id = 0; id < 100000; id++) {
		struct random_stream r;
		random_init(&r, 1, "vm_demand", id);
		counters[id] = r.counter[1];
		firsts[id] = random_u64(&r);
		seeds[id] = random_seed(1, id);
	}
	CU_ASSERT(all_differ(firsts, 100000));
	CU_ASSERT(all_differ(counters, 100000));
	CU_ASSERT(all_differ(seeds, 100000));
	CU_ASSERT_NOT_EQUAL(random_seed(1, 2), random_seed(2, 1));
	CU_ASSERT_NOT_EQUAL(random_seed(0, 1), 1);
}

/* Correlation of neighbouring ids, seeds and replications; its deviation is 1 / sqrt(n). */
static void neighbours_uncorrelated(void)
{
	struct random_stream a, b[3];
	double sums[3] = { 0, 0, 0 };
	random_init(&a, 5, "x", 0);
	random_init(&b[0], 5, "x", 1);
	random_init(&b[1], 6, "x", 0);
	random_init(&b[2], random_seed(5, 0), "x", 0);
	for (int k = 0; k < DRAWS; k++) {
		double x = random_01(&a) - 0.5;
		for (int i = 0; i < 3; i++)
			sums[i] += 12 * x * (random_01(&b[i]) - 0.5);
	}
	for (int i = 0; i < 3; i++)
		CU_ASSERT(fabs(sums[i] / sqrt(DRAWS)) < SIGMAS);
}

/* Three quarters of 2^64: without rejection one third of the values would come twice as often. */
static void below_unbiased(void)
{
	struct random_stream r;
	random_init(&r, 9, "below", 0);
	uint64_t n = UINT64_C(3) << 62, counts[3] = { 0, 0, 0 }, outside = 0;
	for (int k = 0; k < DRAWS; k++) {
		uint64_t x = random_below(&r, n);
		outside += x >= n;
		counts[x % 3]++;
	}
	CU_ASSERT_EQUAL(outside, 0);
	for (int i = 0; i < 3; i++)
		CU_ASSERT(fabs((double)counts[i] - DRAWS / 3.0) < SIGMAS * sqrt(DRAWS * 2 / 9.0));
	uint64_t dice[6] = { 0 };
	for (int k = 0; k < DRAWS; k++)
		dice[random_below(&r, 6)]++;
	double chi2 = 0;
	for (int i = 0; i < 6; i++)
		chi2 += ((double)dice[i] - DRAWS / 6.0) * ((double)dice[i] - DRAWS / 6.0) / (DRAWS / 6.0);
	CU_ASSERT(chi2 < 35.9); /* 5 degrees of freedom: one in a million */
	CU_ASSERT_EQUAL(random_below(&r, 1), 0);
}

struct moments {
	double mean, variance, least, most;
};

static struct moments moments_of(const double *x)
{
	struct moments m = { 0, 0, x[0], x[0] };
	for (int k = 0; k < DRAWS; k++) {
		m.mean += x[k] / DRAWS;
		m.least = x[k] < m.least ? x[k] : m.least;
		m.most = x[k] > m.most ? x[k] : m.most;
	}
	for (int k = 0; k < DRAWS; k++)
		m.variance += (x[k] - m.mean) * (x[k] - m.mean) / (DRAWS - 1);
	return m;
}

/* Mean and variance within SIGMAS of their own deviations; `kurtosis` is the fourth central moment
 * over the variance squared. */
static bool near(struct moments m, double mean, double variance, double kurtosis)
{
	return fabs(m.mean - mean) < SIGMAS * sqrt(variance / DRAWS)
		&& fabs(m.variance - variance) < SIGMAS * variance * sqrt((kurtosis - 1) / DRAWS);
}

static void moments(void)
{
	static double x[DRAWS];
	struct random_stream r;
	struct moments m;
	random_init(&r, 2, "moments", 0);
	for (int k = 0; k < DRAWS; k++)
		x[k] = random_01(&r);
	m = moments_of(x);
	CU_ASSERT(near(m, 0.5, 1 / 12.0, 1.8) && m.least > 0 && m.most < 1);
	for (int k = 0; k < DRAWS; k++)
		x[k] = random_uniform(&r, -3, 5);
	m = moments_of(x);
	CU_ASSERT(near(m, 1, 64 / 12.0, 1.8) && m.least > -3 && m.most < 5);
	for (int k = 0; k < DRAWS; k++)
		x[k] = random_exponential(&r, 40);
	m = moments_of(x);
	CU_ASSERT(near(m, 40, 1600, 9) && m.least > 0);
	for (int k = 0; k < DRAWS; k++)
		x[k] = random_normal(&r, -2, 3);
	CU_ASSERT(near(moments_of(x), -2, 9, 3));
}

static void skewed_moments(void)
{
	static double x[DRAWS];
	struct random_stream r;
	struct moments m;
	random_init(&r, 3, "moments", 0);
	for (int k = 0; k < DRAWS; k++)
		x[k] = random_lognormal(&r, 1, 0.25);
	/* mean exp(mu + s^2/2), variance (exp(s^2) - 1) mean^2, kurtosis e^4s2 + 2 e^3s2 + 3 e^2s2 - 3 */
	CU_ASSERT(near(moments_of(x), 2.804569, 0.507290, 4.0958));
	for (int k = 0; k < DRAWS; k++)
		x[k] = random_weibull(&r, 2, 2);
	/* scale Gamma(1.5), scale^2 (1 - Gamma(1.5)^2) */
	CU_ASSERT(near(moments_of(x), 1.772454, 0.858407, 3.2451));
	for (int k = 0; k < DRAWS; k++)
		x[k] = random_pareto(&r, 10, 4);
	/* a m / (a - 1), m^2 a / ((a - 1)^2 (a - 2)), 3 (a - 2)(3 a^2 + a + 2) / (a (a - 3)(a - 4)) */
	m = moments_of(x);
	CU_ASSERT(near(m, 40 / 9.0, 160 / (81.0 * 8), 17.829) && m.least >= 4);
}

static void same_draws(void)
{
	struct random_stream r;
	random_init(&r, 4, "draws", 0);
	double sums[5] = { 0, 0, 0, 0, 0 };
	for (int k = 0; k < 1000; k++) {
		sums[0] += random_exponential(&r, 1);
		sums[1] += random_normal(&r, 0, 1);
		sums[2] += random_lognormal(&r, 0, 1);
		sums[3] += random_weibull(&r, 1, 0.8);
		sums[4] += random_pareto(&r, 3, 1);
	}
	static const double right[5] = {
		0x1.e5c018941e77fp+9, -0x1.52f0fd89f2b92p+5, 0x1.9caddbe5550fbp+10,
		0x1.34f989104ae34p+10, 0x1.a66fd2bc6c15dp+10,
	};
	for (int i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(sums[i], right[i]);
}

static void fill(void)
{
	struct random_stream r, words;
	uint8_t bytes[64 + 1], more[16];
	random_init(&r, 1, "bytes", 0);
	words = r;
	memset(bytes, 0xa5, sizeof bytes);
	random_u32(&r); /* a block under way is left behind: the fill starts with the next */
	random_bytes(&r, bytes, 61);
	for (int k = 0; k < 4; k++)
		random_u32(&words);
	uint32_t wrong = 0;
	for (int k = 0; k < 15; k++) {
		uint32_t word;
		memcpy(&word, bytes + 4 * k, sizeof word);
		wrong += word != random_u32(&words);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(bytes[60], random_u32(&words) & 0xff);
	CU_ASSERT(bytes[61] == 0xa5 && bytes[64] == 0xa5);
	random_bytes(&r, more, sizeof more);
	uint32_t first;
	memcpy(&first, more, sizeof first);
	CU_ASSERT_EQUAL(first, random_u32(&words));
	uint64_t counter = r.counter[0];
	random_bytes(&r, more, 0);
	CU_ASSERT_EQUAL(r.counter[0], counter);
}

static const struct test tests[] = {
	{ "Philox4x32-10 gives Random123's known answers", known_answers },
	{ "a stream is a function of seed, purpose and id alone", names_decide },
	{ "100,000 streams and 100,000 seeds all differ", all_streams_differ },
	{ "streams of neighbouring ids and seeds are uncorrelated", neighbours_uncorrelated },
	{ "random_below favours no value", below_unbiased },
	{ "uniform, exponential and normal draws have their moments", moments },
	{ "lognormal, Weibull and Pareto draws have their moments", skewed_moments },
	{ "variates have the same bits everywhere", same_draws },
	{ "bytes are the words of whole blocks", fill },
};

SUITE(sim_random, tests)

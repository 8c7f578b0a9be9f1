/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams of Philox4x32-10 behind GSL's generator interface; the one file that includes Random123
 * and GSL's variates. */
#include "sim/random.h"

#include <Random123/philox.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <string.h>

#include "sim/fault.h"
#include "sim/transcend.h"

#define WORDS 4

/* GSL's variates call exp and log: this reference makes the linker take ours from an archive. */
static bool (*const needed)(void) __attribute__((used)) = transcend_active;

/* A bijection that changes half of the bits (splitmix64's finalizer; Stafford, 2011, variant 13). */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* FNV-1a, then mixed: purposes are few and short. */
static uint64_t purpose_hash(const char *purpose)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (; *purpose; purpose++)
		hash = (hash ^ (unsigned char)*purpose) * UINT64_C(0x100000001b3);
	return mix(hash);
}

/* For one purpose and seed, different ids differ in counter[1], as mix is a bijection: they never
 * share a block. */
void random_init(struct random_stream *r, uint64_t seed, const char *purpose, uint64_t id)
{
	uint64_t hash = purpose_hash(purpose);
	uint64_t key = mix(mix(seed + UINT64_C(0x9e3779b97f4a7c15)) + hash + mix(id));
	*r = (struct random_stream){
		.key = { (uint32_t)key, (uint32_t)(key >> 32) },
		.counter = { 0, mix(hash ^ id) },
		.used = WORDS,
	};
}

/* A bijection of k for each master: no two replications share a seed. */
uint64_t random_seed(uint64_t master, uint64_t k)
{
	return mix(mix(master ^ UINT64_C(0x2545f4914f6cdd1d)) + k);
}

static void block_next(struct random_stream *r)
{
	philox4x32_ctr_t counter = { {
		(uint32_t)r->counter[0], (uint32_t)(r->counter[0] >> 32),
		(uint32_t)r->counter[1], (uint32_t)(r->counter[1] >> 32),
	} };
	philox4x32_key_t key = { { r->key[0], r->key[1] } };
	philox4x32_ctr_t words = philox4x32(counter, key);
	memcpy(r->block, words.v, sizeof r->block);
	r->counter[0]++;
	r->used = 0;
}

uint32_t random_u32(struct random_stream *r)
{
	if (r->used == WORDS)
		block_next(r);
	return r->block[r->used++];
}

uint64_t random_u64(struct random_stream *r)
{
	uint64_t low = random_u32(r);
	return (uint64_t)random_u32(r) << 32 | low;
}

/* Lemire, ACM TOMACS 2019: the high half of a product; the few low halves that would favour some
 * values are drawn again. */
uint64_t random_below(struct random_stream *r, uint64_t n)
{
	ASSERT(n > 0);
	for (;;) {
		__extension__ unsigned __int128 product = (unsigned __int128)random_u64(r) * n;
		uint64_t low = (uint64_t)product;
		if (low >= n || low >= -n % n)
			return (uint64_t)(product >> 64);
	}
}

double random_01(struct random_stream *r)
{
	uint64_t k;
	do
		k = random_u64(r) >> 11;
	while (k == 0);
	return (double)k * 0x1p-53;
}

double random_uniform(struct random_stream *r, double low, double high)
{
	ASSERT(low <= high);
	return low + (high - low) * random_01(r);
}

/* ---- GSL's view of a stream ---- */

static void rng_set(void *state, unsigned long seed)
{
	random_init(state, seed, "gsl", 0);
}

static unsigned long rng_get(void *state)
{
	return random_u32(state);
}

static double rng_get_double(void *state)
{
	return random_01(state);
}

static const gsl_rng_type rng_type = {
	.name = "philox4x32-10",
	.max = UINT32_MAX,
	.min = 0,
	.size = sizeof(struct random_stream),
	.set = rng_set,
	.get = rng_get,
	.get_double = rng_get_double,
};

static gsl_rng rng_of(struct random_stream *r)
{
	return (gsl_rng){ .type = &rng_type, .state = r };
}

double random_exponential(struct random_stream *r, double mean)
{
	ASSERT(mean >= 0);
	gsl_rng rng = rng_of(r);
	return gsl_ran_exponential(&rng, mean);
}

double random_normal(struct random_stream *r, double mean, double deviation)
{
	ASSERT(deviation >= 0);
	gsl_rng rng = rng_of(r);
	return mean + gsl_ran_gaussian_ziggurat(&rng, deviation);
}

double random_lognormal(struct random_stream *r, double log_mean, double log_deviation)
{
	ASSERT(log_deviation >= 0);
	gsl_rng rng = rng_of(r);
	return gsl_ran_lognormal(&rng, log_mean, log_deviation);
}

double random_weibull(struct random_stream *r, double scale, double shape)
{
	ASSERT(scale >= 0 && shape > 0);
	gsl_rng rng = rng_of(r);
	return gsl_ran_weibull(&rng, scale, shape);
}

double random_pareto(struct random_stream *r, double shape, double minimum)
{
	ASSERT(shape > 0 && minimum >= 0);
	gsl_rng rng = rng_of(r);
	return gsl_ran_pareto(&rng, shape, minimum);
}

/* Whole blocks from the next one on; what is left of the one under way, and of the last one, is dropped. */
void random_bytes(struct random_stream *r, uint8_t *bytes, uint64_t n)
{
	for (uint64_t done = 0; done < n; done += sizeof r->block) {
		block_next(r);
		memcpy(bytes + done, r->block, n - done < sizeof r->block ? n - done : sizeof r->block);
	}
	r->used = WORDS;
}

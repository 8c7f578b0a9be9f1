/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The digest: it depends on what was added, to the last bit, and not on the order of adding. */
#include "sim/digest.h"

#include <math.h>
#include <string.h>

#include "tests/test.h"

static struct digest digest_one(enum digest_kind kind, const uint64_t words[static 5])
{
	struct digest d = {0};
	digest_add(&d, kind, words);
	return d;
}

static int same(struct digest x, struct digest y)
{
	return x.lo == y.lo && x.hi == y.hi;
}

static uint64_t scramble(uint64_t x)
{
	x = (x ^ x >> 31) * UINT64_C(0x7fb5d329728ea185);
	x = (x ^ x >> 27) * UINT64_C(0x81dadef4bc2dd44d);
	return x ^ x >> 33;
}

static void record(uint64_t i, uint64_t words[static 5])
{
	for (uint64_t k = 0; k < 5; k++)
		words[k] = k == 1 ? i % 3 : scramble(i * 5 + k) >> (i % 64);
}

static void order_of_adding(void)
{
	struct digest forward = {0}, backward = {0}, by_parts = {0};
	uint64_t words[5];
	for (uint64_t i = 0; i < 5000; i++) {
		record(i, words);
		digest_add(&forward, DIGEST_HOST_UPDATE, words);
		record(4999 - i, words);
		digest_add(&backward, DIGEST_HOST_UPDATE, words);
	}
	for (uint64_t part = 0; part < 7; part++) {
		for (uint64_t i = part; i < 5000; i += 7) {
			record(i, words);
			digest_add(&by_parts, DIGEST_HOST_UPDATE, words);
		}
	}
	CU_ASSERT(same(forward, backward));
	CU_ASSERT(same(forward, by_parts));
	CU_ASSERT(forward.lo != 0 && forward.hi != 0);
}

static void each_bit_counts(void)
{
	for (uint64_t i = 0; i < 200; i++) {
		uint64_t words[5];
		record(i, words);
		struct digest before = digest_one(DIGEST_EVENT, words);
		for (size_t bit = 0; bit < 320; bit++) {
			words[bit / 64] ^= UINT64_C(1) << bit % 64;
			struct digest after = digest_one(DIGEST_EVENT, words);
			CU_ASSERT(before.lo != after.lo && before.hi != after.hi);
			words[bit / 64] ^= UINT64_C(1) << bit % 64;
		}
		CU_ASSERT(same(before, digest_one(DIGEST_EVENT, words)));
	}
}

static void bits_spread(void)
{
	/* One bit changed changes half of the 128, give or take: 64 a time, deviation 5.7, here a
	 * mean of 64,000. */
	uint64_t changed = 0;
	for (uint64_t i = 0; i < 200; i++) {
		uint64_t words[5];
		record(i, words);
		struct digest before = digest_one(DIGEST_VALUE, words);
		for (size_t bit = 0; bit < 320; bit++) {
			words[bit / 64] ^= UINT64_C(1) << bit % 64;
			struct digest after = digest_one(DIGEST_VALUE, words);
			changed += (uint64_t)__builtin_popcountll(before.lo ^ after.lo) +
			           (uint64_t)__builtin_popcountll(before.hi ^ after.hi);
			words[bit / 64] ^= UINT64_C(1) << bit % 64;
		}
	}
	double mean = (double)changed / (200 * 320);
	CU_ASSERT_DOUBLE_EQUAL(mean, 64, 0.5);
}

static void kinds_and_places(void)
{
	const uint64_t words[5] = {1, 2, 3, 4, 5}, swapped[5] = {2, 1, 3, 4, 5}, halves[5] = {3, 4, 1, 2, 5};
	struct digest d = digest_one(DIGEST_EVENT, words);
	CU_ASSERT(!same(d, digest_one(DIGEST_NOTE, words)));
	CU_ASSERT(!same(d, digest_one(DIGEST_EVENT, swapped)));
	CU_ASSERT(!same(d, digest_one(DIGEST_EVENT, halves)));
}

static void twice_is_not_never(void)
{
	const uint64_t words[5] = {0};
	struct digest once = digest_one(DIGEST_EVENT, words), twice = once;
	digest_add(&twice, DIGEST_EVENT, words);
	CU_ASSERT(!same(once, (struct digest){0}));
	CU_ASSERT(!same(twice, once));
	CU_ASSERT(!same(twice, (struct digest){0}));
}

static void words_of_doubles(void)
{
	CU_ASSERT_EQUAL(digest_of_double(0.0), 0);
	CU_ASSERT_EQUAL(digest_of_double(1.0), UINT64_C(0x3ff0000000000000));
	CU_ASSERT_EQUAL(digest_of_double(nextafter(1.0, 2.0)), UINT64_C(0x3ff0000000000001));
	CU_ASSERT(digest_of_double(-0.0) != digest_of_double(0.0));
}

static void words_of_strings(void)
{
	/* The published values of FNV-1a. */
	CU_ASSERT_EQUAL(digest_of_string(""), UINT64_C(0xcbf29ce484222325));
	CU_ASSERT_EQUAL(digest_of_string("a"), UINT64_C(0xaf63dc4c8601ec8c));
	CU_ASSERT_EQUAL(digest_of_string("foobar"), UINT64_C(0x85944171f73967e8));
}

static void text_of_a_digest(void)
{
	char text[33];
	digest_text(&(struct digest){.lo = 0x1f, .hi = UINT64_C(0xab) << 56}, text);
	CU_ASSERT_STRING_EQUAL(text, "ab00000000000000000000000000001f");
}

static void numbers_for_ever(void)
{
	/* Fixed: a digest of last year's run must stay comparable with today's. */
	struct digest d = digest_one(DIGEST_EVENT, (const uint64_t[5]){1, 2, 3, 4, 5});
	char text[33];
	digest_text(&d, text);
	CU_ASSERT_STRING_EQUAL(text, "cb1e41882e249b658775c53bc3b18072");
	CU_ASSERT_EQUAL(DIGEST_NOTE, 5);
}

static const struct test tests[] = {
	{"the order of adding does not matter", order_of_adding},
	{"each bit of each word changes both halves", each_bit_counts},
	{"a changed bit changes half of the digest's bits", bits_spread},
	{"kinds and places of words are told apart", kinds_and_places},
	{"a record twice is neither once nor never", twice_is_not_never},
	{"the word of a double is its bits", words_of_doubles},
	{"the word of a string is FNV-1a", words_of_strings},
	{"the text is 32 hexadecimal digits", text_of_a_digest},
	{"the digest of a record stays what it is", numbers_for_ever},
};

SUITE(sim_digest, tests)

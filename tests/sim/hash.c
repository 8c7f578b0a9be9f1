/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hashes of bytes: known values, parts, seeds. */
#include "sim/hash.h"

#include <string.h>

#include "tests/test.h"

static void fill(unsigned char *bytes, size_t size)
{
	uint32_t x = 1;
	for (size_t i = 0; i < size; i++) {
		x = x * 1664525u + 1013904223u;
		bytes[i] = (unsigned char)(x >> 24);
	}
}

/* The value of the empty text is the one that the algorithm's specification gives. */
static void known_values(void)
{
	CU_ASSERT_EQUAL(hash_bytes("", 0), UINT64_C(0x2d06800538d394c2));
	CU_ASSERT_EQUAL(hash_bytes("vdcsim", 6), hash_seeded("vdcsim", 6, 0));
	CU_ASSERT_NOT_EQUAL(hash_bytes("vdcsim", 6), hash_seeded("vdcsim", 6, 1));
}

static void parts_join(void)
{
	unsigned char bytes[5000];
	fill(bytes, sizeof bytes);
	for (size_t cut = 0; cut <= sizeof bytes; cut += 613) {
		struct hash *hash = hash_begin();
		hash_add(hash, bytes, cut);
		hash_add(hash, bytes + cut, sizeof bytes - cut);
		CU_ASSERT_EQUAL(hash_end(hash), hash_bytes(bytes, sizeof bytes));
	}
}

static void every_bit_counts(void)
{
	unsigned char bytes[300];
	fill(bytes, sizeof bytes);
	uint64_t whole = hash_bytes(bytes, sizeof bytes);
	for (size_t bit = 0; bit < 8 * sizeof bytes; bit++) {
		bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
		CU_ASSERT_NOT_EQUAL(hash_bytes(bytes, sizeof bytes), whole);
		bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
}

static const struct test tests[] = {
	{"the hash is XXH3, with seed 0 if none is told", known_values},
	{"bytes added in parts have the hash of the whole", parts_join},
	{"a bit that changes changes the hash", every_bit_counts},
};
SUITE(sim_hash, tests)

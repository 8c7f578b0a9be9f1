/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hashes of bytes; the one file that includes xxhash. */
#include "sim/hash.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "sim/fault.h"

struct hash {
	XXH3_state_t state; /* wants to be aligned to cache lines */
};

uint64_t hash_bytes(const void *bytes, size_t size)
{
	return XXH3_64bits(bytes, size);
}

uint64_t hash_seeded(const void *bytes, size_t size, uint64_t seed)
{
	return XXH3_64bits_withSeed(bytes, size, seed);
}

struct hash *hash_begin(void)
{
	struct hash *hash = aligned_alloc(64, (sizeof *hash + 63) / 64 * 64);
	if (!hash)
		fault_surroundings("out of memory: no room for a hash");
	XXH3_64bits_reset(&hash->state);
	return hash;
}

void hash_add(struct hash *hash, const void *bytes, size_t size)
{
	XXH3_64bits_update(&hash->state, bytes, size);
}

uint64_t hash_end(struct hash *hash)
{
	uint64_t value = XXH3_64bits_digest(&hash->state);
	free(hash);
	return value;
}

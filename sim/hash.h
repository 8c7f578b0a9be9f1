/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A 64-bit hash of bytes that were written, to tell on reading whether they are still the same: XXH3.
 *
 * It is for files (caches of traces, results), fast, the same on every machine, and no protection against
 * somebody who wants to deceive. What a run did is told by sim/digest.h. */
#ifndef SIM_HASH_H
#define SIM_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const void *bytes, size_t size);

/* Another hash of the same bytes for every seed. hash_seeded(b, n, 0) is hash_bytes(b, n). */
uint64_t hash_seeded(const void *bytes, size_t size, uint64_t seed);

/* The same as hash_bytes of all parts joined. hash_end releases it. */
struct hash;
struct hash *hash_begin(void);
void hash_add(struct hash *hash, const void *bytes, size_t size);
uint64_t hash_end(struct hash *hash);

#endif

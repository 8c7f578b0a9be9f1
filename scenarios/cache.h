/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binary files of what trace readers read: mapped, checked, and used where they lie.
 *
 * A file is a header, the tables of a demand_set and the text of its row names, each at a multiple
 * of 64 bytes, as this machine stores them. The header carries what the file was made of and an
 * XXH3 checksum over all the rest. Opening maps the file, checks it (10 GB/s and more) and makes
 * the array of pointers to names; nothing is copied. */
#ifndef SCENARIOS_CACHE_H
#define SCENARIOS_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/demand.h"

/* What a cached set was made of. The first three name the file, the others must agree with its
 * header. */
struct cache_key {
	const char *source;     /* absolute path */
	const char *subset;     /* or NULL */
	const char *format;
	uint32_t version;       /* of the reader */
	uint64_t stamp;         /* archive_stamp() of the source */
};

enum cache_state {
	CACHE_READ,
	CACHE_ABSENT,           /* or of an older source, reader or layout */
	CACHE_DAMAGED,
};

/* The path of a key's file in the cache folder; false when it is longer than size. */
bool cache_path(const char *folder, const struct cache_key *key, char *path, uint32_t size);

enum cache_state cache_load(const char *path, const struct cache_key *key, struct demand_set *set);

/* Writes beside and renames. False when it cannot: no error, since the set is there. */
bool cache_save(const char *path, const struct cache_key *key, const struct demand_set *set);

/* The checksum of a set's samples and axis: its `checksum`. */
uint64_t cache_checksum(const struct demand_set *set);

#endif

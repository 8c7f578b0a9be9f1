/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many samples of one host at once. Internal to fluid.c.
 *
 * batch_length tells how many samples, at least two, may be taken in one go from the one on which the
 * cursors stand, which begins at since_ns (0: none: mixed plans, nested guests, a migration under way, too
 * few before until_ns or before the trace ends); batch_walk takes them. It leaves host->since_ns at the
 * end of the last one, and the cursors on the last one. */
#ifndef MODELS_HYPERVISOR_BATCH_H
#define MODELS_HYPERVISOR_BATCH_H

#include "models/world.h"

#define BATCH_MOST 512 /* samples */

uint32_t batch_length(const struct world *world, const struct host *host, int64_t until_ns);
void batch_walk(struct world *world, host_id id, uint32_t n);

/* Adds a record of a host's new present to the digest. */
static inline void batch_digest(struct digest *digest, uint32_t host, int64_t time_ns,
                                const int64_t state[static 3])
{
	const uint64_t words[5] = {
		(uint64_t)time_ns, host, (uint64_t)state[0], (uint64_t)state[1], (uint64_t)state[2],
	};
	digest_add(digest, DIGEST_HOST_UPDATE, words);
}

#endif

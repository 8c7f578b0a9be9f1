/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which host takes a guest that moves: asks the target policy, or answers for it from its scores.
 *
 * A policy without a score is asked. One with a score is answered for, with the host that policy_lowest()
 * would choose on the same view:
 *   - by size there are few different requests, and scores.h keeps the score of every host for each;
 *   - by demand each request is another, and all hosts would have to be scored anew. But hosts that are
 *     empty and equal in every entry have equal scores, and of those only the one of the lowest id can be
 *     chosen. So the walk goes over hosts in use and, of each kind of empty ones, the first, and passes
 *     over whole blocks of hosts that are too full. A question costs at most O(hosts in use), a round
 *     O(hosts) once. */
#ifndef POLICIES_TARGETS_H
#define POLICIES_TARGETS_H

#include <stdbool.h>
#include <stdint.h>

#include "policies/look.h"
#include "policies/questions.h"
#include "policies/scores.h"

#define TARGETS_BLOCK 32

/* Candidates in order of id, with what each has free, and the most that one of each block has: where a
 * block has too little CPU or memory for a request, none of its hosts is looked at. */
struct targets_list {
	uint32_t *at;
	int64_t *free_hz, *free_bytes; /* -1: closed */
	int64_t *most_hz, *most_bytes; /* [block] */
	uint32_t count;
};

struct targets {
	struct look *look;
	const struct questions *questions;
	bool by_scores, by_walk;
	struct scores scores;
	struct targets_list walk, sleepers; /* hosts that are on; that may be woken */
	uint32_t *like;                /* [host]: the next empty host that is equal to it; POLICY_NONE */
	uint32_t *place;               /* [host]: in its list; POLICY_NONE */
	bool open;                     /* between begin and end */
};

/* The questions are open. Takes over look->touched. */
void targets_open(struct targets *t, struct look *look, const struct questions *questions);
void targets_close(struct targets *t);

/* The view was refreshed: a round begins. */
void targets_begin(struct targets *t);
void targets_end(struct targets *t);

/* Could some host that is on take so much CPU, so much memory? False: certainly not. */
bool targets_may(const struct targets *t, int64_t cpu_hz, int64_t ram_bytes);

/* Among hosts that are on. False: no host. The answer of a policy that was asked is not checked. */
bool targets_find(struct targets *t, const struct policy_request *request, uint32_t *host);
/* Among hosts that sleep or are on their way up. */
bool targets_wake(struct targets *t, const struct policy_request *request, uint32_t *host);

#endif

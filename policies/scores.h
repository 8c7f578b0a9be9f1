/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores of hosts, kept from one question to the next: answers for policies that have a score.
 *
 * For each size of request that was asked for (a shape) there is the score of every host, infinite where it
 * has no room, and the lowest score of each block of hosts. A log tells which hosts changed; before a shape
 * answers it scores anew those that changed since it last did, so that a question costs O(changes + hosts /
 * block + block) and no host is looked at that did not change. The answer is the one of policy_lowest() on
 * the same view, to the last tie; tests/policies/scores.c compares them.
 *
 * Scenarios with more than SCORES_SHAPES sizes, and policies without a score, are answered by the policy
 * itself. Memory: 8 bytes a host and shape. */
#ifndef POLICIES_SCORES_H
#define POLICIES_SCORES_H

#include <stdbool.h>
#include <stdint.h>

#include "policies/policy.h"

#define SCORES_SHAPES 64
#define SCORES_BLOCK 32

struct scores_shape {
	struct policy_request request;  /* the first of this size */
	uint64_t seen;                  /* changes that are worked in */
	double *score;                  /* [host]; filled up to whole blocks */
	double *lowest;                 /* [block] */
};

struct scores {
	const struct policy *policy;
	void *state;
	const struct policy_view *view;
	uint32_t block_count;
	uint32_t *log;                  /* hosts that changed, in a ring */
	uint32_t log_mask;
	uint64_t changes;               /* ever written to it */
	struct scores_shape shapes[SCORES_SHAPES];
	uint32_t shape_count;
};

/* The policy is open and the view complete; both outlive the scores. */
void scores_open(struct scores *s, const struct policy *policy, void *state, const struct policy_view *view);
void scores_close(struct scores *s);

/* The view's entry of a host has changed. */
static inline void scores_changed(struct scores *s, uint32_t host)
{
	s->log[s->changes++ & s->log_mask] = host;
}

/* What policy->place would say. */
bool scores_place(struct scores *s, const struct policy_request *request, uint32_t *host);

#endif

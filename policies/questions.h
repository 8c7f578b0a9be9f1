/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who answers which question: a policy for each, and their states.
 *
 * Questions that name the same policy with the same parameters share one state: a policy that watches hosts
 * in `overloaded` may act on what it saw in `balance`. Every question is announced to the supervisor of
 * plug-ins (supervisor.h), so that one that crashes or does not come back is told by name. */
#ifndef POLICIES_QUESTIONS_H
#define POLICIES_QUESTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "policies/policy.h"
#include "policies/supervisor.h"

enum question {
	ASK_OVERLOAD, ASK_SELECTION, ASK_TARGET, ASK_UNDERLOAD, ASK_WORTH, ASK_METHOD, ASK_BALANCE, ASK_POWER,
	ASK_FAILURE, ASK_SCALING, QUESTIONS
};
extern const char *const question_names[QUESTIONS]; /* "overload", ...: sections of `control` */

/* Can the policy answer it? */
bool question_answered(const struct policy *policy, enum question question);

struct question_choice {
	const struct policy *policy;   /* NULL: nobody answers */
	const double *values;          /* parameters in the order of its table */
};

struct answerer {
	const struct policy *policy;
	void *state;
	bool owns;                     /* else the state is an earlier question's */
};

struct questions {
	struct answerer by[QUESTIONS];
	const struct policy_view *view;
	struct watch *watch;           /* NULL: nobody watches */
};

/* Opens each policy once. The view must be complete and outlive the questions. */
void questions_open(struct questions *q, const struct question_choice choices[QUESTIONS],
                    const struct policy_view *view, struct watch *watch);
void questions_close(struct questions *q);

static inline bool questions_has(const struct questions *q, enum question question)
{
	return q->by[question].policy != NULL;
}

/* Around each call of a policy. Returns its state. */
void *questions_begin(const struct questions *q, enum question question);
void questions_end(const struct questions *q);

#endif

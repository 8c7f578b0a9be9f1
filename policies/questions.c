/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens the policies that answer the control loop's questions. */
#include "policies/questions.h"

#include <stdlib.h>
#include <string.h>

#include "sim/fault.h"
#include "sim/memory.h"

const char *const question_names[QUESTIONS] = {
	"overload", "selection", "target", "underload", "worth", "method", "balance", "power", "failure",
	"scaling",
};

bool question_answered(const struct policy *policy, enum question question)
{
	switch (question) {
	case ASK_OVERLOAD:
		return policy->overloaded != NULL;
	case ASK_SELECTION:
		return policy->select != NULL;
	case ASK_TARGET:
		return policy->place != NULL;
	case ASK_UNDERLOAD:
		return policy->drain != NULL;
	case ASK_WORTH:
		return policy->worth != NULL;
	case ASK_METHOD:
		return policy->method != NULL;
	case ASK_BALANCE:
		return policy->balance != NULL;
	case ASK_POWER:
		return policy->power != NULL;
	case ASK_FAILURE:
		return policy->failed != NULL;
	case ASK_SCALING:
		return policy->scale != NULL;
	case QUESTIONS:
		break;
	}
	ASSERT(!"a question that nobody knows");
	return false;
}

static uint32_t parameter_count(const struct policy *policy)
{
	uint32_t n = 0;
	while (policy->parameters && policy->parameters[n].name)
		n++;
	return n;
}

/* Bit for bit: -0 and 0 are two choices. */
static bool same_choice(const struct question_choice *a, const struct question_choice *b)
{
	if (a->policy != b->policy)
		return false;
	size_t bytes = parameter_count(a->policy) * sizeof *a->values;
	return !bytes || memcmp(a->values, b->values, bytes) == 0;
}

/* An earlier question with the same choice, or `at` itself. */
static uint32_t first_like(const struct question_choice *choices, uint32_t at)
{
	uint32_t k = 0;
	while (k < at && !same_choice(&choices[k], &choices[at]))
		k++;
	return k;
}

void questions_open(struct questions *q, const struct question_choice choices[QUESTIONS],
                    const struct policy_view *view, struct watch *watch)
{
	*q = (struct questions){.view = view, .watch = watch};
	for (uint32_t k = 0; k < QUESTIONS; k++) {
		const struct policy *policy = choices[k].policy;
		struct answerer *by = &q->by[k];
		if (!policy)
			continue;
		ASSERT(question_answered(policy, (enum question)k)); /* the scenario's check has seen to it */
		by->policy = policy;
		uint32_t first = first_like(choices, k);
		by->owns = first == k;
		if (!by->owns) {
			by->state = q->by[first].state;
			continue;
		}
		by->state = memory_new(1, policy->state_bytes ? policy->state_bytes : 1, "policy state");
		if (!policy->open)
			continue;
		watch_asks(watch, policy->name, "open", view->now_ns);
		policy->open(by->state, view, choices[k].values);
		watch_answered(watch);
	}
}

void questions_close(struct questions *q)
{
	for (uint32_t k = 0; k < QUESTIONS; k++) {
		struct answerer *by = &q->by[k];
		if (!by->owns)
			continue;
		if (by->policy->close)
			by->policy->close(by->state);
		free(by->state);
	}
	*q = (struct questions){0};
}

void *questions_begin(const struct questions *q, enum question question)
{
	const struct answerer *by = &q->by[question];
	ASSERT(by->policy);
	watch_asks(q->watch, by->policy->name, question_names[question], q->view->now_ns);
	return by->state;
}

void questions_end(const struct questions *q)
{
	watch_answered(q->watch);
}

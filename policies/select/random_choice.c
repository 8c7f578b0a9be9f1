/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selection: any of the host's guests that may move, with equal chances. The k-th choice of a run is a
 * function of the seed and k alone (a counter through the mixer of SplitMix64), so that a run can be
 * repeated. */
#include "policies/policy.h"

extern const struct policy policy_random_choice;

enum { SEED };

struct random_choice {
	uint64_t seed, count;
};

static void open(void *state, const struct policy_view *view, const double *values)
{
	struct random_choice *s = state;
	(void)view;
	s->seed = (uint64_t)values[SEED];
}

static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

/* 0 to n - 1: the upper half of 32 random bits times n, off from equal chances by n / 2^32. */
static uint32_t below(struct random_choice *s, uint32_t n)
{
	uint64_t bits = mix(mix(s->seed) + ++s->count * 0x9e3779b97f4a7c15u);
	return (uint32_t)((bits >> 32) * n >> 32);
}

static bool select(void *state, const struct policy_view *view, uint32_t host, uint32_t *guest)
{
	uint32_t n = 0;
	for (uint32_t i = view->first_guest[host]; i != POLICY_NONE; i = view->guests[i].next)
		n += view->guests[i].moves;
	if (n == 0)
		return false;
	uint32_t left = below(state, n);
	for (uint32_t i = view->first_guest[host]; i != POLICY_NONE; i = view->guests[i].next)
		if (view->guests[i].moves && left-- == 0) {
			*guest = i;
			break;
		}
	return true;
}

static const struct policy_parameter parameters[] = {
	[SEED] = {"seed", "", 1, 0, 1e15, "another seed, other choices"},
	{0},
};

const struct policy policy_random_choice = {
	.abi = POLICY_ABI, .struct_size = sizeof(struct policy),
	.name = "random_choice",
	.summary = "any guest, with equal chances",
	.source = "Beloglazov and Buyya 2012 (RC); Steele, Lea and Flood 2014 (mixer)",
	.parameters = parameters,
	.state_bytes = sizeof(struct random_choice),
	.open = open,
	.select = select,
};

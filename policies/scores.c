/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps scores of hosts by size of request, and finds the lowest. */
#include "policies/scores.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "sim/fault.h"
#include "sim/memory.h"

void scores_open(struct scores *s, const struct policy *policy, void *state, const struct policy_view *view)
{
	uint32_t room = 256;
	while (room < view->host_count && room < UINT32_C(1) << 30)
		room *= 2;
	*s = (struct scores){.policy = policy, .state = state, .view = view, .log_mask = room - 1};
	s->block_count = (view->host_count + SCORES_BLOCK - 1) / SCORES_BLOCK;
	s->log = memory_new(room, sizeof *s->log, "changed hosts");
}

void scores_close(struct scores *s)
{
	for (uint32_t i = 0; i < s->shape_count; i++) {
		free(s->shapes[i].score);
		free(s->shapes[i].lowest);
	}
	free(s->log);
	*s = (struct scores){0};
}

static double score_of(const struct scores *s, const struct policy_request *request, uint32_t host)
{
	if (host >= s->view->host_count || !policy_fits(&s->view->hosts[host], request))
		return HUGE_VAL;
	return s->policy->score(s->state, s->view, request, host);
}

static void block_renew(struct scores_shape *shape, uint32_t block)
{
	const double *score = shape->score + (size_t)block * SCORES_BLOCK;
	double lowest = score[0];
	for (uint32_t k = 1; k < SCORES_BLOCK; k++)
		lowest = score[k] < lowest ? score[k] : lowest;
	shape->lowest[block] = lowest;
}

static void shape_fill(struct scores *s, struct scores_shape *shape)
{
	for (uint32_t h = 0; h < s->block_count * SCORES_BLOCK; h++)
		shape->score[h] = score_of(s, &shape->request, h);
	for (uint32_t b = 0; b < s->block_count; b++)
		block_renew(shape, b);
}

static void host_renew(struct scores *s, struct scores_shape *shape, uint32_t host)
{
	uint32_t block = host / SCORES_BLOCK;
	double before = shape->score[host], now = score_of(s, &shape->request, host);
	shape->score[host] = now;
	if (now <= shape->lowest[block])
		shape->lowest[block] = now;
	else if (before <= shape->lowest[block])
		block_renew(shape, block);
}

/* Works in what changed since the shape was last asked for. */
static void shape_renew(struct scores *s, struct scores_shape *shape)
{
	ASSERT(shape->seen <= s->changes);
	if (s->changes - shape->seen > s->log_mask)
		shape_fill(s, shape);
	else
		for (uint64_t k = shape->seen; k < s->changes; k++)
			host_renew(s, shape, s->log[k & s->log_mask]);
	shape->seen = s->changes;
}

static bool same_size(const struct policy_request *a, const struct policy_request *b)
{
	return a->cpu_hz == b->cpu_hz && a->ram_bytes == b->ram_bytes && a->vcpus == b->vcpus &&
	       a->vcpu_hz == b->vcpu_hz && a->disk_bytes == b->disk_bytes &&
	       a->on_kind == b->on_kind;
}

/* The request's shape, made if it is new; NULL when there are too many. */
static struct scores_shape *shape_for(struct scores *s, const struct policy_request *request)
{
	for (uint32_t i = 0; i < s->shape_count; i++)
		if (same_size(&s->shapes[i].request, request))
			return &s->shapes[i];
	if (s->shape_count == SCORES_SHAPES)
		return NULL;
	struct scores_shape *shape = &s->shapes[s->shape_count++];
	size_t hosts = (size_t)s->block_count * SCORES_BLOCK;
	shape->request = *request;
	shape->score = memory_new(hosts, sizeof *shape->score, "scores of hosts");
	shape->lowest = memory_new(s->block_count, sizeof *shape->lowest, "scores of hosts");
	shape_fill(s, shape);
	shape->seen = s->changes;
	return shape;
}

/* policy_lowest() over the kept scores. */
static uint32_t walk(const struct scores *s, const struct scores_shape *shape)
{
	uint32_t chosen = UINT32_MAX;
	double lowest = HUGE_VAL;
	for (uint32_t h = 0; h < s->view->host_count; h++) {
		if (!(shape->score[h] < lowest - s->policy->score_tie))
			continue;
		lowest = shape->score[h];
		chosen = h;
	}
	return chosen;
}

/* The first host whose score is the lowest but for half a tie. That is the one that the walk from host to
 * host chooses, unless another score lies within three ties: then a chain of small steps may end elsewhere,
 * and the walk must be made. (The last term is for scores so large that a tie is lost in rounding.) */
static uint32_t find(const struct scores *s, const struct scores_shape *shape, double lowest)
{
	double tie = s->policy->score_tie, far = lowest;
	uint32_t chosen = UINT32_MAX;
	if (tie > 0)
		far += 3 * tie + 8 * DBL_EPSILON * fabs(lowest);
	for (uint32_t b = 0; b < s->block_count; b++) {
		if (shape->lowest[b] > far)
			continue;
		for (uint32_t h = b * SCORES_BLOCK; h < (b + 1) * SCORES_BLOCK; h++) {
			if (shape->score[h] > far)
				continue;
			if (shape->score[h] > lowest + tie / 2)
				return walk(s, shape);
			chosen = chosen == UINT32_MAX ? h : chosen;
		}
		if (!(tie > 0) && chosen != UINT32_MAX)
			return chosen;
	}
	return chosen;
}

bool scores_place(struct scores *s, const struct policy_request *request, uint32_t *host)
{
	struct scores_shape *shape = s->policy->score ? shape_for(s, request) : NULL;
	if (!shape)
		return s->policy->place(s->state, s->view, request, host);
	shape_renew(s, shape);
	double lowest = HUGE_VAL;
	for (uint32_t b = 0; b < s->block_count; b++)
		lowest = shape->lowest[b] < lowest ? shape->lowest[b] : lowest;
	if (!(lowest < HUGE_VAL))
		return false;
	*host = find(s, shape, lowest);
	ASSERT(*host < s->view->host_count);
	return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds targets for moves: from kept scores, by a walk over candidates, or by asking. */
#include "policies/targets.h"

#include <stdlib.h>
#include <string.h>

#include "sim/memory.h"

#define LIKE_RECENT 8 /* kinds of empty hosts looked back at; one that is missed is only a candidate more */

/* Nobody is on it or comes, and nothing is booked but what its hypervisor keeps. */
static bool is_empty(const struct policy_host *h)
{
	return h->guests == 0 && h->moving == 0 && h->demand_hz == 0 && h->cpu_booked_hz == 0 &&
	       h->disk_booked_bytes == 0 && !h->closed && !h->tried;
}

static bool same(double a, double b)
{
	return !(a < b) && !(a > b);
}

/* Two empty hosts that no score can tell apart. */
static bool is_like(const struct policy_host *a, const struct policy_host *b)
{
	return a->kind == b->kind && a->power == b->power && a->rack == b->rack && a->site == b->site &&
	       a->state == b->state && a->ram_booked_bytes == b->ram_booked_bytes && a->speed == b->speed &&
	       same(a->cap_w, b->cap_w) && same(a->net_01, b->net_01) && same(a->ram_01, b->ram_01);
}

static struct targets_list *list_of(struct targets *t, uint32_t host)
{
	return t->look->hosts[host].on ? &t->walk : &t->sleepers;
}

static void block_renew(struct targets_list *list, uint32_t block)
{
	uint32_t from = block * TARGETS_BLOCK, to = from + TARGETS_BLOCK;
	int64_t hz = -1, bytes = -1;
	for (uint32_t k = from; k < to && k < list->count; k++) {
		hz = list->free_hz[k] > hz ? list->free_hz[k] : hz;
		bytes = list->free_bytes[k] > bytes ? list->free_bytes[k] : bytes;
	}
	list->most_hz[block] = hz;
	list->most_bytes[block] = bytes;
}

static void place_renew(const struct targets *t, struct targets_list *list, uint32_t k)
{
	const struct policy_host *h = &t->look->hosts[list->at[k]];
	list->free_hz[k] = h->closed ? -1 : h->cpu_limit_hz - h->cpu_booked_hz;
	list->free_bytes[k] = h->closed ? -1 : h->ram_limit_bytes - h->ram_booked_bytes;
}

/* From a place on, all is anew. */
static void list_renew(struct targets *t, struct targets_list *list, uint32_t from)
{
	for (uint32_t k = from; k < list->count; k++) {
		t->place[list->at[k]] = k;
		place_renew(t, list, k);
	}
	for (uint32_t b = from / TARGETS_BLOCK; b * TARGETS_BLOCK < list->count; b++)
		block_renew(list, b);
}

/* A candidate that was the first of its like is in use: the next one is a candidate too. */
static void successor(struct targets *t, uint32_t host)
{
	struct targets_list *list = list_of(t, host);
	uint32_t next = t->like[host], low = 0, high = list->count;
	t->like[host] = POLICY_NONE;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (list->at[middle] < next)
			low = middle + 1;
		else
			high = middle;
	}
	ASSERT(low == list->count || list->at[low] != next);
	ASSERT(list->count < t->look->view.host_count);
	memmove(list->at + low + 1, list->at + low, (list->count - low) * sizeof *list->at);
	list->at[low] = next;
	list->count++;
	list_renew(t, list, low);
}

static void touched(void *context, uint32_t host)
{
	struct targets *t = context;
	if (t->by_scores)
		scores_changed(&t->scores, host);
	if (!t->open || t->place[host] == POLICY_NONE)
		return;
	struct targets_list *list = list_of(t, host);
	ASSERT(t->place[host] < list->count && list->at[t->place[host]] == host);
	place_renew(t, list, t->place[host]);
	block_renew(list, t->place[host] / TARGETS_BLOCK);
	if (t->like[host] != POLICY_NONE && !is_empty(&t->look->hosts[host]))
		successor(t, host);
}

static void list_open(struct targets_list *list, uint32_t hosts)
{
	uint32_t blocks = hosts / TARGETS_BLOCK + 1;
	list->at = memory_new(hosts, sizeof *list->at, "candidates of moves");
	list->free_hz = memory_new(hosts, sizeof *list->free_hz, "candidates of moves");
	list->free_bytes = memory_new(hosts, sizeof *list->free_bytes, "candidates of moves");
	list->most_hz = memory_new(blocks, sizeof *list->most_hz, "candidates of moves");
	list->most_bytes = memory_new(blocks, sizeof *list->most_bytes, "candidates of moves");
}

static void list_close(struct targets_list *list)
{
	free(list->at);
	free(list->free_hz);
	free(list->free_bytes);
	free(list->most_hz);
	free(list->most_bytes);
}

void targets_open(struct targets *t, struct look *look, const struct questions *questions)
{
	const struct policy *policy = questions->by[ASK_TARGET].policy;
	uint32_t hosts = look->view.host_count;
	*t = (struct targets){.look = look, .questions = questions};
	t->by_walk = policy && policy->score && look->rules.by_demand;
	t->by_scores = policy && policy->score && !look->rules.by_demand;
	if (t->by_scores)
		scores_open(&t->scores, policy, questions->by[ASK_TARGET].state, &look->view);
	t->like = memory_new(hosts, sizeof *t->like, "candidates of moves");
	t->place = memory_new(hosts, sizeof *t->place, "candidates of moves");
	if (t->by_walk)
		list_open(&t->walk, hosts);
	if (look->rules.wake)
		list_open(&t->sleepers, hosts);
	look->touched = touched;
	look->touched_context = t;
}

void targets_close(struct targets *t)
{
	if (t->by_scores)
		scores_close(&t->scores);
	list_close(&t->walk);
	list_close(&t->sleepers);
	free(t->like);
	free(t->place);
	*t = (struct targets){0};
}

/* Of empty hosts that are alike, the first is a candidate and the others follow it. */
void targets_begin(struct targets *t)
{
	uint32_t last[LIKE_RECENT], kinds = 0;
	const struct policy_host *hosts = t->look->hosts;
	t->walk.count = t->sleepers.count = 0;
	t->open = true;
	for (uint32_t h = 0; h < t->look->view.host_count; h++) {
		uint32_t recent = kinds < LIKE_RECENT ? kinds : LIKE_RECENT, k = 0;
		struct targets_list *list = list_of(t, h);
		t->like[h] = t->place[h] = POLICY_NONE;
		if (!list->at || !(hosts[h].on || look_wakes(t->look, h)))
			continue;
		bool empty = is_empty(&hosts[h]);
		while (empty && k < recent && !is_like(&hosts[last[k]], &hosts[h]))
			k++;
		if (empty && k < recent) {
			t->like[last[k]] = h;
			last[k] = h;
			continue;
		}
		list->at[list->count++] = h;
		if (empty)
			last[kinds++ % LIKE_RECENT] = h;
	}
	list_renew(t, &t->walk, 0);
	list_renew(t, &t->sleepers, 0);
}

void targets_end(struct targets *t)
{
	t->open = false;
}

/* The walk of policy_lowest(), as far as it has come. */
struct lowest {
	const struct answerer *by;
	const struct policy_view *view;
	const struct policy_request *request;
	bool found;
	uint32_t host;
	double score;
};

static void lower(struct lowest *l, uint32_t host)
{
	if (!policy_fits(&l->view->hosts[host], l->request))
		return;
	double score = l->by->policy->score(l->by->state, l->view, l->request, host);
	if (l->found && !(score < l->score - l->by->policy->score_tie))
		return;
	l->found = true;
	l->score = score;
	l->host = host;
}

/* policy_lowest() over a list of candidates, which take guests while they are looked at. */
static bool lowest_of(const struct targets *t, const struct targets_list *list,
                      const struct policy_request *request, uint32_t *host)
{
	struct lowest l = {&t->questions->by[ASK_TARGET], &t->look->view, request, false, POLICY_NONE, 0};
	int64_t hz = request->cpu_hz, bytes = request->ram_bytes;
	for (uint32_t b = 0; b * TARGETS_BLOCK < list->count; b++) {
		uint32_t from = b * TARGETS_BLOCK, to = from + TARGETS_BLOCK;
		if (list->most_hz[b] < hz || list->most_bytes[b] < bytes)
			continue;
		for (uint32_t k = from; k < to && k < list->count; k++)
			if (list->free_hz[k] >= hz && list->free_bytes[k] >= bytes)
				lower(&l, list->at[k]);
	}
	*host = l.host;
	return l.found;
}

bool targets_may(const struct targets *t, int64_t cpu_hz, int64_t ram_bytes)
{
	const struct targets_list *list = &t->walk;
	if (!t->by_walk)
		return true;
	for (uint32_t b = 0; b * TARGETS_BLOCK < list->count; b++)
		if (list->most_hz[b] >= cpu_hz && list->most_bytes[b] >= ram_bytes)
			return true;
	return false;
}

/* Is that what the plain scan of all hosts says? For CHECKs: O(hosts). */
static inline bool is_lowest(const struct targets *t, const struct policy_request *request, bool found,
                             uint32_t host)
{
	const struct answerer *by = &t->questions->by[ASK_TARGET];
	uint32_t plain = POLICY_NONE;
	bool is = policy_lowest(by->policy, by->state, &t->look->view, request, &plain);
	return is == found && (!is || plain == host);
}

bool targets_find(struct targets *t, const struct policy_request *request, uint32_t *host)
{
	const struct answerer *by = &t->questions->by[ASK_TARGET];
	bool found;
	ASSERT(t->open);
	questions_begin(t->questions, ASK_TARGET);
	if (t->by_walk)
		found = lowest_of(t, &t->walk, request, host);
	else if (t->by_scores)
		found = scores_place(&t->scores, request, host);
	else
		found = by->policy->place(by->state, &t->look->view, request, host);
	questions_end(t->questions);
	CHECK(!(t->by_walk || t->by_scores) || is_lowest(t, request, found, *host));
	return found;
}

static void sleepers_on(struct targets *t, bool on)
{
	for (uint32_t k = 0; k < t->sleepers.count; k++)
		t->look->hosts[t->sleepers.at[k]].on = on;
}

/* Asked for a place among sleepers, a policy would take one that is on as well: those are full, or closed. */
bool targets_wake(struct targets *t, const struct policy_request *request, uint32_t *host)
{
	const struct answerer *by = &t->questions->by[ASK_TARGET];
	if (!t->sleepers.count)
		return false;
	sleepers_on(t, true);
	questions_begin(t->questions, ASK_TARGET);
	bool found = by->policy->score ? lowest_of(t, &t->sleepers, request, host)
	                               : by->policy->place(by->state, &t->look->view, request, host);
	questions_end(t->questions);
	sleepers_on(t, false);
	return found;
}

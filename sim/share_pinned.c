/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fair shares under affinity: sharing as if nobody were bound, split where that overloads some cores most. */
#include "sim/share_pinned.h"

#include <stdbool.h>
#include <stdlib.h>

#include "sim/fault.h"
#include "sim/memory.h"
#include "sim/share.h"

#define CLAIMANTS_MOST 65536

/* All unions of the masks at hand, with the capacity of each for those that are still to be served. */
struct unions {
	uint64_t set[1 << SHARE_PINNED_MASKS];
	uint32_t count;
};

struct solver {
	const struct share_pinned *p;
	struct unions unions;
	int64_t *given;
	bool *served;                /* of a higher tier: its share is settled */
	/* Tables of one sharing. */
	int64_t *want, *floor, *part;
	uint32_t *weight;
};

/* A part of the problem: members are to share the cores of `all`, less `gone`, which others have for sure. */
struct piece {
	uint32_t *member;
	uint32_t count;
	uint64_t all, gone;
};

static void unions_find(struct solver *s)
{
	const struct share_pinned *p = s->p;
	uint64_t mask[SHARE_PINNED_MASKS];
	uint32_t masks = 0;
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t k = 0;
		while (k < masks && mask[k] != p->cores[i])
			k++;
		if (k < masks)
			continue;
		ASSERT(masks < SHARE_PINNED_MASKS);
		mask[masks++] = p->cores[i];
	}
	s->unions.count = 1U << masks;
	for (uint32_t u = 1; u < s->unions.count; u++)
		s->unions.set[u] = s->unions.set[u & (u - 1)] | mask[__builtin_ctz(u)];
}

/* What the cores of a set can still give to those not served yet: the least, over all larger
 * sets, of what is left there, since who was served within a larger set may sit on these cores. */
static int64_t room_of(const struct solver *s, uint64_t set)
{
	const struct share_pinned *p = s->p;
	int64_t room = INT64_MAX;
	for (uint32_t u = 0; u < s->unions.count; u++) {
		uint64_t larger = s->unions.set[u] | set;
		int64_t left = __builtin_popcountll(larger) * p->core_capacity;
		for (uint32_t i = 0; i < p->n; i++)
			if (s->served[i] && (p->cores[i] & ~larger) == 0)
				left -= s->given[i];
		room = left < room ? left : room;
	}
	return room;
}

static bool within(const struct solver *s, uint32_t i, uint64_t set)
{
	return (s->p->cores[i] & ~set) == 0;
}

/* Shares what the piece's cores have left among its members, as if none were bound. */
static void share_free(struct solver *s, const struct piece *piece)
{
	const struct share_pinned *p = s->p;
	for (uint32_t k = 0; k < piece->count; k++) {
		uint32_t i = piece->member[k];
		s->want[k] = p->want[i];
		s->floor[k] = p->floor ? p->floor[i] : 0;
		s->weight[k] = p->weight ? p->weight[i] : 1;
	}
	int64_t room = room_of(s, piece->all | piece->gone);
	room -= piece->gone ? room_of(s, piece->gone) : 0;
	share_solve(piece->count, s->want, s->floor, s->weight, room > 0 ? room : 0, s->part);
	for (uint32_t k = 0; k < piece->count; k++)
		s->given[piece->member[k]] = s->part[k];
}

/* The set that is most overloaded by the shares of a piece; 0 when none is. */
static uint64_t overloaded(const struct solver *s, const struct piece *piece)
{
	uint64_t worst = 0;
	int64_t most = 0, gone_room = piece->gone ? room_of(s, piece->gone) : 0;
	for (uint32_t u = 1; u < s->unions.count; u++) {
		uint64_t set = s->unions.set[u] | piece->gone;
		if (set & ~(piece->all | piece->gone))
			continue;
		int64_t load = 0;
		for (uint32_t k = 0; k < piece->count; k++)
			load += within(s, piece->member[k], set) ? s->given[piece->member[k]] : 0;
		int64_t over = load - (room_of(s, set) - gone_room);
		if (over > most) {
			most = over;
			worst = set;
		}
	}
	return worst;
}

/* Members within `set` first; returns how many. The order among each kind stays: it decides rounding. */
static uint32_t members_split(const struct solver *s, struct piece *piece, uint64_t set, uint32_t *spare)
{
	uint32_t in = 0, out = 0;
	for (uint32_t k = 0; k < piece->count; k++) {
		uint32_t i = piece->member[k];
		if (within(s, i, set))
			piece->member[in++] = i;
		else
			spare[out++] = i;
	}
	for (uint32_t k = 0; k < out; k++)
		piece->member[in + k] = spare[k];
	return in;
}

static void piece_solve(struct solver *s, struct piece piece, uint32_t *spare)
{
	while (piece.count > 0) {
		share_free(s, &piece);
		uint64_t set = overloaded(s, &piece);
		if (!set)
			return;
		uint32_t in = members_split(s, &piece, set, spare);
		ASSERT(in > 0);
		piece_solve(s, (struct piece){piece.member, in, set & ~piece.gone, piece.gone}, spare);
		piece.member += in;
		piece.count -= in;
		piece.all &= ~set;
		piece.gone |= set;
	}
}

/* The highest tier below `below`; false when there is none. */
static bool next_tier(const struct share_pinned *p, uint64_t below, uint32_t *tier)
{
	bool found = false;
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t t = p->tier ? p->tier[i] : 0;
		if (t < below && (!found || t > *tier)) {
			*tier = t;
			found = true;
		}
	}
	return found;
}

int64_t share_pinned(const struct share_pinned *p, int64_t *given)
{
	ASSERT(p->n > 0 && p->n <= CLAIMANTS_MOST);
	ASSERT(p->core_count > 0 && p->core_count <= SHARE_PINNED_CORES);
	struct solver s = {.p = p, .given = given};
	size_t entry = 3 * sizeof(int64_t) + 3 * sizeof(uint32_t) + sizeof(bool);
	int64_t *block = memory_new(p->n, entry, "claimants bound to cores");
	s.want = block;
	s.floor = block + p->n;
	s.part = block + 2 * (size_t)p->n;
	s.weight = (uint32_t *)(block + 3 * (size_t)p->n);
	uint32_t *member = s.weight + p->n, *spare = member + p->n;
	s.served = (bool *)(spare + p->n);
	unions_find(&s);
	uint64_t below = (uint64_t)UINT32_MAX + 1;
	uint64_t all = p->core_count == 64 ? UINT64_MAX : (UINT64_C(1) << p->core_count) - 1;
	for (uint32_t tier = 0; next_tier(p, below, &tier); below = tier) {
		struct piece piece = {.member = member, .all = all};
		for (uint32_t i = 0; i < p->n; i++)
			if ((p->tier ? p->tier[i] : 0) == tier)
				member[piece.count++] = i;
		uint32_t count = piece.count;
		piece_solve(&s, piece, spare);
		for (uint32_t k = 0; k < count; k++)
			s.served[member[k]] = true;
	}
	int64_t sum = 0;
	for (uint32_t i = 0; i < p->n; i++)
		sum += given[i];
	free(block);
	return sum;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weighted max-min shares: a level found in doubles and proved, or else found in 128-bit integers.
 *
 * At a level L a claimant is at its top (want <= L w), at its bottom (floor >= L w), or free in
 * between. With F the sum of what those at a bound get and W the weight of the free ones, L is
 * right when L = (C - F) / W. The fast way iterates that equation (Newton's method on a piecewise
 * linear function: three or four passes). F and W are whole numbers below 2^53, so they are exact;
 * what is rounded is L and each L w, by less than 2^-51 in all. A last pass writes the shares and
 * sees whether any comparison was closer than that. If none was, the result is proved; if one was,
 * or the iteration has not settled (with floors it may jump to and fro), the exact way starts afresh
 * and always ends. */
#include "sim/share.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "sim/fault.h"
#include "sim/lanes.h"
#include "sim/share_few.h"
#include "sim/wide.h"

#define CLAIMANTS_MAX 65536
#define UNITS_MAX (INT64_C(1) << 50)
#define PASSES_MAX 24         /* of the fast way; random claimants need 2 to 5 */
#define GUARD 0x1p-51         /* fl(fl(R / W) w) is off by less than 2^-52 (1 + 2^-53) of itself */
#define FAST_SUM_MAX INT64_MAX /* of all wants: then no sum of some of them overflows */
#define BLOCK 8               /* claimants, for handing out what rounding left */
#define NARROW_MAX 8
#define CHUNK 4096            /* so many wants below 2^50 add up to less than 2^62 */

struct claims {
	uint32_t n;
	const int64_t *want, *floor;
	const uint32_t *weight;
	int64_t capacity, weights;
	double *level;             /* where to tell the level that was found; NULL: nobody asks */
};

struct level {
	int64_t units, weight;
};

struct range {
	uint32_t from, to;
	bool floors, weights;
};

struct form {
	bool floors, weights;
};

/* ---- The fast way. floors and weights are constants where it is called: what is absent is free. ---- */

/* The level at which the capacity is used up if those that are at a bound at this one stay there. */
LANES_INLINE struct level level_after(const struct claims *c, double level, bool floors, bool weights)
{
	const int64_t *restrict want = c->want, *restrict floor = c->floor;
	const uint32_t *restrict weight = c->weight;
	int64_t fixed = 0, free_weight = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		int64_t w = weights ? weight[i] : 1;
		double x = level * (double)(int32_t)w;
		double low = floors ? lanes_double(floor[i]) : 0, top = lanes_double(want[i]);
		double share = floors && x < low ? low : x;
		share = share > top ? top : share;
		int64_t bound = -(int64_t)(share != x);
		fixed += lanes_whole(share) & bound;
		free_weight += w & ~bound;
	}
	return (struct level){ c->capacity - fixed, free_weight };
}

/* Writes the shares at a level, rounded down. Returns their sum, or -1 if a
 * comparison is in doubt. How the nearest whole number was rounded shows in the low 64 bits of an
 * exact product. `after`, unless NULL, is level_after of the level, for a loop less. Inlined, the last
 * two arguments and whether `after` is NULL are constants. */
LANES_INLINE int64_t shares_write(const struct claims *c, struct level level, int64_t *restrict given,
                                  struct level *after, struct form form)
{
	const bool floors = form.floors, weights = form.weights;
	const int64_t *restrict want = c->want, *restrict floor = c->floor;
	const uint32_t *restrict weight = c->weight;
	uint64_t units = (uint64_t)level.units, level_weight = (uint64_t)level.weight;
	double guess = (double)level.units / (double)level.weight;
	/* If L is whole, each free L w is exact. */
	bool whole = (double)(int64_t)guess == guess && guess * (double)level.weight == (double)level.units;
	double guard = whole ? 0 : GUARD;
	int64_t sum = 0, doubt = 0, fixed = 0, free_weight = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		int64_t w = weights ? weight[i] : 1, low = floors ? floor[i] : 0;
		double x = guess * (double)(int32_t)w;
		double over = x - lanes_double(want[i]), under = x - lanes_double(low);
		int64_t top = -(int64_t)(over >= 0);
		int64_t bottom = floors ? -(int64_t)(under <= 0) & ~top : 0;
		int64_t nearest = lanes_whole(x);
		int64_t rest = (int64_t)(units * (uint64_t)w - (uint64_t)nearest * level_weight);
		int64_t up = -(int64_t)(rest < 0);
		doubt |= -(int64_t)((over < 0 ? -over : over) < x * guard);
		doubt |= floors ? -(int64_t)((under < 0 ? -under : under) < x * guard) : 0;
		int64_t bound = (want[i] & top) | (low & bottom);
		given[i] = bound | ((nearest + up) & ~(top | bottom));
		sum += given[i];
		fixed += after ? bound : 0;
		free_weight += after ? w & ~(top | bottom) : 0;
	}
	if (after)
		*after = (struct level){ c->capacity - fixed, free_weight };
	return doubt ? -1 : sum;
}

/* Adds `unit` to those of [from, to) that are free. Returns how much in all. */
LANES_INLINE int64_t free_add(const struct claims *c, double level, struct range range, int64_t unit,
                              int64_t *restrict given)
{
	const int64_t *restrict want = c->want, *restrict floor = c->floor;
	const uint32_t *restrict weight = c->weight;
	int64_t count = 0;
	for (uint32_t i = range.from; i < range.to; i++) {
		double x = level * (range.weights ? (double)(int32_t)weight[i] : 1.0);
		int64_t below_top = -(int64_t)(lanes_double(want[i]) > x);
		int64_t above_bottom = range.floors ? -(int64_t)(lanes_double(floor[i]) < x) : -1;
		given[i] += below_top & above_bottom & unit;
		count += below_top & above_bottom & unit;
	}
	return count;
}

/* One more unit to the first `left` claimants that are free: to whole blocks, until the last has had too
 * many. A last block without branches is slower at 4 and 16 claimants, the same at 64. */
LANES_INLINE void remainder_hand(const struct claims *c, double level, int64_t left,
                                 int64_t *restrict given, struct form form)
{
	uint32_t end = 0;
	for (; left > 0 && c->n - end >= BLOCK; end += BLOCK)
		left -= free_add(c, level, (struct range){ end, end + BLOCK, form.floors, form.weights }, 1,
		                 given);
	for (; left > 0; end++)
		left -= free_add(c, level, (struct range){ end, end + 1, form.floors, form.weights }, 1,
		                 given);
	for (; left < 0; end--)
		left -= free_add(c, level, (struct range){ end - 1, end, form.floors, form.weights }, -1,
		                 given);
}

/* What rounding left goes to the first; and the level to who asked for it. */
LANES_INLINE bool shares_finish(const struct claims *c, struct level level, int64_t sum,
                                int64_t *restrict given, struct form form)
{
	double guess = (double)level.units / (double)level.weight;
	if (sum < 0)
		return false;
	remainder_hand(c, guess, c->capacity - sum, given, form);
	if (c->level)
		*c->level = guess;
	return true;
}

LANES_INLINE bool level_possible(struct level level)
{
	return level.weight > 0 && level.units >= 0;
}

LANES_INLINE bool shares_search(const struct claims *c, struct level level, int64_t *restrict given,
                                struct form form)
{
	for (int pass = 0; pass < PASSES_MAX && level_possible(level); pass++) {
		double guess = (double)level.units / (double)level.weight;
		struct level after = level_after(c, guess, form.floors, form.weights);
		if (after.units == level.units && after.weight == level.weight)
			return shares_finish(c, level, shares_write(c, level, given, NULL, form), given,
			                     form);
		level = after;
	}
	return false;
}

/* From a level nearby, in the hope that it tells who is at a bound. */
LANES_INLINE bool shares_warm(const struct claims *c, int64_t *restrict given, struct form form)
{
	struct level after, level = level_after(c, *c->level, form.floors, form.weights);
	if (!level_possible(level))
		return false;
	int64_t sum = shares_write(c, level, given, &after, form);
	if (after.units == level.units && after.weight == level.weight)
		return shares_finish(c, level, sum, given, form);
	return shares_search(c, after, given, form);
}

LANES_INLINE bool solve_as(const struct claims *c, int64_t *given, bool warm, struct form form)
{
	struct level all_free = { c->capacity, c->weights };
	return warm ? shares_warm(c, given, form) : shares_search(c, all_free, given, form);
}

LANES_INLINE bool solve(const struct claims *c, int64_t *given, bool warm)
{
	if (c->floor)
		return c->weight ? solve_as(c, given, warm, (struct form){ true, true })
		                 : solve_as(c, given, warm, (struct form){ true, false });
	return c->weight ? solve_as(c, given, warm, (struct form){ false, true })
	                 : solve_as(c, given, warm, (struct form){ false, false });
}

/* False when it cannot prove a result; `given` is then not valid. */
LANES static bool solve_wide(const struct claims *c, int64_t *given, bool warm)
{
	return solve(c, given, warm);
}

/* The same for so few that wide registers would only be set up and emptied. */
static bool solve_narrow(const struct claims *c, int64_t *given, bool warm)
{
	return solve(c, given, warm);
}

/* ---- The exact way: freeze rounds between a level known to be too low and one known to be too high. ---- */

/* Where the claimants stand at a level: sums over those at their top, and those at their bottom. */
struct standing {
	int64_t top, top_weight, bottom, bottom_weight;
};

struct terms {
	int64_t want, floor, weight;
	wide share;             /* L w, times the weight of the level */
	bool top, bottom;
};

static struct terms terms_at(const struct claims *c, struct level level, uint32_t i)
{
	struct terms t = { .want = c->want[i], .floor = 0, .weight = 1 };
	if (c->floor)
		t.floor = c->floor[i];
	if (c->weight)
		t.weight = c->weight[i];
	t.share = wide_product(level.units, t.weight);
	t.top = wide_product(t.want, level.weight) <= t.share;
	t.bottom = !t.top && wide_product(t.floor, level.weight) >= t.share;
	return t;
}

static struct standing standing_at(const struct claims *c, struct level level)
{
	struct standing s = { 0, 0, 0, 0 };
	for (uint32_t i = 0; i < c->n; i++) {
		struct terms t = terms_at(c, level, i);
		s.top += t.top ? t.want : 0;
		s.top_weight += t.top ? t.weight : 0;
		s.bottom += t.bottom ? t.floor : 0;
		s.bottom_weight += t.bottom ? t.weight : 0;
	}
	return s;
}

/* The level when those at their top or bottom stay there. */
static struct level level_of(const struct claims *c, struct standing s)
{
	return (struct level){ c->capacity - s.top - s.bottom, c->weights - s.top_weight - s.bottom_weight };
}

/* More than the capacity is given at a level (> 0), less, or just that much. */
static int level_sign(const struct claims *c, struct level level, struct standing s)
{
	struct level after = level_of(c, s);
	wide given = wide_product(level.units, after.weight), right = wide_product(after.units, level.weight);
	return (given > right) - (given < right);
}

/* Who is at the top at a level that is too low stays there, and who is at the bottom at one that is
 * too high. */
static void frozen_update(struct standing *frozen, struct standing s, int sign)
{
	if (sign < 0) {
		frozen->top = s.top;
		frozen->top_weight = s.top_weight;
	} else {
		frozen->bottom = s.bottom;
		frozen->bottom_weight = s.bottom_weight;
	}
}

/* Every round freezes at least one claimant, and the level of those not yet frozen is between the
 * two known ones. */
static struct level level_freeze(const struct claims *c)
{
	struct standing frozen = { 0, 0, 0, 0 };
	struct level level = { c->capacity, c->weights };
	for (uint32_t round = 0;; round++) {
		struct standing s = standing_at(c, level);
		int sign = level_sign(c, level, s);
		if (sign == 0)
			return level;
		frozen_update(&frozen, s, sign);
		level = level_of(c, frozen);
		ASSERT(level.weight > 0 && level.units >= 0 && round < c->n);
	}
}

/* `given` may be c->floor here: each share is written after its floor was read for the last time. */
static void solve_exact(const struct claims *c, int64_t *given)
{
	struct level level = level_freeze(c);
	int64_t left = c->capacity;
	for (uint32_t i = 0; i < c->n; i++) {
		struct terms t = terms_at(c, level, i);
		left -= t.top ? t.want : t.bottom ? t.floor : (int64_t)(t.share / level.weight);
	}
	ASSERT(left >= 0 && left <= c->n);
	for (uint32_t i = 0; i < c->n; i++) {
		struct terms t = terms_at(c, level, i);
		bool one_more = !t.top && !t.bottom && left > 0;
		given[i] = t.top ? t.want : t.bottom ? t.floor : (int64_t)(t.share / level.weight) + one_more;
		left -= one_more;
	}
	ASSERT(left == 0);
}

/* ---- What both have before them ---- */

struct totals {
	wide want, floor;
	int64_t weight;
};

struct chunk {
	int64_t want, floor, weight;
};

LANES_INLINE struct chunk chunk_add(const struct claims *c, uint32_t from, uint32_t to,
                                    bool floors, bool weights)
{
	struct chunk sum = { 0, 0, 0 };
	for (uint32_t i = from; i < to; i++) {
		CHECK(c->want[i] >= 0 && c->want[i] < UNITS_MAX);
		sum.want += c->want[i];
		sum.floor += floors ? c->floor[i] : 0;
		sum.weight += weights ? c->weight[i] : 1;
	}
	return sum;
}

LANES static struct chunk chunk_total(const struct claims *c, uint32_t from, uint32_t to)
{
	if (c->floor)
		return c->weight ? chunk_add(c, from, to, true, true) : chunk_add(c, from, to, true, false);
	return c->weight ? chunk_add(c, from, to, false, true) : chunk_add(c, from, to, false, false);
}

static struct totals totals_of(const struct claims *c)
{
	struct totals t = { 0, 0, 0 };
	for (uint32_t from = 0; from < c->n; from += CHUNK) {
		struct chunk sum = chunk_total(c, from, c->n - from < CHUNK ? c->n : from + CHUNK);
		t.want += sum.want;
		t.floor += sum.floor;
		t.weight += sum.weight;
	}
	return t;
}

/* The floors do not fit: the cut ones go where the shares will be. */
static void floors_cut(struct claims *c, wide total, int64_t *given)
{
	for (uint32_t i = 0; i < c->n; i++)
		given[i] = (int64_t)(wide_product(c->floor[i], c->capacity) / total);
	c->floor = given;
}

static int64_t solve_cold(struct claims *c, int64_t *given)
{
	struct totals total = totals_of(c);
	if (total.want <= c->capacity) {
		if (c->n > 0)
			memcpy(given, c->want, c->n * sizeof *given);
		return (int64_t)total.want;
	}
	c->weights = total.weight;
	if (total.floor > c->capacity)
		floors_cut(c, total.floor, given);
	else if (total.want <= FAST_SUM_MAX &&
	         (c->n <= NARROW_MAX ? solve_narrow : solve_wide)(c, given, false))
		return c->capacity;
	solve_exact(c, given);
	return c->capacity;
}

/* tidy: many because a struct of the caller's arrays would be filled for a single call. */
int64_t share_solve(uint32_t n, const int64_t *want, const int64_t *floor, const uint32_t *weight,
                    int64_t capacity, int64_t *given)
{
	double level = 0;
	return share_solve_from(n, want, floor, weight, capacity, given, &level);
}

/* A level that is proved needs no totals: were there enough for all, or not enough for the floors, no
 * level with someone free would give out just the capacity. With so few, no sum overflows.
 * tidy: many because it is share_solve. */
int64_t share_solve_from(uint32_t n, const int64_t *want, const int64_t *floor, const uint32_t *weight,
                         int64_t capacity, int64_t *given, double *level)
{
	struct claims c = { n, want, floor, weight, capacity, 0, level };
	ASSERT(n <= CLAIMANTS_MAX && capacity >= 0 && capacity < UNITS_MAX);
	if (n <= SHARE_FEW && share_few_here()) {
		const struct share_few few = { n, want, floor, weight, capacity };
		int64_t sum = share_few(&few, given, level);
		if (sum >= 0)
			return sum;
	}
	if (*level > 0 && n <= CHUNK && (n <= NARROW_MAX ? solve_narrow : solve_wide)(&c, given, true))
		return capacity;
	return solve_cold(&c, given);
}

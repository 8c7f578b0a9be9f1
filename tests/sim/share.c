/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fair shares against an oracle that sorts all the levels at which anybody starts or stops, and
 * against cases by hand. */
#include "sim/share.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/wide.h"
#include "tests/test.h"

#define MOST 160

struct problem {
	uint32_t n;
	int64_t want[MOST], floor[MOST];
	uint32_t weight[MOST];
	int64_t capacity;
	bool floors, weights;   /* otherwise NULL is passed, and floor is 0 or weight is 1 */
};

static uint64_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * UINT64_C(0x2545f4914f6cdd1d) >> 8;
}

static int64_t below(uint64_t *state, int64_t n)
{
	return (int64_t)(draw(state) % (uint64_t)n);
}

static int64_t solve(const struct problem *p, int64_t *given)
{
	return share_solve(p->n, p->want, p->floors ? p->floor : NULL, p->weights ? p->weight : NULL,
	                   p->capacity, given);
}

/* ---- The oracle: levels are fractions, compared by cross products ---- */

struct fraction {
	int64_t above, below;
};

static int fraction_compare(const void *a, const void *b)
{
	const struct fraction *x = a, *y = b;
	wide l = wide_product(x->above, y->below), r = wide_product(y->above, x->below);
	return (l > r) - (l < r);
}

/* -1, 0 or 1: at its bottom, between its bounds, at its top. */
static int side(const struct problem *p, struct fraction level, uint32_t i)
{
	wide x = wide_product(level.above, p->weight[i]);
	if (x >= wide_product(p->want[i], level.below))
		return 1;
	return x <= wide_product(p->floor[i], level.below) ? -1 : 0;
}

/* Sum of the shares at a level, times level.below, less capacity times level.below. */
static wide excess(const struct problem *p, struct fraction level)
{
	wide sum = -wide_product(p->capacity, level.below);
	for (uint32_t i = 0; i < p->n; i++) {
		int at = side(p, level, i);
		sum += at > 0 ? wide_product(p->want[i], level.below)
			: at < 0 ? wide_product(p->floor[i], level.below)
			: wide_product(level.above, p->weight[i]);
	}
	return sum;
}

/* The last breakpoint at which no more than the capacity is given; from it on the sum is linear. */
static struct fraction level_below(const struct problem *p)
{
	struct fraction points[2 * MOST + 1] = { { 0, 1 } };
	uint32_t count = 1, low = 0;
	for (uint32_t i = 0; i < p->n; i++) {
		points[count++] = (struct fraction){ p->want[i], p->weight[i] };
		points[count++] = (struct fraction){ p->floor[i], p->weight[i] };
	}
	qsort(points, count, sizeof *points, fraction_compare);
	for (uint32_t high = count; high - low > 1;) {
		uint32_t middle = (low + high) / 2;
		if (excess(p, points[middle]) <= 0)
			low = middle;
		else
			high = middle;
	}
	return points[low];
}

static void cut_floors(struct problem *p)
{
	wide sum = 0;
	for (uint32_t i = 0; i < p->n; i++)
		sum += p->floor[i];
	for (uint32_t i = 0; i < p->n && sum > p->capacity; i++)
		p->floor[i] = (int64_t)(wide_product(p->floor[i], p->capacity) / sum);
}

static void oracle(struct problem p, int64_t *given)
{
	wide wanted = 0;
	for (uint32_t i = 0; i < p.n; i++)
		wanted += p.want[i];
	memcpy(given, p.want, p.n * sizeof *given);
	if (wanted <= p.capacity)
		return;
	cut_floors(&p);
	struct fraction from = level_below(&p), level = { p.capacity, 0 };
	bool moving[MOST];
	for (uint32_t i = 0; i < p.n; i++) {
		/* Moves just above `from`: not at its top there, and its floor is not above it. */
		moving[i] = side(&p, from, i) <= 0
			&& wide_product(from.above, p.weight[i]) >= wide_product(p.floor[i], from.below);
		level.above -= moving[i] ? 0 : side(&p, from, i) > 0 ? p.want[i] : p.floor[i];
		level.below += moving[i] ? p.weight[i] : 0;
	}
	if (level.below == 0)
		level = from;
	int64_t left = p.capacity;
	for (uint32_t i = 0; i < p.n; i++) {
		int at = side(&p, level, i);
		given[i] = at > 0 ? p.want[i] : at < 0 ? p.floor[i]
			: (int64_t)(wide_product(level.above, p.weight[i]) / level.below);
		left -= given[i];
	}
	for (uint32_t i = 0; i < p.n && left > 0; i++)
		if (side(&p, level, i) == 0) {
			given[i]++;
			left--;
		}
}

/* ---- Random problems: `grain` makes round numbers and so ties, `most` sets the magnitude ---- */

static struct problem problem_draw(uint64_t *state)
{
	struct problem p = { .n = (uint32_t)(1 + below(state, below(state, 4) ? 20 : MOST)) };
	int64_t most = INT64_C(1) << (2 + below(state, 47));
	int64_t grain = below(state, 2) ? 1 + most / (2 + below(state, 12)) : 1;
	int64_t heaviest = INT64_C(1) << below(state, below(state, 2) ? 4 : 20);
	int64_t reserved = below(state, 5), wanted = 0, floors = 0;
	p.floors = reserved > 0;
	p.weights = below(state, 3) > 0;
	for (uint32_t i = 0; i < p.n; i++) {
		p.want[i] = below(state, most) / grain * grain;
		p.weight[i] = p.weights ? (uint32_t)(1 + below(state, heaviest)) : 1;
		p.floor[i] = below(state, 5) < reserved ? below(state, p.want[i] + 1) / grain * grain : 0;
		wanted += p.want[i];
		floors += p.floor[i];
	}
	switch (below(state, 8)) {
	case 0: p.capacity = wanted + below(state, 3); break;
	case 1: p.capacity = floors; break;
	case 2: p.capacity = below(state, floors + 1); break;
	default: p.capacity = floors + below(state, wanted - floors + 1) / grain * grain;
	}
	p.capacity = p.capacity < INT64_C(1) << 50 ? p.capacity : (INT64_C(1) << 50) - 1;
	return p;
}

static void equals_the_oracle(void)
{
	uint64_t state = 7;
	uint32_t wrong = 0;
	for (int k = 0; k < 40000; k++) {
		struct problem p = problem_draw(&state);
		int64_t given[MOST], right[MOST], sum = 0;
		int64_t returned = solve(&p, given);
		oracle(p, right);
		for (uint32_t i = 0; i < p.n; i++)
			sum += right[i];
		wrong += memcmp(given, right, p.n * sizeof *given) != 0 || returned != sum;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

/* Whatever the hint: of the problem before, of the same one before a claimant changed, or nonsense. */
static void warm_equals_cold(void)
{
	static const double nonsense[] = { 0, -1, 1e-300, 1e300, 1.0 / 3, 0x1p60 };
	uint64_t state = 13;
	uint32_t wrong = 0;
	double level = 0;
	for (int k = 0; k < 40000; k++) {
		struct problem p = problem_draw(&state);
		int64_t given[MOST], right[MOST];
		if (below(&state, 4) == 0)
			level = nonsense[below(&state, 6)];
		for (int change = 0; change < 3; change++) {
			int64_t sum = solve(&p, right);
			wrong += sum != share_solve_from(p.n, p.want, p.floors ? p.floor : NULL,
			                                 p.weights ? p.weight : NULL, p.capacity, given,
			                                 &level);
			wrong += memcmp(given, right, p.n * sizeof *given) != 0;
			p.want[below(&state, p.n)] += below(&state, 100);
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

/* Eight problems of as many claimants side by side, twice: afresh, and after one want of each changed. */
static void batch_check(struct problem *p, uint64_t *state, uint32_t *wrong)
{
	double want[MOST * 8], floor[MOST * 8], weight[MOST * 8], given[MOST * 8];
	double capacity[8], level[8] = { 0 };
	uint32_t n = p[0].n;
	const struct share_batch b = { n, 8, 8, want, p->floors ? floor : NULL, p->weights ? weight : NULL,
		                       capacity, given, level };
	for (int change = 0; change < 3; change++) {
		for (uint32_t at = 0; at < 8 * n; at++) {
			uint32_t i = at / 8;
			want[at] = (double)p[at % 8].want[i];
			floor[at] = (double)p[at % 8].floor[i];
			weight[at] = (double)p[at % 8].weight[i];
			capacity[at % 8] = (double)p[at % 8].capacity;
		}
		share_batch(&b);
		for (uint32_t k = 0; k < 8; k++) {
			int64_t right[MOST];
			solve(&p[k], right);
			for (uint32_t i = 0; i < n; i++)
				*wrong += given[8 * i + k] != (double)right[i];
			p[k].want[below(state, n)] += below(state, 100);
		}
	}
}

static void batch_equals_single(void)
{
	uint64_t state = 17;
	uint32_t wrong = 0;
	for (int k = 0; k < 6000; k++) {
		struct problem p[8];
		for (int i = 0; i < 8; i++) {
			p[i] = problem_draw(&state);
			p[i].floors = p[0].floors;
			p[i].weights = p[0].weights;
			for (uint32_t c = 0; c < MOST; c++) {
				bool here = c < p[i].n;
				p[i].want[c] = here ? p[i].want[c] >> 4 : 0;
				p[i].floor[c] = here && p[0].floors ? p[i].floor[c] >> 4 : 0;
				p[i].weight[c] = here && p[0].weights ? p[i].weight[c] : 1;
			}
			p[i].capacity >>= 4;
			p[0].n = p[i].n > p[0].n ? p[i].n : p[0].n;
		}
		for (int i = 1; i < 8; i++)
			p[i].n = p[0].n;
		batch_check(p, &state, &wrong);
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void laws(void)
{
	uint64_t state = 11;
	uint32_t unbounded = 0, lost = 0;
	for (int k = 0; k < 20000; k++) {
		struct problem p = problem_draw(&state);
		int64_t given[MOST], sum = 0, wanted = 0, floors = 0;
		solve(&p, given);
		for (uint32_t i = 0; i < p.n; i++) {
			sum += given[i];
			wanted += p.want[i];
			floors += p.floor[i];
		}
		for (uint32_t i = 0; i < p.n; i++)
			unbounded += given[i] > p.want[i] || given[i] < 0
				|| (floors <= p.capacity && given[i] < p.floor[i]);
		lost += sum != (wanted < p.capacity ? wanted : p.capacity);
	}
	CU_ASSERT_EQUAL(unbounded, 0);
	CU_ASSERT_EQUAL(lost, 0);
}

static void expect(const struct problem *p, const int64_t *right)
{
	int64_t given[MOST];
	solve(p, given);
	CU_ASSERT_EQUAL(memcmp(given, right, p->n * sizeof *given), 0);
}

static void by_hand(void)
{
	struct problem weights = { .n = 3, .want = { 100, 100, 10 }, .weight = { 1, 2, 1 },
		.capacity = 70, .weights = true };
	expect(&weights, (int64_t[]){ 20, 40, 10 });
	struct problem floors = { .n = 3, .want = { 100, 100, 100 }, .floor = { 50, 0, 0 },
		.capacity = 90, .floors = true };
	expect(&floors, (int64_t[]){ 50, 20, 20 });
	/* No level between the bounds: one at its top, one at its bottom, and nobody free at the
	 * first guess. */
	struct problem bounds = { .n = 2, .want = { 1, 10 }, .floor = { 0, 8 },
		.capacity = 10, .floors = true };
	expect(&bounds, (int64_t[]){ 1, 9 });
	struct problem full = { .n = 3, .want = { 9, 9, 9 }, .floor = { 3, 4, 5 },
		.capacity = 12, .floors = true };
	expect(&full, (int64_t[]){ 3, 4, 5 });
}

static void remainder_first(void)
{
	struct problem p = { .n = 4, .want = { 2, 9, 9, 9 }, .capacity = 10 };
	expect(&p, (int64_t[]){ 2, 3, 3, 2 });
	struct problem none = { .n = 3, .want = { 5, 0, 5 }, .capacity = 1 };
	expect(&none, (int64_t[]){ 1, 0, 0 });
}

static void nothing(void)
{
	CU_ASSERT_EQUAL(share_solve(0, NULL, NULL, NULL, 5, NULL), 0);
	struct problem p = { .n = 2, .want = { 5, 6 }, .floor = { 1, 2 },
		.capacity = 0, .floors = true };
	expect(&p, (int64_t[]){ 0, 0 });
	p.floors = false;
	expect(&p, (int64_t[]){ 0, 0 });
}

static void starved(void)
{
	struct problem p = { .n = 3, .want = { 100, 100, 100 }, .floor = { 60, 30, 0 },
		.capacity = 31, .floors = true };
	/* Cut to 20 and 10; the unit that rounding left goes to who has least. */
	expect(&p, (int64_t[]){ 20, 10, 1 });
}

/* Halves near 2^49 cannot be told from whole numbers in doubles: the exact way decides. */
static void close_calls(void)
{
	int64_t big = INT64_C(1) << 49;
	struct problem p = { .n = 3, .want = { big, big, big }, .weight = { 1 << 19, (1 << 19) - 1, 1 },
		.capacity = big - 1, .weights = true };
	int64_t right[MOST];
	oracle(p, right);
	expect(&p, right);
}

/* Wants that grow like this freeze one claimant a round; floors from the other end as well. */
static void many_rounds(void)
{
	struct problem p = { .n = 48, .floors = true };
	for (uint32_t i = 0; i < p.n; i++) {
		p.want[i] = INT64_C(2) << i;
		p.floor[i] = i % 3 ? 0 : INT64_C(1) << i;
		p.weight[i] = 1;
	}
	int64_t right[MOST];
	for (p.capacity = INT64_C(1) << 46; p.capacity < INT64_C(1) << 49; p.capacity += INT64_C(77) << 40) {
		oracle(p, right);
		expect(&p, right);
	}
}

static void most_claimants(void)
{
	uint32_t n = 65536;
	int64_t *want = malloc(n * sizeof *want), *given = malloc(n * sizeof *given);
	if (!want || !given)
		abort();
	for (uint32_t i = 0; i < n; i++)
		want[i] = (INT64_C(1) << 50) - 1;
	int64_t capacity = (INT64_C(1) << 50) - 2;
	CU_ASSERT_EQUAL(share_solve(n, want, NULL, NULL, capacity, given), capacity);
	CU_ASSERT_EQUAL(given[0], INT64_C(1) << 34);
	CU_ASSERT_EQUAL(given[n - 3], INT64_C(1) << 34);
	CU_ASSERT_EQUAL(given[n - 2], (INT64_C(1) << 34) - 1);
	for (uint32_t i = 0; i < n; i++)
		want[i] = i;
	CU_ASSERT_EQUAL(share_solve(n, want, NULL, NULL, capacity, given), INT64_C(65535) * 32768);
	CU_ASSERT_EQUAL(share_solve(n, want, NULL, NULL, 65536000, given), 65536000);
	CU_ASSERT(given[1] == 1 && given[900] == 900 && given[n - 1] < 1010);
	free(want);
	free(given);
}

static const struct test tests[] = {
	{ "40,000 random problems come out as a sorting oracle says, to the last unit", equals_the_oracle },
	{ "shares keep to their bounds and use up the capacity", laws },
	{ "beginning from any level gives the same shares", warm_equals_cold },
	{ "eight problems side by side come out as alone", batch_equals_single },
	{ "weights, floors and tops worked out by hand", by_hand },
	{ "what rounding leaves goes to the first that are between their bounds", remainder_first },
	{ "no claimant and no capacity give nothing", nothing },
	{ "floors above the capacity are cut in proportion", starved },
	{ "a level too close to call in doubles is decided in whole numbers", close_calls },
	{ "wants and floors in powers of two", many_rounds },
	{ "65,536 claimants whose wants overflow 64 bits", most_claimants },
};

SUITE(sim_share, tests)

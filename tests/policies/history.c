/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arithmetic on a few samples, against figures worked out by hand, and orders of ids. */
#include "policies/history.h"

#include "policies/table.h"
#include "tests/test.h"

#define NEAR(a, b) CU_ASSERT_DOUBLE_EQUAL(a, b, 1e-12)

static void test_medians(void)
{
	double odd[] = {5, 1, 3}, even[] = {4, 1, 3, 2}, one[] = {7}, wild[] = {1, 2, 3, 4, 100};
	CU_ASSERT_EQUAL(history_median(odd, 3), 3);
	CU_ASSERT_EQUAL(history_median(even, 4), 2.5);
	CU_ASSERT_EQUAL(history_median(one, 1), 7);
	CU_ASSERT(odd[0] == 1 && odd[1] == 3 && odd[2] == 5); /* sorted by it */
	CU_ASSERT_EQUAL(history_mad(wild, 5), 1); /* deviations 2 1 0 1 97 */
	CU_ASSERT_EQUAL(history_mad(one, 1), 0);
}

static void test_quantiles(void)
{
	const double sorted[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
	CU_ASSERT_EQUAL(history_quantile(sorted, 12, 0.25), 3);  /* rank 3.25 */
	CU_ASSERT_EQUAL(history_quantile(sorted, 12, 0.75), 10); /* rank 9.75 */
	CU_ASSERT_EQUAL(history_quantile(sorted, 5, 0.25), 2);   /* rank 1.5 goes up */
	CU_ASSERT_EQUAL(history_quantile(sorted, 12, 0), 1);
	CU_ASSERT_EQUAL(history_quantile(sorted, 12, 1), 12);
	CU_ASSERT_EQUAL(history_quantile(sorted, 1, 0.75), 1);
}

static void test_lines(void)
{
	const double straight[] = {1, 3, 5, 7}, bent[] = {0, 0, 3}, only_last[] = {0, 0, 1},
		ends[] = {1, 0, 1};
	struct history_line line = history_line(straight, NULL, 4);
	NEAR(line.slope, 2);
	NEAR(history_line_at(line, 4), 9);
	line = history_line(bent, NULL, 3); /* slope 3 / 2, mean 1 */
	NEAR(line.slope, 1.5);
	NEAR(history_line_at(line, 3), 4);
	line = history_line(bent, only_last, 3);
	NEAR(line.slope, 0);
	NEAR(history_line_at(line, 10), 3);
	line = history_line(bent, ends, 3); /* through the ends: the middle weighs nothing */
	NEAR(history_line_at(line, 1), 1.5);
	NEAR(history_line(straight, NULL, 1).slope, 0);
}

static void test_tricube(void)
{
	CU_ASSERT_EQUAL(history_tricube(0), 1);
	CU_ASSERT_EQUAL(history_tricube(0.5), 0.669921875); /* (7 / 8)^3 */
	CU_ASSERT_EQUAL(history_tricube(1), 0);
	CU_ASSERT_EQUAL(history_tricube(2), 0);
}

static void test_next(void)
{
	const double saw[] = {1, -1, 1, -1}, level[] = {4, 4, 4}, step[] = {0, 0, 3, 3};
	NEAR(history_next(saw, 4), 0.75); /* phi -3/4 */
	CU_ASSERT_EQUAL(history_next(level, 3), 4);
	CU_ASSERT_EQUAL(history_next(level, 1), 4);
	NEAR(history_next(step, 4), 1.875); /* mean 1.5, phi 2.25 / 9 */
}

static void test_order(void)
{
	struct rank ranks[] = {{2, 7}, {1, 9}, {2, 3}, {1, 1}, {0.5, 8}};
	const uint32_t expected[] = {8, 1, 9, 3, 7};
	rank_sort(ranks, 5);
	for (uint32_t i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(ranks[i].id, expected[i]);
	rank_sort(NULL, 0);
	uint32_t *table = table_new(3, sizeof *table);
	CU_ASSERT(table[0] == 0 && table[2] == 0);
	free(table);
}

static void test_room(void)
{
	const double left[] = {3, 0, 5, 5, 1};
	struct room room = room_new(5); /* three leaves of the tree are no rows */
	CU_ASSERT_EQUAL(room_first(&room, 0, 0), ROOM_NONE);
	CU_ASSERT_EQUAL(room_most(&room), ROOM_NONE);
	for (uint32_t i = 0; i < 5; i++)
		room_set(&room, i, left[i]);
	CU_ASSERT_EQUAL(room_first(&room, 2, 0), 0);
	CU_ASSERT_EQUAL(room_first(&room, 2, 1), 2);
	CU_ASSERT_EQUAL(room_first(&room, 0, 1), 1);
	CU_ASSERT_EQUAL(room_first(&room, 2, 4), ROOM_NONE);
	CU_ASSERT_EQUAL(room_first(&room, 1, 4), 4);
	CU_ASSERT_EQUAL(room_first(&room, 0, 5), ROOM_NONE);
	CU_ASSERT_EQUAL(room_first(&room, 6, 0), ROOM_NONE);
	CU_ASSERT_EQUAL(room_most(&room), 2);
	room_set(&room, 2, -1);
	CU_ASSERT_EQUAL(room_most(&room), 3);
	CU_ASSERT_EQUAL(room_left(&room, 4), 1);
	free(room.left);
	room = room_new(1);
	room_set(&room, 0, 7);
	CU_ASSERT_EQUAL(room_first(&room, 7, 0), 0);
	CU_ASSERT_EQUAL(room_first(&room, 8, 0), ROOM_NONE);
	free(room.left);
}

static const struct test tests[] = {
	{"medians of odd and even numbers, and of deviations", test_medians},
	{"quantiles are samples, of ranks rounded half up", test_quantiles},
	{"least squares with and without weights", test_lines},
	{"the tricube falls from 1 to 0", test_tricube},
	{"the next sample lies between the mean and the newest, or swings", test_next},
	{"equal numbers are in order of ids", test_order},
	{"the first row with room, and the one with most, are found", test_room},
};
SUITE(policies_history, tests)

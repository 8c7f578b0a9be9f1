/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Generated demand: levels, distributions, and that rows are streams of their own. */
#include "scenarios/generate.h"

#include <string.h>

#include "sim/time.h"
#include "tests/test.h"

#define DAY_SAMPLES 288

static const struct scenario_demand demand = {
	.level_01 = 0.5, .least_01 = 0.2, .most_01 = 0.6, .noise_01 = 0.02, .period_ns = 5 * NS_PER_MIN,
};

static const uint8_t *row_of(const struct demand_set *set, uint32_t row)
{
	const struct demand_samples *cpu = &set->columns[DEMAND_CPU];
	return (const uint8_t *)cpu->at + (size_t)row * cpu->stride;
}

static void make(struct demand_set *set, enum scenario_source source, const char *group, uint32_t rows,
                 uint64_t seed)
{
	generate_set(set, &demand, source, group, rows, NS_PER_DAY, seed);
	const struct demand_samples *cpu = &set->columns[DEMAND_CPU];
	CU_ASSERT(set->rows == rows && set->axis.count == DAY_SAMPLES);
	CU_ASSERT_EQUAL(set->axis.period_ns, 5 * NS_PER_MIN);
	CU_ASSERT(cpu->bits == 8 && cpu->stride % 16 == 0 && (uintptr_t)cpu->at % 16 == 0);
	CU_ASSERT_PTR_NULL(set->row_names);
}

static void test_constant(void)
{
	for (int percent = 0; percent <= 100; percent++) {
		struct scenario_demand d = demand;
		struct demand_set set;
		d.level_01 = percent / 100.0;
		generate_set(&set, &d, SOURCE_CONSTANT, "vms", 1, NS_PER_DAY, 1);
		struct demand_plan plan = {.set = &set, .scale = 1, .end = DEMAND_END_HOLD};
		struct demand_cursor c;
		demand_seek(&plan, 0, NS_PER_HOUR, &c);
		double hz = demand_round(demand_value(&plan, 0, DEMAND_CPU, &c) * 2.5e9);
		CU_ASSERT_EQUAL(hz, percent * 2.5e7);
		set.release(&set);
		CU_ASSERT_PTR_NULL(set.backing);
	}
}

static void test_uniform(void)
{
	struct demand_set set;
	make(&set, SOURCE_UNIFORM, "vms", 1000, 7);
	double sum = 0;
	uint32_t least = 255, most = 0;
	for (uint32_t row = 0; row < 1000; row++)
		for (uint32_t k = 0; k < DAY_SAMPLES; k++) {
			uint32_t x = row_of(&set, row)[k];
			sum += x;
			least = x < least ? x : least;
			most = x > most ? x : most;
		}
	CU_ASSERT(least == 51 && most == 153);
	/* The standard error of this mean is 0.055. */
	CU_ASSERT_DOUBLE_EQUAL(sum / (1000.0 * DAY_SAMPLES), 102, 0.3);
	set.release(&set);
}

static void test_diurnal(void)
{
	struct demand_set set;
	make(&set, SOURCE_DIURNAL, "vms", 400, 7);
	double sum[DAY_SAMPLES] = {0};
	uint32_t highest = 0, lowest = 0;
	for (uint32_t row = 0; row < 400; row++)
		for (uint32_t k = 0; k < DAY_SAMPLES; k++)
			sum[k] += row_of(&set, row)[k] / 400.0;
	for (uint32_t k = 0; k < DAY_SAMPLES; k++) {
		highest = sum[k] > sum[highest] ? k : highest;
		lowest = sum[k] < sum[lowest] ? k : lowest;
	}
	CU_ASSERT(highest > 11 * 12 && highest < 17 * 12);
	CU_ASSERT(lowest < 5 * 12 || lowest > 23 * 12);
	/* Level 0.5, swing 0.2, cut at 0.6 (255 * 0.6 = 153); shifts of up to two hours blur it a little. */
	CU_ASSERT(sum[highest] > 148 && sum[highest] < 154);
	CU_ASSERT(sum[lowest] > 76 && sum[lowest] < 86);
	set.release(&set);
}

static void test_streams(void)
{
	static const enum scenario_source sources[] = {SOURCE_UNIFORM, SOURCE_DIURNAL};
	for (int i = 0; i < 2; i++) {
		struct demand_set few, many, other, again;
		make(&few, sources[i], "vms", 3, 7);
		make(&many, sources[i], "vms", 9, 7);
		make(&other, sources[i], "others", 3, 7);
		make(&again, sources[i], "vms", 3, 8);
		for (uint32_t row = 0; row < 3; row++) {
			CU_ASSERT_EQUAL(memcmp(row_of(&few, row), row_of(&many, row), DAY_SAMPLES), 0);
			CU_ASSERT_NOT_EQUAL(memcmp(row_of(&few, row), row_of(&other, row), DAY_SAMPLES), 0);
			CU_ASSERT_NOT_EQUAL(memcmp(row_of(&few, row), row_of(&again, row), DAY_SAMPLES), 0);
			const uint8_t *elsewhere = row_of(&many, row + 3);
			CU_ASSERT_NOT_EQUAL(memcmp(row_of(&few, row), elsewhere, DAY_SAMPLES), 0);
		}
		CU_ASSERT(few.checksum != many.checksum && few.checksum != again.checksum);
		few.release(&few);
		many.release(&many);
		other.release(&other);
		again.release(&again);
	}
}

static void test_short(void)
{
	struct demand_set set;
	generate_set(&set, &demand, SOURCE_UNIFORM, "vms", 2, 0, 7);
	CU_ASSERT_EQUAL(set.axis.count, 1);
	set.release(&set);
	generate_set(&set, &demand, SOURCE_UNIFORM, "vms", 2, NS_PER_HOUR + 1, 7);
	CU_ASSERT_EQUAL(set.axis.count, 13);
	set.release(&set);
}

static const struct test tests[] = {
	{"a constant is met to the last Hz", test_constant},
	{"uniform samples fill their range evenly", test_uniform},
	{"a day has its peak in the afternoon and its trough at night", test_diurnal},
	{"a row depends on seed, group and number alone", test_streams},
	{"the samples cover the whole run", test_short},
};
SUITE(scenarios_generate, tests)

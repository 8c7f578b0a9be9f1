/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits: what a generator was told is found again in what it drew. Bounds are five deviations of the
 * estimates, as the comments work them out. */
#include "scenarios/fit.h"

#include "scenarios/generate.h"
#include "sim/time.h"
#include "tests/test.h"

#define ROWS 50
#define DAYS 20

static void refit(const struct scenario_demand *told, struct scenario_demand *found)
{
	struct demand_set set;
	struct fit_data data;
	generate_set(&set, told, told->source, "web", ROWS, DAYS * NS_PER_DAY, 11);
	CU_ASSERT_FATAL(fit_data_read(&data, &set));
	CU_ASSERT(data.panel.rows == ROWS && data.panel.n == DAYS * 288 && data.left_out == 0);
	CU_ASSERT_PTR_NULL(fit_demand(&data, told->source, found));
	CU_ASSERT(found->source == told->source && found->period_ns == told->period_ns);
	fit_data_free(&data);
	set.release(&set);
}

/* 5760 samples a row with a = 0.9 are worth 5760 (1 - a)/(1 + a) = 303 for the common mean, whose deviation
 * is sqrt(0.3) 0.06/sqrt(303) = 0.002; the 50 rows' levels add 0.05/sqrt(50) = 0.007. A deviation of 50
 * levels is known to a tenth. The common noise is worth 5760 (1 - a^2)/(1 + a^2) = 605 for its variance: 6 %
 * of the correlation and, as it is 0.3 of the noise, 1 % of the noise. */
static void test_ar1(void)
{
	const struct scenario_demand told = {
		.source = SOURCE_AR1, .generator = SOURCE_AR1, .level_01 = 0.5, .spread_01 = 0.05,
		.noise_01 = 0.06, .autocorrelation = 0.9, .correlation_01 = 0.3, .period_ns = 5 * NS_PER_MIN,
	};
	struct scenario_demand found;
	refit(&told, &found);
	CU_ASSERT_DOUBLE_EQUAL(found.level_01, 0.5, 0.037);
	CU_ASSERT_DOUBLE_EQUAL(found.spread_01, 0.05, 0.025);
	CU_ASSERT_DOUBLE_EQUAL(found.noise_01, 0.06, 0.003);
	CU_ASSERT_DOUBLE_EQUAL(found.autocorrelation, 0.9, 0.01);
	CU_ASSERT_DOUBLE_EQUAL(found.correlation_01, 0.3, 0.09);
}

/* The rows' peaks are shifted at random: their mean by 1.15 h/sqrt(50) = 10 min, their amplitude by 0.6 %. */
static void test_diurnal(void)
{
	const struct scenario_demand told = {
		.source = SOURCE_DIURNAL, .generator = SOURCE_DIURNAL, .level_01 = 0.5, .least_01 = 0.3,
		.most_01 = 0.7, .noise_01 = 0.05, .autocorrelation = 0.7, .correlation_01 = 0.4,
		.peak_ns = 20 * NS_PER_HOUR, .period_ns = 5 * NS_PER_MIN,
	};
	struct scenario_demand found;
	refit(&told, &found);
	CU_ASSERT_DOUBLE_EQUAL(found.level_01, 0.5, 0.01);
	CU_ASSERT_DOUBLE_EQUAL(found.least_01, 0.3, 0.02);
	CU_ASSERT_DOUBLE_EQUAL(found.most_01, 0.7, 0.02);
	CU_ASSERT_DOUBLE_EQUAL(time_s(found.peak_ns), 20 * 3600, 50 * 60);
	CU_ASSERT_DOUBLE_EQUAL(found.noise_01, 0.05, 0.015); /* what is left of a variance of 0.02 */
	CU_ASSERT_DOUBLE_EQUAL(found.autocorrelation, 0.7, 0.1);
	CU_ASSERT_DOUBLE_EQUAL(found.correlation_01, 0.4, 0.2);
	CU_ASSERT(found.spread_01 < 0.01);
}

/* 288000 samples hold about 24000 cycles of an hour: times are known to 0.9 %. */
static void test_on_off(void)
{
	const struct scenario_demand told = {
		.source = SOURCE_ON_OFF, .generator = SOURCE_ON_OFF, .least_01 = 0.1, .most_01 = 0.8,
		.on_ns = 20 * NS_PER_MIN, .off_ns = 40 * NS_PER_MIN, .period_ns = 5 * NS_PER_MIN,
	};
	struct scenario_demand found;
	refit(&told, &found);
	CU_ASSERT_DOUBLE_EQUAL(found.least_01, 0.1, 0.51 / 255);
	CU_ASSERT_DOUBLE_EQUAL(found.most_01, 0.8, 0.51 / 255);
	CU_ASSERT_DOUBLE_EQUAL(time_s(found.on_ns), 1200, 0.045 * 1200);
	CU_ASSERT_DOUBLE_EQUAL(time_s(found.off_ns), 2400, 0.045 * 2400);
}

#define S NS_PER_S

/* The longest row has stamps 10 s apart, one missing; one row is too short; the other's 7 samples decide. */
static void test_irregular(void)
{
	static const int64_t stamps[3][8] = {
		{0, 10 * S, 20 * S, 40 * S, 50 * S, 60 * S, 70 * S, 80 * S}, {0, 10 * S},
		{5 * S, 18 * S, 65 * S},
	};
	static const uint32_t counts[3] = {8, 2, 3};
	static uint8_t samples[3][16] = {{1, 2, 3, 4, 5, 6, 7, 8}, {90, 90}, {10, 20, 30}};
	const struct demand_set set = {
		.rows = 3, .irregular = true, .axis = {0, 0, 8}, .row_count = counts, .stamps_ns = stamps[0],
		.columns[DEMAND_CPU] = {samples, 8, 16, 100, 0},
	};
	static const double expected[2][7] = {{1, 2, 3, 3, 4, 5, 6}, {10, 10, 20, 20, 20, 20, 30}};
	struct fit_data data;
	CU_ASSERT_FATAL(fit_data_read(&data, &set));
	CU_ASSERT(data.panel.rows == 2 && data.panel.n == 7 && data.left_out == 1);
	CU_ASSERT_EQUAL(data.period_ns, 10 * S);
	CU_ASSERT(data.row_start_ns[0] == 0 && data.row_start_ns[1] == 5 * S);
	for (uint32_t k = 0; k < 14; k++)
		CU_ASSERT_DOUBLE_EQUAL(100 * data.x[k], expected[k / 7][k % 7], 1e-9);
	fit_data_free(&data);
}

static void test_refusals(void)
{
	static uint8_t flat[1][16] = {{50, 50, 50, 50, 50, 50, 50, 50}};
	struct demand_set set = {.rows = 1, .axis = {0, NS_PER_HOUR, 8},
	                         .columns[DEMAND_CPU] = {flat, 8, 16, 100, 0}};
	struct scenario_demand found;
	struct fit_data data;
	CU_ASSERT_FATAL(fit_data_read(&data, &set));
	CU_ASSERT_PTR_NOT_NULL(fit_demand(&data, SOURCE_AR1, &found));
	CU_ASSERT_PTR_NOT_NULL(fit_demand(&data, SOURCE_ON_OFF, &found));
	CU_ASSERT_PTR_NOT_NULL(fit_demand(&data, SOURCE_DIURNAL, &found)); /* shorter than a day */
	fit_data_free(&data);
	set.axis.count = 3;
	CU_ASSERT_FALSE(fit_data_read(&data, &set));
}

static const struct test tests[] = {
	{"an autoregression is found again in what it drew", test_ar1},
	{"a day's wave is found again in what it drew", test_diurnal},
	{"on and off times are found again in what they drew", test_on_off},
	{"irregular rows are read at even distances, short ones left out", test_irregular},
	{"what cannot be fitted is refused", test_refusals},
};
SUITE(scenarios_fit, tests)

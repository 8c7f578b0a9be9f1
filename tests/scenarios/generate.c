/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Generated demand: levels, distributions, and that rows are streams of their own. */
#include "scenarios/generate.h"

#include <math.h>
#include <string.h>

#include "analysis/statistics.h"
#include "scenarios/fit.h"
#include "sim/time.h"
#include "tests/test.h"

#define DAY_SAMPLES 288

static const struct scenario_demand demand = {
	.level_01 = 0.5, .least_01 = 0.2, .most_01 = 0.6, .noise_01 = 0.02, .period_ns = 5 * NS_PER_MIN,
	.peak_ns = 14 * NS_PER_HOUR, .autocorrelation = 0.8, .correlation_01 = 0.5, .spread_01 = 0.03,
	.on_ns = 10 * NS_PER_MIN, .off_ns = 30 * NS_PER_MIN, .start_ns = 6 * NS_PER_HOUR,
	.rise_ns = NS_PER_HOUR, .decay_ns = 2 * NS_PER_HOUR,
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
	struct scenario_demand d = demand;
	d.autocorrelation = d.correlation_01 = d.spread_01 = 0;
	generate_set(&set, &d, SOURCE_DIURNAL, "vms", 400, NS_PER_DAY, 7);
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
	static const enum scenario_source sources[] = {SOURCE_UNIFORM, SOURCE_DIURNAL, SOURCE_ON_OFF,
	                                               SOURCE_AR1, SOURCE_FLASH_CROWD};
	for (int i = 0; i < 5; i++) {
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

/* n samples a row, as numbers. */
static void panel_of(struct fit_data *data, const struct scenario_demand *d, enum scenario_source source,
                     uint32_t rows, uint32_t n)
{
	struct demand_set set;
	generate_set(&set, d, source, "vms", rows, (int64_t)n * d->period_ns, 7);
	CU_ASSERT_FATAL(fit_data_read(data, &set));
	CU_ASSERT_FATAL(data->panel.n == n && data->panel.rows == rows);
	set.release(&set);
}

/* 100 rows of 2000, a = 0.8: the mean is as good as that of 200000 (1 - a)/(1 + a) = 22222 free samples, the
 * variance as that of 200000 (1 - a^2)/(1 + a^2) = 43902, an autocorrelation has at most the deviation
 * 1/sqrt(43902) = 0.0048; skewness and kurtosis, with a^3 and a^4 in place of a^2, 0.0096 and 0.017 (their
 * free deviations are sqrt(6/n) and sqrt(24/n)). Bounds are five deviations; the bias of a row's mean is
 * (1 + 3 a)/2000 = 0.0017. */
static void test_ar1(void)
{
	struct scenario_demand d = demand;
	struct fit_data data;
	d.noise_01 = 0.1;
	d.spread_01 = d.correlation_01 = 0;
	panel_of(&data, &d, SOURCE_AR1, 100, 2000);
	struct moments m = statistics_moments(data.x, 200000);
	CU_ASSERT_DOUBLE_EQUAL(m.mean, 0.5, 5 * 0.1 / sqrt(22222));
	CU_ASSERT_DOUBLE_EQUAL(m.deviation * m.deviation, 0.01, 5 * 0.01 * sqrt(2.0 / 43902));
	CU_ASSERT_DOUBLE_EQUAL(m.skewness, 0, 5 * 0.0096);
	CU_ASSERT_DOUBLE_EQUAL(m.kurtosis, 0, 5 * 0.017);
	for (uint32_t lag = 1; lag <= 16; lag++)
		CU_ASSERT_DOUBLE_EQUAL(statistics_autocorrelation(&data.panel, lag), pow(0.8, lag),
		                       5 * 0.0048 + 0.005);
	CU_ASSERT_DOUBLE_EQUAL(statistics_row_correlation(&data.panel), 0, 0.005);
	fit_data_free(&data);
}

/* The common noise is one row of 20000, worth 4390 for its variance: 2 % of c = 0.5. */
static void test_correlation(void)
{
	static const enum scenario_source sources[] = {SOURCE_AR1, SOURCE_FLASH_CROWD};
	struct scenario_demand d = demand;
	struct fit_data data;
	d.noise_01 = 0.1;
	d.spread_01 = 0;
	d.most_01 = d.level_01; /* a crowd that changes nothing */
	for (int i = 0; i < 2; i++) {
		panel_of(&data, &d, sources[i], 20, 20000);
		CU_ASSERT_DOUBLE_EQUAL(statistics_row_correlation(&data.panel), 0.5, 5 * 0.011);
		CU_ASSERT_DOUBLE_EQUAL(statistics_autocorrelation(&data.panel, 1), 0.8, 0.03);
		fit_data_free(&data);
	}
	d.correlation_01 = 1;
	panel_of(&data, &d, SOURCE_AR1, 3, 500);
	CU_ASSERT_EQUAL(memcmp(data.x, data.x + 500, 500 * sizeof *data.x), 0);
	CU_ASSERT_EQUAL(memcmp(data.x, data.x + 1000, 500 * sizeof *data.x), 0);
	fit_data_free(&data);
}

/* A deviation estimated from 2000 levels has itself the deviation 0.1/sqrt(4000). */
static void test_spread(void)
{
	struct scenario_demand d = demand;
	struct fit_data data;
	d.noise_01 = d.correlation_01 = d.autocorrelation = 0;
	d.spread_01 = 0.1;
	panel_of(&data, &d, SOURCE_AR1, 2000, 8);
	struct variances v = statistics_variances(&data.panel);
	CU_ASSERT_DOUBLE_EQUAL(sqrt(v.between), 0.1, 5 * 0.1 / sqrt(4000));
	CU_ASSERT(v.within < 1e-20);
	fit_data_free(&data);
}

/* The share of time on is p = 1/4, of 400000 samples whose neighbours correlate by k = exp(-5/10 - 5/30):
 * its deviation is sqrt(p (1 - p) (1 + k)/(1 - k)/400000) = 0.0012. */
static void test_on_off(void)
{
	struct fit_data data;
	double kept = exp(-2.0 / 3), levels[2] = {51.0 / 255, 153.0 / 255}, on = 0, other = 0;
	panel_of(&data, &demand, SOURCE_ON_OFF, 200, 2000);
	for (uint32_t k = 0; k < 400000; k++) {
		on += fabs(data.x[k] - levels[1]) < 1e-9;
		other += fabs(data.x[k] - levels[0]) > 1e-9 && fabs(data.x[k] - levels[1]) > 1e-9;
	}
	CU_ASSERT_EQUAL(other, 0);
	CU_ASSERT_DOUBLE_EQUAL(on / 400000, 0.25, 5 * 0.0012);
	for (uint32_t lag = 1; lag <= 8; lag++)
		CU_ASSERT_DOUBLE_EQUAL(statistics_autocorrelation(&data.panel, lag), pow(kept, lag), 0.02);
	fit_data_free(&data);
}

/* Level 0.5, peak 0.6 at 7:00, time constant 2 h, to half a step of 1/255. */
static void test_flash_crowd(void)
{
	static const struct { double hour, level; } points[] = {
		{0, 0.5}, {6, 0.5}, {6.5, 0.55}, {7, 0.6}, {9, 0.5367879}, {11, 0.5135335}, {23, 0.5000335},
	};
	struct scenario_demand d = demand;
	struct fit_data data;
	d.noise_01 = d.spread_01 = 0;
	panel_of(&data, &d, SOURCE_FLASH_CROWD, 2, DAY_SAMPLES);
	for (size_t i = 0; i < sizeof points / sizeof *points; i++)
		for (uint32_t row = 0; row < 2; row++)
			CU_ASSERT_DOUBLE_EQUAL(data.x[row * DAY_SAMPLES + (uint32_t)(points[i].hour * 12)],
			                       points[i].level, 0.51 / 255);
	fit_data_free(&data);
	d.rise_ns = 0; /* at once */
	panel_of(&data, &d, SOURCE_FLASH_CROWD, 1, DAY_SAMPLES);
	CU_ASSERT_DOUBLE_EQUAL(data.x[6 * 12 - 1], 0.5, 0.51 / 255);
	CU_ASSERT_DOUBLE_EQUAL(data.x[6 * 12], 0.6, 0.51 / 255);
	fit_data_free(&data);
}

static const struct test tests[] = {
	{"a constant is met to the last Hz", test_constant},
	{"uniform samples fill their range evenly", test_uniform},
	{"a day has its peak in the afternoon and its trough at night", test_diurnal},
	{"a row depends on seed, group and number alone", test_streams},
	{"the samples cover the whole run", test_short},
	{"an autoregression has its mean, variance and autocorrelations", test_ar1},
	{"rows of a group correlate as they were told", test_correlation},
	{"rows have levels of their own, as far apart as told", test_spread},
	{"on and off have their share and forget as the closed form says", test_on_off},
	{"a flash crowd rises straight and goes exponentially", test_flash_crowd},
};
SUITE(scenarios_generate, tests)

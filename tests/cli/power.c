/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The power of a cluster from its jobs: worked by hand, without the measured column, mistakes, and, where the
 * trace is there, what is told of it. */
#include "cli/lisa.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/trace.h"
#include "sim/time.h"
#include "tests/scenarios/files.h"
#include "tests/test.h"

#define TASKS "id,submission_time,duration,cpu_count,cpu_capacity,mem_capacity\n"
#define FRAGMENTS "id,duration,cpu_count,cpu_usage\n"
#define BASE_W (277 * 32.35)

/* Job 1 runs for 300 s with loads of 0, 1.75, 2, ..., 2, 16, 16; job 2 from 100 s on for 25 s with 0.5; of
 * job 3 nothing is known. */
static const char tasks[] = TASKS "1,2022-10-06T22:00:00Z,300000,16,33600,100\n"
                                  "2,2022-10-06T22:01:40Z,25000,16,33600,100\n"
                                  "3,2022-10-06T22:00:00Z,90000,16,33600,100\n";
static const char fragments[] = FRAGMENTS
	"1,30000,16,0\n1,30000,16,3675\n1,30000,16,4200\n1,30000,16,4200\n1,30000,16,4200\n1,30000,16,4200\n"
	"1,30000,16,4200\n1,30000,16,4200\n1,30000,16,33600\n1,30000,16,33600\n2,30000,16,1050\n";
static const char measured[] = "timestamp_ms,power_w,energy_j\n30000,9000,1\n120000,9000,1\n240000,9100,1\n"
			       "270000,9100,1\n300000,9000,1\n";
static const char bare[] = "energy_j,timestamp_ms\n1,30000\n1,120000\n1,240000\n1,270000\n1,300000\n";

struct bed {
	struct files files;
	struct diag diag;
	struct lisa lisa;
	bool read;
};

static void bed_open(struct bed *b, const char *power, bool packed)
{
	char path[512];
	memset(b, 0, sizeof *b);
	files_open(&b->files);
	diag_init(&b->diag);
	files_write(&b->files, "tasks.csv", tasks, strlen(tasks));
	files_write(&b->files, "fragments.csv", fragments, strlen(fragments));
	files_write(&b->files, "power.csv", power, strlen(power));
	if (packed)
		files_gzip(&b->files, "power.csv");
	snprintf(path, sizeof path, "%s", files_path(&b->files, packed ? "power.csv.gz" : "power.csv"));
	b->read = lisa_read(&b->lisa, b->files.root, path, &b->diag);
}

static void bed_close(struct bed *b)
{
	lisa_free(&b->lisa);
	diag_fini(&b->diag);
	files_close(&b->files);
}

/* The meter of job 1's host is read at 30 s, of which the load at 60 s tells: 2, and 0.25 from the one
 * before; and at 270 s: 16. Job 2 begins and ends between readings. */
static void test_worked(void)
{
	static const double wanted_w[5] = {
		BASE_W + 52.3 + 13.1 * 2 - 49.5 * 0.25,
		BASE_W + 52.3 + 13.1 * 2 - 49.5 * 0.25 + (52.3 + 13.1) * 0.5,
		BASE_W + 52.3 + 13.1 * 2 - 49.5 * 0.25,
		BASE_W + 52.3 + 13.1 * 7,
		BASE_W,
	};
	for (int packed = 0; packed < 2; packed++) {
		struct bed b;
		bed_open(&b, measured, packed);
		CU_ASSERT_FATAL(b.read && b.lisa.count == 5);
		CU_ASSERT(b.lisa.has_outcomes && b.lisa.jobs == 2);
		for (uint32_t i = 0; i < 5; i++)
			CU_ASSERT(fabs(lisa_predicted_w(&b.lisa, i) - wanted_w[i]) < 1e-6);
		bed_close(&b);
	}
}

static void test_errors(void)
{
	struct bed b;
	double mape = 0, predicted_j = 0;
	static const double spans_s[5] = {90, 90, 120, 30, 30};
	bed_open(&b, measured, false);
	CU_ASSERT_FATAL(b.read);
	for (uint32_t i = 0; i < 5; i++) {
		mape += fabs(lisa_predicted_w(&b.lisa, i) / b.lisa.measured_w[i] - 1) / 5;
		predicted_j += lisa_predicted_w(&b.lisa, i) * spans_s[i];
	}
	struct lisa_errors e = lisa_compare(&b.lisa);
	CU_ASSERT(fabs(e.mape - mape) < 1e-12 && e.mape > 0);
	CU_ASSERT_EQUAL(e.measured_j, 9000 * 180 + 9100 * 150 + 9000 * 30);
	CU_ASSERT(fabs(e.predicted_j - predicted_j) < 1e-3);
	CU_ASSERT(fabs(e.energy_rel - (predicted_j / e.measured_j - 1)) < 1e-12);
	bed_close(&b);
}

static void test_bare(void)
{
	struct bed with, without;
	struct lisa_fit fit;
	bed_open(&with, measured, false);
	bed_open(&without, bare, false);
	CU_ASSERT_FATAL(with.read && without.read);
	CU_ASSERT(!without.lisa.has_outcomes && without.lisa.count == 5);
	for (uint32_t i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(lisa_predicted_w(&with.lisa, i), lisa_predicted_w(&without.lisa, i));
	CU_ASSERT(isnan(lisa_compare(&without.lisa).mape));
	CU_ASSERT_FALSE(lisa_fit(&without.lisa, &fit));
	CU_ASSERT(lisa_fit(&with.lisa, &fit) && fit.day_count == 0); /* one day has no others */
	CU_ASSERT(fit.inside.mape < lisa_compare(&with.lisa).mape);
	bed_close(&with);
	bed_close(&without);
}

static void test_mistakes(void)
{
	static const struct {
		const char *power, *words;
		uint32_t line, column;
	} cases[] = {
		{"", "the file is empty", 1, 1},
		{"timestamp_ms,power_w\n", "no rows", 1, 0},
		{"time,power_w\n30000,1\n", "no column 'timestamp_ms'", 1, 0},
		{"timestamp_ms,power_w\n30000,x\n", "'x' is not a number", 2, 7},
		{"timestamp_ms,power_w\n30000,0\n", "power_w: 0 is not a number from", 2, 7},
		{"timestamp_ms,power_w\n-1,5\n", "timestamp_ms: -1 is not a whole number from", 2, 1},
		{"timestamp_ms,power_w\n60000,5\n60000,5\n", "not after that of the row before", 3, 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bed b;
		bed_open(&b, cases[i].power, false);
		CU_ASSERT_FALSE(b.read);
		CU_ASSERT_EQUAL_FATAL(b.diag.count, 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(b.diag.messages[0].text, cases[i].words));
		CU_ASSERT_EQUAL(b.diag.messages[0].place.line, cases[i].line);
		CU_ASSERT_EQUAL(b.diag.messages[0].place.column, cases[i].column);
		bed_close(&b);
	}
}

/* The constants are what the fit gives, and each day is foretold by the others within the aims. */
static void test_whole(void)
{
	char folder[3000], path[4096];
	struct diag diag;
	struct lisa l;
	struct lisa_fit fit;
	if (!trace_find("surf", folder, sizeof folder)) {
		CU_PASS("the trace is not on this machine");
		return;
	}
	snprintf(path, sizeof path, "%s/power-days-1-3.csv.gz", folder);
	diag_init(&diag);
	CU_ASSERT_FATAL(lisa_read(&l, folder, path, &diag));
	struct lisa_errors e = lisa_compare(&l);
	CU_ASSERT(e.mape < 0.009 && fabs(e.energy_rel) < 0.001);
	CU_ASSERT_FATAL(lisa_fit(&l, &fit) && fit.day_count == 3);
	CU_ASSERT(fabs(fit.power.idle_w - l.power->idle_w) < 0.01);
	CU_ASSERT(fabs(fit.power.first_w - l.power->first_w) < 0.1);
	CU_ASSERT(fabs(fit.power.core_w - l.power->core_w) < 0.1);
	CU_ASSERT(fabs(fit.power.waiting_w - l.power->waiting_w) < 0.1);
	for (uint32_t k = 0; k < 3; k++)
		CU_ASSERT(fit.days[k].mape < 0.014 && fabs(fit.days[k].energy_rel) < 0.002);
	lisa_free(&l);
	diag_fini(&diag);
}

static const struct test tests[] = {
	{"a cluster of three jobs draws what is worked out by hand", test_worked},
	{"errors of power and energy", test_errors},
	{"predictions do not change without the measured column", test_bare},
	{"mistakes are told with their line and column", test_mistakes},
	{"Lisa's constants are those of the fit, and each day is foretold by the others", test_whole},
};
SUITE(cli_power, tests)

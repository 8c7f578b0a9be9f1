/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/carbon_trace.h"

#include <stdlib.h>
#include <string.h>

#include "sim/time.h"
#include "tests/scenarios/files.h"
#include "tests/test.h"

static const char good[] = "timestamp,carbon_intensity\n"
			   "2023-02-28T22:00:00.000Z,100.5\n"
			   "2023-02-28T23:00:00.000Z,200\r\n"
			   "2023-03-01T00:00:00.000Z,300\n";

/* Reads `text` for a run of `hours` from `start`; true when it went well. */
static bool read_text(const char *text, const char *start, int64_t hours, struct carbon_series *series)
{
	struct files f;
	struct diag diag;
	struct carbon_span span = {0, hours * NS_PER_HOUR};
	CU_ASSERT_TRUE_FATAL(instant_read(start, &span.start_s));
	files_open(&f);
	files_write(&f, "grid.csv", text, strlen(text));
	diag_init(&diag);
	bool well = carbon_trace_read(files_path(&f, "grid.csv"), &span, series, (struct place){0}, &diag);
	CU_ASSERT_EQUAL(well, diag.errors == 0);
	diag_fini(&diag);
	files_close(&f);
	return well;
}

static void instants(void)
{
	int64_t s;
	CU_ASSERT_TRUE(instant_read("1970-01-01", &s));
	CU_ASSERT_EQUAL(s, 0);
	CU_ASSERT_TRUE(instant_read("2000-02-29T12:34Z", &s));
	CU_ASSERT_EQUAL(s, 951827640);
	CU_ASSERT_TRUE(instant_read("2023-01-15T00:00:00.000Z", &s));
	CU_ASSERT_EQUAL(s, 1673740800);
	static const char *const bad[] = {
		"", "2023", "2023-1-15", "2023-02-29", "2023-13-01", "2023-00-10", "2023-01-00",
		"1969-12-31", "2023-01-15T", "2023-01-15T24:00Z", "2023-01-15T00:60Z", "2023-01-15T00:00",
		"2023-01-15T00:00+1", "2023-01-15 00:00Z", "2023-01-15T00:00Zx",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CU_ASSERT_FALSE(instant_read(bad[i], &s));
}

static void hours_of_the_run(void)
{
	struct carbon_series series;
	CU_ASSERT_TRUE_FATAL(read_text(good, "2023-02-28T22:30Z", 2, &series));
	CU_ASSERT_EQUAL(series.count, 3);
	CU_ASSERT_EQUAL(series.phase_ns, NS_PER_HOUR / 2);
	CU_ASSERT_EQUAL(series.g_per_kwh[0], 100.5);
	CU_ASSERT_EQUAL(series.g_per_kwh[2], 300);
	free(series.g_per_kwh);
}

static void missing_hours(void)
{
	struct carbon_series series;
	CU_ASSERT_FALSE(read_text(good, "2023-02-28T22:30Z", 3, &series));
	CU_ASSERT_FALSE(read_text(good, "2023-02-28T21:59Z", 1, &series));
	CU_ASSERT_FALSE(read_text("", "2023-02-28", 1, &series));
	CU_ASSERT_PTR_NULL(series.g_per_kwh);
}

static void damaged_lines(void)
{
	static const char *const bad[] = {
		"2023-02-28T22:00Z,100\nx", "2023-02-28T22:00Z;100", "2023-02-28T22:00Z,-1",
		"2023-02-28T22:00Z,nan", "2023-02-28T22:00Z,100 g", "2023-02-28T22:15Z,100",
		"2023-02-28T22:00Z,10001", "2023-02-30,100",
		"2023-02-28T22:00Z,",
	};
	struct carbon_series series;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CU_ASSERT_FALSE(read_text(bad[i], "2023-02-28T22:00Z", 1, &series));
}

static const struct test tests[] = {
	{"instants are read as seconds since 1970, wrong ones refused", instants},
	{"the hours that a run touches are taken out of the trace", hours_of_the_run},
	{"an hour without a value is an error", missing_hours},
	{"damaged lines are errors", damaged_lines},
};
SUITE(scenarios_carbon_trace, tests)

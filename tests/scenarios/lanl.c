/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of failures of Los Alamos: dates, order, what is left out, and the release itself where it is
 * there. */
#include "scenarios/lanl.h"

#include <stdlib.h>
#include <string.h>

#include "sim/time.h"
#include "tests/scenarios/files.h"
#include "tests/test.h"

#define HEADINGS "System,machine type,nodes,procstot,procsinnode,nodenum,nodenumz,...\n"
#define RECORD(system, node, production, started, fixed, minutes, causes) \
	system ",cluster,49,6152,80,0," node ",5-Apr," production ",current,part,80,3,1,0,compute," \
	started "," fixed "," minutes "," causes ",N\n"

static bool parse(const char *text, struct lanl *all, struct text_mistake *mistake)
{
	*all = (struct lanl){0};
	*mistake = (struct text_mistake){0, ""};
	return lanl_parse(text, strlen(text), all, mistake);
}

static int64_t second(const char *date)
{
	int64_t ns;
	struct text_field field = {date, (uint32_t)strlen(date)};
	CU_ASSERT_TRUE_FATAL(text_date(field, &ns));
	return ns / NS_PER_S;
}

static void record(void)
{
	struct lanl all;
	struct text_mistake mistake;
	static const char text[] = HEADINGS RECORD("2", "0", "5-Jun", "6/21/2005 10:54", "6/21/2005 11:00",
	                                           "6", ",Graphics Accel Hdwr,,,,");
	CU_ASSERT_TRUE_FATAL(parse(text, &all, &mistake));
	CU_ASSERT_EQUAL_FATAL(all.count, 1);
	const struct lanl_failure *f = all.failures;
	CU_ASSERT_EQUAL(f->system, 2);
	CU_ASSERT_EQUAL(f->node, 0);
	CU_ASSERT_EQUAL(f->nodes, 49);
	CU_ASSERT_EQUAL(f->processors, 80);
	CU_ASSERT_EQUAL(f->cpu, 3);
	CU_ASSERT_EQUAL(f->at_s, second("2005-06-21 10:54"));
	CU_ASSERT_EQUAL(f->down_s, 6 * 60);
	CU_ASSERT_EQUAL(f->production_s, second("2005-06-01"));
	CU_ASSERT_EQUAL(f->decommission_s, LANL_NEVER);
	CU_ASSERT_EQUAL(f->cause, LANL_HARDWARE);
	free(all.failures);
}

static void order(void)
{
	struct lanl all;
	struct text_mistake mistake;
	CU_ASSERT_TRUE_FATAL(parse(RECORD("20", "7", "Dec-96", "1/2/2001 0:00", "", "90", ",,,,,DST")
	                           RECORD("20", "3", "1-Dec", "1/3/01 0:00", "", "", ",,,,,")
	                           RECORD("3", "9", "", "12/31/1999 23:59", "1/1/2000 0:01", "", ",,,,,")
	                           RECORD("20", "3", "", "1/1/2001 5:07", "1/1/2001 5:00", "", "Power,,,,,"),
	                           &all, &mistake));
	CU_ASSERT_EQUAL_FATAL(all.count, 4);
	const struct lanl_failure *f = all.failures;
	CU_ASSERT_EQUAL(f[0].system, 3);
	CU_ASSERT_EQUAL(f[0].down_s, 120);
	CU_ASSERT_EQUAL(f[1].at_s, second("2001-01-01 05:07"));
	CU_ASSERT_EQUAL(f[1].down_s, 0); /* mended before it broke, and no minutes told */
	CU_ASSERT_EQUAL(f[1].cause, LANL_FACILITIES);
	CU_ASSERT_EQUAL(f[1].production_s, LANL_NEVER);
	CU_ASSERT_EQUAL(f[2].at_s, second("2001-01-03"));
	CU_ASSERT_EQUAL(f[2].production_s, second("2001-12-01"));
	CU_ASSERT_EQUAL(f[2].cause, LANL_UNDETERMINED);
	CU_ASSERT_EQUAL(f[3].node, 7);
	CU_ASSERT_EQUAL(f[3].down_s, 5400);
	CU_ASSERT_EQUAL(f[3].production_s, second("1996-12-01"));
	CU_ASSERT_EQUAL(f[3].cause, LANL_SOFTWARE);
	free(all.failures);
}

static void mistakes(void)
{
	static const struct { const char *text, *what; uint32_t line; } bad[] = {
		{"", "there are no failures", 0}, {HEADINGS, "there are no failures", 0},
		{RECORD("2", "0", "", "1/1/2000 0:00", "", "", "") "x,y\n", "is no number of a system", 2},
		{RECORD("2", "x", "", "1/1/2000 0:00", "", "", ""), "is no number of a node", 1},
		{RECORD("2", "0", "", "13/1/2000 0:00", "", "", ""), "there are no failures", 0},
		{"1,cluster,0,,,,0,,,,,,,,,,1/1/2000 0:00\n", "there are no failures", 0}, /* of no nodes */
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct lanl all;
		struct text_mistake mistake;
		CU_ASSERT_FALSE(parse(bad[i].text, &all, &mistake));
		CU_ASSERT_PTR_NOT_NULL(strstr(mistake.text, bad[i].what));
		CU_ASSERT_EQUAL(mistake.line, bad[i].line);
		free(all.failures);
	}
}

static void files(void)
{
	static const char text[] = RECORD("2", "0", "", "1/1/2000 0:00", "", "", ",,,,,");
	struct files f;
	struct lanl all;
	struct diag diag;
	files_open(&f);
	diag_init(&diag);
	files_write(&f, "failures.csv", text, strlen(text));
	files_gzip(&f, "failures.csv");
	CU_ASSERT_TRUE(lanl_read(files_path(&f, "failures.csv.gz"), &all, (struct place){0}, &diag));
	CU_ASSERT_EQUAL(all.count, 1);
	free(all.failures);
	CU_ASSERT_FALSE(lanl_read(files_path(&f, "none.csv"), &all, (struct place){0}, &diag));
	CU_ASSERT_EQUAL(diag.errors, 1);
	free(all.failures);
	diag_fini(&diag);
	files_close(&f);
}

static void release(void)
{
	char path[4096];
	struct lanl all;
	struct diag diag;
	if (!trace_find("lanl", path, sizeof path)) {
		test_skip("the release of LANL's failures is not on this machine");
		return;
	}
	diag_init(&diag);
	CU_ASSERT_TRUE_FATAL(lanl_read("lanl", &all, (struct place){0}, &diag));
	CU_ASSERT_EQUAL(all.count + all.left_out, 23739);
	CU_ASSERT(all.left_out < 200); /* of system 17 nothing else is told */
	free(all.failures);
	diag_fini(&diag);
}

static const struct test tests[] = {
	{"a record is read as the release's README explains it", record},
	{"records are put in order, whatever is missing in them", order},
	{"what is no record is told with its line", mistakes},
	{"a file may be packed", files},
	{"the release has 23,739 records", release},
};
SUITE(scenarios_lanl, tests)

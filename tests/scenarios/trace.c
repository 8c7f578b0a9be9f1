/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The PlanetLab reader, its mistakes, and the cache: a set is the same from text and from the cache. */
#include "scenarios/trace.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenarios/cache.h"
#include "scenarios/planetlab.h"
#include "sim/time.h"
#include "tests/scenarios/files.h"
#include "tests/test.h"

/* A folder for traces and one for the cache, and nothing else that a trace could come from. */
struct bed {
	struct files files;
	char cache[512];
	struct diag diag;
};

static void bed_open(struct bed *b)
{
	files_open(&b->files);
	files_folder(&b->files, "cache");
	snprintf(b->cache, sizeof b->cache, "%s", files_path(&b->files, "cache"));
	setenv("XDG_CACHE_HOME", b->cache, 1);
	unsetenv("VDCSIM_CACHE");
	diag_init(&b->diag);
}

static void bed_close(struct bed *b)
{
	unsetenv("XDG_CACHE_HOME");
	diag_fini(&b->diag);
	files_close(&b->files);
}

static bool bed_read(struct bed *b, const char *name, const char *subset, struct demand_set *set)
{
	char path[600];
	snprintf(path, sizeof path, "%s", files_path(&b->files, name));
	return trace_open(path, subset, "planetlab", set, (struct place){"day.yaml", 7, 3}, &b->diag);
}

/* Fails to read, and says so with these words. */
static void refused(struct bed *b, const char *name, const char *subset, const char *words)
{
	struct demand_set set;
	uint32_t before = b->diag.count;
	CU_ASSERT_FALSE(bed_read(b, name, subset, &set));
	CU_ASSERT_PTR_NULL(set.release);
	CU_ASSERT_EQUAL_FATAL(b->diag.count, before + 1);
	CU_ASSERT(b->diag.messages[before].place.line == 7 && !b->diag.messages[before].warning);
	if (!strstr(b->diag.messages[before].text, words))
		printf("\n    '%s' is not in '%s'\n", words, b->diag.messages[before].text);
	CU_ASSERT_PTR_NOT_NULL(strstr(b->diag.messages[before].text, words));
}

static void parse_case(const char *text, uint32_t count, uint32_t line, const char *words)
{
	uint8_t samples[64];
	struct planetlab_mistake mistake;
	CU_ASSERT_EQUAL(planetlab_parse(text, strlen(text), samples, &mistake), count);
	CU_ASSERT_EQUAL(mistake.line, line);
	CU_ASSERT_PTR_NOT_NULL(strstr(mistake.text, words));
}

static void test_parse(void)
{
	parse_case("0\n100\n7\n", 3, 0, "");
	parse_case("0\r\n100\r\n7", 3, 0, "");
	parse_case("007\n", 1, 0, "");
	parse_case("", 0, 0, "the file is empty");
	parse_case("1\n101\n", 0, 2, "'101' is not a whole percent from 0 to 100");
	parse_case("1\n2\n-3\n", 0, 3, "'-3' is not");
	parse_case("NaN\n", 0, 1, "'NaN' is not");
	parse_case("1\n12.5\n", 0, 2, "'12.5' is not");
	parse_case("1\n\n2\n", 0, 2, "the line is empty");
	parse_case("99999999999999999999999999\n", 0, 1, "'99999999999999999999...' is not");
	parse_case("1 2\n", 0, 1, "'1 2' is not");
	parse_case("\x01\xff\n", 0, 1, "'?\?' is not");
	uint8_t samples[8];
	struct planetlab_mistake mistake;
	CU_ASSERT_EQUAL(planetlab_parse("1\n\0\n", 4, samples, &mistake), 0);
	CU_ASSERT_EQUAL(mistake.line, 2);
}

static const char *const two_days[] = {
	"top/day1/b", "1\n2\n3\n", "top/day2/x", "9\n",
	"top/day1/a", "4\n5\n6\n", "top/day1/B", "7\n8\n9\n", NULL,
};

static void look_day1(const struct demand_set *set)
{
	static const char *const names[] = {"B", "a", "b"};
	static const uint8_t samples[3][3] = {{7, 8, 9}, {4, 5, 6}, {1, 2, 3}};
	const struct demand_samples *cpu = &set->columns[DEMAND_CPU];
	CU_ASSERT_EQUAL_FATAL(set->rows, 3);
	CU_ASSERT_STRING_EQUAL(set->name, "planetlab/day1");
	CU_ASSERT(set->axis.start_ns == 0 && set->axis.period_ns == 300 * NS_PER_S && set->axis.count == 3);
	CU_ASSERT(cpu->bits == 8 && cpu->full_scale == 100 && cpu->stride == 16 && !set->irregular);
	CU_ASSERT_PTR_NULL(set->columns[DEMAND_MEMORY].at);
	for (uint32_t row = 0; row < 3; row++) {
		CU_ASSERT_STRING_EQUAL(set->row_names[row], names[row]);
		CU_ASSERT_EQUAL(memcmp((const uint8_t *)cpu->at + row * cpu->stride, samples[row], 3), 0);
	}
}

static void test_cached(void)
{
	struct bed b;
	struct demand_set set;
	bed_open(&b);
	files_tar(&b.files, "t.tar", two_days);
	files_gzip(&b.files, "t.tar");
	uint64_t checksum = 0;
	for (int pass = 0; pass < 3; pass++) {
		if (pass == 2)
			setenv("VDCSIM_CACHE", "off", 1);
		CU_ASSERT_FATAL(bed_read(&b, "t.tar.gz", "day1", &set));
		look_day1(&set);
		CU_ASSERT(pass == 0 || set.checksum == checksum);
		checksum = set.checksum;
		set.release(&set);
	}
	unsetenv("VDCSIM_CACHE");
	/* It is the cache that is read: other contents of the same size and time are not noticed. */
	const char *path = files_path(&b.files, "t.tar.gz");
	struct stat st;
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	FILE *file = fopen(path, "r+b");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs("damage", file);
	fclose(file);
	CU_ASSERT_EQUAL(utimensat(AT_FDCWD, path, (const struct timespec[]){st.st_atim, st.st_mtim}, 0), 0);
	CU_ASSERT_FATAL(bed_read(&b, "t.tar.gz", "day1", &set));
	look_day1(&set);
	set.release(&set);
	CU_ASSERT_EQUAL(b.diag.count, 0);
	bed_close(&b);
}

/* The one file in the cache folder. */
static void cache_file(struct bed *b, char *path, size_t size)
{
	char command[700];
	snprintf(command, sizeof command, "ls %s/vdcsim/*.trace", b->cache);
	FILE *in = popen(command, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_PTR_NOT_NULL(fgets(path, (int)size, in));
	CU_ASSERT_PTR_NULL(fgets(command, sizeof command, in));
	pclose(in);
	path[strcspn(path, "\n")] = '\0';
}

static void test_damaged(void)
{
	struct bed b;
	struct demand_set set;
	char path[700];
	bed_open(&b);
	files_tar(&b.files, "t.tar", two_days);
	CU_ASSERT_FATAL(bed_read(&b, "t.tar", "day1", &set));
	set.release(&set);
	cache_file(&b, path, sizeof path);
	for (long at = 0; at < 1200; at += 37) {
		FILE *file = fopen(path, "r+b");
		CU_ASSERT_PTR_NOT_NULL_FATAL(file);
		fseek(file, 0, SEEK_END);
		long size = ftell(file);
		fseek(file, at % size, SEEK_SET);
		int byte = fgetc(file);
		fseek(file, at % size, SEEK_SET);
		fputc(byte ^ 0x10, file);
		fclose(file);
		uint32_t before = b.diag.count;
		CU_ASSERT_FATAL(bed_read(&b, "t.tar", "day1", &set));
		look_day1(&set);
		set.release(&set);
		CU_ASSERT_EQUAL_FATAL(b.diag.count, before + 1);
		CU_ASSERT(b.diag.messages[before].warning);
		CU_ASSERT_PTR_NOT_NULL(strstr(b.diag.messages[before].text, "is damaged"));
	}
	CU_ASSERT_EQUAL(truncate(path, 100), 0);
	CU_ASSERT(bed_read(&b, "t.tar", "day1", &set));
	look_day1(&set);
	set.release(&set);
	CU_ASSERT_EQUAL(b.diag.errors, 0);
	bed_close(&b);
}

static void test_changed(void)
{
	struct bed b;
	struct demand_set set;
	bed_open(&b);
	files_folder(&b.files, "day");
	files_write(&b.files, "day/one", "1\n", 2);
	CU_ASSERT_FATAL(bed_read(&b, "day", NULL, &set));
	CU_ASSERT_EQUAL(set.rows, 1);
	set.release(&set);
	files_write(&b.files, "day/two", "2\n", 2);
	CU_ASSERT_FATAL(bed_read(&b, "day", NULL, &set));
	CU_ASSERT_EQUAL(set.rows, 2);
	set.release(&set);
	CU_ASSERT_EQUAL(b.diag.count, 0);
	bed_close(&b);
}

static void test_no_cache_folder(void)
{
	struct bed b;
	struct demand_set set;
	char path[64];
	bed_open(&b);
	files_tar(&b.files, "t.tar", two_days);
	setenv("XDG_CACHE_HOME", "/proc/nowhere", 1);
	CU_ASSERT_PTR_NULL(trace_cache_folder(path, sizeof path, true));
	CU_ASSERT_FATAL(bed_read(&b, "t.tar", "day1", &set));
	look_day1(&set);
	set.release(&set);
	setenv("VDCSIM_CACHE", "off", 1);
	CU_ASSERT_PTR_NULL(trace_cache_folder(path, sizeof path, false));
	unsetenv("VDCSIM_CACHE");
	CU_ASSERT_EQUAL(b.diag.count, 0);
	bed_close(&b);
}

static void test_uneven(void)
{
	struct bed b;
	struct demand_set set;
	bed_open(&b);
	files_tar(&b.files, "t.tar", (const char *const[]){"d/a", "1\n2\n3\n", "d/b", "9\n8\n", NULL});
	for (int pass = 1; pass <= 2; pass++) {
		CU_ASSERT_FATAL(bed_read(&b, "t.tar", NULL, &set));
		const struct demand_samples *cpu = &set.columns[DEMAND_CPU];
		const uint8_t *second = (const uint8_t *)cpu->at + cpu->stride;
		CU_ASSERT(second[0] == 9 && second[1] == 8 && second[2] == 8 && set.axis.count == 3);
		set.release(&set);
		/* Each time, not only the first. */
		CU_ASSERT_EQUAL((int)b.diag.count, pass);
		CU_ASSERT(b.diag.messages[0].warning);
		const char *text = b.diag.messages[0].text;
		CU_ASSERT_PTR_NOT_NULL(strstr(text, "1 of 2 files have fewer than 3 lines (b has 2)"));
	}
	bed_close(&b);
}

static void test_refused(void)
{
	struct bed b;
	bed_open(&b);
	files_tar(&b.files, "t.tar", two_days);
	refused(&b, "t.tar", "day3", "has no subset 'day3'; it has day1, day2");
	refused(&b, "t.tar", NULL, "has several subsets; say which: day1, day2");
	files_tar(&b.files, "bad.tar", (const char *const[]){"d/ok", "1\n", "d/host_1", "1\nNaN\n", NULL});
	refused(&b, "bad.tar", NULL, "bad.tar: d/host_1:2: 'NaN' is not a whole percent from 0 to 100");
	files_tar(&b.files, "empty.tar", (const char *const[]){"d/host_1", "", NULL});
	refused(&b, "empty.tar", "d", "d/host_1: the file is empty");
	files_tar(&b.files, "twice.tar", (const char *const[]){"d/x", "1\n", "d/x", "1\n", NULL});
	refused(&b, "twice.tar", "d", "file x is there twice");
	files_folder(&b.files, "nothing");
	refused(&b, "nothing", NULL, "is empty");
	files_tar(&b.files, "folders.tar", (const char *const[]){"d/", NULL, NULL});
	refused(&b, "folders.tar", NULL, "is empty");
	refused(&b, "absent", NULL, "there is no file and no named trace");
	bed_close(&b);
}

static void test_missing(void)
{
	struct diag diag;
	struct demand_set set;
	struct place place = {"day.yaml", 1, 1};
	char path[4096];
	diag_init(&diag);
	CU_ASSERT_FALSE(trace_open("planetlb", NULL, NULL, &set, place, &diag));
	CU_ASSERT_FALSE(trace_open("/etc/passwd", NULL, NULL, &set, place, &diag));
	CU_ASSERT_FALSE(trace_open("planetlab", NULL, "planetlip", &set, place, &diag));
	CU_ASSERT_EQUAL_FATAL(diag.errors, 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.messages[0].text, "is a path: say its format (planetlab, "));
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.messages[1].text, "say its format"));
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.messages[2].text, "no trace format 'planetlip'; there is"));
	CU_ASSERT_FALSE(trace_open("planetlb", NULL, "planetlab", &set, place, &diag));
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.messages[3].text, "did you mean 'planetlab'?"));
	if (!trace_find("planetlab", path, sizeof path)) {
		CU_ASSERT_FALSE(trace_open("planetlab", NULL, NULL, &set, place, &diag));
		CU_ASSERT_PTR_NOT_NULL(strstr(diag.messages[4].text, "get it from https://"));
	}
	diag_fini(&diag);
}

/* The number of machines a day, as published with the trace. */
static void test_planetlab_days(void)
{
	static const uint32_t machines[] = {1052, 898, 1061, 1516, 1078, 1463, 1358, 1233, 1054, 1033};
	char path[4096];
	if (!trace_find("planetlab", path, sizeof path)) {
		test_skip("the PlanetLab trace is not on this machine");
		return;
	}
	struct bed b;
	struct demand_set set;
	bed_open(&b);
	for (uint32_t day = 0; trace_table[0].subsets[day]; day++) {
		const char *subset = trace_table[0].subsets[day];
		for (int pass = 0; pass < 2; pass++) {
			struct place place = {NULL, 0, 0};
			CU_ASSERT_FATAL(trace_open("planetlab", subset, NULL, &set, place, &b.diag));
			CU_ASSERT(set.rows == machines[day] && set.axis.count == 288);
			set.release(&set);
		}
	}
	CU_ASSERT_EQUAL(b.diag.count, 0);
	bed_close(&b);
}

static const struct test tests[] = {
	{"a file is whole percents, one a line, and a mistake names its line", test_parse},
	{"a set is the same from text, from the cache and with the cache off", test_cached},
	{"a damaged cache file is told, and made anew", test_damaged},
	{"a changed source is read anew, without a word", test_changed},
	{"without a cache folder a trace is read all the same", test_no_cache_folder},
	{"a short file holds its last value, with a warning each time", test_uneven},
	{"what cannot be read is refused, and the message tells what to do", test_refused},
	{"a trace that is nowhere is refused", test_missing},
	{"the ten PlanetLab days have the machines that they should", test_planetlab_days},
};
SUITE(scenarios_trace, tests)

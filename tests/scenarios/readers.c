/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The readers of Bitbrains, Google-derived and generic CSV files: exact values, and mistakes told. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/csv.h"
#include "scenarios/trace.h"
#include "scenarios/trace_stats.h"
#include "sim/time.h"
#include "tests/scenarios/files.h"
#include "tests/test.h"

struct bed {
	struct files files;
	struct diag diag;
	const char *format;
};

static void bed_open(struct bed *b, const char *format)
{
	files_open(&b->files);
	files_folder(&b->files, "cache");
	setenv("XDG_CACHE_HOME", files_path(&b->files, "cache"), 1);
	unsetenv("VDCSIM_CACHE");
	diag_init(&b->diag);
	b->format = format;
}

static void bed_close(struct bed *b)
{
	unsetenv("XDG_CACHE_HOME");
	diag_fini(&b->diag);
	files_close(&b->files);
}

static bool bed_read(struct bed *b, const char *name, const char *text, const char *subset,
                     struct demand_set *set)
{
	char path[600];
	if (text)
		files_write(&b->files, name, text, strlen(text));
	snprintf(path, sizeof path, "%s", files_path(&b->files, name));
	return trace_open(path, subset, b->format, set, (struct place){"day.yaml", 7, 3}, &b->diag);
}

static void refused(struct bed *b, const char *text, const char *subset, const char *words)
{
	struct demand_set set;
	uint32_t before = b->diag.count;
	CU_ASSERT_FALSE(bed_read(b, "bad.csv", text, subset, &set));
	CU_ASSERT_EQUAL_FATAL(b->diag.count, before + 1);
	const struct diag_message *m = &b->diag.messages[before];
	CU_ASSERT(m->place.line == 7 && !m->warning);
	if (!strstr(m->text, words))
		printf("\n    '%s' is not in '%s'\n", words, m->text);
	CU_ASSERT_PTR_NOT_NULL(strstr(m->text, words));
}

#define HEADING \
	"Timestamp [ms];\tCPU cores;\tCPU capacity provisioned [MHZ];\tCPU usage [MHZ];\tCPU usage [%];\t" \
	"Memory capacity provisioned [KB];\tMemory usage [KB];\tDisk read throughput [KB/s];\t" \
	"Disk write throughput [KB/s];\tNetwork received throughput [KB/s];\tNetwork transmitted " \
	"throughput [KB/s]\n"

static uint32_t sample_16(const struct demand_set *set, enum demand_column column, uint32_t row, uint32_t i)
{
	const struct demand_samples *s = &set->columns[column];
	return ((const uint16_t *)s->at)[(size_t)row * s->stride + i];
}

/* Two VMs: one is given more later, uses more than it is given, has a gap, jitter and a stamp twice. */
static void look_bitbrains(const struct demand_set *set)
{
	CU_ASSERT(set->rows == 2 && set->irregular && set->axis.count == 4 && set->repeats == 1);
	CU_ASSERT(set->origin_ns == 1375308170 * NS_PER_S);
	CU_ASSERT_STRING_EQUAL(set->row_names[0], "1");
	CU_ASSERT_STRING_EQUAL(set->row_names[1], "10");
	static const int64_t stamps_s[] = {6, 307, 606, 1806};
	for (uint32_t i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(trace_stamp_ns(set, 0, i), stamps_s[i] * NS_PER_S);
	CU_ASSERT(set->row_count[0] == 4 && set->row_count[1] == 1);
	CU_ASSERT_EQUAL(trace_stamp_ns(set, 1, 0), 0);
	CU_ASSERT(set->row_cpu_hz[0] == 4e9 && set->row_cpu_hz[1] == 1e9);
	CU_ASSERT(set->row_memory_bytes[0] == 2048 * 1024.0 && set->row_memory_bytes[1] == 0);
	/* 5 GHz of 4 is the most: 65535 / 1.25 = 52428. */
	CU_ASSERT_EQUAL(set->columns[DEMAND_CPU].full_scale, 52428);
	CU_ASSERT_EQUAL(sample_16(set, DEMAND_CPU, 0, 0), 13107);
	CU_ASSERT_EQUAL(sample_16(set, DEMAND_CPU, 0, 1), 26214); /* the second of two with one stamp */
	CU_ASSERT_EQUAL(sample_16(set, DEMAND_CPU, 0, 3), 65535);
	CU_ASSERT_EQUAL(sample_16(set, DEMAND_CPU, 1, 0), 52428);
	CU_ASSERT_EQUAL(sample_16(set, DEMAND_MEMORY, 0, 0), 32768); /* halves to even */
	CU_ASSERT_EQUAL(set->columns[DEMAND_DISK_READ].column_max, 8 * 1024.0);
	CU_ASSERT_EQUAL(set->columns[DEMAND_NET_OUT].column_max, 2 * 8192.0);
	CU_ASSERT_EQUAL(trace_value(set, 0, DEMAND_NET_OUT, 2), 2 * 8192.0);
	CU_ASSERT_EQUAL(trace_value(set, 0, DEMAND_DISK_WRITE, 2), 0);
}

static void test_bitbrains(void)
{
	struct bed b;
	struct demand_set set;
	bed_open(&b, "bitbrains");
	files_folder(&b.files, "vms");
	static const char one[] = HEADING
		"1375308176;\t2;\t2000.0;\t1000.0;\t50.0;\t2048.0;\t1024.0;\t8.0;\t0;\t0;\t0\n"
		"1375308477;\t2;\t2000.0;\t1.0;\t0.0;\t2048.0;\t0;\t0;\t0;\t0;\t0\n"
		"1375308477;\t2;\t2000.0;\t2000.0;\t0.0;\t2048.0;\t0;\t0;\t0;\t0;\t0\n"
		"1375308776;\t2;\t2000.0;\t0;\t0.0;\t2048.0;\t0;\t0;\t0;\t0;\t2\r\n"
		"1375309976;\t2;\t4000.0;\t5E3;\t125.0;\t2048.0;\t0;\t0;\t0;\t0;\t0";
	static const char ten[] =
		HEADING "1375308170;\t0;\t0.0;\t1000.0;\t0.0;\t0.0;\t0.0;\t0.0;\t0.0;\t0.0;\t0.0\n";
	files_write(&b.files, "vms/1.csv", one, strlen(one));
	files_write(&b.files, "vms/10.csv", ten, strlen(ten));
	uint64_t checksum = 0;
	for (int pass = 0; pass < 2; pass++) {
		CU_ASSERT_FATAL(bed_read(&b, "vms", NULL, NULL, &set));
		look_bitbrains(&set);
		CU_ASSERT(pass == 0 || set.checksum == checksum);
		checksum = set.checksum;
		set.release(&set);
	}
	CU_ASSERT_EQUAL(b.diag.count, 0);
	bed_close(&b);
}

static void test_materna(void)
{
	static const char text[] = "\"Timestamp\";\"CPU cores\";\"CPU capacity provisioned [MHZ]\";\"CPU "
	                           "usage [MHZ]\";\"CPU usage [%]\"\n"
				   "\"01.11.2015 00:00:00\";\"2\";\"1000\";\"250,5\";\"25,05\"\n"
				   "\"01.11.2015 00:05:00\";\"2\";\"1000\";\"1000\";\"100\"\n";
	struct bed b;
	struct demand_set set;
	bed_open(&b, "bitbrains");
	CU_ASSERT_FATAL(bed_read(&b, "01.csv", text, NULL, &set));
	CU_ASSERT(set.rows == 1 && !set.irregular && set.axis.period_ns == 300 * NS_PER_S &&
	          set.axis.count == 2);
	CU_ASSERT_EQUAL(set.origin_ns, INT64_C(1446336000) * NS_PER_S);
	CU_ASSERT_STRING_EQUAL(set.row_names[0], "01");
	CU_ASSERT_EQUAL(sample_16(&set, DEMAND_CPU, 0, 0), 16417); /* 0.2505 * 65535 = 16416.5 */
	set.release(&set);
	bed_close(&b);
}

static void test_bitbrains_mistakes(void)
{
	struct bed b;
	bed_open(&b, "bitbrains");
	refused(&b, "\n", NULL, "the file is empty");
	refused(&b, "a;b\n1;2\n", NULL, ":1: the heading has no column 'Timestamp'");
	refused(&b, "Timestamp;CPU usage [MHZ]\n", NULL, "no column 'CPU capacity provisioned'");
	refused(&b, HEADING, NULL, "there is no sample under the heading");
	refused(&b, HEADING "1;2;3\n", NULL, "bad.csv:2: 3 fields, where the heading asks for 11");
	refused(&b, HEADING "x;1;1;1;1;1;1;1;1;1;1\n", NULL, ":2: 'x' is neither seconds since 1970");
	refused(&b, HEADING "1;1;1;NaN;1;1;1;1;1;1;1\n", NULL, ":2: 'NaN' is not a number");
	refused(&b, HEADING "1;1;1;1;1;1;1;1;1;1;1\n\n9;1;-1;1;1;1;1;1;1;1;1\n", NULL,
	        ":4: '-1' is not from 0");
	refused(&b, HEADING "5;1;1;1;1;1;1;1;1;1;1\n4;1;1;1;1;1;1;1;1;1;1\n", NULL,
	        ":3: '4' is before the stamp of the line before");
	refused(&b, HEADING "1375308176000;1;1;1;1;1;1;1;1;1;1\n", NULL, ":2: '1375308176000' is neither");
	bed_close(&b);
}

static void test_gcd(void)
{
	struct bed b;
	struct demand_set set;
	bed_open(&b, "gcd");
	CU_ASSERT_FATAL(bed_read(&b, "vm_1", "9.5614 100\n100\t7.253499999999999\n", NULL, &set));
	CU_ASSERT(set.rows == 1 && !set.irregular && set.axis.period_ns == 300 * NS_PER_S &&
	          set.axis.count == 2);
	CU_ASSERT_EQUAL(sample_16(&set, DEMAND_CPU, 0, 0), 6266); /* 0.095614 * 65535 = 6266.06 */
	CU_ASSERT_EQUAL(sample_16(&set, DEMAND_CPU, 0, 1), 65535);
	CU_ASSERT_EQUAL(sample_16(&set, DEMAND_MEMORY, 0, 1), 4754); /* 4753.58 */
	set.release(&set);
	refused(&b, "1 2\n3\n", NULL, "bad.csv:2: 1 numbers; a line has two");
	refused(&b, "1 2\n-3 4\n", NULL, "bad.csv:2: '-3' is not a percent from 0 to 1000");
	refused(&b, "1 inf\n", NULL, "bad.csv:1: 'inf' is not a percent");
	refused(&b, "\n \n", NULL, "the file is empty");
	bed_close(&b);
}

static void test_csv(void)
{
	struct bed b;
	struct demand_set set;
	bed_open(&b, "csv");
	/* Percents stay whole; names come from the heading; rows are mixed; other columns do not matter. */
	static const char mixed[] = "vm,when,load,note\nb,0,29,x\na,0,7,\"y,z\"\nb,60,58,\na,60,100\n";
	CU_ASSERT_FATAL(bed_read(&b, "m.csv", mixed, "time=when s, row=vm, cpu=load %", &set));
	CU_ASSERT(set.rows == 2 && !set.irregular && set.axis.period_ns == 60 * NS_PER_S);
	CU_ASSERT(set.columns[DEMAND_CPU].bits == 8 && set.columns[DEMAND_CPU].full_scale == 100);
	CU_ASSERT_STRING_EQUAL(set.row_names[0], "a");
	const uint8_t *at = set.columns[DEMAND_CPU].at;
	CU_ASSERT(at[0] == 7 && at[1] == 100 && at[16] == 29 && at[17] == 58);
	set.release(&set);
	static const char hz[] = "1000\t1500\t3000\t8\n2500\t3000\t3000\t4\n";
	CU_ASSERT_FATAL(bed_read(&b, "h.csv", hz,
	                         "time=1 ms,cpu=2 MHz,cpu_capacity=3 MHz,net_in=4 kB/s,start=500", &set));
	CU_ASSERT(set.rows == 1 && set.axis.start_ns == 500 * NS_PER_MS &&
	          set.axis.period_ns == 1500 * NS_PER_MS);
	CU_ASSERT(set.row_cpu_hz[0] == 3e9 && set.columns[DEMAND_NET_IN].column_max == 64e3);
	CU_ASSERT_EQUAL(sample_16(&set, DEMAND_CPU, 0, 0), 32768);
	set.release(&set);
	CU_ASSERT_FATAL(bed_read(&b, "s", "0.5 ,1\n,2\n0.2505,3\n", "cpu=1,period=1 min,empty=skip", &set));
	CU_ASSERT(set.axis.count == 2 && sample_16(&set, DEMAND_CPU, 0, 1) == 16417);
	set.release(&set);
	CU_ASSERT_FATAL(bed_read(&b, "d", "2024-02-29 23:59:59.5;0,2505\n2024-03-01T00:00:00Z;1\n",
	                         "time=1 date,cpu=2", &set));
	CU_ASSERT_EQUAL(set.origin_ns, INT64_C(1709251199500) * NS_PER_MS);
	CU_ASSERT_EQUAL(set.axis.period_ns, 500 * NS_PER_MS);
	CU_ASSERT_EQUAL(sample_16(&set, DEMAND_CPU, 0, 0), 16417);
	set.release(&set);
	CU_ASSERT_EQUAL(b.diag.count, 0);
	bed_close(&b);
}

static void test_csv_map_mistakes(void)
{
	struct bed b;
	bed_open(&b, "csv");
	static const char *const cases[][2] = {
		{NULL, "needs a map of its columns as the subset"},
		{"time", "'time' has no '='"},
		{"tine=1,cpu=2", "there is no 'tine='; did you mean 'time='?"},
		{"time=1", "nothing to read"},
		{"cpu=1", "needs time=COLUMN, or period=300 s"},
		{"time=1,cpu=2,period=1 s", "time= and period= exclude each other"},
		{"time=1,cpu=2 MHz", "cpu= in Hz and cpu_capacity= go together"},
		{"time=1,memory=2 GiB", "memory= in bytes and memory_capacity= go together"},
		{"time=1,net_in=2", "net_in=2 needs a unit"},
		{"time=1,cpu=2 MHZ", "cpu=2 MHZ: the unit is not one of"},
		{"time=0,cpu=2", "columns are numbered from 1"},
		{"time=1,cpu=2,cpu=3", "cpu is there twice"},
		{"time=1,cpu=2,sep=,", "for a comma, sep=comma"},
		{"time=1,cpu=2,sep=ab", "sep=ab: one character"},
		{"cpu=2,period=5", "period=5 is not a time like '300 s'"},
		{"time=1,cpu=2,header=maybe", "header=maybe: only"},
		{"time=1,cpu=load", "bad.csv:1: there is no column 'load'; the heading has '1', '2'"},
		{"time=1,cpu=3",
	         "bad.csv:1: the line has 2 columns with ',' between, and the map names column 3"},
		{"time=1,cpu=2",
	         "bad.csv:1: '2' is not a fraction from 0 to 1; if it is a percent: 'cpu=COLUMN %'"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		refused(&b, "1,2\n", cases[i][0], cases[i][1]);
	bed_close(&b);
}

static void test_csv_mistakes(void)
{
	struct bed b;
	bed_open(&b, "csv");
	refused(&b, "\n", "time=1,cpu=2 %", "the file is empty");
	refused(&b, "time,load\n", "time=1,cpu=2 %", "there is no line under the heading");
	refused(&b, "1,2\n2,\n", "time=1,cpu=2 %",
	        ":2: '' is not a number; empty=skip leaves such lines out");
	refused(&b, "1,2\n2,x\n", "time=1,cpu=2 %", ":2: 'x' is not a number");
	refused(&b, "2,2\n1,2\n", "time=1,cpu=2 %",
	        ":2: '1' is before the stamp of the row's line before; sort");
	refused(&b, "1,-2\n", "time=1,cpu=2 %", ":1: '-2' is negative");
	refused(&b, "1,2e9\n", "time=1,cpu=2 %", "is too large; is the unit right?");
	refused(&b, "1e30,2\n", "time=1,cpu=2 %", ":1: '1e30' is too far away for a time");
	refused(&b, "2013-13-01,2\n", "time=1 date,cpu=2 %", ":1: '2013-13-01' is not a date");
	refused(&b, ",2\n", "time=1,cpu=2 %,empty=skip", "has no sample");
	refused(&b, "0,2\n4e9,2\n", "time=1,cpu=2 %", "more than 100 years apart");
	bed_close(&b);
}

/* The real files against awk, which shares no line with the reader: stamps and 16-bit values. */
static void compare_with_awk(const struct demand_set *set, uint32_t row, const char *archive)
{
	char command[6000], stamp[32];
	double cpu, memory;
	snprintf(command, sizeof command,
	         "tar -xOf '%s' 'rnd/2013-8/%s.csv' | awk -F ';\t' 'NR == 1 { next } $3 + 0 > c { c = $3 + "
	         "0 } "
	         "$6 + 0 > m { m = $6 + 0 } { if (n && s[n] == $1) n--; n++; s[n] = $1; u[n] = $4; r[n] = "
	         "$7 } "
	         "END { for (i = 1; i <= n; i++) printf \"%%s %%.17g %%.17g\\n\", s[i], "
	         "(c ? u[i] * 1e6 / (c * 1e6) : 0) * %.0f, (m ? r[i] * 1024 / (m * 1024) : 0) * %.0f }'",
	         archive, set->row_names[row], set->columns[DEMAND_CPU].full_scale,
	         set->columns[DEMAND_MEMORY].full_scale);
	FILE *in = popen(command, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	uint32_t n = 0, wrong = 0;
	while (fscanf(in, "%31s %lf %lf", stamp, &cpu, &memory) == 3 && n < set->row_count[row]) {
		int64_t ns = strtoll(stamp, NULL, 10) * NS_PER_S - set->origin_ns;
		wrong += ns != trace_stamp_ns(set, row, n);
		wrong += demand_round(cpu) != sample_16(set, DEMAND_CPU, row, n);
		wrong += demand_round(memory) != sample_16(set, DEMAND_MEMORY, row, n);
		n++;
	}
	pclose(in);
	CU_ASSERT_EQUAL(n, set->row_count[row]);
	CU_ASSERT_EQUAL(wrong, 0);
}

static void test_bitbrains_real(void)
{
	char path[4096];
	struct bed b;
	struct demand_set set;
	struct axis_stats axis;
	if (!trace_find("bitbrains", path, sizeof path) || !strstr(path, ".tar")) {
		test_skip("the Bitbrains trace is not on this machine");
		return;
	}
	bed_open(&b, NULL);
	for (int pass = 0; pass < 2; pass++) {
		CU_ASSERT_FATAL(trace_open("bitbrains", NULL, NULL, &set, (struct place){0}, &b.diag));
		axis_stats(&set, &axis);
		/* 4,337,555 lines, of which 15,297 have the stamp of the next. */
		CU_ASSERT(set.rows == 500 && set.repeats == 15297 && axis.samples == 4337555 - 15297);
		CU_ASSERT(axis.period_s == 300 && axis.even == 4131621);
		if (pass == 1)
			compare_with_awk(&set, 121, path);
		set.release(&set);
	}
	CU_ASSERT_EQUAL(b.diag.count, 0);
	bed_close(&b);
}

static const struct test tests[] = {
	{"Bitbrains: stamps stay, a repeated one is replaced, usage is a fraction of the most given",
         test_bitbrains},
	{"Materna: dates, quotes and decimal commas", test_materna},
	{"Bitbrains: each mistake is told with its file and line", test_bitbrains_mistakes},
	{"Google-derived VMs: two percents a line", test_gcd},
	{"a generic CSV is read by its map: names, numbers, units, dates, mixed rows", test_csv},
	{"a wrong map is refused, and the message tells what to write", test_csv_map_mistakes},
	{"a wrong line of a generic CSV is told with its number", test_csv_mistakes},
	{"Bitbrains August 2013 equals what awk reads", test_bitbrains_real},
};
SUITE(scenarios_readers, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SURF's jobs with what they used: a hand-worked cluster, mistakes, the cache, and, where the trace is there,
 * three days against a naive second reading of its text. */
#include "scenarios/surf_fragments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/arrivals.h"
#include "scenarios/run.h"
#include "scenarios/scenario_read.h"
#include "scenarios/trace_stats.h"
#include "sim/time.h"
#include "sim/wide.h"
#include "tests/scenarios/files.h"
#include "tests/test.h"

#define TASKS "id,submission_time,duration,cpu_count,cpu_capacity,mem_capacity\n"
#define FRAGMENTS "id,duration,cpu_count,cpu_usage\n"

/* Two jobs of a node of 2 GHz. Job 7 comes 10 s after job 12; its last fragment is cut by its end. Job 12's
 * fragments end before it does, and come in two pieces of the file. */
static const char two_tasks[] = TASKS "7,2022-10-07T00:00:10.000Z,50000,2,2000,1000\n"
                                      "12,2022-10-07T00:00:00.000Z,100000,2,2000,1000\n"
                                      "3,2022-10-07T00:01:40.000Z,5000,2,2000,1000\n";
static const char two_fragments[] =
	FRAGMENTS "12,30000,2,2000\n7,30000,2,500\n7,30000,2,1999\n12,15500,2,3\n";

struct bed {
	struct files files;
	struct diag diag;
	struct scenario *s;
	struct run run;
};

static void bed_open(struct bed *b, const char *tasks, const char *fragments)
{
	memset(b, 0, sizeof *b);
	files_open(&b->files);
	diag_init(&b->diag);
	files_write(&b->files, "tasks.csv", tasks, strlen(tasks));
	files_write(&b->files, "fragments.csv", fragments, strlen(fragments));
}

static void bed_close(struct bed *b)
{
	run_close(&b->run);
	scenario_free(b->s);
	diag_fini(&b->diag);
	files_close(&b->files);
}

static void bed_run(struct bed *b, const char *hosts, const char *duration, const char *trace)
{
	char text[1500];
	snprintf(text, sizeof text,
	         "duration: %s\nhosts: [%s]\nvms:\n  - name: job\n    disk: 0\n"
	         "    arrivals: {trace: %s, format: surf}\n    demand: {trace: %s, format: surf}\n"
	         "placement: {when_full: refuse}\n",
	         duration, hosts, trace, trace);
	b->s = scenario_read_text(text, NULL, &b->diag);
	bool opened = b->s && run_open(&b->run, b->s, &b->diag);
	diag_print(&b->diag, stdout);
	CU_ASSERT_FATAL(opened);
	run_go(&b->run, NULL, NULL);
}

static wide mhz_ms(int64_t mhz, int64_t ms)
{
	return wide_product(mhz * 1000000, ms * NS_PER_MS);
}

static void test_two(void)
{
	struct bed b;
	bed_open(&b, two_tasks, two_fragments);
	bed_run(&b, "{count: 3, cores: 2, core_speed: 1 GHz, ram: 2 GB}", "10 min", b.files.root);
	const struct world *w = &b.run.world;
	CU_ASSERT_EQUAL_FATAL(w->vm_count, 3);
	CU_ASSERT_EQUAL(b.run.summary.vms_placed, 3);
	CU_ASSERT(w->vms[0].ended_ns == 100 * NS_PER_S && w->vms[1].ended_ns == 60 * NS_PER_S);
	CU_ASSERT(w->vms[2].placed_ns == 100 * NS_PER_S && w->vms[2].ended_ns == 105 * NS_PER_S);
	CU_ASSERT(w->vms[0].demanded == mhz_ms(2000, 30000) + mhz_ms(3, 15500));
	CU_ASSERT(w->vms[1].demanded == mhz_ms(500, 30000) + mhz_ms(1999, 20000));
	CU_ASSERT(w->vms[2].demanded == 0);
	for (uint32_t v = 0; v < 3; v++)
		CU_ASSERT(w->vms[v].stolen == 0);
	CU_ASSERT_EQUAL_FATAL(w->vm_tenant_count, 3);
	CU_ASSERT(w->vm_tenant[0] == 1 && w->vm_tenant[1] == 0 && w->vm_tenant[2] == 2);
	bed_close(&b);
}

/* Where capacities differ a sample is a share of the job's own, rounded to that of the largest. */
static void test_capacities(void)
{
	struct demand_set set;
	struct text_mistake mistake = {0, ""};
	bool in_fragments;
	static const char tasks[] = TASKS "a,2022-10-07T00:00:00Z,1,1,1000,1\n"
	                                  "b,2022-10-07T00:00:00Z,1,1,500,1\n";
	static const char fragments[] = FRAGMENTS "b,30000,1,250\na,30000,1,1000\na,600000000,1,7\n";
	const struct surf_texts texts = {tasks, fragments, sizeof tasks - 1, sizeof fragments - 1};
	CU_ASSERT_FATAL(surf_fragments_parse(&texts, &set, &mistake, &in_fragments));
	CU_ASSERT(set.rows == 2 && set.axis.count == 3 && set.irregular);
	CU_ASSERT(trace_row_count(&set, 0) == 3 && trace_row_count(&set, 1) == 2);
	CU_ASSERT_EQUAL(trace_value(&set, 1, DEMAND_CPU, 0), 0.5);
	CU_ASSERT_EQUAL(trace_value(&set, 0, DEMAND_CPU, 0), 1);
	CU_ASSERT_EQUAL(trace_value(&set, 0, DEMAND_CPU, 1), 0.007);
	CU_ASSERT_EQUAL(trace_value(&set, 0, DEMAND_CPU, 2), 0);
	CU_ASSERT_EQUAL(trace_stamp_ns(&set, 0, 2), INT64_C(600030) * NS_PER_S);
	CU_ASSERT_EQUAL(trace_stamp_ns(&set, 1, 1), 30 * NS_PER_S);
	set.release(&set);
}

static void test_mistakes(void)
{
	static const struct {
		const char *tasks, *fragments, *words;
	} cases[] = {
		{"\n\n", FRAGMENTS, "tasks.csv:0: the file is empty"},
		{TASKS, FRAGMENTS, "there are no jobs"},
		{TASKS "7,2022-10-07T00:00:00Z,1,1,1,1\n7,2022-10-08T00:00:00Z,1,1,1,1\n", FRAGMENTS,
		 "id of two jobs"},
		{TASKS ",2022-10-07T00:00:00Z,1,1,1,1\n", FRAGMENTS, "tasks.csv:2: '' is no id"},
		{TASKS "7,2022-10-07T00:00:00Z,1,1,70000,1\n", FRAGMENTS, "is no cpu_capacity from 1 to"},
		{TASKS "7,1970-10-07T00:00:00Z,1,1,1,1\n8,2022-10-07T00:00:00Z,1,1,1,1\n", FRAGMENTS,
		 "18 years"},
		{two_tasks, FRAGMENTS, "there are no fragments"},
		{two_tasks, FRAGMENTS "8,1,1,1\n", "fragments.csv:2: '8' is no job of tasks.csv"},
		{two_tasks, FRAGMENTS "7,1,1,2001\n", "more than the job's cpu_capacity"},
		{two_tasks, FRAGMENTS "7,0,1,1\n", "is no duration from 1"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bed b;
		struct demand_set set;
		bed_open(&b, cases[i].tasks, cases[i].fragments);
		CU_ASSERT_FALSE(trace_open(b.files.root, NULL, "surf", &set, (struct place){0}, &b.diag));
		CU_ASSERT_EQUAL_FATAL(b.diag.count, 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(b.diag.messages[0].text, cases[i].words));
		bed_close(&b);
	}
}

/* The packed rows come back from the cache as they went in. */
static void test_cached(void)
{
	struct bed b;
	struct demand_set sets[2];
	bed_open(&b, two_tasks, two_fragments);
	for (int i = 0; i < 2; i++)
		CU_ASSERT_FATAL(trace_open(b.files.root, NULL, "surf", &sets[i], (struct place){0}, &b.diag));
	CU_ASSERT_EQUAL(sets[0].checksum, sets[1].checksum);
	for (uint32_t row = 0; row < 3; row++) {
		CU_ASSERT_EQUAL_FATAL(trace_row_count(&sets[0], row), trace_row_count(&sets[1], row));
		for (uint32_t i = 0; i < trace_row_count(&sets[0], row); i++) {
			CU_ASSERT_EQUAL(trace_stamp_ns(&sets[0], row, i), trace_stamp_ns(&sets[1], row, i));
			CU_ASSERT_EQUAL(trace_value(&sets[0], row, DEMAND_CPU, i),
			                trace_value(&sets[1], row, DEMAND_CPU, i));
		}
	}
	sets[0].release(&sets[0]);
	sets[1].release(&sets[1]);
	bed_close(&b);
}

#define DAYS 3
#define ID_MOST 4000000

/* What the naive reader knows: of each id, when it starts, and how far its fragments have come. */
struct naive {
	int64_t (*jobs)[3];     /* [id]: start_ms, end_ms, at_ms */
	wide demanded;
};

static const char *next_line(const char *line)
{
	line = strchr(line, '\n');
	return line && line[1] ? line + 1 : NULL;
}

/* "2133099,2022-10-06T22:00:00.000Z,27935000,...": ms since the 30th of September. */
static int64_t naive_task(const char *line, long *id, long *ms)
{
	long month, day, hour, minute, second;
	int n = sscanf(line, "%ld,2022-%ld-%ldT%ld:%ld:%ld.000Z,%ld", id, &month, &day, &hour,
	               &minute, &second, ms);
	CU_ASSERT_FATAL(n == 7 && *id >= 0 && *id < ID_MOST && (month == 9 || month == 10));
	day = month == 10 ? day : day - 30;
	return (((day * 24 + hour) * 60 + minute) * 60 + second) * 1000;
}

static bool naive_tasks(void *context, const struct archive_file *file)
{
	struct naive *n = context;
	int64_t first_ms = INT64_MAX;
	long id, ms;
	for (const char *line = next_line(file->data); line; line = next_line(line)) {
		int64_t at_ms = naive_task(line, &id, &ms);
		first_ms = at_ms < first_ms ? at_ms : first_ms;
	}
	for (const char *line = next_line(file->data); line; line = next_line(line)) {
		int64_t at_ms = naive_task(line, &id, &ms) - first_ms;
		n->jobs[id][0] = n->jobs[id][2] = at_ms;
		n->jobs[id][1] = at_ms + ms;
	}
	return false;
}

static bool naive_fragments(void *context, const struct archive_file *file)
{
	struct naive *n = context;
	for (const char *line = next_line(file->data); line; line = next_line(line)) {
		char *at;
		long id = strtol(line, &at, 10), ms = strtol(at + 1, &at, 10);
		strtol(at + 1, &at, 10);
		long mhz = strtol(at + 1, &at, 10);
		CU_ASSERT_FATAL(id >= 0 && id < ID_MOST);
		int64_t *job = n->jobs[id], from_ms = job[2], to_ms = from_ms + ms, end_ms = DAYS * 86400000L;
		job[2] = to_ms;
		to_ms = to_ms < job[1] ? to_ms : job[1];
		to_ms = to_ms < end_ms ? to_ms : end_ms;
		if (to_ms > from_ms)
			n->demanded += mhz_ms(mhz, to_ms - from_ms);
	}
	return false;
}

static void test_whole(void)
{
	struct bed b;
	char path[4096];
	struct naive n = {0};
	if (!trace_find("surf", path, sizeof path)) {
		CU_PASS("the trace is not on this machine");
		return;
	}
	bed_open(&b, "", "");
	bed_run(&b, "{count: 277, cores: 16, core_speed: 2100 MHz, ram: 128 GB}", "3 d", "surf");
	n.jobs = calloc(ID_MOST, sizeof *n.jobs);
	CU_ASSERT_PTR_NOT_NULL_FATAL(n.jobs);
	CU_ASSERT(arrivals_text(path, "tasks.csv", naive_tasks, &n, (struct place){0}, &b.diag));
	CU_ASSERT(arrivals_text(path, "fragments.csv", naive_fragments, &n, (struct place){0}, &b.diag));
	wide demanded = 0, stolen = 0, hosts_demanded = 0, hosts_given = 0;
	for (uint32_t v = 0; v < b.run.world.vm_count; v++) {
		demanded += b.run.world.vms[v].demanded;
		stolen += b.run.world.vms[v].stolen;
	}
	for (uint32_t h = 0; h < b.run.world.host_count; h++) {
		hosts_demanded += b.run.world.hosts[h].demanded;
		hosts_given += b.run.world.hosts[h].given;
	}
	CU_ASSERT(n.demanded > 0 && demanded == n.demanded); /* to the Hz and ns */
	CU_ASSERT(hosts_demanded == demanded && hosts_given + stolen == demanded);
	CU_ASSERT(stolen == 0);
	free(n.jobs);
	bed_close(&b);
}

static const struct test tests[] = {
	{"jobs use what their fragments say, from their start to their end", test_two},
	{"jobs of other capacities use shares of their own", test_capacities},
	{"mistakes in tasks and fragments are told with their file and line", test_mistakes},
	{"packed rows come back from the cache as they went in", test_cached},
	{"three days of Lisa demand exactly what a naive reading of the text adds up", test_whole},
};
SUITE(scenarios_surf, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of guests: the readers against hand-written folders and, where it is there, Azure's own list against
 * a naive count; what lives are drawn; the guests that are built of them. */
#include "scenarios/arrivals.h"

#include <stdlib.h>
#include <string.h>

#include "scenarios/alibaba_pods.h"
#include "scenarios/azure.h"
#include "scenarios/run.h"
#include "scenarios/scenario_read.h"
#include "scenarios/surf.h"
#include "sim/time.h"
#include "tests/scenarios/files.h"
#include "tests/test.h"

struct bed {
	struct files files;
	struct diag diag;
	struct arrivals a;
};

static void put(struct bed *b, const char *name, const char *text)
{
	files_write(&b->files, name, text, strlen(text));
}

/* Four machines with lifetimes, and a train of three without. */
static void bed_open(struct bed *b)
{
	memset(b, 0, sizeof *b);
	files_open(&b->files);
	diag_init(&b->diag);
	put(b, "flav_map.txt", "1,0.75 a\n2,4 b\n");
	put(b, "v1.interval_map.txt", "0 0\n300 1\n600 2\n900 2\n1200 3\n");
	put(b, "v1.train.txt", "300 b,|,a,a,|,\n600 b,|,\n");
	put(b, "v1.dev.txt", "900 a,b,|,b,|,\n");
	put(b, "v1.dev.c2100000.txt", "900 U1,U2,|,C1,|,\n");
	put(b, "v1.test.txt", "1200 b,|,\r\n");
	put(b, "v1.test.c2591400.txt", "1200 U0,|,");
}

static void bed_close(struct bed *b)
{
	diag_fini(&b->diag);
	files_close(&b->files);
}

static bool bed_read(struct bed *b, const char *format, const char *subset, enum arrivals_lifetimes lifetimes)
{
	char path[600];
	snprintf(path, sizeof path, "%s", b->files.root);
	const struct arrivals_request want = {path, subset, format, lifetimes, 1};
	return arrivals_open(&want, &b->a, (struct place){"day.yaml", 7, 3}, &b->diag);
}

/* Fails to read, and says so with these words. */
static void refused(struct bed *b, const char *format, const char *words)
{
	uint32_t before = b->diag.count;
	CU_ASSERT_FALSE(bed_read(b, format, NULL, LIFETIMES_DRAWN));
	CU_ASSERT(b->a.count == 0 && !b->a.start_ns);
	CU_ASSERT_EQUAL_FATAL(b->diag.count, before + 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(b->diag.messages[before].text, words));
	if (!strstr(b->diag.messages[before].text, words))
		printf("\n    '%s' is not in '%s'\n", words, b->diag.messages[before].text);
}

static void test_azure(void)
{
	struct bed b;
	bed_open(&b);
	CU_ASSERT_FATAL(bed_read(&b, "azure", NULL, LIFETIMES_ENDLESS));
	const struct arrivals *a = &b.a;
	CU_ASSERT_EQUAL_FATAL(a->count, 8);
	CU_ASSERT_EQUAL_FATAL(a->flavour_count, 2);
	CU_ASSERT_STRING_EQUAL(a->flavours[1].name, "b");
	CU_ASSERT(a->flavours[0].cpu_milli == 1000 && a->flavours[0].ram_bytes == INT64_C(768) << 20);
	CU_ASSERT(a->flavours[1].cpu_milli == 2000 && a->flavours[1].ram_bytes == INT64_C(4) << 30);
	static const int64_t starts_s[8] = {300, 300, 300, 600, 900, 900, 900, 1200};
	static const uint16_t flavours[8] = {1, 0, 0, 1, 0, 1, 1, 1};
	for (uint32_t i = 0; i < 8; i++) {
		CU_ASSERT_EQUAL(a->start_ns[i], starts_s[i] * NS_PER_S);
		CU_ASSERT_EQUAL(a->flavour[i], flavours[i]);
		CU_ASSERT_EQUAL(a->life_ns[i] == TIME_MAX_NS, i < 4 || i == 6);
	}
	CU_ASSERT(a->tenant[1] == a->tenant[2] && a->tenant[0] != a->tenant[1]);
	CU_ASSERT(a->tenant[2] != a->tenant[3]);
	CU_ASSERT(a->tenant[4] == a->tenant[5] && a->tenant[5] != a->tenant[6]);
	CU_ASSERT_EQUAL(a->life_ns[4], 300 * NS_PER_S);
	CU_ASSERT(a->life_ns[5] == 600 * NS_PER_S || a->life_ns[5] == 900 * NS_PER_S);
	CU_ASSERT_EQUAL(a->life_ns[7], 150 * NS_PER_S);
	arrivals_close(&b.a);
	bed_close(&b);
}

static void test_subsets(void)
{
	struct bed b;
	bed_open(&b);
	CU_ASSERT_FATAL(bed_read(&b, "azure", "dev", LIFETIMES_DRAWN));
	CU_ASSERT_EQUAL(b.a.count, 3);
	CU_ASSERT_EQUAL(b.a.start_ns[0], 900 * NS_PER_S);
	arrivals_close(&b.a);
	CU_ASSERT_FALSE(bed_read(&b, "azure", "may", LIFETIMES_DRAWN));
	CU_ASSERT_FALSE(bed_read(&b, "csv", NULL, LIFETIMES_DRAWN));
	CU_ASSERT_FALSE(bed_read(&b, NULL, NULL, LIFETIMES_DRAWN));
	CU_ASSERT_EQUAL(b.diag.errors, 3);
	bed_close(&b);
}

#define MANY 8000

/* Of four lives one ends in bin 0; of the three left one ends in bin 1, and one is cut off there; the last
 * ends in bin 2. By Kaplan and Meier a quarter of all ends in bin 0, a quarter in bin 1, half in bin 2. */
static void test_drawn(void)
{
	struct bed b;
	uint32_t ended[4] = {0};
	bed_open(&b);
	char *train = NULL;
	size_t size;
	FILE *text = open_memstream(&train, &size);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	fputs("300 ", text);
	for (unsigned i = 0; i < MANY; i++)
		fputs("b,|,", text);
	fclose(text);
	put(&b, "v1.train.txt", train);
	free(train);
	CU_ASSERT_FATAL(bed_read(&b, "azure", NULL, LIFETIMES_DRAWN));
	CU_ASSERT_EQUAL_FATAL(b.a.count, MANY + 4);
	for (uint32_t i = 0; i < MANY; i++) {
		int64_t life_s = b.a.life_ns[i] / NS_PER_S;
		ended[life_s == 150 ? 0 : life_s == 300 ? 1
		                  : life_s == 600       ? 2
		                                        : 3]++;
		CU_ASSERT(life_s == 150 || life_s == 300 || life_s == 600 || life_s == 900);
	}
	CU_ASSERT_DOUBLE_EQUAL(ended[0] / (double)MANY, 0.25, 0.02);
	CU_ASSERT_DOUBLE_EQUAL(ended[1] / (double)MANY, 0.25, 0.02);
	CU_ASSERT_DOUBLE_EQUAL(ended[2] / (double)MANY, 0.25, 0.02);
	CU_ASSERT_DOUBLE_EQUAL(ended[3] / (double)MANY, 0.25, 0.02);
	CU_ASSERT(b.a.life_ns[MANY + 2] >= 300 * NS_PER_S); /* was seen to live so long */
	arrivals_close(&b.a);
	bed_close(&b);
}

static void test_azure_mistakes(void)
{
	static const struct {
		const char *file, *text, *words;
	} cases[] = {
		{"v1.train.txt", "\n", "v1.train.txt:1: "},
		{"v1.train.txt", "300 a,|,\n30O b,|,\n", "v1.train.txt:2: "},
		{"v1.train.txt", "300 a,B,|,\n", "a size is a letter"},
		{"v1.train.txt", "300 a|,b\n", "a comma is missing"},
		{"v1.train.txt", "600 a,|,\n300 a,|,\n", "before the last line's"},
		{"v1.train.txt", "300 a,c,|,\n", "has no size 'c'"},
		{"v1.train.txt", "99999999999 a,|,\n", "does not begin with seconds"},
		{"v1.dev.c2100000.txt", "900 U1,U2,|,C128,|,\n", "a bin below 128"},
		{"v1.dev.c2100000.txt", "900 U1,U2,|,C9,|,\n", "has no bin 9"},
		{"v1.dev.c2100000.txt", "900 U1,U2,C1,|,\n", "do not fit together"},
		{"v1.dev.c2100000.txt", "900 U1,U2,|,\n", "do not fit together"},
		{"flav_map.txt", "1;0.75 a\n", "flav_map.txt:1: "},
		{"flav_map.txt", "1,0.75 a\n1,2 a\n", "each letter is there once"},
		{"flav_map.txt", "0,0.75 a\n", "above 0"},
		{"v1.interval_map.txt", "10 0\n", "multiples of 300 s"},
		{"v1.interval_map.txt", "", "v1.interval_map.txt"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bed b;
		bed_open(&b);
		put(&b, cases[i].file, cases[i].text);
		refused(&b, "azure", cases[i].words);
		bed_close(&b);
	}
	struct bed b;
	bed_open(&b);
	remove(files_path(&b.files, "v1.test.txt"));
	refused(&b, "azure", "has no file v1.test.txt");
	bed_close(&b);
}

#define POD_HEADER "name,cpu_milli,memory_mib,num_gpu,creation_time,deletion_time\n"
#define JOB_HEADER "id,submission_time,duration,cpu_count,cpu_capacity,mem_capacity\n"
#define PODS "openb_pod_list_default.csv"

static void test_pods(void)
{
	struct bed b;
	bed_open(&b);
	put(&b, PODS, POD_HEADER "p0,16500,51200,0,100,160\np1,8000,1024,1,20,\np2,16500,51200,0,20,20\n");
	CU_ASSERT_FATAL(bed_read(&b, "alibaba_pods", NULL, LIFETIMES_DRAWN));
	CU_ASSERT_EQUAL_FATAL(b.a.count, 3);
	CU_ASSERT_EQUAL(b.a.flavour_count, 2);
	CU_ASSERT(b.a.start_ns[0] == 20 * NS_PER_S && b.a.life_ns[0] == TIME_MAX_NS);
	CU_ASSERT(b.a.start_ns[1] == 20 * NS_PER_S && b.a.life_ns[1] == 0);
	CU_ASSERT(b.a.start_ns[2] == 100 * NS_PER_S && b.a.life_ns[2] == 60 * NS_PER_S);
	CU_ASSERT(b.a.flavour[1] == b.a.flavour[2] && b.a.flavour[0] != b.a.flavour[1]);
	CU_ASSERT_STRING_EQUAL(b.a.flavours[b.a.flavour[1]].name, "16500m-51200Mi");
	arrivals_close(&b.a);
	put(&b, PODS, POD_HEADER "p0,0,51200,0,100,160\n");
	refused(&b, "alibaba_pods", ":2: '0' is no cpu_milli from 1");
	put(&b, PODS, POD_HEADER "p0,10,51200,0,100,99\n");
	refused(&b, "alibaba_pods", "'99' is no deletion_time");
	put(&b, PODS, "name,cpu_milli,creation_time\np0,1,2\n");
	refused(&b, "alibaba_pods", "names no column 'memory_mib'");
	put(&b, PODS, "\n\n");
	refused(&b, "alibaba_pods", "the file is empty");
	put(&b, PODS, POD_HEADER);
	refused(&b, "alibaba_pods", "is empty");
	bed_close(&b);
}

static void test_jobs(void)
{
	struct bed b;
	bed_open(&b);
	put(&b, "tasks.csv", JOB_HEADER "7,2022-10-07T00:00:30.000Z,60000,16,33600,100000\n"
	                                "8,2022-10-07T00:00:00.000Z,500,4,8400,0\n");
	CU_ASSERT_FATAL(bed_read(&b, "surf", NULL, LIFETIMES_DRAWN));
	CU_ASSERT_EQUAL_FATAL(b.a.count, 2);
	CU_ASSERT(b.a.start_ns[0] == 0 && b.a.life_ns[0] == 500 * NS_PER_MS);
	CU_ASSERT(b.a.start_ns[1] == 30 * NS_PER_S && b.a.life_ns[1] == 60 * NS_PER_S);
	const struct arrivals_flavour *f = &b.a.flavours[b.a.flavour[1]];
	CU_ASSERT(f->cpu_milli == 16000 && f->vcpu_hz == 2100000000 && f->ram_bytes == 100000000000);
	arrivals_close(&b.a);
	put(&b, "tasks.csv", JOB_HEADER "7,yesterday,60000,16,33600,100000\n");
	refused(&b, "surf", "'yesterday' is no time of submission");
	put(&b, "tasks.csv", JOB_HEADER "7,1975-01-01T00:00:00Z,1,1,1,1\n8,2022-10-07T00:00:00Z,1,1,1,1\n");
	refused(&b, "surf", "18 years");
	bed_close(&b);
}

/* Every letter of a file behind a stamp, and nothing clever. */
static bool count_letters(void *context, const struct archive_file *file)
{
	uint64_t *letters = context;
	for (size_t i = 0; i < file->size; i++)
		if (file->data[i] >= 'a' && file->data[i] <= 'z')
			letters[file->data[i] - 'a']++;
	return true;
}

static void test_whole(void)
{
	static const char *const files[] = {"v1.train.txt", "v1.dev.txt", "v1.test.txt"};
	const struct arrivals_request want = {.name = "azure"};
	const struct place place = {"day.yaml", 7, 3};
	char path[4096];
	uint64_t letters[26] = {0}, flavours[26] = {0}, total = 0;
	struct arrivals a;
	struct diag diag;
	if (!trace_find("azure", path, sizeof path)) {
		CU_PASS("the list is not on this machine");
		return;
	}
	diag_init(&diag);
	CU_ASSERT_FATAL(arrivals_open(&want, &a, place, &diag));
	for (uint32_t i = 0; i < a.count; i++) {
		flavours[a.flavours[a.flavour[i]].name[0] - 'a']++;
		total += i && a.start_ns[i] < a.start_ns[i - 1];
	}
	CU_ASSERT_EQUAL(total, 0); /* in order */
	CU_ASSERT_EQUAL(a.count, 1870433);
	for (size_t i = 0; i < 3; i++)
		CU_ASSERT(arrivals_text(path, files[i], count_letters, letters, place, &diag));
	CU_ASSERT(memcmp(letters, flavours, sizeof letters) == 0);
	arrivals_close(&a);
	diag_fini(&diag);
}

/* The run of a small list: types, numbers, starts from the first arrival, ends. */
static void test_run(void)
{
	struct bed b;
	char text[1200];
	struct run run;
	bed_open(&b);
	put(&b, PODS, POD_HEADER "p0,1500,1024,0,100,160\np1,1000,1024,0,120,\np2,1500,1024,0,110,120\n"
	                         "p3,1000,1024,0,900,901\n");
	snprintf(text, sizeof text,
	         "duration: 10 min\nhosts: [{cores: 4, core_speed: 1 GHz}]\nvms:\n  - name: pod\n"
	         "    arrivals: {trace: %s, format: alibaba_pods}\n",
	         b.files.root);
	struct scenario *s = scenario_read_text(text, NULL, &b.diag);
	diag_print(&b.diag, stdout);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_FATAL(run_open(&run, s, &b.diag));
	run_go(&run, NULL, NULL);
	const struct world *w = &run.world;
	CU_ASSERT_EQUAL_FATAL(w->vm_count, 3); /* the fourth comes after the end */
	char names[3][40];
	for (uint32_t v = 0; v < 3; v++)
		world_vm_name(w, (vm_id){v}, names[v], sizeof names[v]);
	CU_ASSERT_STRING_EQUAL(names[0], "pod.1500m-1024Mi-0");
	CU_ASSERT_STRING_EQUAL(names[1], "pod.1500m-1024Mi-1");
	CU_ASSERT_STRING_EQUAL(names[2], "pod.1000m-1024Mi-0");
	const struct vm_type *t = &w->vm_types[w->vms[0].type];
	CU_ASSERT(t->vcpus == 2 && t->vcpu_hz == 750000000 && t->cpu_hz == 1500000000);
	CU_ASSERT(w->vms[0].placed_ns == 0 && w->vms[0].ended_ns == 60 * NS_PER_S);
	CU_ASSERT(w->vms[1].placed_ns == 10 * NS_PER_S && w->vms[1].ended_ns == 20 * NS_PER_S);
	CU_ASSERT(w->vms[2].placed_ns == 20 * NS_PER_S && w->vms[2].state == VM_RUNNING);
	run_close(&run);
	scenario_free(s);
	bed_close(&b);
}

static const struct test tests[] = {
	{"Azure's list tells sizes, starts, tenants and the lives that were seen", test_azure},
	{"a subset is a part of the list", test_subsets},
	{"unknown lives are drawn as Kaplan and Meier estimate them", test_drawn},
	{"mistakes in Azure's files are told with their lines", test_azure_mistakes},
	{"containers are read by the names of their columns", test_pods},
	{"jobs start from the first one", test_jobs},
	{"all of Azure's list is read, letter for letter", test_whole},
	{"guests of a list start, end and are called as it says", test_run},
};
SUITE(scenarios_arrivals, tests)

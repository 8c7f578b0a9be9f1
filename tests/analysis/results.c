/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results files: what is written is read back; only provenance differs between runs; no half files. */
#include "analysis/results.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analysis/save.h"
#include "analysis/seal.h"
#include "sim/fault.h"
#include "sim/time.h"
#include "tests/analysis/fixture.h"
#include "tests/test.h"

static const struct record_options everything = {
	.hosts = true, .sites = true, .vms = true, .events = true, .interval_ns = 600 * NS_PER_S,
};

struct folder {
	char path[64], file[80];
};

static void folder_open(struct folder *f)
{
	snprintf(f->path, sizeof f->path, "/tmp/vdcsim-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(f->path));
	snprintf(f->file, sizeof f->file, "%s/run.h5", f->path);
}

static unsigned folder_entries(const struct folder *f)
{
	unsigned count = 0;
	DIR *dir = opendir(f->path);
	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count - 2;
}

static void folder_close(const struct folder *f)
{
	unlink(f->file);
	CU_ASSERT_EQUAL(rmdir(f->path), 0); /* which also says that no temporary file was left */
}

static void fixture_write(struct fixture *f, const char *path)
{
	struct results_input in = fixture_input(f);
	results_write(path, &in);
}

static const struct results_column *column(const struct results_table *t, const char *name)
{
	for (uint32_t i = 0; i < t->column_count; i++)
		if (strcmp(t->columns[i].name, name) == 0)
			return &t->columns[i];
	CU_FAIL_FATAL("no such column");
	return NULL;
}

static void tables_checked(struct results *r, const struct fixture *f)
{
	const struct results_table *t = results_table(r, "hosts");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT_EQUAL(t->rows, FIXTURE_HOSTS);
	CU_ASSERT_STRING_EQUAL(column(t, "name")->texts[3], "g5-1");
	CU_ASSERT_STRING_EQUAL(column(t, "state")->texts[3], "on");
	CU_ASSERT_EQUAL(column(t, "rack")->ints[4], 1);
	CU_ASSERT_DOUBLE_EQUAL(column(t, "energy_j")->reals[1], 7.2e6, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(column(t, "cpu_ghz")->reals[1], 5.32, 1e-12);
	CU_ASSERT_STRING_EQUAL(column(t, "energy_j")->unit, "J");
	t = results_table(r, "vms");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT_STRING_EQUAL(column(t, "name")->texts[5], "web-1");
	CU_ASSERT_EQUAL(column(t, "parent")->ints[0], -1);
	CU_ASSERT(isnan(column(t, "placed_s")->reals[6]));
	CU_ASSERT_EQUAL(column(t, "demanded_ghz_h")->reals[0], 4);
	t = results_table(r, "events");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT_EQUAL(t->rows, f->record.note_count);
	CU_ASSERT_STRING_EQUAL(column(t, "kind")->texts[6], "vm_waits");
	CU_ASSERT_EQUAL(column(t, "host")->ints[6], -1);
	t = results_table(r, "racks");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT_EQUAL(column(t, "hosts_offset")->ints[2], 4);
	CU_ASSERT_EQUAL(column(t, "hosts_count")->ints[2], 1);
	t = results_table(r, "migrations");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT_EQUAL(column(t, "target")->ints[0], 3);
	CU_ASSERT_PTR_NULL(results_table(r, "nonsense"));
}

static void series_checked(struct results *r, const struct fixture *f)
{
	struct results_series series;
	CU_ASSERT_FATAL(results_series(r, "series/hosts/power_w", &series));
	CU_ASSERT_EQUAL(series.times, 12);
	CU_ASSERT_EQUAL(series.entities, FIXTURE_HOSTS);
	CU_ASSERT_EQUAL(series.time_s[11], 6600);
	CU_ASSERT_EQUAL(series.interval_s, 600);
	CU_ASSERT_STRING_EQUAL(series.unit, "W");
	for (uint32_t i = 0; i < 12 * FIXTURE_HOSTS; i++)
		CU_ASSERT_EQUAL(
			series.values[i],
			f->record.host_series[SERIES_POWER][i % FIXTURE_HOSTS * 12 + i / FIXTURE_HOSTS]);
	const struct results_table *t = results_table(r, "series/sites/on");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT_EQUAL(t->column_count, 3);
	CU_ASSERT_STRING_EQUAL(t->columns[2].name, "south");
	CU_ASSERT_EQUAL(t->columns[1].reals[3], (double)(float)f->record.site_series[SERIES_ON][3]);
	CU_ASSERT_FALSE(results_series(r, "series/hosts/nonsense", &series));
}

static void round_trip(void)
{
	struct folder folder = {0};
	struct fixture f;
	const char *why = NULL;
	uint32_t count;
	folder_open(&folder);
	fixture_open(&f, 3);
	fixture_run(&f, &everything);
	fixture_write(&f, folder.file);
	struct results *r = results_open(folder.file, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	struct summary s;
	struct provenance p;
	results_summary(r, &s, &p);
	CU_ASSERT_EQUAL(memcmp(&s, &f.summary, sizeof s), 0);
	CU_ASSERT_EQUAL(memcmp(&p, &f.provenance, sizeof p), 0);
	CU_ASSERT_STRING_EQUAL(results_scenario_name(r), "fixture");
	CU_ASSERT_STRING_EQUAL(results_scenario_text(r), "name: fixture\n");
	CU_ASSERT_EQUAL(results_seed(r), 7);
	const char *const *overrides = results_overrides(r, &count);
	CU_ASSERT_EQUAL_FATAL(count, 2);
	CU_ASSERT_STRING_EQUAL(overrides[1], "duration=2h");
	tables_checked(r, &f);
	series_checked(r, &f);
	const struct results_table_info *infos = results_tables(r, &count);
	for (uint32_t i = 0; i < count; i++)
		CU_ASSERT_PTR_NOT_NULL(results_table(r, infos[i].name));
	results_close(r);
	fixture_close(&f);
	folder_close(&folder);
}

static char *file_bytes(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	char *bytes = memory_new(1, 1 << 20, "test");
	*size = fread(bytes, 1, 1 << 20, file);
	fclose(file);
	return bytes;
}

static char *written_with(const struct provenance *p, size_t *size)
{
	struct folder folder = {0};
	struct fixture f;
	folder_open(&folder);
	fixture_open(&f, 3);
	fixture_run(&f, &everything);
	f.provenance = *p;
	fixture_write(&f, folder.file);
	char *bytes = file_bytes(folder.file, size);
	fixture_close(&f);
	folder_close(&folder);
	return bytes;
}

static void only_provenance_differs(void)
{
	struct provenance one = {
		.cpu_s = 1, .wall_s = 2, .peak_rss_bytes = 3, .version = "a", .date = "b", .machine = "c"};
	struct provenance other;
	memset(&other, 0x5a, sizeof other);
	size_t sizes[3];
	char *files[3] = {written_with(&one, &sizes[0]), written_with(&one, &sizes[1]),
	                  written_with(&other, &sizes[2])};
	CU_ASSERT_EQUAL_FATAL(sizes[0], sizes[1]);
	CU_ASSERT_EQUAL_FATAL(sizes[0], sizes[2]);
	CU_ASSERT_EQUAL(memcmp(files[0], files[1], sizes[0]), 0);
	size_t differing = 0;
	for (size_t i = 0; i < sizes[0] - sizeof(struct seal); i++)
		differing += files[0][i] != files[2][i];
	/* Every byte of the other's values is new, but the zeros behind the one's: no byte elsewhere may
	 * be. */
	CU_ASSERT(differing > sizeof other / 2 && differing <= sizeof other);
	for (unsigned i = 0; i < 3; i++)
		free(files[i]);
}

static void absent_tables(void)
{
	struct folder folder = {0};
	struct fixture f;
	struct results_series series;
	const char *why = NULL;
	folder_open(&folder);
	fixture_open(&f, 3);
	fixture_run(&f, &(struct record_options){.interval_ns = NS_PER_HOUR});
	fixture_write(&f, folder.file);
	struct results *r = results_open(folder.file, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_PTR_NOT_NULL(results_table(r, "hosts"));
	CU_ASSERT_PTR_NULL(results_table(r, "vms"));
	CU_ASSERT_PTR_NULL(results_table(r, "events"));
	CU_ASSERT_PTR_NULL(results_table(r, "series/hosts/on"));
	CU_ASSERT_FALSE(results_series(r, "series/hosts/on", &series));
	results_close(r);
	fixture_close(&f);
	folder_close(&folder);
}

static void strange_files(void)
{
	const char *why = NULL;
	CU_ASSERT_PTR_NULL(results_open("/nowhere/run.h5", &why));
	CU_ASSERT_STRING_EQUAL(why, strerror(ENOENT));
	CU_ASSERT_PTR_NULL(results_open("/proc/self/exe", &why));
	CU_ASSERT_STRING_EQUAL(why, "is no results file of this program, or is damaged");
	CU_ASSERT_PTR_NULL(results_open("/tmp", &why));
	CU_ASSERT_STRING_EQUAL(why, "is a folder");
}

static void damaged_files(void)
{
	struct provenance p = {.wall_s = 1};
	struct folder folder = {0};
	size_t size;
	char *bytes = written_with(&p, &size);
	folder_open(&folder);
	for (size_t keep = 0; keep < size; keep += size / 37) {
		const char *why = NULL;
		save_file(folder.file, bytes, keep);
		CU_ASSERT_PTR_NULL(results_open(folder.file, &why));
		CU_ASSERT_PTR_NOT_NULL(why);
	}
	free(bytes);
	folder_close(&folder);
}

/* libhdf5 would believe some of these: it sees none. */
static void changed_files(void)
{
	struct provenance p = {.wall_s = 1};
	struct folder folder = {0};
	size_t size;
	char *bytes = written_with(&p, &size);
	const char *why = NULL;
	folder_open(&folder);
	for (size_t at = 0; at < size; at += at < size - 64 ? size / 97 : 1) {
		bytes[at] = (char)(bytes[at] ^ 1 << at % 8);
		save_file(folder.file, bytes, size);
		CU_ASSERT_PTR_NULL(results_open(folder.file, &why));
		CU_ASSERT_STRING_EQUAL(why, "is no results file of this program, or is damaged");
		bytes[at] = (char)(bytes[at] ^ 1 << at % 8);
	}
	save_file(folder.file, bytes, size - sizeof(struct seal));
	CU_ASSERT_PTR_NULL(results_open(folder.file, &why));
	save_file(folder.file, bytes, size);
	struct results *whole = results_open(folder.file, &why);
	CU_ASSERT_PTR_NOT_NULL(whole);
	results_close(whole);
	free(bytes);
	folder_close(&folder);
}

/* Runs a writer in a child; returns its exit status and what it said. */
static int status_of(void (*writer)(const char *path), const char *path, char said[static 512])
{
	int ends[2];
	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		writer(path);
		_exit(0);
	}
	close(ends[1]);
	size_t length = 0;
	for (ssize_t got; length < 511 && (got = read(ends[0], said + length, 511 - length)) > 0;)
		length += (size_t)got;
	said[length] = '\0';
	close(ends[0]);
	int status = 0;
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void write_everything(const char *path)
{
	struct fixture f;
	fixture_open(&f, 3);
	fixture_run(&f, &everything);
	fixture_write(&f, path);
}

static void write_with_small_limit(const char *path)
{
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){4096, 4096});
	write_everything(path);
}

static void full_disk(void)
{
	char said[512];
	CU_ASSERT_EQUAL(status_of(write_everything, "/dev/full", said), EXIT_SURROUNDINGS);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "'/dev/full': writing: No space left on device"));
	struct stat still;
	CU_ASSERT(stat("/dev/full", &still) == 0 && S_ISCHR(still.st_mode));
}

static void failing_write(void)
{
	struct folder folder = {0};
	char said[512];
	size_t size;
	folder_open(&folder);
	save_file(folder.file, "old", 3);
	CU_ASSERT_EQUAL(status_of(write_with_small_limit, folder.file, said), EXIT_SURROUNDINGS);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "writing: File too large"));
	char *bytes = file_bytes(folder.file, &size);
	CU_ASSERT_EQUAL(size, 3);
	CU_ASSERT_EQUAL(memcmp(bytes, "old", 3), 0);
	CU_ASSERT_EQUAL(folder_entries(&folder), 1);
	free(bytes);
	folder_close(&folder);
	CU_ASSERT_EQUAL(status_of(write_everything, "/nowhere/run.h5", said), EXIT_SURROUNDINGS);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "cannot write '/nowhere/run.h5'"));
}

static void link_is_kept(void)
{
	struct folder folder = {0};
	char link[80];
	struct stat at;
	folder_open(&folder);
	snprintf(link, sizeof link, "%s/link", folder.path);
	save_file(folder.file, "old", 3);
	CU_ASSERT_EQUAL(symlink(folder.file, link), 0);
	save_file(link, "newer", 5);
	CU_ASSERT(lstat(link, &at) == 0 && S_ISLNK(at.st_mode));
	CU_ASSERT(stat(folder.file, &at) == 0 && at.st_size == 5);
	unlink(link);
	folder_close(&folder);
}

static void others_read_it(void)
{
	struct folder folder = {0};
	char command[900];
	if (system("/usr/bin/python3 -c 'import h5py' 2>/dev/null") != 0) {
		test_skip("python3-h5py");
		return;
	}
	folder_open(&folder);
	struct fixture f;
	fixture_open(&f, 3);
	fixture_run(&f, &everything);
	fixture_write(&f, folder.file);
	snprintf(command, sizeof command,
	         "/usr/bin/python3 -c \"import h5py\n"
	         "f = h5py.File('%s', 'r')\n"
	         "p = f['series/hosts/power_w']\n"
	         "assert p.dims[0].label == 'time' and p.dims[1].label == 'host', list(p.dims)\n"
	         "assert p.dims[0][0].name == '/series/time_s' and p.shape == (12, 5)\n"
	         "assert p.dims[1][0].name == '/entities/hosts/id'\n"
	         "assert p.attrs['units'] in ('W', b'W')\n"
	         "assert f['summary/hosts'][()] == 5 and f.attrs['schema_version'] == 1\n"
	         "assert f['entities/sites/name'][1] == b'south'\"",
	         folder.file);
	CU_ASSERT_EQUAL(system(command), 0);
	fixture_close(&f);
	folder_close(&folder);
}

static const struct test tests[] = {
	{"what is written is read back", round_trip},
	{"files of two runs differ in provenance alone", only_provenance_differs},
	{"tables that were not asked for are absent", absent_tables},
	{"files that are no results are refused with a reason", strange_files},
	{"files cut short are refused with a reason", damaged_files},
	{"a file in which a bit has changed, or without its seal, is refused", changed_files},
	{"a full disk ends with status 3 and the cause", full_disk},
	{"a write that fails leaves the old file and nothing else", failing_write},
	{"a link to a results file stays a link", link_is_kept},
	{"h5py reads units, labels and scales", others_read_it},
};
SUITE(analysis_results, tests)

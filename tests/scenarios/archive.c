/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders, archives and packed files are read alike; what cannot be read is told. */
#include "scenarios/archive.h"

#include <string.h>
#include <unistd.h>

#include "tests/scenarios/files.h"
#include "tests/test.h"

struct seen {
	char text[1024];        /* "name=content;" of each file */
	uint32_t count, most;   /* most 0: all */
};

static bool see(void *context, const struct archive_file *file)
{
	struct seen *seen = context;
	size_t used = strlen(seen->text);
	snprintf(seen->text + used, sizeof seen->text - used, "%s=%s;", file->name, file->data);
	CU_ASSERT_EQUAL(file->data[file->size], '\0');
	return ++seen->count != seen->most;
}

static bool want_b(void *context, const char *name)
{
	(void)context;
	return strchr(name, 'b');
}

/* Reads a path and gives the number of errors; *seen holds what came. */
static uint32_t errors_of(const char *path, bool (*want)(void *, const char *), struct seen *seen,
                          const char *message)
{
	struct diag diag;
	diag_init(&diag);
	bool well = archive_read(path, want, see, seen, (struct place){"day.yaml", 3, 1}, &diag);
	CU_ASSERT_EQUAL(well, diag.errors == 0);
	if (message)
		CU_ASSERT(diag.count == 1 && strstr(diag.messages[0].text, message));
	uint32_t errors = diag.errors;
	diag_fini(&diag);
	return errors;
}

static void test_folder(void)
{
	struct files f;
	files_open(&f);
	files_write(&f, "b", "1", 1);
	files_write(&f, "a", "", 0);
	files_write(&f, ".hidden", "no", 2);
	files_folder(&f, "day");
	files_write(&f, "day/z", "26", 2);
	files_write(&f, "day/B", "2", 1);
	files_folder(&f, "day/deeper");
	files_write(&f, "day/deeper/x", "no", 2);
	struct seen all = {"", 0, 0}, two = {"", 0, 2}, b = {"", 0, 0};
	CU_ASSERT_EQUAL(errors_of(f.root, NULL, &all, NULL), 0);
	CU_ASSERT_STRING_EQUAL(all.text, "a=;b=1;day/B=2;day/z=26;");
	CU_ASSERT_EQUAL(errors_of(f.root, NULL, &two, NULL), 0);
	CU_ASSERT_STRING_EQUAL(two.text, "a=;b=1;");
	CU_ASSERT_EQUAL(errors_of(f.root, want_b, &b, NULL), 0);
	CU_ASSERT_STRING_EQUAL(b.text, "b=1;");
	files_close(&f);
}

static void test_archive(void)
{
	struct files f;
	files_open(&f);
	files_tar(&f, "t.tar", (const char *const[]){"top/", NULL, "top/b", "2\n", "top/a", "1\n", NULL});
	struct seen all = {"", 0, 0}, b = {"", 0, 0}, packed = {"", 0, 0};
	CU_ASSERT_EQUAL(errors_of(files_path(&f, "t.tar"), NULL, &all, NULL), 0);
	CU_ASSERT_STRING_EQUAL(all.text, "top/b=2\n;top/a=1\n;");
	CU_ASSERT_EQUAL(errors_of(files_path(&f, "t.tar"), want_b, &b, NULL), 0);
	CU_ASSERT_STRING_EQUAL(b.text, "top/b=2\n;");
	files_gzip(&f, "t.tar");
	CU_ASSERT_EQUAL(errors_of(files_path(&f, "t.tar.gz"), NULL, &packed, NULL), 0);
	CU_ASSERT_STRING_EQUAL(packed.text, all.text);
	files_close(&f);
}

static void test_single(void)
{
	struct files f;
	files_open(&f);
	files_write(&f, "plain", "7\n8\n", 4);
	struct seen plain = {"", 0, 0}, packed = {"", 0, 0};
	CU_ASSERT_EQUAL(errors_of(files_path(&f, "plain"), NULL, &plain, NULL), 0);
	CU_ASSERT_STRING_EQUAL(plain.text, "data=7\n8\n;");
	files_gzip(&f, "plain");
	CU_ASSERT_EQUAL(errors_of(files_path(&f, "plain.gz"), NULL, &packed, NULL), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(packed.text, "=7\n8\n;"));
	files_close(&f);
}

/* Pieces put together again; each but the last must end with a line. */
struct pieces {
	char *text;
	size_t size, cut;       /* cut: how many do not end with a line */
	uint32_t count, most;   /* most 0: all */
};

static bool piece_take(void *context, const struct archive_file *piece)
{
	struct pieces *p = context;
	CU_ASSERT_EQUAL(piece->data[piece->size], '\0');
	memcpy(p->text + p->size, piece->data, piece->size);
	p->size += piece->size;
	p->cut += piece->size == 0 || piece->data[piece->size - 1] != '\n';
	return ++p->count != p->most;
}

static void test_pieces(void)
{
	static char text[500000], joined[sizeof text];
	struct files f;
	struct diag diag;
	files_open(&f);
	diag_init(&diag);
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (i * i) % 1009 < 30 && i % 3 == 0 ? '\n' : 'x';
	text[sizeof text - 1] = 'y';
	memset(text + 100000, 'z', 200000); /* a line longer than what is read at once */
	files_write(&f, "long", text, sizeof text);
	files_gzip(&f, "long");
	static const char *const names[] = {"long", "long.gz"};
	files_write(&f, "long", text, sizeof text);
	for (int i = 0; i < 2; i++) {
		struct pieces all = {.text = joined}, two = {.text = joined, .most = 2};
		const char *path = files_path(&f, names[i]);
		CU_ASSERT(archive_pieces(path, piece_take, &two, (struct place){0}, &diag));
		CU_ASSERT(two.count == 2 && two.cut == 0 && two.size < sizeof text);
		CU_ASSERT(archive_pieces(path, piece_take, &all, (struct place){0}, &diag));
		CU_ASSERT(all.count > 3 && all.cut == 1);
		CU_ASSERT(all.size == sizeof text && memcmp(joined, text, sizeof text) == 0);
	}
	struct pieces none = {.text = joined};
	CU_ASSERT_FALSE(archive_pieces("/nowhere/at/all", piece_take, &none, (struct place){0}, &diag));
	files_write(&f, "empty", "", 0);
	CU_ASSERT_FALSE(archive_pieces(files_path(&f, "empty"), piece_take, &none, (struct place){0}, &diag));
	files_gzip(&f, "empty");
	const char *packed = files_path(&f, "empty.gz");
	CU_ASSERT_FALSE(archive_pieces(packed, piece_take, &none, (struct place){0}, &diag));
	CU_ASSERT_FATAL(none.count == 0 && diag.count == 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.messages[1].text, "the file is empty"));
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.messages[2].text, "the file is empty"));
	diag_fini(&diag);
	files_close(&f);
}

static void test_truncated(void)
{
	static char noise[40000];
	struct files f;
	files_open(&f);
	uint32_t x = 1;
	for (size_t i = 0; i + 1 < sizeof noise; i++)
		noise[i] = (char)('a' + ((x = x * 1664525 + 1013904223) >> 28));
	files_tar(&f, "t.tar", (const char *const[]){"a", noise, "b", noise, NULL});
	files_gzip(&f, "t.tar");
	CU_ASSERT_EQUAL(truncate(files_path(&f, "t.tar.gz"), 9000), 0);
	struct seen seen = {"", 0, 0};
	CU_ASSERT_EQUAL(errors_of(files_path(&f, "t.tar.gz"), NULL, &seen, "truncated gzip input"), 1);
	CU_ASSERT_EQUAL(seen.count, 0);
	files_close(&f);
}

static void test_nowhere(void)
{
	struct seen seen = {"", 0, 0};
	const char *message = "cannot read /nowhere/at/all: No such file";
	CU_ASSERT_EQUAL(errors_of("/nowhere/at/all", NULL, &seen, message), 1);
}

static void test_stamp(void)
{
	struct files f;
	files_open(&f);
	files_folder(&f, "one");
	files_folder(&f, "two");
	files_write(&f, "one/x", "1", 1);
	files_write(&f, "two/x", "1", 1);
	files_write(&f, "file", "1", 1);
	uint64_t all = archive_stamp(f.root, NULL), one = archive_stamp(f.root, "one");
	uint64_t file = archive_stamp(files_path(&f, "file"), NULL);
	CU_ASSERT(all && one && file);
	CU_ASSERT(all == archive_stamp(f.root, NULL) && file == archive_stamp(files_path(&f, "file"), "one"));
	files_write(&f, "two/x", "12", 2);
	CU_ASSERT(all != archive_stamp(f.root, NULL) && one == archive_stamp(f.root, "one"));
	files_write(&f, "file", "12", 2);
	CU_ASSERT(file != archive_stamp(files_path(&f, "file"), NULL));
	CU_ASSERT_EQUAL(archive_stamp("/nowhere/at/all", NULL), 0);
	files_close(&f);
}

static const struct test tests[] = {
	{"a folder is read in byte order, one level deep, without hidden names", test_folder},
	{"an archive is read as stored, packed or not", test_archive},
	{"a file that is no archive is one file", test_single},
	{"a large file comes in pieces of whole lines", test_pieces},
	{"a truncated archive is an error", test_truncated},
	{"a path that leads nowhere is an error", test_nowhere},
	{"the stamp changes when what is read changes", test_stamp},
};
SUITE(scenarios_archive, tests)

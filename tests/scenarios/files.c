/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders with files for tests; tars are written by hand, so that a test needs no tool but gzip. */
#include "tests/scenarios/files.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/test.h"

#define BLOCK 512

void files_open(struct files *f)
{
	const char *tmp = getenv("TMPDIR");
	*f = (struct files){0};
	snprintf(f->root, sizeof f->root, "%s/vdcsim-test-XXXXXX", tmp && strlen(tmp) < 32 ? tmp : "/tmp");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(f->root));
}

static int file_remove(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

void files_close(struct files *f)
{
	CU_ASSERT_EQUAL(nftw(f->root, file_remove, 8, FTW_DEPTH | FTW_PHYS), 0);
}

const char *files_path(struct files *f, const char *name)
{
	snprintf(f->path, sizeof f->path, "%s/%s", f->root, name);
	return f->path;
}

void files_folder(struct files *f, const char *name)
{
	CU_ASSERT_EQUAL(mkdir(files_path(f, name), 0777), 0);
}

void files_write(struct files *f, const char *name, const char *text, size_t size)
{
	FILE *out = fopen(files_path(f, name), "wb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	CU_ASSERT_EQUAL(fwrite(text, 1, size, out), size);
	CU_ASSERT_EQUAL(fclose(out), 0);
}

/* A ustar header (POSIX.1-1988): name, mode, owner, size and time in octal, checksum, kind. */
static void tar_entry(FILE *out, const char *name, const char *text)
{
	char block[BLOCK] = "";
	size_t size = text ? strlen(text) : 0;
	unsigned sum = 0;
	snprintf(block, 100, "%s", name);
	snprintf(block + 100, 8, "%07o", text ? 0644U : 0755U);
	snprintf(block + 108, 8, "%07o", 0U);
	snprintf(block + 116, 8, "%07o", 0U);
	snprintf(block + 124, 12, "%011o", (unsigned)size);
	snprintf(block + 136, 12, "%011o", 0U);
	memset(block + 148, ' ', 8);
	block[156] = text ? '0' : '5';
	snprintf(block + 257, 6, "ustar");
	block[263] = block[264] = '0';
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 8, "%06o", sum);
	CU_ASSERT_EQUAL(fwrite(block, 1, BLOCK, out), BLOCK);
	memset(block, 0, BLOCK);
	if (size)
		CU_ASSERT_EQUAL(fwrite(text, 1, size, out), size);
	if (size % BLOCK)
		CU_ASSERT_EQUAL(fwrite(block, 1, BLOCK - size % BLOCK, out), BLOCK - size % BLOCK);
}

void files_tar(struct files *f, const char *name, const char *const *pairs)
{
	static const char end[2 * BLOCK];
	FILE *out = fopen(files_path(f, name), "wb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	for (; *pairs; pairs += 2)
		tar_entry(out, pairs[0], pairs[1]);
	CU_ASSERT_EQUAL(fwrite(end, 1, sizeof end, out), sizeof end);
	CU_ASSERT_EQUAL(fclose(out), 0);
}

void files_gzip(struct files *f, const char *name)
{
	char command[600];
	snprintf(command, sizeof command, "gzip -n '%s'", files_path(f, name));
	CU_ASSERT_EQUAL(system(command), 0);
}

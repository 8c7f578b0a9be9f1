/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder for one test: files, folders and archives in it, gone afterwards. */
#ifndef TESTS_SCENARIOS_FILES_H
#define TESTS_SCENARIOS_FILES_H

#include <stddef.h>

struct files {
	char root[64];
	char path[512];         /* of the last files_path */
};

void files_open(struct files *f);
void files_close(struct files *f);

/* The full path of a name; valid until the next call. */
const char *files_path(struct files *f, const char *name);
void files_folder(struct files *f, const char *name);
void files_write(struct files *f, const char *name, const char *text, size_t size);

/* A tar of pairs (name, text), ended by NULL; a name that ends with a slash is a folder, its text NULL. */
void files_tar(struct files *f, const char *name, const char *const *pairs);

/* name becomes name.gz. */
void files_gzip(struct files *f, const char *name);

#endif

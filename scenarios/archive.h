/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a folder or of an archive (.tar.gz, .tar.xz, .zip, .7z, .gz ...), one after the other.
 *
 * The only file that sees libarchive. Of a folder, its own files and those of the folders in it are
 * read; hidden names are left out. A file that is no archive, packed (.gz) or plain, is one file.
 * Order: as stored (archives) or byte order (folders); readers sort by name themselves. */
#ifndef SCENARIOS_ARCHIVE_H
#define SCENARIOS_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/diag.h"

struct archive_file {
	const char *name;       /* path inside, with the folders */
	const char *data;       /* whole content; NUL-terminated after size bytes */
	size_t size;
};

/* Calls `each` for every regular file whose path passes `want` (NULL: all; `want` gets the path
 * inside). `each` returns false to stop early. False after an error in diag (cannot be opened,
 * damaged, truncated, a file above 1 GiB). */
bool archive_read(const char *path, bool (*want)(void *context, const char *name),
                  bool (*each)(void *context, const struct archive_file *file), void *context,
                  struct place place, struct diag *diag);

/* The same in pieces, so that a large file need not fit into memory: each->data are whole lines, 64 KiB or
 * more of them; behind the last line end, what is left. For a file, packed or plain, not for a folder. */
bool archive_pieces(const char *path, bool (*each)(void *context, const struct archive_file *piece),
                    void *context, struct place place, struct diag *diag);

/* A number that changes when what is read changes: of size and time of change of the archive, or of
 * the names, sizes and times of a folder's files (those of its folder `subset` alone, if there is
 * one). Cheap: no file is opened. */
uint64_t archive_stamp(const char *path, const char *subset);

#endif

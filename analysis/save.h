/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing a whole file so that a reader sees the old one or the new one, never half of one.
 *
 * The bytes go to a temporary file beside the place, are synced, and the temporary is renamed; then the
 * folder is synced. A writer that is killed leaves its temporary; the next one to the same place removes it
 * (a lock tells it from one that is still written). A path that is there and is no regular file (a pipe,
 * /dev/null) is written to as it is.
 */
#ifndef ANALYSIS_SAVE_H
#define ANALYSIS_SAVE_H

#include <stddef.h>

/* Ends the process with status 3 and a message with path and cause when it fails; the temporary is removed.
 */
void save_file(const char *path, const void *bytes, size_t size);

/* The same, of parts one behind the other. */
struct save_part {
	const void *bytes;
	size_t size;
};
void save_parts(const char *path, const struct save_part *parts, unsigned count);

#endif

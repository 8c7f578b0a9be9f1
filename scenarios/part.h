/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which folder of an archive is a trace's subset: the one that was asked for, or the only one.
 *
 * A reader offers every path to part_wants, and at the end part_check tells what is wrong with what was
 * offered: no such subset, several to choose from, nothing at all. */
#ifndef SCENARIOS_PART_H
#define SCENARIOS_PART_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/diag.h"

struct part {
	const char *path, *subset;      /* of the trace; subset may be NULL */
	struct arena *arena;
	const char *chosen;             /* the folder's name, "" for files at the top; NULL: none so far */
	const char **seen;
	uint32_t seen_count, seen_room;
};

/* Does the file belong to the subset? Hidden files never do. Without a subset the first folder is the one. */
bool part_wants(struct part *p, const char *path);

/* False, with an error, unless files were read from one folder and from no other that was not asked for. */
bool part_check(struct part *p, uint32_t files, struct place place, struct diag *diag);

void part_fini(struct part *p);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the files of a folder or archive, by way of a series, to a demand set: what readers of text have
 * in common. A reader says what is done with one file's text; mistakes are told here, with file and line. */
#ifndef SCENARIOS_READING_H
#define SCENARIOS_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "scenarios/diag.h"
#include "scenarios/series.h"
#include "scenarios/text.h"

struct reading_file {
	const char *text;               /* NUL-terminated behind size bytes */
	size_t size;
	struct text_field name;         /* without folders and endings: the row's, when the file is one */
};

struct reading {
	const char *format, *path;
	const char *subset;             /* the folder to read; NULL: there is only one */
	const char *glob;               /* paths inside that are read, as fnmatch has it; NULL: all */
	/* Adds a file to the series. False after a mistake. */
	bool (*file)(void *context, const struct reading_file *file, struct series *s,
	             struct text_mistake *mistake);
	void *context;
	struct series series;
};

/* Prepares the series; the rest is set already. */
void reading_init(struct reading *r);

/* Reads, makes the set and frees the series. False after an error in diag. */
bool reading_make(struct reading *r, struct demand_set *set, struct place place, struct diag *diag);

#endif

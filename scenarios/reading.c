/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the files of a trace one after the other, and tells what is wrong with them. */
#include "scenarios/reading.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/archive.h"
#include "scenarios/part.h"

struct progress_of {
	struct reading *reading;
	struct part part;
	struct place place;
	struct diag *diag;
	uint32_t files;
	bool failed;
};

static bool wanted(void *context, const char *name)
{
	struct progress_of *p = context;
	const char *glob = p->reading->glob;
	return (!glob || fnmatch(glob, name, 0) == 0) && part_wants(&p->part, name);
}

static bool keep(void *context, const struct archive_file *file)
{
	struct progress_of *p = context;
	struct reading *r = p->reading;
	struct text_mistake mistake = {0, ""};
	char line[16] = "";
	const struct reading_file given = {file->data, file->size, text_file_name(r->path, file->name)};
	p->files++;
	p->failed = !r->file(r->context, &given, &r->series, &mistake);
	if (!p->failed)
		return true;
	if (mistake.line)
		snprintf(line, sizeof line, ":%u", mistake.line);
	/* A lone file, packed or not, has no name of its own inside. */
	if (strcmp(file->name, "data") == 0)
		diag_error(p->diag, p->place, "trace %s%s: %s", r->path, line, mistake.text);
	else
		diag_error(p->diag, p->place, "trace %s: %s%s: %s", r->path, file->name, line, mistake.text);
	return false;
}

void reading_init(struct reading *r)
{
	series_init(&r->series);
}

/* Are the rows a set? */
static bool rows_check(const struct progress_of *p)
{
	struct reading *r = p->reading;
	const char *twice = NULL;
	if (!series_prune(&r->series)) {
		diag_error(p->diag, p->place, "trace %s has no sample", r->path);
		return false;
	}
	twice = series_twice(&r->series);
	if (twice)
		diag_error(p->diag, p->place, "trace %s: row %s is there twice", r->path, twice);
	return !twice;
}

bool reading_make(struct reading *r, struct demand_set *set, struct place place, struct diag *diag)
{
	struct progress_of p = {
		.reading = r,
		.part = {.path = r->path, .subset = r->subset, .arena = &r->series.arena},
		.place = place,
		.diag = diag,
	};
	*set = (struct demand_set){0};
	bool well = archive_read(r->path, wanted, keep, &p, place, diag) && !p.failed &&
	            part_check(&p.part, p.files, place, diag) && rows_check(&p);
	if (well) {
		const char *part = p.part.chosen;
		r->series.name = arena_printf(&r->series.arena, "%s%s%s", r->format, *part ? "/" : "", part);
		well = series_make(&r->series, set);
		if (!well)
			diag_error(diag, place, "trace %s: its stamps are more than 100 years apart",
			           r->path);
	}
	part_fini(&p.part);
	series_fini(&r->series);
	return well;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds a program, reads it, and tells the assembler's complaints as those of any input. */
#include "scenarios/guest_program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "models/hypervisor/assemble.h"
#include "models/hypervisor/programs.h"

#define SOURCE_MOST 1000000

struct complaint {
	const char *file;
	struct diag *diag;
};

static void tell(void *context, uint32_t line, uint32_t column, const char *what)
{
	const struct complaint *c = context;
	diag_error(c->diag, (struct place){c->file, line, column}, "%s", what);
}

static const char *file_read(const char *path, struct place at, struct arena *arena, struct diag *diag)
{
	struct stat status;
	bool there = stat(path, &status) == 0;
	if (there && !S_ISREG(status.st_mode)) { /* a pipe must not hang us */
		diag_error(diag, (struct place){path, 0, 0}, "cannot be read: it is %s",
		           S_ISDIR(status.st_mode) ? "a folder; name a file" : "not a regular file");
		return NULL;
	}
	FILE *in = there ? fopen(path, "rb") : NULL;
	if (!in) {
		const char *names[16];
		size_t n = 0;
		for (const struct program *p = program_table; p->name && n < 16; p++)
			names[n++] = p->name;
		const char *near = diag_near(path, names, n);
		if (near)
			diag_error(diag, at, "there is no program '%.60s'; did you mean '%s'?", path, near);
		else
			diag_error(
				diag, at,
				"there is no program '%.60s', and it cannot be read as a file: %s. There "
				"are: compute, console, toy_os, mirror, to_user",
				path, strerror(errno));
		return NULL;
	}
	char *text = arena_new(arena, SOURCE_MOST + 1, 1);
	size_t size = fread(text, 1, SOURCE_MOST, in);
	bool whole = size < SOURCE_MOST && !ferror(in), binary = memchr(text, '\0', size) != NULL;
	fclose(in);
	if (whole && !binary)
		return text;
	diag_error(diag, (struct place){path, 0, 0}, "%s",
	           binary ? "this is no text" : "cannot be read, or is larger than 1 MB");
	return NULL;
}

const char *guest_program_read(const char *name, struct place at, struct arena *arena, struct diag *diag)
{
	const struct program *known = program_find(name);
	const char *text = known ? known->text : file_read(name, at, arena, diag);
	struct complaint complaint = {name, diag};
	struct assemble_diag told = {.tell = tell, .context = &complaint};
	struct program_image image = {0};
	bool good = text && assemble(&image, text, NULL, &told);
	if (good && image.count == 0) { /* memory of zeros would run to its last word */
		diag_error(diag, (struct place){name, 1, 1}, "the program has no instruction");
		good = false;
	}
	program_image_fini(&image);
	return good ? text : NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses one folder of an archive, and knows the others for the message. */
#include "scenarios/part.h"

#include <stdlib.h>
#include <string.h>

#define TOLD 40 /* in a message */

static bool is_text(const char *text, const char *bytes, size_t length)
{
	return strlen(text) == length && memcmp(text, bytes, length) == 0;
}

/* The innermost folder that a file lies in, "" for a file at the top. Returns the file's own name. */
static const char *split(const char *path, const char **folder, size_t *length)
{
	const char *slash = strrchr(path, '/');
	*folder = path;
	*length = 0;
	if (!slash)
		return path;
	while (*folder < slash && memchr(*folder, '/', (size_t)(slash - *folder)))
		(*folder)++;
	*length = (size_t)(slash - *folder);
	return slash + 1;
}

static void notice(struct part *p, const char *folder, size_t length)
{
	for (uint32_t i = p->seen_count; i-- > 0;)
		if (is_text(p->seen[i], folder, length))
			return;
	if (p->seen_count <= TOLD) {
		ARRAY_GROW(p->seen, p->seen_count, p->seen_room, "subsets of a trace");
		p->seen[p->seen_count++] = arena_string_n(p->arena, folder, length);
	}
}

bool part_wants(struct part *p, const char *path)
{
	const char *folder;
	size_t length;
	const char *name = split(path, &folder, &length);
	if (*name == '.' || !*name)
		return false;
	notice(p, folder, length);
	if (!p->chosen && (!p->subset || is_text(p->subset, folder, length)))
		p->chosen = arena_string_n(p->arena, folder, length);
	return p->chosen && is_text(p->chosen, folder, length);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "20110303, 20110306, ..." */
static const char *list(struct part *p)
{
	const char *text = "";
	if (!p->seen_count)
		return "no files";
	qsort(p->seen, p->seen_count, sizeof *p->seen, by_text);
	for (uint32_t i = 0; i < p->seen_count && i < TOLD; i++) {
		const char *name = *p->seen[i] ? p->seen[i] : "(the top)";
		text = arena_printf(p->arena, "%s%s%s", text, i ? ", " : "", name);
	}
	return p->seen_count > TOLD ? arena_printf(p->arena, "%s and more", text) : text;
}

bool part_check(struct part *p, uint32_t files, struct place place, struct diag *diag)
{
	if (p->subset && !p->chosen)
		diag_error(diag, place, "trace %s has no subset '%s'; it has %s", p->path, p->subset,
		           list(p));
	else if (!p->subset && p->seen_count > 1)
		diag_error(diag, place, "trace %s has several subsets; say which: %s", p->path, list(p));
	else if (!files)
		diag_error(diag, place, "trace %s is empty: it has no files", p->path);
	else
		return true;
	return false;
}

void part_fini(struct part *p)
{
	free(p->seen);
}

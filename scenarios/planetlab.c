/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a day of the PlanetLab trace from a folder or an archive. */
#include "scenarios/planetlab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/archive.h"
#include "sim/memory.h"
#include "sim/time.h"

#define PERIOD_NS (5 * NS_PER_MIN)
#define PERCENT 100
#define ROW_ALIGN 16u           /* models/demand.h: rows start at multiples of 16 bytes */
#define PARTS_TOLD 40           /* in a message */

struct row {
	const char *name;       /* of the file, without folders */
	size_t first;           /* in reading.samples */
	uint32_t count;
};

struct reading {
	const char *path, *subset;
	struct arena *arena;            /* names */
	const char **parts;             /* the folders that were seen, as far as they are told */
	uint32_t part_count, part_room;
	const char *part;               /* the one that is read; NULL: none yet */
	struct row *rows;
	uint32_t row_count, row_room;
	uint8_t *samples;
	size_t sample_count, sample_room;
	struct place place;
	struct diag *diag;
	bool failed;
};

/* What the set's pointers point to. */
struct backing {
	struct arena names;
	uint8_t *samples;
	size_t bytes;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static uint32_t mistaken(struct planetlab_mistake *mistake, uint32_t line, const char *at)
{
	int length = (int)strcspn(at, "\r\n");
	mistake->line = line;
	if (length == 0)
		snprintf(mistake->text, sizeof mistake->text,
		         "the line is empty; it should be a percent from 0 to 100");
	else
		snprintf(mistake->text, sizeof mistake->text, "'%.*s%s' is not a whole percent from 0 to 100",
		         length > 20 ? 20 : length, at, length > 20 ? "..." : "");
	for (char *c = mistake->text; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
			*c = '?';
	return 0;
}

uint32_t planetlab_parse(const char *text, size_t size, uint8_t *samples, struct planetlab_mistake *mistake)
{
	const char *at = text, *stop = text + size;
	uint32_t n = 0;
	*mistake = (struct planetlab_mistake){0, ""};
	while (at < stop) {
		const char *line = at;
		uint32_t percent = 0, digits = 0;
		for (; is_digit(*at) && digits < 4; at++, digits++)
			percent = percent * 10 + (uint32_t)(*at - '0');
		at += *at == '\r';
		bool ended = at == stop || *at == '\n';
		if (!digits || percent > PERCENT || !ended)
			return mistaken(mistake, n + 1, line);
		samples[n++] = (uint8_t)percent;
		at += at < stop;
	}
	if (!n)
		snprintf(mistake->text, sizeof mistake->text, "the file is empty");
	return n;
}

/* The folder that a file lies in, and its own name; the folder is "" for a file at the top. */
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

static bool is_text(const char *text, const char *bytes, size_t length)
{
	return strlen(text) == length && memcmp(text, bytes, length) == 0;
}

/* Notes a folder, for the messages that list them. */
static void part_seen(struct reading *r, const char *folder, size_t length)
{
	for (uint32_t i = r->part_count; i-- > 0;)
		if (is_text(r->parts[i], folder, length))
			return;
	if (r->part_count <= PARTS_TOLD) {
		ARRAY_GROW(r->parts, r->part_count, r->part_room, "subsets of a trace");
		r->parts[r->part_count++] = arena_string_n(r->arena, folder, length);
	}
}

static bool wanted(void *context, const char *path)
{
	struct reading *r = context;
	const char *folder;
	size_t length;
	const char *name = split(path, &folder, &length);
	if (*name == '.' || !*name)
		return false;
	part_seen(r, folder, length);
	if (!r->part && (!r->subset || is_text(r->subset, folder, length)))
		r->part = arena_string_n(r->arena, folder, length);
	return r->part && is_text(r->part, folder, length);
}

static bool keep(void *context, const struct archive_file *file)
{
	struct reading *r = context;
	const char *folder;
	size_t length;
	struct planetlab_mistake mistake;
	size_t most = r->sample_count + file->size / 2 + 1;
	if (most > r->sample_room) {
		r->samples = memory_resize(r->samples, r->sample_room, 2 * most, 1, "trace samples");
		r->sample_room = 2 * most;
	}
	uint32_t count = planetlab_parse(file->data, file->size, r->samples + r->sample_count, &mistake);
	if (!count) {
		char line[16] = "";
		if (mistake.line)
			snprintf(line, sizeof line, ":%u", mistake.line);
		diag_error(r->diag, r->place, "trace %s: %s%s: %s", r->path, file->name, line, mistake.text);
		r->failed = true;
		return false;
	}
	ARRAY_GROW(r->rows, r->row_count, r->row_room, "rows of a trace");
	const char *name = arena_string(r->arena, split(file->name, &folder, &length));
	r->rows[r->row_count++] = (struct row){name, r->sample_count, count};
	r->sample_count += count;
	return true;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->name, ((const struct row *)b)->name);
}

/* "20110303, 20110306, ..." */
static const char *part_list(struct reading *r)
{
	const char *list = "";
	if (r->part_count)
		qsort(r->parts, r->part_count, sizeof *r->parts, by_text);
	for (uint32_t i = 0; i < r->part_count && i < PARTS_TOLD; i++) {
		const char *part = *r->parts[i] ? r->parts[i] : "(the top)";
		list = arena_printf(r->arena, "%s%s%s", list, i ? ", " : "", part);
	}
	return r->part_count > PARTS_TOLD ? arena_printf(r->arena, "%s and more", list) : list;
}

/* Is what was read one day, with each name once? */
static bool is_complete(struct reading *r)
{
	if (r->failed)
		return false;
	r->failed = true;
	if (r->subset && !r->part) {
		diag_error(r->diag, r->place, "trace %s has no subset '%s'; it has %s", r->path, r->subset,
		           r->part_count ? part_list(r) : "no files");
	} else if (!r->subset && r->part_count > 1) {
		diag_error(r->diag, r->place, "trace %s has several subsets; say which: %s", r->path,
		           part_list(r));
	} else if (!r->row_count) {
		diag_error(r->diag, r->place, "trace %s is empty: it has no files", r->path);
	} else {
		r->failed = false;
		qsort(r->rows, r->row_count, sizeof *r->rows, by_name);
	}
	for (uint32_t i = 1; i < r->row_count && !r->failed; i++) {
		r->failed = strcmp(r->rows[i - 1].name, r->rows[i].name) == 0;
		if (r->failed)
			diag_error(r->diag, r->place, "trace %s: file %s is there twice", r->path,
			           r->rows[i].name);
	}
	return !r->failed;
}

static void release(struct demand_set *set)
{
	struct backing *backing = set->backing;
	memory_huge_free(backing->samples, backing->bytes);
	arena_fini(&backing->names);
	free(backing);
	*set = (struct demand_set){0};
}

/* Copies row after row into the set's table; short ones hold their last value. */
static void table_fill(const struct reading *r, struct demand_set *set, uint8_t *table)
{
	uint32_t count = set->axis.count, stride = set->columns[DEMAND_CPU].stride, held = 0;
	const struct row *first = NULL;
	for (uint32_t i = 0; i < r->row_count; i++) {
		const struct row *row = &r->rows[i];
		uint8_t *at = table + (size_t)i * stride;
		memcpy(at, r->samples + row->first, row->count);
		memset(at + row->count, at[row->count - 1], count - row->count);
		if (row->count == count)
			continue;
		first = held++ ? first : row;
	}
	if (held)
		diag_warning(r->diag, r->place,
		             "trace %s: %u of %u files have fewer than %u lines (%s has %u); "
		             "their last value is held",
		             r->path, held, r->row_count, count, first->name, first->count);
}

static void table_make(const struct reading *r, struct demand_set *set, struct backing *backing)
{
	uint32_t longest = 0;
	const char **names = arena_new(&backing->names, r->row_count, sizeof *names);
	for (uint32_t i = 0; i < r->row_count; i++) {
		longest = r->rows[i].count > longest ? r->rows[i].count : longest;
		names[i] = r->rows[i].name;
	}
	uint32_t stride = (longest + ROW_ALIGN - 1) / ROW_ALIGN * ROW_ALIGN;
	backing->bytes = (size_t)stride * r->row_count;
	backing->samples = memory_huge_new(backing->bytes, "trace samples");
	bool named = r->part && *r->part;
	*set = (struct demand_set){
		.name = named ? arena_printf(&backing->names, "planetlab/%s", r->part) : "planetlab",
		.rows = r->row_count, .axis = {0, PERIOD_NS, longest}, .row_names = names, .release = release,
		.backing = backing, .backing_bytes = backing->bytes,
	};
	set->columns[DEMAND_CPU] = (struct demand_samples){backing->samples, 8, stride, PERCENT, 0};
	table_fill(r, set, backing->samples);
}

static bool planetlab_read(const char *path, const char *subset, struct demand_set *set, struct place place,
                           struct diag *diag)
{
	struct backing *backing = memory_new(1, sizeof *backing, "trace");
	arena_init(&backing->names);
	struct reading r = {
		.path = path, .subset = subset, .arena = &backing->names, .place = place, .diag = diag,
	};
	*set = (struct demand_set){0};
	bool well = archive_read(path, wanted, keep, &r, place, diag) && is_complete(&r);
	if (well) {
		table_make(&r, set, backing);
	} else {
		arena_fini(&backing->names);
		free(backing);
	}
	free(r.parts);
	free(r.rows);
	free(r.samples);
	return well;
}

const struct trace_reader planetlab_reader = {
	"planetlab", "a folder a day, a file a machine, a whole percent of CPU a line every five minutes", 1,
	planetlab_read,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a day of the PlanetLab trace from a folder or an archive. */
#include "scenarios/planetlab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/archive.h"
#include "scenarios/part.h"
#include "sim/memory.h"
#include "sim/time.h"

#define PERIOD_NS (5 * NS_PER_MIN)
#define PERCENT 100
#define ROW_ALIGN 16u           /* models/demand.h: rows start at multiples of 16 bytes */

struct row {
	const char *name;       /* of the file, without folders */
	size_t first;           /* in reading.samples */
	uint32_t count;
};

struct reading {
	struct part part;
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

static bool wanted(void *context, const char *path)
{
	struct reading *r = context;
	return part_wants(&r->part, path);
}

static bool keep(void *context, const struct archive_file *file)
{
	struct reading *r = context;
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
		diag_error(r->diag, r->place, "trace %s: %s%s: %s", r->part.path, file->name, line,
		           mistake.text);
		r->failed = true;
		return false;
	}
	ARRAY_GROW(r->rows, r->row_count, r->row_room, "rows of a trace");
	const char *slash = strrchr(file->name, '/');
	const char *name = slash ? slash + 1 : file->name;
	r->rows[r->row_count++] = (struct row){arena_string(r->part.arena, name), r->sample_count, count};
	r->sample_count += count;
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->name, ((const struct row *)b)->name);
}

/* Is what was read one day, with each name once? */
static bool is_complete(struct reading *r)
{
	if (r->failed || !part_check(&r->part, r->row_count, r->place, r->diag))
		return false;
	qsort(r->rows, r->row_count, sizeof *r->rows, by_name);
	for (uint32_t i = 1; i < r->row_count; i++) {
		if (strcmp(r->rows[i - 1].name, r->rows[i].name) != 0)
			continue;
		diag_error(r->diag, r->place, "trace %s: file %s is there twice", r->part.path,
		           r->rows[i].name);
		return false;
	}
	return true;
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
		             r->part.path, held, r->row_count, count, first->name, first->count);
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
	bool named = r->part.chosen && *r->part.chosen;
	*set = (struct demand_set){
		.name = named ? arena_printf(&backing->names, "planetlab/%s", r->part.chosen) : "planetlab",
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
		.part = {.path = path, .subset = subset, .arena = &backing->names},
		.place = place,
		.diag = diag,
	};
	*set = (struct demand_set){0};
	bool well = archive_read(path, wanted, keep, &r, place, diag) && is_complete(&r);
	if (well) {
		table_make(&r, set, backing);
	} else {
		arena_fini(&backing->names);
		free(backing);
	}
	part_fini(&r.part);
	free(r.rows);
	free(r.samples);
	return well;
}

const struct trace_reader planetlab_reader = {
	"planetlab", "a folder a day, a file a machine, a whole percent of CPU a line every five minutes", 1,
	planetlab_read,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads results files: the summary, and any table or series by its name. */
#include "analysis/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/h5.h"
#include "analysis/seal.h"
#include "sim/fault.h"
#include "sim/memory.h"

#define PATH_BYTES 192
#define COLUMNS_MAX 64
#define WORDS_MAX 64

struct kept_series {
	const char *path;
	struct results_series series;
	struct kept_series *next;
};

struct results {
	struct h5 *file;
	struct arena arena;          /* what lives as long as the file is open */
	struct arena table_arena;    /* what lives until the next table is read */
	const char **paths;          /* "entities/hosts": tables in the order of the file's list */
	struct results_table_info *infos; /* the same as "hosts" */
	uint32_t table_count;
	struct results_table table;
	struct kept_series *series;
	uint64_t seed;
};

/* Cuts a text at its blanks; the words point into a copy of it. Returns how many, at most `most`. */
static uint32_t words_of(struct arena *arena, const char *text, const char **words, uint32_t most)
{
	uint32_t count = 0;
	char *rest = arena_string(arena, text), *word;
	while (count < most && (word = strsep(&rest, " ")) != NULL)
		if (*word)
			words[count++] = word;
	return count;
}

static const char *shown_name(const char *path)
{
	const char *entities = "entities/";
	return strncmp(path, entities, strlen(entities)) == 0 ? path + strlen(entities) : path;
}

static void tables_list(struct results *r)
{
	const char *words[WORDS_MAX];
	const char *order = h5_marked(r->file, "/", "tables", &r->arena);
	uint32_t count = words_of(&r->arena, order ? order : "", words, WORDS_MAX);
	r->paths = arena_new(&r->arena, count, sizeof *r->paths);
	r->infos = arena_new(&r->arena, count, sizeof *r->infos);
	for (uint32_t i = 0; i < count; i++) {
		const char *summary = h5_marked(r->file, words[i], "long_name", &r->arena);
		r->paths[r->table_count] = words[i];
		r->infos[r->table_count++] =
			(struct results_table_info){shown_name(words[i]), summary ? summary : ""};
	}
}

/* Every file of this schema has the figures up to the digest: one that is missing was lost. */
static bool summary_is_whole(struct h5 *file)
{
	for (const struct figure *f = summary_figures; f->name; f++) {
		struct h5_shape shape;
		char path[PATH_BYTES];
		snprintf(path, sizeof path, "summary/%s", f->name);
		if (!h5_shape(file, path, &shape) || shape.count != 1)
			return false;
		if (strcmp(f->name, "digest") == 0)
			break;
	}
	return true;
}

struct results *results_open(const char *path, const char **why)
{
	uint64_t version;
	struct h5 *file = seal_check(path, why) ? h5_open(path, why) : NULL;
	if (!file)
		return NULL;
	bool marked = h5_marked_u64(file, "/", "schema_version", &version);
	if (!marked || version == 0 || version > RESULTS_SCHEMA_VERSION) {
		*why = marked && version ? "has a newer schema than this program reads"
		                         : "is an HDF5 file, but not one of vdcsim's results";
		h5_close(file);
		return NULL;
	}
	if (!summary_is_whole(file)) {
		*why = "is damaged: figures of its summary are missing";
		h5_close(file);
		return NULL;
	}
	struct results *r = memory_new(1, sizeof *r, "results file");
	r->file = file;
	arena_init(&r->arena);
	arena_init(&r->table_arena);
	if (!h5_marked_u64(file, "/", "seed", &r->seed))
		r->seed = 0;
	tables_list(r);
	return r;
}

void results_close(struct results *r)
{
	if (!r)
		return;
	h5_close(r->file);
	arena_fini(&r->table_arena);
	arena_fini(&r->arena);
	free(r);
}

static const char *text_at(struct results *r, const char *path)
{
	struct h5_shape shape;
	const char *text = "";
	if (h5_shape(r->file, path, &shape) && shape.type == H5_TYPE_TEXT && shape.count == 1)
		h5_read_texts(r->file, path, &r->arena, &text);
	return text;
}

/* A figure that the file does not have (it is younger than the file) stays 0. */
static void figures_read(struct results *r, const char *group, const struct figure *figures, char *into)
{
	for (const struct figure *f = figures; f->name; f++) {
		struct h5_shape shape;
		char path[PATH_BYTES];
		snprintf(path, sizeof path, "%s/%s", group, f->name);
		if (!h5_shape(r->file, path, &shape) || shape.count != 1)
			continue;
		if (f->kind == FIGURE_TEXT) {
			const char *text = text_at(r, path);
			memcpy(into + f->offset, text, strnlen(text, f->size - 1));
		} else if (shape.type != H5_TYPE_TEXT) {
			h5_read(r->file, path, f->kind == FIGURE_COUNT ? H5_TYPE_U64 : H5_TYPE_F64,
			        into + f->offset);
		}
	}
}

void results_summary(struct results *r, struct summary *s, struct provenance *p)
{
	*s = (struct summary){0};
	*p = (struct provenance){0};
	figures_read(r, "summary", summary_figures, (char *)s);
	figures_read(r, "provenance", provenance_figures, (char *)p);
}

const char *results_scenario_name(struct results *r)
{
	return text_at(r, "scenario/name");
}

const char *results_scenario_text(struct results *r)
{
	return text_at(r, "scenario/text");
}

uint64_t results_seed(struct results *r)
{
	return r->seed;
}

const char *const *results_overrides(struct results *r, uint32_t *count)
{
	struct h5_shape shape;
	*count = 0;
	if (!h5_shape(r->file, "scenario/overrides", &shape) || shape.type != H5_TYPE_TEXT
	    || shape.count == 0)
		return NULL;
	const char **texts = arena_new(&r->arena, shape.count, sizeof *texts);
	if (!h5_read_texts(r->file, "scenario/overrides", &r->arena, texts))
		return NULL;
	*count = (uint32_t)shape.count;
	return texts;
}

const char *results_keep(struct results *r, const char *text)
{
	return arena_string(&r->arena, text);
}

const struct results_table_info *results_tables(struct results *r, uint32_t *n)
{
	*n = r->table_count;
	return r->infos;
}

/* Whole numbers that stand for words become the words; one without a word stays empty. */
static void column_words(struct arena *arena, struct results_column *column, uint64_t rows,
                         const char *meanings)
{
	const char *words[WORDS_MAX];
	uint32_t count = words_of(arena, meanings, words, WORDS_MAX);
	const char **texts = arena_new(arena, rows, sizeof *texts);
	for (uint64_t i = 0; i < rows; i++) {
		uint64_t value = (uint64_t)column->ints[i];
		texts[i] = value < count ? words[value] : "";
	}
	column->texts = texts;
	column->type = RESULTS_TEXT;
}

static bool column_read(struct results *r, const char *group, struct results_column *column, uint64_t *rows)
{
	struct arena *arena = &r->table_arena;
	struct h5_shape shape;
	char path[PATH_BYTES];
	if (snprintf(path, sizeof path, "%s/%s", group, column->name) >= (int)sizeof path)
		return false;
	if (!h5_shape(r->file, path, &shape) || shape.rank != 1
	    || (*rows != UINT64_MAX && *rows != shape.count))
		return false;
	*rows = shape.count;
	column->unit = h5_marked(r->file, path, "units", arena);
	column->long_name = h5_marked(r->file, path, "long_name", arena);
	if (shape.type == H5_TYPE_TEXT) {
		const char **texts = arena_new(arena, shape.count, sizeof *texts);
		column->type = RESULTS_TEXT;
		column->texts = texts;
		return h5_read_texts(r->file, path, arena, texts);
	}
	void *values = arena_new(arena, shape.count, 8);
	if (!h5_read(r->file, path, shape.type, values))
		return false;
	column->type = shape.type == H5_TYPE_I64 ? RESULTS_INT : RESULTS_REAL;
	if (column->type == RESULTS_INT)
		column->ints = values;
	else
		column->reals = values;
	const char *meanings = h5_marked(r->file, path, "flag_meanings", arena);
	if (meanings && column->type == RESULTS_INT)
		column_words(arena, column, shape.count, meanings);
	return true;
}

static const struct results_column *column_named(const struct results_table *table, const char *name)
{
	for (uint32_t i = 0; i < table->column_count; i++)
		if (strcmp(table->columns[i].name, name) == 0)
			return &table->columns[i];
	return NULL;
}

/* Names of hosts or guests: their group's name and their number, as world_host_name makes them. */
static const char *const *names_of(struct results *r, const struct results_table *table, const char *groups)
{
	const struct results_column *type = column_named(table, "type"),
				    *number = column_named(table, "number");
	struct results_column group = {.name = "name"};
	uint64_t group_count = UINT64_MAX;
	if (!type || !number || type->type != RESULTS_INT || number->type != RESULTS_INT
	    || !column_read(r, groups, &group, &group_count) || group.type != RESULTS_TEXT)
		return NULL;
	const char **names = arena_new(&r->table_arena, table->rows, sizeof *names);
	for (uint64_t i = 0; i < table->rows; i++) {
		uint64_t of = (uint64_t)type->ints[i];
		names[i] = arena_printf(&r->table_arena, "%s-%lld", of < group_count ? group.texts[of] : "?",
		                        (long long)number->ints[i]);
	}
	return names;
}

static void names_add(struct results *r, struct results_table *table, const char *groups)
{
	const char *const *names = names_of(r, table, groups);
	if (!names)
		return;
	memmove(table->columns + 2, table->columns + 1, (table->column_count - 1) * sizeof *table->columns);
	table->columns[1] = (struct results_column){
		.name = "name", .long_name = "group and number", .type = RESULTS_TEXT, .texts = names};
	table->column_count++;
}

static bool columns_read(struct results *r, const char *path, struct results_table *table)
{
	const char *names[COLUMNS_MAX];
	const char *order = h5_marked(r->file, path, "columns", &r->table_arena);
	uint64_t rows = UINT64_MAX;
	uint32_t count = words_of(&r->table_arena, order ? order : "", names, COLUMNS_MAX);
	if (!count)
		return false;
	table->columns = arena_new(&r->table_arena, count + 1, sizeof *table->columns);
	table->column_count = count;
	for (uint32_t i = 0; i < count; i++) {
		table->columns[i].name = names[i];
		if (!column_read(r, path, &table->columns[i], &rows))
			return false;
	}
	table->rows = rows;
	if (strcmp(path, "entities/hosts") == 0)
		names_add(r, table, "entities/host_types");
	if (strcmp(path, "entities/host_scheduling") == 0)
		names_add(r, table, "entities/host_types");
	if (strcmp(path, "entities/vm_scheduling") == 0)
		names_add(r, table, "entities/vm_types");
	if (strcmp(path, "entities/vms") == 0)
		names_add(r, table, "entities/vm_types");
	return true;
}

/* Names of the entities of a series: of hosts made up, of sites stored. */
static const char *const *entity_names(struct results *r, const char *path, uint64_t count)
{
	bool hosts = strncmp(path, "series/hosts/", strlen("series/hosts/")) == 0;
	struct results_table table = {0};
	if (!columns_read(r, hosts ? "entities/hosts" : "entities/sites", &table) || table.rows != count)
		return NULL;
	const struct results_column *name = column_named(&table, "name");
	return name ? name->texts : NULL;
}

static bool series_as_table(struct results *r, const char *path, struct results_table *table)
{
	struct results_series series;
	if (!results_series(r, path, &series))
		return false;
	const char *const *names = entity_names(r, path, series.entities);
	if (!names || series.entities >= UINT32_MAX)
		return false;
	table->columns = arena_new(&r->table_arena, series.entities + 1, sizeof *table->columns);
	table->column_count = (uint32_t)series.entities + 1;
	table->rows = series.times;
	table->columns[0] = (struct results_column){
		.name = "time_s", .unit = "s", .long_name = "start of the interval", .type = RESULTS_REAL,
		.reals = series.time_s};
	for (uint64_t e = 0; e < series.entities; e++) {
		double *values = arena_new(&r->table_arena, series.times, sizeof *values);
		for (uint64_t t = 0; t < series.times; t++)
			values[t] = (double)series.values[t * series.entities + e];
		table->columns[e + 1] = (struct results_column){
			.name = names[e], .unit = series.unit, .long_name = series.long_name,
			.type = RESULTS_REAL, .reals = values};
	}
	return true;
}

const struct results_table *results_table(struct results *r, const char *name)
{
	for (uint32_t i = 0; i < r->table_count; i++) {
		const char *path = r->paths[i];
		if (strcmp(name, r->infos[i].name) != 0 && strcmp(name, path) != 0)
			continue;
		arena_fini(&r->table_arena);
		arena_init(&r->table_arena);
		r->table = (struct results_table){.name = r->infos[i].name, .summary = r->infos[i].summary};
		bool series = strncmp(path, "series/", strlen("series/")) == 0;
		bool done = series ? series_as_table(r, path, &r->table) : columns_read(r, path, &r->table);
		return done ? &r->table : NULL;
	}
	return NULL;
}

static bool series_read(struct results *r, const char *path, struct results_series *series)
{
	struct h5_shape shape, time;
	if (!h5_shape(r->file, path, &shape) || shape.rank != 2 || shape.type != H5_TYPE_F64
	    || !h5_shape(r->file, "series/time_s", &time) || time.count != shape.size[0]
	    || time.type != H5_TYPE_F64)
		return false;
	double *time_s = arena_new(&r->arena, time.count, sizeof *time_s);
	float *values = arena_new(&r->arena, shape.count, sizeof *values);
	*series = (struct results_series){
		.times = shape.size[0], .entities = shape.size[1], .time_s = time_s, .values = values,
		.unit = h5_marked(r->file, path, "units", &r->arena),
		.long_name = h5_marked(r->file, path, "long_name", &r->arena),
	};
	return h5_read(r->file, "series/time_s", H5_TYPE_F64, time_s)
	    && h5_read(r->file, "series/interval_s", H5_TYPE_F64, &series->interval_s)
	    && h5_read(r->file, path, H5_TYPE_F32, values);
}

bool results_series(struct results *r, const char *name, struct results_series *series)
{
	for (struct kept_series *kept = r->series; kept; kept = kept->next) {
		if (strcmp(kept->path, name) == 0) {
			*series = kept->series;
			return true;
		}
	}
	if (strncmp(name, "series/", strlen("series/")) != 0 || !series_read(r, name, series))
		return false;
	struct kept_series *kept = arena_new(&r->arena, 1, sizeof *kept);
	*kept = (struct kept_series){arena_string(&r->arena, name), *series, r->series};
	r->series = kept;
	return true;
}

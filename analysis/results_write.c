/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes results files: scenario, tables, series, summary, provenance, in this order (analysis/results.md).
 */
#include "analysis/results.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/h5.h"
#include "analysis/save.h"
#include "analysis/schema.h"
#include "analysis/seal.h"
#include "sim/memory.h"
#include "sim/time.h"

#define PATH_BYTES 160
#define FIELDS_MAX 64
/* Rows converted for all columns before going on: their elements stay in cache. */
#define ROWS_AT_ONCE 1024

static enum h5_type stored_type(enum field_form form)
{
	switch (form) {
	case FIELD_ROW:
	case FIELD_ID: return H5_TYPE_I32;
	case FIELD_U32:
	case FIELD_I64: return H5_TYPE_I64;
	case FIELD_FLAG:
	case FIELD_ENUM: return H5_TYPE_U8;
	case FIELD_TEXT: return H5_TYPE_TEXT;
	default: return H5_TYPE_F64;
	}
}

static size_t stored_bytes(enum field_form form)
{
	switch (stored_type(form)) {
	case H5_TYPE_U8: return 1;
	case H5_TYPE_I32: return 4;
	default: return 8; /* a text as a pointer, until it is written */
	}
}

static double seconds_or_never(int64_t ns)
{
	return ns < 0 || ns == TIME_MAX_NS ? (double)NAN : time_s(ns);
}

/* The element's member as the C type `type`. */
#define MEMBER(type) (*(type const *)(const void *)(at + i * stride))
#define CONVERT(stored, expression) \
	for (uint64_t i = 0; i < rows; i++) \
		((stored *)column)[first + i] = (stored)(expression); \
	break

/* Converts rows first .. first+rows-1 of one column. */
static void column_fill(void *column, const struct schema_table *t, const struct field *f,
                        const uint64_t range[2])
{
	uint64_t first = range[0], rows = range[1];
	size_t stride = t->stride[f->from];
	const char *at =
		t->base[f->from] ? (const char *)t->base[f->from] + first * stride + f->offset : NULL;
	switch (f->form) {
	case FIELD_ROW: CONVERT(int32_t, first + i);
	case FIELD_ID: CONVERT(int32_t, MEMBER(uint32_t)); /* ID_NONE becomes -1 */
	case FIELD_U32: CONVERT(int64_t, MEMBER(uint32_t));
	case FIELD_I64: CONVERT(int64_t, MEMBER(int64_t));
	case FIELD_F64: CONVERT(double, MEMBER(double));
	case FIELD_FLAG: CONVERT(uint8_t, MEMBER(bool));
	case FIELD_ENUM: CONVERT(uint8_t, MEMBER(unsigned));
	case FIELD_TEXT: CONVERT(const char *, MEMBER(const char *));
	case FIELD_TIME: CONVERT(double, seconds_or_never(MEMBER(int64_t)));
	case FIELD_GHZ: CONVERT(double, (double)MEMBER(int64_t) / 1e9);
	case FIELD_WORK: CONVERT(double, wide_double(MEMBER(wide)) / 3.6e21);
	case FIELD_ENERGY: CONVERT(double, wide_double(MEMBER(wide)) / 2e15);
	}
}

/* CF's way of naming the values 0, 1, 2 ...: one word each, so blanks within become underscores. */
static void write_meanings(struct h5 *file, const char *path, const struct field *f)
{
	char words[512];
	size_t used = 0;
	for (unsigned i = 0; i < f->meaning_count; i++) {
		used += (size_t)snprintf(words + used, sizeof words - used, "%s%s", i ? " " : "",
		                         f->meanings[i]);
		ASSERT(used < sizeof words);
		for (char *c = words + used - strlen(f->meanings[i]); *c; c++)
			*c = *c == ' ' ? '_' : *c;
	}
	h5_mark(file, path, "flag_meanings", words);
}

static void write_column(struct h5 *file, const struct schema_table *t, const struct field *f,
                         const void *column)
{
	char path[PATH_BYTES];
	snprintf(path, sizeof path, "%s/%s", t->path, f->name);
	h5_write(file, &(struct h5_array){
			       .path = path,
			       .unit = f->unit,
			       .long_name = f->long_name,
			       .type = stored_type(f->form),
			       .rank = 1,
			       .size = {t->rows},
			       .values = column,
		       });
	if (f->form == FIELD_ENUM)
		write_meanings(file, path, f);
}

static void write_table(struct h5 *file, const struct schema_table *t)
{
	void *columns[FIELDS_MAX];
	char names[1024] = "";
	size_t used = 0;
	unsigned count = 0;
	for (; t->fields[count].name; count++) {
		ASSERT(count < FIELDS_MAX);
		columns[count] =
			memory_new(t->rows, stored_bytes(t->fields[count].form), "a column of the results");
		used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", count ? " " : "",
		                         t->fields[count].name);
	}
	ASSERT(used < sizeof names);
	for (uint64_t first = 0; first < t->rows; first += ROWS_AT_ONCE) {
		uint64_t range[2] = {first, t->rows - first < ROWS_AT_ONCE ? t->rows - first : ROWS_AT_ONCE};
		for (unsigned c = 0; c < count; c++)
			column_fill(columns[c], t, &t->fields[c], range);
	}
	h5_group(file, t->path, t->long_name);
	h5_mark(file, t->path, "columns", names);
	for (unsigned c = 0; c < count; c++) {
		write_column(file, t, &t->fields[c], columns[c]);
		free(columns[c]);
	}
}

static void write_figures(struct h5 *file, const char *group, const struct figure *figures, const void *of)
{
	static const enum h5_type types[] = {
		[FIGURE_COUNT] = H5_TYPE_U64, [FIGURE_REAL] = H5_TYPE_F64, [FIGURE_TEXT] = H5_TYPE_TEXT,
	};
	for (const struct figure *f = figures; f->name; f++) {
		char path[PATH_BYTES];
		const char *value = (const char *)of + f->offset;
		snprintf(path, sizeof path, "%s/%s", group, f->name);
		struct h5_array array = {
			.path = path,
			.unit = f->kind == FIGURE_TEXT ? NULL : f->unit,
			.long_name = f->long_name,
			.type = types[f->kind],
			.values = f->kind == FIGURE_TEXT ? (const void *)&value : value,
			.text_bytes = f->size, /* fixed: other words of provenance move no byte */
		};
		h5_write(file, &array);
	}
}

#define TILE ((size_t)32)

static size_t tile_end(size_t first, size_t count)
{
	return count - first < TILE ? count : first + TILE;
}

/* [host][interval] to [interval][host], in tiles that stay in cache. */
static float *transposed(const float *from, size_t entities, size_t times)
{
	float *to = memory_new(entities * times, sizeof *to, "series of the results");
	size_t columns = (times + TILE - 1) / TILE, tiles = (entities + TILE - 1) / TILE * columns;
	for (size_t tile = 0; tile < tiles; tile++) {
		size_t e0 = tile / columns * TILE, t0 = tile % columns * TILE;
		for (size_t e = e0; e < tile_end(e0, entities); e++)
			for (size_t t = t0; t < tile_end(t0, times); t++)
				to[t * entities + e] = from[e * times + t];
	}
	return to;
}

static double *transposed_doubles(const double *from, size_t entities, size_t times)
{
	double *to = memory_new(entities * times, sizeof *to, "series of the results");
	for (size_t e = 0; e < entities; e++)
		for (size_t t = 0; t < times; t++)
			to[t * entities + e] = from[e * times + t];
	return to;
}

struct series_level {            /* series/hosts or series/sites */
	const char *group, *scale, *label;
	uint32_t entities;
	bool hosts;
};

static void write_one_series(struct h5 *file, const struct record *r, const struct series_level *level,
                             unsigned s)
{
	char path[PATH_BYTES];
	snprintf(path, sizeof path, "%s/%s", level->group, series_table[s].name);
	void *values =
		level->hosts ? (void *)transposed(r->host_series[s], level->entities, r->intervals)
			     : (void *)transposed_doubles(r->site_series[s], level->entities, r->intervals);
	h5_write(file, &(struct h5_array){
		.path = path, .unit = series_table[s].unit,
		.long_name = level->hosts ? series_table[s].host_long_name : series_table[s].site_long_name,
		.type = level->hosts ? H5_TYPE_F32 : H5_TYPE_F64,
		.rank = 2, .size = {r->intervals, level->entities}, .values = values,
	});
	free(values);
	h5_attach(file, path, "series/time_s", 0, "time");
	h5_attach(file, path, level->scale, 1, level->label);
}

static void write_series_level(struct h5 *file, const struct record *r, const struct series_level *level)
{
	h5_group(file, level->group, NULL);
	h5_scale(file, level->scale, level->label);
	for (unsigned s = 0; s < SERIES_COUNT; s++)
		write_one_series(file, r, level, s);
}

static void write_series(struct h5 *file, const struct record *r)
{
	h5_group(file, "series", "means over intervals, [time][entity]");
	double *time = memory_new(r->intervals, sizeof *time, "series of the results");
	for (uint32_t k = 0; k < r->intervals; k++)
		time[k] = time_s(k * r->options.interval_ns);
	h5_write(file, &(struct h5_array){
			       .path = "series/time_s",
			       .unit = "s",
			       .long_name = "start of the interval",
			       .type = H5_TYPE_F64,
			       .rank = 1,
			       .size = {r->intervals},
			       .values = time,
		       });
	free(time);
	double length_s = time_s(r->options.interval_ns);
	h5_write(file, &(struct h5_array){
			       .path = "series/interval_s",
			       .unit = "s",
			       .long_name = "length of an interval; the last ends with the run",
			       .type = H5_TYPE_F64,
			       .values = &length_s,
		       });
	h5_scale(file, "series/time_s", "time");
	if (r->options.sites)
		write_series_level(file, r, &(struct series_level){
			"series/sites", "entities/sites/id", "site", r->world->site_count, false});
	if (r->options.hosts)
		write_series_level(file, r, &(struct series_level){
			"series/hosts", "entities/hosts/id", "host", r->world->host_count, true});
}

static void write_scenario(struct h5 *file, const struct results_input *in)
{
	uint8_t generated = in->generated;
	h5_group(file, "scenario", "what was run");
	h5_text(file, "scenario/name", "name of the scenario", in->scenario_name);
	h5_text(file, "scenario/text", "the scenario's file as it was read", in->scenario_text);
	h5_write(file, &(struct h5_array){
			       .path = "scenario/overrides",
			       .long_name = "values given with --set, in order",
			       .type = H5_TYPE_TEXT,
			       .rank = 1,
			       .size = {in->override_count},
			       .values = in->overrides,
		       });
	h5_write(file, &(struct h5_array){
		.path = "scenario/generated", .type = H5_TYPE_U8, .values = &generated,
		.long_name = "1: a trace was not there and generated demand stands in for it",
	});
}

static void write_root(struct h5 *file, const struct results_input *in)
{
	char title[256];
	snprintf(title, sizeof title, "vdcsim: %.200s", in->scenario_name);
	h5_mark(file, "/", "title", title);
	h5_mark(file, "/", "Conventions", "vdcsim-results-1");
	h5_mark_u64(file, "/", "schema_version", RESULTS_SCHEMA_VERSION);
	h5_mark_u64(file, "/", "seed", in->seed);
	h5_mark(file, "/", "digest", in->summary->digest);
}

/* The order in which tables are shown: in HDF5 a group's members have none. */
static void write_order(struct h5 *file, const struct schema_table *tables, unsigned count,
                        const struct record *r)
{
	char order[1024] = "";
	size_t used = 0;
	for (unsigned i = 0; i < count; i++)
		used += (size_t)snprintf(order + used, sizeof order - used, "%s%s", i ? " " : "",
		                         tables[i].path);
	for (unsigned s = 0; s < SERIES_COUNT && r->options.sites; s++)
		used += (size_t)snprintf(order + used, sizeof order - used, " series/sites/%s",
		                         series_table[s].name);
	for (unsigned s = 0; s < SERIES_COUNT && r->options.hosts; s++)
		used += (size_t)snprintf(order + used, sizeof order - used, " series/hosts/%s",
		                         series_table[s].name);
	ASSERT(used < sizeof order);
	h5_mark(file, "/", "tables", order);
}

static void write_tables(struct h5 *file, const struct results_input *in)
{
	struct schema schema;
	struct schema_table tables[SCHEMA_TABLES];
	schema_init(&schema, in);
	unsigned count = schema_tables(tables, in, &schema);
	h5_group(file, "entities", "what is in the datacenter");
	for (unsigned i = 0; i < count; i++)
		write_table(file, &tables[i]);
	write_order(file, tables, count, in->record);
	schema_fini(&schema);
}

void results_write(const char *path, const struct results_input *in)
{
	size_t size;
	struct h5 *file = h5_new();
	write_root(file, in);
	write_scenario(file, in);
	write_tables(file, in);
	if (in->record->options.hosts || in->record->options.sites)
		write_series(file, in->record);
	h5_group(file, "summary", "figures of the run");
	write_figures(file, "summary", summary_figures, in->summary);
	h5_group(file, "provenance", "what differs from run to run");
	write_figures(file, "provenance", provenance_figures, in->provenance);
	const void *bytes = h5_bytes(file, &size);
	const struct seal seal = seal_of(bytes, size);
	save_parts(path, (const struct save_part[]){{bytes, size}, {&seal, sizeof seal}}, 2);
	h5_close(file);
}

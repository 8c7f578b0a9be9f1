/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a collected study. */
#include "cli/study_table.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/h5.h"
#include "analysis/seal.h"
#include "cli/json.h"

/* Splits at line ends; how many. */
static const char **lines_of(struct study_table *t, const char *text, uint32_t *count)
{
	uint32_t n = 0, room = 0;
	const char **list = NULL;
	for (char *line = text && *text ? arena_string(&t->arena, text) : NULL; line;) {
		char *end = strchr(line, '\n');
		if (end)
			*end = '\0';
		ARRAY_GROW(list, n, room, "names");
		list[n++] = line;
		line = end ? end + 1 : NULL;
	}
	const char **kept = arena_new(&t->arena, n, sizeof *kept);
	if (n)
		memcpy(kept, list, n * sizeof *kept);
	free(list);
	*count = n;
	return kept;
}

/* An array of one element a row; what it is read as decides `type`. */
static void *column_of(struct study_table *t, const char *path, enum h5_type type)
{
	struct h5_shape shape;
	if (!h5_shape(t->file, path, &shape) || shape.rank != 1 || shape.count != t->rows)
		return NULL;
	void *values = arena_new(&t->arena, t->rows, sizeof(uint64_t));
	return h5_read(t->file, path, type, values) ? values : NULL;
}

static bool parameter_read(struct study_table *t, struct study_column *column, const char *key)
{
	struct h5_shape shape;
	const char *path = arena_printf(&t->arena, "/parameters/%s", key);
	column->name = key;
	column->unit = h5_marked(t->file, path, "units", &t->arena);
	if (!h5_shape(t->file, path, &shape) || shape.rank != 1 || shape.count != t->rows)
		return false;
	column->texts = arena_new(&t->arena, t->rows, sizeof *column->texts);
	if (shape.type == H5_TYPE_TEXT)
		return h5_read_texts(t->file, path, &t->arena, column->texts);
	column->reals = column_of(t, path, H5_TYPE_F64);
	bool plain = !column->unit || strcmp(column->unit, "1") == 0;
	for (uint32_t i = 0; column->reals && i < t->rows; i++) {
		char number[40];
		real_text(column->reals[i], number, sizeof number);
		column->texts[i] = arena_printf(&t->arena, "%s%s%s", number, plain ? "" : " ",
		                                plain ? "" : column->unit);
	}
	return column->reals != NULL;
}

static bool read_all(struct study_table *t)
{
	struct h5_shape shape;
	uint32_t keys, axes;
	if (!h5_shape(t->file, "/runs/point", &shape) || shape.rank != 1 || shape.count > UINT32_MAX)
		return false;
	t->rows = (uint32_t)shape.count;
	t->replication = column_of(t, "/runs/replication", H5_TYPE_U64);
	t->seed = column_of(t, "/runs/seed", H5_TYPE_U64);
	t->done = column_of(t, "/runs/done", H5_TYPE_U64);
	const char **names = lines_of(t, h5_marked(t->file, "/parameters", "keys", &t->arena), &keys);
	const char **numbers = lines_of(t, h5_marked(t->file, "/parameters", "axes", &t->arena), &axes);
	t->chosen = lines_of(t, h5_marked(t->file, "/metrics", "chosen", &t->arena), &t->chosen_count);
	t->parameters = arena_new(&t->arena, keys, sizeof *t->parameters);
	for (t->parameter_count = 0; t->parameter_count < keys; t->parameter_count++)
		if (!parameter_read(t, &t->parameters[t->parameter_count], names[t->parameter_count]))
			return false;
	for (uint32_t k = 0; k < keys && axes == keys; k++)
		t->parameters[k].axis = numbers[k];
	return axes == keys && t->replication && t->seed && t->done;
}

bool study_table_open(struct study_table *table, const char *path, const char **why)
{
	*table = (struct study_table){0};
	arena_init(&table->arena);
	table->file = seal_check(path, why) ? h5_open(path, why) : NULL;
	if (table->file && read_all(table))
		return true;
	if (table->file)
		*why = "is no collected study (`vdcsim sweep collect` makes one)";
	study_table_close(table);
	return false;
}

void study_table_close(struct study_table *table)
{
	if (table->file)
		h5_close(table->file);
	arena_fini(&table->arena);
	*table = (struct study_table){0};
}

const struct study_column *study_table_metric(struct study_table *table, const char *name)
{
	const char *path = arena_printf(&table->arena, "/metrics/%s", name);
	double *values = strchr(name, '/') ? NULL : column_of(table, path, H5_TYPE_F64);
	if (!values)
		return NULL;
	struct study_column *column = arena_new(&table->arena, 1, sizeof *column);
	*column = (struct study_column){.name = arena_string(&table->arena, name), .reals = values,
		.unit = h5_marked(table->file, path, "units", &table->arena)};
	return column;
}

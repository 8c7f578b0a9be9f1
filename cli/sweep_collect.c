/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the logs of a sweep to one file. */
#include "cli/sweep_collect.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/h5.h"
#include "analysis/save.h"
#include "analysis/seal.h"
#include "scenarios/quantity.h"

/* The records of the study's runs, sorted; indices into sweep.records. */
struct rows {
	const struct sweep *sweep;
	uint32_t *at, count;
	struct h5 *file;
};

static int by_run(const void *a, const void *b, void *context)
{
	const struct sweep *sweep = context;
	const struct run_record *x = &sweep->records[*(const uint32_t *)a];
	const struct run_record *y = &sweep->records[*(const uint32_t *)b];
	if (x->point != y->point)
		return x->point < y->point ? -1 : 1;
	return (x->replication > y->replication) - (x->replication < y->replication);
}

static void rows_open(struct rows *rows, const struct sweep *sweep)
{
	*rows = (struct rows){.sweep = sweep, .file = h5_new()};
	rows->at = memory_new(sweep->count, sizeof *rows->at, "rows of runs");
	for (uint32_t i = 0; i < sweep->count; i++)
		if (sweep_is_ours(sweep, &sweep->records[i]))
			rows->at[rows->count++] = i;
	qsort_r(rows->at, rows->count, sizeof *rows->at, by_run, (void *)(uintptr_t)sweep);
}

static const struct run_record *row(const struct rows *rows, uint32_t i)
{
	return &rows->sweep->records[rows->at[i]];
}

static void column(const struct rows *rows, const char *path, const char *unit, const char *long_name,
                   const double *values)
{
	h5_write(rows->file, &(struct h5_array){.path = path, .unit = unit, .long_name = long_name,
		.type = H5_TYPE_F64, .rank = 1, .size = {rows->count}, .values = values});
}

static void whole_column(const struct rows *rows, const char *path, const char *long_name,
                         uint64_t (*of)(const struct run_record *record))
{
	uint64_t *values = memory_new(rows->count, sizeof *values, "column of runs");
	for (uint32_t i = 0; i < rows->count; i++)
		values[i] = of(row(rows, i));
	h5_write(rows->file, &(struct h5_array){.path = path, .unit = "1", .long_name = long_name,
		.type = H5_TYPE_U64, .rank = 1, .size = {rows->count}, .values = values});
	free(values);
}

static void text_column(const struct rows *rows, const char *path, const char *long_name,
                        const char *const *values)
{
	h5_write(rows->file, &(struct h5_array){.path = path, .long_name = long_name, .type = H5_TYPE_TEXT,
		.rank = 1, .size = {rows->count}, .values = values});
}

static uint64_t point_of(const struct run_record *r) { return r->point; }
static uint64_t replication_of(const struct run_record *r) { return r->replication; }
static uint64_t seed_of(const struct run_record *r) { return r->seed; }
static uint64_t done_of(const struct run_record *r) { return r->end == RUN_DONE; }
static uint64_t status_of(const struct run_record *r) { return (uint64_t)r->status; }
static uint64_t generated_of(const struct run_record *r) { return r->generated; }
static uint64_t rss_of(const struct run_record *r) { return (uint64_t)r->peak_rss_bytes; }

static void runs_write(const struct rows *rows, struct arena *arena)
{
	double *wall = memory_new(rows->count, sizeof *wall, "column of runs");
	double *cpu = memory_new(rows->count, sizeof *cpu, "column of runs");
	const char **digest = memory_new(rows->count, sizeof *digest, "column of runs");
	const char **name = memory_new(rows->count, sizeof *name, "column of runs");
	for (uint32_t i = 0; i < rows->count; i++) {
		const struct run_record *r = row(rows, i);
		wall[i] = (double)r->wall_ns / 1e9;
		cpu[i] = (double)r->cpu_ns / 1e9;
		digest[i] = r->digest;
		name[i] = arena_printf(arena, "%016" PRIx64, r->name);
	}
	h5_group(rows->file, "/runs", "one element a run, in order of point and replication");
	whole_column(rows, "/runs/point", "number of the point in the study's design", point_of);
	whole_column(rows, "/runs/replication", "number of the replication of the point", replication_of);
	whole_column(rows, "/runs/seed", "seed of all chance", seed_of);
	whole_column(rows, "/runs/done", "1: has figures; 0: failed", done_of);
	whole_column(rows, "/runs/generated", "1: generated demand in place of a missing trace",
	             generated_of);
	whole_column(rows, "/runs/status", "exit status, or the signal that ended it", status_of);
	whole_column(rows, "/runs/peak_rss_bytes", "memory at its peak, bytes", rss_of);
	column(rows, "/runs/wall_s", "s", "wall time", wall);
	column(rows, "/runs/cpu_s", "s", "CPU time", cpu);
	text_column(rows, "/runs/digest", "digest of all events", digest);
	text_column(rows, "/runs/name", "hash of version, scenario, overrides and seed", name);
	free(wall);
	free(cpu);
	free(digest);
	free(name);
}

/* A line each. */
static const char *joined(struct arena *arena, const char *const *texts, uint32_t count)
{
	const char *all = "";
	for (uint32_t i = 0; i < count; i++)
		all = arena_printf(arena, "%s%s%s", all, i ? "\n" : "", texts[i]);
	return all;
}

/* The number of the axis of each key: those of one axis change together. */
static const char *axes_of(struct arena *arena, const struct study *study)
{
	const char *all = "";
	for (uint32_t a = 0; a < study->axis_count; a++)
		for (uint32_t k = 0; k < study->axes[a].key_count; k++)
			all = arena_printf(arena, "%s%s%" PRIu32, all, *all ? "\n" : "", a);
	return all;
}

/* Do all values of a key read as numbers with one unit? Then they are put into `numbers`. */
static bool are_numbers(const struct rows *rows, uint32_t key, double *numbers, const char **unit)
{
	const struct study *study = rows->sweep->study;
	for (uint32_t i = 0; i < rows->count; i++) {
		const char *rest, *text = study->values[(size_t)row(rows, i)->point * study->key_count + key];
		if (quantity_number(text, &numbers[i], &rest) != QUANTITY_OK ||
		    (i && strcmp(rest, *unit) != 0))
			return false;
		*unit = rest;
	}
	return true;
}

static void parameters_write(const struct rows *rows, struct arena *arena)
{
	const struct study *study = rows->sweep->study;
	double *numbers = memory_new(rows->count, sizeof *numbers, "column of runs");
	const char **texts = memory_new(rows->count, sizeof *texts, "column of runs");
	h5_group(rows->file, "/parameters", "what the study's axes set");
	h5_mark(rows->file, "/parameters", "keys", joined(arena, study->keys, study->key_count));
	h5_mark(rows->file, "/parameters", "axes", axes_of(arena, study));
	for (uint32_t k = 0; k < study->key_count; k++) {
		const char *unit = "", *path = arena_printf(arena, "/parameters/%s", study->keys[k]);
		if (are_numbers(rows, k, numbers, &unit)) {
			column(rows, path, *unit ? unit : "1", study->keys[k], numbers);
			continue;
		}
		for (uint32_t i = 0; i < rows->count; i++)
			texts[i] = study->values[(size_t)row(rows, i)->point * study->key_count + k];
		text_column(rows, path, study->keys[k], texts);
	}
	free(numbers);
	free(texts);
}

static void metrics_write(const struct rows *rows, struct arena *arena)
{
	double *values = memory_new(rows->count, sizeof *values, "column of runs");
	const struct study *study = rows->sweep->study;
	h5_group(rows->file, "/metrics", "figures of each run; NaN where it failed");
	h5_mark(rows->file, "/metrics", "chosen", joined(arena, study->metrics, study->metric_count));
	for (uint32_t f = 0; f < run_figure_count(); f++) {
		const struct figure *figure = run_figure(f);
		for (uint32_t i = 0; i < rows->count; i++) {
			const struct run_record *r = row(rows, i);
			values[i] = r->end == RUN_DONE && f < r->figure_count ? r->figures[f] : (double)NAN;
		}
		column(rows, arena_printf(arena, "/metrics/%s", figure->name), figure->unit,
		       figure->long_name,
		       values);
	}
	free(values);
}

void sweep_collect(const struct sweep *sweep, const char *path)
{
	struct rows rows;
	struct arena arena;
	size_t size;
	arena_init(&arena);
	rows_open(&rows, sweep);
	h5_text(rows.file, "/study", "the study as it was given", sweep->study->text);
	runs_write(&rows, &arena);
	parameters_write(&rows, &arena);
	metrics_write(&rows, &arena);
	const void *bytes = h5_bytes(rows.file, &size);
	const struct seal seal = seal_of(bytes, size);
	save_parts(path, (const struct save_part[]){{bytes, size}, {&seal, sizeof seal}}, 2);
	h5_close(rows.file);
	free(rows.at);
	arena_fini(&arena);
}

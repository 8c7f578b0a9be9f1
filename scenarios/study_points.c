/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which points a design has: factorial, Latin hypercube, Sobol, and lists of points in a file. */
#include "scenarios/study_points.h"

#include <errno.h>
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/fault.h"
#include "sim/random.h"

#define SOBOL_AXES 40        /* GSL's table */
#define SPREAD_MOST 64       /* axes of a study */
#define FILE_MOST (1 << 24)  /* bytes */
#define COLUMNS_MOST 64

/* The value at a place 0 .. 1 of an axis, as one writes it. */
static const char *range_value(struct study *s, const struct study_axis *axis, double place_01)
{
	double value = axis->log ? axis->from * pow(axis->to / axis->from, place_01)
	                         : axis->from + (axis->to - axis->from) * place_01;
	if (axis->whole)
		value = fmin(floor(value + 0.5), axis->to);
	return arena_printf(&s->arena, "%.12g%s%s", value, *axis->unit ? " " : "", axis->unit);
}

/* The axis's values at one level; for a range, as many steps from end to end. */
static void put_level(struct study *s, const struct study_axis *axis, uint32_t level, const char **out)
{
	if (axis->range)
		out[0] = range_value(s, axis, (double)level / (double)(axis->levels - 1));
	else
		memcpy(out, axis->values + (size_t)level * axis->key_count, axis->key_count * sizeof *out);
}

/* The same at a place 0 .. 1: of listed values the one under it. */
static void put_place(struct study *s, const struct study_axis *axis, double place_01, const char **out)
{
	uint32_t level = (uint32_t)(place_01 * axis->levels);
	if (axis->range)
		out[0] = range_value(s, axis, place_01);
	else
		put_level(s, axis, level < axis->levels ? level : axis->levels - 1, out);
}

static void factorial(struct study *s, struct place place, struct diag *diag)
{
	uint64_t points = 1;
	for (uint32_t a = 0; a < s->axis_count && points <= STUDY_RUNS_MOST; a++)
		points *= s->axes[a].levels;
	if (points * (uint64_t)s->replications > STUDY_RUNS_MOST) {
		diag_error(diag, place, "the axes and replications make more than %d runs", STUDY_RUNS_MOST);
		return;
	}
	s->points = (uint32_t)points;
	s->levels = arena_new(&s->arena, points * s->axis_count, sizeof *s->levels);
	s->values = arena_new(&s->arena, points * s->key_count, sizeof *s->values);
	for (uint32_t p = 0; p < s->points; p++) {
		const char **out = s->values + (size_t)p * s->key_count;
		uint32_t rest = p;
		for (uint32_t a = s->axis_count; a-- > 0; rest /= s->axes[a].levels)
			s->levels[(size_t)p * s->axis_count + a] = rest % s->axes[a].levels;
		for (uint32_t a = 0; a < s->axis_count; out += s->axes[a].key_count, a++)
			put_level(s, &s->axes[a], s->levels[(size_t)p * s->axis_count + a], out);
	}
}

/* The axes over which a design spreads its points: all that are not crossed. places[point * count + axis]. */
struct spread {
	const struct study_axis *axes[SPREAD_MOST];
	uint32_t count, points;
	double *places;
};

/* Each axis's n-ths in an order of its own (Fisher and Yates). */
static void hypercube(struct spread *d, uint64_t seed)
{
	uint32_t *order = memory_new(d->points, sizeof *order, "Latin hypercube");
	for (uint32_t a = 0; a < d->count; a++) {
		struct random_stream stream;
		random_init(&stream, seed, "hypercube", a);
		for (uint32_t p = 0; p < d->points; p++)
			order[p] = p;
		for (uint32_t p = d->points; p > 1; p--) {
			uint32_t other = (uint32_t)random_below(&stream, p), kept = order[p - 1];
			order[p - 1] = order[other];
			order[other] = kept;
		}
		for (uint32_t p = 0; p < d->points; p++)
			d->places[(size_t)p * d->count + a] =
				((double)order[p] + random_01(&stream)) / (double)d->points;
	}
	free(order);
}

static void sobol(struct spread *d)
{
	gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, d->count);
	if (!sequence)
		fault_surroundings("out of memory: Sobol sequence");
	for (uint32_t p = 0; p < d->points; p++)
		gsl_qrng_get(sequence, d->places + (size_t)p * d->count);
	gsl_qrng_free(sequence);
}

/* A point's values: places of the spread axes, levels of the crossed ones, the last of them fastest. */
static void put_point(struct study *s, const struct spread *d, uint32_t point, const char **out)
{
	uint32_t crossed = 1, rest, spread = 0;
	for (uint32_t a = 0; a < s->axis_count; a++)
		crossed *= s->axes[a].crossed ? s->axes[a].levels : 1;
	rest = point % crossed;
	for (uint32_t a = 0; a < s->axis_count; out += s->axes[a].key_count, a++) {
		const struct study_axis *axis = &s->axes[a];
		if (axis->crossed) {
			crossed /= axis->levels;
			put_level(s, axis, rest / crossed % axis->levels, out);
		} else {
			uint32_t of_design = point / (s->points / d->points);
			put_place(s, axis, d->places[(size_t)of_design * d->count + spread++], out);
		}
	}
}

static void spread(struct study *s, struct place place, struct diag *diag)
{
	struct spread d = {.points = s->points};
	uint64_t points = s->points;
	uint32_t most = s->design == STUDY_SOBOL ? SOBOL_AXES : SPREAD_MOST;
	for (uint32_t a = 0; a < s->axis_count; a++) {
		if (!s->axes[a].crossed && d.count < SPREAD_MOST)
			d.axes[d.count++] = &s->axes[a];
		points *= s->axes[a].crossed && points <= STUDY_RUNS_MOST ? s->axes[a].levels : 1;
	}
	if (d.count == 0 || d.count > most)
		diag_error(diag, place, "the design %s needs 1 to %u axes that are not crossed; here are %u",
		           study_design_names[s->design], most, d.count);
	else if (points * (uint64_t)s->replications > STUDY_RUNS_MOST)
		diag_error(diag, place, "points, crossed axes and replications make more than %d runs",
		           STUDY_RUNS_MOST);
	if (d.count == 0 || d.count > most || points * (uint64_t)s->replications > STUDY_RUNS_MOST)
		return;
	d.places = memory_new((size_t)d.points * d.count, sizeof *d.places, "points of a design");
	if (s->design == STUDY_SOBOL)
		sobol(&d);
	else
		hypercube(&d, s->seed);
	s->points = (uint32_t)points;
	s->values = arena_new(&s->arena, points * s->key_count, sizeof *s->values);
	for (uint32_t p = 0; p < s->points; p++)
		put_point(s, &d, p, s->values + (size_t)p * s->key_count);
	free(d.places);
}

void study_points(struct study *study, struct place place, struct diag *diag)
{
	if (study->design == STUDY_FACTORIAL)
		factorial(study, place, diag);
	else
		spread(study, place, diag);
}

/* The file's text, or NULL after a message. */
static char *text_of(const char *path, struct study *s, struct place place, struct diag *diag)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		diag_error(diag, place, "cannot read %.200s: %s", path, strerror(errno));
		return NULL;
	}
	char *text = memory_new(FILE_MOST + 1, 1, "file of points");
	size_t size = fread(text, 1, FILE_MOST, file);
	bool more = getc(file) != EOF, broken = ferror(file) != 0;
	fclose(file);
	char *kept = arena_string_n(&s->arena, text, size);
	free(text);
	if (broken || more || strlen(kept) != size) {
		diag_error(diag, place, "%.200s: %s", path, broken ? "cannot be read" :
		           more ? "more than 16 MiB" : "holds a zero byte: no text");
		return NULL;
	}
	return kept;
}

/* Cuts a line into its fields, blanks around them dropped; how many, at most COLUMNS_MOST + 1. */
static uint32_t fields_of(char *line, char **fields)
{
	uint32_t n = 0;
	for (char *field = line; field && n <= COLUMNS_MOST; n++) {
		char *comma = strchr(field, ',');
		if (comma)
			*comma = '\0';
		field += strspn(field, " \t");
		size_t length = strlen(field);
		while (length && strchr(" \t\r", field[length - 1]))
			field[--length] = '\0';
		fields[n] = field;
		field = comma ? comma + 1 : NULL;
	}
	return n;
}

struct lines {
	const char *path;
	char *next;
	uint32_t number;
};

/* The next line that is not empty, or NULL. */
static char *line_next(struct lines *lines)
{
	while (lines->next && *lines->next) {
		char *line = lines->next, *end = strchr(line, '\n');
		lines->number++;
		lines->next = end ? end + 1 : NULL;
		if (end)
			*end = '\0';
		if (line[strspn(line, " \t\r")])
			return line;
	}
	return NULL;
}

static void rows_of(struct study_axis *axis, struct lines *lines, struct study *s, struct diag *diag)
{
	char *fields[COLUMNS_MOST + 1];
	uint32_t room = 0;
	const char **values = NULL;
	size_t count = 0;
	for (char *line; (line = line_next(lines)) != NULL; axis->levels++) {
		uint32_t n = fields_of(line, fields);
		if (n != axis->key_count) {
			diag_error(diag, (struct place){lines->path, lines->number, 1},
			           "%u values; the first line names %u keys", n, axis->key_count);
			break;
		}
		for (uint32_t k = 0; k < n; k++, count++) {
			ARRAY_GROW(values, (uint32_t)count, room, "points");
			values[count] = fields[k];
		}
	}
	axis->values = arena_new(&s->arena, count, sizeof *axis->values);
	if (count)
		memcpy(axis->values, values, count * sizeof *values);
	free(values);
}

void study_points_file(struct study_axis *axis, const char *path, struct study *study, struct place place,
                       struct diag *diag)
{
	char *fields[COLUMNS_MOST + 1];
	struct lines lines = {path, text_of(path, study, place, diag), 0};
	if (!lines.next)
		return;
	char *heading = line_next(&lines);
	uint32_t n = heading ? fields_of(heading, fields) : 0;
	if (n == 0 || n > COLUMNS_MOST) {
		diag_error(diag, (struct place){path, 1, 1}, heading ? "more than %d columns" :
		           "empty; a first line of keys, at most %d, is needed", COLUMNS_MOST);
		return;
	}
	axis->key_count = n;
	axis->keys = arena_new(&study->arena, n, sizeof *axis->keys);
	for (uint32_t k = 0; k < n; k++)
		axis->keys[k] = fields[k];
	rows_of(axis, &lines, study, diag);
	if (axis->levels == 0)
		diag_error(diag, (struct place){path, lines.number, 1}, "no points below the line of keys");
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads measurements of operations and mixes, and predicts the mixes. */
#include "cli/overhead.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/columns.h"
#include "sim/fault.h"

#define NATIVE "native"
#define LEAST 1e-6
#define MOST 1e15

enum { ENVIRONMENT, OPERATION, NS, NOTE, COLUMNS };
static const struct column columns[COLUMNS] = {
	[ENVIRONMENT] = {.name = "environment", .required = true},
	[OPERATION] = {.name = "operation", .required = true},
	[NS] = {"ns_per_op_min", true, true, false, LEAST, MOST},
	[NOTE] = {.name = "note", .required = true},
};

/* "int_xorshift=200000;cpuid=20" */
static void parts_read(const struct columns *c, struct overhead_file *f, struct overhead_row *row)
{
	struct text_field note = columns_text(c, NOTE);
	const char *at = note.at, *stop = note.at + note.length;
	while (at < stop) {
		const char *end = memchr(at, ';', (size_t)(stop - at));
		end = end ? end : stop;
		const char *equals = memchr(at, '=', (size_t)(end - at));
		double count = 0;
		struct text_field number = {equals ? equals + 1 : at,
		                            equals ? (uint32_t)(end - equals - 1) : 0};
		bool good = equals && equals > at && text_number(number, false, &count);
		if (!good || !(count > 0 && count <= MOST)) {
			diag_error(c->diag, columns_at(c, NOTE),
			           "note of a mix: '%.*s' is not OPERATION=COUNT with a count above 0",
			           end - at > 40 ? 40 : (int)(end - at), at);
		} else if (row->parts == OVERHEAD_OPERATIONS) {
			diag_error(c->diag, columns_at(c, NOTE), "a mix of more than %d operations",
			           OVERHEAD_OPERATIONS);
			return;
		} else {
			row->part[row->parts] = arena_string_n(&f->arena, at, (size_t)(equals - at));
			row->count[row->parts++] = count;
		}
		at = end + 1;
	}
	if (row->parts == 0)
		diag_error(c->diag, columns_at(c, NOTE),
		           "the mix '%s' does not tell what it is made of: OPERATION=COUNT;... in the column "
		           "note", row->operation);
}

static const struct overhead_row *find(const struct overhead_file *f, const char *environment,
                                       const char *operation)
{
	for (uint32_t i = 0; i < f->row_count; i++)
		if (strcmp(f->rows[i].operation, operation) == 0 && strcmp(f->rows[i].environment,
			environment) == 0)
			return &f->rows[i];
	return NULL;
}

static void row_read(const struct columns *c, struct overhead_file *f)
{
	struct text_field environment = columns_text(c, ENVIRONMENT), operation = columns_text(c, OPERATION);
	double ns = columns_number(c, NS);
	if (!environment.length || !operation.length) {
		diag_error(c->diag, columns_place(c), "environment and operation must not be empty");
		return;
	}
	struct overhead_row row = {
		.environment = arena_string_n(&f->arena, environment.at, environment.length),
		.operation = arena_string_n(&f->arena, operation.at, operation.length),
		.line = c->lines.line, .measured = !isnan(ns), .ns = ns,
	};
	if (find(f, row.environment, row.operation))
		diag_error(c->diag, columns_at(c, OPERATION), "a second row of %s in %s", row.operation,
		           row.environment);
	row.mix = strncmp(row.operation, "mix", 3) == 0;
	if (row.mix && row.measured)
		parts_read(c, f, &row);
	ARRAY_GROW(f->rows, f->row_count, f->row_room, "rows of measurements");
	f->rows[f->row_count++] = row;
}

/* What every part of a mix must be: a row of its environment. */
static void parts_check(const struct columns *c, const struct overhead_file *f)
{
	for (uint32_t i = 0; i < f->row_count; i++)
		for (uint32_t k = 0; k < f->rows[i].parts; k++)
			if (!find(f, f->rows[i].environment, f->rows[i].part[k]))
				diag_error(c->diag, (struct place){c->path, f->rows[i].line, 0},
				           "%s is made of '%s', which %s has no row of", f->rows[i].operation,
				           f->rows[i].part[k], f->rows[i].environment);
}

bool overhead_read(struct overhead_file *f, const char *path, struct diag *diag)
{
	struct columns c;
	uint32_t mixes = 0;
	*f = (struct overhead_file){0};
	arena_init(&f->arena);
	if (columns_open(&c, path, columns, COLUMNS, diag)) {
		while (columns_next(&c))
			row_read(&c, f);
		if (diag->errors == 0)
			parts_check(&c, f);
		for (uint32_t i = 0; i < f->row_count; i++)
			mixes += f->rows[i].mix && f->rows[i].measured;
		if (diag->errors == 0 && mixes == 0)
			diag_error(diag, columns_place(&c),
			           "there are no mixes (rows whose operation begins with mix)");
	}
	columns_close(&c);
	return diag->errors == 0;
}

void overhead_free(struct overhead_file *f)
{
	free(f->rows);
	free(f->predictions);
	arena_fini(&f->arena);
	*f = (struct overhead_file){0};
}

/* The sum over a mix's operations in an environment; 0 when one of them has no cost there. */
static double sum_ns(const struct overhead_file *f, const struct overhead_row *mix, const char *environment)
{
	double sum = 0;
	for (uint32_t k = 0; k < mix->parts; k++) {
		const struct overhead_row *one = find(f, environment, mix->part[k]);
		if (!one || !one->measured)
			return 0;
		sum += mix->count[k] * one->ns;
	}
	return sum;
}

void overhead_predict(struct overhead_file *f)
{
	for (uint32_t i = 0; i < f->row_count; i++) {
		const struct overhead_row *row = &f->rows[i];
		if (!row->mix || !row->measured)
			continue;
		bool native = strcmp(row->environment, NATIVE) == 0;
		const struct overhead_row *base = find(f, NATIVE, row->operation);
		double here_ns = sum_ns(f, row, row->environment), native_ns = sum_ns(f, row, NATIVE);
		if (!(here_ns > 0) || (!native && (!base || !base->measured || !(native_ns > 0)))) {
			f->left_out++;
			continue;
		}
		struct overhead_prediction p = {row, here_ns, row->ns, 0};
		if (!native) {
			p.predicted /= native_ns;
			p.measured /= base->ns;
		}
		p.error_rel = p.predicted / p.measured - 1;
		ARRAY_GROW(f->predictions, f->prediction_count, f->prediction_room, "predictions");
		f->predictions[f->prediction_count++] = p;
	}
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Linear between the two next to it (Hyndman and Fan 1996, definition 7). */
static double quantile(const double *sorted, uint32_t n, double q)
{
	double at = q * (n - 1);
	uint32_t low = (uint32_t)at;
	return low + 1 < n ? sorted[low] + (at - low) * (sorted[low + 1] - sorted[low]) : sorted[n - 1];
}

struct overhead_errors overhead_compare(const struct overhead_file *f, const char *environment)
{
	struct overhead_errors e = {.environment = environment};
	double *sizes = memory_new(f->prediction_count, sizeof *sizes, "errors");
	for (uint32_t i = 0; i < f->prediction_count; i++) {
		const char *where = f->predictions[i].row->environment;
		bool wanted = environment ? strcmp(where, environment) == 0 : strcmp(where, NATIVE) != 0;
		if (wanted)
			sizes[e.mixes++] = fabs(f->predictions[i].error_rel);
	}
	qsort(sizes, e.mixes, sizeof *sizes, by_size);
	if (e.mixes) {
		e.median = quantile(sizes, e.mixes, 0.5);
		e.p90 = quantile(sizes, e.mixes, 0.9);
		e.largest = sizes[e.mixes - 1];
	}
	free(sizes);
	return e;
}

const char *overhead_environment(const struct overhead_file *f, uint32_t k)
{
	for (uint32_t i = 0; i < f->row_count; i++) {
		bool before = false;
		for (uint32_t j = 0; j < i && !before; j++)
			before = strcmp(f->rows[i].environment, f->rows[j].environment) == 0;
		if (!before && k-- == 0)
			return f->rows[i].environment;
	}
	return NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks the tables of figures; knows none of them by name. */
#include "cli/figures.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/table.h"
#include "sim/fault.h"

#define SHOWN_MOST 128

struct figures {
	const struct figure *shown[SHOWN_MOST];
	const char *base;          /* the struct that the offsets point into */
};

static void heading(const void *context, uint32_t column, struct cell *cell)
{
	static const char *const names[] = {"figure", "value", "unit", "meaning"};
	(void)context;
	snprintf(cell->text, CELL_SIZE, "%s", names[column]);
}

static void value_cell(const struct figure *f, const char *base, struct cell *cell)
{
	const void *at = base + f->offset;
	/* Texts stand to the right with the numbers: they are values of the same column. */
	cell->number = true;
	if (f->kind == FIGURE_COUNT)
		snprintf(cell->text, CELL_SIZE, "%" PRIu64, *(const uint64_t *)at);
	else if (f->kind == FIGURE_REAL)
		snprintf(cell->text, CELL_SIZE, "%.10g", *(const double *)at);
	else
		snprintf(cell->text, CELL_SIZE, "%s", (const char *)at);
}

static void figure_cell(const void *context, uint64_t row, uint32_t column, struct cell *cell)
{
	const struct figures *figures = context;
	const struct figure *f = figures->shown[row];
	const char *const texts[] = {f->name, NULL, strcmp(f->unit, "1") == 0 ? "" : f->unit, f->long_name};
	if (texts[column])
		snprintf(cell->text, CELL_SIZE, "%s", texts[column]);
	else
		value_cell(f, figures->base, cell);
}

static bool is_nothing(const struct figure *f, const char *base)
{
	const void *at = base + f->offset;
	if (f->kind == FIGURE_COUNT)
		return *(const uint64_t *)at == 0;
	return f->kind == FIGURE_REAL ? fpclassify(*(const double *)at) == FP_ZERO : !*(const char *)at;
}

/* Behind the digest stand figures of what most scenarios do not have: prices, discrete schedulers, memory
 * under pressure. There nothing is left out. Returns how many. */
static uint32_t print_table(const struct figure *figures, const void *base, FILE *out)
{
	struct figures context = {.base = base};
	struct table table = {.columns = 4, .context = &context, .heading = heading, .cell = figure_cell};
	uint32_t left_out = 0;
	bool behind = false;
	for (const struct figure *f = figures; f->name; f++) {
		bool shown = !behind || !is_nothing(f, base);
		ASSERT(table.rows < SHOWN_MOST);
		if (shown)
			context.shown[table.rows++] = f;
		left_out += !shown;
		behind |= strcmp(f->name, "digest") == 0;
	}
	table_print(&table, TABLE_ALIGNED, out);
	return left_out;
}

void figures_print(const struct summary *s, const struct provenance *p, FILE *out)
{
	uint32_t left_out = print_table(summary_figures, s, out);
	if (left_out)
		fprintf(out, "%u more are 0 (--json tells them)\n", left_out);
	fputs("\nprovenance (differs from run to run)\n", out);
	print_table(provenance_figures, p, out);
}

static void json_table(struct json *j, const char *name, const struct figure *f, const char *base)
{
	json_object(j, name);
	for (; f->name; f++) {
		const void *at = base + f->offset;
		if (f->kind == FIGURE_COUNT)
			json_count(j, f->name, *(const uint64_t *)at);
		else if (f->kind == FIGURE_REAL)
			json_real(j, f->name, *(const double *)at);
		else
			json_text(j, f->name, at);
	}
	json_close(j);
}

void figures_json(struct json *j, const struct summary *s, const struct provenance *p)
{
	json_table(j, "summary", summary_figures, (const char *)s);
	json_table(j, "provenance", provenance_figures, (const char *)p);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads migrations and their legs for plots. */
#include "analysis/legs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/columns.h"
#include "analysis/plot.h"
#include "sim/fault.h"

void legs_close(struct legs *l)
{
	for (int c = 0; c < LEGS_COLUMNS; c++)
		free(l->columns[c]);
	free(l->stages);
	free(l->kinds);
	free(l->results);
	free(l->vm);
	free(l->starts);
	free(l->totals);
	free(l->downtimes);
	free(l->lost);
	free(l->names);
}

static bool migrations_read(struct legs *l, struct results *results)
{
	uint64_t n;
	l->kinds = columns_texts(results, "migrations", "kind", &l->migrations);
	l->results = columns_texts(results, "migrations", "result", &n);
	l->vm = columns_reals(results, "migrations", "vm", &n);
	l->starts = columns_reals(results, "migrations", "start_s", &n);
	l->totals = columns_reals(results, "migrations", "end_s", &n);
	l->downtimes = columns_reals(results, "migrations", "downtime_s", &n);
	l->lost = columns_reals(results, "migrations", "lost", &n);
	l->names = columns_texts(results, "vms", "name", &l->vms);
	if (!l->kinds || !l->results || !l->vm || !l->starts || !l->totals || !l->downtimes || !l->lost)
		return false;
	for (uint64_t m = 0; m < l->migrations; m++)
		l->totals[m] -= l->starts[m];
	return true;
}

bool legs_open(struct legs *l, struct results *results, uint32_t most)
{
	static const char *const names[LEGS_COLUMNS] = {
		[LEGS_MIGRATION] = "migration", [LEGS_ROUND] = "round", [LEGS_START] = "start_s",
		[LEGS_END] = "end_s", [LEGS_BYTES] = "bytes", [LEGS_DIRTIED] = "dirtied_pages",
		[LEGS_ACTIVITY] = "activity", [LEGS_THROTTLE] = "throttle",
	};
	uint64_t n;
	*l = (struct legs){0};
	ASSERT(most <= LEGS_SHOWN);
	l->stages = columns_texts(results, "migration_legs", "stage", &l->rows);
	for (int c = 0; c < LEGS_COLUMNS; c++) {
		l->columns[c] = columns_reals(results, "migration_legs", names[c], &n);
		if (c < LEGS_REQUIRED && !l->columns[c])
			return false;
	}
	if (!l->stages || !l->rows || !migrations_read(l, results))
		return false;
	/* Legs stand in the order of their ends, so those of the first migration need not come first. */
	for (uint64_t m = 0; m < l->migrations && l->shown_count < most; m++)
		for (uint64_t r = 0; r < l->rows; r++)
			if ((uint64_t)l->columns[LEGS_MIGRATION][r] == m) {
				l->shown[l->shown_count++] = (uint32_t)m;
				break;
			}
	return l->shown_count > 0;
}

double legs_value(const struct legs *l, enum legs_column column, uint64_t row)
{
	ASSERT(row < l->rows);
	return l->columns[column] ? l->columns[column][row] : 0;
}

bool legs_is(const struct legs *l, uint64_t row, uint32_t migration, enum leg_stage stage)
{
	return (uint64_t)l->columns[LEGS_MIGRATION][row] == migration &&
	       strcmp(l->stages[row], leg_stage_names[stage]) == 0;
}

double legs_seconds(const struct legs *l, uint64_t row)
{
	return l->columns[LEGS_END][row] - l->columns[LEGS_START][row];
}

double legs_since_s(const struct legs *l, uint64_t row)
{
	return l->columns[LEGS_START][row] - l->starts[(uint64_t)l->columns[LEGS_MIGRATION][row]];
}

double legs_longest_s(const struct legs *l)
{
	double longest_s = 0;
	for (uint64_t r = 0; r < l->rows; r++)
		for (uint32_t k = 0; k < l->shown_count; k++)
			if ((uint32_t)l->columns[LEGS_MIGRATION][r] == l->shown[k])
				longest_s = fmax(longest_s, legs_since_s(l, r) + legs_seconds(l, r));
	return longest_s;
}

static const struct look {
	const char *kind, *title, *colour;
} looks[] = {
	{"cold", "cold", PLOT_VERMILION},
	{"precopy", "pre-copy", PLOT_BLUE},
	{"postcopy", "post-copy", PLOT_GREEN},
	{"hybrid", "hybrid", PLOT_ORANGE},
};

static const struct look *look_of(const char *kind)
{
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
		if (strcmp(looks[i].kind, kind) == 0)
			return &looks[i];
	return NULL;
}

const char *legs_kind(const char *kind)
{
	const struct look *look = look_of(kind);
	return look ? look->title : kind;
}

const char *legs_colour(const char *kind)
{
	const struct look *look = look_of(kind);
	return look ? look->colour : PLOT_PURPLE;
}

void legs_label(FILE *gnuplot, const struct legs *l, uint32_t migration)
{
	char text[200];
	const char *kind = legs_kind(l->kinds[migration]);
	double vm = l->vm[migration];
	if (l->names && vm >= 0 && vm < (double)l->vms)
		snprintf(text, sizeof text, "%s, %.100s", kind, l->names[(uint64_t)vm]);
	else
		snprintf(text, sizeof text, "%s, VM %.0f", kind, vm);
	plot_quoted(gnuplot, text);
}

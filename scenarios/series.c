/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of samples become a demand set: sorted by name, scaled to whole numbers, in one block. */
#include "scenarios/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/time.h"

#define ROW_ALIGN 16u /* bytes; models/demand.h */
#define FULL 65535.0
#define SPAN_MOST_NS (INT64_C(100) * 366 * NS_PER_DAY)
#define OVERUSE 4.0 /* a row that uses more of its capacity has a wrong capacity */

/* What the set's pointers point to. */
struct backing {
	struct arena arena;
	void *block;
	size_t bytes;
};

void series_init(struct series *s)
{
	*s = (struct series){0};
	arena_init(&s->arena);
}

void series_fini(struct series *s)
{
	for (uint32_t i = 0; i < s->row_count; i++) {
		free(s->rows[i].stamps_ns);
		free(s->rows[i].values);
	}
	free(s->rows);
	free(s->index);
	arena_fini(&s->arena);
	series_init(s);
}

void series_column(struct series *s, enum demand_column column)
{
	s->column[s->columns++] = column;
}

struct series_row *series_row(struct series *s, const char *name, uint32_t length)
{
	ARRAY_GROW(s->rows, s->row_count, s->row_room, "rows of a trace");
	struct series_row *row = &s->rows[s->row_count++];
	*row = (struct series_row){.name = arena_string_n(&s->arena, name, length)};
	return row;
}

/* FNV-1a (Fowler, Noll, Vo). */
static uint32_t name_hash(const char *name, uint32_t length)
{
	uint32_t hash = 2166136261;
	for (uint32_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619;
	return hash ^ hash >> 15;
}

static bool has_name(const struct series_row *row, const char *name, uint32_t length)
{
	return strncmp(row->name, name, length) == 0 && row->name[length] == '\0';
}

/* The place in the index where a name is or would be. */
static uint32_t *index_at(const struct series *s, const char *name, uint32_t length)
{
	uint32_t mask = s->index_room - 1, i = name_hash(name, length) & mask;
	while (s->index[i] && !has_name(&s->rows[s->index[i] - 1], name, length))
		i = (i + 1) & mask;
	return &s->index[i];
}

static void index_grow(struct series *s)
{
	free(s->index);
	s->index_room = s->index_room ? s->index_room * 2 : 64;
	s->index = memory_new(s->index_room, sizeof *s->index, "names of a trace");
	for (uint32_t i = 0; i < s->row_count; i++)
		*index_at(s, s->rows[i].name, (uint32_t)strlen(s->rows[i].name)) = i + 1;
}

struct series_row *series_row_named(struct series *s, const char *name, uint32_t length)
{
	const char *nul = memchr(name, '\0', length);
	length = nul ? (uint32_t)(nul - name) : length;
	if (s->index_last < s->row_count && has_name(&s->rows[s->index_last], name, length))
		return &s->rows[s->index_last];
	if (s->index_room < 2 * (s->row_count + 1))
		index_grow(s);
	uint32_t *at = index_at(s, name, length);
	if (!*at) {
		series_row(s, name, length);
		*at = s->row_count;
	}
	s->index_last = *at - 1;
	return &s->rows[s->index_last];
}

static void row_resize(const struct series *s, struct series_row *row, uint32_t room)
{
	size_t width = s->columns * sizeof *row->values;
	row->stamps_ns =
		memory_resize(row->stamps_ns, row->room, room, sizeof *row->stamps_ns, "trace stamps");
	row->values = memory_resize(row->values, row->room, room, width, "trace samples");
	row->room = room;
}

bool series_add(struct series *s, struct series_row *row, int64_t stamp_ns, const double *values)
{
	if (row->count && stamp_ns < row->stamps_ns[row->count - 1])
		return false;
	if (row->count && stamp_ns == row->stamps_ns[row->count - 1]) {
		row->count--;
		s->repeats++;
	}
	if (row->count == row->room)
		row_resize(s, row, row->room ? row->room * 2 : 64);
	row->stamps_ns[row->count] = stamp_ns;
	memcpy(row->values + (size_t)row->count * s->columns, values, s->columns * sizeof *values);
	row->count++;
	return true;
}

void series_row_end(struct series *s, struct series_row *row)
{
	if (row->count)
		row_resize(s, row, row->count);
}

uint32_t series_prune(struct series *s)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < s->row_count; i++)
		if (s->rows[i].count)
			s->rows[kept++] = s->rows[i];
	return s->row_count = kept;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct series_row *)a)->name, ((const struct series_row *)b)->name);
}

const char *series_twice(struct series *s)
{
	if (s->row_count)
		qsort(s->rows, s->row_count, sizeof *s->rows, by_name);
	for (uint32_t i = 1; i < s->row_count; i++)
		if (strcmp(s->rows[i - 1].name, s->rows[i].name) == 0)
			return s->rows[i].name;
	return NULL;
}

static void release(struct demand_set *set)
{
	struct backing *backing = set->backing;
	memory_huge_free(backing->block, backing->bytes);
	arena_fini(&backing->arena);
	free(backing);
	*set = (struct demand_set){0};
}

static double row_largest(const struct series *s, const struct series_row *row, uint32_t c)
{
	double most = 0;
	for (uint32_t i = 0; i < row->count; i++)
		most = fmax(most, row->values[(size_t)i * s->columns + c]);
	return most;
}

/* A capacity that a row can have had, given what it used. */
static double capacity_of(double capacity, double most)
{
	return capacity > 0 && most <= OVERUSE * capacity ? capacity : most;
}

static void capacities_settle(struct series *s)
{
	for (uint32_t i = 0; i < s->row_count; i++) {
		struct series_row *row = &s->rows[i];
		for (uint32_t c = 0; c < s->columns; c++) {
			if (s->column[c] == DEMAND_CPU && s->cpu_in_hz)
				row->cpu_hz = capacity_of(row->cpu_hz, row_largest(s, row, c));
			if (s->column[c] == DEMAND_MEMORY && s->memory_in_bytes)
				row->memory_bytes = capacity_of(row->memory_bytes, row_largest(s, row, c));
		}
	}
}

/* What a value of a column is a fraction of; 1 for a row without capacity, whose values are all 0. */
static double unit_of(const struct series *s, const struct series_row *row, enum demand_column column)
{
	double unit = 1;
	if (column == DEMAND_CPU && s->cpu_in_hz)
		unit = row->cpu_hz;
	if (column == DEMAND_MEMORY && s->memory_in_bytes)
		unit = row->memory_bytes;
	return unit > 0 ? unit : 1;
}

static bool row_is_percent(const struct series *s, const struct series_row *row, uint32_t c)
{
	for (uint32_t i = 0; i < row->count; i++) {
		double x = row->values[(size_t)i * s->columns + c];
		if (x > 2.55 || demand_round(x * 100) / 100 != x)
			return false;
	}
	return true;
}

static struct demand_samples scale_of(const struct series *s, uint32_t c)
{
	struct demand_samples samples = {.bits = 16, .full_scale = FULL};
	enum demand_column column = s->column[c];
	bool percent = column <= DEMAND_MEMORY && !(column == DEMAND_CPU ? s->cpu_in_hz : s->memory_in_bytes);
	double most = 0;
	for (uint32_t i = 0; i < s->row_count; i++) {
		most = fmax(most, row_largest(s, &s->rows[i], c) / unit_of(s, &s->rows[i], column));
		percent = percent && row_is_percent(s, &s->rows[i], c);
	}
	if (percent) {
		samples.bits = 8;
		samples.full_scale = 100;
	} else if (column > DEMAND_MEMORY) {
		samples.column_max = most > 0 ? most : 1;
	} else if (most > 1) {
		samples.full_scale = fmax(floor(FULL / most), 1);
	}
	return samples;
}

/* Do all rows have the stamps of the first, evenly apart? */
static bool is_regular(const struct series *s, int64_t *period_ns)
{
	const struct series_row *first = &s->rows[0];
	if (first->count < 2)
		return false;
	*period_ns = first->stamps_ns[1] - first->stamps_ns[0];
	for (uint32_t k = 2; k < first->count; k++)
		if (first->stamps_ns[k] - first->stamps_ns[k - 1] != *period_ns)
			return false;
	for (uint32_t i = 1; i < s->row_count; i++) {
		const struct series_row *row = &s->rows[i];
		if (row->count != first->count ||
		    memcmp(row->stamps_ns, first->stamps_ns, row->count * sizeof *row->stamps_ns) != 0)
			return false;
	}
	return true;
}

static size_t part_after(size_t *bytes, size_t size)
{
	size_t at = *bytes;
	*bytes += (size + 63) / 64 * 64;
	return at;
}

static uint16_t whole_number(double x)
{
	x = demand_round(x);
	return (uint16_t)(x < FULL ? x : FULL);
}

/* The samples of one row, and its memory given back. */
static void row_fill(struct series *s, uint32_t i, struct demand_set *set, int64_t *stamps_ns)
{
	struct series_row *row = &s->rows[i];
	for (uint32_t c = 0; c < s->columns; c++) {
		enum demand_column column = s->column[c];
		struct demand_samples *samples = &set->columns[column];
		double unit = column <= DEMAND_MEMORY ? unit_of(s, row, column) : samples->column_max;
		size_t at = (size_t)i * samples->stride;
		for (uint32_t k = 0; k < row->count; k++) {
			double x = row->values[(size_t)k * s->columns + c] / unit * samples->full_scale;
			if (samples->bits == 8)
				((uint8_t *)samples->at)[at + k] = (uint8_t)whole_number(x);
			else
				((uint16_t *)samples->at)[at + k] = whole_number(x);
		}
	}
	for (uint32_t k = 0; stamps_ns && k < row->count; k++)
		stamps_ns[(size_t)i * set->axis.count + k] = row->stamps_ns[k] - s->origin_ns;
	free(row->stamps_ns);
	free(row->values);
	row->stamps_ns = NULL;
	row->values = NULL;
}

/* One block: stamps, then column after column. Returns the stamps' part of it, NULL for a regular set. */
static int64_t *block_make(struct series *s, struct demand_set *set, struct backing *backing)
{
	size_t bytes = 0, at[DEMAND_COLUMNS] = {0}, rows = s->row_count, count = set->axis.count;
	part_after(&bytes, set->irregular ? rows * count * sizeof(int64_t) : 0);
	for (uint32_t c = 0; c < s->columns; c++) {
		struct demand_samples samples = scale_of(s, c);
		uint32_t size = samples.bits / 8, lanes = ROW_ALIGN / size;
		samples.stride = (set->axis.count + lanes - 1) / lanes * lanes;
		at[c] = part_after(&bytes, rows * samples.stride * size);
		set->columns[s->column[c]] = samples;
	}
	backing->block = memory_huge_new(bytes, "trace samples");
	backing->bytes = bytes;
	for (uint32_t c = 0; c < s->columns; c++)
		set->columns[s->column[c]].at = (char *)backing->block + at[c];
	return set->irregular ? backing->block : NULL;
}

static void rows_describe(struct series *s, struct demand_set *set)
{
	size_t n = s->row_count;
	const char **names = arena_new(&s->arena, n, sizeof *names);
	uint32_t *counts = arena_new(&s->arena, n, sizeof *counts);
	double *cpu_hz = s->cpu_in_hz ? arena_new(&s->arena, n, sizeof *cpu_hz) : NULL;
	double *memory_bytes = s->memory_in_bytes ? arena_new(&s->arena, n, sizeof *memory_bytes) : NULL;
	for (uint32_t i = 0; i < n; i++) {
		names[i] = s->rows[i].name;
		counts[i] = s->rows[i].count;
		if (cpu_hz)
			cpu_hz[i] = s->rows[i].cpu_hz;
		if (memory_bytes)
			memory_bytes[i] = s->rows[i].memory_bytes;
	}
	set->row_names = names;
	set->row_count = set->irregular ? counts : NULL;
	set->row_cpu_hz = cpu_hz;
	set->row_memory_bytes = memory_bytes;
}

/* Where the axis begins, and whether all of it fits behind that. */
static bool axis_settle(struct series *s, uint32_t *longest)
{
	int64_t first_ns = INT64_MAX, last_ns = INT64_MIN;
	*longest = 0;
	for (uint32_t i = 0; i < s->row_count; i++) {
		const struct series_row *row = &s->rows[i];
		first_ns = row->stamps_ns[0] < first_ns ? row->stamps_ns[0] : first_ns;
		last_ns = row->stamps_ns[row->count - 1] > last_ns ? row->stamps_ns[row->count - 1] : last_ns;
		*longest = row->count > *longest ? row->count : *longest;
	}
	s->origin_ns = s->origin_given ? s->origin_ns : first_ns;
	int64_t span_ns, before_ns;
	return !__builtin_sub_overflow(last_ns, s->origin_ns, &span_ns) && span_ns <= SPAN_MOST_NS &&
	       !__builtin_sub_overflow(s->origin_ns, first_ns, &before_ns) && before_ns <= SPAN_MOST_NS;
}

bool series_make(struct series *s, struct demand_set *set)
{
	uint32_t longest;
	int64_t period_ns = 0;
	if (!axis_settle(s, &longest))
		return false;
	series_twice(s); /* sorts */
	capacities_settle(s);
	struct backing *backing = memory_new(1, sizeof *backing, "trace");
	bool regular = is_regular(s, &period_ns);
	*set = (struct demand_set){
		.name = s->name,
		.rows = s->row_count,
		.irregular = !regular,
		.origin_ns = s->origin_ns,
		.repeats = s->repeats,
		.release = release,
		.backing = backing,
	};
	set->axis = (struct demand_axis){s->rows[0].stamps_ns[0] - s->origin_ns, period_ns, longest};
	if (!regular)
		set->axis.start_ns = 0;
	int64_t *stamps_ns = block_make(s, set, backing);
	set->stamps_ns = stamps_ns;
	for (uint32_t i = 0; i < s->row_count; i++)
		row_fill(s, i, set, stamps_ns);
	rows_describe(s, set);
	set->backing_bytes = backing->bytes;
	backing->arena = s->arena;
	arena_init(&s->arena);
	series_fini(s);
	return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the map of a generic CSV: which column is what, in which unit. */
#include <stdlib.h>
#include <string.h>

#include "scenarios/csv.h"
#include "scenarios/quantity.h"
#include "sim/time.h"

#define PERIOD_MOST_NS (NS_PER_DAY * 366)

enum unit_rule { UNIT_NONE,
	         UNIT_MAY,
	         UNIT_MUST };

struct role {
	const char *name;
	enum unit_rule rule;
	enum dimension dimension;
	double divisor; /* of the dimension's factor: disks are in bytes, not bits */
	double preset;  /* the factor without a unit */
	bool percent;   /* may also be % */
};

static const struct role roles[CSV_ROLES] = {
	[CSV_TIME] = {"time", UNIT_MAY, DIM_TIME, 1, 1e9, false},
	[CSV_ROW] = {"row", UNIT_NONE, DIM_NONE, 1, 1, false},
	[CSV_CPU] = {"cpu", UNIT_MAY, DIM_CPU_RATE, 1, 1, true},
	[CSV_MEMORY] = {"memory", UNIT_MAY, DIM_BYTES, 1, 1, true},
	[CSV_NET_IN] = {"net_in", UNIT_MUST, DIM_BIT_RATE, 1, 1, false},
	[CSV_NET_OUT] = {"net_out", UNIT_MUST, DIM_BIT_RATE, 1, 1, false},
	[CSV_DISK_READ] = {"disk_read", UNIT_MUST, DIM_BIT_RATE, 8, 1, false},
	[CSV_DISK_WRITE] = {"disk_write", UNIT_MUST, DIM_BIT_RATE, 8, 1, false},
	[CSV_CPU_CAPACITY] = {"cpu_capacity", UNIT_MUST, DIM_CPU_RATE, 1, 1, false},
	[CSV_MEMORY_CAPACITY] = {"memory_capacity", UNIT_MUST, DIM_BYTES, 1, 1, false},
};

static const char *const words[] = {"sep", "header", "period", "start", "empty", "files"};
#define WORDS (sizeof words / sizeof *words)

static const char map_help[] = "a map is like 'time=1 s, cpu=3 %' or 'time=stamp ms, row=vm, cpu=load %'";

/* The words before and after the last blank; false without one. */
static bool last_word(const char *text, size_t *before, const char **last)
{
	const char *blank = strrchr(text, ' ');
	if (!blank)
		return false;
	*last = blank + 1;
	*before = (size_t)(blank - text);
	while (*before && text[*before - 1] == ' ')
		(*before)--;
	return *before > 0;
}

/* Is `word` a unit that the role can have? Then the factor is set, or `date`. */
static bool unit_find(const struct role *role, const char *word, struct csv_column *column, bool *date)
{
	if (role->rule == UNIT_NONE)
		return false;
	if (role->dimension == DIM_TIME && strcmp(word, "date") == 0) {
		*date = true;
		column->factor = 1;
		return true;
	}
	if (role->percent && strcmp(word, "%") == 0) {
		column->factor = 1;
		column->percent = true;
		return true;
	}
	for (const struct unit *u = dimension_units[role->dimension]; u->name; u++)
		if (strcmp(u->name, word) == 0) {
			column->factor = u->factor / role->divisor;
			column->unit = true;
			return true;
		}
	return false;
}

static const char *units_of(const struct role *role, struct arena *arena)
{
	char text[200];
	quantity_units(role->dimension, text, sizeof text);
	return arena_printf(arena, "%s%s%s", text, role->percent ? ", %" : "",
	                    role->dimension == DIM_TIME ? ", date" : "");
}

/* "3 %", "cpu_usage MHz", "CPU usage [%] %". */
static bool column_read(struct csv_map *map, enum csv_role which, char *text, const char **why)
{
	const struct role *role = &roles[which];
	struct csv_column *column = &map->columns[which];
	const char *last;
	size_t before;
	bool told = last_word(text, &before, &last) && unit_find(role, last, column, &map->date);
	if (column->mapped) {
		*why = arena_printf(map->arena, "%s is there twice", role->name);
		return false;
	}
	if (told)
		text[before] = '\0';
	else
		column->factor = role->preset;
	if (role->rule == UNIT_MUST && !told) {
		*why = arena_printf(map->arena, "%s=%s needs a unit (%s): '%s=%s %s'", role->name, text,
		                    units_of(role, map->arena), role->name, text,
		                    dimension_units[role->dimension][0].name);
		return false;
	}
	column->mapped = true;
	if (text[strspn(text, "0123456789")]) {
		/* "3 MHZ": a number with a unit that is none. */
		if (text[strspn(text, "0123456789 ")] && strspn(text, "0123456789") && strchr(text, ' ') &&
		    text[strspn(text, "0123456789")] == ' ') {
			*why = arena_printf(map->arena, "%s=%s: the unit is not one of %s", role->name, text,
			                    units_of(role, map->arena));
			return false;
		}
		column->name = text;
		return true;
	}
	long number = strtol(text, NULL, 10);
	if (number < 1 || number > TEXT_FIELDS) {
		*why = arena_printf(map->arena, "%s=%s: columns are numbered from 1 to %d", role->name, text,
		                    TEXT_FIELDS);
		return false;
	}
	column->field = (uint32_t)number - 1;
	return true;
}

static bool separator_read(struct csv_map *map, const char *text, const char **why)
{
	if (strcmp(text, "tab") == 0)
		map->separator = '\t';
	else if (strcmp(text, "space") == 0)
		map->separator = ' ';
	else if (strcmp(text, "comma") == 0)
		map->separator = ',';
	else if (text[0] && !text[1] && !strchr("\"+-.0123456789\n\r", text[0]))
		map->separator = text[0];
	else
		*why = arena_printf(map->arena, "sep=%s: one character, or tab, space, comma", text);
	return !*why;
}

static bool period_read(struct csv_map *map, const char *text, const char **why)
{
	const char *unit;
	double ns;
	if (quantity_read(text, DIM_TIME, &ns, &unit) != QUANTITY_OK || ns < 1 || ns > (double)PERIOD_MOST_NS)
		*why = arena_printf(map->arena, "period=%s is not a time like '300 s'", text);
	else
		map->period_ns = (int64_t)ns;
	return !*why;
}

/* The words that are no columns. */
static bool word_read(struct csv_map *map, const char *name, const char *text, const char **why)
{
	if (strcmp(name, "sep") == 0)
		return separator_read(map, text, why);
	if (strcmp(name, "period") == 0)
		return period_read(map, text, why);
	if (strcmp(name, "files") == 0) {
		map->glob = text;
	} else if (strcmp(name, "start") == 0) {
		const struct text_field field = {text, (uint32_t)strlen(text)};
		map->start_given = true;
		if (!text_number(field, false, &map->start))
			*why = arena_printf(map->arena, "start=%s is not a number", text);
	} else if (strcmp(name, "header") == 0 && (strcmp(text, "yes") == 0 || strcmp(text, "no") == 0)) {
		map->header = *text == 'y' ? CSV_HEADER_YES : CSV_HEADER_NO;
	} else if (strcmp(name, "empty") == 0 && strcmp(text, "skip") == 0) {
		map->skip_empty = true;
	} else {
		*why = arena_printf(map->arena, "%s=%s: only header=yes, header=no and empty=skip", name,
		                    text);
	}
	return !*why;
}

static bool item_read(struct csv_map *map, char *item, const char **why)
{
	const char *names[CSV_ROLES + WORDS];
	char *equals = strchr(item, '=');
	if (!equals) {
		*why = arena_printf(map->arena, "'%s' has no '='; %s", item, map_help);
		return false;
	}
	char *end = equals, *value = equals + 1;
	while (end > item && end[-1] == ' ')
		end--;
	*end = '\0';
	value += strspn(value, " ");
	if (!*value) {
		*why = arena_printf(map->arena, "%s= is followed by nothing%s", item,
		                    strcmp(item, "sep") == 0 ? "; for a comma, sep=comma" : "");
		return false;
	}
	for (uint32_t i = 0; i < CSV_ROLES; i++) {
		names[i] = roles[i].name;
		if (strcmp(item, names[i]) == 0)
			return column_read(map, i, value, why);
	}
	for (uint32_t i = 0; i < WORDS; i++) {
		names[CSV_ROLES + i] = words[i];
		if (strcmp(item, words[i]) == 0)
			return word_read(map, item, value, why);
	}
	const char *near = diag_near(item, names, CSV_ROLES + WORDS);
	*why = arena_printf(map->arena, "there is no '%s='%s%s%s; %s", item, near ? "; did you mean '" : "",
	                    near ? near : "", near ? "='?" : "", map_help);
	return false;
}

/* What must hold between the items. */
static const char *map_check(const struct csv_map *map)
{
	const struct csv_column *c = map->columns;
	if (!c[CSV_CPU].mapped && !c[CSV_MEMORY].mapped && !c[CSV_NET_IN].mapped && !c[CSV_NET_OUT].mapped &&
	    !c[CSV_DISK_READ].mapped && !c[CSV_DISK_WRITE].mapped)
		return "there is no cpu=, memory=, net_in=, net_out=, disk_read= or disk_write=: nothing "
		       "to read";
	if (c[CSV_TIME].mapped == (map->period_ns > 0))
		return c[CSV_TIME].mapped ? "time= and period= exclude each other"
		                          : "needs time=COLUMN, or period=300 s where there are no stamps";
	if (c[CSV_CPU].unit != c[CSV_CPU_CAPACITY].mapped)
		return "cpu= in Hz and cpu_capacity= go together: it is a fraction of what the row was given";
	if (c[CSV_MEMORY].unit != c[CSV_MEMORY_CAPACITY].mapped)
		return "memory= in bytes and memory_capacity= go together: it is a fraction of that";
	if (map->start_given && (!c[CSV_TIME].mapped || map->date))
		return "start= is in the unit of time=, which must be a number";
	double start_ns = map->start * c[CSV_TIME].factor;
	if (!(start_ns >= -CSV_STAMP_MOST_NS && start_ns <= CSV_STAMP_MOST_NS))
		return "start= is too far away for a time; it is in the unit of time=";
	return NULL;
}

bool csv_map_read(struct csv_map *map, const char *text, struct arena *arena, const char **why)
{
	*map = (struct csv_map){.arena = arena};
	*why = NULL;
	if (!text || !*text) {
		*why = arena_printf(arena, "needs a map of its columns as the subset: %s", map_help);
		return false;
	}
	for (const char *at = text; *at;) {
		size_t length = strcspn(at, ",");
		const char *next = at + length + (at[length] == ',');
		while (length && *at == ' ') {
			at++;
			length--;
		}
		while (length && at[length - 1] == ' ')
			length--;
		if (length && !item_read(map, arena_string_n(arena, at, length), why))
			return false;
		at = next;
	}
	*why = map_check(map);
	return !*why;
}

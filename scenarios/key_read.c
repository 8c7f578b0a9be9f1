/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a YAML tree by the table of keys: one function a type of value, one walk over sections. */
#include "scenarios/key_read.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/key.h"
#include "scenarios/key_table.h"
#include "scenarios/quantity.h"
#include "scenarios/scenario.h"
#include "sim/fault.h"

#define ALLOWED_SHOWN 400

/* What a value's reader needs to know: the row, the value, and whom to tell. */
struct key_value {
	const struct key *key;
	const char *name;               /* as written: "ram" */
	const struct yaml_node *node;
	char *base;
	const struct key_reading *r;
};

/* Values in messages are cut: a hostile one may be 64 KiB long. */
#define TELL(v, ...) diag_error((v)->r->diag, (v)->node->place, __VA_ARGS__)

static void names_join(char *text, size_t size, const struct key *key)
{
	size_t used = 0;
	text[0] = '\0';
	for (uint32_t i = 0; used < size; i++) {
		const char *name = key->name_at          ? key->name_at(i)
		                   : i < key->name_count ? key->names[i]
		                                         : NULL;
		if (!name)
			break;
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", name);
	}
}

static void range_tell(const struct key_value *v)
{
	const struct key *key = v->key;
	char least[40], most[40];
	bool whole = key->type == KEY_COUNT || key->type == KEY_SEED;
	quantity_write(key->least, key->dimension, least, sizeof least);
	quantity_write(key->most, key->dimension, most, sizeof most);
	if (whole) {
		snprintf(least, sizeof least, "%.0f", key->least);
		snprintf(most, sizeof most, "%.0f", key->most);
	}
	if (key->type == KEY_SEED) /* its greatest value is no double */
		snprintf(most, sizeof most, "%" PRIu64, UINT64_MAX);
	TELL(v, "'%s' is %.60s; it must be from %s to %s", v->name, v->node->text, least, most);
}

static bool in_range(const struct key_value *v, double x)
{
	if (x >= v->key->least && x <= v->key->most)
		return true;
	range_tell(v);
	return false;
}

static bool is_scalar(const struct key_value *v)
{
	if (v->node->kind == YAML_SCALAR && (*v->node->text || v->node->quoted))
		return true;
	const char *found = v->node->kind == YAML_SCALAR ? "nothing" :
	                    v->node->kind == YAML_LIST ? "a list" : "a mapping";
	TELL(v, "'%s' needs a value (%s); here is %s", v->name, key_type_names[v->key->type], found);
	return false;
}

static bool read_quantity(const struct key_value *v, double *x)
{
	const char *unit = NULL;
	char units[200];
	if (!is_scalar(v))
		return false;
	quantity_units(v->key->dimension, units, sizeof units);
	switch (quantity_read(v->node->text, v->key->dimension, x, &unit)) {
	case QUANTITY_OK:
		return in_range(v, *x);
	case QUANTITY_NO_UNIT:
		TELL(v, "'%s' is %.60s without a unit; write '%.60s %s', or with one of: %s", v->name,
		     v->node->text, v->node->text, dimension_units[v->key->dimension]->name, units);
		break;
	case QUANTITY_UNKNOWN_UNIT:
		if (*units)
			TELL(v, "'%s' has the unknown unit '%.40s'; units of %s are: %s", v->name, unit,
			     dimension_names[v->key->dimension], units);
		else
			TELL(v, "'%s' is a plain number; '%.40s' after it is not known", v->name, unit);
		break;
	case QUANTITY_NOT_FINITE:
		TELL(v, "'%s' is %.60s; it must be a finite number", v->name, v->node->text);
		break;
	case QUANTITY_NOT_NUMBER:
		TELL(v, "'%s' must be a number%s%s; '%.60s' is none", v->name,
		     *units ? " with a unit, say 1 " : "",
		     *units ? dimension_units[v->key->dimension]->name : "", v->node->text);
		break;
	}
	return false;
}

static void read_real(const struct key_value *v)
{
	double x;
	if (read_quantity(v, &x))
		*(double *)(void *)(v->base + v->key->offset) = x;
}

static void read_whole(const struct key_value *v)
{
	double x;
	if (read_quantity(v, &x)) /* rows keep `most` below 2^63 */
		*(int64_t *)(void *)(v->base + v->key->offset) = (int64_t)round(x);
}

/* A whole number as it is written: digits, perhaps a sign. */
static bool read_digits(const struct key_value *v)
{
	if (!is_scalar(v))
		return false;
	const char *text = v->node->text + (*v->node->text == '-' || *v->node->text == '+');
	if (*text && strspn(text, "0123456789") == strlen(text))
		return true;
	TELL(v, "'%s' must be a whole number; '%.60s' is none", v->name, v->node->text);
	return false;
}

static void read_count(const struct key_value *v)
{
	if (!read_digits(v))
		return;
	errno = 0;
	int64_t n = strtoll(v->node->text, NULL, 10);
	if (errno)
		range_tell(v);
	else if (in_range(v, (double)n))
		*(int64_t *)(void *)(v->base + v->key->offset) = n;
}

static void read_seed(const struct key_value *v)
{
	if (!read_digits(v))
		return;
	errno = 0;
	uint64_t n = strtoull(v->node->text, NULL, 10);
	if (errno || *v->node->text == '-')
		range_tell(v);
	else
		*(uint64_t *)(void *)(v->base + v->key->offset) = n;
}

/* The index of the word among the allowed ones, or UINT32_MAX after telling. */
static uint32_t read_word(const struct key_value *v)
{
	const char *known[64];
	uint32_t n = 0;
	for (const char *name; n < 64; n++) {
		name = v->key->name_at          ? v->key->name_at(n)
		       : n < v->key->name_count ? v->key->names[n]
		                                : NULL;
		if (!name)
			break;
		if (strcmp(name, v->node->text) == 0)
			return n;
		known[n] = name;
	}
	const char *near = diag_near(v->node->text, known, n);
	char all[ALLOWED_SHOWN];
	names_join(all, sizeof all, v->key);
	if (near)
		TELL(v, "unknown %s '%.60s'; did you mean '%s'? Allowed: %s", v->name, v->node->text, near,
		     all);
	else
		TELL(v, "unknown %s '%.60s'; allowed: %s", v->name, v->node->text, all);
	return UINT32_MAX;
}

static void read_choice(const struct key_value *v)
{
	uint32_t word = is_scalar(v) ? read_word(v) : UINT32_MAX;
	if (word == UINT32_MAX)
		return;
	if (v->key->type == KEY_SWITCH) {
		*(bool *)(void *)(v->base + v->key->offset) = word == 1;
		return;
	}
	int value = (int)(v->key->first + word); /* enums of ours have the size of int */
	memcpy(v->base + v->key->offset, &value, sizeof value);
}

static void read_set(const struct key_value *v)
{
	uint32_t set = 0, count = v->node->kind == YAML_LIST ? v->node->count : 1;
	ASSERT(v->key->name_count <= 32);
	for (uint32_t i = 0; i < count; i++) {
		struct key_value element = *v;
		element.node = v->node->kind == YAML_LIST ? v->node->items[i] : v->node;
		uint32_t word = is_scalar(&element) ? read_word(&element) : UINT32_MAX;
		if (word == UINT32_MAX)
			return;
		set |= UINT32_C(1) << word;
	}
	*(uint32_t *)(void *)(v->base + v->key->offset) = set;
}

static void read_bool(const struct key_value *v)
{
	if (!is_scalar(v))
		return;
	const char *text = v->node->text;
	bool yes = strcmp(text, "true") == 0 || strcmp(text, "yes") == 0;
	if (yes || strcmp(text, "false") == 0 || strcmp(text, "no") == 0)
		*(bool *)(void *)(v->base + v->key->offset) = yes;
	else
		TELL(v, "'%s' must be true or false; '%.60s' is neither", v->name, text);
}

static bool is_name(const char *text)
{
	for (const char *p = text; *p; p++) {
		bool letter =
			(*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (unsigned char)*p >= 0x80;
		if (!letter && !(*p >= '0' && *p <= '9') && !strchr("_-.", *p))
			return false;
	}
	return true;
}

/* "web-3": a group, a dash, a number. */
static bool is_member(const char *text)
{
	const char *dash = strrchr(text, '-');
	size_t digits = dash ? strlen(dash + 1) : 0;
	return dash && dash > text && digits && digits < 10 && strspn(dash + 1, "0123456789") == digits;
}

static void read_text(const struct key_value *v)
{
	if (!is_scalar(v))
		return;
	const char *text = v->node->text;
	if (strlen(text) > (size_t)v->key->most)
		TELL(v, "'%s' is %zu bytes long; at most %.0f", v->name, strlen(text), v->key->most);
	else if (!*text && v->key->type != KEY_TEXT)
		TELL(v, "'%s' is empty", v->name);
	else if (v->key->type != KEY_TEXT && !is_name(text))
		TELL(v, "'%s' is '%.60s'; names are made of letters, digits, '_', '-' and '.'", v->name,
		     text);
	else if (v->key->type == KEY_MEMBER && !is_member(text))
		TELL(v, "'%s' is '%.60s'; it must be a group and a number in it, from 0: say web-3",
		     v->name, text);
	else if (!v->key->name_at || (v->key->or_path && strchr(text, '/')) || read_word(v) != UINT32_MAX)
		*(const char **)(void *)(v->base + v->key->offset) = text;
}

static void read_part(const struct key_value *v)
{
	if (!is_scalar(v))
		return;
	int n = 0;
	long long part = 0, parts = 0;
	const char *text = v->node->text;
	bool fits = strlen(text) < 20 && strspn(text, "0123456789/") == strlen(text);
	if (!fits || sscanf(text, "%9lld/%9lld%n", &part, &parts, &n) != 2 || text[n] != '\0' || part < 1 ||
	    part > parts) {
		TELL(v, "'%s' is '%.60s'; it must be a part of a number of parts, from 1/4 to 4/4 say",
		     v->name, text);
		return;
	}
	*(int64_t *)(void *)(v->base + v->key->offset) = part;
	*(int64_t *)(void *)(v->base + v->key->count_offset) = parts;
}

static void read_table(const struct key_value *v)
{
	if (v->node->kind != YAML_LIST || v->node->count != POWER_POINTS) {
		TELL(v,
		     "'%s' must be a list of %d values, for 0 %%, 10 %%, ... 100 %% of load; here are %u",
		     v->name, POWER_POINTS, v->node->kind == YAML_LIST ? v->node->count : 0);
		return;
	}
	double *table = (double *)(void *)(v->base + v->key->offset);
	uint32_t errors = v->r->diag->errors;
	for (uint32_t i = 0; i < POWER_POINTS; i++) {
		struct key_value element = *v;
		element.node = v->node->items[i];
		read_quantity(&element, &table[i]);
	}
	if (v->r->diag->errors == errors)
		*(uint32_t *)(void *)(v->base + v->key->count_offset) = POWER_POINTS;
}

/* A number that may have a unit: which one is known only to the policy that takes it (scenario_check.c). */
static void read_values(const struct key_value *v)
{
	if (v->node->kind != YAML_MAP) {
		TELL(v, "'%s' must be a mapping of names to numbers", v->name);
		return;
	}
	struct scenario_value *values = arena_new(v->r->arena, v->node->count, sizeof *values);
	for (uint32_t i = 0; i < v->node->count; i++) {
		struct key_value element = *v;
		element.node = v->node->items[i];
		element.name = v->node->keys[i];
		const char *rest;
		double number = 0;
		if (is_scalar(&element) && quantity_number(element.node->text, &number, &rest) != QUANTITY_OK)
			TELL(&element, "'%.60s' must be a finite number; '%.60s' is none", element.name,
			     element.node->text);
		values[i] = (struct scenario_value){v->node->keys[i], number, element.node->place};
	}
	*(struct scenario_value **)(void *)(v->base + v->key->offset) = values;
	*(uint32_t *)(void *)(v->base + v->key->count_offset) = v->node->count;
}

static void read_list(const struct key_value *v)
{
	const struct yaml_node *list = v->node;
	if (list->kind != YAML_LIST) {
		TELL(v, "'%s' must be a list ('- ' before each element)", v->name);
		return;
	}
	if (list->count < v->key->least || list->count > v->key->most) {
		TELL(v, "'%s' has %u elements; it must have from %.0f to %.0f", v->name, list->count,
		     v->key->least, v->key->most);
		return;
	}
	char *elements = arena_new(v->r->arena, list->count, v->key->size);
	for (uint32_t i = 0; i < list->count; i++) {
		struct key_value element = *v;
		element.node = list->items[i];
		element.base = elements + i * v->key->size;
		if (v->key->place_offset)
			*(struct place *)(void *)(element.base + v->key->place_offset) = element.node->place;
		if (element.node->kind == YAML_MAP)
			key_read(v->r, v->key->path, element.node, element.node->place, element.base);
		else
			TELL(&element, "an element of '%s' must be a mapping (key: value)", v->name);
	}
	*(void **)(void *)(v->base + v->key->offset) = elements;
	*(uint32_t *)(void *)(v->base + v->key->count_offset) = list->count;
}

static void read_value(const struct key_value *v);

/* The section with every preset, and the value as its member. */
static void read_shorthand(const struct key_value *v)
{
	char path[128];
	struct key_value member = *v;
	snprintf(path, sizeof path, "%s.%s", v->key->path, v->key->shorthand);
	member.key = key_find(path);
	ASSERT(member.key);
	key_read(v->r, v->key->path, NULL, v->node->place, v->base);
	read_value(&member);
}

static void read_section(const struct key_value *v)
{
	if (strchr(v->key->path, '\0')[-1] == ']')
		read_list(v);
	else if (v->key->shorthand && v->node->kind == YAML_SCALAR)
		read_shorthand(v);
	else if (v->node->kind == YAML_MAP)
		key_read(v->r, v->key->path, v->node, v->node->place, v->base);
	else
		TELL(v, "'%s' must be a mapping (key: value)", v->name);
}

static void read_value(const struct key_value *v)
{
	static void (*const readers[KEY_TYPES])(const struct key_value *v) = {
		[KEY_COUNT] = read_count,   [KEY_SEED] = read_seed,       [KEY_WHOLE] = read_whole,
		[KEY_REAL] = read_real,     [KEY_CHOICE] = read_choice,   [KEY_SWITCH] = read_choice,
		[KEY_BOOL] = read_bool,     [KEY_TEXT] = read_text,       [KEY_NAME] = read_text,
		[KEY_MEMBER] = read_text,   [KEY_PART] = read_part,       [KEY_TABLE] = read_table,
		[KEY_VALUES] = read_values, [KEY_SECTION] = read_section, [KEY_SET] = read_set,
	};
	const struct key *key = v->key;
	if (key->has_offset)
		*(bool *)(void *)(v->base + key->has_offset) = true;
	bool list = key->type == KEY_SECTION && key->size;
	if (key->place_offset && !list)
		*(struct place *)(void *)(v->base + key->place_offset) = v->node->place;
	uint32_t errors = v->r->diag->errors;
	readers[key->type](v);
	/* A wrong value is told once: the checks between keys then go on with the preset. */
	if (v->r->diag->errors > errors && key->preset && key->type != KEY_SECTION) {
		const struct yaml_node preset = {
			.kind = YAML_SCALAR, .place = v->node->place, .text = key->preset};
		struct key_value again = *v;
		again.node = &preset;
		readers[key->type](&again);
	}
}

/* A preset is read as if it stood in the file. */
static void key_absent(const struct key_value *v, const char *section, struct place at)
{
	const struct key *key = v->key;
	if (key->preset) {
		uint32_t errors = v->r->diag->errors;
		const struct yaml_node scalar = {.kind = YAML_SCALAR, .place = at, .text = key->preset};
		struct key_value preset = *v;
		preset.node = &scalar;
		if (key->type == KEY_SECTION)
			preset.node = yaml_read_text(key->preset, strlen(key->preset), "preset", v->r->arena,
			                             v->r->diag);
		read_value(&preset);
		ASSERT(v->r->diag->errors == errors); /* a preset that its own row refuses */
	} else if (key->type == KEY_SECTION && !key->size) {
		if (key->place_offset)
			*(struct place *)(void *)(v->base + key->place_offset) = at;
		key_read(v->r, key->path, NULL, at, v->base);
	} else if (!key->optional) {
		diag_error(v->r->diag, at, "%s%s has no '%s'; it must be given: %s",
		           *section ? "this part of " : "the scenario", section, v->name, key->summary);
	}
}

/* One that is elsewhere in the language: "'policy' is written in placement". */
static const struct key *key_elsewhere(const char *word)
{
	const struct key *key;
	for (uint32_t i = 0; (key = key_at(i)); i++) {
		const char *dot = strrchr(key->path, '.');
		const char *name = dot ? dot + 1 : key->path;
		size_t n = strcspn(name, "[");
		if (strlen(word) == n && strncmp(name, word, n) == 0)
			return key;
	}
	return NULL;
}

static void key_unknown(const struct key_reading *r, const char *section, const char *word,
                        struct place at)
{
	const char *known[64];
	char all[ALLOWED_SHOWN] = "";
	uint32_t n = 0;
	size_t used = 0, length;
	const struct key *key;
	const char *renamed = NULL;
	for (uint32_t i = 0; (key = key_at(i)) && n < 64; i++) {
		const char *name = key_name(key, section, &length);
		if (!name)
			continue;
		if (key->former && strcmp(key->former, word) == 0)
			renamed = arena_string_n(r->arena, name, length);
		known[n] = arena_string_n(r->arena, name, length);
		if (used < sizeof all)
			used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", n ? ", " : "",
			                         known[n]);
		n++;
	}
	const char *near = diag_near(word, known, n);
	const struct key *elsewhere = near ? NULL : key_elsewhere(word);
	if (renamed)
		diag_error(r->diag, at, "unknown key '%.60s'; it is called '%s'", word, renamed);
	else if (near)
		diag_error(r->diag, at, "unknown key '%.60s'; did you mean '%s'?", word, near);
	else if (elsewhere)
		diag_error(r->diag, at, "unknown key '%.60s' here; there is '%s'. Allowed here: %s", word,
		           elsewhere->path, all);
	else
		diag_error(r->diag, at, "unknown key '%.60s'; allowed: %s", word, all);
}

void key_read(const struct key_reading *r, const char *section, const struct yaml_node *map, struct place at,
              void *base)
{
	uint32_t used = 0;
	const struct key *key;
	for (uint32_t i = 0; (key = key_at(i)); i++) {
		size_t length;
		const char *name = key_name(key, section, &length);
		if (!name || key->type == KEY_INCLUDE)
			continue;
		struct key_value v = {.key = key, .base = base, .r = r};
		v.name = name[length] ? arena_string_n(r->arena, name, length) : name;
		v.node = map ? yaml_get(map, v.name) : NULL;
		used += v.node != NULL;
		if (v.node)
			read_value(&v);
		else
			key_absent(&v, section, at);
	}
	if (!map || used == map->count)
		return;
	for (uint32_t i = 0; i < map->count; i++) {
		char path[256];
		snprintf(path, sizeof path, "%s%s%.80s", section, *section ? "." : "", map->keys[i]);
		char list[260];
		snprintf(list, sizeof list, "%s[]", path);
		bool plain = !strpbrk(map->keys[i], ".[");
		if (!plain || (!key_find(path) && !key_find(list)))
			key_unknown(r, section, map->keys[i], map->key_places[i]);
	}
}

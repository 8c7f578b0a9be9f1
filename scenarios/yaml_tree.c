/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks things up in a YAML tree, lays one tree on another, and sets single values. */
#include "scenarios/yaml.h"

#include <stdio.h>
#include <string.h>

#include "sim/fault.h"

#define PATH_PART_MAX 64

const char *const yaml_kind_names[] = {[YAML_SCALAR] = "value", [YAML_LIST] = "list", [YAML_MAP] = "mapping"};

static struct yaml_node **yaml_find(const struct yaml_node *map, const char *key)
{
	if (map && map->kind == YAML_MAP)
		for (uint32_t i = 0; i < map->count; i++)
			if (strcmp(map->keys[i], key) == 0)
				return &map->items[i];
	return NULL;
}

struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	struct yaml_node **found = yaml_find(map, key);
	return found ? *found : NULL;
}

/* Arena blocks do not grow in place: the old arrays stay behind until the arena goes, at most as much
 * again. */
static void *yaml_grown(struct arena *arena, const void *old, uint32_t count, uint32_t room, size_t size)
{
	void *grown = arena_new(arena, room, size);
	if (count)
		memcpy(grown, old, count * size);
	return grown;
}

static void yaml_reserve(struct yaml_node *parent, uint32_t room, struct arena *arena)
{
	parent->items = yaml_grown(arena, parent->items, parent->count, room, sizeof *parent->items);
	if (parent->kind == YAML_MAP) {
		parent->keys = yaml_grown(arena, parent->keys, parent->count, room, sizeof *parent->keys);
		parent->key_places = yaml_grown(arena, parent->key_places, parent->count, room,
		                                sizeof *parent->key_places);
	}
	parent->room = room;
}

void yaml_add(struct yaml_node *parent, const char *key, struct place key_place, struct yaml_node *value,
              struct arena *arena)
{
	ASSERT(parent->kind != YAML_SCALAR && (parent->kind == YAML_MAP) == (key != NULL));
	if (parent->count == parent->room)
		yaml_reserve(parent, parent->room ? parent->room * 2 : 4, arena);
	parent->items[parent->count] = value;
	if (key) {
		parent->keys[parent->count] = key;
		parent->key_places[parent->count] = key_place;
	}
	parent->count++;
	parent->size = parent->size > UINT32_MAX - value->size ? UINT32_MAX : parent->size + value->size;
	if (value->depth >= parent->depth)
		parent->depth = value->depth + 1;
}

/* A node of its own with the same children, which stay shared. */
static struct yaml_node *yaml_copy(const struct yaml_node *node, struct arena *arena)
{
	struct yaml_node *copy = arena_new(arena, 1, sizeof *copy);
	*copy = *node;
	if (node->kind != YAML_SCALAR)
		yaml_reserve(copy, node->count + 1, arena);
	return copy;
}

struct yaml_node *yaml_merge(struct yaml_node *over, struct yaml_node *under, struct arena *arena)
{
	if (over->kind != YAML_MAP || under->kind != YAML_MAP)
		return over;
	struct yaml_node *merged = yaml_copy(over, arena);
	for (uint32_t i = 0; i < under->count; i++) {
		struct yaml_node **mine = yaml_find(merged, under->keys[i]);
		if (mine)
			*mine = yaml_merge(*mine, under->items[i], arena);
		else
			yaml_add(merged, under->keys[i], under->key_places[i], under->items[i], arena);
	}
	return merged;
}

/* The next part of a dotted path; false at the end, or when a part is empty or too long. */
static bool path_part(const char **path, char part[PATH_PART_MAX])
{
	size_t n = strcspn(*path, ".");
	if (!n || n >= PATH_PART_MAX)
		return false;
	memcpy(part, *path, n);
	part[n] = '\0';
	*path += n;
	*path += **path == '.';
	return true;
}

static bool part_number(const char *part, uint32_t *number)
{
	*number = 0;
	for (const char *p = part; *p; p++) {
		if (*p < '0' || *p > '9' || *number > 100000000)
			return false;
		*number = *number * 10 + (uint32_t)(*p - '0');
	}
	return true;
}

/* An element of a list, by its number or by its name. */
static struct yaml_node **yaml_element(const struct yaml_node *list, const char *part)
{
	uint32_t number;
	if (part_number(part, &number))
		return number < list->count ? &list->items[number] : NULL;
	for (uint32_t i = 0; i < list->count; i++) {
		const struct yaml_node *name = yaml_get(list->items[i], "name");
		if (name && name->kind == YAML_SCALAR && strcmp(name->text, part) == 0)
			return &list->items[i];
	}
	return NULL;
}

const struct yaml_node *yaml_at(const struct yaml_node *root, const char *path)
{
	char part[PATH_PART_MAX];
	while (path_part(&path, part)) {
		struct yaml_node **next =
			root->kind == YAML_LIST ? yaml_element(root, part) : yaml_find(root, part);
		if (!next)
			break;
		root = *next;
	}
	return root;
}

/* What an override sets has the override as its place: its line and column are of no use. */
static void yaml_move(struct yaml_node *node, const char *name)
{
	node->place = (struct place){name, 0, 0};
	for (uint32_t i = 0; i < node->count; i++) {
		if (node->kind == YAML_MAP)
			node->key_places[i] = node->place;
		yaml_move(node->items[i], name);
	}
}

static struct yaml_node *yaml_empty(enum yaml_kind kind, struct place at, struct arena *arena)
{
	struct yaml_node *node = arena_new(arena, 1, sizeof *node);
	node->kind = kind;
	node->place = at;
	node->size = node->depth = 1;
	return node;
}

/* Where the part lies in parent, made when it is not there; NULL after an error. */
static struct yaml_node **yaml_slot(struct yaml_node *parent, const char *part, struct place at,
                                    struct arena *arena, struct diag *diag)
{
	bool list = parent->kind == YAML_LIST;
	struct yaml_node **slot = list ? yaml_element(parent, part) : yaml_find(parent, part);
	uint32_t number;
	if (slot)
		return slot;
	if (parent->kind == YAML_SCALAR) {
		diag_error(diag, at, "'%s' is below a single value, which holds nothing", part);
		return NULL;
	}
	if (list && !part_number(part, &number)) {
		diag_error(diag, at, "'%s' is neither a number nor the name of an element of the list", part);
		return NULL;
	}
	if (list && number != parent->count) {
		diag_error(diag, at,
		           "the list has %u elements, numbered from 0; '%s' is none of them nor the next",
		           parent->count, part);
		return NULL;
	}
	struct yaml_node *nothing = yaml_empty(YAML_SCALAR, at, arena);
	nothing->text = "";
	yaml_add(parent, list ? NULL : arena_string(arena, part), at, nothing, arena);
	return &parent->items[parent->count - 1];
}

static struct yaml_node *yaml_value(const char *text, const char *name, struct arena *arena,
                                    struct diag *diag)
{
	struct place at = {name, 0, 0};
	if (!*text) {
		struct yaml_node *nothing = yaml_empty(YAML_SCALAR, at, arena);
		nothing->text = "";
		return nothing;
	}
	struct yaml_node *value = yaml_read_text(text, strlen(text), name, arena, diag);
	if (value)
		yaml_move(value, name);
	return value;
}

bool yaml_set(struct yaml_node *root, const char *assignment, struct arena *arena, struct diag *diag)
{
	const char *name = arena_printf(arena, "--set %.200s", assignment);
	struct place at = {name, 0, 0};
	const char *equals = strchr(assignment, '=');
	if (!equals) {
		diag_error(diag, at, "has no '='; write KEY.KEY=VALUE, say hosts.0.count=400");
		return false;
	}
	const char *path = arena_string_n(arena, assignment, (size_t)(equals - assignment));
	uint32_t errors = diag->errors;
	struct yaml_node *value = yaml_value(equals + 1, name, arena, diag);
	if (!value || diag->errors > errors)
		return false;
	struct yaml_node *node = root, **slot = NULL;
	char part[PATH_PART_MAX];
	while (path_part(&path, part)) {
		if (strcmp(part, "include") == 0) {
			diag_error(diag, at, "'include' cannot be set; write it in the file");
			return false;
		}
		if (slot) { /* copy what is walked through: it may be shared through an alias */
			uint32_t number;
			bool fresh = node->kind == YAML_SCALAR && !*node->text && !node->quoted;
			*slot = fresh ? yaml_empty(part_number(part, &number) ? YAML_LIST : YAML_MAP, at,
			                           arena)
			              : yaml_copy(node, arena);
			node = *slot;
		}
		slot = yaml_slot(node, part, at, arena, diag);
		if (!slot)
			return false;
		node = *slot;
	}
	if (*path || !slot || equals[-1] == '.') { /* !slot: nothing stands before the equals sign */
		diag_error(diag, at,
		           "a path is keys and numbers with single dots between, say hosts.0.count");
		return false;
	}
	*slot = value;
	return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* YAML text as a tree of nodes that know where they stand. yaml.c is the only file that sees libyaml;
 * yaml_tree.c looks things up, merges and sets.
 *
 * Refused with a message: duplicate keys, more than 64 levels, more than a million nodes (a node named by an
 * alias is shared, not copied, and counted each time), values above 64 KiB, mappings of more than 256 keys,
 * files above 16 MiB, more than 1000 included files, several documents, tags, NUL bytes and invalid UTF-8.
 *
 * `include: file.yaml` (or a list of files) as a key of any mapping merges that file's keys below it: keys
 * that stand in the including mapping win, later files win over earlier ones, mappings are merged key by
 * key, lists and values are replaced whole. A file that includes itself, through others too, is an error.
 * Paths are relative to the including file. The limit of nodes holds for a file with all that it includes.
 */
#ifndef SCENARIOS_YAML_H
#define SCENARIOS_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/diag.h"
#include "sim/memory.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;
	struct place place;
	const char *text;              /* scalars: as written, without quotes */
	bool quoted;                   /* scalars: a string whatever it looks like */
	uint32_t size, depth;          /* nodes and levels below, this one included, shared ones each time */
	uint32_t count, room;          /* children */
	struct yaml_node **items;      /* lists and maps: values */
	const char **keys;             /* maps */
	struct place *key_places;
};

extern const char *const yaml_kind_names[]; /* "value", "list", "mapping" */

/* NULL after errors were added to diag; a tree with duplicate keys is told of and returned all the same, so
 * that what is wrong in the rest can be told too: look at diag->errors. *text, when text is not NULL, gets
 * the file as it was read (without what it includes). Nodes and file names live in arena. */
struct yaml_node *yaml_read_file(const char *path, const char **text, struct arena *arena, struct diag *diag);
struct yaml_node *yaml_read_text(const char *text, size_t size, const char *name, struct arena *arena,
                                 struct diag *diag);

/* The value of a key, or NULL. */
struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* Appends a value to a list, or a key and its value to a map. */
void yaml_add(struct yaml_node *parent, const char *key, struct place key_place, struct yaml_node *value,
              struct arena *arena);

/* A tree in which `over` lies on top of `under`: neither is changed, nodes are shared with both. */
struct yaml_node *yaml_merge(struct yaml_node *over, struct yaml_node *under, struct arena *arena);

/* The node at a dotted path ("hosts.0.ram"), or the deepest one on the way there: never NULL. */
const struct yaml_node *yaml_at(const struct yaml_node *root, const char *path);

/* --set hosts.0.count=400: replaces or adds the node at a dotted path; list elements by number (one past the
 * last adds an element) or by their `name`. The value is read as YAML. Its place is "--set
 * hosts.0.count=400", without a line. False after an error in diag. */
bool yaml_set(struct yaml_node *root, const char *assignment, struct arena *arena, struct diag *diag);

#endif

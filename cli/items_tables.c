/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Items out of the catalogue's tables: instance types of clouds, parts of servers. A table is a file with a
 * description and `types`, a mapping of name to a mapping of facts. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/items.h"
#include "scenarios/diag.h"
#include "scenarios/yaml.h"

/* "vcpus 2, ram 8 GiB": what a row tells, on a line. */
static const char *facts_line(struct arena *arena, const struct yaml_node *row)
{
	const char *line = "";
	for (uint32_t i = 0; i < row->count; i++)
		line = arena_printf(arena, "%s%s%s %s", line, i ? ", " : "", row->keys[i],
		                    row->items[i]->kind == YAML_SCALAR ? row->items[i]->text : "...");
	return line;
}

static void row_item(struct items *items, const char *path, const char *name, const struct yaml_node *row)
{
	struct item *item = items_add(items, name, facts_line(&items->arena, row));
	const char **lines = arena_new(&items->arena, row->count, sizeof *lines);
	for (uint32_t i = 0; i < row->count; i++)
		lines[i] = arena_printf(&items->arena, "%s: %s", row->keys[i], row->items[i]->text);
	item_text(item, "file", path);
	item_list(item, "keys", lines, row->count);
}

/* The table itself, then each of its rows as table/row. */
static void table_items(struct items *items, const char *path, const char *table)
{
	struct diag diag;
	diag_init(&diag);
	struct yaml_node *root = yaml_read_file(path, NULL, &items->arena, &diag);
	struct yaml_node *types = root ? yaml_get(root, "types") : NULL;
	if (types && types->kind == YAML_MAP && !diag.errors) {
		const struct yaml_node *description = yaml_get(root, "description");
		struct item *item = items_add(items, table, description ? description->text : "");
		item_text(item, "file", path);
		item_list(item, "types", types->keys, types->count);
		for (uint32_t i = 0; i < types->count; i++)
			if (types->items[i]->kind == YAML_MAP)
				row_item(items, path,
				         arena_printf(&items->arena, "%s/%s", table, types->keys[i]),
				         types->items[i]);
	}
	diag_print(&diag, stderr);
	diag_fini(&diag);
}

static int is_table(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);
	return n > 5 && strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

void items_tables(struct items *items, const char *folder)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_table, alphasort);
	for (int i = 0; i < n; i++) {
		const char *file = entries[i]->d_name;
		table_items(items, arena_printf(&items->arena, "%s/%s", folder, file),
		            arena_string_n(&items->arena, file, strlen(file) - strlen(".yaml")));
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places of keys and names of things, for checks between keys. */
#include "scenarios/check.h"

#include <stdio.h>
#include <string.h>

const struct yaml_node *check_given(const struct check *c, const char *list, uint32_t i,
                                           const char *key)
{
	char path[128];
	const struct yaml_node *node = yaml_get(c->root, list);
	if (!node || node->kind != YAML_LIST || i >= node->count)
		return NULL;
	node = node->items[i];
	snprintf(path, sizeof path, "%s", key);
	for (char *rest = path, *part; node && (part = strsep(&rest, ".")) != NULL;)
		node = yaml_get(node, part);
	return node;
}

struct place check_place(const struct check *c, const char *list, uint32_t i, const char *key)
{
	const struct yaml_node *node = check_given(c, list, i, key);
	if (node)
		return node->place;
	node = yaml_get(c->root, list);
	if (node && node->kind == YAML_LIST && i < node->count)
		return node->items[i]->place;
	return node ? node->place : c->root->place;
}

struct names names_collect(const char *const *first, uint32_t count, size_t stride)
{
	struct names names = {memory_new(count, sizeof *names.at, "names"), count};
	for (uint32_t i = 0; i < count; i++) {
		const char *const *name = (const void *)((const char *)first + i * stride);
		names.at[i] = *name ? *name : "";
	}
	return names;
}

uint32_t names_find(const struct names *names, const char *name)
{
	for (uint32_t i = 0; i < names->count; i++)
		if (strcmp(names->at[i], name) == 0)
			return i;
	return UINT32_MAX;
}

static void names_join(const struct names *names, char *text, size_t size)
{
	size_t used = 0;
	text[0] = '\0';
	for (uint32_t i = 0; i < names->count && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", names->at[i]);
}

bool name_known(const struct check *c, const struct names *names, const char *name, struct place at,
                       const char *what)
{
	char all[300];
	if (!name || names_find(names, name) != UINT32_MAX)
		return true;
	const char *near = diag_near(name, names->at, names->count);
	names_join(names, all, sizeof all);
	if (near)
		diag_error(c->diag, at, "unknown %s '%.60s'; did you mean '%s'?", what, name, near);
	else if (*all)
		diag_error(c->diag, at, "unknown %s '%.60s'; there are: %s", what, name, all);
	else
		diag_error(c->diag, at, "unknown %s '%.60s'; the scenario names none", what, name);
	return false;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Built-in policies and plug-ins under one roof. */
#include "scenarios/plugins.h"

#include <stdlib.h>
#include <string.h>

#include "policies/registry.h"
#include "sim/memory.h"

static const struct policy *loaded(const struct plugins *plugins, const char *path)
{
	for (uint32_t i = 0; i < plugins->count; i++)
		if (strcmp(plugins->items[i]->path, path) == 0)
			return &plugins->items[i]->policy;
	return NULL;
}

bool plugins_load(struct plugins *plugins, const char *name, struct place place, struct diag *diag)
{
	char why[512];
	if (!plugin_is_path(name) || loaded(plugins, name))
		return true;
	if (plugins->supervise && !plugins->watch)
		plugins->watch = supervisor_begin(plugins->budget_ns / 1e9);
	struct plugin *plugin = memory_new(1, sizeof *plugin, "plug-in");
	watch_asks(plugins->watch, name, "load", 0);
	bool good = plugin_open(plugin, name, why, sizeof why);
	watch_answered(plugins->watch);
	if (!good) {
		diag_error(diag, place, "policy %.200s: %s", name, why);
		free(plugin);
		return false;
	}
	ARRAY_GROW(plugins->items, plugins->count, plugins->room, "plug-ins");
	plugins->items[plugins->count++] = plugin;
	return true;
}

const struct policy *plugins_policy(const struct plugins *plugins, const char *name)
{
	return plugin_is_path(name) ? loaded(plugins, name) : policy_find(name);
}

void plugins_close(struct plugins *plugins)
{
	for (uint32_t i = 0; i < plugins->count; i++) {
		plugin_close(plugins->items[i]);
		free(plugins->items[i]);
	}
	free(plugins->items);
	*plugins = (struct plugins){0};
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks instance types up in the catalogue's tables. */
#include "scenarios/catalog.h"

#include <string.h>
#include <unistd.h>

#define TYPES_SHOWN 12

/* What one scenario's groups have in common; the last table read, since groups tend to share one. */
struct catalog {
	const char *folder;
	struct arena *arena;
	struct diag *diag;
	const char *cloud;
	struct yaml_node *types;
};

static bool is_reference(const struct yaml_node *type)
{
	return type && type->kind == YAML_SCALAR && *type->text && strlen(type->text) < 64;
}

/* "aws" of "aws/m5.large"; NULL after an error. */
static const char *cloud_of(const struct catalog *c, const struct yaml_node *type)
{
	const char *slash = strchr(type->text, '/');
	size_t length = slash ? (size_t)(slash - type->text) : 0;
	const char *cloud = arena_string_n(c->arena, type->text, length);
	const char *path = arena_printf(c->arena, "%s/catalog/instances/%s.yaml", c->folder, cloud);
	if (length && slash[1] && !strchr(cloud, '.') && access(path, R_OK) == 0)
		return cloud;
	diag_error(c->diag, type->place,
	           "unknown VM type '%.60s'; write cloud/type, as in aws/m5.large; the clouds are the tables "
	           "in %s/catalog/instances", type->text, c->folder);
	return NULL;
}

static struct yaml_node *types_of(struct catalog *c, const char *cloud)
{
	if (c->cloud && strcmp(c->cloud, cloud) == 0)
		return c->types;
	const char *path = arena_printf(c->arena, "%s/catalog/instances/%s.yaml", c->folder, cloud);
	struct yaml_node *table = yaml_read_file(path, NULL, c->arena, c->diag);
	struct yaml_node *types = table ? yaml_get(table, "types") : NULL;
	if (table && (!types || types->kind != YAML_MAP)) {
		diag_error(c->diag, table->place, "a table of instances has 'types': a mapping of names");
		types = NULL;
	}
	c->cloud = cloud;
	c->types = types;
	return types;
}

static void tell_unknown(const struct catalog *c, const struct yaml_node *type, const struct yaml_node *types)
{
	const char *name = strchr(type->text, '/') + 1, *all = "";
	const char *near = diag_near(name, types->keys, types->count);
	if (near) {
		diag_error(c->diag, type->place, "unknown VM type '%.60s'; did you mean '%s/%s'?", type->text,
		           c->cloud, near);
		return;
	}
	for (uint32_t i = 0; i < types->count && i < TYPES_SHOWN; i++)
		all = arena_printf(c->arena, "%s%s%s", all, i ? ", " : "", types->keys[i]);
	diag_error(c->diag, type->place,
	           "unknown VM type '%.60s'; %s has %s%s (`vdcsim list catalog %s` tells them)", type->text,
	           c->cloud, all, types->count > TYPES_SHOWN ? " ..." : "", c->cloud);
}

static struct yaml_node *entry_of(struct catalog *c, const struct yaml_node *type)
{
	const char *cloud = cloud_of(c, type);
	struct yaml_node *types = cloud ? types_of(c, cloud) : NULL;
	if (!types)
		return NULL;
	struct yaml_node *entry = yaml_get(types, strchr(type->text, '/') + 1);
	if (!entry)
		tell_unknown(c, type, types);
	else if (entry->kind != YAML_MAP)
		diag_error(c->diag, entry->place, "an instance type is a mapping of the keys of vms[]");
	return entry && entry->kind == YAML_MAP ? entry : NULL;
}

void catalog_apply_vms(struct yaml_node *root, const char *folder, struct arena *arena, struct diag *diag)
{
	struct catalog c = {.folder = folder, .arena = arena, .diag = diag};
	struct yaml_node *vms = yaml_get(root, "vms");
	for (uint32_t i = 0; vms && vms->kind == YAML_LIST && i < vms->count; i++) {
		struct yaml_node *type = yaml_get(vms->items[i], "type");
		if (!is_reference(type)) /* if it is there at all, the key's own check tells what is wrong */
			continue;
		if (!folder) {
			diag_error(diag, type->place,
			           "type '%.60s': the catalogue was not found; set VDCSIM_SCENARIOS to the "
			           "folder that holds catalog/", type->text);
			continue;
		}
		struct yaml_node *entry = entry_of(&c, type);
		if (entry)
			vms->items[i] = yaml_merge(vms->items[i], entry, arena);
	}
}

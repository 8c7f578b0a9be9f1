/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ISA descriptions: a small language of its own, read from the YAML tree. */
#include "scenarios/isa_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/folder.h"

#define INSTRUCTIONS_MOST 1000

struct isa_reading {
	struct arena *arena;
	struct diag *diag;
};

static void unknown_keys(const struct isa_reading *r, const struct yaml_node *map, const char *const *known,
                         size_t count)
{
	char all[300] = "";
	size_t used = 0;
	for (size_t i = 0; i < count && used < sizeof all; i++)
		used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", known[i]);
	for (uint32_t i = 0; i < map->count; i++) {
		bool found = false;
		for (size_t k = 0; k < count; k++)
			found |= strcmp(map->keys[i], known[k]) == 0;
		if (found)
			continue;
		const char *near = diag_near(map->keys[i], known, count);
		if (near)
			diag_error(r->diag, map->key_places[i], "unknown key '%.60s'; did you mean '%s'?",
			           map->keys[i], near);
		else
			diag_error(r->diag, map->key_places[i], "unknown key '%.60s'; allowed: %s",
			           map->keys[i], all);
	}
}

/* NULL when absent (an error when it is needed) or no plain value. */
static const char *text_of(const struct isa_reading *r, const struct yaml_node *map, const char *key,
                           bool needed)
{
	const struct yaml_node *node = yaml_get(map, key);
	if (node && node->kind == YAML_SCALAR && *node->text)
		return node->text;
	if (node)
		diag_error(r->diag, node->place, "'%s' needs a value (text); here is a %s", key,
		           node->kind == YAML_SCALAR ? "blank" : yaml_kind_names[node->kind]);
	else if (needed)
		diag_error(r->diag, map->place, "this has no '%s'; it must be given", key);
	return NULL;
}

/* `word` among count names, or -1 after telling. */
static int word_of(const struct isa_reading *r, const struct yaml_node *node, const char *what,
                   const char *const *names, size_t count)
{
	const char *word = node->kind == YAML_SCALAR ? node->text : "";
	char all[200] = "";
	size_t used = 0;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(word, names[i]) == 0)
			return (int)i;
		if (used < sizeof all)
			used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "",
			                         names[i]);
	}
	const char *near = diag_near(word, names, count);
	if (near)
		diag_error(r->diag, node->place, "unknown %s '%.40s'; did you mean '%s'? Allowed: %s", what,
		           word, near, all);
	else
		diag_error(r->diag, node->place, "unknown %s '%.40s'; allowed: %s", what, word, all);
	return -1;
}

static bool flag_of(const struct isa_reading *r, const struct yaml_node *map, const char *key, bool preset)
{
	static const char *const words[] = {"false", "true"};
	const struct yaml_node *node = yaml_get(map, key);
	return node ? word_of(r, node, key, words, 2) == 1 : preset;
}

static unsigned kinds_of(const struct isa_reading *r, const struct yaml_node *map)
{
	const struct yaml_node *node = yaml_get(map, "sensitive");
	unsigned kinds = 0;
	if (!node)
		return 0;
	if (node->kind != YAML_LIST) {
		diag_error(r->diag, node->place, "'sensitive' must be a list of: control, location, mode");
		return 0;
	}
	for (uint32_t i = 0; i < node->count; i++) {
		int kind = word_of(r, node->items[i], "kind of sensitive", isa_kind_names, ISA_KINDS);
		kinds |= kind < 0 ? 0 : 1U << kind;
	}
	return kinds;
}

static void read_instruction(const struct isa_reading *r, const struct yaml_node *map,
                             struct isa_instruction *i)
{
	static const char *const known[] = {"name",      "note",           "privileged",
	                                    "sensitive", "user_sensitive", "in_user_mode"};
	uint32_t errors = r->diag->errors;
	if (map->kind != YAML_MAP) {
		diag_error(r->diag, map->place, "an instruction must be a mapping: {name: add}");
		return;
	}
	unknown_keys(r, map, known, sizeof known / sizeof *known);
	i->name = text_of(r, map, "name", true);
	i->note = text_of(r, map, "note", false);
	i->sensitive = kinds_of(r, map);
	i->privileged = flag_of(r, map, "privileged", false);
	i->user_sensitive =
		flag_of(r, map, "user_sensitive", (i->sensitive & (ISA_CONTROL | ISA_LOCATION)) != 0);
	const struct yaml_node *user = yaml_get(map, "in_user_mode");
	int word = user            ? word_of(r, user, "in_user_mode", isa_user_names, ISA_USERS)
	           : i->privileged ? ISA_TRAPS
	                           : ISA_SILENT;
	if (word >= 0)
		i->user = (enum isa_user)word;
	const char *wrong = r->diag->errors == errors ? isa_contradiction(i) : NULL;
	if (wrong)
		diag_error(r->diag, (user ? user : map)->place, "'%.40s': %s", i->name, wrong);
	else if (r->diag->errors == errors && i->sensitive && !user && !i->privileged)
		diag_error(r->diag, map->place,
		           "'%.40s' is sensitive and not privileged: say what it does in_user_mode: traps, "
		           "silent, "
		           "virtual",
		           i->name);
}

static void names_differ(const struct isa_reading *r, const struct yaml_node *list, const struct isa *isa)
{
	for (uint32_t i = 0; i < isa->instruction_count; i++)
		for (uint32_t k = 0; k < i; k++) {
			const char *a = isa->instructions[i].name, *b = isa->instructions[k].name;
			if (!a || !b || strcmp(a, b) != 0)
				continue;
			diag_error(r->diag, list->items[i]->place, "there are two instructions '%.40s'", a);
			break;
		}
}

static void read_instructions(const struct isa_reading *r, const struct yaml_node *root, struct isa *isa)
{
	const struct yaml_node *list = yaml_get(root, "instructions");
	if (!list || list->kind != YAML_LIST || !list->count || list->count > INSTRUCTIONS_MOST) {
		diag_error(r->diag, (list ? list : root)->place,
		           "'instructions' must be a list of 1 to %d instructions", INSTRUCTIONS_MOST);
		return;
	}
	isa->instructions = arena_new(r->arena, list->count, sizeof *isa->instructions);
	isa->instruction_count = list->count;
	for (uint32_t i = 0; i < list->count; i++)
		read_instruction(r, list->items[i], &isa->instructions[i]);
	names_differ(r, list, isa);
}

static void read_levels(const struct isa_reading *r, const struct yaml_node *root, struct isa *isa)
{
	static const char *const known[] = {"name", "holds"};
	const struct yaml_node *list = yaml_get(root, "levels");
	if (!list)
		return;
	if (list->kind != YAML_LIST) {
		diag_error(r->diag, list->place,
		           "'levels' must be a list of {name: ring 0, holds: the VMM}");
		return;
	}
	isa->levels = arena_new(r->arena, list->count, sizeof *isa->levels);
	for (uint32_t i = 0; i < list->count; i++) {
		if (list->items[i]->kind != YAML_MAP) {
			diag_error(r->diag, list->items[i]->place,
			           "a level must be a mapping: {name: ring 0, holds: ...}");
			continue;
		}
		unknown_keys(r, list->items[i], known, 2);
		isa->levels[isa->level_count++] =
			(struct isa_level){text_of(r, list->items[i], "name", true),
		                           text_of(r, list->items[i], "holds", true)};
	}
}

static struct isa *read_tree(const struct isa_reading *r, const struct yaml_node *root, uint32_t errors)
{
	static const char *const known[] = {"name",   "description", "source", "timing_free_vmm",
	                                    "levels", "instructions"};
	struct isa *isa = arena_new(r->arena, 1, sizeof *isa);
	if (!root)
		return NULL;
	if (root->kind != YAML_MAP) {
		diag_error(r->diag, root->place,
		           "an ISA description is a mapping (key: value); here is a %s",
		           yaml_kind_names[root->kind]);
		return NULL;
	}
	unknown_keys(r, root, known, sizeof known / sizeof *known);
	isa->name = text_of(r, root, "name", true);
	isa->description = text_of(r, root, "description", false);
	isa->source = text_of(r, root, "source", false);
	isa->timing_free = flag_of(r, root, "timing_free_vmm", true);
	read_levels(r, root, isa);
	read_instructions(r, root, isa);
	return r->diag->errors == errors ? isa : NULL;
}

static void isa_missing(const char *path, struct place at, struct diag *diag)
{
	static const char *const shipped[] = {"clean", "classic", "pdp10", "assisted",
	                                      "x86_classic", "x86_vtx", "arm_classic"};
	const char *near = diag_near(path, shipped, sizeof shipped / sizeof *shipped);
	if (near)
		diag_error(diag, at, "there is no instruction set '%.60s'; did you mean '%s'?", path, near);
	else
		diag_error(diag, at, "there is no instruction set '%.60s', neither a file nor one of clean, "
		           "classic, pdp10, assisted, x86_classic, x86_vtx, arm_classic", path);
}

struct isa *isa_read(const char *path, struct place at, struct arena *arena, struct diag *diag)
{
	char folder[4096], named[4200];
	uint32_t errors = diag->errors;
	const char *found = path;
	if (access(path, F_OK) != 0 && !strchr(path, '/') && scenario_folder(folder, sizeof folder)) {
		snprintf(named, sizeof named, "%s/isa/%s%s", folder, path,
		         strstr(path, ".yaml") ? "" : ".yaml");
		found = access(named, F_OK) == 0 ? named : path;
	}
	if (access(found, F_OK) != 0) {
		isa_missing(path, at, diag);
		return NULL;
	}
	const struct isa_reading r = {arena, diag};
	return read_tree(&r, yaml_read_file(arena_string(arena, found), NULL, arena, diag), errors);
}

struct isa *isa_read_text(const char *text, const char *name, struct arena *arena, struct diag *diag)
{
	uint32_t errors = diag->errors;
	const struct isa_reading r = {arena, diag};
	return read_tree(&r, yaml_read_text(text, strlen(text), name, arena, diag), errors);
}

/* What changes PSW and timer together, or reaches a device, is the monitor's: it cannot be left to hardware
 * that knows neither slices nor consoles. */
static bool may_be_virtual(uint32_t op)
{
	return op == INSN_SETR || op == INSN_GETR || op == INSN_SMSW || op == INSN_JRST;
}

bool isa_bind(const struct isa *isa, struct machine_isa *machine, struct place at, struct diag *diag)
{
	for (uint32_t op = INSN_SENSITIVE; op < INSNS; op++) {
		const struct isa_instruction *found = NULL;
		for (uint32_t i = 0; i < isa->instruction_count; i++)
			if (strcmp(isa->instructions[i].name, op_table[op].name) == 0)
				found = &isa->instructions[i];
		if (!found) {
			diag_error(diag, at,
			           "ISA '%.40s' has no '%s', which the machine that runs has: it can be "
			           "checked, "
			           "not run; clean, classic, pdp10 and assisted can",
			           isa->name, op_table[op].name);
			return false;
		}
		machine->user[op] = found->user;
		if (found->user == ISA_VIRTUAL && !may_be_virtual(op)) {
			diag_error(
				diag, at,
				"ISA '%.40s': '%s' cannot be virtual in the machine that runs; setr, getr, "
				"smsw and jrst can",
				isa->name, op_table[op].name);
			return false;
		}
	}
	return true;
}

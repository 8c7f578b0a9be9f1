/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a scenario: YAML, overrides, catalogue, keys, what follows from what was given, checks between
 * keys. */
#include "scenarios/scenario_read.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/catalog.h"
#include "scenarios/folder.h"
#include "scenarios/key_read.h"
#include "scenarios/money.h"
#include "scenarios/nodes.h"
#include "scenarios/scenario_check.h"
#include "scenarios/yaml.h"

#define PATH_SIZE 4096
#define CATALOG_SHOWN 60
/* Of generated demand, where a trace tells how many guests there are: guest k has row k mod this. */
#define ARRIVALS_ROWS 1000

/* What one reading carries along. */
struct scenario_reading {
	struct scenario *s;
	struct yaml_node *root;
	struct diag *diag;
	char folder[PATH_SIZE];       /* that holds catalog/ */
	bool has_folder;
};

/* A path as given, or in the library, with or without ".yaml". */
static const char *scenario_path(struct scenario_reading *r, const char *path)
{
	if (access(path, F_OK) == 0 || path[0] == '/' || !r->has_folder)
		return path;
	for (size_t i = 0; i < 2; i++) {
		char *found = i ? arena_printf(&r->s->arena, "%s/library/%s.yaml", r->folder, path)
		                : arena_printf(&r->s->arena, "%s/library/%s", r->folder, path);
		if (access(found, F_OK) == 0)
			return found;
	}
	return path;
}

static void catalog_unknown(struct scenario_reading *r, const struct yaml_node *type)
{
	char *names[CATALOG_SHOWN];
	char all[400] = "", path[PATH_SIZE + 16];
	size_t n = 0, used = 0;
	snprintf(path, sizeof path, "%s/catalog", r->folder);
	struct dirent **entries = NULL;
	int found = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < found; i++) {
		char *dot = strstr(entries[i]->d_name, ".yaml");
		if (dot && !dot[5] && n < CATALOG_SHOWN) {
			names[n] = arena_string_n(&r->s->arena, entries[i]->d_name,
			                          (size_t)(dot - entries[i]->d_name));
			if (used < sizeof all)
				used += (size_t)snprintf(all + used, sizeof all - used, "%s%s",
				                         n ? ", " : "", names[n]);
			n++;
		}
		free(entries[i]);
	}
	free(entries);
	const char *near = diag_near(type->text, (const char *const *)names, n);
	diag_error(r->diag, type->place, "unknown type '%.60s'%s%s%s; the catalogue has: %s", type->text,
	           near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "", all);
}

/* An entry without its power: a group that names a power model of its own wants nothing of the entry's. */
static struct yaml_node *entry_powerless(const struct yaml_node *entry, struct arena *arena)
{
	struct yaml_node *copy = arena_new(arena, 1, sizeof *copy);
	copy->kind = YAML_MAP;
	copy->place = entry->place;
	copy->size = copy->depth = 1;
	for (uint32_t i = 0; i < entry->count; i++)
		if (strcmp(entry->keys[i], "power") != 0)
			yaml_add(copy, entry->keys[i], entry->key_places[i], entry->items[i], arena);
	return copy;
}

static bool type_is_plain(const struct yaml_node *type)
{
	return type && type->kind == YAML_SCALAR && *type->text && strlen(type->text) < 64 &&
	       !strpbrk(type->text, "/\\\n");
}

static struct yaml_node *catalog_entry(struct scenario_reading *r, const struct yaml_node *type)
{
	if (!r->has_folder) {
		diag_error(r->diag, type->place,
		           "type '%.60s': the catalogue was not found; set VDCSIM_SCENARIOS to the "
		           "folder that holds catalog/",
		           type->text);
		return NULL;
	}
	const char *path = arena_printf(&r->s->arena, "%s/catalog/%s.yaml", r->folder, type->text);
	if (access(path, F_OK) != 0) {
		catalog_unknown(r, type);
		return NULL;
	}
	struct yaml_node *entry = yaml_read_file(path, NULL, &r->s->arena, r->diag);
	if (entry && entry->kind != YAML_MAP) {
		diag_error(r->diag, entry->place, "a catalogue entry is a mapping of the keys of hosts[]");
		return NULL;
	}
	return entry;
}

/* Lays each group of hosts over the catalogue entry that its type names. */
static void catalog_apply(struct scenario_reading *r)
{
	struct yaml_node *hosts = yaml_get(r->root, "hosts");
	if (!hosts || hosts->kind != YAML_LIST)
		return;
	struct yaml_node *last = NULL;
	const char *last_name = "";
	for (uint32_t i = 0; i < hosts->count; i++) {
		struct yaml_node *group = hosts->items[i], *type = yaml_get(group, "type");
		if (!type_is_plain(type)) /* if it is there at all, the key's own check tells what is wrong */
			continue;
		struct yaml_node *entry = strcmp(type->text, last_name) == 0 ? last : catalog_entry(r, type);
		last = entry;
		last_name = type->text;
		if (!entry)
			continue;
		if (yaml_get(yaml_get(group, "power"), "model"))
			entry = entry_powerless(entry, &r->s->arena);
		hosts->items[i] = yaml_merge(group, entry, &r->s->arena);
	}
}

static void phase_settle(struct scenario_phase *phase, double idle_w)
{
	if (!phase->has_power)
		phase->power_w = idle_w;
}

static void host_settle(struct scenario_host *h, const struct scenario *s)
{
	if (!h->name)
		h->name = h->type ? h->type : "host";
	if (!h->site && s->site_count)
		h->site = s->sites[0].name;
	if (!h->has_power_form)
		h->power_form = h->power_table_count ? POWER_TABLE : POWER_LINEAR;
	double idle_w = h->power_form == POWER_TABLE ? h->power_table_w[0] : h->power_idle_w;
	phase_settle(&h->boot, idle_w);
	phase_settle(&h->shutdown, idle_w);
	phase_settle(&h->suspend, idle_w);
	phase_settle(&h->resume, idle_w);
}

static void vm_settle(struct scenario_vm *v)
{
	struct scenario_demand *d = &v->demand;
	if (v->has_arrivals && !v->has_count) {
		v->count = ARRIVALS_ROWS;
		v->has_count = true;
	}
	if (!d->has_generator)
		d->generator = SOURCE_CONSTANT;
	if (!v->has_demand)
		d->source = SOURCE_NONE;
	else
		d->source = d->trace ? SOURCE_TRACE : d->generator;
	if (!v->has_count && d->source != SOURCE_TRACE) {
		v->count = 1;
		v->has_count = true;
	}
}

/* The file's name without folders and ending. */
static const char *name_of_path(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t n = strcspn(name, ".");
	return n ? arena_string_n(arena, name, n) : "scenario";
}

/* What follows from what was given, where a preset cannot say it because it depends on other keys. */
static void scenario_settle(struct scenario *s)
{
	if (!s->name)
		s->name = name_of_path(&s->arena, s->path);
	for (uint32_t i = 0; i < s->host_group_count; i++)
		host_settle(&s->hosts[i], s);
	for (uint32_t i = 0; i < s->pool_count; i++)
		if (!s->pools[i].site && s->site_count)
			s->pools[i].site = s->sites[0].name;
	for (uint32_t i = 0; i < s->vm_group_count; i++)
		vm_settle(&s->vms[i]);
}

static void scenario_options_apply(struct scenario *s, const struct scenario_options *options)
{
	if (options->has_seed)
		s->seed = options->seed;
	if (options->has_until && options->until_ns < s->duration_ns)
		s->duration_ns = options->until_ns;
}

static void overrides_apply(struct scenario_reading *r, const struct scenario_options *options)
{
	struct scenario *s = r->s;
	s->override_count = options->override_count;
	s->overrides = arena_new(&s->arena, options->override_count, sizeof *s->overrides);
	for (uint32_t i = 0; i < options->override_count; i++) {
		s->overrides[i] = arena_string(&s->arena, options->overrides[i]);
		yaml_set(r->root, s->overrides[i], &s->arena, r->diag);
	}
}

static struct scenario *scenario_finish(struct scenario_reading *r, const struct scenario_options *options,
                                        uint32_t errors_before)
{
	static const struct scenario_options none;
	struct scenario *s = r->s;
	if (!options)
		options = &none;
	if (r->root && r->root->kind != YAML_MAP) {
		diag_error(r->diag, r->root->place, "a scenario is a mapping (key: value); here is a %s",
		           yaml_kind_names[r->root->kind]);
	} else if (r->root) {
		overrides_apply(r, options);
		catalog_apply(r);
		catalog_apply_vms(r->root, r->has_folder ? r->folder : NULL, &s->arena, r->diag);
		key_read(&(struct key_reading){&s->arena, r->diag}, "", r->root, r->root->place, s);
		scenario_settle(s);
		s->plugins.supervise = options->supervise;
		if (s->policy)
			plugins_load(&s->plugins, s->policy, s->policy_place, r->diag);
		for (unsigned q = 0; q < QUESTIONS; q++)
			if (s->control.asked[q].policy)
				plugins_load(&s->plugins, s->control.asked[q].policy,
				             s->control.asked[q].place, r->diag);
		money_settle(s, r->root);
		scenario_check(s, r->root, r->diag);
		money_check(s, r->root, r->diag);
		scenario_options_apply(s, options);
		if (r->diag->errors == errors_before)
			nodes_expand(s, r->diag);
	}
	if (r->diag->errors == errors_before)
		return s;
	scenario_free(s);
	return NULL;
}

static struct scenario *scenario_new(struct scenario_reading *r, struct diag *diag)
{
	struct scenario *s = memory_new(1, sizeof *s, "scenario");
	arena_init(&s->arena);
	r->s = s;
	r->diag = diag;
	r->has_folder = scenario_folder(r->folder, sizeof r->folder) != NULL;
	return s;
}

struct scenario *scenario_read(const char *path, const struct scenario_options *options, struct diag *diag)
{
	struct scenario_reading r = {0};
	struct scenario *s = scenario_new(&r, diag);
	uint32_t errors = diag->errors;
	s->path = arena_string(&s->arena, scenario_path(&r, path));
	r.root = yaml_read_file(s->path, &s->text, &s->arena, diag);
	return scenario_finish(&r, options, errors);
}

struct scenario *scenario_read_text(const char *text, const struct scenario_options *options,
                                    struct diag *diag)
{
	struct scenario_reading r = {0};
	struct scenario *s = scenario_new(&r, diag);
	uint32_t errors = diag->errors;
	s->path = "scenario";
	s->text = arena_string(&s->arena, text);
	r.root = yaml_read_text(s->text, strlen(s->text), s->path, &s->arena, diag);
	return scenario_finish(&r, options, errors);
}

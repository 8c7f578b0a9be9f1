/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Items out of the tables in the code: models, policies, traces, the catalogue, plots. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/plot.h"
#include "cli/items.h"
#include "models/demand.h"
#include "models/power.h"
#include "models/world.h"
#include "policies/registry.h"
#include "scenarios/arrivals.h"
#include "scenarios/carbon_trace.h"
#include "scenarios/draw.h"
#include "scenarios/folder.h"
#include "scenarios/generate.h"
#include "scenarios/nodes.h"
#include "scenarios/scenario.h"
#include "scenarios/scenario_read.h"
#include "scenarios/trace.h"
#include "scenarios/yaml.h"

/* Enumerations of models that a scenario chooses from: the question, and where it is explained. */
struct choice {
	const char *name, *summary, *source;
	const char *const *names;
	uint32_t count;
};

static const struct choice choices[] = {
	{"power", "what a running host draws as a function of its CPU utilisation", "models/power.h",
	 power_form_names, POWER_FORMS},
	{"energy", "how power is integrated over time", "models/world.h", energy_rule_names, ENERGY_RULES},
	{"demand", "where a guest's demand comes from", "scenarios/scenario.h", scenario_source_names,
	 SOURCES},
	{"demand.hold", "what holds between two samples of a trace", "models/demand.h", demand_hold_names,
	 DEMAND_HOLDS},
	{"demand.end", "what comes after a trace's last sample", "models/demand.h", demand_end_names,
	 DEMAND_ENDS},
	{"demand.columns", "what a guest may ask for", "models/demand.h", demand_column_names,
	 DEMAND_COLUMNS},
	{"host.state", "the states of a host", "models/host.h", host_state_names, HOST_STATES},
	{"vm.state", "the states of a guest", "models/vm.h", vm_state_names, VM_STATES},
	{"vm.interarrival", "how VMs arrive at random: the draws of the same names, poisson is exponential",
	 "scenarios/draw.h", draw_process_names + DRAW_EXPONENTIAL, DRAWS - DRAW_EXPONENTIAL},
	{"vm.lifetime", "how long VMs live", "scenarios/draw.h", draw_names, DRAWS},
	{"action", "what a scenario may do at a given time", "policies/control.h", action_kind_names,
	 ACTION_KINDS},
};

/* Formulas of demand and of drawn times: "demand.ar1", "draw.pareto". */
static void items_laws(struct items *items)
{
	for (uint32_t i = 0; i < SOURCES; i++) {
		if (!generator_table[i].formula)
			continue;
		const char *name = arena_printf(&items->arena, "demand.%s", scenario_source_names[i]);
		struct item *item = items_add(items, name, generator_table[i].formula);
		item_text(item, "source", generator_table[i].source);
	}
	for (uint32_t i = 0; i < DRAWS; i++) {
		const char *name = arena_printf(&items->arena, "draw.%s", draw_names[i]);
		struct item *item = items_add(items, name, draw_table[i].formula);
		item_text(item, "source", draw_table[i].source);
		if (draw_table[i].shaped)
			item_text(item, "shape", draw_table[i].shape_meaning);
	}
}

void items_models(struct items *items)
{
	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
		struct item *item = items_add(items, choices[i].name, choices[i].summary);
		item_list(item, "choices", choices[i].names, choices[i].count);
		item_text(item, "source", choices[i].source);
	}
	items_migration(items);
	items_laws(items);
}

/* The questions of the ABI that it answers, in their order there. */
static const char *answers_of(struct items *items, const struct policy *p)
{
	const struct {
		bool answers;
		const char *question;
	} questions[] = {
		{p->place, "place"}, {p->overloaded, "overloaded"}, {p->select, "select"},
		{p->drain, "drain"}, {p->worth, "worth"}, {p->method, "method"}, {p->balance, "balance"},
		{p->power, "power"}, {p->failed, "failed"}, {p->scale, "scale"},
	};
	const char *text = "";
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
		if (questions[i].answers)
			text = arena_printf(&items->arena, "%s%s%s", text, *text ? ", " : "",
			                    questions[i].question);
	return text;
}

static void parameters_of(struct items *items, const struct policy *policy, struct item *item)
{
	uint32_t n = 0;
	while (policy->parameters && policy->parameters[n].name)
		n++;
	const char **lines = arena_new(&items->arena, n, sizeof *lines);
	for (uint32_t i = 0; i < n; i++) {
		const struct policy_parameter *p = &policy->parameters[i];
		lines[i] = arena_printf(&items->arena, "%s = %g%s%s (%g to %g): %s", p->name, p->preset,
		                        *p->unit ? " " : "", p->unit, p->least, p->most, p->summary);
	}
	item_list(item, "parameters", lines, n);
}

void items_policies(struct items *items)
{
	for (const struct policy *const *p = policy_registry; *p; p++) {
		struct item *item = items_add(items, (*p)->name, (*p)->summary);
		item_text(item, "source", (*p)->source);
		item_text(item, "answers", answers_of(items, *p));
		parameters_of(items, *p, item);
	}
}

static void traces_of(struct items *items, const struct trace_info *t)
{
	char path[PATH_MAX];
	for (; t->name; t++) {
		struct item *item = items_add(items, t->name, t->summary);
		uint32_t n = 0;
		while (t->subsets && t->subsets[n])
			n++;
		item_text(item, "format", t->format);
		item_text(item, "address", t->address);
		item_text(item, "file", t->file);
		bool found = trace_find(t->name, path, sizeof path);
		item_text(item, "found", found ? arena_string(&items->arena, path) : "not on this machine");
		item_list(item, "subsets", t->subsets, n);
	}
}

void items_traces(struct items *items)
{
	traces_of(items, trace_table);
	traces_of(items, arrivals_table);
	traces_of(items, nodes_table);
	traces_of(items, carbon_table);
}

void items_plots(struct items *items)
{
	for (const struct plot *p = plot_table; p->name; p++)
		item_text(items_add(items, p->name, p->title), "caption", p->caption);
}

/* "[86 W, 89.4 W]", "{model: table, ...}": a value as it would be written on one line. */
static const char *value_line(struct arena *arena, const struct yaml_node *node)
{
	const char *line = "";
	if (node->kind == YAML_SCALAR)
		return node->text;
	for (uint32_t i = 0; i < node->count; i++) {
		const char *value = value_line(arena, node->items[i]), *comma = i ? ", " : "";
		if (node->kind == YAML_MAP)
			line = arena_printf(arena, "%s%s%s: %s", line, comma, node->keys[i], value);
		else
			line = arena_printf(arena, "%s%s%s", line, comma, value);
	}
	return arena_printf(arena, node->kind == YAML_MAP ? "{%s}" : "[%s]", line);
}

/* One entry of the catalogue is one file: NAME.yaml, a mapping of keys. */
static void catalog_entry(struct items *items, const char *path, const char *file)
{
	struct diag diag;
	diag_init(&diag);
	struct yaml_node *root = yaml_read_file(path, NULL, &items->arena, &diag);
	if (root && root->kind == YAML_MAP && !diag.errors) {
		const struct yaml_node *description = yaml_get(root, "description");
		const char *name = arena_string_n(&items->arena, file, strlen(file) - strlen(".yaml"));
		struct item *item = items_add(items, name, description ? description->text : "");
		const char **lines = arena_new(&items->arena, root->count, sizeof *lines);
		uint32_t n = 0;
		for (uint32_t k = 0; k < root->count; k++)
			if (root->items[k] != description)
				lines[n++] = arena_printf(&items->arena, "%s: %s", root->keys[k],
				                          value_line(&items->arena, root->items[k]));
		item_text(item, "file", path);
		item_list(item, "keys", lines, n);
	}
	diag_print(&diag, stderr);
	diag_fini(&diag);
}

static int is_yaml(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);
	return n > 5 && strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

void items_catalog(struct items *items)
{
	char folder[PATH_MAX];
	struct dirent **entries;
	if (!scenario_folder(folder, sizeof folder))
		return;
	const char *catalog = arena_printf(&items->arena, "%s/catalog", folder);
	int n = scandir(catalog, &entries, is_yaml, alphasort);
	for (int i = 0; i < n; i++) {
		const char *file = arena_string(&items->arena, entries[i]->d_name);
		catalog_entry(items, arena_printf(&items->arena, "%s/%s", catalog, file), file);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	items_tables(items, arena_printf(&items->arena, "%s/instances", catalog));
	items_tables(items, arena_printf(&items->arena, "%s/parts", catalog));
}

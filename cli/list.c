/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim list: the reference, printed from the tables in the code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/items.h"
#include "cli/json.h"
#include "cli/states.h"
#include "scenarios/diag.h"
#include "scenarios/key_table.h"
#include "scenarios/schema.h"

struct list_values {
	bool json, markdown;
};

struct list_kind {
	const char *name;
	void (*fill)(struct items *items);   /* NULL: keys and schema, which scenarios/schema.h prints */
};

static const struct list_kind kinds[] = {
	{"keys", NULL}, {"models", items_models}, {"policies", items_policies}, {"traces", items_traces},
	{"catalog", items_catalog}, {"plots", items_plots}, {"schema", NULL},
	{"hypervisors", items_hypervisors}, {"mixes", items_mixes}, {"taxonomy", items_taxonomy},
	{"states", items_states},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static enum exit_status list_items(const struct command *command, const struct list_kind *kind,
                                   const char *name, bool as_json)
{
	struct items items;
	items_init(&items);
	kind->fill(&items);
	enum exit_status status = EXIT_DONE;
	if (!name && !as_json && kind->fill == items_states) {
		states_print(stdout);
	} else if (!(as_json ? items_json(&items, name) : items_print(&items, name))) {
		const char **names = memory_new(items.count, sizeof *names, "names of items");
		for (uint32_t i = 0; i < items.count; i++)
			names[i] = items.items[i].name;
		status = usage_unknown(command, kind->name, name, names, items.count);
		free(names);
	}
	items_fini(&items);
	return status;
}

/* As --set writes it, hosts.0.count, or as the reference does, hosts[].count: the latter. */
static char *key_path(const char *given)
{
	char *path = memory_new(2 * strlen(given) + 1, 1, "a key's path"), *end = path;
	for (const char *c = given; *c;) {
		size_t digits = *c == '.' ? strspn(c + 1, "0123456789") : 0;
		bool element = digits && (c[1 + digits] == '.' || !c[1 + digits]);
		memcpy(end, element ? "[]" : c, element ? 2 : 1);
		end += element ? 2 : 1;
		c += element ? 1 + digits : 1;
	}
	return path;
}

static enum exit_status keys_print(const struct command *command, const char *prefix,
                                   const struct list_values *values)
{
	uint32_t found = 0, count = key_count();
	for (uint32_t i = 0; i < count; i++)
		found += !prefix || strncmp(key_at(i)->path, prefix, strlen(prefix)) == 0;
	if (!found) {
		const char **names = memory_new(count, sizeof *names, "names of keys");
		for (uint32_t i = 0; i < count; i++)
			names[i] = key_at(i)->path;
		const char *near = diag_near(prefix, names, count);
		free(names);
		return usage_error(command, "no key begins with '%s'%s%s%s", prefix,
		                   near ? "; did you mean '" : "",
		                   near ? near : "; 'vdcsim list keys' tells them all", near ? "'?" : "");
	}
	if (values->markdown)
		schema_write_markdown(stdout);
	else if (values->json)
		schema_write_json(stdout);
	else
		schema_write_text(stdout, prefix);
	return EXIT_DONE;
}

static enum exit_status list_keys(const struct command *command, const char *name,
                                  const struct list_values *values)
{
	char *path = name ? key_path(name) : NULL;
	enum exit_status status = keys_print(command, path, values);
	free(path);
	return status;
}

static enum exit_status list(const struct command *command, void *given, const struct words *words)
{
	const struct list_values *values = given;
	const char *names[KINDS], *name = words->count > 1 ? words->items[1] : NULL;
	for (size_t i = 0; i < KINDS; i++) {
		names[i] = kinds[i].name;
		if (strcmp(words->items[0], kinds[i].name) != 0)
			continue;
		if (values->markdown && strcmp(kinds[i].name, "keys") != 0)
			return usage_error(command, "--markdown is for keys alone");
		if (kinds[i].fill)
			return list_items(command, &kinds[i], name, values->json);
		if (strcmp(kinds[i].name, "keys") == 0)
			return list_keys(command, name, values);
		schema_write_json(stdout);
		return EXIT_DONE;
	}
	return usage_unknown(command, "kind", words->items[0], names, KINDS);
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct list_values values = {0};
	return options_go(command, argc, argv, &values, list);
}

static const struct option options[] = {
	{"json", 0, OPTION_FLAG, offsetof(struct list_values, json), NULL, "the same as JSON", NULL, 0},
	{"markdown", 0, OPTION_FLAG, offsetof(struct list_values, markdown), NULL,
	 "keys as a page of the manual", NULL, 0},
	{0},
};

const struct command command_list = {
	.name = "list",
	.arguments = "keys|models|policies|traces|catalog|plots|schema|hypervisors|mixes|taxonomy|states "
	             "[NAME] [--json]",
	.summary = "Print the reference: what a scenario may say and what there is to choose from",
	.help = "With NAME: all about that one (keys: all that begin so). schema is the JSON Schema of\n"
	        "scenarios, which editors can check against; keys --json prints the same.",
	.options = options,
	.least_words = 1,
	.most_words = 2,
	.words_meaning = "a kind (keys, models, policies, traces, catalog, plots, schema, hypervisors, "
	                 "mixes, taxonomy, states) and maybe a name",
	.run = go,
};

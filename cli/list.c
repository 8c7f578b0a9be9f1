/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim list: the reference, printed from the tables in the code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/items.h"
#include "cli/json.h"
#include "scenarios/key.h"
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
};
#define KINDS (sizeof kinds / sizeof *kinds)

static enum exit_status list_items(const struct command *command, const struct list_kind *kind,
                                   const char *name, bool as_json)
{
	struct items items;
	items_init(&items);
	kind->fill(&items);
	enum exit_status status = EXIT_DONE;
	if (!(as_json ? items_json(&items, name) : items_print(&items, name))) {
		const char **names = memory_new(items.count, sizeof *names, "names of items");
		for (uint32_t i = 0; i < items.count; i++)
			names[i] = items.items[i].name;
		status = usage_unknown(command, kind->name, name, names, items.count);
		free(names);
	}
	items_fini(&items);
	return status;
}

static enum exit_status list_keys(const struct command *command, const char *prefix,
                                  const struct list_values *values)
{
	uint32_t found = 0;
	for (uint32_t i = 0; i < key_count; i++)
		found += !prefix || strncmp(key_table[i].path, prefix, strlen(prefix)) == 0;
	if (!found) {
		const char **names = memory_new(key_count, sizeof *names, "names of keys");
		for (uint32_t i = 0; i < key_count; i++)
			names[i] = key_table[i].path;
		const char *near = diag_near(prefix, names, key_count);
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

static enum exit_status list(const struct command *command, const struct words *words,
                             const struct list_values *values)
{
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
	struct words words = {0};
	enum options_outcome outcome = options_read(command, argc, argv, &values, &words);
	enum exit_status status = outcome == OPTIONS_HELP ? EXIT_DONE : EXIT_INPUT;
	if (outcome == OPTIONS_GO)
		status = list(command, &words, &values);
	words_free(&words);
	return status;
}

static const struct option options[] = {
	{"json", 0, OPTION_FLAG, offsetof(struct list_values, json), NULL, "the same as JSON", NULL, 0},
	{"markdown", 0, OPTION_FLAG, offsetof(struct list_values, markdown), NULL,
	 "keys as a page of the manual", NULL, 0},
	{0},
};

const struct command command_list = {
	.name = "list",
	.arguments = "keys|models|policies|traces|catalog|plots|schema [NAME] [--json]",
	.summary = "Print the reference: what a scenario may say and what there is to choose from",
	.help = "With NAME: all about that one (keys: all that begin so). schema is the JSON Schema of\n"
	        "scenarios, which editors can check against; keys --json prints the same.",
	.options = options,
	.least_words = 1,
	.most_words = 2,
	.words_meaning = "a kind (keys, models, policies, traces, catalog, plots, schema) and maybe a name",
	.run = go,
};

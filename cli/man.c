/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the pages of the manual. */
#include "cli/man.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/record.h"
#include "analysis/results.h"
#include "analysis/schema.h"
#include "analysis/summary.h"
#include "cli/roff.h"
#include "scenarios/diag.h"
#include "scenarios/key_table.h"
#include "scenarios/schema.h"
#include "sim/memory.h"

#define COMMANDS_MOST 64

/* Every subcommand and every action of one, in the order of the pages. */
struct commands {
	const struct command *items[COMMANDS_MOST];
	size_t count;
};

/* A name and a line about it. */
struct term {
	const char *name, *text;
};

/* "trace info" is told of in vdcsim-trace-info(1). */
static void page_name(char *name, size_t size, const struct command *command)
{
	snprintf(name, size, "vdcsim-%s.1", command->name);
	for (char *c = name; *c; c++)
		if (*c == ' ')
			*c = '-';
}

static void commands_add(struct commands *commands, const struct command *command)
{
	ASSERT(commands->count < COMMANDS_MOST);
	commands->items[commands->count++] = command;
}

static void commands_gather(struct commands *commands, const struct command *const *items, size_t count)
{
	commands->count = 0;
	for (size_t i = 0; i < count; i++) {
		commands_add(commands, items[i]);
		for (const struct command *const *a = items[i]->actions; a && *a; a++)
			commands_add(commands, *a);
	}
}

static const struct term exits[] = {
	{"0", "Done."},
	{"1", "The run was fine; a comparison failed."},
	{"2", "Bad input: a command line, a scenario or a trace. Every mistake is told; nothing was run."},
	{"3", "The surroundings: disk, memory, another program. No result was left half-written."},
	{NULL, NULL}
};

static const struct term variables[] = {
	{"VDCSIM_SCENARIOS", "Folder with `library` and `catalog`. If not set: beside the program, in "
	                     "`../share/vdcsim` of the program's folder, in the working directory, in "
	                     "/usr/local/share/vdcsim."},
	{"VDCSIM_TRACES", "Folder with traces. If not set or not there: ../shared/traces, from the working "
	                  "directory and from the program, then the cache folder."},
	{"VDCSIM_CACHE", "`off`: traces are read anew each time, and no binary copy is kept."},
	{"XDG_CACHE_HOME", "The cache folder is `vdcsim` in this one; if not set, in ~/.cache."},
	{NULL, NULL}
};

static void terms_write(FILE *out, const char *title, const struct term *terms)
{
	roff_section(out, title);
	for (const struct term *t = terms; t->name; t++) {
		roff_term(out, t->name, NULL);
		roff_text(out, t->text);
	}
}

static void option_write(FILE *out, const struct option *o)
{
	char name[64], text[2048];
	size_t used = (size_t)snprintf(text, sizeof text, "%s%s", o->summary, o->choice_count ? ": " : "");
	for (uint32_t i = 0; i < o->choice_count && used < sizeof text; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? ", " : "",
		                         o->choices[i]);
	if (o->letter)
		snprintf(name, sizeof name, "-%c, --%s", o->letter, o->name);
	else
		snprintf(name, sizeof name, "--%s", o->name);
	roff_term(out, name, o->value);
	roff_text(out, text);
}

static void actions_write(FILE *out, const struct command *const *actions)
{
	roff_section(out, "ACTIONS");
	for (const struct command *const *a = actions; *a; a++) {
		roff_term(out, (*a)->name, NULL);
		roff_words(out, (*a)->summary);
		fputs(".\n", out);
	}
}

static void command_write(FILE *out, const struct command *command)
{
	roff_section(out, "SYNOPSIS");
	fputs("\\fBvdcsim ", out);
	roff_words(out, command->name);
	fputs("\\fR ", out);
	roff_words(out, command->arguments);
	fputc('\n', out);
	roff_section(out, "DESCRIPTION");
	roff_words(out, command->summary);
	fputs(".\n", out);
	if (command->help) {
		fputs(".PP\n", out);
		/* Lines that are set in hold examples, which filling would spoil. */
		if (strstr(command->help, "\n  "))
			roff_lines(out, command->help);
		else
			roff_text(out, command->help);
	}
	if (command->actions)
		actions_write(out, command->actions);
	roff_section(out, "OPTIONS");
	for (const struct option *o = command->options; o->name; o++)
		option_write(out, o);
	roff_term(out, "-h, --help", NULL);
	roff_text(out, "print a summary of this page");
	terms_write(out, "EXIT STATUS", exits);
	roff_section(out, "SEE ALSO");
	fputs("\\fBvdcsim\\fR(1), \\fBvdcsim\\-scenario\\fR(5), \\fBvdcsim\\-results\\fR(5)\n", out);
}

static void program_write(FILE *out, const struct commands *commands)
{
	roff_section(out, "SYNOPSIS");
	fputs("\\fBvdcsim\\fR \\fICOMMAND\\fR [\\fIARGUMENT\\fR...]\n.br\n\\fBvdcsim\\fR \\-\\-help | "
	      "\\-\\-version\n", out);
	roff_section(out, "DESCRIPTION");
	roff_text(out, "A discrete-event simulator of hosts, virtual machines, their CPU, power, placement "
	               "and migration. A scenario is a YAML file (`vdcsim-scenario`(5)); a run gives one "
	               "HDF5 file (`vdcsim-results`(5)). The same scenario, overrides and seed give the same "
	               "results, bit for bit.\n\nstdout carries output, stderr what is said to a person. A "
	               "results file appears under its name only when it is whole.");
	roff_section(out, "COMMANDS");
	for (size_t i = 0; i < commands->count; i++) {
		roff_term(out, commands->items[i]->name, NULL);
		roff_words(out, commands->items[i]->summary);
		fputs(".\n", out);
	}
	terms_write(out, "EXIT STATUS", exits);
	terms_write(out, "ENVIRONMENT", variables);
	roff_section(out, "SEE ALSO");
	for (size_t i = 0; i < commands->count; i++) {
		char name[80];
		page_name(name, sizeof name, commands->items[i]);
		name[strlen(name) - strlen(".1")] = '\0';
		roff_bold(out, name);
		fputs("(1),\n", out);
	}
	fputs("\\fBvdcsim\\-scenario\\fR(5),\n\\fBvdcsim\\-results\\fR(5)\n", out);
}

static void key_write(FILE *out, const struct key *key, const char *name, size_t length)
{
	char *value = NULL, term[128];
	size_t size = 0;
	FILE *memory = open_memstream(&value, &size);
	if (memory) {
		schema_write_value(memory, key);
		fclose(memory);
	} else {
		fault_surroundings("no memory for a page of the manual");
	}
	snprintf(term, sizeof term, "%.*s", (int)length, name);
	roff_term(out, term, NULL);
	roff_text(out, value);
	fputs(".br\n", out);
	roff_text(out, key->summary);
	free(value);
}

static void keys_write(FILE *out, const struct key *section)
{
	const char *path = section ? section->path : "";
	size_t length;
	if (section) {
		roff_subsection(out, path);
		roff_text(out, section->summary);
	}
	const struct key *key;
	for (uint32_t i = 0; (key = key_at(i)); i++) {
		const char *name = key_name(key, path, &length);
		if (name)
			key_write(out, key, name, length);
	}
}

static void scenario_write(FILE *out, const struct commands *commands)
{
	(void)commands;
	roff_section(out, "DESCRIPTION");
	roff_text(out, "A scenario is a YAML mapping of the keys below. Quantities have units:");
	for (enum dimension d = DIM_TIME; d < DIMENSIONS; d++) {
		char units[200];
		quantity_units(d, units, sizeof units);
		roff_term(out, dimension_names[d], NULL);
		roff_text(out, units);
	}
	fputs(".PP\n", out);
	roff_text(out, "A bare 0 needs no unit; a fraction may be a plain number. `include` may stand in any "
	               "mapping and lays a file's keys below the mapping's own. Groups make members `web-0`, "
	               "`web-1` and so on.");
	roff_section(out, "KEYS");
	keys_write(out, NULL);
	const struct key *key;
	for (uint32_t i = 0; (key = key_at(i)); i++)
		if (key->type == KEY_SECTION)
			keys_write(out, key);
	roff_section(out, "EXAMPLE");
	roff_lines(out, "name: two-racks\nduration: 24 h\nhosts:\n  - {name: web, count: 40, cores: 16, "
	                "ram: 128 GiB}\nvms:\n  - {name: shop, count: 400, vcpus: 2, ram: 4 GiB, "
	                "demand: {generator: diurnal}}");
	roff_section(out, "SEE ALSO");
	fputs("\\fBvdcsim\\-check\\fR(1), \\fBvdcsim\\-list\\fR(1)\n", out);
}

static void figures_write(FILE *out, const char *title, const struct figure *figures)
{
	roff_subsection(out, title);
	for (const struct figure *f = figures; f->name; f++) {
		bool unit = *f->unit && strcmp(f->unit, "1") != 0;
		roff_term(out, f->name, unit ? f->unit : NULL);
		roff_text(out, f->long_name);
	}
}

static void series_write(FILE *out)
{
	roff_subsection(out, "/series");
	roff_text(out, "`time_s` is the start of each interval, `interval_s` its length. In `hosts` and "
	               "`sites`, one array [time][entity] a quantity:");
	for (enum series s = 0; s < SERIES_COUNT; s++) {
		bool unit = strcmp(series_table[s].unit, "1") != 0;
		roff_term(out, series_table[s].name, unit ? series_table[s].unit : NULL);
		roff_text(out, series_table[s].host_long_name);
	}
}

/* The tables of a run without hosts: as many columns as of any other. */
static void tables_write(FILE *out)
{
	struct world world = {0};
	struct record record = {.options = {.vms = true, .events = true}};
	struct migrations migrations = {0};
	struct results_input input = {.world = &world, .record = &record, .migrations = &migrations};
	struct schema schema = {0};
	struct schema_table tables[SCHEMA_TABLES];
	schema_init(&schema, &input);
	unsigned n = schema_tables(tables, &input, &schema);
	for (unsigned i = 0; i < n; i++) {
		char path[64];
		snprintf(path, sizeof path, "/%s", tables[i].path);
		roff_subsection(out, path);
		roff_text(out, tables[i].long_name);
		for (const struct field *f = tables[i].fields; f->name; f++) {
			bool unit = f->unit && strcmp(f->unit, "1") != 0;
			roff_term(out, f->name, unit ? f->unit : NULL);
			roff_text(out, f->long_name);
		}
	}
	schema_fini(&schema);
}

static void results_write_page(FILE *out, const struct commands *commands)
{
	(void)commands;
	roff_section(out, "DESCRIPTION");
	roff_text(out, "A run's results are one HDF5 file. Everything outside /provenance is byte-equal "
	               "between two runs of one scenario, seed and overrides. A table is a group of columns "
	               "of equal length; every array has the attribute `long_name` and, where it is a "
	               "quantity, `units`. An entity's id is its row number; -1 is none; a time that never "
	               "came is NaN.\n\n"
	               "/scenario holds `name`, `text` (the file as it was read) and `overrides`.");
	roff_section(out, "TABLES");
	tables_write(out);
	series_write(out);
	roff_section(out, "FIGURES");
	figures_write(out, "/summary", summary_figures);
	figures_write(out, "/provenance", provenance_figures);
	roff_section(out, "SEE ALSO");
	fputs("\\fBvdcsim\\-show\\fR(1), \\fBh5dump\\fR(1)\n", out);
}

/* The pages that are not a subcommand's. */
static const struct {
	const char *page, *summary;
	void (*write)(FILE *out, const struct commands *commands);
} chapters[] = {
	{"vdcsim.1", "simulate virtualized datacenters", program_write},
	{"vdcsim-scenario.5", "scenarios of vdcsim: YAML files that say what is to be run", scenario_write},
	{"vdcsim-results.5", "results files of vdcsim: HDF5", results_write_page},
};
#define CHAPTERS (sizeof chapters / sizeof *chapters)

static enum exit_status page_unknown(const char *page)
{
	fprintf(stderr, "vdcsim: error: no page '%s' in the manual; 'vdcsim --man' names them all\n", page);
	return EXIT_INPUT;
}

static enum exit_status names_print(const struct commands *commands)
{
	for (size_t i = 0; i < CHAPTERS; i++)
		puts(chapters[i].page);
	for (size_t i = 0; i < commands->count; i++) {
		char name[80];
		page_name(name, sizeof name, commands->items[i]);
		puts(name);
	}
	return EXIT_DONE;
}

enum exit_status man_print(const struct command *const *items, size_t count, const char *page)
{
	struct commands commands;
	commands_gather(&commands, items, count);
	struct provenance provenance;
	if (!page)
		return names_print(&commands);
	provenance_of(&provenance, 0);
	for (size_t i = 0; i < CHAPTERS; i++)
		if (strcmp(page, chapters[i].page) == 0) {
			roff_title(stdout, page, provenance.version, chapters[i].summary);
			chapters[i].write(stdout, &commands);
			return EXIT_DONE;
		}
	for (size_t i = 0; i < commands.count; i++) {
		char name[80];
		page_name(name, sizeof name, commands.items[i]);
		if (strcmp(page, name) != 0)
			continue;
		roff_title(stdout, page, provenance.version, commands.items[i]->summary);
		command_write(stdout, commands.items[i]);
		return EXIT_DONE;
	}
	return page_unknown(page);
}

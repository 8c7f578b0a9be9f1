/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim show: what is in a results file, as text, CSV or JSON. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/results.h"
#include "cli/commands.h"
#include "cli/figures.h"
#include "cli/json.h"
#include "cli/table.h"
#include "sim/memory.h"

struct show_values {
	bool csv, json, scenario, rows;
};

static void heading(const void *context, uint32_t column, struct cell *cell)
{
	const struct results_table *t = context;
	snprintf(cell->text, CELL_SIZE, "%s", t->columns[column].name);
}

static void real_cell(double value, struct cell *cell)
{
	if (cell->form == TABLE_CSV)
		real_text(value, cell->text, CELL_SIZE);
	else if (isnan(value))
		snprintf(cell->text, CELL_SIZE, "-");
	else
		snprintf(cell->text, CELL_SIZE, "%.7g", value);
}

static void value_cell(const void *context, uint64_t row, uint32_t column, struct cell *cell)
{
	const struct results_table *t = context;
	const struct results_column *c = &t->columns[column];
	cell->number = c->type != RESULTS_TEXT;
	if (c->type == RESULTS_INT)
		snprintf(cell->text, CELL_SIZE, "%" PRId64, c->ints[row]);
	else if (c->type == RESULTS_REAL)
		real_cell(c->reals[row], cell);
	else
		snprintf(cell->text, CELL_SIZE, "%s", c->texts[row]);
}

/* A column a line, row after row: for tables of many columns and few rows, like that of migrations. */
static void rows_print(const struct results_table *t)
{
	int width = 0;
	for (uint32_t i = 0; i < t->column_count; i++)
		if ((int)strlen(t->columns[i].name) > width)
			width = (int)strlen(t->columns[i].name);
	for (uint64_t row = 0; row < t->rows; row++) {
		printf("%s%s, row %" PRIu64 "\n", row ? "\n" : "", t->name, row);
		for (uint32_t i = 0; i < t->column_count; i++) {
			const struct results_column *c = &t->columns[i];
			struct cell cell = {.form = TABLE_ALIGNED};
			value_cell(t, row, i, &cell);
			bool unit = c->unit && strcmp(c->unit, "1") != 0;
			printf("  %-*s  %s%s%s  (%s)\n", width, c->name, *cell.text ? cell.text : "-",
			       unit ? " " : "", unit ? c->unit : "", c->long_name ? c->long_name : "");
		}
	}
}

static void table_json(const struct results_table *t)
{
	struct json j;
	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "table", t->name);
	json_text(&j, "summary", t->summary);
	json_count(&j, "rows", t->rows);
	json_list(&j, "columns");
	for (uint32_t i = 0; i < t->column_count; i++) {
		const struct results_column *c = &t->columns[i];
		json_object(&j, NULL);
		json_text(&j, "name", c->name);
		json_text(&j, "unit", c->unit);
		json_text(&j, "long_name", c->long_name);
		json_list(&j, "values");
		for (uint64_t r = 0; r < t->rows; r++) {
			if (c->type == RESULTS_INT)
				json_int(&j, NULL, c->ints[r]);
			else if (c->type == RESULTS_REAL)
				json_real(&j, NULL, c->reals[r]);
			else
				json_text(&j, NULL, c->texts[r]);
		}
		json_close(&j);
		json_close(&j);
	}
	json_close(&j);
	json_close(&j);
}

static enum exit_status show_table(const struct command *command, struct results *file, const char *name,
                                   const struct show_values *values)
{
	const struct results_table *t = results_table(file, name);
	if (!t) {
		uint32_t n;
		const struct results_table_info *infos = results_tables(file, &n);
		const char **names = memory_new(n, sizeof *names, "table names");
		for (uint32_t i = 0; i < n; i++)
			names[i] = infos[i].name;
		bool listed = false;
		for (uint32_t i = 0; i < n; i++)
			listed |= strcmp(names[i], name) == 0;
		enum exit_status status =
			listed ? usage_error(command, "table '%s' cannot be read: the file is damaged", name)
			       : usage_unknown(command, "table", name, names, n);
		free(names);
		return status;
	}
	if (values->json) {
		table_json(t);
	} else if (values->rows) {
		rows_print(t);
	} else {
		struct table table = {.rows = t->rows, .columns = t->column_count, .context = t,
		                      .heading = heading, .cell = value_cell};
		table_print(&table, values->csv ? TABLE_CSV : TABLE_ALIGNED, stdout);
	}
	return EXIT_DONE;
}

static void show_summary(struct results *file, const char *path, bool as_json)
{
	struct summary s;
	struct provenance p;
	uint32_t n;
	results_summary(file, &s, &p);
	const struct results_table_info *infos = results_tables(file, &n);
	if (!as_json) {
		printf("%s: %s\n\n", path, results_scenario_name(file));
		figures_print(&s, &p, stdout);
		printf("\ntables ('vdcsim show %s TABLE')\n", path);
		for (uint32_t i = 0; i < n; i++)
			printf("  %-28s %s\n", infos[i].name, infos[i].summary);
		return;
	}
	struct json j;
	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "file", path);
	json_text(&j, "scenario", results_scenario_name(file));
	figures_json(&j, &s, &p);
	json_list(&j, "tables");
	for (uint32_t i = 0; i < n; i++)
		json_text(&j, NULL, infos[i].name);
	json_close(&j);
	json_close(&j);
}

static enum exit_status show(const struct command *command, void *given, const struct words *words)
{
	const struct show_values *values = given;
	const char *why;
	if (values->csv && (values->json || values->scenario || words->count < 2))
		return usage_error(command, "--csv is for one table: vdcsim show FILE TABLE --csv");
	if (values->rows && (values->csv || values->json || values->scenario || words->count < 2))
		return usage_error(command, "--rows is for one table: vdcsim show FILE TABLE --rows");
	struct results *file = results_open(words->items[0], &why);
	if (!file)
		return usage_error(command, "%s: %s", words->items[0], why);
	enum exit_status status = EXIT_DONE;
	if (values->scenario)
		fputs(results_scenario_text(file), stdout);
	else if (words->count == 2)
		status = show_table(command, file, words->items[1], values);
	else
		show_summary(file, words->items[0], values->json);
	results_close(file);
	return status;
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct show_values values = {0};
	return options_go(command, argc, argv, &values, show);
}

static const struct option options[] = {
	{"csv", 0, OPTION_FLAG, offsetof(struct show_values, csv), NULL, "a table as CSV", NULL, 0},
	{"json", 0, OPTION_FLAG, offsetof(struct show_values, json), NULL, "the same as JSON", NULL, 0},
	{"rows", 0, OPTION_FLAG, offsetof(struct show_values, rows), NULL,
	 "a table row by row, a column a line with its unit and meaning", NULL, 0},
	{"scenario", 0, OPTION_FLAG, offsetof(struct show_values, scenario), NULL,
	 "print the scenario's text as it was run", NULL, 0},
	{0},
};

const struct command command_show = {
	.name = "show",
	.arguments = "FILE [TABLE] [--csv | --json | --rows]",
	.summary = "Print the summary of a results file, or one of its tables",
	.help = "Without TABLE: the summary and the names of the tables. CSV and JSON have as many\n"
	        "digits as read back to the same value.",
	.options = options,
	.least_words = 1,
	.most_words = 2,
	.words_meaning = "a results file and, if you like, a table of it",
	.run = go,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim validate: runs the simulation beside what is known, and prints how far apart they are. */
#include "cli/validate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/table.h"

static const struct validate_kind *const kinds[] = {
	&validate_cloudsim, &validate_fairshare, &validate_overhead, &validate_migration, &validate_grid5000,
	&validate_qemu, &validate_lanl, &validate_power,
};
#define KINDS (sizeof kinds / sizeof *kinds)

struct comparison_row *comparison_add(struct comparison *c, const char *name, double simulated, int digits)
{
	ASSERT(c->row_count < COMPARISON_ROWS);
	struct comparison_row *row = &c->rows[c->row_count++];
	*row = (struct comparison_row){.name = name, .simulated = simulated, .digits = digits};
	return row;
}

static bool agrees(const struct comparison_row *row)
{
	char a[64], b[64];
	snprintf(a, sizeof a, "%.*f", row->digits, row->simulated);
	snprintf(b, sizeof b, "%.*f", row->digits, row->reference);
	return strcmp(a, b) == 0;
}

static double relative_error(const struct comparison_row *row)
{
	if (row->simulated == row->reference)
		return 0;
	return (row->simulated - row->reference) / fabs(row->reference);
}

static void heading(const void *context, uint32_t column, struct cell *cell)
{
	static const char *const names[] = {"figure", "simulated", "reference", "relative error", "agrees"};
	(void)context;
	snprintf(cell->text, CELL_SIZE, "%s", names[column]);
}

static void row_cell(const void *context, uint64_t row, uint32_t column, struct cell *cell)
{
	const struct comparison *c = context;
	const struct comparison_row *r = &c->rows[row];
	cell->number = column > 0 && column < 4;
	if (column == 0)
		snprintf(cell->text, CELL_SIZE, "%s", r->name);
	else if (column == 1)
		snprintf(cell->text, CELL_SIZE, "%.*f", r->digits, r->simulated);
	else if (!r->has_reference)
		snprintf(cell->text, CELL_SIZE, "-");
	else if (column == 2)
		snprintf(cell->text, CELL_SIZE, "%.*f", r->digits, r->reference);
	else if (column == 3)
		snprintf(cell->text, CELL_SIZE, "%.2g", relative_error(r));
	else
		snprintf(cell->text, CELL_SIZE, "%s", agrees(r) ? "yes" : r->aim ? "NO" : "no");
}

static void print_text(const struct comparisons *all)
{
	for (uint32_t i = 0; i < all->count; i++) {
		const struct comparison *c = &all->cases[i];
		struct table table = {.rows = c->row_count, .columns = 5, .context = c, .heading = heading,
		                      .cell = row_cell};
		printf("%s%s\n", i ? "\n" : "", c->name);
		table_print(&table, TABLE_ALIGNED, stdout);
	}
}

/* The case in short: which it is, its figures as they are printed, how many are equal to the reference. */
static void print_short(struct json *j, const struct comparison *c)
{
	uint64_t equal = 0, compared = 0;
	json_text(j, "version", c->version);
	json_text(j, "day", c->day);
	json_text(j, "policy", c->policy);
	for (uint32_t i = 0; i < c->row_count; i++) {
		const struct comparison_row *row = &c->rows[i];
		char text[64];
		snprintf(text, sizeof text, "%.*f", row->digits, row->simulated);
		json_real(j, row->name, strtod(text, NULL));
		compared += row->has_reference;
		equal += row->has_reference && agrees(row);
	}
	json_count(j, "compared", compared);
	json_count(j, "equal", equal);
}

static void print_json(const struct comparisons *all)
{
	struct json j;
	json_begin(&j, stdout);
	json_list(&j, NULL);
	for (uint32_t i = 0; i < all->count; i++) {
		const struct comparison *c = &all->cases[i];
		json_object(&j, NULL);
		json_text(&j, "case", c->name);
		if (c->policy)
			print_short(&j, c);
		json_object(&j, "figures");
		for (uint32_t r = 0; r < c->row_count; r++) {
			const struct comparison_row *row = &c->rows[r];
			json_object(&j, row->name);
			json_real(&j, "simulated", row->simulated);
			if (row->has_reference) {
				json_real(&j, "reference", row->reference);
				json_real(&j, "relative_error", relative_error(row));
				json_bool(&j, "agrees", agrees(row));
			}
			json_close(&j);
		}
		json_close(&j);
		json_close(&j);
	}
	json_close(&j);
}

/* Tells every missed aim. */
static enum exit_status judge(const struct comparisons *all)
{
	enum exit_status status = EXIT_DONE;
	for (uint32_t i = 0; i < all->count; i++)
		for (uint32_t r = 0; r < all->cases[i].row_count; r++) {
			const struct comparison_row *row = &all->cases[i].rows[r];
			if (!row->aim || (row->has_reference && agrees(row)))
				continue;
			fprintf(stderr, "vdcsim validate: %s: %s is %.*f; ", all->cases[i].name, row->name,
			        row->digits, row->simulated);
			if (row->has_reference)
				fprintf(stderr, "the aim is %.*f\n", row->digits, row->reference);
			else
				fputs("there is no reference to assert against\n", stderr);
			status = EXIT_COMPARISON;
		}
	return status;
}

static enum exit_status validate(const struct command *command, void *given, const struct words *words)
{
	struct validate_values *values = given;
	const char *name = words->items[0];
	values->file = words->count > 1 ? words->items[1] : NULL;
	values->second_file = words->count > 2 ? words->items[2] : NULL;
	const char *names[KINDS];
	for (size_t i = 0; i < KINDS; i++) {
		names[i] = kinds[i]->name;
		if (strcmp(name, kinds[i]->name) != 0)
			continue;
		if (values->file && !kinds[i]->takes_file)
			return usage_error(command, "%s takes no file", name);
		if (values->second_file && !kinds[i]->takes_second)
			return usage_error(command, "%s takes no second file", name);
		struct comparisons all = {0};
		enum exit_status status = kinds[i]->run(command, values, &all);
		if (status == EXIT_DONE && !kinds[i]->prints_itself) {
			if (values->json)
				print_json(&all);
			else
				print_text(&all);
			if (values->assert)
				status = judge(&all);
		}
		free(all.cases);
		return status;
	}
	return usage_unknown(command, "kind", name, names, KINDS);
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct validate_values values = {0};
	return options_go(command, argc, argv, &values, validate);
}

static const struct option options[] = {
	{"day", 0, OPTION_TEXT, offsetof(struct validate_values, day), "DAY",
	 "cloudsim: a day of the PlanetLab trace (20110303)",
	 NULL, 0},
	{"policy", 0, OPTION_TEXT, offsetof(struct validate_values, policy), "NAME",
	 "cloudsim: one of its policies (ThrMmt); all deterministic ones if not told", NULL, 0},
	{"plot", 0, OPTION_TEXT, offsetof(struct validate_values, plot), "DIR",
	 "fairshare, migration, power: draw predicted against measured into this folder", NULL, 0},
	{"fit", 0, OPTION_FLAG, offsetof(struct validate_values, fit), NULL,
	 "power: also the constants that these measurements give, and each day from the others", NULL, 0},
	{"assert", 0, OPTION_FLAG, offsetof(struct validate_values, assert), NULL,
	 "exit with 1 when an aim is missed", NULL, 0},
	{"json", 0, OPTION_FLAG, offsetof(struct validate_values, json), NULL, "the same as JSON", NULL, 0},
	{0},
};

const struct command command_validate = {
	.name = "validate",
	.arguments = "cloudsim|fairshare|overhead|migration|grid5000|qemu|lanl|power\n"
	             "                       [DIR] [FILE.csv] [--day DAY] [--policy NAME] [--plot DIR]\n"
	             "                       [--fit] [--assert] [--json]",
	.summary = "Compare the simulation with what was measured or published",
	.help = "cloudsim repeats CloudSim's consolidation study, 800 hosts on a day of the PlanetLab trace\n"
	        "with files in byte order of their names, by the rules of 7G (with its issue #207 out of "
		"the\n"
	        "way) and 3.0.3, every deterministic policy; and Dvfs by the world's own models.\n"
	        "fairshare FILE.csv predicts what Linux gave to threads under weights, caps and duty\n"
	        "cycles, which measure/fairshare measured, with the quantum scheduler; without outcomes it\n"
	        "prints predictions. overhead FILE.csv predicts the mixes that measure/overhead timed from\n"
	        "the single operations.\n"
	        "migration FILE.csv predicts live migrations of QEMU page by page and in closed form: total\n"
	        "time, bytes, downtime, rounds, outcome. grid5000 FILE.csv predicts concurrent ones between\n"
	        "four nodes, qemu FILE.csv those of a PostgreSQL guest that others measured\n"
	        "(docs/validation.md).\n"
	        "lanl fits laws to failures of some systems of Los Alamos and foretells those of the "
		"others;\n"
	        "the file is the named trace, if none is told.\n"
	        "power DIR FILE.csv predicts the power of SURF's cluster Lisa, measured every 30 s, from\n"
	        "what its jobs did: tasks.csv and fragments.csv in DIR.",
	.options = options,
	.least_words = 1,
	.most_words = 3,
	.words_meaning = "a kind (cloudsim, fairshare, overhead, migration, grid5000, qemu, lanl,\n"
	                 "power) and for all but cloudsim and lanl a file of measurements, for\n"
	                 "power a folder before it",
	.run = go,
};

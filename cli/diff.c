/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim diff: two runs side by side: the first event that differs, and what came of it. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/results.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "sim/memory.h"

#define LINE_SIZE 512

struct diff_values {
	bool json;
};

/* The events of a file, a line each: they live in an arena, as the file keeps but one table at a time. */
struct events {
	struct arena arena;
	const char **lines;
	double *time_s;
	uint64_t count;
	bool recorded;
};

struct side {
	const char *path;
	struct results *file;
	struct summary summary;
	struct provenance provenance;
	struct events events;
};

static void cell_text(const struct results_column *c, uint64_t row, char *text, size_t size)
{
	if (c->type == RESULTS_INT)
		snprintf(text, size, "%" PRId64, c->ints[row]);
	else if (c->type == RESULTS_REAL)
		real_text(c->reals[row], text, size);
	else
		snprintf(text, size, "%s", c->texts[row]);
}

static const char *event_line(struct events *e, const struct results_table *t, uint64_t row)
{
	char line[LINE_SIZE] = "", value[LINE_SIZE];
	size_t used = 0;
	for (uint32_t c = 0; c < t->column_count && used < sizeof line; c++) {
		cell_text(&t->columns[c], row, value, sizeof value);
		used += (size_t)snprintf(line + used, sizeof line - used, "%s%s %s", c ? ", " : "",
		                         t->columns[c].name, value);
	}
	return arena_string(&e->arena, line);
}

static void events_read(struct side *side)
{
	struct events *e = &side->events;
	const struct results_table *t = results_table(side->file, "events");
	arena_init(&e->arena);
	if (!t)
		return;
	e->recorded = true;
	e->count = t->rows;
	e->lines = arena_new(&e->arena, t->rows, sizeof *e->lines);
	e->time_s = arena_new(&e->arena, t->rows, sizeof *e->time_s);
	for (uint64_t row = 0; row < t->rows; row++) {
		e->lines[row] = event_line(e, t, row);
		if (t->columns[0].type == RESULTS_REAL)
			e->time_s[row] = t->columns[0].reals[row];
	}
}

static bool side_open(struct side *side, const char *path, const struct command *command)
{
	const char *why;
	*side = (struct side){.path = path, .file = results_open(path, &why)};
	if (!side->file) {
		usage_error(command, "%s: %s", path, why);
		return false;
	}
	results_summary(side->file, &side->summary, &side->provenance);
	events_read(side);
	return true;
}

static void side_close(struct side *side)
{
	if (side->file)
		arena_fini(&side->events.arena);
	results_close(side->file);
}

/* The first event that is not the same in both; false: as far as they go, there is none. */
static bool first_difference(const struct events *a, const struct events *b, uint64_t *at)
{
	uint64_t n = a->count < b->count ? a->count : b->count;
	for (*at = 0; *at < n; ++*at)
		if (strcmp(a->lines[*at], b->lines[*at]) != 0)
			return true;
	return a->count != b->count;
}

static double figure_value(const struct figure *f, const struct summary *s)
{
	const char *at = (const char *)s + f->offset;
	return f->kind == FIGURE_COUNT ? (double)*(const uint64_t *)(const void *)at
	                               : *(const double *)(const void *)at;
}

static bool same_number(double a, double b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

static void print_side(const char *mark, const struct events *e, uint64_t at)
{
	printf("  %s %s\n", mark, at < e->count ? e->lines[at] : "(no more events)");
}

static void print_events(const struct side *a, const struct side *b)
{
	uint64_t at;
	if (!a->events.recorded || !b->events.recorded) {
		printf("events: not recorded in %s (record: {events: true})\n",
		       a->events.recorded ? b->path : a->path);
		return;
	}
	if (!first_difference(&a->events, &b->events, &at)) {
		printf("events: all %" PRIu64 " are equal\n", a->events.count);
		return;
	}
	printf("events: %" PRIu64 " are equal; number %" PRIu64 " is the first that differs (a has "
	       "%" PRIu64 ", b %"
	       PRIu64 ")\n", at, at, a->events.count, b->events.count);
	if (at > 0)
		print_side(" ", &a->events, at - 1);
	print_side("a", &a->events, at);
	print_side("b", &b->events, at);
}

static void print_figures(const struct side *a, const struct side *b)
{
	uint32_t differ = 0;
	for (const struct figure *f = summary_figures; f->name; f++) {
		if (f->kind == FIGURE_TEXT)
			continue;
		double x = figure_value(f, &a->summary), y = figure_value(f, &b->summary);
		if (same_number(x, y))
			continue;
		if (differ++ == 0)
			printf("\n%-28s %16s %16s %14s\n", "what came of it", "a", "b", "b against a");
		char change[40] = "";
		if (fpclassify(x) != FP_ZERO)
			snprintf(change, sizeof change, "%+.3g %%", (y / x - 1) * 100);
		printf("%-28s %16.10g %16.10g %14s  %s\n", f->name, x, y, change, strcmp(f->unit, "1") ?
		       f->unit : "");
	}
	if (differ == 0)
		printf("figures: all are equal\n");
}

static void print_head(const struct side *a, const struct side *b)
{
	printf("a  %s: %s, seed %" PRIu64 ", digest %s\n", a->path, results_scenario_name(a->file),
	       results_seed(a->file), a->summary.digest);
	printf("b  %s: %s, seed %" PRIu64 ", digest %s\n\n", b->path, results_scenario_name(b->file),
	       results_seed(b->file), b->summary.digest);
	if (strcmp(a->provenance.version, b->provenance.version) != 0)
		printf("versions: %s and %s\n", a->provenance.version, b->provenance.version);
	if (strcmp(results_scenario_text(a->file), results_scenario_text(b->file)) != 0)
		printf("scenarios: their texts differ\n");
}

static void side_json(struct json *j, const char *name, const struct side *side)
{
	json_object(j, name);
	json_text(j, "file", side->path);
	json_text(j, "scenario", results_scenario_name(side->file));
	json_count(j, "seed", results_seed(side->file));
	json_text(j, "digest", side->summary.digest);
	json_close(j);
}

static void tell_json(const struct side *a, const struct side *b, bool equal)
{
	struct json j;
	uint64_t at;
	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_bool(&j, "equal", equal);
	side_json(&j, "a", a);
	side_json(&j, "b", b);
	if (a->events.recorded && b->events.recorded && first_difference(&a->events, &b->events, &at)) {
		json_object(&j, "first_difference");
		json_count(&j, "event", at);
		json_text(&j, "a", at < a->events.count ? a->events.lines[at] : NULL);
		json_text(&j, "b", at < b->events.count ? b->events.lines[at] : NULL);
		json_close(&j);
	}
	json_object(&j, "figures");
	for (const struct figure *f = summary_figures; f->name; f++) {
		if (f->kind == FIGURE_TEXT ||
		    same_number(figure_value(f, &a->summary), figure_value(f, &b->summary)))
			continue;
		json_object(&j, f->name);
		json_real(&j, "a", figure_value(f, &a->summary));
		json_real(&j, "b", figure_value(f, &b->summary));
		json_close(&j);
	}
	json_close(&j);
	json_close(&j);
}

static enum exit_status diff(const struct command *command, void *given, const struct words *words)
{
	const struct diff_values *values = given;
	struct side a = {0}, b = {0};
	enum exit_status status = EXIT_INPUT;
	if (side_open(&a, words->items[0], command) && side_open(&b, words->items[1], command)) {
		bool equal = strcmp(a.summary.digest, b.summary.digest) == 0;
		if (values->json) {
			tell_json(&a, &b, equal);
		} else {
			print_head(&a, &b);
			print_events(&a, &b);
			print_figures(&a, &b);
		}
		status = equal ? EXIT_DONE : EXIT_COMPARISON;
	}
	side_close(&a);
	side_close(&b);
	return status;
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct diff_values values = {0};
	return options_go(command, argc, argv, &values, diff);
}

static const struct option options[] = {
	{"json", 0, OPTION_FLAG, offsetof(struct diff_values, json), NULL, "print as JSON", NULL, 0},
	{0},
};

const struct command command_diff = {
	.name = "diff",
	.arguments = "A.h5 B.h5",
	.summary = "Find the first event in which two runs differ, and what came of it",
	.help = "Status 0 when the runs are equal, 1 when they differ. Runs need their events recorded\n"
	        "for the first event to be told (record: {events: true}).",
	.options = options,
	.least_words = 2,
	.most_words = 2,
	.words_meaning = "two results files",
	.run = go,
};

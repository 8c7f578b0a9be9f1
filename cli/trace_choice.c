/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens the trace that an action of vdcsim trace is about, and guesses its format. */
#include "cli/trace_choice.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/archive.h"
#include "scenarios/text.h"
#include "scenarios/trace.h"

/* What the first file of a trace looks like; NULL: like nothing that is known. */
struct guess {
	const char *format;
};

static bool first_file(void *context, const struct archive_file *file)
{
	struct guess *guess = context;
	struct text_lines lines = {.at = file->data, .stop = file->data + file->size};
	double x;
	lines.separator = text_separator(lines.at, lines.stop);
	if (!text_next(&lines))
		return false;
	bool number = text_number(lines.fields[0], false, &x);
	if (lines.fields[0].length >= 9 && memcmp(lines.fields[0].at, "Timestamp", 9) == 0 &&
	    lines.separator == ';')
		guess->format = "bitbrains";
	else if (number && lines.separator == ' ' && lines.count == 1)
		guess->format = "planetlab";
	else if (number && lines.separator == ' ' && lines.count == 2)
		guess->format = "gcd";
	return false;
}

static const char *format_guess(const struct trace_choice *choice)
{
	char path[PATH_MAX];
	struct guess guess = {NULL};
	for (const struct trace_info *t = trace_table; t->name; t++)
		if (strcmp(t->name, choice->name) == 0)
			return NULL; /* it has a format */
	if (choice->subset && strchr(choice->subset, '='))
		return "csv";
	if (trace_find(choice->name, path, sizeof path)) {
		struct diag diag;
		diag_init(&diag);
		archive_read(path, NULL, first_file, &guess, (struct place){0}, &diag);
		diag_fini(&diag);
	}
	return guess.format;
}

bool trace_choice_open(const struct trace_choice *choice, struct demand_set *set)
{
	struct diag diag;
	diag_init(&diag);
	const char *format = choice->format ? choice->format : format_guess(choice);
	bool well = trace_open(choice->name, choice->subset, format, set,
	                       (struct place){"vdcsim trace", 0, 0}, &diag);
	diag_print(&diag, stderr);
	diag_fini(&diag);
	return well;
}

enum exit_status trace_choice_go(const struct command *command, int argc, char **argv, void *values,
                                 void (*act)(const struct demand_set *set, const void *values))
{
	struct trace_choice *choice = values;
	struct words words = {0};
	struct demand_set set;
	enum options_outcome outcome = options_read(command, argc, argv, values, &words);
	enum exit_status status = outcome == OPTIONS_HELP ? EXIT_DONE : EXIT_INPUT;
	choice->name = words.count ? words.items[0] : NULL;
	if (outcome == OPTIONS_GO && trace_choice_open(choice, &set)) {
		act(&set, values);
		set.release(&set);
		status = EXIT_DONE;
	}
	words_free(&words);
	return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim trace: finds the action, and opens traces for it. */
#include "cli/trace.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/fit.h"
#include "scenarios/archive.h"
#include "scenarios/text.h"
#include "scenarios/trace.h"

static const struct command *const actions[] = {
	&trace_info_command,
	&trace_convert_command,
	&trace_plot_command,
	&trace_fetch_command,
	&trace_fit_command,
	NULL,
};
#define ACTIONS (sizeof actions / sizeof *actions - 1)

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

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	const char *names[ACTIONS];
	struct words words = {0};
	bool option = argc < 2 || argv[1][0] == '-';
	for (size_t i = 0; i < ACTIONS; i++) {
		names[i] = actions[i]->name + strlen("trace ");
		if (!option && strcmp(argv[1], names[i]) == 0)
			return actions[i]->run(actions[i], argc - 1, argv + 1);
	}
	if (!option)
		return usage_unknown(command, "action", argv[1], names, ACTIONS);
	enum options_outcome outcome = options_read(command, argc, argv, NULL, &words);
	words_free(&words);
	return outcome == OPTIONS_HELP ? EXIT_DONE : EXIT_INPUT;
}

static const struct option options[] = {{0}};

const struct command command_trace = {
	.name = "trace",
	.arguments = "info|convert|plot|fetch|fit TRACE",
	.summary = "Look at a trace, convert it, plot it, fetch it, fit a generator to it",
	.help = "info     rows, samples, axis, gaps and jitter, the moments of each column\n"
		"convert  as a generic CSV: row, time, columns\n"
		"plot     mean and quantiles over time, and a few rows\n"
		"fetch    gets a public trace by its public address\n"
		"fit      fits a generator to it\n\n"
		"'vdcsim trace ACTION --help' tells more of each; 'vdcsim list traces' which have names.",
	.options = options,
	.least_words = 1,
	.most_words = 1,
	.words_meaning = "an action (info, convert, plot, fetch, fit) and a trace",
	.run = go,
	.actions = actions,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim trace: finds the action. */
#include "cli/trace.h"

#include <string.h>

#include "cli/commands.h"
#include "cli/fit.h"

static const struct command *const actions[] = {
	&trace_info_command,
	&trace_convert_command,
	&trace_plot_command,
	&trace_fetch_command,
	&trace_fit_command,
	NULL,
};
#define ACTIONS (sizeof actions / sizeof *actions - 1)

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

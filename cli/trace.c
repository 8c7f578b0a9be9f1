/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim trace: finds the action. */
#include "cli/trace.h"

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
	.run = options_act,
	.actions = actions,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which trace: what the actions of vdcsim trace share. */
#ifndef CLI_TRACE_CHOICE_H
#define CLI_TRACE_CHOICE_H

#include <stdbool.h>

#include "cli/options.h"
#include "models/demand.h"

/* Which trace: options --subset and --format, and the word. */
struct trace_choice {
	const char *name, *subset, *format;
};

/* Opens it; a path's format is guessed from its first file when it is not told. On failure false, after
 * messages on stderr. */
bool trace_choice_open(const struct trace_choice *choice, struct demand_set *set);

/* An action on one trace, from the command line to its end. The action's struct of values begins with a
 * struct trace_choice. */
enum exit_status trace_choice_go(const struct command *command, int argc, char **argv, void *values,
                                 void (*act)(const struct demand_set *set, const void *values));

#define TRACE_CHOICE_OPTIONS(type, member) \
	{"subset", \
	 0, \
	 OPTION_TEXT, \
	 offsetof(type, member.subset), \
	 "PART", \
	 "part of the trace: a folder, a day; of a CSV the map of its columns: 'time=1 s, cpu=3 %'", \
	 NULL, \
	 0}, \
	{ \
		"format", 0, OPTION_TEXT, offsetof(type, member.format), "FORMAT", \
			"of a trace given by path: planetlab, bitbrains, gcd, csv; guessed if not told", \
			NULL, 0 \
	}

#endif

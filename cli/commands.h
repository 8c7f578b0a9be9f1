/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommands: one file each. A new one is its file, a line here and a line in main.c's table. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/options.h"

extern const struct command command_run, command_check, command_show, command_plot, command_list,
	command_isa, command_validate, command_trace, command_timeline, command_report,
	command_new, command_sweep, command_compare, command_diff;

#endif

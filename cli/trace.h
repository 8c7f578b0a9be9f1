/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The actions of vdcsim trace. Each is one file's, as a subcommand is. */
#ifndef CLI_TRACE_H
#define CLI_TRACE_H

#include "cli/options.h"

extern const struct command trace_info_command, trace_convert_command, trace_plot_command,
	trace_fetch_command;

#endif

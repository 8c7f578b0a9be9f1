/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim trace fit: a generator fitted to a trace, and how well it fits. */
#ifndef CLI_FIT_H
#define CLI_FIT_H

#include "cli/options.h"

extern const struct command trace_fit_command;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The actions of vdcsim isa. */
#ifndef CLI_ISA_H
#define CLI_ISA_H

#include "cli/options.h"

extern const struct command isa_check_command, isa_run_command;

#endif

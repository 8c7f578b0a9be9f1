/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manual: one page a subcommand, the scenario language, the results file; all written from the tables. */
#ifndef CLI_MAN_H
#define CLI_MAN_H

#include "cli/options.h"

/* Prints a page ("vdcsim-run.1") as roff on stdout; NULL: the names of all pages, one a line. EXIT_INPUT
 * after a message when there is no such page. */
enum exit_status man_print(const struct command *const *commands, size_t count, const char *page);

#endif

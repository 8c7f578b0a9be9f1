/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of a run on the screen and in JSON: what analysis/summary.h names, printed the same
 * everywhere. */
#ifndef CLI_FIGURES_H
#define CLI_FIGURES_H

#include <stdio.h>

#include "analysis/summary.h"
#include "cli/json.h"

/* The table of a summary, then, apart, where it came from. */
void figures_print(const struct summary *s, const struct provenance *p, FILE *out);

/* Members "summary" and "provenance" of the object that is open. */
void figures_json(struct json *j, const struct summary *s, const struct provenance *p);

#endif

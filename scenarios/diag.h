/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mistakes in the user's input: collected, then told all at once, at most 20.
 *
 *   day.yaml:12:3: error: unknown key 'hostz'; did you mean 'hosts'?
 * Line and column are from 1; 0 leaves them out (a whole file, or the command line: file is then "--set
 * ..."). */
#ifndef SCENARIOS_DIAG_H
#define SCENARIOS_DIAG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/memory.h"

#define DIAG_SHOWN 20

struct place {
	const char *file;      /* diag_error copies it */
	uint32_t line, column;
};

struct diag_message {
	struct place place;
	bool warning;
	const char *text;
};

struct diag {
	struct arena arena;
	struct diag_message *messages;
	uint32_t count, room;
	uint32_t errors;
	uint64_t dropped;      /* beyond the thousand that are kept */
};

void diag_init(struct diag *d);
void diag_fini(struct diag *d);
void diag_error(struct diag *d, struct place at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void diag_warning(struct diag *d, struct place at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* In order of file, line, column; warnings too; "and N more" at the end. */
void diag_print(struct diag *d, FILE *out);

/* The nearest of n candidates to a misspelt word, or NULL: edit distance at most a third of its length,
 * or 1. */
const char *diag_near(const char *word, const char *const *candidates, size_t n);

#endif

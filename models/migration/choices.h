/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The choices that a migration leaves open, each with a line about it and its source: for `list models`.
 *
 * A table has one row a member of its enum, in the order of the enum; names stand once, where the enum is
 * declared (leg.h, dirty.h). What each does in equations: docs/models.md. */
#ifndef MODELS_MIGRATION_CHOICES_H
#define MODELS_MIGRATION_CHOICES_H

#include <stdint.h>

struct move_choice {
	const char *summary, *source;
};

/* One question, and all answers to it. */
struct move_choices {
	const char *topic;               /* "stop": as the scenario's key calls it */
	const char *question;
	const char *const *names;        /* [count] */
	const struct move_choice *rows;  /* [count] */
	uint32_t count;
};

/* Ended by a NULL topic. */
extern const struct move_choices move_choices[];

#endif

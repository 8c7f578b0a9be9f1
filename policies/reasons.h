/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Refusals: what policies and plans asked for and could not have, counted by reason.
 *
 * Each is a note too (NOTE_PLAN_REFUSED), whose value is REASONS_FIRST plus the reason's number; refusals
 * of a scenario's own actions carry the action's kind instead. */
#ifndef POLICIES_REASONS_H
#define POLICIES_REASONS_H

#include <stdint.h>

#include "models/world.h"

#define REASONS_MOST 64
#define REASONS_TEXT 96
#define REASONS_FIRST 65536

struct reason {
	char text[REASONS_TEXT];
	uint64_t count;
};

struct reasons {
	struct world *world;
	struct reason at[REASONS_MOST]; /* the last one stands for all that found no place */
	uint32_t count;
};

/* `vm` and `host` may be ID_NONE, or any number that a policy made up. Returns `why`. */
const char *reasons_refuse(struct reasons *r, uint32_t vm, uint32_t host, const char *why);

#endif

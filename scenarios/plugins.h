/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The policies that a scenario names: built in, or plug-ins that it opens and owns.
 *
 * A name with a '/' is the path of a shared object, relative to the working directory. Each path is loaded
 * once. Where the caller wants foreign code watched over, the process becomes a supervisor and its child
 * before the first one is loaded (policies/supervisor.h). */
#ifndef SCENARIOS_PLUGINS_H
#define SCENARIOS_PLUGINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/plugin.h"
#include "policies/supervisor.h"
#include "scenarios/diag.h"

struct plugins {
	struct plugin **items;
	uint32_t count, room;
	bool supervise;                /* fork before the first */
	double budget_ns;              /* CPU for one question */
	struct watch *watch;           /* NULL: nobody watches */
};

/* Loads what `name` stands for if it is a path not seen before; false after a message at `place`. */
bool plugins_load(struct plugins *plugins, const char *name, struct place place, struct diag *diag);
/* The policy of that name, or NULL: not built in, or not loaded. */
const struct policy *plugins_policy(const struct plugins *plugins, const char *name);
void plugins_close(struct plugins *plugins);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a scenario: YAML, includes, catalogue entries, overrides, the key table's checks, and the checks
 * between keys. It tells every mistake it finds; only a scenario without errors comes back. What is read from
 * outside the YAML (traces) is not touched here: scenarios/build.c opens it. Lists of machines are
 * (scenarios/nodes.h): their sizes are groups of hosts like any others. */
#ifndef SCENARIOS_SCENARIO_READ_H
#define SCENARIOS_SCENARIO_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/diag.h"
#include "scenarios/scenario.h"

struct scenario_options {
	const char *const *overrides;       /* --set, in order */
	uint32_t override_count;
	bool has_seed, has_until;
	uint64_t seed;
	int64_t until_ns;                   /* shortens duration */
	bool supervise;                     /* a process of its own for plug-ins (policies/supervisor.h) */
};

/* NULL after errors were added to diag. Release with scenario_free. A path that is not there is looked for
 * in the library too: "planetlab_day", "cloudsim/dvfs.yaml". Warnings may be in diag though it succeeds. */
struct scenario *scenario_read(const char *path, const struct scenario_options *options, struct diag *diag);
struct scenario *scenario_read_text(const char *text, const struct scenario_options *options,
                                    struct diag *diag);

#endif

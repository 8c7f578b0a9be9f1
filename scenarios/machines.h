/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenario's section `machines`: runs on the small machine of models/hypervisor/machine.h. */
#ifndef SCENARIOS_MACHINES_H
#define SCENARIOS_MACHINES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/hypervisor/machine_run.h"
#include "scenarios/scenario.h"
#include "scenarios/yaml.h"
#include "sim/digest.h"

/* The techniques, and "all". */
#define MACHINE_TECHNIQUES (VMM_TECHNIQUES + 1)
extern const char *const machine_technique_names[MACHINE_TECHNIQUES];

/* A scenario needs hosts and VMs, unless it has machines, jobs or copied guests and neither; names of
 * machines differ. */
void machines_check(const struct scenario *s, const struct yaml_node *root, struct diag *diag);

struct machine_runs {
	struct arena arena;             /* programs and descriptions */
	struct machine_run *runs;
	uint32_t count, room;
	struct virtualize *what;        /* [count] */
	uint32_t what_room;
};

/* Reads programs and instruction sets. False after errors in diag. */
bool machines_open(struct machine_runs *m, const struct scenario *s, struct diag *diag);
/* Runs them; what came out goes into the digest. */
void machines_go(struct machine_runs *m, struct digest *digest);
void machines_close(struct machine_runs *m);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What moves where at a tick: PowerVmAllocationPolicyMigrationAbstract.optimizeAllocation.
 *
 *   1. overloaded hosts: those whose detector fires
 *   2. from each, VMs are selected until it is quiet or none is left
 *   3. they are placed by falling demand; one for which there is no host stays
 *   4. other hosts by rising utilisation, each once: if all of its VMs, those of step 3 included, find hosts,
 *      they move, and those hosts are not emptied after it. Hosts that are off are no targets here
 *   5. everything is put back; the moves begin in this order, and a VM may have two
 *
 * The plan leaves hosts and VMs as they were. */
#ifndef MODELS_CLOUDSIM_CONSOLIDATE_H
#define MODELS_CLOUDSIM_CONSOLIDATE_H

#include <stdint.h>

#include "models/cloudsim/placement.h"
#include "models/cloudsim/selection.h"

struct cloudsim_move {
	uint32_t vm, to;
};

struct cloudsim_plan {
	struct cloudsim_books *books;
	struct cloudsim_targets targets;
	struct random_stream lots;
	struct cloudsim_move *moves;
	uint32_t count, room;
	/* scratch */
	uint32_t *active;               /* [host_count] candidates to be emptied */
	uint32_t *vms;                  /* [vm_count] VMs to be placed, by falling demand */
};

void cloudsim_plan_open(struct cloudsim_plan *plan, struct cloudsim_books *b);
void cloudsim_plan_close(struct cloudsim_plan *plan);

void cloudsim_plan_make(struct cloudsim_plan *plan);

#endif

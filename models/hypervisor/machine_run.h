/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row of the table `machines` of a run's results: what was run on the small machine, and its outcome. */
#ifndef MODELS_HYPERVISOR_MACHINE_RUN_H
#define MODELS_HYPERVISOR_MACHINE_RUN_H

#include <stdint.h>

#include "models/hypervisor/virtualize.h"

struct machine_run {
	const char *name, *program, *isa;
	enum vmm_technique technique;
	uint32_t guests, levels;
	const char *instruction, *what; /* of the first difference; "" where there is none */
	struct outcome outcome;
};

#endif

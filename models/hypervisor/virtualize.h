/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One experiment: a program under one technique, as one guest or several side by side, held against the bare
 * machine step by step. */
#ifndef MODELS_HYPERVISOR_VIRTUALIZE_H
#define MODELS_HYPERVISOR_VIRTUALIZE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "models/hypervisor/assemble.h"
#include "models/hypervisor/lockstep.h"
#include "models/hypervisor/vmm.h"

#define VIRTUALIZE_WORDS 1024
#define VIRTUALIZE_STEPS 1000000
#define VIRTUALIZE_GUESTS_MOST 64
#define VIRTUALIZE_LEVELS_MOST 6 /* each is about ten times as slow as the one before */

struct virtualize {
	const char *text; /* source of the program, without mistakes */
	struct machine_isa isa;
	enum vmm_technique technique;
	uint32_t guests; /* all run the same program; 1 for native and recursive */
	uint32_t words;  /* memory of each; 0: VIRTUALIZE_WORDS or what the program needs */
	uint64_t steps;  /* most steps of each; 0: VIRTUALIZE_STEPS */
	uint32_t levels; /* recursive: monitors one within the other in the guest; 0: 1 */
	FILE *trace;     /* the first guest's instructions, one a line; NULL: none */
};

struct outcome {
	struct guest_counts counts; /* of all guests together */
	uint64_t inner;             /* recursive: instructions of the monitors within */
	double direct_01;           /* share of the guest's instructions run without intervention */
	uint64_t instructions;      /* of the guests; recursive: of the innermost */
	double vmm_calls;           /* work of the monitor per instruction: calls of its modules; recursive:
	                                   and instructions of the monitors within */
	bool halted;                /* every guest came to its end */
	bool equivalent;
	bool contained;          /* nothing outside what the allocator gave was changed */
	struct divergence first; /* when not equivalent */
	uint32_t first_guest;
	struct console console; /* of the first guest */
};

void virtualize(const struct virtualize *what, struct outcome *outcome);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Equivalence, checked: a guest's state after each of its steps against the bare machine's after as many.
 *
 * Compared are registers, PSW, memory and console, as the guest sees them. The paper excepts timing and
 * resource limits; here time is counted in the guest's own steps, so that the timer is compared too. */
#ifndef MODELS_HYPERVISOR_LOCKSTEP_H
#define MODELS_HYPERVISOR_LOCKSTEP_H

#include <stdbool.h>
#include <stdint.h>

#include "models/hypervisor/machine.h"

struct divergence {
	uint64_t step;                  /* from 1 */
	uint32_t address, word;         /* of the instruction: in the guest's memory */
	char instruction[40], what[80]; /* "r1: native 0, guest 1" */
};

struct lockstep {
	struct machine native;
	struct console console;
	uint64_t steps;
	bool diverged;
	struct divergence first;
};

/* The native machine gets memory of its own. Release with lockstep_fini. */
void lockstep_init(struct lockstep *l, const uint32_t *memory, uint32_t words, const struct machine_isa *isa);
void lockstep_fini(struct lockstep *l);

/* What a guest looks like from outside. `hypercall`, `loaded`: as in struct guest; words that were made calls
 * count as what they were. */
struct lockstep_view {
	const struct cpu *cpu;
	const uint32_t *memory;
	const struct console *console;
	bool halted;
	const uint8_t *hypercall;
	const uint32_t *loaded;
};

/* One step of the native machine, then the comparison. After the first difference it does nothing. */
void lockstep_step(struct lockstep *l, const struct lockstep_view *guest);

/* The comparison alone. */
void lockstep_compare(struct lockstep *l, const struct lockstep_view *guest);

#endif

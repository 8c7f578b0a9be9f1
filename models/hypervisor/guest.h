/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A guest of the monitor in vmm.h: what it takes for its machine, and what was counted on the way. */
#ifndef MODELS_HYPERVISOR_GUEST_H
#define MODELS_HYPERVISOR_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "models/hypervisor/machine.h"

struct translation;

struct guest_counts {
	uint64_t steps;  /* instructions of the guest, and attempts that ended in its own traps */
	uint64_t direct; /* of these, done by the real processor without intervention */
	uint64_t traps;  /* real traps: exits to the monitor */
	uint64_t dispatcher, allocator, interpreter; /* how often each module was called */
	uint64_t hypercalls;                         /* exits that the guest asked for */
	uint64_t reflected;                          /* traps handed on to the guest's own handler */
	uint64_t slices;                             /* times that the processor was taken away */
	uint64_t blocks, translated;     /* blocks made by the translator, instructions in them */
	uint64_t lookups, hits, chained; /* next block looked for, found, known without looking */
	uint64_t flushes;                /* the code was changed: all blocks dropped */
};

struct guest {
	struct cpu cpu;       /* as the guest sees it: mode, R and timer are virtual */
	uint32_t base, words; /* what the allocator gave it of real memory */
	uint32_t *memory;     /* its word 0 */
	struct machine_isa isa;
	struct console console;
	bool halted;
	uint64_t budget;          /* it is stopped after so many steps */
	const uint8_t *hypercall; /* [words] 1: this word was made a hypercall; NULL: none was */
	const uint32_t *loaded;   /* its memory as it was loaded; with hypercall */
	struct psw window;        /* real R as the allocator worked it out last */
	struct translation *translation;
	struct guest_counts counts;
};

static inline bool guest_running(const struct guest *g)
{
	return !g->halted && g->counts.steps < g->budget;
}

#endif

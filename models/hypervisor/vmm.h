/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A virtual machine monitor as Popek and Goldberg built it: a dispatcher, which every trap comes to; an
 * allocator, which alone sets the real relocation register; an interpreter, with a routine an instruction.
 *
 * Guests always run in real user mode, in the window that the allocator gave. How the monitor gets hold of
 * their sensitive instructions is its technique. It runs its guests in turn, a slice each; the real timer is
 * set to the end of the slice or to the guest's own timer, whichever is first, so no guest can keep the
 * processor.
 *
 * The monitor itself is written in C and stands beside the machine; guests/monitor.s is one that is written
 * in the machine's own instructions and runs inside. */
#ifndef MODELS_HYPERVISOR_VMM_H
#define MODELS_HYPERVISOR_VMM_H

#include "models/hypervisor/guest.h"
#include "models/hypervisor/machine.h"

enum vmm_technique {
	VMM_NATIVE,           /* no monitor: the bare machine */
	VMM_TRAP_AND_EMULATE, /* guests run directly; what traps is interpreted */
	VMM_TRANSLATION,      /* guests run as translated blocks */
	VMM_INTERPRETATION,   /* nothing runs directly */
	VMM_PARAVIRTUAL,      /* the guest's source was changed: sensitive instructions are calls */
	VMM_HYBRID,           /* virtual supervisor mode interpreted, user mode direct */
	VMM_RECURSIVE,        /* trap and emulate; the guest is guests/monitor.s, which has the guest */
	VMM_TECHNIQUES
};
extern const char *const vmm_technique_names[VMM_TECHNIQUES];
extern const char *const vmm_technique_summaries[VMM_TECHNIQUES];

#define VMM_SLICE 64 /* steps; 2 at least */

struct vmm {
	struct machine *real;
	struct guest *guests;
	uint32_t guest_count;
	enum vmm_technique technique;
	/* Called after each step of a guest, when its state is whole; may be NULL. */
	void (*observe)(void *context, struct vmm *vmm, struct guest *g);
	void *context;
	/* The slice under way. */
	uint32_t slice_left, loaded; /* steps; what the real timer was set to */
};

/* The allocator: vmm_give gives a guest its part of real memory, [base, base + words), and clears it. Parts
 * must not overlap. */
void vmm_init(struct vmm *vmm, struct machine *real, struct guest *guests, uint32_t guest_count,
              enum vmm_technique technique);
void vmm_give(struct vmm *vmm, uint32_t guest, uint32_t base, uint32_t words);
void vmm_fini(struct vmm *vmm);

/* Until every guest has halted or used up its budget of steps. */
void vmm_run(struct vmm *vmm);

#endif

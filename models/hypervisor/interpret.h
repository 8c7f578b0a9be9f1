/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The monitor's interpreter: one routine an instruction, each of which does to the guest's virtual state what
 * the processor would do to the real one. Trap-and-emulate needs the routines of privileged instructions
 * only, a hybrid monitor and an interpreter need all.
 *
 * It shares no code with machine.c, so that their agreement, step by step, says something. */
#ifndef MODELS_HYPERVISOR_INTERPRET_H
#define MODELS_HYPERVISOR_INTERPRET_H

#include "models/hypervisor/guest.h"
#include "models/hypervisor/machine.h"

/* One instruction with the rights that the guest believes to have; a trap is the guest's own. */
struct trap interpret_word(struct guest *g, struct machine *real, uint32_t word);

/* Hands a trap to the guest: old PSW into its memory, new PSW from there. */
void interpret_trap(struct guest *g, struct machine *real, struct trap trap);

/* A whole step: timer, fetch, instruction, trap. */
void interpret_step(struct guest *g, struct machine *real);

#endif

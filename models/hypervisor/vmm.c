/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The monitor: dispatcher, allocator, and the loops of its techniques. */
#include "models/hypervisor/vmm.h"

#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/interpret.h"
#include "models/hypervisor/translate.h"
#include "sim/fault.h"
#include "sim/memory.h"

const char *const vmm_technique_names[VMM_TECHNIQUES] = {
	[VMM_NATIVE] = "native",           [VMM_TRAP_AND_EMULATE] = "trap_and_emulate",
	[VMM_TRANSLATION] = "translation", [VMM_INTERPRETATION] = "interpretation",
	[VMM_PARAVIRTUAL] = "paravirtual", [VMM_HYBRID] = "hybrid",
	[VMM_RECURSIVE] = "recursive",
};

const char *const vmm_technique_summaries[VMM_TECHNIQUES] = {
	[VMM_NATIVE] = "the bare machine, no monitor",
	[VMM_TRAP_AND_EMULATE] = "runs directly in user mode; what traps is emulated",
	[VMM_TRANSLATION] = "blocks translated and kept; sensitive instructions become calls",
	[VMM_INTERPRETATION] = "every instruction interpreted",
	[VMM_PARAVIRTUAL] = "source changed: sensitive instructions became hypercalls",
	[VMM_HYBRID] = "virtual supervisor mode interpreted, user mode runs directly",
	[VMM_RECURSIVE] = "trap and emulate, with a monitor in the machine's own code in between",
};

/* ---- allocator */

void vmm_init(struct vmm *vmm, struct machine *real, struct guest *guests, uint32_t guest_count,
              enum vmm_technique technique)
{
	*vmm = (struct vmm){
		.real = real, .guests = guests, .guest_count = guest_count, .technique = technique};
	if (technique == VMM_TRANSLATION)
		real->code = memory_new(real->words, 1, "marks of translated words");
}

void vmm_give(struct vmm *vmm, uint32_t guest, uint32_t base, uint32_t words)
{
	ASSERT(words >= MACHINE_WORDS_LEAST && base + (uint64_t)words <= vmm->real->words);
	struct guest *g = &vmm->guests[guest];
	*g = (struct guest){.base = base,
	                    .words = words,
	                    .memory = vmm->real->memory + base,
	                    .isa = vmm->real->isa,
	                    .budget = UINT64_MAX};
	memset(g->memory, 0, words * sizeof *g->memory);
	g->cpu.psw = (struct psw){.mode = MODE_SUPERVISOR, .pc = MACHINE_START, .limit = words};
	if (vmm->technique == VMM_TRANSLATION)
		g->translation = translation_new(words);
}

void vmm_fini(struct vmm *vmm)
{
	for (uint32_t i = 0; i < vmm->guest_count; i++)
		translation_free(vmm->guests[i].translation);
	free(vmm->real->code);
	vmm->real->code = NULL;
}

/* The real PSW for the guest as it stands: called whenever what the guest takes for R may have changed. */
static struct psw allocate(struct guest *g)
{
	struct psw real = psw_within(&g->cpu.psw, g->base, g->words);
	if (real.base != g->window.base || real.limit != g->window.limit)
		g->counts.allocator++;
	g->window = real;
	ASSERT(real.mode == MODE_USER && real.base >= g->base &&
	       (uint64_t)real.base + real.limit <= (uint64_t)g->base + g->words);
	return real;
}

/* ---- the way in and out */

static void enter(struct vmm *vmm, struct guest *g)
{
	struct machine *real = vmm->real;
	uint32_t own = g->cpu.psw.timer;
	memcpy(real->cpu.r, g->cpu.r, sizeof real->cpu.r);
	real->cpu.psw = allocate(g);
	vmm->loaded = own && own <= vmm->slice_left ? own : vmm->slice_left;
	real->cpu.psw.timer = vmm->loaded;
	real->nonroot = (struct nonroot){&g->cpu.psw, g->base, g->words};
}

/* The guest's state from the real one. May be called at any time while it runs. */
static void sync(struct vmm *vmm, struct guest *g)
{
	const struct machine *real = vmm->real;
	uint32_t used = vmm->loaded - real->cpu.psw.timer;
	memcpy(g->cpu.r, real->cpu.r, sizeof g->cpu.r);
	g->cpu.psw.pc = real->cpu.psw.pc;
	if (g->cpu.psw.timer)
		g->cpu.psw.timer -= used;
	vmm->slice_left -= used;
	vmm->loaded -= used;
}

static void step_done(struct vmm *vmm, struct guest *g)
{
	g->counts.steps++;
	if (vmm->observe)
		vmm->observe(vmm->context, vmm, g);
}

static void step_done_directly(struct vmm *vmm, struct guest *g)
{
	g->counts.direct++;
	if (vmm->observe)
		sync(vmm, g);
	step_done(vmm, g);
}

/* ---- dispatcher */

static void emulate(struct vmm *vmm, struct guest *g, uint32_t word)
{
	struct trap trap = interpret_word(g, vmm->real, word);
	if (trap.cause)
		interpret_trap(g, vmm->real, trap);
}

/* A call that its changed source makes, and not some word that looks like one. */
static bool is_hypercall(const struct guest *g, uint32_t word)
{
	uint32_t at = g->window.base - g->base + g->cpu.psw.pc;
	return word & INSN_HYPERCALL && g->hypercall && at < g->words && g->hypercall[at] &&
	       g->loaded[at] == word;
}

/* After a real trap. The guest's state is whole but for the instruction that trapped. */
static void dispatch(struct vmm *vmm, struct guest *g, struct trap trap, bool timed)
{
	g->counts.traps++;
	g->counts.dispatcher++;
	if (trap.cause == CAUSE_TIMER && (!timed || g->cpu.psw.timer)) {
		g->cpu.psw.timer +=
			timed; /* the end of the slice took a step that the guest did not make */
		g->counts.slices++;
		vmm->slice_left = 0;
		return;
	}
	if (trap.cause == CAUSE_ILLEGAL && is_hypercall(g, trap.info)) {
		g->counts.hypercalls++;
		emulate(vmm, g, trap.info & ~INSN_HYPERCALL);
	} else if (trap.cause == CAUSE_PRIVILEGED && g->cpu.psw.mode == MODE_SUPERVISOR) {
		emulate(vmm, g, trap.info);
	} else {
		interpret_trap(g, vmm->real, trap);
	}
	step_done(vmm, g);
}

/* ---- techniques: each makes at least one step, or ends the slice */

static void run_directly(struct vmm *vmm, struct guest *g)
{
	bool timed = g->cpu.psw.timer != 0;
	struct trap trap = {CAUSE_NONE, 0};
	enter(vmm, g);
	while (guest_running(g)) {
		trap = machine_attempt(vmm->real);
		if (trap.cause)
			break;
		step_done_directly(vmm, g);
	}
	sync(vmm, g);
	if (trap.cause)
		dispatch(vmm, g, trap, timed);
}

static void run_interpreted(struct vmm *vmm, struct guest *g)
{
	interpret_step(g, vmm->real);
	vmm->slice_left--;
	step_done(vmm, g);
}

/* One block, to its end or to what interrupts it. The trap, or none; *called: its last word is for the
 * interpreter now. */
static struct trap run_block(struct vmm *vmm, struct guest *g, const struct block *b, bool *called)
{
	struct machine *real = vmm->real;
	struct trap trap = {CAUSE_NONE, 0};
	for (uint32_t i = 0; i < b->count && guest_running(g); i++) {
		if (machine_tick(real))
			return (struct trap){CAUSE_TIMER, 0};
		if (b->calls && i + 1 == b->count) {
			*called = true;
			break;
		}
		trap = machine_issue(real, b->words[i]);
		if (trap.cause)
			break;
		step_done_directly(vmm, g);
		if (real->code_written)
			break;
	}
	return trap;
}

static void forget_old_code(struct vmm *vmm, struct guest *g)
{
	if (vmm->real->code_written)
		translation_flush(g, vmm->real->code + g->base);
	vmm->real->code_written = false;
}

static void run_translated(struct vmm *vmm, struct guest *g)
{
	struct machine *real = vmm->real;
	bool timed = g->cpu.psw.timer != 0, called = false;
	uint32_t block = BLOCK_NONE, word = 0;
	struct trap trap = {CAUSE_NONE, 0};
	enter(vmm, g);
	while (guest_running(g) && !trap.cause && !called && !real->code_written) {
		block = translation_next(g, &real->cpu.psw, block, real->code + g->base);
		if (block == BLOCK_NONE)
			break;
		const struct block *b = translation_block(g->translation, block);
		trap = run_block(vmm, g, b, &called);
		word = b->words[b->count - 1];
	}
	sync(vmm, g);
	if (trap.cause) {
		dispatch(vmm, g, trap, timed);
	} else if (called) {
		emulate(vmm, g, word);
		step_done(vmm, g);
	} else if (block == BLOCK_NONE && guest_running(g)) {
		run_interpreted(vmm, g);
	}
	forget_old_code(vmm, g);
}

static void run_slice(struct vmm *vmm, struct guest *g)
{
	vmm->slice_left = VMM_SLICE;
	while (guest_running(g) && vmm->slice_left) {
		bool interpreted = vmm->technique == VMM_INTERPRETATION ||
		                   (vmm->technique == VMM_HYBRID && g->cpu.psw.mode == MODE_SUPERVISOR);
		if (interpreted)
			run_interpreted(vmm, g);
		else if (vmm->technique == VMM_TRANSLATION)
			run_translated(vmm, g);
		else
			run_directly(vmm, g);
	}
}

void vmm_run(struct vmm *vmm)
{
	for (bool some = true; some;) {
		some = false;
		for (uint32_t i = 0; i < vmm->guest_count; i++) {
			if (guest_running(&vmm->guests[i]))
				run_slice(vmm, &vmm->guests[i]);
			some |= guest_running(&vmm->guests[i]);
		}
	}
}

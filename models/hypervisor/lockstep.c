/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bare machine beside the guest, and the search for the first difference. */
#include "models/hypervisor/lockstep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/memory.h"

void lockstep_init(struct lockstep *l, const uint32_t *memory, uint32_t words,
                   const struct machine_isa *isa)
{
	*l = (struct lockstep){0};
	uint32_t *own = memory_new(words, sizeof *own, "memory of the bare machine");
	memcpy(own, memory, words * sizeof *own);
	machine_init(&l->native, own, words, isa, &l->console);
}

void lockstep_fini(struct lockstep *l)
{
	free(l->native.memory);
	l->native.memory = NULL;
}

static void differ(struct lockstep *l, const char *what, uint64_t native, uint64_t guest)
{
	if (l->diverged)
		return;
	l->diverged = true;
	snprintf(l->first.what, sizeof l->first.what, "%s: native %llu, guest %llu", what,
	         (unsigned long long)native, (unsigned long long)guest);
}

/* Memory word by word: only when it differs as a whole. */
static void memory_differs(struct lockstep *l, const struct lockstep_view *guest)
{
	for (uint32_t i = 0; i < l->native.words && !l->diverged; i++) {
		uint32_t native = l->native.memory[i], seen = guest->memory[i];
		if (guest->hypercall && guest->hypercall[i] && seen == guest->loaded[i])
			seen &= ~INSN_HYPERCALL;
		if (native == seen)
			continue;
		char what[32];
		snprintf(what, sizeof what, "memory word %u", i);
		differ(l, what, native, seen);
	}
}

static void compare_cpus(struct lockstep *l, const struct cpu *guest)
{
	static const char *const words[PSW_WORDS] = {"mode", "pc", "base", "limit", "timer"};
	const struct cpu *native = &l->native.cpu;
	const struct psw *n = &native->psw, *g = &guest->psw;
	const uint32_t of_native[] = {n->mode, n->pc, n->base, n->limit, n->timer};
	const uint32_t of_guest[] = {g->mode, g->pc, g->base, g->limit, g->timer};
	if (memcmp(native, guest, sizeof *native) == 0)
		return;
	for (uint32_t i = 0; i < MACHINE_REGISTERS; i++) {
		char name[8];
		snprintf(name, sizeof name, "r%u", i);
		if (native->r[i] != guest->r[i])
			differ(l, name, native->r[i], guest->r[i]);
	}
	for (uint32_t i = 0; i < PSW_WORDS; i++)
		if (of_native[i] != of_guest[i])
			differ(l, words[i], of_native[i], of_guest[i]);
}

void lockstep_compare(struct lockstep *l, const struct lockstep_view *guest)
{
	if (l->diverged)
		return;
	compare_cpus(l, guest->cpu);
	if (guest->console->written != l->console.written)
		differ(l, "characters on the console", l->console.written, guest->console->written);
	if (guest->console->hash != l->console.hash)
		differ(l, "text on the console (hash)", l->console.hash, guest->console->hash);
	if (guest->halted != l->native.halted)
		differ(l, "halted", l->native.halted, guest->halted);
	if (guest->hypercall ||
	    memcmp(guest->memory, l->native.memory, l->native.words * sizeof(uint32_t)) != 0)
		memory_differs(l, guest);
}

/* What the native machine is about to do, for the message. */
static void note_instruction(struct lockstep *l)
{
	uint32_t word = 0;
	machine_fetch(&l->native, &word); /* 0 where there is none to fetch */
	l->first.step = l->steps;
	l->first.address = l->native.cpu.psw.base + l->native.cpu.psw.pc;
	l->first.word = word;
}

void lockstep_step(struct lockstep *l, const struct lockstep_view *guest)
{
	if (l->diverged)
		return;
	l->steps++;
	note_instruction(l);
	machine_step(&l->native);
	lockstep_compare(l, guest);
	if (l->diverged)
		instruction_write(l->first.word, l->first.instruction, sizeof l->first.instruction);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Equivalence and resource control: shipped guests and random programs under every technique. */
#include "models/hypervisor/vmm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/lockstep.h"
#include "models/hypervisor/programs.h"
#include "models/hypervisor/virtualize.h"
#include "tests/test.h"

static const struct machine_isa clean; /* all sensitive instructions trap */

static struct machine_isa silent_isa(enum insn a, enum insn b, enum isa_user how)
{
	struct machine_isa isa = clean;
	isa.user[a] = how;
	isa.user[b] = how;
	return isa;
}

static struct outcome outcome_of(const char *program, const struct machine_isa *isa,
                                 enum vmm_technique technique, uint32_t levels)
{
	struct outcome outcome;
	virtualize(&(struct virtualize){.text = program_find(program)->text,
	                                .isa = *isa,
	                                .technique = technique,
	                                .guests = 3,
	                                .levels = levels},
	           &outcome);
	return outcome;
}

static void shipped(void)
{
	for (const struct program *p = program_table; p->name; p++) {
		struct outcome native = outcome_of(p->name, &clean, VMM_NATIVE, 1);
		for (unsigned t = 0; t < VMM_TECHNIQUES; t++) {
			struct outcome o = outcome_of(p->name, &clean, (enum vmm_technique)t, 1);
			CU_ASSERT(o.equivalent && o.contained && o.halted);
			CU_ASSERT_STRING_EQUAL(o.console.text, native.console.text);
		}
	}
}

static void what_they_write(void)
{
	CU_ASSERT_STRING_EQUAL(outcome_of("compute", &clean, VMM_NATIVE, 1).console.text, "25");
	CU_ASSERT_STRING_EQUAL(outcome_of("mirror", &clean, VMM_NATIVE, 1).console.text, "S0U");
	CU_ASSERT_STRING_EQUAL(outcome_of("toy_os", &clean, VMM_NATIVE, 1).console.text,
	                       "ab!cdefghijklmnopqrstuvwxyz.");
}

static void counts(void)
{
	/* 224 instructions of which 44 `out` and a `halt` trap: by hand from the text's 44 characters. */
	struct outcome o;
	virtualize(&(struct virtualize){.text = program_find("console")->text,
	                                .technique = VMM_TRAP_AND_EMULATE,
	                                .guests = 1},
	           &o);
	CU_ASSERT_EQUAL(o.instructions, 1 + 44 * 5 + 3);
	CU_ASSERT_EQUAL(o.counts.interpreter, 45);
	CU_ASSERT_EQUAL(o.counts.traps, o.counts.interpreter + o.counts.slices);
	CU_ASSERT_EQUAL(o.counts.direct, o.instructions - 45);
	struct outcome p;
	virtualize(&(struct virtualize){.text = program_find("console")->text,
	                                .technique = VMM_PARAVIRTUAL,
	                                .guests = 1},
	           &p);
	CU_ASSERT_EQUAL(p.counts.hypercalls, 45);
	struct outcome t;
	virtualize(&(struct virtualize){.text = program_find("compute")->text,
	                                .technique = VMM_TRANSLATION,
	                                .guests = 1},
	           &t);
	CU_ASSERT(t.counts.chained > 10 * t.counts.lookups);
	CU_ASSERT_EQUAL(t.counts.lookups, t.counts.hits + t.counts.blocks);
}

static void nested(void)
{
	static const char *const programs[] = {"toy_os", "mirror", "to_user", "console"};
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		for (uint32_t levels = 1; levels <= 3; levels++) {
			struct outcome o = outcome_of(programs[i], &clean, VMM_RECURSIVE, levels);
			CU_ASSERT(o.equivalent && o.contained && o.halted);
			CU_ASSERT(o.inner > 0);
		}
}

static void theorem_1(void)
{
	struct machine_isa isa = silent_isa(INSN_SMSW, INSN_GETR, ISA_SILENT);
	struct outcome o = outcome_of("mirror", &isa, VMM_TRAP_AND_EMULATE, 1);
	CU_ASSERT_FALSE(o.equivalent);
	CU_ASSERT(o.contained);
	CU_ASSERT_EQUAL(o.first.step, 1);
	CU_ASSERT_EQUAL(o.first.address, MACHINE_START);
	CU_ASSERT_STRING_EQUAL(o.first.instruction, "smsw r1");
	CU_ASSERT_STRING_EQUAL(o.first.what, "r1: native 0, guest 1");
	CU_ASSERT(outcome_of("mirror", &isa, VMM_TRANSLATION, 1).equivalent);
	CU_ASSERT(outcome_of("mirror", &isa, VMM_PARAVIRTUAL, 1).equivalent);
	CU_ASSERT(outcome_of("mirror", &isa, VMM_INTERPRETATION, 1).equivalent);
}

static void theorem_3(void)
{
	struct machine_isa isa = silent_isa(INSN_JRST, INSN_JRST, ISA_SILENT);
	struct outcome o = outcome_of("to_user", &isa, VMM_TRAP_AND_EMULATE, 1);
	CU_ASSERT_FALSE(o.equivalent);
	CU_ASSERT_STRING_EQUAL(o.first.what, "mode: native 1, guest 0");
	CU_ASSERT(outcome_of("to_user", &isa, VMM_HYBRID, 1).equivalent);
}

static void non_root(void)
{
	struct machine_isa isa = silent_isa(INSN_SMSW, INSN_GETR, ISA_VIRTUAL);
	isa.user[INSN_JRST] = isa.user[INSN_SETR] = ISA_VIRTUAL;
	struct outcome o = outcome_of("mirror", &isa, VMM_TRAP_AND_EMULATE, 1);
	CU_ASSERT(o.equivalent && o.contained);
	CU_ASSERT(o.counts.traps < outcome_of("mirror", &clean, VMM_TRAP_AND_EMULATE, 1).counts.traps);
	CU_ASSERT_FALSE(outcome_of("mirror", &isa, VMM_RECURSIVE, 1).equivalent);
}

/* ---- random programs */

#define WORDS 64
#define DATA 48
#define GAP 8
#define GUESTS 2
#define STEPS 48

struct fuzz {
	uint64_t state;
	uint32_t real[GAP + GUESTS * (WORDS + GAP)];
	uint32_t image[WORDS], loaded[WORDS];
	uint8_t hypercall[WORDS];
	struct lockstep lockstep[GUESTS];
	struct guest guests[GUESTS];
	bool paravirtual;
};

/* xorshift64*, Vigna 2016. */
static uint32_t draw(struct fuzz *f, uint32_t below)
{
	f->state ^= f->state >> 12;
	f->state ^= f->state << 25;
	f->state ^= f->state >> 27;
	return (uint32_t)((f->state * UINT64_C(2685821657736338717)) >> 33) % below;
}

static uint32_t random_word(struct fuzz *f, uint32_t address)
{
	struct instruction i = {
		.op = 1 + draw(f, INSNS - 1), .d = draw(f, 8), .s = draw(f, 8), .t = draw(f, 8)};
	bool memory = i.op == INSN_LD || i.op == INSN_ST || i.op == INSN_LPSW;
	i.number = (int32_t)draw(f, 24) - 8;
	if (memory || i.op == INSN_JALR || i.op == INSN_JRST)
		i.number = (int32_t)draw(f, WORDS + 4);
	/* A changed source may not be looked at as data: paravirtual guests know that they are changed. */
	if (memory && f->paravirtual) {
		i.s = 0;
		i.number = DATA + (int32_t)draw(f, WORDS + 2 - DATA);
	}
	if (i.op == INSN_HALT && draw(f, 8))
		i.op = INSN_ADDI;
	return address >= DATA && draw(f, 2) ? draw(f, WORDS + 8) : instruction_encode(&i);
}

static void program(struct fuzz *f)
{
	memset(f->hypercall, 0, sizeof f->hypercall);
	for (uint32_t k = 0; k < WORDS; k++) {
		f->image[k] = f->loaded[k] = random_word(f, k);
		if (f->paravirtual && k >= MACHINE_START && k < DATA &&
		    f->image[k] >> 24 >= INSN_SENSITIVE) {
			f->loaded[k] |= INSN_HYPERCALL;
			f->hypercall[k] = 1;
		}
	}
	const uint32_t new[PSW_WORDS] = {draw(f, 8) == 0, MACHINE_START + draw(f, 32),
	                                 draw(f, 4) ? 0 : draw(f, 40), draw(f, 4) ? WORDS : draw(f, 80),
	                                 draw(f, 4) ? 0 : draw(f, 20)};
	memcpy(f->image + PSW_NEW, new, sizeof new);
	memcpy(f->loaded + PSW_NEW, new, sizeof new);
}

static void look(void *context, struct vmm *vmm, struct guest *g)
{
	struct fuzz *f = context;
	lockstep_step(&f->lockstep[g - vmm->guests],
	              &(struct lockstep_view){&g->cpu, g->memory, &g->console, g->halted, g->hypercall,
	                                      g->loaded});
}

/* The number of guests that differ, and of words outside that were changed. */
static uint32_t one_program(struct fuzz *f, enum vmm_technique technique, const struct machine_isa *isa)
{
	struct machine real;
	struct vmm vmm;
	struct console none = {.written = 0};
	uint32_t wrong = 0, all = sizeof f->real / sizeof *f->real;
	f->paravirtual = technique == VMM_PARAVIRTUAL;
	program(f);
	for (uint32_t k = 0; k < all; k++)
		f->real[k] = ~k;
	machine_init(&real, f->real, all, isa, &none);
	vmm_init(&vmm, &real, f->guests, GUESTS, technique);
	vmm.observe = look;
	vmm.context = f;
	for (uint32_t i = 0; i < GUESTS; i++) {
		vmm_give(&vmm, i, GAP + i * (WORDS + GAP), WORDS);
		f->guests[i].budget = STEPS;
		memcpy(f->guests[i].memory, f->loaded, sizeof f->loaded);
		if (f->paravirtual) {
			f->guests[i].hypercall = f->hypercall;
			f->guests[i].loaded = f->loaded;
		}
		lockstep_init(&f->lockstep[i], f->image, WORDS, isa);
	}
	vmm_run(&vmm);
	for (uint32_t i = 0; i < GUESTS; i++) {
		wrong += f->lockstep[i].diverged;
		lockstep_fini(&f->lockstep[i]);
	}
	for (uint32_t i = 0; i <= GUESTS; i++)
		for (uint32_t k = i * (WORDS + GAP); k < i * (WORDS + GAP) + GAP; k++)
			wrong += f->real[k] != ~k;
	vmm_fini(&vmm);
	return wrong + (none.written != 0);
}

static uint32_t many_programs(uint32_t count, const struct machine_isa *isa, bool equal)
{
	static const enum vmm_technique techniques[] = {VMM_TRAP_AND_EMULATE, VMM_TRANSLATION,
	                                                VMM_INTERPRETATION, VMM_PARAVIRTUAL, VMM_HYBRID};
	struct fuzz *f = calloc(1, sizeof *f);
	uint32_t wrong = 0;
	for (uint32_t i = 0; i < count; i++)
		for (size_t t = 0; t < sizeof techniques / sizeof *techniques; t++) {
			f->state = i + 1;
			uint32_t failed = one_program(f, techniques[t], isa);
			if (failed && equal && !wrong)
				printf(" program %u, %s: %s: %s ...", i, vmm_technique_names[techniques[t]],
				       f->lockstep[0].first.instruction, f->lockstep[0].first.what);
			wrong += failed;
		}
	free(f);
	return wrong;
}

static void random_clean(void)
{
	const char *more = getenv("VDCSIM_LONG");
	CU_ASSERT_EQUAL(many_programs(more ? 1000000 : 100000, &clean, true), 0);
}

static void random_non_root(void)
{
	struct machine_isa isa = silent_isa(INSN_SMSW, INSN_GETR, ISA_VIRTUAL);
	isa.user[INSN_JRST] = isa.user[INSN_SETR] = ISA_VIRTUAL;
	CU_ASSERT_EQUAL(many_programs(5000, &isa, true), 0);
}

/* Where nothing traps guests go astray, but they do not get out: only words of theirs change. */
static void random_silent(void)
{
	struct machine_isa isa = clean;
	for (unsigned op = INSN_SENSITIVE; op < INSNS; op++)
		isa.user[op] = ISA_SILENT;
	struct fuzz *f = calloc(1, sizeof *f);
	uint32_t astray = 0, outside = 0;
	for (uint32_t i = 0; i < 5000; i++) {
		f->state = i + 1;
		one_program(f, VMM_TRAP_AND_EMULATE, &isa);
		for (uint32_t g = 0; g < GUESTS; g++)
			astray += f->lockstep[g].diverged;
		for (uint32_t g = 0; g <= GUESTS; g++)
			for (uint32_t k = g * (WORDS + GAP); k < g * (WORDS + GAP) + GAP; k++)
				outside += f->real[k] != ~k;
	}
	free(f);
	CU_ASSERT_EQUAL(outside, 0);
	CU_ASSERT(astray > 1000);
}

/* The monitor in the machine's own instructions, against programs that were not written for it. */
static void random_nested(void)
{
	struct fuzz *f = calloc(1, sizeof *f);
	uint32_t wrong = 0;
	for (uint32_t i = 0; i < 300; i++) {
		char text[WORDS * 20];
		size_t length = 0;
		struct outcome o;
		f->state = i + 1;
		program(f);
		for (uint32_t k = 0; k < WORDS; k++)
			length += (size_t)snprintf(text + length, sizeof text - length, ".word %u\n",
			                           f->image[k]);
		virtualize(&(struct virtualize){.text = text,
		                                .technique = VMM_RECURSIVE,
		                                .words = WORDS,
		                                .steps = 3000,
		                                .levels = 1 + i % 2},
		           &o);
		wrong += !o.equivalent || !o.contained;
	}
	free(f);
	CU_ASSERT_EQUAL(wrong, 0);
}

static const struct test tests[] = {
	{"the guests that come along are equal to the bare machine under every technique", shipped},
	{"the guests write what they should", what_they_write},
	{"traps, emulations and hypercalls are as many as the source has", counts},
	{"a monitor runs itself: guests are equal at up to three levels within", nested},
	{"a sensitive instruction that does not trap is named; translation does without the theorem",
         theorem_1},
	{"where only supervisor mode is sensitive a hybrid monitor is enough", theorem_3},
	{"non-root mode needs no traps, and cannot be nested by trap and emulate", non_root},
	{"random programs are equal and stay inside under every technique", random_clean},
	{"random programs are equal in non-root mode", random_non_root},
	{"where nothing traps guests go astray and stay inside", random_silent},
	{"random programs are equal within the monitor that is a guest", random_nested},
};
SUITE(models_vmm, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bare machine: every instruction, traps, timer. */
#include "models/hypervisor/machine.h"

#include <stdio.h>
#include <string.h>

const char *const cause_names[CAUSES] = {"none", "privileged", "memory", "svc", "timer", "illegal"};

const struct op_info op_table[INSNS] = {
	[INSN_NONE] = {"", "", 0, false, "no instruction"},
	[INSN_ADD] = {"add", "dst", 0, false, "d := s + t"},
	[INSN_SUB] = {"sub", "dst", 0, false, "d := s - t"},
	[INSN_AND] = {"and", "dst", 0, false, "d := s and t"},
	[INSN_ADDI] = {"addi", "dsi", 0, false, "d := s + number"},
	[INSN_SHIFT] = {"shift", "dsi", 0, false, "d := s shifted left by number, right when it is negative"},
	[INSN_LD] = {"ld", "dm", 0, false, "d := memory"},
	[INSN_ST] = {"st", "dm", 0, false, "memory := d"},
	[INSN_BEQ] = {"beq", "dsb", 0, false, "jump when d = s"},
	[INSN_BNE] = {"bne", "dsb", 0, false, "jump when d and s differ"},
	[INSN_BLTU] = {"bltu", "dsb", 0, false, "jump when d < s, unsigned"},
	[INSN_JAL] = {"jal", "db", 0, false, "d := address of the next instruction; jump"},
	[INSN_JALR] = {"jalr", "dm", 0, false, "d := address of the next instruction; jump to number + s"},
	[INSN_SVC] = {"svc", "i", 0, false, "system call: traps in both modes"},
	[INSN_LPSW] = {"lpsw", "m", ISA_CONTROL, true, "loads the PSW from five words"},
	[INSN_SETR] = {"setr", "ds", ISA_CONTROL, true, "R := (d, s)"},
	[INSN_GETR] = {"getr", "ds", ISA_LOCATION, true, "(d, s) := R"},
	[INSN_SMSW] = {"smsw", "d", ISA_MODE, false, "d := mode, 0 in supervisor mode"},
	[INSN_SETT] = {"sett", "d", ISA_CONTROL | ISA_MODE, false, "timer := d"},
	[INSN_JRST] = {"jrst", "m", ISA_CONTROL, false, "user mode, and a jump"},
	[INSN_OUT] = {"out", "d", ISA_CONTROL, true, "writes a character on the console"},
	[INSN_HALT] = {"halt", "", ISA_CONTROL, true, "stops the machine"},
};

struct instruction instruction_decode(uint32_t word)
{
	return (struct instruction){
		.op = word >> 24, .d = word >> 20 & 7, .s = word >> 16 & 7, .t = word & 7,
		.number = (int16_t)(word & 0xffff),
	};
}

uint32_t instruction_encode(const struct instruction *i)
{
	uint32_t low = op_table[i->op].operands[0] && strchr(op_table[i->op].operands, 't')
		? i->t : (uint32_t)i->number & 0xffff;
	return i->op << 24 | i->d << 20 | i->s << 16 | low;
}

void instruction_write(uint32_t word, char *text, size_t size)
{
	struct instruction i = instruction_decode(word & ~INSN_HYPERCALL);
	if (i.op == INSN_NONE || i.op >= INSNS) {
		snprintf(text, size, "0x%08x", word);
		return;
	}
	const struct op_info *op = &op_table[i.op];
	size_t used = (size_t)snprintf(text, size, "%s%s", word & INSN_HYPERCALL ? "hcall " : "", op->name);
	for (const char *o = op->operands; *o && used < size; o++) {
		const char *before = o == op->operands ? " " : ", ";
		char *to = text + used;
		size_t room = size - used;
		switch (*o) {
		case 'm': used += (size_t)snprintf(to, room, "%s%d(r%u)", before, i.number, i.s); break;
		case 'i': used += (size_t)snprintf(to, room, "%s%d", before, i.number); break;
		case 'b': used += (size_t)snprintf(to, room, "%s%+d", before, i.number); break;
		default: used += (size_t)snprintf(to, room, "%sr%u", before,
		                                  *o == 'd' ? i.d : *o == 's' ? i.s : i.t);
		}
	}
}

void console_write(struct console *console, uint32_t value)
{
	if (console->written < CONSOLE_KEPT)
		console->text[console->written] = (char)(value & 0x7f);
	console->written++;
	console->hash = (console->hash ^ value) * 0x100000001b3u; /* FNV-1a, a word at a time */
}

void machine_init(struct machine *m, uint32_t *memory, uint32_t words, const struct machine_isa *isa,
                  struct console *console)
{
	*m = (struct machine){.memory = memory, .words = words, .isa = *isa, .console = console};
	m->cpu.psw = (struct psw){.mode = MODE_SUPERVISOR, .pc = MACHINE_START, .limit = words};
}

struct psw psw_within(const struct psw *virtual, uint32_t base, uint32_t words)
{
	struct psw real = *virtual;
	bool outside = virtual->base >= words;
	uint32_t room = outside ? 0 : words - virtual->base;
	real.mode = MODE_USER;
	real.base = outside ? base : base + virtual->base;
	real.limit = virtual->limit < room ? virtual->limit : room;
	return real;
}

/* The real address; false: a memory trap. */
static bool translate(const struct machine *m, uint32_t address, uint32_t *real)
{
	uint64_t at = (uint64_t)m->cpu.psw.base + address;
	*real = (uint32_t)at;
	return address < m->cpu.psw.limit && at < m->words;
}

void machine_poke(struct machine *m, uint32_t address, uint32_t value)
{
	m->memory[address] = value;
	m->code_written |= m->code && m->code[address];
}

static void set(struct machine *m, uint32_t reg, uint32_t value)
{
	if (reg)
		m->cpu.r[reg] = value;
}

static const struct trap no_trap = {CAUSE_NONE, 0};

static struct trap memory_access(struct machine *m, const struct instruction *i)
{
	uint32_t address = m->cpu.r[i->s] + (uint32_t)i->number, real;
	if (!translate(m, address, &real))
		return (struct trap){CAUSE_MEMORY, address};
	if (i->op == INSN_LD)
		set(m, i->d, m->memory[real]);
	else
		machine_poke(m, real, m->cpu.r[i->d]);
	m->cpu.psw.pc++;
	return no_trap;
}

static void arithmetic(struct machine *m, const struct instruction *i)
{
	const uint32_t *r = m->cpu.r;
	uint32_t s = r[i->s], t = r[i->t], by = (uint32_t)(i->number < 0 ? -i->number : i->number) & 31;
	switch (i->op) {
	case INSN_ADD: set(m, i->d, s + t); break;
	case INSN_SUB: set(m, i->d, s - t); break;
	case INSN_AND: set(m, i->d, s & t); break;
	case INSN_ADDI: set(m, i->d, s + (uint32_t)i->number); break;
	default: set(m, i->d, i->number < 0 ? s >> by : s << by);
	}
	m->cpu.psw.pc++;
}

static void jump(struct machine *m, const struct instruction *i)
{
	const uint32_t *r = m->cpu.r;
	uint32_t next = m->cpu.psw.pc + 1, near = m->cpu.psw.pc + (uint32_t)i->number;
	uint32_t far = r[i->s] + (uint32_t)i->number;
	bool taken = i->op == INSN_BEQ ? r[i->d] == r[i->s]
		: i->op == INSN_BNE ? r[i->d] != r[i->s]
		: i->op == INSN_BLTU ? r[i->d] < r[i->s] : true;
	if (i->op == INSN_JAL || i->op == INSN_JALR)
		set(m, i->d, next);
	m->cpu.psw.pc = i->op == INSN_JALR ? far : taken ? near : next;
}

static struct trap load_psw(struct machine *m, const struct instruction *i)
{
	uint32_t word[PSW_WORDS];
	for (uint32_t k = 0; k < PSW_WORDS; k++) {
		uint32_t address = m->cpu.r[i->s] + (uint32_t)i->number + k, real;
		if (!translate(m, address, &real))
			return (struct trap){CAUSE_MEMORY, address};
		word[k] = m->memory[real];
	}
	m->cpu.psw = (struct psw){word[0] & 1, word[1], word[2], word[3], word[4]};
	return no_trap;
}

/* With the rights of the supervisor. */
static struct trap sensitive(struct machine *m, const struct instruction *i)
{
	struct psw *psw = &m->cpu.psw;
	const uint32_t *r = m->cpu.r;
	if (i->op == INSN_LPSW)
		return load_psw(m, i);
	psw->pc++;
	switch (i->op) {
	case INSN_SETR:
		psw->base = r[i->d];
		psw->limit = r[i->s];
		break;
	case INSN_GETR:
		set(m, i->d, psw->base);
		set(m, i->s, psw->limit);
		break;
	case INSN_SMSW: set(m, i->d, psw->mode); break;
	case INSN_SETT: psw->timer = r[i->d]; break;
	case INSN_JRST:
		psw->mode = MODE_USER;
		psw->pc = r[i->s] + (uint32_t)i->number;
		break;
	case INSN_OUT: console_write(m->console, r[i->d]); break;
	default: m->halted = true;
	}
	return no_trap;
}

/* What is left of them in user mode where they do not trap: those that read tell what is, those that change
 * are ignored, as POPF is on x86. */
static void silent(struct machine *m, const struct instruction *i)
{
	m->cpu.psw.pc++;
	if (i->op == INSN_GETR) {
		set(m, i->d, m->cpu.psw.base);
		set(m, i->s, m->cpu.psw.limit);
	} else if (i->op == INSN_SMSW) {
		set(m, i->d, m->cpu.psw.mode);
	} else if (i->op == INSN_JRST) {
		m->cpu.psw.pc = m->cpu.r[i->s] + (uint32_t)i->number;
	}
}

/* On the guest's own PSW. No memory and no device is reached, so there is no trap. */
static void on_virtual_state(struct machine *m, const struct instruction *i)
{
	struct psw *virtual = m->nonroot.psw, real = m->cpu.psw;
	m->cpu.psw = *virtual;
	m->cpu.psw.pc = real.pc;
	if (virtual->mode == MODE_SUPERVISOR)
		sensitive(m, i);
	else
		silent(m, i);
	*virtual = m->cpu.psw;
	m->cpu.psw = psw_within(virtual, m->nonroot.base, m->nonroot.words);
	m->cpu.psw.timer = real.timer;
}

struct trap machine_issue(struct machine *m, uint32_t word)
{
	struct instruction i = instruction_decode(word);
	if (i.op == INSN_NONE || i.op >= INSNS)
		return (struct trap){CAUSE_ILLEGAL, word};
	if (i.op >= INSN_SENSITIVE) {
		if (m->cpu.psw.mode == MODE_SUPERVISOR)
			return sensitive(m, &i);
		if (m->isa.user[i.op] == ISA_TRAPS)
			return (struct trap){CAUSE_PRIVILEGED, word};
		if (m->isa.user[i.op] == ISA_VIRTUAL && m->nonroot.psw)
			on_virtual_state(m, &i);
		else
			silent(m, &i);
		return no_trap;
	}
	if (i.op == INSN_LD || i.op == INSN_ST)
		return memory_access(m, &i);
	if (i.op == INSN_SVC) {
		m->cpu.psw.pc++;
		return (struct trap){CAUSE_SVC, (uint32_t)i.number};
	}
	if (i.op <= INSN_SHIFT)
		arithmetic(m, &i);
	else
		jump(m, &i);
	return no_trap;
}

bool machine_tick(struct machine *m)
{
	return m->cpu.psw.timer && --m->cpu.psw.timer == 0;
}

struct trap machine_fetch(const struct machine *m, uint32_t *word)
{
	uint32_t real;
	if (!translate(m, m->cpu.psw.pc, &real))
		return (struct trap){CAUSE_MEMORY, m->cpu.psw.pc};
	*word = m->memory[real];
	return no_trap;
}

struct trap machine_attempt(struct machine *m)
{
	uint32_t word;
	if (machine_tick(m))
		return (struct trap){CAUSE_TIMER, 0};
	struct trap trap = machine_fetch(m, &word);
	return trap.cause ? trap : machine_issue(m, word);
}

void machine_trap(struct machine *m, struct trap trap)
{
	const struct psw *old = &m->cpu.psw;
	const uint32_t stored[] = {old->mode, old->pc, old->base, old->limit, old->timer,
	                           trap.cause, trap.info};
	for (uint32_t k = 0; k < sizeof stored / sizeof *stored; k++)
		machine_poke(m, PSW_OLD + k, stored[k]);
	const uint32_t *new = m->memory + PSW_NEW;
	m->cpu.psw = (struct psw){new[0] & 1, new[1], new[2], new[3], new[4]};
}

void machine_step(struct machine *m)
{
	struct trap trap = machine_attempt(m);
	if (trap.cause)
		machine_trap(m, trap);
}

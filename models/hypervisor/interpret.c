/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The routines of the interpreter, in a table by opcode. */
#include "models/hypervisor/interpret.h"

/* What a routine works on. `real` is only there to be told that code was written to. */
struct doing {
	struct guest *g;
	struct machine *real;
	struct instruction i;
	struct psw *psw;
	uint32_t *r;
};

static const struct trap done = {CAUSE_NONE, 0};

static struct trap memory_fault(uint32_t address) { return (struct trap){CAUSE_MEMORY, address}; }

/* Checks a virtual address against what the guest believes its limit to be, then against what it has. */
static uint32_t *reach(const struct guest *g, uint32_t address)
{
	const struct psw *psw = &g->cpu.psw;
	if (address >= psw->limit || psw->base >= g->words || address >= g->words - psw->base)
		return NULL;
	return &g->memory[psw->base + address];
}

static void store(struct guest *g, struct machine *real, uint32_t *at, uint32_t value)
{
	machine_poke(real, g->base + (uint32_t)(at - g->memory), value);
}

static void result(struct doing *x, uint32_t reg, uint32_t value) { x->r[reg] = reg == 0 ? 0 : value; }

static uint32_t source(const struct doing *x) { return x->r[x->i.s]; }

static uint32_t effective(const struct doing *x) { return source(x) + (uint32_t)x->i.number; }

static struct trap do_add(struct doing *x)
{
	result(x, x->i.d, source(x) + x->r[x->i.t]);
	return done;
}

static struct trap do_sub(struct doing *x)
{
	result(x, x->i.d, source(x) - x->r[x->i.t]);
	return done;
}

static struct trap do_and(struct doing *x)
{
	result(x, x->i.d, source(x) & x->r[x->i.t]);
	return done;
}

static struct trap do_addi(struct doing *x)
{
	result(x, x->i.d, effective(x));
	return done;
}

static struct trap do_shift(struct doing *x)
{
	if (x->i.number >= 0)
		result(x, x->i.d, source(x) << (x->i.number % 32));
	else
		result(x, x->i.d, source(x) >> (-x->i.number % 32));
	return done;
}

static struct trap do_ld(struct doing *x)
{
	const uint32_t *at = reach(x->g, effective(x));
	if (!at)
		return memory_fault(effective(x));
	result(x, x->i.d, *at);
	return done;
}

static struct trap do_st(struct doing *x)
{
	uint32_t *at = reach(x->g, effective(x));
	if (!at)
		return memory_fault(effective(x));
	store(x->g, x->real, at, x->r[x->i.d]);
	return done;
}

/* pc has gone on already: a jump takes that back. */
static struct trap jump_when(struct doing *x, bool taken)
{
	if (taken)
		x->psw->pc += (uint32_t)x->i.number - 1;
	return done;
}

static struct trap do_beq(struct doing *x) { return jump_when(x, x->r[x->i.d] == source(x)); }

static struct trap do_bne(struct doing *x) { return jump_when(x, x->r[x->i.d] != source(x)); }

static struct trap do_bltu(struct doing *x) { return jump_when(x, x->r[x->i.d] < source(x)); }

static struct trap do_jal(struct doing *x)
{
	result(x, x->i.d, x->psw->pc);
	return jump_when(x, true);
}

static struct trap do_jalr(struct doing *x)
{
	uint32_t target = effective(x);
	result(x, x->i.d, x->psw->pc);
	x->psw->pc = target;
	return done;
}

static struct trap do_svc(struct doing *x) { return (struct trap){CAUSE_SVC, (uint32_t)x->i.number}; }

/* Privileged instructions, in virtual supervisor mode. */

static struct trap do_lpsw(struct doing *x)
{
	uint32_t from = effective(x), word[PSW_WORDS];
	for (uint32_t k = 0; k < PSW_WORDS; k++) {
		const uint32_t *at = reach(x->g, from + k);
		if (!at)
			return memory_fault(from + k);
		word[k] = *at;
	}
	*x->psw = (struct psw){
		.mode = word[0] % 2, .pc = word[1], .base = word[2], .limit = word[3], .timer = word[4]};
	return done;
}

static struct trap do_setr(struct doing *x)
{
	x->psw->base = x->r[x->i.d];
	x->psw->limit = source(x);
	return done;
}

static struct trap do_getr(struct doing *x)
{
	result(x, x->i.d, x->psw->base);
	result(x, x->i.s, x->psw->limit);
	return done;
}

static struct trap do_smsw(struct doing *x)
{
	result(x, x->i.d, x->psw->mode);
	return done;
}

static struct trap do_sett(struct doing *x)
{
	x->psw->timer = x->r[x->i.d];
	return done;
}

static struct trap do_jrst(struct doing *x)
{
	x->psw->pc = effective(x);
	x->psw->mode = MODE_USER;
	return done;
}

static struct trap do_out(struct doing *x)
{
	console_write(&x->g->console, x->r[x->i.d]);
	return done;
}

static struct trap do_halt(struct doing *x)
{
	x->g->halted = true;
	return done;
}

static struct trap do_nothing(struct doing *x)
{
	(void)x;
	return done;
}

static struct trap do_jump_only(struct doing *x)
{
	x->psw->pc = effective(x);
	return done;
}

static struct trap (*const routines[INSNS])(struct doing *x) = {
	[INSN_ADD] = do_add,     [INSN_SUB] = do_sub,   [INSN_AND] = do_and,   [INSN_ADDI] = do_addi,
	[INSN_SHIFT] = do_shift, [INSN_LD] = do_ld,     [INSN_ST] = do_st,     [INSN_BEQ] = do_beq,
	[INSN_BNE] = do_bne,     [INSN_BLTU] = do_bltu, [INSN_JAL] = do_jal,   [INSN_JALR] = do_jalr,
	[INSN_SVC] = do_svc,     [INSN_LPSW] = do_lpsw, [INSN_SETR] = do_setr, [INSN_GETR] = do_getr,
	[INSN_SMSW] = do_smsw,   [INSN_SETT] = do_sett, [INSN_JRST] = do_jrst, [INSN_OUT] = do_out,
	[INSN_HALT] = do_halt,
};

/* In virtual user mode, where the instruction does not trap. */
static struct trap (*const silent_routines[INSNS])(struct doing *x) = {
	[INSN_LPSW] = do_nothing, [INSN_SETR] = do_nothing, [INSN_GETR] = do_getr,
	[INSN_SMSW] = do_smsw,    [INSN_SETT] = do_nothing, [INSN_JRST] = do_jump_only,
	[INSN_OUT] = do_nothing,  [INSN_HALT] = do_nothing,
};

struct trap interpret_word(struct guest *g, struct machine *real, uint32_t word)
{
	struct doing x = {g, real, instruction_decode(word), &g->cpu.psw, g->cpu.r};
	g->counts.interpreter++;
	if (x.i.op == INSN_NONE || x.i.op >= INSNS)
		return (struct trap){CAUSE_ILLEGAL, word};
	bool user = x.psw->mode == MODE_USER && x.i.op >= INSN_SENSITIVE;
	if (user && g->isa.user[x.i.op] == ISA_TRAPS)
		return (struct trap){CAUSE_PRIVILEGED, word};
	uint32_t pc = x.psw->pc++;
	struct trap trap = (user ? silent_routines : routines)[x.i.op](&x);
	if (trap.cause == CAUSE_MEMORY)
		x.psw->pc = pc;
	return trap;
}

void interpret_trap(struct guest *g, struct machine *real, struct trap trap)
{
	struct psw *psw = &g->cpu.psw;
	uint32_t *e = g->memory;
	g->counts.reflected++;
	store(g, real, &e[PSW_OLD], psw->mode);
	store(g, real, &e[PSW_OLD + 1], psw->pc);
	store(g, real, &e[PSW_OLD + 2], psw->base);
	store(g, real, &e[PSW_OLD + 3], psw->limit);
	store(g, real, &e[PSW_OLD + 4], psw->timer);
	store(g, real, &e[PSW_CAUSE], (uint32_t)trap.cause);
	store(g, real, &e[PSW_INFO], trap.info);
	*psw = (struct psw){.mode = e[PSW_NEW] % 2,
	                    .pc = e[PSW_NEW + 1],
	                    .base = e[PSW_NEW + 2],
	                    .limit = e[PSW_NEW + 3],
	                    .timer = e[PSW_NEW + 4]};
}

void interpret_step(struct guest *g, struct machine *real)
{
	struct psw *psw = &g->cpu.psw;
	struct trap trap;
	if (psw->timer && --psw->timer == 0) {
		trap = (struct trap){CAUSE_TIMER, 0};
	} else {
		const uint32_t *at = reach(g, psw->pc);
		trap = at ? interpret_word(g, real, *at) : memory_fault(psw->pc);
	}
	if (trap.cause)
		interpret_trap(g, real, trap);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A third-generation machine after Popek and Goldberg 1974: small enough to be read at one sitting, complete
 * enough to run an operating system, and that one's hypervisor, and that one's.
 *
 * State: memory E, mode M, program counter P, relocation-bounds register R = (base, limit), as in the paper;
 * and seven registers (r0 is always 0), a timer, a console. M, P, R and the timer are the PSW: they are
 * loaded together. Addresses are of words of 32 bits. An address a is allowed when a < limit, and is then
 * word base + a of memory, in both modes.
 *
 * A trap stores the PSW at words 0 to 4, its cause at 5, what there is to say of it at 6 (the instruction,
 * the address, the number of a system call), and loads a new PSW from words 8 to 12: the paper's E[0] and
 * E[1], wider.
 *
 * The timer counts the steps of whoever loaded it, since it is part of the PSW: at 1 the next step is a
 * timer trap instead of an instruction, 0 is off. So a VMM for this machine has no timing dependencies:
 * theorem 2 asks for that.
 *
 * A step is one attempt at an instruction. It either completes or ends in a trap. */
#ifndef MODELS_HYPERVISOR_MACHINE_H
#define MODELS_HYPERVISOR_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/hypervisor/isa.h"

#define MACHINE_REGISTERS 8
#define MACHINE_WORDS_LEAST 16 /* room for the two PSWs */
#define MACHINE_START 16       /* where a program begins, in supervisor mode, with all of memory */

enum machine_mode { MODE_SUPERVISOR, MODE_USER };

struct psw {
	uint32_t mode, pc, base, limit, timer;
};
#define PSW_WORDS 5
#define PSW_OLD 0
#define PSW_CAUSE 5
#define PSW_INFO 6
#define PSW_NEW 8

struct cpu {
	uint32_t r[MACHINE_REGISTERS];
	struct psw psw;
};

enum cause { CAUSE_NONE, CAUSE_PRIVILEGED, CAUSE_MEMORY, CAUSE_SVC, CAUSE_TIMER, CAUSE_ILLEGAL, CAUSES };
extern const char *const cause_names[CAUSES];

struct trap {
	enum cause cause;
	uint32_t info;
};

/* Opcode 0 is illegal, so that running into empty memory is noticed. */
enum insn {
	INSN_NONE,
	INSN_ADD,
	INSN_SUB,
	INSN_AND,
	INSN_ADDI,
	INSN_SHIFT,
	INSN_LD,
	INSN_ST,
	INSN_BEQ,
	INSN_BNE,
	INSN_BLTU,
	INSN_JAL,
	INSN_JALR,
	INSN_SVC,
	INSN_LPSW,
	INSN_SETR,
	INSN_GETR,
	INSN_SMSW,
	INSN_SETT,
	INSN_JRST,
	INSN_OUT,
	INSN_HALT,
	INSNS
};
#define INSN_SENSITIVE INSN_LPSW /* from here on */
/* A hypercall is the opcode of what it stands for, with this bit: illegal on the bare machine. */
#define INSN_HYPERCALL 0x80000000u

struct op_info {
	const char *name;
	const char *operands; /* d, s, t: registers; i: a number; m: number(s); b: address of a jump */
	unsigned sensitive;   /* bits of isa_kind */
	bool user_sensitive;
	const char *summary;
};
extern const struct op_info op_table[INSNS];

/* op in bits 24 to 31, rd in 20 to 23, rs in 16 to 19, a signed number below, or rt in its last bits. */
struct instruction {
	uint32_t op; /* INSNS or more: illegal */
	uint32_t d, s, t;
	int32_t number;
};
struct instruction instruction_decode(uint32_t word);
uint32_t instruction_encode(const struct instruction *instruction);
/* "ld r2, 4(r1)"; jumps tell their distance. */
void instruction_write(uint32_t word, char *text, size_t size);

#define CONSOLE_KEPT 1024
struct console {
	char text[CONSOLE_KEPT]; /* the first of what was written */
	uint64_t written;
	uint64_t hash; /* of all of it */
};
void console_write(struct console *console, uint32_t value);

/* What sensitive instructions do in user mode, by opcode. */
struct machine_isa {
	enum isa_user user[INSNS];
};

/* Non-root mode, for instructions that are ISA_VIRTUAL: the hardware keeps the guest's own PSW (its pc and
 * timer apart, which are the real ones) and where in memory the guest lies. */
struct nonroot {
	struct psw *psw; /* NULL: root mode */
	uint32_t base, words;
};

struct machine {
	struct cpu cpu;
	uint32_t *memory;
	uint32_t words;
	struct machine_isa isa;
	struct console *console; /* where `out` writes */
	bool halted;
	struct nonroot nonroot;
	uint8_t *code;     /* [words] not 0: a translation was made of this word; or NULL */
	bool code_written; /* such a word was stored to */
};

/* Memory belongs to the caller. Supervisor mode, all of memory, pc at MACHINE_START. */
void machine_init(struct machine *m, uint32_t *memory, uint32_t words, const struct machine_isa *isa,
                  struct console *console);

/* The real relocation register for what a guest of [base, base + words) takes for its own. */
struct psw psw_within(const struct psw *virtual, uint32_t base, uint32_t words);

/* The three parts of a step. machine_tick: true when the timer is up, and the step is a timer trap.
 * machine_issue: does one instruction, which comes from memory or from a translator's cache. */
bool machine_tick(struct machine *m);
struct trap machine_fetch(const struct machine *m, uint32_t *word);
struct trap machine_issue(struct machine *m, uint32_t word);

/* One attempt; what trapped is the caller's to handle. */
struct trap machine_attempt(struct machine *m);
/* The hardware's way to handle it. */
void machine_trap(struct machine *m, struct trap trap);
/* Both: what the bare machine does. */
void machine_step(struct machine *m);

/* Stores at a real address, and notes when it was code. */
void machine_poke(struct machine *m, uint32_t address, uint32_t value);

#endif

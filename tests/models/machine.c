/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bare machine and its assembler, by cases worked out by hand. */
#include "models/hypervisor/machine.h"

#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/assemble.h"
#include "tests/test.h"

#define WORDS 64

struct bench {
	struct machine m;
	uint32_t memory[WORDS];
	struct console console;
};

struct told {
	uint32_t line, column, count;
	char what[160];
};

static void tell(void *context, uint32_t line, uint32_t column, const char *what)
{
	struct told *t = context;
	if (t->count++)
		return;
	t->line = line;
	t->column = column;
	strncpy(t->what, what, sizeof t->what - 1);
}

static struct told assemble_into(uint32_t *memory, const char *text)
{
	struct told told = {0};
	struct assemble_diag diag = {.tell = tell, .context = &told};
	struct program_image image;
	if (assemble(&image, text, NULL, &diag) && memory)
		memcpy(memory, image.words, (image.count < WORDS ? image.count : WORDS) * sizeof *memory);
	program_image_fini(&image);
	return told;
}

static void start(struct bench *b, const char *text)
{
	static const struct machine_isa clean; /* all traps */
	memset(b, 0, sizeof *b);
	machine_init(&b->m, b->memory, WORDS, &clean, &b->console);
	struct told told = assemble_into(b->memory, text);
	CU_ASSERT_EQUAL(told.count, 0);
}

static void steps(struct bench *b, int n)
{
	while (n-- > 0)
		machine_step(&b->m);
}

static void arithmetic(void)
{
	struct bench b;
	start(&b, ".org 16\nli r1, 5\naddi r2, r1, -7\nadd r3, r1, r2\nsub r4, r3, r1\nshift r5, r1, "
	          "4\nshift r6, r2, -31\n"
	          "and r7, r5, r1\nadd r0, r1, r1\n");
	steps(&b, 8);
	const uint32_t *r = b.m.cpu.r;
	CU_ASSERT_EQUAL(r[2], (uint32_t)-2);
	CU_ASSERT_EQUAL(r[3], 3);
	CU_ASSERT_EQUAL(r[4], (uint32_t)-2);
	CU_ASSERT_EQUAL(r[5], 80);
	CU_ASSERT_EQUAL(r[6], 1);
	CU_ASSERT_EQUAL(r[7], 80 & 5);
	CU_ASSERT_EQUAL(r[0], 0);
	CU_ASSERT_EQUAL(b.m.cpu.psw.pc, 24);
}

static void jumps(void)
{
	struct bench b;
	start(&b, ".org 16\nli r1, 3\nagain: addi r1, r1, -1\nbne r1, r0, again\njal r7, far\nhalt\nfar: "
	          "jalr r0, 0(r7)\n");
	steps(&b, 1 + 3 * 2 + 1 + 1 + 1);
	CU_ASSERT(b.m.halted);
	CU_ASSERT_EQUAL(b.m.cpu.r[7], 20);
}

static void bounds(void)
{
	struct bench b;
	start(&b, ".org 8\n.word 0, 40, 0, 64, 0\n.org 16\nli r1, 8\nli r2, 30\nsetr r2, r1\n");
	steps(&b, 3);
	/* pc 19 is beyond the limit of 8 now: a memory trap, whose new PSW is read at real addresses. */
	steps(&b, 1);
	CU_ASSERT_EQUAL(b.memory[PSW_CAUSE], CAUSE_MEMORY);
	CU_ASSERT_EQUAL(b.memory[PSW_INFO], 19);
	CU_ASSERT_EQUAL(b.memory[PSW_OLD + 1], 19);
	CU_ASSERT_EQUAL(b.memory[PSW_OLD + 2], 30);
	CU_ASSERT_EQUAL(b.memory[PSW_OLD + 3], 8);
	CU_ASSERT_EQUAL(b.m.cpu.psw.pc, 40);
	CU_ASSERT_EQUAL(b.m.cpu.psw.base, 0);
}

static void beyond_memory(void)
{
	struct bench b;
	start(&b, ".org 16\nld r1, -1(r0)\n");
	b.m.cpu.psw.limit = UINT32_MAX;
	struct trap trap = machine_attempt(&b.m);
	CU_ASSERT_EQUAL(trap.cause, CAUSE_MEMORY);
	CU_ASSERT_EQUAL(trap.info, UINT32_MAX);
	b.m.cpu.psw.base = UINT32_MAX; /* base + address overflows 32 bits */
	trap = machine_attempt(&b.m);
	CU_ASSERT_EQUAL(trap.cause, CAUSE_MEMORY);
}

static void user_mode(void)
{
	struct bench b;
	start(&b, ".org 8\n.word 0, 40, 0, 64, 0\n.org 16\njrst user(r0)\nuser: smsw r1\n");
	steps(&b, 2);
	CU_ASSERT_EQUAL(b.memory[PSW_CAUSE], CAUSE_PRIVILEGED);
	CU_ASSERT_EQUAL(b.memory[PSW_INFO], b.memory[17]);
	CU_ASSERT_EQUAL(b.memory[PSW_OLD], MODE_USER);
	CU_ASSERT_EQUAL(b.m.cpu.psw.mode, MODE_SUPERVISOR);
	start(&b, ".org 16\njrst user(r0)\nuser: smsw r1\nsett r1\nout r1\nhalt\ngetr r2, r3\n");
	for (unsigned op = INSN_SENSITIVE; op < INSNS; op++)
		b.m.isa.user[op] = ISA_SILENT;
	steps(&b, 6);
	CU_ASSERT_EQUAL(b.m.cpu.r[1], 1);
	CU_ASSERT_EQUAL(b.m.cpu.r[3], WORDS);
	CU_ASSERT_EQUAL(b.m.cpu.psw.timer, 0);
	CU_ASSERT_EQUAL(b.console.written, 0);
	CU_ASSERT_FALSE(b.m.halted);
}

static void timer(void)
{
	struct bench b;
	start(&b, ".org 8\n.word 0, 40, 0, 64, 0\n.org 16\nli r1, 3\nsett r1\naddi r2, r2, 1\naddi r2, r2, "
	          "1\naddi r2, r2, 1\n");
	steps(&b, 5);
	/* Three steps from sett: two instructions, then the trap instead of the third. */
	CU_ASSERT_EQUAL(b.m.cpu.r[2], 2);
	CU_ASSERT_EQUAL(b.memory[PSW_CAUSE], CAUSE_TIMER);
	CU_ASSERT_EQUAL(b.memory[PSW_OLD + 1], 20);
	CU_ASSERT_EQUAL(b.m.cpu.psw.pc, 40);
}

static void every_instruction(void)
{
	for (uint32_t op = 1; op < INSNS; op++) {
		struct instruction i = {.op = op,
		                        .d = 3,
		                        .s = 5,
		                        .t = strchr(op_table[op].operands, 't') ? 6 : 0,
		                        .number = -9};
		struct instruction back = instruction_decode(instruction_encode(&i));
		CU_ASSERT(back.op == op && back.d == 3 && back.s == 5);
		CU_ASSERT(strchr(op_table[op].operands, 't') ? back.t == 6 : back.number == -9);
	}
	char text[40];
	instruction_write(
		instruction_encode(&(struct instruction){.op = INSN_LD, .d = 2, .s = 1, .number = -4}),
		text, sizeof text);
	CU_ASSERT_STRING_EQUAL(text, "ld r2, -4(r1)");
	instruction_write(0, text, sizeof text);
	CU_ASSERT_STRING_EQUAL(text, "0x00000000");
}

static void mistakes(void)
{
	static const struct {
		const char *text;
		uint32_t line, column;
		const char *what;
	} cases[] = {
		{"foo r1\n", 1, 1, "unknown instruction 'foo'"},
		{"\n  add r9, r1, r2\n", 2, 7, "register"},
		{"add r1 r2\n", 1, 8, "','"},
		{"ld r1, x(r0)\n", 1, 8, "there is no 'x'"},
		{"li r1, 99999\n", 1, 8, "32767"},
		{"a: a: halt\n", 1, 4, "there are two of 'a'"},
		{".org 10\n.org 5\n", 2, 1, "go on from here"},
		{".blah 1\n", 1, 1, "unknown directive"},
		{"halt r1\n", 1, 6, "more than an instruction"},
		{".text \"abc\n", 1, 11, "'\"'"},
		{"hcall add r1, r2, r3\n", 1, 7, "sensitive"},
		{".org 8192\n.word 1\n", 2, 1, "8191"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct told told = assemble_into(NULL, cases[i].text);
		CU_ASSERT_EQUAL(told.count, 1);
		CU_ASSERT_EQUAL(told.line, cases[i].line);
		CU_ASSERT_EQUAL(told.column, cases[i].column);
		CU_ASSERT_PTR_NOT_NULL(strstr(told.what, cases[i].what));
	}
}

static void paravirtualization(void)
{
	char *changed = paravirtualize("a: b:  out r1 ; out\n add r1, r1, r1\nhalt");
	CU_ASSERT_STRING_EQUAL(changed, "a: b:  hcall out r1 ; out\n add r1, r1, r1\nhcall halt");
	uint32_t plain[WORDS] = {0}, calls[WORDS] = {0};
	assemble_into(plain, "out r1\nhalt\n");
	assemble_into(calls, "hcall out r1\nhcall halt\n");
	CU_ASSERT_EQUAL(calls[0], (plain[0] | INSN_HYPERCALL));
	CU_ASSERT_EQUAL(calls[1], (plain[1] | INSN_HYPERCALL));
	free(changed);
}

static const struct test tests[] = {
	{"arithmetic does what it says, and r0 stays 0", arithmetic},
	{"jumps reach their targets and leave their way back", jumps},
	{"a trap stores the old PSW, its cause and what there is to say, and loads the new one", bounds},
	{"no address beyond memory is reached, not even where sums overflow", beyond_memory},
	{"in user mode a sensitive instruction traps, or does as little as its ISA says", user_mode},
	{"the timer comes in place of the instruction at which it ends", timer},
	{"every instruction is decoded as it was encoded", every_instruction},
	{"mistakes in a program are told with line and column", mistakes},
	{"the change of source turns sensitive instructions into calls, and nothing else",
         paravirtualization},
};
SUITE(models_machine, tests)

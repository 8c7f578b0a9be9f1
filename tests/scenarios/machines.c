/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptions of instruction sets, and the scenario's section of machines. */
#include "scenarios/machines.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/isa_read.h"
#include "scenarios/run.h"
#include "scenarios/scenario_read.h"
#include "tests/test.h"

static const struct {
	const char *name;
	bool holds[ISA_THEOREMS];
	uint32_t offenders, assisted;
} shipped[] = {
	{"clean", {true, true, true}, 0, 0},           {"classic", {false, false, false}, 3, 0},
	{"pdp10", {false, false, true}, 1, 0},         {"assisted", {true, false, true}, 0, 4},
	{"x86_classic", {false, false, false}, 18, 0}, {"x86_vtx", {true, false, true}, 0, 18},
	{"arm_classic", {false, false, true}, 6, 0},
};

static void verdicts(void)
{
	for (size_t i = 0; i < sizeof shipped / sizeof *shipped; i++) {
		struct diag diag;
		struct arena arena;
		diag_init(&diag);
		arena_init(&arena);
		const struct isa *isa =
			isa_read(shipped[i].name, (struct place){"test", 0, 0}, &arena, &diag);
		CU_ASSERT_PTR_NOT_NULL_FATAL(isa);
		struct isa_verdict v = isa_judge(isa);
		for (unsigned t = 0; t < ISA_THEOREMS; t++)
			CU_ASSERT_EQUAL(v.holds[t], shipped[i].holds[t]);
		CU_ASSERT_EQUAL(v.offenders[ISA_THEOREM_1], shipped[i].offenders);
		CU_ASSERT_EQUAL(v.assisted, shipped[i].assisted);
		arena_fini(&arena);
		diag_fini(&diag);
	}
}

/* What the machine's own table says of its instructions is what the file says. */
static void clean_is_the_machine(void)
{
	struct diag diag;
	struct arena arena;
	struct machine_isa machine;
	diag_init(&diag);
	arena_init(&arena);
	const struct isa *isa = isa_read("clean", (struct place){"test", 0, 0}, &arena, &diag);
	CU_ASSERT_PTR_NOT_NULL_FATAL(isa);
	CU_ASSERT(isa_bind(isa, &machine, (struct place){"clean", 0, 0}, &diag));
	CU_ASSERT_EQUAL(isa->instruction_count, INSNS - 1);
	for (uint32_t i = 0; i < isa->instruction_count; i++)
		for (uint32_t op = 1; op < INSNS; op++) {
			const struct isa_instruction *one = &isa->instructions[i];
			if (strcmp(one->name, op_table[op].name) != 0)
				continue;
			CU_ASSERT_EQUAL(one->sensitive, op_table[op].sensitive);
			CU_ASSERT_EQUAL(one->user_sensitive, op_table[op].user_sensitive);
		}
	arena_fini(&arena);
	diag_fini(&diag);
}

static void refused(void)
{
	static const struct {
		const char *text, *what;
		uint32_t line, column;
	} cases[] = {
		{"name: x\ninstructions: [{name: a, privileged: true, in_user_mode: silent}]\n",
	         "it cannot be 'silent'", 2, 58},
		{"name: x\ninstructions: [{name: a, sensitive: [mode]}]\n", "say what it does in_user_mode",
	         2, 16},
		{"name: x\ninstructions: [{name: a, sensitiv: [mode]}]\n", "did you mean 'sensitive'?", 2,
	         26},
		{"name: x\ninstructions: [{name: a, sensitive: [modes]}]\n", "did you mean 'mode'?", 2, 38},
		{"name: x\ninstructions: [{name: a}, {name: a}]\n", "there are two instructions 'a'", 2,
	         27},
		{"name: x\n", "'instructions' must be a list", 1, 1},
		{"instructions: [{name: a}]\n", "this has no 'name'", 1, 1},
		{"name: x\ninstructions: [{name: a, in_user_mode: virtual}]\n", "no virtual state", 2, 40},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct diag diag;
		struct arena arena;
		diag_init(&diag);
		arena_init(&arena);
		CU_ASSERT_PTR_NULL(isa_read_text(cases[i].text, "x", &arena, &diag));
		CU_ASSERT_EQUAL_FATAL(diag.errors, 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(diag.messages[0].text, cases[i].what));
		CU_ASSERT_EQUAL(diag.messages[0].place.line, cases[i].line);
		CU_ASSERT_EQUAL(diag.messages[0].place.column, cases[i].column);
		arena_fini(&arena);
		diag_fini(&diag);
	}
}

static void a_scenario(void)
{
	struct diag diag;
	struct run run = {0};
	diag_init(&diag);
	struct scenario *s = scenario_read_text(
		"machines: [{name: a, program: mirror, isa: classic, guests: 2}]\n", NULL, &diag);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT(run_open(&run, s, &diag));
	run_go(&run, NULL, NULL);
	CU_ASSERT_EQUAL(run.machines.count, VMM_TECHNIQUES);
	for (uint32_t i = 0; i < run.machines.count; i++) {
		const struct machine_run *m = &run.machines.runs[i];
		bool astray = m->technique == VMM_TRAP_AND_EMULATE || m->technique == VMM_RECURSIVE;
		CU_ASSERT_EQUAL(m->outcome.equivalent, !astray);
		CU_ASSERT_STRING_EQUAL(m->instruction, astray ? "smsw r1" : "");
		CU_ASSERT(m->outcome.contained);
	}
	run_close(&run);
	scenario_free(s);
	diag_fini(&diag);
}

static const struct test tests[] = {
	{"the instruction sets that come along get the verdicts that are known", verdicts},
	{"the clean instruction set is that of the machine", clean_is_the_machine},
	{"descriptions with mistakes or contradictions are refused with their place", refused},
	{"a scenario of machines alone runs, and tells who differs", a_scenario},
};
SUITE(scenarios_machines, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The theorems of Popek and Goldberg over hand-made instruction sets. */
#include "models/hypervisor/isa.h"

#include "tests/test.h"

static struct isa_verdict judge(struct isa_instruction *instructions, uint32_t count, bool timing_free)
{
	struct isa isa = {
		.instructions = instructions, .instruction_count = count, .timing_free = timing_free};
	return isa_judge(&isa);
}

static void all_privileged(void)
{
	struct isa_instruction set[] = {
		{.name = "lpsw", .sensitive = ISA_CONTROL, .privileged = true, .user_sensitive = true},
		{.name = "add", .user = ISA_SILENT},
	};
	struct isa_verdict v = judge(set, 2, true);
	CU_ASSERT(v.holds[ISA_THEOREM_1] && v.holds[ISA_THEOREM_2] && v.holds[ISA_THEOREM_3]);
	CU_ASSERT_EQUAL(v.privileged, 1);
	CU_ASSERT_EQUAL(v.sensitive, 1);
	v = judge(set, 2, false);
	CU_ASSERT(v.holds[ISA_THEOREM_1]);
	CU_ASSERT_FALSE(v.holds[ISA_THEOREM_2]);
}

static void supervisor_sensitive(void)
{
	struct isa_instruction jrst = {.name = "jrst", .sensitive = ISA_CONTROL, .user = ISA_SILENT};
	struct isa_verdict v = judge(&jrst, 1, true);
	CU_ASSERT_FALSE(v.holds[ISA_THEOREM_1]);
	CU_ASSERT_EQUAL(v.offenders[ISA_THEOREM_1], 1);
	CU_ASSERT(v.holds[ISA_THEOREM_3]);
	jrst.user_sensitive = true;
	v = judge(&jrst, 1, true);
	CU_ASSERT_FALSE(v.holds[ISA_THEOREM_3]);
}

static void virtual_state(void)
{
	struct isa_instruction smsw = {.name = "smsw", .sensitive = ISA_MODE, .user = ISA_VIRTUAL};
	struct isa_verdict v = judge(&smsw, 1, true);
	CU_ASSERT(v.holds[ISA_THEOREM_1]);
	CU_ASSERT_FALSE(v.holds[ISA_THEOREM_2]);
	CU_ASSERT_EQUAL(v.assisted, 1);
}

static void contradictions(void)
{
	struct isa_instruction good = {.name = "x", .sensitive = ISA_MODE, .privileged = true};
	struct isa_instruction silent = {.name = "x", .privileged = true, .user = ISA_SILENT};
	struct isa_instruction virtual = {.name = "x", .user = ISA_VIRTUAL};
	struct isa_instruction innocuous = {.name = "x", .user = ISA_SILENT, .user_sensitive = true};
	CU_ASSERT_PTR_NULL(isa_contradiction(&good));
	CU_ASSERT_PTR_NOT_NULL(isa_contradiction(&silent));
	CU_ASSERT_PTR_NOT_NULL(isa_contradiction(&virtual));
	CU_ASSERT_PTR_NOT_NULL(isa_contradiction(&innocuous));
}

static const struct test tests[] = {
	{"an instruction set whose sensitive instructions all trap fulfils the three theorems",
         all_privileged},
	{"one that is sensitive in supervisor mode only spoils theorem 1 and not theorem 3",
         supervisor_sensitive},
	{"acting on virtual state is no offence against theorem 1, but one against recursion",
         virtual_state},
	{"what contradicts itself is told", contradictions},
};
SUITE(models_isa, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an instruction set says of its instructions, and what the theorems of Popek and Goldberg say of it.
 *
 * G. J. Popek, R. P. Goldberg: Formal requirements for virtualizable third generation architectures,
 * CACM 17 (1974) 412. An instruction is
 *   privileged          it traps in user mode and does not trap in supervisor mode;
 *   control sensitive   it may change the mode or the resources (relocation register, timer, devices);
 *   location sensitive  what it does depends on where in real memory the program lies;
 *   mode sensitive      what it does depends on the mode;
 *   innocuous           none of the three kinds of sensitive.
 * Theorem 1: if all sensitive instructions are privileged, a VMM can be built. That is sufficient, not
 * necessary: translators and changed guests do without it.
 * Theorem 2: if theorem 1 holds and a VMM without timing dependencies can be built, it can run itself.
 * Theorem 3: if all user sensitive instructions are privileged, a hybrid VMM can be built, which interprets
 * all of virtual supervisor mode.
 *
 * What the paper does not know: hardware on which an instruction of a guest acts on virtual state without an
 * exit (non-root mode of VT-x, nested paging). Such an instruction does not trap, so it is not privileged by
 * the letter; nor does it reach the real machine, so it is no offender. Both are told. */
#ifndef MODELS_HYPERVISOR_ISA_H
#define MODELS_HYPERVISOR_ISA_H

#include <stdbool.h>
#include <stdint.h>

enum isa_kind { ISA_CONTROL = 1, ISA_LOCATION = 2, ISA_MODE = 4 };
#define ISA_KINDS 3
extern const char *const isa_kind_names[ISA_KINDS]; /* "control", "location", "mode": bits 0, 1, 2 */

/* What it does when a guest, which runs in user mode, comes upon it. */
enum isa_user { ISA_TRAPS, ISA_SILENT, ISA_VIRTUAL, ISA_USERS };
extern const char *const isa_user_names[ISA_USERS]; /* "traps", "silent", "virtual" */

struct isa_instruction {
	const char *name, *note; /* note: may be NULL */
	unsigned sensitive;      /* bits of isa_kind; 0: innocuous */
	bool privileged, user_sensitive;
	enum isa_user user;
};

struct isa_level { /* a ring, or root and non-root mode */
	const char *name, *holds;
};

struct isa {
	const char *name, *description, *source;
	bool timing_free; /* a VMM without timing dependencies can be built */
	struct isa_instruction *instructions;
	uint32_t instruction_count;
	struct isa_level *levels;
	uint32_t level_count;
};

enum isa_theorem { ISA_THEOREM_1, ISA_THEOREM_2, ISA_THEOREM_3, ISA_THEOREMS };

/* Is this sensitive instruction a reason why the theorem's condition fails? Theorem 2 has those of 1, and
 * those that act on virtual state: met in a guest's guest they act on the guest's state, and the guest's
 * monitor does not learn of it. (Nested virtualization on VT-x works because the outer monitor emulates
 * VT-x.) */
bool isa_offends(const struct isa_instruction *instruction, enum isa_theorem theorem);

struct isa_verdict {
	bool holds[ISA_THEOREMS];
	uint32_t offenders[ISA_THEOREMS];
	uint32_t privileged, sensitive;
	uint32_t assisted; /* sensitive ones that act on virtual state */
};
struct isa_verdict isa_judge(const struct isa *isa);

/* What contradicts itself in an instruction, in words; NULL when nothing does. */
const char *isa_contradiction(const struct isa_instruction *instruction);

#endif

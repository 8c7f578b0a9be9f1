/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The three theorems, as tests over a list of instructions. */
#include "models/hypervisor/isa.h"

#include <stddef.h>

const char *const isa_kind_names[ISA_KINDS] = {"control", "location", "mode"};
const char *const isa_user_names[ISA_USERS] = {
	[ISA_TRAPS] = "traps", [ISA_SILENT] = "silent", [ISA_VIRTUAL] = "virtual"};

bool isa_offends(const struct isa_instruction *i, enum isa_theorem theorem)
{
	if (!i->sensitive || i->privileged || i->user == ISA_TRAPS)
		return false;
	if (i->user == ISA_VIRTUAL)
		return theorem == ISA_THEOREM_2;
	return theorem == ISA_THEOREM_3 ? i->user_sensitive : true;
}

struct isa_verdict isa_judge(const struct isa *isa)
{
	struct isa_verdict v = {0};
	for (uint32_t k = 0; k < isa->instruction_count; k++) {
		const struct isa_instruction *i = &isa->instructions[k];
		v.privileged += i->privileged;
		v.sensitive += i->sensitive != 0;
		v.assisted += i->sensitive && i->user == ISA_VIRTUAL;
		for (unsigned t = 0; t < ISA_THEOREMS; t++)
			v.offenders[t] += isa_offends(i, (enum isa_theorem)t);
	}
	for (unsigned t = 0; t < ISA_THEOREMS; t++)
		v.holds[t] = v.offenders[t] == 0;
	v.holds[ISA_THEOREM_2] &= isa->timing_free;
	return v;
}

const char *isa_contradiction(const struct isa_instruction *i)
{
	if (i->privileged && i->user == ISA_SILENT)
		return "privileged means that it traps in user mode, so it cannot be 'silent' there";
	if (i->privileged && i->user == ISA_VIRTUAL)
		return "privileged means that it traps in user mode; one that is 'virtual' does not trap";
	if (!i->sensitive && i->user == ISA_VIRTUAL)
		return "an innocuous instruction has no virtual state to act on; say how it is 'sensitive'";
	if (!i->sensitive && i->user_sensitive)
		return "an innocuous instruction cannot be 'user_sensitive'; say how it is 'sensitive'";
	return NULL;
}

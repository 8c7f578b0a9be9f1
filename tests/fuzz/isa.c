/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libFuzzer over the reader of instruction sets, and the verdict on what it reads. */
#include <stdint.h>
#include <stdlib.h>

#include "scenarios/isa_read.h"
#include "sim/fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = memory_string_n((const char *)data, size);
	struct diag diag;
	struct arena arena;
	struct machine_isa machine;
	diag_init(&diag);
	arena_init(&arena);
	const struct isa *isa = isa_read_text(text, "fuzz", &arena, &diag);
	ASSERT((isa == NULL) == (diag.errors > 0));
	if (isa) {
		struct isa_verdict v = isa_judge(isa);
		ASSERT(v.offenders[ISA_THEOREM_3] <= v.offenders[ISA_THEOREM_1]);
		ASSERT(v.offenders[ISA_THEOREM_1] <= v.sensitive);
		isa_bind(isa, &machine, (struct place){"fuzz", 1, 1}, &diag);
	}
	arena_fini(&arena);
	diag_fini(&diag);
	free(text);
	return 0;
}

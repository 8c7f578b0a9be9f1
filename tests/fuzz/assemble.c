/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libFuzzer over the assembler; what assembles is run under trap and emulate and under translation, and must
 * be equal to the bare machine. */
#include <stdint.h>
#include <stdlib.h>

#include "models/hypervisor/virtualize.h"
#include "sim/fault.h"
#include "sim/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void count(void *context, uint32_t line, uint32_t column, const char *what)
{
	uint32_t *told = context;
	ASSERT(line > 0 && column > 0 && what[0]);
	++*told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = memory_string_n((const char *)data, size);
	uint32_t told = 0;
	struct assemble_diag diag = {.tell = count, .context = &told};
	struct program_image image;
	bool good = assemble(&image, text, NULL, &diag);
	ASSERT(good == (told == 0));
	free(paravirtualize(text));
	program_image_fini(&image);
	static const enum vmm_technique techniques[] = {VMM_TRAP_AND_EMULATE, VMM_TRANSLATION};
	for (int i = 0; good && i < 2; i++) {
		struct outcome outcome;
		virtualize(
			&(struct virtualize){
				.text = text, .technique = techniques[i], .words = 64, .steps = 200},
			&outcome);
		ASSERT(outcome.equivalent && outcome.contained);
	}
	free(text);
	return 0;
}

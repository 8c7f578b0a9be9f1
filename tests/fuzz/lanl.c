/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the reader of failures of Los Alamos (libFuzzer). What is accepted is in order and within its
 * ranges. */
#include "scenarios/lanl.h"

#include "tests/fuzz/series.h"

static void in_range(const struct lanl_failure *f)
{
	fuzz_expect(f->nodes >= 1 && f->at_s >= 0 && f->down_s >= 0);
	fuzz_expect((unsigned)f->cause < LANL_CAUSES);
	fuzz_expect(f->production_s == LANL_NEVER || f->production_s >= 0);
	fuzz_expect(f->decommission_s == LANL_NEVER || f->decommission_s >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lanl all = {0};
	struct text_mistake mistake = {0, ""};
	char *text = fuzz_text(data, size);
	if (lanl_parse(text, size, &all, &mistake)) {
		fuzz_expect(all.count > 0);
		for (uint32_t i = 0; i < all.count; i++) {
			const struct lanl_failure *f = &all.failures[i], *before = i ? f - 1 : f;
			in_range(f);
			if (before->system < f->system)
				continue;
			fuzz_expect(before->system == f->system && before->node <= f->node);
			fuzz_expect(before->node < f->node || before->at_s <= f->at_s);
		}
	} else {
		fuzz_expect(*mistake.text && memchr(mistake.text, 0, sizeof mistake.text) &&
		            mistake.line <= size + 1);
	}
	free(all.failures);
	free(text);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The binary translator: straight runs of a guest's instructions, copied into a cache with each sensitive
 * instruction marked as a call into the monitor. What is innocuous goes to the real processor as it stands.
 *
 * A block ends with a jump, a system call, a sensitive instruction or its 16th instruction. It is found by
 * the address at which it lies in the guest's memory; a block remembers the two blocks that followed it last,
 * so that a loop that has run once finds its way without the dispatcher. A store to a word that was
 * translated drops all blocks. */
#ifndef MODELS_HYPERVISOR_TRANSLATE_H
#define MODELS_HYPERVISOR_TRANSLATE_H

#include "models/hypervisor/guest.h"
#include "models/hypervisor/machine.h"

#define BLOCK_WORDS 16

struct block {
	uint32_t start; /* address in the guest's memory; not its virtual one */
	uint32_t count;
	uint32_t words[BLOCK_WORDS];
	bool calls;             /* the last word is a call into the monitor */
	uint32_t next[2];       /* starts of blocks that followed */
	uint32_t next_block[2]; /* which; BLOCK_NONE: not known */
};
#define BLOCK_NONE UINT32_MAX

struct translation *translation_new(uint32_t words);
void translation_free(struct translation *t);

/* The block at the guest's pc, translated now if need be; `from`: the block that led here, or BLOCK_NONE.
 * BLOCK_NONE when the pc lies outside the window, or a block there would reach beyond it: then one step is
 * for the interpreter. `code` marks what was translated. */
uint32_t translation_next(struct guest *g, const struct psw *window, uint32_t from, uint8_t *code);
const struct block *translation_block(const struct translation *t, uint32_t block);

/* Forgets everything; clears the marks. */
void translation_flush(struct guest *g, uint8_t *code);

#endif

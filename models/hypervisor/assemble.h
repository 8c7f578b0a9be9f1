/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An assembler for the machine of machine.h, and the change of a guest's source that paravirtualization asks
 * for.
 *
 *   ; a comment
 *   .equ SIZE, 1024          a name for a number
 *   .org 16                  go on at this address
 *   loop: addi r1, r1, -1    labels are addresses; operands as in op_table
 *         bne r1, r0, loop   jumps are written with their target, and stored as a distance
 *         ld r2, table+1(r1)
 *   table: .word 1, 'a', loop
 *          .space 8          words of 0
 *          .text "hi"        a character a word
 * Two instructions are short for others: `li r1, 5` is addi r1, r0, 5; `j loop` is jal r0, loop.
 * `hcall` before a sensitive instruction makes it a hypercall. */
#ifndef MODELS_HYPERVISOR_ASSEMBLE_H
#define MODELS_HYPERVISOR_ASSEMBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_WORDS_MOST 8192
#define SYMBOLS_MOST 256

struct program_image {
	uint32_t *words;                /* [IMAGE_WORDS_MOST]; free with program_image_fini */
	uint32_t count;                 /* up to the last that was written */
	uint32_t hypercalls;            /* instructions that are calls now */
};
void program_image_fini(struct program_image *image);

/* Whom to tell of mistakes; lines and columns from 1. */
struct assemble_diag {
	void (*tell)(void *context, uint32_t line, uint32_t column, const char *what);
	void *context;
	uint32_t errors;
};

/* False after mistakes; the image is then to be freed all the same. `define`: a symbol to be set from without
 * (its own .equ in the text then has no effect); NULL: none. */
struct assemble_define {
	const char *name;
	int32_t value;
};
bool assemble(struct program_image *image, const char *text, const struct assemble_define *define,
              struct assemble_diag *diag);

/* The value of a label, to look at a running program; false when there is none. */
bool assemble_symbol(const char *text, const char *name, uint32_t *value);

/* The source with `hcall` before each sensitive instruction: what is done to a guest that is to run under
 * paravirtualization. Free it. */
char *paravirtualize(const char *text);

#endif

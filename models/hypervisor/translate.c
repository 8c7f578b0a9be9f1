/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cache of blocks. */
#include "models/hypervisor/translate.h"

#include <stdlib.h>
#include <string.h>

#include "sim/memory.h"

struct translation {
	struct block *blocks;
	uint32_t count, room, words;
	uint32_t *at;                   /* [words] 1 + block that starts there, 0: none */
};

struct translation *translation_new(uint32_t words)
{
	struct translation *t = memory_new(1, sizeof *t, "block cache");
	t->words = words;
	t->at = memory_new(words, sizeof *t->at, "block cache");
	return t;
}

void translation_free(struct translation *t)
{
	if (!t)
		return;
	free(t->blocks);
	free(t->at);
	free(t);
}

const struct block *translation_block(const struct translation *t, uint32_t block)
{
	return &t->blocks[block];
}

void translation_flush(struct guest *g, uint8_t *code)
{
	struct translation *t = g->translation;
	for (uint32_t i = 0; i < t->count; i++) {
		const struct block *b = &t->blocks[i];
		t->at[b->start] = 0;
		memset(code + b->start, 0, b->count);
	}
	t->count = 0;
	g->counts.flushes++;
}

/* What the last instruction of a block may be. */
static bool ends_block(uint32_t op)
{
	return op == INSN_NONE || op >= INSN_BEQ;
}

static uint32_t translate(struct guest *g, uint32_t start, uint8_t *code)
{
	struct translation *t = g->translation;
	ARRAY_GROW(t->blocks, t->count, t->room, "block cache");
	struct block *b = &t->blocks[t->count];
	*b = (struct block){.start = start, .next_block = {BLOCK_NONE, BLOCK_NONE}};
	for (bool end = false; !end;) {
		uint32_t word = g->memory[start + b->count], op = instruction_decode(word).op;
		code[start + b->count] = 1;
		b->words[b->count++] = word;
		b->calls = op >= INSN_SENSITIVE && op < INSNS;
		end = ends_block(op) || b->count == BLOCK_WORDS || start + b->count == g->words;
	}
	g->counts.blocks++;
	g->counts.translated += b->count;
	t->at[start] = ++t->count;
	return t->count - 1;
}

/* The link that is not the one used last is overwritten: a branch has two ways on. */
static void chain(struct block *from, uint32_t start, uint32_t block)
{
	from->next[1] = from->next[0];
	from->next_block[1] = from->next_block[0];
	from->next[0] = start;
	from->next_block[0] = block;
}

static uint32_t chained(const struct block *from, uint32_t start)
{
	for (int i = 0; i < 2; i++)
		if (from->next_block[i] != BLOCK_NONE && from->next[i] == start)
			return from->next_block[i];
	return BLOCK_NONE;
}

uint32_t translation_next(struct guest *g, const struct psw *window, uint32_t from, uint8_t *code)
{
	struct translation *t = g->translation;
	if (window->pc >= window->limit)
		return BLOCK_NONE;
	uint32_t start = window->base - g->base + window->pc;
	uint32_t block = from == BLOCK_NONE ? BLOCK_NONE : chained(&t->blocks[from], start);
	if (block != BLOCK_NONE) {
		g->counts.chained++;
	} else {
		g->counts.lookups++;
		g->counts.dispatcher++;
		g->counts.hits += t->at[start] != 0;
		block = t->at[start] ? t->at[start] - 1 : translate(g, start, code);
		if (from != BLOCK_NONE)
			chain(&t->blocks[from], start, block);
	}
	return window->limit - window->pc >= t->blocks[block].count ? block : BLOCK_NONE;
}

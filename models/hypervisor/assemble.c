/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two passes over the text: the first collects labels, the second writes words. */
#include "models/hypervisor/assemble.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/hypervisor/machine.h"
#include "sim/memory.h"

#define NAME_MOST 32
#define ERRORS_MOST 20

struct symbol {
	char name[NAME_MOST];
	int64_t value;
};

struct assembly {
	struct program_image *image;
	struct assemble_diag *diag;
	struct symbol symbols[SYMBOLS_MOST];
	uint32_t symbol_count;
	int pass; /* 1 or 2 */
	const char *line_begin, *at;
	uint32_t line;
	int64_t address;
	bool wrong; /* this line */
};

void program_image_fini(struct program_image *image)
{
	free(image->words);
	*image = (struct program_image){0};
}

/* The first mistake of a line is told; each pass finds other ones. */
static void mistake(struct assembly *a, const char *at, const char *what, const char *which)
{
	char text[160];
	if (a->wrong)
		return;
	a->wrong = true;
	if (a->diag->errors++ >= ERRORS_MOST)
		return;
	snprintf(text, sizeof text, "%s%s%.40s%s", what, which ? " '" : "", which ? which : "",
	         which ? "'" : "");
	a->diag->tell(a->diag->context, a->line, (uint32_t)(at - a->line_begin) + 1, text);
}

static void blanks(struct assembly *a)
{
	while (*a->at == ' ' || *a->at == '\t' || *a->at == '\r')
		a->at++;
	if (*a->at == ';')
		a->at += strcspn(a->at, "\n");
}

static bool is_letter(char c) { return isalpha((unsigned char)c) || c == '_' || c == '.'; }

/* A name, or nothing; names may begin with a dot. */
static bool word_read(struct assembly *a, char name[static NAME_MOST])
{
	size_t n = 0;
	blanks(a);
	while (is_letter(a->at[n]) || (n && isdigit((unsigned char)a->at[n])))
		n++;
	if (!n)
		return false;
	size_t kept = n < NAME_MOST - 1 ? n : NAME_MOST - 1;
	memcpy(name, a->at, kept);
	name[kept] = '\0';
	if (n >= NAME_MOST)
		mistake(a, a->at, "a name of more than 31 letters:", name);
	a->at += n;
	return true;
}

static struct symbol *symbol_find(struct assembly *a, const char *name)
{
	for (uint32_t i = 0; i < a->symbol_count; i++)
		if (strcmp(a->symbols[i].name, name) == 0)
			return &a->symbols[i];
	return NULL;
}

static void symbol_add(struct assembly *a, const char *at, const char *name, int64_t value)
{
	if (a->pass == 2)
		return;
	if (symbol_find(a, name)) {
		mistake(a, at, "there are two of", name);
	} else if (a->symbol_count == SYMBOLS_MOST) {
		mistake(a, at, "more than 256 names; the first too many is", name);
	} else {
		struct symbol *s = &a->symbols[a->symbol_count++];
		memcpy(s->name, name, NAME_MOST);
		s->value = value;
	}
}

static bool here(struct assembly *a, char c)
{
	blanks(a);
	if (*a->at != c)
		return false;
	a->at++;
	return true;
}

static void expect(struct assembly *a, char c)
{
	char wanted[2] = {c, '\0'};
	blanks(a);
	if (!here(a, c))
		mistake(a, a->at, "here should be", wanted);
}

/* A number, a character or a name. */
static int64_t term(struct assembly *a)
{
	char name[NAME_MOST];
	const char *at;
	blanks(a);
	at = a->at;
	if (*at == '\'' && at[1] && at[1] != '\n' && at[2] == '\'') {
		a->at += 3;
		return at[1];
	}
	if (isdigit((unsigned char)*at)) {
		char *end;
		long long value = strtoll(at, &end, 0); /* saturates: then it is too large anyway */
		a->at = end;
		return value > UINT32_MAX ? (int64_t)UINT32_MAX + 1 : value;
	}
	if (!word_read(a, name)) {
		mistake(a, at, "here should be a number, a character or a name", NULL);
		return 0;
	}
	const struct symbol *s = symbol_find(a, name);
	if (!s && a->pass == 2)
		mistake(a, at, "there is no", name);
	return s ? s->value : 0;
}

static int64_t expression(struct assembly *a)
{
	int64_t sum = here(a, '-') ? -term(a) : term(a);
	for (;;) {
		if (here(a, '+'))
			sum += term(a);
		else if (here(a, '-'))
			sum -= term(a);
		else
			return sum;
		if (sum > INT64_MAX / 4 || sum < INT64_MIN / 4)
			sum = INT64_MAX / 4;
	}
}

static int32_t number(struct assembly *a, const char *at, int64_t value)
{
	if (a->pass == 2 && (value < INT16_MIN || value > INT16_MAX))
		mistake(a, at, "a number in an instruction must be from -32768 to 32767", NULL);
	return (int16_t)value;
}

static uint32_t reg(struct assembly *a)
{
	blanks(a);
	if (a->at[0] == 'r' && a->at[1] >= '0' && a->at[1] < '0' + MACHINE_REGISTERS &&
	    !isalnum((unsigned char)a->at[2])) {
		a->at += 2;
		return (uint32_t)(a->at[-1] - '0');
	}
	mistake(a, a->at, "here should be a register, r0 to r7", NULL);
	return 0;
}

static void emit(struct assembly *a, const char *at, uint32_t word)
{
	if (a->address < 0 || a->address >= IMAGE_WORDS_MOST) {
		mistake(a, at, "beyond the last address of a program, 8191", NULL);
		return;
	}
	uint32_t address = (uint32_t)a->address++;
	if (a->pass == 2) {
		a->image->words[address] = word;
		if (address >= a->image->count)
			a->image->count = address + 1;
	}
}

static void operand(struct assembly *a, char kind, struct instruction *i)
{
	blanks(a);
	const char *at = a->at;
	switch (kind) {
	case 'd':
		i->d = reg(a);
		break;
	case 's':
		i->s = reg(a);
		break;
	case 't':
		i->t = reg(a);
		break;
	case 'i':
		i->number = number(a, at, expression(a));
		break;
	case 'b':
		i->number = number(a, at, expression(a) - a->address);
		break;
	default:
		i->number = number(a, at, expression(a));
		expect(a, '(');
		i->s = reg(a);
		expect(a, ')');
	}
}

static void operands(struct assembly *a, const char *kinds, struct instruction *i)
{
	for (const char *kind = kinds; *kind && !a->wrong; kind++) {
		if (kind != kinds)
			expect(a, ',');
		operand(a, *kind, i);
	}
}

static uint32_t op_find(const char *name)
{
	for (uint32_t op = 1; op < INSNS; op++)
		if (strcmp(op_table[op].name, name) == 0)
			return op;
	return INSN_NONE;
}

static void instruction(struct assembly *a, const char *at, char name[static NAME_MOST])
{
	struct instruction i = {0};
	bool hypercall = strcmp(name, "hcall") == 0;
	if (hypercall) {
		blanks(a);
		at = a->at;
		name[0] = '\0';
		word_read(a, name);
	}
	bool li = strcmp(name, "li") == 0, j = strcmp(name, "j") == 0;
	i.op = li ? INSN_ADDI : j ? INSN_JAL : op_find(name);
	if (i.op == INSN_NONE) {
		mistake(a, at, "unknown instruction", name);
		return;
	}
	if (hypercall && i.op < INSN_SENSITIVE)
		mistake(a, at, "a hypercall stands for a sensitive instruction, not for", name);
	operands(a, li ? "di" : j ? "b" : op_table[i.op].operands, &i);
	emit(a, at, instruction_encode(&i) | (hypercall ? INSN_HYPERCALL : 0));
	a->image->hypercalls += hypercall && a->pass == 2;
}

static void directive_text(struct assembly *a)
{
	expect(a, '"');
	while (!a->wrong && *a->at && *a->at != '\n' && *a->at != '"') {
		bool newline = a->at[0] == '\\' && a->at[1] == 'n';
		emit(a, a->at, newline ? '\n' : (unsigned char)*a->at);
		a->at += newline ? 2 : 1;
	}
	expect(a, '"');
}

static void directive_equ(struct assembly *a)
{
	char name[NAME_MOST];
	blanks(a);
	const char *at = a->at;
	if (!word_read(a, name)) {
		mistake(a, at, "here should be a name", NULL);
		return;
	}
	expect(a, ',');
	int64_t value = expression(a);
	/* One that was defined from without stands first, and stays. */
	if (!(a->symbol_count && strcmp(a->symbols[0].name, name) == 0 && a->symbols[0].value >= 0))
		symbol_add(a, at, name, value);
}

static void directive(struct assembly *a, const char *at, const char *name)
{
	if (strcmp(name, ".text") == 0) {
		directive_text(a);
	} else if (strcmp(name, ".equ") == 0) {
		directive_equ(a);
	} else if (strcmp(name, ".word") == 0) {
		do {
			emit(a, at, (uint32_t)expression(a));
		} while (!a->wrong && here(a, ','));
	} else if (strcmp(name, ".org") == 0 || strcmp(name, ".space") == 0) {
		int64_t value = expression(a) + (name[1] == 's' ? a->address : 0);
		if (value < a->address || value > IMAGE_WORDS_MOST)
			mistake(a, at, "the address must go on from here, to at most 8192", NULL);
		else
			a->address = value;
	} else {
		mistake(a, at, "unknown directive", name);
	}
}

static void line(struct assembly *a)
{
	char name[NAME_MOST];
	for (;;) {
		blanks(a);
		const char *at = a->at;
		if (*at == '\n' || !*at)
			return;
		if (!word_read(a, name)) {
			mistake(a, at, "here should be a label, an instruction or a directive", NULL);
			return;
		}
		if (here(a, ':')) {
			symbol_add(a, at, name, a->address);
			continue;
		}
		if (*name == '.')
			directive(a, at, name);
		else
			instruction(a, at, name);
		break;
	}
	blanks(a);
	if (!a->wrong && *a->at && *a->at != '\n')
		mistake(a, a->at, "more than an instruction and its operands", NULL);
}

static void pass(struct assembly *a, const char *text)
{
	a->pass++;
	a->address = 0;
	a->line = 0;
	for (a->at = text; *a->at;) {
		a->line++;
		a->line_begin = a->at;
		a->wrong = false;
		line(a);
		a->at += strcspn(a->at, "\n");
		a->at += *a->at == '\n';
	}
}

bool assemble(struct program_image *image, const char *text, const struct assemble_define *define,
              struct assemble_diag *diag)
{
	struct assembly *a = memory_new(1, sizeof *a, "assembler");
	uint32_t before = diag->errors;
	*image = (struct program_image){
		.words = memory_new(IMAGE_WORDS_MOST, sizeof *image->words, "program")};
	a->image = image;
	a->diag = diag;
	if (define) {
		snprintf(a->symbols[0].name, NAME_MOST, "%s", define->name);
		a->symbols[0].value = define->value;
		a->symbol_count = 1;
	} else {
		a->symbols[0].value = -1; /* an empty name, which no text can have */
		a->symbol_count = 1;
	}
	pass(a, text);
	if (diag->errors == before)
		pass(a, text);
	free(a);
	return diag->errors == before;
}

static void tell_nobody(void *context, uint32_t line_number, uint32_t column, const char *what)
{
	(void)context, (void)line_number, (void)column, (void)what;
}

bool assemble_symbol(const char *text, const char *name, uint32_t *value)
{
	struct assemble_diag diag = {.tell = tell_nobody};
	struct assembly *a = memory_new(1, sizeof *a, "assembler");
	struct program_image image = {0};
	a->image = &image;
	a->diag = &diag;
	pass(a, text);
	const struct symbol *s = symbol_find(a, name);
	if (s)
		*value = (uint32_t)s->value;
	free(a);
	return s != NULL;
}

/* Where the instruction of a line begins: behind its labels. */
static const char *statement(const char *at)
{
	for (;;) {
		at += strspn(at, " \t\r");
		size_t n = 0;
		while (is_letter(at[n]) || (n && isdigit((unsigned char)at[n])))
			n++;
		const char *colon = at + n + strspn(at + n, " \t");
		if (!n || *colon != ':')
			return at;
		at = colon + 1;
	}
}

char *paravirtualize(const char *text)
{
	static const char call[] = "hcall ";
	size_t lines = 1;
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	char *changed = memory_new(strlen(text) + lines * sizeof call + 1, 1, "changed source of a guest"),
	     *out = changed;
	while (*text) {
		const char *at = statement(text), *end = text + strcspn(text, "\n");
		char name[NAME_MOST] = "";
		size_t n = 0;
		while (n < NAME_MOST - 1 && isalpha((unsigned char)at[n]))
			n++;
		memcpy(name, at, n);
		bool call_it = op_find(name) >= INSN_SENSITIVE;
		end += *end == '\n';
		out = (char *)mempcpy(out, text, (size_t)(at - text));
		out = call_it ? (char *)mempcpy(out, call, sizeof call - 1) : out;
		out = (char *)mempcpy(out, at, (size_t)(end - at));
		text = end;
	}
	return changed;
}

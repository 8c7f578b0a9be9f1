/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mistakes collected, sorted by place and told at once; and the nearest word to a misspelt one. */
#include "scenarios/diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A hostile file can hold a million mistakes; those beyond this are counted and not kept. */
#define DIAG_KEPT 1000
/* Longer words are no misspelt keys, and the distance costs their product. */
#define NEAR_LONGEST 48

void diag_init(struct diag *d)
{
	*d = (struct diag){0};
	arena_init(&d->arena);
}

void diag_fini(struct diag *d)
{
	free(d->messages);
	arena_fini(&d->arena);
	*d = (struct diag){0};
}

/* The caller's file name need not outlive the diag; neighbours in one file share a copy. */
static const char *diag_file(struct diag *d, const char *file)
{
	if (!file)
		return NULL;
	const char *last = d->count ? d->messages[d->count - 1].place.file : NULL;
	return last && strcmp(last, file) == 0 ? last : arena_string(&d->arena, file);
}

static void diag_add(struct diag *d, struct place at, bool warning, const char *format, va_list arguments)
{
	if (!warning)
		d->errors++;
	if (d->count >= DIAG_KEPT) {
		d->dropped++;
		return;
	}
	char text[1024];
	vsnprintf(text, sizeof text, format, arguments);
	at.file = diag_file(d, at.file);
	ARRAY_GROW(d->messages, d->count, d->room, "messages");
	d->messages[d->count++] = (struct diag_message){at, warning, arena_string(&d->arena, text)};
}

void diag_error(struct diag *d, struct place at, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	diag_add(d, at, false, format, arguments);
	va_end(arguments);
}

void diag_warning(struct diag *d, struct place at, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	diag_add(d, at, true, format, arguments);
	va_end(arguments);
}

/* Messages of one place keep the order in which they were found: their addresses stand for it. */
static int message_order(const void *a, const void *b)
{
	const struct diag_message *const *pa = a, *const *pb = b;
	const struct place *x = &(*pa)->place, *y = &(*pb)->place;
	int files = strcmp(x->file ? x->file : "", y->file ? y->file : "");
	if (files)
		return files;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return *pa < *pb ? -1 : *pa > *pb;
}

static bool message_repeats(const struct diag_message *a, const struct diag_message *b)
{
	return a->warning == b->warning && a->place.line == b->place.line &&
	       a->place.column == b->place.column && strcmp(a->text, b->text) == 0 &&
	       strcmp(a->place.file ? a->place.file : "", b->place.file ? b->place.file : "") == 0;
}

/* A message is one line, whatever names it quotes: control characters, which could also play tricks on a
 * terminal, become question marks. */
static void print_tame(const char *text, FILE *out)
{
	for (; *text; text++)
		fputc((unsigned char)*text < ' ' || *text == '\x7f' ? '?' : *text, out);
}

static void message_print(const struct diag_message *m, FILE *out)
{
	if (m->place.file) {
		print_tame(m->place.file, out);
		fputc(':', out);
	}
	if (m->place.line && m->place.column)
		fprintf(out, "%u:%u:", m->place.line, m->place.column);
	else if (m->place.line)
		fprintf(out, "%u:", m->place.line);
	fprintf(out, "%s%s: ", m->place.file ? " " : "", m->warning ? "warning" : "error");
	print_tame(m->text, out);
	fputc('\n', out);
}

void diag_print(struct diag *d, FILE *out)
{
	if (!d->count)
		return;
	const struct diag_message **sorted = memory_new(d->count, sizeof(void *), "messages");
	for (uint32_t i = 0; i < d->count; i++)
		sorted[i] = &d->messages[i];
	qsort(sorted, d->count, sizeof *sorted, message_order);
	/* One anchor used twice makes the same mistake at the same place twice: tell it once. */
	uint32_t different = 0;
	for (uint32_t i = 0; i < d->count; i++)
		if (!i || !message_repeats(sorted[i], sorted[different - 1]))
			sorted[different++] = sorted[i];
	for (uint32_t i = 0; i < different && i < DIAG_SHOWN; i++)
		message_print(sorted[i], out);
	uint64_t left = (different > DIAG_SHOWN ? different - DIAG_SHOWN : 0) + d->dropped;
	if (left)
		fprintf(out, "and %llu more\n", (unsigned long long)left);
	free(sorted);
}

/* Restricted edit distance: insert, delete, replace, or swap two neighbours, each 1. */
static size_t word_distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t rows[3][NEAR_LONGEST + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];
	for (size_t j = 0; j <= nb; j++)
		above[j] = before[j] = j;
	for (size_t i = 1; i <= na; i++) {
		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);
			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
		}
		size_t *oldest = before;
		before = above, above = row, row = oldest;
	}
	return above[nb];
}

const char *diag_near(const char *word, const char *const *candidates, size_t n)
{
	size_t length = strlen(word);
	if (!length || length > NEAR_LONGEST)
		return NULL;
	size_t most = length / 3 ? length / 3 : 1;
	const char *nearest = NULL;
	for (size_t i = 0; i < n; i++) {
		size_t other = strlen(candidates[i]);
		if (other > NEAR_LONGEST || other > length + most || length > other + most)
			continue;
		size_t distance = word_distance(word, length, candidates[i], other);
		if (distance < length && distance < other && distance <= (nearest ? most - 1 : most)) {
			nearest = candidates[i];
			most = distance;
			if (!distance)
				break;
		}
	}
	return nearest;
}

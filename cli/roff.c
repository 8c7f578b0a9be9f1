/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Escapes text for roff and writes the few man macros that our pages need. */
#include "cli/roff.h"

#include <stdbool.h>
#include <string.h>

/* Hyphens become minus signs, so that an option can be copied from the page; quotes and carets stay what
 * they are in ASCII. A dot or a quote that begins a line would be a macro: the first is guarded, the second
 * escaped. */
static void put(FILE *out, char c, bool begins_line)
{
	switch (c) {
	case '-': fputs("\\-", out); break;
	case '\\': fputs("\\e", out); break;
	case '\'': fputs("\\(aq", out); break;
	case '"': fputs("\\(dq", out); break;
	case '^': fputs("\\(ha", out); break;
	case '~': fputs("\\(ti", out); break;
	case '.': fputs(begins_line ? "\\&." : ".", out); break;
	default: fputc(c, out);
	}
}

void roff_words(FILE *out, const char *text)
{
	for (const char *c = text; *c; c++)
		put(out, *c, c == text);
}

void roff_bold(FILE *out, const char *text)
{
	fputs("\\fB", out);
	roff_words(out, text);
	fputs("\\fR", out);
}

void roff_italic(FILE *out, const char *text)
{
	fputs("\\fI", out);
	roff_words(out, text);
	fputs("\\fR", out);
}

void roff_text(FILE *out, const char *text)
{
	bool bold = false, begins_line = true;
	for (const char *c = text; *c; c++) {
		if (*c == '`') {
			bold = !bold;
			fputs(bold ? "\\fB" : "\\fR", out);
		} else if (*c == '\n' && c[1] == '\n') {
			fputs("\n.PP", out);
		} else if (*c != ' ' || !begins_line) { /* a blank there would break the line */
			put(out, *c, begins_line);
		}
		begins_line = *c == '\n' || (begins_line && *c == ' ');
	}
	fputc('\n', out);
}

void roff_lines(FILE *out, const char *text)
{
	fputs(".nf\n", out);
	for (const char *c = text; *c; c++)
		put(out, *c, c == text || c[-1] == '\n');
	fputs("\n.fi\n", out);
}

void roff_title(FILE *out, const char *page, const char *version, const char *summary)
{
	const char *dot = strrchr(page, '.');
	int length = (int)(dot - page);
	fputs(".\\\" Written by vdcsim --man from the tables in its source.\n.TH ", out);
	for (int i = 0; i < length; i++)
		put(out, page[i], false);
	/* No date: a page is the same whenever it is made. */
	fprintf(out, " %s \"\" \"vdcsim %s\" \"vdcsim manual\"\n.SH NAME\n", dot + 1, version);
	for (int i = 0; i < length; i++)
		put(out, page[i], false);
	fputs(" \\- ", out);
	roff_words(out, summary);
	fputc('\n', out);
}

void roff_section(FILE *out, const char *title)
{
	fputs(".SH ", out);
	roff_words(out, title);
	fputc('\n', out);
}

void roff_subsection(FILE *out, const char *title)
{
	fputs(".SS ", out);
	roff_words(out, title);
	fputc('\n', out);
}

void roff_term(FILE *out, const char *term, const char *value)
{
	fputs(".TP\n", out);
	roff_bold(out, term);
	if (value) {
		fputc(' ', out);
		roff_italic(out, value);
	}
	fputc('\n', out);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A writer of manual pages: text in the man macros, with every character escaped that roff would take for
 * itself. */
#ifndef CLI_ROFF_H
#define CLI_ROFF_H

#include <stdio.h>

/* Title line and NAME section. `page` is "vdcsim-run.1": what follows the last dot is the section of the
 * manual. */
void roff_title(FILE *out, const char *page, const char *version, const char *summary);

void roff_section(FILE *out, const char *title);
void roff_subsection(FILE *out, const char *title);

/* Prose. `words in backticks` are bold, two line ends begin a paragraph; ends with a line end. */
void roff_text(FILE *out, const char *text);

/* The same text line by line, as it stands. */
void roff_lines(FILE *out, const char *text);

/* Begins a labelled paragraph: the term in bold, then maybe a value in italics; text follows. */
void roff_term(FILE *out, const char *term, const char *value);

/* Words inside a line, nothing added: as they are, in bold, in italics. */
void roff_words(FILE *out, const char *text);
void roff_bold(FILE *out, const char *text);
void roff_italic(FILE *out, const char *text);

#endif

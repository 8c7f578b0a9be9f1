/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text within other text: the characters that JSON and HTML give a meaning of their own are written so that
 * they stand for themselves. */
#ifndef ANALYSIS_TEXT_H
#define ANALYSIS_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* With its quotes. `<` is written as an escape too, so that it may stand within a <script>. */
void text_json(FILE *out, const char *text);
/* For an element's content and for attributes in quotes. */
void text_html(FILE *out, const char *text);
void text_base64(FILE *out, const unsigned char *bytes, size_t size);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reference of the scenario language, written from the table of keys: for editors, manual and terminals.
 */
#ifndef SCENARIOS_SCHEMA_H
#define SCENARIOS_SCHEMA_H

#include <stdio.h>

#include "scenarios/key.h"

/* JSON Schema, draft 2020-12: editors complete keys and underline mistakes with it. */
void schema_write_json(FILE *out);

/* The manual's chapter of keys: a table a section. */
void schema_write_markdown(FILE *out);

/* The keys whose path begins with `prefix` ("" or NULL: all), two lines a key. */
void schema_write_text(FILE *out, const char *prefix);

/* What a key may be, in words: "GHz from 1 MHz to 100 GHz; preset 2.5 GHz". */
void schema_write_value(FILE *out, const struct key *key);

#endif

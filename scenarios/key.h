/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key of the scenario language: a row of the table (key_table.h) that feeds the check, `list keys`, the
 * JSON Schema, the manual.
 *
 * A row names a key by its full path ("hosts[].power.idle"), tells its type, dimension, range, preset and
 * one line of documentation, and where its value goes: offsets into the struct of the nearest list above it
 * (struct scenario_host for "hosts[]..."), or else into struct scenario.
 *
 * A preset is text in the scenario's own language, read by the same code as a user's. A key without a preset
 * must be given unless its row says `optional`: then has_offset says where its flag is; a text that is
 * absent is NULL. */
#ifndef SCENARIOS_KEY_H
#define SCENARIOS_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/quantity.h"

enum key_type {
	KEY_COUNT,      /* whole number into int64_t */
	KEY_SEED,       /* whole number into uint64_t */
	KEY_WHOLE,      /* quantity rounded into int64_t base units */
	KEY_REAL,       /* quantity into double base units */
	KEY_CHOICE,     /* one of names, into an enum */
	KEY_SWITCH,     /* one of two names, into a bool: names[1] is true */
	KEY_BOOL,       /* true or false */
	KEY_TEXT,       /* with name_at: one of those names; at most `most` bytes */
	KEY_NAME,       /* text of letters, digits, '_', '-' and '.' */
	KEY_MEMBER,     /* like a name: one guest or host, group-number ("web-3") */
	KEY_PART,       /* "2/4" into two int64_t: the part and, at count_offset, of how many */
	KEY_TABLE,      /* list of exactly 11 quantities into double[11]; 0 or 11 at count_offset */
	KEY_SET,        /* a list of words of names, or one, into uint32_t: bit k is names[k] */
	KEY_VALUES,     /* mapping of name to number into struct scenario_value * and a count */
	KEY_SECTION,    /* a mapping or, path ending in [], a list of mappings: rows below it fill it */
	KEY_INCLUDE,    /* read by yaml.c before keys are looked at; may stand in any mapping */
	KEY_TYPES
};
extern const char *const key_type_names[KEY_TYPES]; /* "whole number", ... */

struct key {
	const char *path;
	enum key_type type;
	enum dimension dimension;
	double least, most;               /* inclusive, base units; lists: elements; text: most bytes */
	const char *preset;
	bool optional;
	const char *const *names;         /* KEY_CHOICE, KEY_SWITCH, KEY_SET */
	uint32_t name_count, first;       /* first: the value that names[0] stands for */
	const char *(*name_at)(uint32_t i); /* KEY_TEXT: the i-th allowed word; NULL past the last */
	bool or_path;                     /* with name_at: anything with a '/' is allowed, too */
	size_t offset;
	size_t has_offset;                /* 0: no flag */
	size_t count_offset;              /* uint32_t of lists, tables and values; second number of a part */
	size_t place_offset;              /* struct place of the value (lists: of each element); 0: nowhere */
	size_t size;                      /* lists: bytes of an element */
	const char *shorthand;            /* sections: the member that a lone value sets (`lifetime: 2 h`) */
	const char *former;               /* what it was called, told to whoever writes that; or NULL */
	const char *summary;
};

/* Does the row stand directly in the section ("" is the whole scenario, "hosts[]", "hosts[].power")? Then its
 * last part without "[]" is the name to write, *length its length. NULL otherwise. */
const char *key_name(const struct key *key, const char *section, size_t *length);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How rows of tables of fields (schema.h) are written: for schema*.c alone. */
#ifndef ANALYSIS_SCHEMA_COLUMNS_H
#define ANALYSIS_SCHEMA_COLUMNS_H

#include <stddef.h>

/* A column is named in the file as its first argument says; the member gives its place. EXTRA: in the
 * counterpart of the second array. */
#define FIELD(column, type, member, form, unit, long_name) \
	{column, unit, long_name, form, 0, offsetof(struct type, member), NULL, 0}
#define EXTRA(column, type, member, form, unit, long_name) \
	{column, unit, long_name, form, 1, offsetof(struct type, member), NULL, 0}
#define WORDS(column, type, member, words, count, long_name) \
	{column, NULL, long_name, FIELD_ENUM, 0, offsetof(struct type, member), words, count}
#define EXTRA_WORDS(column, type, member, words, count, long_name) \
	{column, NULL, long_name, FIELD_ENUM, 1, offsetof(struct type, member), words, count}
#define ROW_ID(long_name) {"id", NULL, long_name, FIELD_ROW, 0, 0, NULL, 0}
#define END {NULL, NULL, NULL, FIELD_ROW, 0, 0, NULL, 0}

#define TABLE(path, fields, array, count, long_name) \
	{path, long_name, fields, {array, NULL}, {sizeof *(array), 0}, count}
#define TABLE_2(path, fields, array, second, count, long_name) \
	{path, long_name, fields, {array, second}, {sizeof *(array), sizeof *(second)}, count}

#endif

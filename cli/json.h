/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A writer of JSON: objects, lists and values, indented; commas and quotes are its affair.
 *
 * In an object each call takes the member's name; in a list, and at the top, NULL. Reals are written with
 * as few digits as read back to the same double; what is not finite becomes null, as JSON has no word for
 * it. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH 16

struct json {
	FILE *out;
	uint32_t depth;
	bool list[JSON_DEPTH], filled[JSON_DEPTH];
};

void json_begin(struct json *j, FILE *out);
void json_object(struct json *j, const char *name);
void json_list(struct json *j, const char *name);
/* Closes the object or list that was opened last; closing the outermost ends the line. */
void json_close(struct json *j);
void json_text(struct json *j, const char *name, const char *value); /* NULL: null */
void json_int(struct json *j, const char *name, int64_t value);
void json_count(struct json *j, const char *name, uint64_t value);
void json_real(struct json *j, const char *name, double value);
void json_bool(struct json *j, const char *name, bool value);

/* The shortest text that reads back to the same double. */
void real_text(double value, char *text, size_t size);

#endif

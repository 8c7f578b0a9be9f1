/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON, written as it comes. */
#include "cli/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "sim/fault.h"

void real_text(double value, char *text, size_t size)
{
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, size, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			return;
	}
}

static void quoted(FILE *out, const char *s)
{
	fputc('"', out);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c == '\n')
			fputs("\\n", out);
		else if (c == '\t')
			fputs("\\t", out);
		else if (c < 0x20)
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

/* What stands before a value: a comma, a new line, its name. */
static void lead(struct json *j, const char *name)
{
	if (j->depth) {
		bool *filled = &j->filled[j->depth - 1];
		fprintf(j->out, "%s\n%*s", *filled ? "," : "", (int)j->depth * 2, "");
		*filled = true;
		ASSERT(!name == j->list[j->depth - 1]);
	}
	if (name) {
		quoted(j->out, name);
		fputs(": ", j->out);
	}
}

static void open_level(struct json *j, const char *name, bool list)
{
	lead(j, name);
	fputc(list ? '[' : '{', j->out);
	ASSERT(j->depth < JSON_DEPTH);
	j->list[j->depth] = list;
	j->filled[j->depth++] = false;
}

void json_begin(struct json *j, FILE *out)
{
	*j = (struct json){.out = out};
}

void json_object(struct json *j, const char *name)
{
	open_level(j, name, false);
}

void json_list(struct json *j, const char *name)
{
	open_level(j, name, true);
}

void json_close(struct json *j)
{
	ASSERT(j->depth > 0);
	j->depth--;
	if (j->filled[j->depth])
		fprintf(j->out, "\n%*s", (int)j->depth * 2, "");
	fputc(j->list[j->depth] ? ']' : '}', j->out);
	if (!j->depth)
		fputc('\n', j->out);
}

void json_text(struct json *j, const char *name, const char *value)
{
	lead(j, name);
	if (value)
		quoted(j->out, value);
	else
		fputs("null", j->out);
}

void json_int(struct json *j, const char *name, int64_t value)
{
	lead(j, name);
	fprintf(j->out, "%" PRId64, value);
}

void json_count(struct json *j, const char *name, uint64_t value)
{
	lead(j, name);
	fprintf(j->out, "%" PRIu64, value);
}

void json_real(struct json *j, const char *name, double value)
{
	char text[40];
	real_text(value, text, sizeof text);
	lead(j, name);
	fputs(isfinite(value) ? text : "null", j->out);
}

void json_bool(struct json *j, const char *name, bool value)
{
	lead(j, name);
	fputs(value ? "true" : "false", j->out);
}

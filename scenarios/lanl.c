/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads records of failures: fields, dates, order. */
#include "scenarios/lanl.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/archive.h"
#include "sim/memory.h"
#include "sim/time.h"

#define HEADINGS_MOST 5         /* lines before the first record */
#define SYSTEM_MOST 1000
#define NODE_MOST 1000000
#define PROCESSORS_MOST 100000
#define MINUTES_MOST 5300000    /* ten years */

const char *const lanl_cause_names[LANL_CAUSES] = {
	"facilities", "hardware", "human", "network", "undetermined", "software",
};

const struct trace_info lanl_table[] = {
	{"lanl", "lanl-failures/LA-UR-05-7318-failure-data-1996-2005.csv.xz", "lanl",
         "23,739 failures of nodes of 23 systems of Los Alamos National Laboratory, 1996 to 2005 "
         "(LA-UR-05-7318)",
         "https://github.com/Derek-Jones/ESEUR-code-data", NULL},
	{NULL, NULL, NULL, NULL, NULL, NULL},
};

/* The columns that are read, by their places. */
enum column {
	SYSTEM = 0, NODES = 2, NODE_PROCESSORS = 4, NODE = 6, PRODUCTION = 8, DECOMMISSION = 9, CPU = 12,
	STARTED = 16, FIXED = 17, DOWN = 18, FIRST_CAUSE = 19
};

static struct text_field field(const struct text_lines *lines, uint32_t column)
{
	return column < lines->count ? lines->fields[column] : (struct text_field){"", 0};
}

/* A whole number from 0 to most; false: it is none. */
static bool whole(struct text_field f, double most, uint32_t *value)
{
	double x;
	if (!text_number(f, false, &x) || x < 0 || x > most)
		return false;
	*value = (uint32_t)x;
	return true;
}

/* Digits up to the next mark; moves on behind it. False: no digits, or more than four. */
static bool part(const char **p, const char *stop, char mark, int *value)
{
	const char *from = *p;
	for (*value = 0; *p < stop && **p >= '0' && **p <= '9' && *p - from < 4; (*p)++)
		*value = *value * 10 + **p - '0';
	if (*p == from)
		return false;
	if (!mark)
		return *p == stop;
	if (*p == stop || **p != mark)
		return false;
	(*p)++;
	return true;
}

static int full_year(int year)
{
	return year >= 100 ? year : year < 70 ? 2000 + year : 1900 + year;
}

/* Seconds since 1970 of a minute of the calendar that every reader knows. */
static bool moment(const int date[3], int hour, int minute, int64_t *at_s)
{
	char text[40];
	int64_t ns;
	if (date[0] > 12 || date[1] > 31 || hour > 23 || minute > 59)
		return false;
	int length = snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d", full_year(date[2]), date[0],
	                      date[1], hour, minute);
	if (!text_date((struct text_field){text, (uint32_t)length}, &ns))
		return false;
	*at_s = ns / NS_PER_S;
	return true;
}

/* "6/21/2005 10:54". */
static bool instant(struct text_field f, int64_t *at_s)
{
	const char *p = f.at, *stop = f.at + f.length;
	int date[3], hour, minute;
	return part(&p, stop, '/', &date[0]) && part(&p, stop, '/', &date[1]) &&
	       part(&p, stop, ' ', &date[2]) && part(&p, stop, ':', &hour) &&
	       part(&p, stop, '\0', &minute) && moment(date, hour, minute, at_s);
}

/* "5-Jun" is what a spreadsheet made of June 2005; "Jun-05" is the same. LANL_NEVER: anything else. */
static int64_t month(struct text_field f)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *p = f.at, *stop = f.at + f.length, *dash = memchr(p, '-', f.length);
	int date[3] = {0, 1, 0};
	int64_t at_s;
	if (!dash)
		return LANL_NEVER;
	bool year_first = *p >= '0' && *p <= '9';
	const char *word = year_first ? dash + 1 : p, *number = year_first ? p : dash + 1;
	const char *word_stop = year_first ? stop : dash, *number_stop = year_first ? dash : stop;
	for (int m = 0; word_stop - word == 3 && m < 12; m++)
		if (memcmp(word, names + 3 * m, 3) == 0)
			date[0] = m + 1;
	if (!date[0] || !part(&number, number_stop, '\0', &date[2]) || !moment(date, 0, 0, &at_s))
		return LANL_NEVER;
	return at_s;
}

/* The first column that blames something. */
static enum lanl_cause cause(const struct text_lines *lines)
{
	for (uint32_t c = 0; c < LANL_CAUSES; c++)
		if (field(lines, FIRST_CAUSE + c).length)
			return (enum lanl_cause)c;
	return LANL_UNDETERMINED;
}

static int64_t down_s(const struct text_lines *lines, int64_t at_s)
{
	int64_t fixed_s;
	uint32_t minutes;
	if (instant(field(lines, FIXED), &fixed_s) && fixed_s >= at_s)
		return fixed_s - at_s;
	return whole(field(lines, DOWN), MINUTES_MOST, &minutes) ? 60 * (int64_t)minutes : 0;
}

static bool record_read(const struct text_lines *lines, struct lanl *out, struct text_mistake *mistake)
{
	struct lanl_failure f = {.processors = 0};
	if (!whole(field(lines, SYSTEM), SYSTEM_MOST, &f.system))
		return text_wrong(mistake, lines->line, field(lines, SYSTEM), "is no number of a system");
	if (field(lines, NODE).length && !whole(field(lines, NODE), NODE_MOST, &f.node))
		return text_wrong(mistake, lines->line, field(lines, NODE), "is no number of a node");
	whole(field(lines, NODE_PROCESSORS), PROCESSORS_MOST, &f.processors);
	whole(field(lines, CPU), SYSTEM_MOST, &f.cpu);
	bool sized = whole(field(lines, NODES), NODE_MOST, &f.nodes) && f.nodes;
	if (!sized || !field(lines, NODE).length || !instant(field(lines, STARTED), &f.at_s)) {
		out->left_out++;
		return true;
	}
	f.down_s = down_s(lines, f.at_s);
	f.production_s = month(field(lines, PRODUCTION));
	f.decommission_s = month(field(lines, DECOMMISSION));
	f.cause = cause(lines);
	ARRAY_GROW(out->failures, out->count, out->room, "failures of a trace");
	out->failures[out->count++] = f;
	return true;
}

static int by_time(const void *a, const void *b)
{
	const struct lanl_failure *x = a, *y = b;
	if (x->system != y->system)
		return x->system < y->system ? -1 : 1;
	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	if (x->at_s != y->at_s)
		return x->at_s < y->at_s ? -1 : 1;
	return (x->down_s > y->down_s) - (x->down_s < y->down_s);
}

bool lanl_parse(const char *text, size_t size, struct lanl *out, struct text_mistake *mistake)
{
	struct text_lines lines = {.at = text, .stop = text + size, .separator = ','};
	uint32_t system;
	while (text_next(&lines)) {
		bool heading = !whole(field(&lines, SYSTEM), SYSTEM_MOST, &system) && !out->count &&
		               lines.line <= HEADINGS_MOST;
		if (!heading && !record_read(&lines, out, mistake))
			return false;
	}
	if (!out->count) {
		snprintf(mistake->text, sizeof mistake->text, "there are no failures");
		return false;
	}
	qsort(out->failures, out->count, sizeof *out->failures, by_time);
	return true;
}

struct lanl_reading {
	const char *path;
	struct lanl *out;
	struct place place;
	struct diag *diag;
	bool well;
};

static bool file_take(void *context, const struct archive_file *file)
{
	struct lanl_reading *r = context;
	struct text_mistake mistake = {0, ""};
	r->well = lanl_parse(file->data, file->size, r->out, &mistake);
	if (!r->well)
		diag_error(r->diag, r->place, "%s:%u: %s", r->path, mistake.line, mistake.text);
	return false;
}

bool lanl_read(const char *name, struct lanl *out, struct place place, struct diag *diag)
{
	char path[PATH_MAX];
	*out = (struct lanl){0};
	if (!trace_look(name, path, sizeof path, place, diag))
		return false;
	struct lanl_reading r = {path, out, place, diag, false};
	return archive_read(path, NULL, file_take, &r, place, diag) && r.well;
}

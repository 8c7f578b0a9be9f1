/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the file of fair-share measurements: columns by name, every mistake with its line. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/fairshare.h"
#include "scenarios/text.h"
#include "sim/fault.h"

#define MISSING UINT32_MAX

enum { CONFIG,
       CORES,
       GROUP,
       SHARES,
       NICE,
       QUOTA,
       QUOTA_PERIOD,
       DUTY_PERIOD,
       DUTY_WORK,
       ELAPSED,
       RECEIVED,
       IDEAL,
       NAME,
       CPU,
       WAIT,
       SLICES,
       COLUMNS };

/* The limits are those of what is described: of cgroup shares and nice levels, of cores that a quantum
 * scheduler can pin to, and an hour, which keeps a wrong file from taking a day. */
static const struct column {
	const char *name;
	bool required, may_be_empty, whole;
	double least, most;
} columns[COLUMNS] = {
	[CONFIG] = {.name = "config", .required = true},
	[CORES] = {"cpus", true, false, true, 1, 64},
	[GROUP] = {"group", true, false, true, 0, 1e6},
	[SHARES] = {"cpu_shares", true, false, false, 1, 262144},
	[NICE] = {"nice", true, true, true, -20, 19},
	[QUOTA] = {"quota_us", true, true, false, 0, 1e9},
	[QUOTA_PERIOD] = {"quota_period_us", true, true, false, 1000, 1e6},
	[DUTY_PERIOD] = {"duty_period_ms", true, true, false, 0, 1e6},
	[DUTY_WORK] = {"duty_work_ms", true, true, false, 0, 1e6},
	[ELAPSED] = {"elapsed_s", true, false, false, 0.001, 3600},
	[RECEIVED] = {"total_received_cpus", true, false, false, 0, 65},
	[IDEAL] = {"total_ideal_cpus", true, false, false, 0, 65},
	[NAME] = {.name = "name"},
	[CPU] = {"cpu_s", false, false, false, 0, 1e6},
	[WAIT] = {"runqueue_wait_s", false, false, false, 0, 1e6},
	[SLICES] = {"timeslices", false, false, false, 0, 1e9},
};

struct reader {
	struct fairshare *f;
	struct diag *diag;
	const char *path;
	struct text_lines lines;
	uint32_t at[COLUMNS];     /* which field; MISSING */
	struct text_field config; /* of the line before */
};

static struct place here(const struct reader *r)
{
	return (struct place){r->path, r->lines.line, 0};
}

static struct text_field field_of(const struct reader *r, uint32_t column)
{
	uint32_t at = r->at[column];
	return at < r->lines.count ? r->lines.fields[at] : (struct text_field){"", 0};
}

/* The number in a column; 0 where it may be and is empty. After a mistake, what does no harm. */
static double number(const struct reader *r, uint32_t column)
{
	const struct column *c = &columns[column];
	struct text_field field = field_of(r, column);
	double value = 0;
	if (field.length == 0 && c->may_be_empty)
		return 0;
	int shown = field.length > 40 ? 40 : (int)field.length;
	if (!text_number(field, false, &value)) {
		diag_error(r->diag, here(r), "%s: '%.*s' is not a number", c->name, shown, field.at);
		return c->least;
	}
	if (value >= c->least && value <= c->most && (!c->whole || value == floor(value)))
		return value;
	diag_error(r->diag, here(r), "%s: %.*s is not %s from %g to %g", c->name, shown, field.at,
	           c->whole ? "a whole number" : "a number", c->least, c->most);
	return c->least;
}

static bool header_read(struct reader *r)
{
	if (!text_next(&r->lines)) {
		diag_error(r->diag, (struct place){r->path, 1, 0},
		           "the file is empty; a line of column names is expected");
		return false;
	}
	for (uint32_t column = 0; column < COLUMNS; column++) {
		r->at[column] = MISSING;
		for (uint32_t i = 0; i < r->lines.count; i++)
			if (text_is(r->lines.fields[i], columns[column].name))
				r->at[column] = i;
		if (r->at[column] == MISSING && columns[column].required)
			diag_error(r->diag, here(r), "there is no column '%s'", columns[column].name);
	}
	bool some = r->at[CPU] != MISSING || r->at[WAIT] != MISSING || r->at[SLICES] != MISSING;
	r->f->has_outcomes = r->at[CPU] != MISSING && r->at[WAIT] != MISSING && r->at[SLICES] != MISSING;
	for (uint32_t column = CPU; some && column <= SLICES; column++)
		if (r->at[column] == MISSING)
			diag_error(r->diag, here(r),
			           "there is no column '%s'; the outcomes cpu_s, runqueue_wait_s and "
			                             "timeslices come together or not at all",
			           columns[column].name);
	return r->diag->errors == 0;
}

/* What must agree within a row, and with the rows of its configuration before it. */
static void check(const struct reader *r, const struct fairshare_config *config,
                  const struct fairshare_thread *t)
{
	if (t->quota_us > 0 && t->quota_period_us <= 0)
		diag_error(r->diag, here(r), "quota_us needs quota_period_us");
	if ((t->duty_period_ms > 0) != (t->duty_work_ms > 0))
		diag_error(r->diag, here(r), "duty_period_ms and duty_work_ms come together or not at all");
	if (t->duty_work_ms > t->duty_period_ms)
		diag_error(r->diag, here(r), "duty_work_ms is more than duty_period_ms");
	for (uint32_t i = config->first; i < r->f->thread_count; i++) {
		const struct fairshare_thread *other = &r->f->threads[i];
		if (other->group == t->group &&
		    (other->shares != t->shares || other->quota_us != t->quota_us ||
		                                 other->quota_period_us != t->quota_period_us)) {
			diag_error(r->diag, here(r),
			           "group %u has other shares or another quota than in a line before",
			           t->group);
			return;
		}
	}
}

static struct fairshare_config *config_of(struct reader *r)
{
	struct fairshare *f = r->f;
	struct text_field name = field_of(r, NAME), id = field_of(r, CONFIG);
	if (f->config_count && id.length == r->config.length && memcmp(id.at, r->config.at, id.length) == 0) {
		struct fairshare_config *same = &f->configs[f->config_count - 1];
		if (number(r, CORES) != same->cores || number(r, ELAPSED) != same->elapsed_s ||
		    number(r, RECEIVED) != same->received_cpus || number(r, IDEAL) != same->ideal_cpus)
			diag_error(r->diag, here(r),
			           "cpus, elapsed_s or a total differs from the configuration's line before");
		return same;
	}
	r->config = id;
	if (name.length == 0)
		name = id;
	ARRAY_GROW(f->configs, f->config_count, f->config_room, "configurations");
	struct fairshare_config *c = &f->configs[f->config_count++];
	*c = (struct fairshare_config){
		.first = f->thread_count,
		.line = r->lines.line,
		.cores = (uint32_t)number(r, CORES),
		.elapsed_s = number(r, ELAPSED),
		.received_cpus = number(r, RECEIVED),
		.ideal_cpus = number(r, IDEAL),
		.name = arena_string_n(&f->arena, name.at, name.length),
	};
	return c;
}

static void row_read(struct reader *r)
{
	struct fairshare *f = r->f;
	struct fairshare_config *config = config_of(r);
	struct fairshare_thread t = {
		.group = (uint32_t)number(r, GROUP),
		.shares = number(r, SHARES),
		.nice = (int32_t)number(r, NICE),
		.quota_us = number(r, QUOTA),
		.duty_period_ms = number(r, DUTY_PERIOD),
		.duty_work_ms = number(r, DUTY_WORK),
		.quota_period_us = number(r, QUOTA_PERIOD),
	};
	struct fairshare_outcome measured = {0};
	if (f->has_outcomes)
		measured = (struct fairshare_outcome){number(r, CPU), number(r, WAIT), number(r, SLICES)};
	check(r, config, &t);
	ARRAY_GROW(f->threads, f->thread_count, f->thread_room, "threads");
	ARRAY_GROW(f->measured, f->thread_count, f->measured_room, "measured threads");
	ARRAY_GROW(f->predicted, f->thread_count, f->predicted_room, "predicted threads");
	f->measured[f->thread_count] = measured;
	f->threads[f->thread_count++] = t;
	config->count++;
}

static char *file_text(const char *path, size_t *length, struct diag *diag)
{
	char *text = NULL;
	size_t room = 0;
	errno = 0;
	FILE *file = fopen(path, "r");
	ssize_t got = file ? getdelim(&text, &room, '\0', file) : -1;
	if (got < 0 && errno)
		diag_error(diag, (struct place){path, 0, 0}, "%s", strerror(errno));
	if (file)
		fclose(file);
	*length = got > 0 ? (size_t)got : 0;
	return text;
}

bool fairshare_read(struct fairshare *f, const char *path, struct diag *diag)
{
	size_t length;
	*f = (struct fairshare){0};
	arena_init(&f->arena);
	char *text = file_text(path, &length, diag);
	struct reader r = {.f = f, .diag = diag, .path = path};
	if (diag->errors == 0) {
		const char *begin = text && length ? text : "";
		r.lines = (struct text_lines){.at = begin, .stop = begin + length, .separator = ','};
		bool good = header_read(&r);
		while (good && text_next(&r.lines))
			row_read(&r);
		if (good && f->thread_count == 0)
			diag_error(diag, here(&r), "there are no rows behind the column names");
	}
	free(text);
	return diag->errors == 0;
}

void fairshare_free(struct fairshare *f)
{
	free(f->configs);
	free(f->threads);
	free(f->measured);
	free(f->predicted);
	arena_fini(&f->arena);
	*f = (struct fairshare){0};
}

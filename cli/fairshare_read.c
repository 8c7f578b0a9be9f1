/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the file of fair-share measurements: columns by name, every mistake with its line. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/columns.h"
#include "cli/fairshare.h"
#include "sim/fault.h"

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
       THREAD,
       COLUMNS };

/* The limits are those of what is described: of cgroup shares and nice levels, of cores that a quantum
 * scheduler can pin to, and an hour, which keeps a wrong file from taking a day. */
static const struct column columns[COLUMNS] = {
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
	[THREAD] = {"thread", false, false, true, 0, 1e6},
};

struct reader {
	struct fairshare *f;
	struct columns columns;
	struct text_field *configs;  /* as they are called in the file, one a configuration */
	double *numbers;             /* one a thread; NaN: there is no such column */
	uint32_t config_room, number_room;
};

static double number(const struct reader *r, uint32_t column)
{
	double value = columns_number(&r->columns, column);
	return isnan(value) ? 0 : value;
}

static bool outcomes_there(struct reader *r)
{
	const struct columns *c = &r->columns;
	uint32_t there = 0;
	for (uint32_t column = CPU; column <= SLICES; column++)
		there += columns_has(c, column);
	r->f->has_outcomes = there == SLICES - CPU + 1;
	for (uint32_t column = CPU; there && column <= SLICES; column++)
		if (!columns_has(c, column))
			diag_error(c->diag, columns_place(c),
			           "there is no column '%s'; the outcomes cpu_s, runqueue_wait_s and "
			           "timeslices come together or not at all", columns[column].name);
	return c->diag->errors == 0;
}

/* What must agree within a row, and with the rows of its configuration before it. */
static void check(const struct reader *r, const struct fairshare_config *config,
                  const struct fairshare_thread *t)
{
	const struct columns *c = &r->columns;
	if (t->quota_us > 0 && t->quota_period_us <= 0)
		diag_error(c->diag, columns_at(c, QUOTA), "quota_us needs quota_period_us");
	if ((t->duty_period_ms > 0) != (t->duty_work_ms > 0))
		diag_error(c->diag, columns_at(c, DUTY_PERIOD),
		           "duty_period_ms and duty_work_ms come together or not at all");
	if (t->duty_work_ms > t->duty_period_ms)
		diag_error(c->diag, columns_at(c, DUTY_WORK), "duty_work_ms is more than duty_period_ms");
	double own = r->numbers[r->f->thread_count];
	for (uint32_t i = config->first; i < r->f->thread_count; i++)
		if (r->numbers[i] == own)
			diag_error(c->diag, columns_at(c, THREAD), "a second row of thread %g of '%s'", own,
			           config->name);
	for (uint32_t i = config->first; i < r->f->thread_count; i++) {
		const struct fairshare_thread *other = &r->f->threads[i];
		if (other->group == t->group &&
		    (other->shares != t->shares || other->quota_us != t->quota_us ||
		                                 other->quota_period_us != t->quota_period_us)) {
			diag_error(c->diag, columns_at(c, GROUP),
			           "group %u has other shares or another quota than in a line before",
			           t->group);
			return;
		}
	}
}

static bool alike(struct text_field a, struct text_field b)
{
	return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

static struct fairshare_config *config_of(struct reader *r)
{
	struct fairshare *f = r->f;
	const struct columns *c = &r->columns;
	struct text_field name = columns_text(c, NAME), id = columns_text(c, CONFIG);
	if (f->config_count && alike(id, r->configs[f->config_count - 1])) {
		struct fairshare_config *same = &f->configs[f->config_count - 1];
		if (number(r, CORES) != same->cores || number(r, ELAPSED) != same->elapsed_s ||
		    number(r, RECEIVED) != same->received_cpus || number(r, IDEAL) != same->ideal_cpus)
			diag_error(c->diag, columns_place(c),
			           "cpus, elapsed_s or a total differs from the configuration's line before");
		return same;
	}
	for (uint32_t i = 0; i < f->config_count; i++)
		if (alike(id, r->configs[i]))
			diag_error(c->diag, columns_at(c, CONFIG),
			           "configuration '%s' comes once more, behind another", f->configs[i].name);
	if (name.length == 0)
		name = id;
	ARRAY_GROW(r->configs, f->config_count, r->config_room, "configurations");
	r->configs[f->config_count] = id;
	ARRAY_GROW(f->configs, f->config_count, f->config_room, "configurations");
	struct fairshare_config *config = &f->configs[f->config_count++];
	*config = (struct fairshare_config){
		.first = f->thread_count,
		.line = c->lines.line,
		.cores = (uint32_t)number(r, CORES),
		.elapsed_s = number(r, ELAPSED),
		.received_cpus = number(r, RECEIVED),
		.ideal_cpus = number(r, IDEAL),
		.name = arena_string_n(&f->arena, name.at, name.length),
	};
	return config;
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
	ARRAY_GROW(r->numbers, f->thread_count, r->number_room, "numbers of threads");
	r->numbers[f->thread_count] = columns_has(&r->columns, THREAD) ? columns_number(&r->columns, THREAD)
	                                                               : (double)NAN;
	check(r, config, &t);
	ARRAY_GROW(f->threads, f->thread_count, f->thread_room, "threads");
	ARRAY_GROW(f->measured, f->thread_count, f->measured_room, "measured threads");
	ARRAY_GROW(f->predicted, f->thread_count, f->predicted_room, "predicted threads");
	f->measured[f->thread_count] = measured;
	f->threads[f->thread_count++] = t;
	config->count++;
}

bool fairshare_read(struct fairshare *f, const char *path, struct diag *diag)
{
	*f = (struct fairshare){0};
	arena_init(&f->arena);
	struct reader r = {.f = f};
	if (columns_open(&r.columns, path, columns, COLUMNS, diag) && outcomes_there(&r)) {
		while (columns_next(&r.columns))
			row_read(&r);
		if (f->thread_count == 0)
			diag_error(diag, columns_place(&r.columns),
			           "there are no rows behind the column names");
	}
	columns_close(&r.columns);
	free(r.configs);
	free(r.numbers);
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

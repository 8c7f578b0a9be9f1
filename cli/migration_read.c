/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the file of measured migrations. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/columns.h"
#include "cli/migration.h"
#include "sim/fault.h"
#include "sim/memory.h"

#define MIB 1048576.0

enum { ACCEL,
       MODE,
       SWITCH,
       RAM,
       FILL,
       WS,
       PATTERN,
       RATE,
       RATE_BEFORE,
       WBYTES,
       BANDWIDTH,
       LINK,
       LIMIT,
       CAPS,
       CHANNEL,
       TIME_LIMIT,
       NAME,
       STATUS,
       TOTAL,
       DOWNTIME,
       BYTES,
       ROUNDS,
       COLUMNS };

/* The limits keep a wrong file from taking a day: 64 GiB, a million writes a second, an hour. */
static const struct column columns[COLUMNS] = {
	[ACCEL] = {"accel", true, false, false, 0, 0},
	[MODE] = {"mode", true, false, false, 0, 0},
	[SWITCH] = {"switch_rule", true, true, false, 0, 0},
	[RAM] = {"ram_mib", true, false, true, 8, 65536},
	[FILL] = {"fill_mib", true, false, true, 0, 65536},
	[WS] = {"ws_mib", true, false, true, 0, 65536},
	[PATTERN] = {"pattern", true, false, false, 0, 0},
	[RATE] = {"rate_req_pps", true, false, false, 0, 1e6},
	[RATE_BEFORE] = {"rate_before_pps", true, true, false, 0, 1e6},
	[WBYTES] = {"wbytes", true, true, true, 1, 4096},
	[BANDWIDTH] = {"bw_mib_s", true, false, false, 0.1, 1e6},
	[LINK] = {"link_mib_s", true, true, false, 0.1, 1e6},
	[LIMIT] = {"dlimit_ms", true, false, false, 0, 2e6},
	[CAPS] = {"caps", true, true, false, 0, 0},
	[CHANNEL] = {"channel", true, true, false, 0, 0},
	[TIME_LIMIT] = {"time_limit_s", true, true, false, 0, 3600},
	[NAME] = {.name = "run_id"},
	[STATUS] = {.name = "status"},
	[TOTAL] = {"event_total_ms", false, true, false, 0, 1e9},
	[DOWNTIME] = {"stop_resume_ms", false, true, false, 0, 1e9},
	[BYTES] = {"transferred_b", false, true, false, 0, 1e15},
	[ROUNDS] = {"dirty_sync_count", false, true, false, 0, 1e9},
};

static double or_else(double value, double otherwise)
{
	return isnan(value) ? otherwise : value;
}

/* What is joined by '+' or ' ' in the column of capabilities. */
static void read_caps(const struct columns *c, struct migration_run *run)
{
	struct text_field field = columns_text(c, CAPS);
	for (uint32_t from = 0, at = 0; at <= field.length; at++) {
		if (at < field.length && !strchr("+ ;", field.at[at]))
			continue;
		struct text_field cap = {field.at + from, at - from};
		from = at + 1;
		if (text_is(cap, "auto-converge"))
			run->auto_converge = true;
		else if (text_is(cap, "xbzrle"))
			run->xbzrle = true;
		else if (text_is(cap, "multifd"))
			run->multifd = true;
		else if (cap.length)
			diag_error(c->diag, columns_place(c),
			           "caps: '%.*s' is none of auto-converge, xbzrle, multifd, joined by '+'",
			           cap.length > 40 ? 40 : (int)cap.length, cap.at);
	}
}

static void read_switch(const struct columns *c, struct migration_run *run)
{
	struct text_field field = columns_text(c, SWITCH);
	if (field.length == 0 || text_is(field, "pass2"))
		return;
	if (text_is(field, "start"))
		run->at_start = true;
	else if (!text_number(field, false, &run->after_s) || run->after_s <= 0)
		diag_error(c->diag, columns_place(c),
		           "switch_rule: '%.*s' is none of start, pass2, a number of seconds",
		           field.length > 40 ? 40 : (int)field.length, field.at);
}

static void read_run(const struct columns *c, struct migration_run *run)
{
	static const char *const accels[] = {"kvm", "tcg"};
	double rate = columns_number(c, RATE);
	*run = (struct migration_run){
		.kvm = columns_choice(c, ACCEL, accels, 2) == 0,
		.mode = (enum qemu_mode)columns_choice(c, MODE, qemu_mode_names, QEMU_MODES),
		.ram_mib = columns_number(c, RAM),
		.fill_mib = columns_number(c, FILL),
		.ws_mib = columns_number(c, WS),
		.pattern = (enum dirty_pattern)columns_choice(c, PATTERN, dirty_pattern_names,
		                                              DIRTY_PATTERNS),
		/* What the guest's own counter saw before the migration, where it was read. */
		.rate_hz = or_else(columns_number(c, RATE_BEFORE), rate),
		.write_bytes = or_else(columns_number(c, WBYTES), 8),
		.bandwidth_Bps = columns_number(c, BANDWIDTH) * MIB,
		.link_Bps = or_else(columns_number(c, LINK), 0) * MIB,
		.downtime_limit_s = columns_number(c, LIMIT) / 1e3,
		.time_limit_s = or_else(columns_number(c, TIME_LIMIT), 0),
	};
	read_caps(c, run);
	read_switch(c, run);
	struct text_field name = columns_text(c, NAME);
	snprintf(run->name, sizeof run->name, "%.*s", name.length > 40 ? 40 : (int)name.length, name.at);
	if (run->fill_mib + 6 > run->ram_mib)
		diag_error(c->diag, columns_place(c), "fill_mib must leave 6 MiB of ram_mib");
}

static void read_outcome(const struct columns *c, struct migration_pair *pair)
{
	struct text_field status = columns_text(c, STATUS);
	pair->measured = (struct migration_result){
		.completed = text_is(status, "completed"),
		.total_s = columns_number(c, TOTAL) / 1e3,
		.downtime_s = columns_number(c, DOWNTIME) / 1e3,
		.bytes = columns_number(c, BYTES),
		.rounds = columns_number(c, ROUNDS),
		.throttle_01 = (double)NAN,
	};
	pair->left_out = text_is(status, "failed");
}

static bool check_outcomes(struct migration_runs *m, const struct columns *c)
{
	bool some = false, all = true;
	for (uint32_t k = STATUS; k <= ROUNDS; k++) {
		some |= columns_has(c, k);
		all &= columns_has(c, k);
	}
	for (uint32_t k = STATUS; some && k <= ROUNDS; k++)
		if (!columns_has(c, k))
			diag_error(c->diag, columns_place(c),
			           "there is no column '%s'; the outcomes status, event_total_ms, "
			           "stop_resume_ms, transferred_b and dirty_sync_count come together "
			           "or not at all",
			           columns[k].name);
	m->has_outcomes = all;
	return c->diag->errors == 0;
}

bool migration_runs_read(struct migration_runs *m, const char *path, struct diag *diag)
{
	struct columns c;
	*m = (struct migration_runs){0};
	bool good = columns_open(&c, path, columns, COLUMNS, diag) && check_outcomes(m, &c);
	while (good && columns_next(&c)) {
		ARRAY_GROW(m->runs, m->count, m->run_room, "migrations");
		ARRAY_GROW(m->pairs, m->count, m->pair_room, "migrations");
		m->pairs[m->count] = (struct migration_pair){0};
		read_run(&c, &m->runs[m->count]);
		if (m->has_outcomes)
			read_outcome(&c, &m->pairs[m->count]);
		m->count++;
	}
	if (good && m->count == 0)
		diag_error(diag, columns_place(&c), "there are no rows behind the column names");
	columns_close(&c);
	for (uint32_t i = 0; i < m->count; i++) {
		m->pairs[i].name = m->runs[i].name;
		m->pairs[i].strata = migration_strata_of(&m->runs[i]);
	}
	return diag->errors == 0;
}

void migration_runs_free(struct migration_runs *m)
{
	free(m->runs);
	free(m->pairs);
	*m = (struct migration_runs){0};
}

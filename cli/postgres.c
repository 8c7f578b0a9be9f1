/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the runs of the PostgreSQL guest, and predicts them. */
#include "cli/postgres.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/columns.h"
#include "sim/fault.h"
#include "sim/memory.h"
#include "sim/time.h"

#define GIB 1073741824.0
#define DEFAULT_BPS (128 * 1048576.0)  /* QEMU's max-bandwidth */

/* Where data lies, by QEMU's counters while the first pass went through memory in order: some low memory,
 * then free pages, then what the guest uses, then free pages, then the end. */
#define LOW_DATA 9000
#define FREE_1 735000
#define USED_DATA 425000
#define FREE_2 888000

/* What it writes: fitted by hand to how many pages were found dirty after passes of 0.4, 2.0 and 14.6 s
 * (5000, 19000, 68000) at 620 operations a second: hot pages (indexes, log, buffers) and a wide
 * rest (rows). */
#define OPERATIONS_HZ 620.0
#define HOT_PAGES 15000
#define HOT_HZ 9000.0
#define REST_PAGES 150000
#define REST_HZ 4500.0

/* A run that never converges is given up after ten minutes. */
#define TIME_LIMIT_NS (600 * NS_PER_S)
/* "At once" is a question every 0.2 s: all ten runs had sent three slices of 100 ms. */
#define ASKED_NS (250 * NS_PER_MS)

/* Another machine than measure/migration's, and bare metal: its costs, from the same counters: 8000 pages
 * while stopped in 12 ms, 116 000 pages placed in 0.2 s, 400 000 zero pages passed in less than 0.1 s and
 * placed in 0.2 s. */
static const struct qemu_costs costs = {
	.first_ns = 2000, .again_ns = 1500, .linked_ns = 1200, .stopped_ns = 1300, .placed_ns = 1750,
	.zero_ns = 200, .zero_placed_ns = 500, .sync_ns = 30000, .wake_ns = 100000, .stop_ns = 1000000,
	.resume_ns = 1000000, .discard_ns = 2000000, .ask_ns = 8000000,
};

enum { SCENARIO,
       RUN,
       KIND,
       DELAY,
       MEMORY,
       BEFORE,
       STATUS,
       DURATION,
       DOWNTIME,
       INTERRUPTION,
       SENT,
       SYNCS,
       THROTTLE,
       COLUMNS };

static const struct column columns[COLUMNS] = {
	[SCENARIO] = {.name = "scenario", .required = true},
	[RUN] = {.name = "run", .required = true},
	[KIND] = {.name = "kind", .required = true},
	[DELAY] = {"postcopy_delay_s", true, true, false, 0, 3600},
	[MEMORY] = {"guest_memory_gib", true, false, false, 8, 64},
	[BEFORE] = {"pre_throughput_ops_s", true, true, false, 0, 1e6},
	[STATUS] = {.name = "migration_status"},
	[DURATION] = {"migration_duration_qmp_s", false, true, false, 0, 1e6},
	[DOWNTIME] = {"migration_downtime_ms", false, true, false, 0, 1e9},
	[INTERRUPTION] = {"service_interruption_s", false, true, false, 0, 1e6},
	[SENT] = {"total_transferred_gib", false, true, false, 0, 1e6},
	[SYNCS] = {"dirty_sync_count", false, true, false, 0, 1e9},
	[THROTTLE] = {"max_cpu_throttle_pct", false, true, false, 0, 100},
};

static bool says(struct text_field field, const char *word)
{
	char text[MIGRATION_NAME];
	snprintf(text, sizeof text, "%.*s", field.length > 47 ? 47 : (int)field.length, field.at);
	return strcasestr(text, word) != NULL;
}

/* Restarts and runs without a migration are in the files too. */
static bool migrates(const struct columns *c)
{
	struct text_field kind = columns_text(c, KIND), name = columns_text(c, SCENARIO);
	return !says(kind, "baseline") && !says(kind, "restart") && !says(name, "restart");
}

/* The scenario's name says what was done; nothing else in the file does. */
static void read_method(const struct columns *c, struct postgres_run *run)
{
	struct text_field name = columns_text(c, SCENARIO);
	double delay_s = columns_number(c, DELAY);
	run->delay_s = isnan(delay_s) ? 0 : delay_s;
	run->auto_converge = says(name, "auto");
	run->mode = QEMU_PRECOPY;
	if (says(name, "stop") || says(name, "cold"))
		run->mode = QEMU_COLD;
	else if (run->delay_s > 0 || says(name, "hybrid") || says(name, "postcopy"))
		run->mode = QEMU_HYBRID;
}

static uint32_t scenario_of(struct postgres *p, const struct columns *c)
{
	struct text_field name = columns_text(c, SCENARIO);
	char text[MIGRATION_NAME];
	snprintf(text, sizeof text, "%.*s", name.length > 47 ? 47 : (int)name.length, name.at);
	for (uint32_t k = 1; k < p->name_count; k++)
		if (strcmp(p->names[k], text) == 0)
			return k;
	if (p->name_count > POSTGRES_SCENARIOS) {
		diag_error(c->diag, columns_place(c), "more than %d scenarios", POSTGRES_SCENARIOS);
		return 0;
	}
	memcpy(p->names[p->name_count], text, sizeof text);
	return p->name_count++;
}

/* The service's own interruption where it was noted: QEMU does not count a guest that was stopped before. */
static double downtime_s(const struct columns *c, enum qemu_mode mode)
{
	double by_qemu_ms = columns_number(c, DOWNTIME), by_service_s = columns_number(c, INTERRUPTION);
	return mode == QEMU_COLD && !isnan(by_service_s) ? by_service_s : by_qemu_ms / 1e3;
}

static void read_row(struct postgres *p, const struct columns *c)
{
	struct postgres_run run = {.scenario = scenario_of(p, c)};
	struct text_field number = columns_text(c, RUN);
	double before = columns_number(c, BEFORE);
	run.memory_gib = columns_number(c, MEMORY);
	run.operations_hz = isnan(before) ? OPERATIONS_HZ : before;
	read_method(c, &run);
	snprintf(run.name, sizeof run.name, "%.40s-%.*s", p->names[run.scenario],
	         number.length > 5 ? 5 : (int)number.length, number.at);
	struct migration_pair pair = {.strata = 1u | 1u << run.scenario};
	if (p->has_outcomes) {
		struct text_field status = columns_text(c, STATUS);
		pair.left_out = status.length == 0 || text_is(status, "failed");
		pair.measured = (struct migration_result){
			.completed = text_is(status, "completed"),
			.total_s = columns_number(c, DURATION),
			.bytes = columns_number(c, SENT) * GIB,
			.downtime_s = downtime_s(c, run.mode),
			.rounds = columns_number(c, SYNCS),
			.throttle_01 = columns_number(c, THROTTLE) / 100,
		};
	}
	ARRAY_GROW(p->runs, p->count, p->run_room, "runs");
	ARRAY_GROW(p->pairs, p->count, p->pair_room, "runs");
	p->runs[p->count] = run;
	p->pairs[p->count++] = pair;
}

bool postgres_read(struct postgres *p, const char *path, struct diag *diag)
{
	struct columns c;
	*p = (struct postgres){.name_count = 1, .names = {"all"}};
	bool good = columns_open(&c, path, columns, COLUMNS, diag);
	p->has_outcomes = good;
	for (uint32_t k = STATUS; good && k < COLUMNS; k++)
		p->has_outcomes &= columns_has(&c, k);
	while (good && columns_next(&c))
		if (migrates(&c))
			read_row(p, &c);
	if (good && p->count == 0)
		diag_error(diag, columns_place(&c), "there are no migrations behind the column names");
	columns_close(&c);
	for (uint32_t i = 0; i < p->count; i++)
		p->pairs[i].name = p->runs[i].name;
	return diag->errors == 0;
}

void postgres_free(struct postgres *p)
{
	free(p->runs);
	free(p->pairs);
	*p = (struct postgres){0};
}

static struct dirty dirty_of(const struct postgres_run *run)
{
	double times = run->operations_hz / OPERATIONS_HZ;
	int64_t first = LOW_DATA + FREE_1;
	/* A client waits for its answers: what the guest writes is in proportion to the CPU it gets. */
	return (struct dirty){
		.writer = {{first, HOT_PAGES, HOT_HZ * times, false},
	                   {first + HOT_PAGES, REST_PAGES, REST_HZ * times, false}},
		.count = 2,
	};
}

struct qemu_case postgres_case_of(const struct postgres_run *run)
{
	int64_t end = LOW_DATA + FREE_1 + USED_DATA + FREE_2;
	struct qemu_case c = {
		/* ram.total: video and firmware too. */
		.pages = (int64_t)(run->memory_gib * GIB / QEMU_PAGE) + 4352,
		.dirty = dirty_of(run),
		.rules = qemu_rules_default(run->mode),
		.costs = costs,
	};
	c.data[0] = (struct qemu_run){0, LOW_DATA};
	c.data[1] = (struct qemu_run){LOW_DATA + FREE_1, USED_DATA};
	c.data[2] = (struct qemu_run){end, c.pages - end};
	c.data_count = 3;
	c.rules.max_bandwidth_Bps = DEFAULT_BPS;
	c.rules.time_limit_ns = TIME_LIMIT_NS;
	c.rules.auto_converge = run->auto_converge;
	c.rules.switch_after_ns = (int64_t)(run->delay_s * 1e9) + ASKED_NS;
	return c;
}

/* Runs of a scenario differ little: one seed each. */
void postgres_predict(struct postgres *p)
{
	for (uint32_t i = 0; i < p->count; i++) {
		struct qemu_case c = postgres_case_of(&p->runs[i]);
		struct qemu_outcome out;
		qemu_migrate(&c, i + 1, &out);
		p->pairs[i].predicted = (struct migration_result){
			.completed = out.completed, .total_s = time_s(out.total_ns),
			.bytes = (double)out.sent_bytes, .rounds = out.syncs,
			.downtime_s = out.completed ? time_s(out.downtime_ns) : (double)NAN,
			.throttle_01 = (double)out.throttle_01c / 100,
		};
	}
}

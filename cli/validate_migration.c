/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against QEMU and KVM: total time, bytes, downtime, rounds and outcome of measured live migrations. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/migration.h"
#include "cli/table.h"
#include "cli/validate.h"
#include "sim/digest.h"
#include "sim/fault.h"

/* NaN: no aim. */
static const struct aim {
	enum migration_stratum stratum;
	double total_median;
} total_aims[] = {
	{MIGRATION_LINK, 0.008},
	{MIGRATION_THROTTLE, 0.015},
	{MIGRATION_HYBRID, 0.03},
};
#define TOTAL_P90 0.05
#define BYTES_MEDIAN 0.005
#define DOWNTIME_MS 4.0
#define ROUNDS_EXACT 0.8
#define OUTCOME 0.95

/* A fingerprint of every prediction: whoever removes the outcomes from a file must get the same. */
static void fingerprint(const struct migration_runs *m, char text[static 33])
{
	struct digest digest = {0};
	for (uint32_t i = 0; i < m->count; i++) {
		const struct migration_result *p = &m->pairs[i].predicted;
		const uint64_t words[5] = {
			i, p->completed, digest_of_double(p->total_s), digest_of_double(p->bytes),
			digest_of_double(p->rounds),
		};
		digest_add(&digest, DIGEST_VALUE, words);
	}
	digest_text(&digest, text);
}

static void print_json(const struct migration_runs *m)
{
	struct json j;
	char text[33];
	fingerprint(m, text);
	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "case", "migration");
	json_text(&j, "predictions_digest", text);
	if (m->has_outcomes)
		migration_json(&j, m->pairs, m->count, migration_stratum_names, MIGRATION_STRATA);
	migration_json_runs(&j, m->pairs, m->count, m->has_outcomes);
	json_close(&j);
}

static void heading(const void *context, uint32_t column, struct cell *cell)
{
	static const char *const names[] = {"run", "outcome", "total (s)", "bytes (MB)", "downtime (ms)",
	                                    "rounds"};
	(void)context;
	snprintf(cell->text, CELL_SIZE, "%s", names[column]);
}

static void prediction_cell(const void *context, uint64_t row, uint32_t column, struct cell *cell)
{
	const struct migration_pair *pair = (const struct migration_pair *)context + row;
	const struct migration_result *p = &pair->predicted;
	const double values[] = {p->total_s, p->bytes / 1e6, p->downtime_s * 1e3, p->rounds};
	cell->number = column > 1;
	if (column == 0)
		snprintf(cell->text, CELL_SIZE, "%s", pair->name);
	else if (column == 1)
		snprintf(cell->text, CELL_SIZE, "%s", p->completed ? "completed" : "cancelled");
	else if (isnan(values[column - 2]))
		snprintf(cell->text, CELL_SIZE, "-");
	else
		snprintf(cell->text, CELL_SIZE, column == 5 ? "%.0f" : "%.3f", values[column - 2]);
}

static void print_text(const struct migration_runs *m)
{
	struct table table = {.rows = m->count, .columns = 6, .context = m->pairs, .heading = heading,
	                      .cell = prediction_cell};
	if (m->has_outcomes)
		migration_table(m->pairs, m->count, migration_stratum_names, MIGRATION_STRATA, true);
	else
		table_print(&table, TABLE_ALIGNED, stdout);
}

static bool missed(const char *stratum, const char *figure, double value, double aim, bool at_least)
{
	if (isnan(value) || (at_least ? value >= aim : value <= aim))
		return false;
	fprintf(stderr, "vdcsim validate: migration, %s: %s is %.4g; the aim is %g\n", stratum,
	        figure, value, aim);
	return true;
}

static enum exit_status judge(const struct migration_runs *m)
{
	struct migration_errors all = migration_compare(m->pairs, m->count, MIGRATION_ALL, false);
	bool any = missed("all", "total_time_rel_err_p90", all.total_p90, TOTAL_P90, false);
	any |= missed("all", "bytes_rel_err_median", all.bytes_median, BYTES_MEDIAN, false);
	any |= missed("all", "downtime_abs_err_ms_median", all.downtime_ms_median, DOWNTIME_MS, false);
	any |= missed("all", "rounds_exact_fraction", all.rounds_exact, ROUNDS_EXACT, true);
	any |= missed("all", "outcome_balanced_accuracy", all.outcome, OUTCOME, true);
	for (size_t i = 0; i < sizeof total_aims / sizeof *total_aims; i++) {
		enum migration_stratum s = total_aims[i].stratum;
		struct migration_errors e = migration_compare(m->pairs, m->count, s, false);
		any |= missed(migration_stratum_names[s], "total_time_rel_err_median", e.total_median,
		              total_aims[i].total_median, false);
	}
	return any ? EXIT_COMPARISON : EXIT_DONE;
}

static void draw(const struct migration_runs *m, const char *folder)
{
	static const char *const names[3] = {"link", "throttle", "bare socket"};
	char path[PATH_MAX];
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		fault_surroundings("cannot make the folder %s: %s", folder, strerror(errno));
	snprintf(path, sizeof path, "%.3800s/migration.svg", folder);
	migration_draw(m->pairs, m->count, names, path);
}

static enum exit_status compare(const struct command *command, const struct validate_values *values,
                                struct migration_runs *m)
{
	if ((values->assert || values->plot) && !m->has_outcomes)
		return usage_error(command,
		                   "the file has no outcomes (status, event_total_ms, ...) for --%s",
		                   values->assert ? "assert" : "plot");
	migration_runs_predict(m);
	if (values->json)
		print_json(m);
	else
		print_text(m);
	if (values->plot)
		draw(m, values->plot);
	return values->assert ? judge(m) : EXIT_DONE;
}

static enum exit_status run_kind(const struct command *command, const struct validate_values *values,
                                 struct comparisons *out)
{
	struct migration_runs m;
	struct diag diag;
	enum exit_status status = EXIT_INPUT;
	(void)out;
	if (!values->file)
		return usage_error(command,
		                   "migration needs measurements: vdcsim validate migration FILE.csv");
	diag_init(&diag);
	if (migration_runs_read(&m, values->file, &diag))
		status = compare(command, values, &m);
	diag_print(&diag, stderr);
	migration_runs_free(&m);
	diag_fini(&diag);
	return status;
}

const struct validate_kind validate_migration = {
	.name = "migration",
	.summary = "live migrations of QEMU",
	.run = run_kind,
	.takes_file = true,
	.prints_itself = true,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against migrations of a PostgreSQL guest by QEMU that others measured. */
#include <math.h>
#include <stdio.h>

#include "cli/postgres.h"
#include "cli/validate.h"
#include "sim/fault.h"

#define TOTAL_MEDIAN 0.15        /* the aim */

static void print_json(const struct postgres *p, const char *const *names)
{
	struct json j;
	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "case", "qemu");
	if (p->has_outcomes)
		migration_json(&j, p->pairs, p->count, names, p->name_count);
	migration_json_runs(&j, p->pairs, p->count, p->has_outcomes);
	json_close(&j);
}

static void print_predictions(const struct postgres *p)
{
	for (uint32_t i = 0; i < p->count; i++) {
		const struct migration_result *r = &p->pairs[i].predicted;
		printf("%-28s %-9s %9.3f s %8.3f GB %9.1f ms\n", p->pairs[i].name,
		       r->completed ? "completed" : "cancelled", r->total_s, r->bytes / 1e9,
		       r->downtime_s * 1e3);
	}
}

static enum exit_status judge(const struct postgres *p)
{
	double error = migration_compare(p->pairs, p->count, 0, false).total_median;
	if (isnan(error) || error <= TOTAL_MEDIAN)
		return EXIT_DONE;
	fprintf(stderr, "vdcsim validate: qemu: total_time_rel_err_median is %.3f; the aim is %g\n", error,
	        TOTAL_MEDIAN);
	return EXIT_COMPARISON;
}

static enum exit_status run_kind(const struct command *command, const struct validate_values *values,
                                 struct comparisons *out)
{
	struct postgres p;
	struct diag diag;
	enum exit_status status = EXIT_INPUT;
	(void)out;
	if (!values->file)
		return usage_error(command, "qemu needs measurements: vdcsim validate qemu FILE.csv");
	diag_init(&diag);
	if (postgres_read(&p, values->file, &diag)) {
		const char *names[POSTGRES_SCENARIOS + 1];
		for (uint32_t k = 0; k < p.name_count; k++)
			names[k] = p.names[k];
		postgres_predict(&p);
		if (values->json)
			print_json(&p, names);
		else if (p.has_outcomes)
			migration_table(p.pairs, p.count, names, p.name_count, false);
		else
			print_predictions(&p);
		status = values->assert && p.has_outcomes ? judge(&p) : EXIT_DONE;
	}
	diag_print(&diag, stderr);
	postgres_free(&p);
	diag_fini(&diag);
	return status;
}

const struct validate_kind validate_qemu = {
	.name = "qemu",
	.summary = "a PostgreSQL guest moved by QEMU",
	.run = run_kind,
	.takes_file = true,
	.prints_itself = true,
};

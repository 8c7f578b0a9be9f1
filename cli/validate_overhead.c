/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against measured virtualization: slow-downs of mixes of operations, predicted from the single
 * operations. */
#include <stdio.h>
#include <string.h>

#include "cli/json.h"
#include "cli/overhead.h"
#include "cli/table.h"
#include "cli/validate.h"

#define AIM 0.1 /* of error_rel_median, over all environments but the native one */

static void errors_heading(const void *context, uint32_t column, struct cell *cell)
{
	static const char *const names[] = {"environment", "mixes", "error, median", "90th percentile",
		"largest"};
	(void)context;
	snprintf(cell->text, CELL_SIZE, "%s", names[column]);
}

static void errors_cell(const void *context, uint64_t row, uint32_t column, struct cell *cell)
{
	const struct overhead_file *f = context;
	const char *environment = overhead_environment(f, (uint32_t)row);
	struct overhead_errors e = overhead_compare(f, environment);
	cell->number = column > 0;
	if (column == 0)
		snprintf(cell->text, CELL_SIZE, "%.60s", environment ? environment : "all but native");
	else if (column == 1)
		snprintf(cell->text, CELL_SIZE, "%u", e.mixes);
	else
		snprintf(cell->text, CELL_SIZE, "%.1f %%",
		         100 * (column == 2 ? e.median : column == 3 ? e.p90 : e.largest));
}

static void mixes_heading(const void *context, uint32_t column, struct cell *cell)
{
	static const char *const names[] = {"environment", "mix", "predicted", "measured", "error"};
	(void)context;
	snprintf(cell->text, CELL_SIZE, "%s", names[column]);
}

static void mixes_cell(const void *context, uint64_t row, uint32_t column, struct cell *cell)
{
	const struct overhead_prediction *p = &((const struct overhead_file *)context)->predictions[row];
	cell->number = column > 1;
	if (column == 0)
		snprintf(cell->text, CELL_SIZE, "%.60s", p->row->environment);
	else if (column == 1)
		snprintf(cell->text, CELL_SIZE, "%.60s", p->row->operation);
	else if (column == 4)
		snprintf(cell->text, CELL_SIZE, "%.1f %%", 100 * p->error_rel);
	else
		snprintf(cell->text, CELL_SIZE, "%.4g%s", column == 2 ? p->predicted : p->measured,
		         strcmp(p->row->environment, "native") == 0 ? " ns" : "x");
}

static uint32_t environments(const struct overhead_file *f)
{
	uint32_t n = 0;
	while (overhead_environment(f, n))
		n++;
	return n;
}

static void print_text(const struct overhead_file *f)
{
	struct table mixes = {.rows = f->prediction_count, .columns = 5, .context = f,
		.heading = mixes_heading, .cell = mixes_cell};
	struct table errors = {.rows = environments(f) + 1, .columns = 5, .context = f,
	                       .heading = errors_heading, .cell = errors_cell};
	table_print(&mixes, TABLE_ALIGNED, stdout);
	printf("\n");
	table_print(&errors, TABLE_ALIGNED, stdout);
	if (f->left_out)
		printf("left out: %u mixes of which an operation was not measured, there or natively\n",
			f->left_out);
}

static void json_errors(struct json *j, const struct overhead_errors *e)
{
	json_count(j, "mixes", e->mixes);
	json_real(j, "error_rel_median", e->median);
	json_real(j, "error_rel_p90", e->p90);
	json_real(j, "error_rel_max", e->largest);
}

static void print_json(const struct overhead_file *f)
{
	struct json j;
	const char *name;
	struct overhead_errors all = overhead_compare(f, NULL);
	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "case", "overhead");
	json_errors(&j, &all);
	json_count(&j, "left_out", f->left_out);
	json_object(&j, "environments");
	for (uint32_t k = 0; (name = overhead_environment(f, k)); k++) {
		struct overhead_errors e = overhead_compare(f, name);
		json_object(&j, name);
		json_errors(&j, &e);
		json_close(&j);
	}
	json_close(&j);
	json_list(&j, "mixes_predicted");
	for (uint32_t i = 0; i < f->prediction_count; i++) {
		const struct overhead_prediction *p = &f->predictions[i];
		json_object(&j, NULL);
		json_text(&j, "environment", p->row->environment);
		json_text(&j, "mix", p->row->operation);
		json_real(&j, "predicted", p->predicted);
		json_real(&j, "measured", p->measured);
		json_real(&j, "error_rel", p->error_rel);
		json_close(&j);
	}
	json_close(&j);
	json_close(&j);
}

static enum exit_status run_kind(const struct command *command, const struct validate_values *values,
                                 struct comparisons *out)
{
	struct overhead_file f;
	struct diag diag;
	enum exit_status status = EXIT_INPUT;
	(void)out;
	if (!values->file)
		return usage_error(command,
			"overhead needs the file of measurements: vdcsim validate overhead FILE.csv");
	diag_init(&diag);
	if (overhead_read(&f, values->file, &diag)) {
		overhead_predict(&f);
		if (values->json)
			print_json(&f);
		else
			print_text(&f);
		double median = overhead_compare(&f, NULL).median;
		status = EXIT_DONE;
		if (values->assert && median > AIM) {
			fprintf(stderr, "vdcsim validate: overhead: error_rel_median is %.3f; the aim is "
				"%g\n", median, AIM);
			status = EXIT_COMPARISON;
		}
	}
	diag_print(&diag, stderr);
	overhead_free(&f);
	diag_fini(&diag);
	return status;
}

const struct validate_kind validate_overhead = {
	.name = "overhead", .summary = "slow-downs of mixes of operations under KVM and QEMU's translator",
	.run = run_kind, .takes_file = true, .prints_itself = true,
};

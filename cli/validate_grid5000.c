/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against a thousand migrations on Grid'5000: durations and makespans of plans. */
#include <math.h>
#include <stdio.h>

#include "cli/grid5000.h"
#include "cli/json.h"
#include "cli/validate.h"

/* The aims. */
#define DURATION_MEAN 0.035
#define MAKESPAN_MEAN 0.008

static void print_json(const struct grid5000 *g, const struct grid5000_errors *e)
{
	struct json j;
	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "case", "grid5000");
	json_real(&j, "duration_rel_err_mean", g->has_outcomes ? e->duration_mean : (double)NAN);
	json_real(&j, "makespan_rel_err_mean", g->has_outcomes ? e->makespan_mean : (double)NAN);
	json_count(&j, "migrations", g->count);
	json_count(&j, "executions", g->executions);
	json_list(&j, "predicted_end_s");
	for (uint32_t i = 0; i < g->count; i++)
		json_real(&j, NULL, g->predicted_end_s[i]);
	json_close(&j);
	json_close(&j);
}

static void print_text(const struct grid5000 *g, const struct grid5000_errors *e)
{
	if (!g->has_outcomes) {
		for (uint32_t i = 0; i < g->count; i++)
			printf("%u %.2f\n", g->moves[i].execution, g->predicted_end_s[i]);
		return;
	}
	printf("%u migrations in %u executions\n", g->count, g->executions);
	printf("duration, mean error  %.2f %%  (aim %.2f %%)\n", 100 * e->duration_mean, 100 * DURATION_MEAN);
	printf("makespan, mean error  %.2f %%  (aim %.2f %%)\n", 100 * e->makespan_mean, 100 * MAKESPAN_MEAN);
}

static enum exit_status judge(const struct grid5000_errors *e)
{
	if (e->duration_mean <= DURATION_MEAN && e->makespan_mean <= MAKESPAN_MEAN)
		return EXIT_DONE;
	fprintf(stderr, "vdcsim validate: grid5000: duration_rel_err_mean is %.4f (aim %g), "
	                "makespan_rel_err_mean %.4f (aim %g)\n",
	        e->duration_mean, DURATION_MEAN, e->makespan_mean, MAKESPAN_MEAN);
	return EXIT_COMPARISON;
}

static enum exit_status run_kind(const struct command *command, const struct validate_values *values,
                                 struct comparisons *out)
{
	struct grid5000 g;
	struct diag diag;
	enum exit_status status = EXIT_INPUT;
	(void)out;
	if (!values->file)
		return usage_error(command, "grid5000 needs measurements: vdcsim validate grid5000 FILE.csv");
	diag_init(&diag);
	if (grid5000_read(&g, values->file, &diag)) {
		grid5000_predict_all(&g);
		struct grid5000_errors e = grid5000_compare(&g);
		if (values->json)
			print_json(&g, &e);
		else
			print_text(&g, &e);
		status = values->assert && g.has_outcomes ? judge(&e) : EXIT_DONE;
	}
	diag_print(&diag, stderr);
	grid5000_free(&g);
	diag_fini(&diag);
	return status;
}

const struct validate_kind validate_grid5000 = {
	.name = "grid5000",
	.summary = "concurrent migrations on Grid'5000",
	.run = run_kind,
	.takes_file = true,
	.prints_itself = true,
};

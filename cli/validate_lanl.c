/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against nine years of failures at Los Alamos: laws fitted on some systems, tried on the others. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/json.h"
#include "cli/lanl.h"
#include "cli/validate.h"

/* The aim: yearly failures of held systems. */
#define YEARLY 0.20

static const char *const sides[] = {"fitted", "held"};

static enum law_kind best_law(const struct lanl_study *s)
{
	enum law_kind best = LAW_EXPONENTIAL;
	for (unsigned k = LAW_EXPONENTIAL; k < LAWS; k++)
		best = s->likelihood[0][k] > s->likelihood[0][best] ? (enum law_kind)k : best;
	return best;
}

static void json_laws(struct json *j, const struct lanl_study *s)
{
	json_object(j, "laws");
	for (unsigned k = LAW_EXPONENTIAL; k < LAWS; k++) {
		json_object(j, law_names[k]);
		json_real(j, "mean", s->laws[k].mean_s);
		if (law_shaped((enum law_kind)k))
			json_real(j, "shape", s->laws[k].shape);
		json_real(j, "fitted_log_likelihood_per_failure", s->likelihood[0][k]);
		json_real(j, "held_log_likelihood_per_failure", s->likelihood[1][k]);
		json_close(j);
	}
	json_close(j);
}

static void json_systems(struct json *j, const struct lanl_study *s)
{
	json_list(j, "systems");
	for (uint32_t i = 0; i < s->system_count; i++) {
		const struct lanl_system *system = &s->systems[i];
		double years = system->years > 0 ? system->years : (double)NAN;
		json_object(j, NULL);
		json_count(j, "system", system->number);
		json_text(j, "side", sides[system->held]);
		json_count(j, "cpu_type", s->kinds[system->kind].cpu);
		json_count(j, "processors_per_node", system->processors);
		json_bool(j, "kind_was_fitted", system->known);
		json_count(j, "nodes", system->nodes);
		json_real(j, "years", system->years);
		json_real(j, "failures_per_year", system->failures / years);
		json_real(j, "predicted_per_year", system->expected / years);
		json_close(j);
	}
	json_close(j);
}

static void print_json(const struct lanl_study *s, const struct lanl_errors *e)
{
	struct json j;
	enum law_kind best = best_law(s);
	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "case", "lanl");
	json_text(&j, "split", "even systems are fitted, odd ones held");
	json_count(&j, "fitted_failures", s->failures[0]);
	json_count(&j, "held_failures", s->failures[1]);
	json_text(&j, "law", law_names[best]);
	json_real(&j, "held_log_likelihood_gain_per_failure",
	          s->likelihood[1][best] - s->likelihood[1][LAW_EXPONENTIAL]);
	json_real(&j, "yearly_rel_err", e->total);
	json_real(&j, "yearly_rel_err_of_known_kinds", e->known_total);
	json_real(&j, "yearly_rel_err_median_of_systems", e->median);
	json_real(&j, "yearly_rel_err_mean_of_systems", e->mean);
	json_count(&j, "held_systems", e->systems);
	json_count(&j, "held_systems_within_aim", e->within);
	json_real(&j, "young_factor", s->young);
	json_real(&j, "young_years", s->young_years);
	json_laws(&j, s);
	json_systems(&j, s);
	json_close(&j);
}

static void print_text(const struct lanl_study *s, const struct lanl_errors *e)
{
	enum law_kind best = best_law(s);
	printf("even systems are fitted (%u failures), odd ones held (%u)\n", s->failures[0],
	       s->failures[1]);
	printf("rate = lambda(kind) processors (1 + %.2f exp(-age/%.2f years))\n\n", s->young,
	       s->young_years);
	puts("gaps         shape   log-likelihood a failure: fitted   held");
	for (unsigned k = LAW_EXPONENTIAL; k < LAWS; k++)
		printf("%-11s  %5.3f  %32.4f  %7.4f\n", law_names[k], s->laws[k].shape, s->likelihood[0][k],
		       s->likelihood[1][k]);
	printf("%s against exponential, held  %+.4f\n\n", law_names[best],
	       s->likelihood[1][best] - s->likelihood[1][LAW_EXPONENTIAL]);
	puts("system  side    cpu  processors  nodes  years  failures/year  predicted   error");
	for (uint32_t i = 0; i < s->system_count; i++) {
		const struct lanl_system *x = &s->systems[i];
		const struct lanl_kind *kind = &s->kinds[x->kind];
		double years = x->years > 0 ? x->years : (double)NAN;
		printf("%6u  %-6s  %3u  %10u  %5u  %5.2f  %13.1f  %9.1f  %5.0f %%%s\n", x->number,
		       sides[x->held], kind->cpu, x->processors, x->nodes, x->years, x->failures / years,
		       x->expected / years, 100 * (x->expected / x->failures - 1),
		       x->known ? "" : "  kind not fitted");
	}
	printf("\nyearly failures of held systems together  %.1f %%  (aim %.0f %%)\n", 100 * e->total,
	       100 * YEARLY);
	printf("of those whose kind was fitted             %.1f %%\n", 100 * e->known_total);
	printf("one by one: median %.1f %%, mean %.1f %%, %u of %u within the aim\n", 100 * e->median,
	       100 * e->mean, e->within, e->systems);
}

static enum exit_status judge(const struct lanl_study *s, const struct lanl_errors *e)
{
	double gain = s->likelihood[1][best_law(s)] - s->likelihood[1][LAW_EXPONENTIAL];
	if (gain > 0 && e->total <= YEARLY)
		return EXIT_DONE;
	fprintf(stderr,
	        "vdcsim validate: lanl: the held systems' log-likelihood a failure is %+.4f against the "
	        "exponential (aim above 0), their yearly failures are off by %.3f (aim %g)\n",
	        gain, e->total, YEARLY);
	return EXIT_COMPARISON;
}

/* Told here with its place, as other files of measurements are. */
static bool is_empty(const char *path, struct diag *diag)
{
	struct stat at;
	if (!path || stat(path, &at) != 0 || !S_ISREG(at.st_mode) || at.st_size > 0)
		return false;
	diag_error(diag, (struct place){path, 1, 1}, "the file is empty; records of failures are expected");
	return true;
}

static enum exit_status run_kind(const struct command *command, const struct validate_values *values,
                                 struct comparisons *out)
{
	struct lanl all = {0};
	struct diag diag;
	enum exit_status status = EXIT_INPUT;
	(void)out;
	(void)command;
	diag_init(&diag);
	if (!is_empty(values->file, &diag) &&
	    lanl_read(values->file ? values->file : "lanl", &all, (struct place){"command line", 0, 0},
	              &diag)) {
		struct lanl_study s;
		if (lanl_study(&s, &all)) {
			struct lanl_errors e = lanl_compare(&s, YEARLY);
			if (values->json)
				print_json(&s, &e);
			else
				print_text(&s, &e);
			status = values->assert ? judge(&s, &e) : EXIT_DONE;
		} else {
			diag_error(&diag, (struct place){"command line", 0, 0},
			           "the records have no failures of systems with even and with odd "
			           "numbers");
		}
		lanl_study_free(&s);
	}
	if (status == EXIT_INPUT && diag.errors == 0)
		diag_error(&diag, (struct place){values->file ? values->file : "lanl", 0, 0},
		           "there are no records of failures in it");
	free(all.failures);
	diag_print(&diag, stderr);
	diag_fini(&diag);
	return status;
}

const struct validate_kind validate_lanl = {
	.name = "lanl",
	.summary = "failures of Los Alamos' clusters",
	.run = run_kind,
	.takes_file = true,
	.prints_itself = true,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against the Linux kernel: shares, waits and time slices of threads measured by measure/fairshare. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/plot.h"
#include "cli/fairshare.h"
#include "cli/json.h"
#include "cli/table.h"
#include "cli/validate.h"
#include "sim/digest.h"

/* Figures in the order of aims[]. */
enum { SHARE_MEAN,
       SHARE_MAX,
       WAIT_MEAN,
       SLICES_MEDIAN,
       FIGURES };

static const struct quality {
	const char *name, *heading;
	double aim;
} figures[FIGURES] = {
	[SHARE_MEAN] = {"share_abs_err_mean", "share, mean (CPUs)", 0.0015},
	[SHARE_MAX] = {"share_abs_err_max", "largest", 0.015},
	[WAIT_MEAN] = {"wait_abs_err_mean", "wait, mean (of time)", 0.015},
	[SLICES_MEDIAN] = {"timeslices_rel_err_median", "time slices, median", 0.2},
};

static double figure_of(const struct fairshare_errors *e, uint32_t figure)
{
	const double values[FIGURES] = {e->share_mean, e->share_max, e->wait_mean, e->slices_median};
	return values[figure];
}

/* A fingerprint of every prediction: whoever removes the outcomes from a file must get the same. */
static void fingerprint(const struct fairshare *f, char text[static 33])
{
	struct digest digest = {0};
	for (uint32_t i = 0; i < f->thread_count; i++) {
		const struct fairshare_outcome *p = &f->predicted[i];
		const uint64_t words[5] = {digest_of_string("fairshare"), i, digest_of_double(p->cpu_s),
		                           digest_of_double(p->wait_s), digest_of_double(p->slices)};
		digest_add(&digest, DIGEST_VALUE, words);
	}
	digest_text(&digest, text);
}

static void json_errors(struct json *j, const struct fairshare_errors *e)
{
	json_count(j, "configurations", e->configs);
	json_count(j, "groups", e->groups);
	json_count(j, "threads", e->threads);
	json_count(j, "threads_with_duty_or_cap", e->waiters);
	for (uint32_t k = 0; k < FIGURES; k++)
		json_real(j, figures[k].name, figure_of(e, k));
}

static void json_threads(struct json *j, const struct fairshare *f)
{
	json_list(j, "threads");
	for (uint32_t k = 0; k < f->config_count; k++) {
		const struct fairshare_config *c = &f->configs[k];
		for (uint32_t i = c->first; i < c->first + c->count; i++) {
			json_object(j, NULL);
			json_text(j, "configuration", c->name);
			json_count(j, "group", f->threads[i].group);
			json_real(j, "predicted_share_cpus", f->predicted[i].cpu_s / c->elapsed_s);
			json_real(j, "predicted_wait_01", f->predicted[i].wait_s / c->elapsed_s);
			json_real(j, "predicted_timeslices", f->predicted[i].slices);
			if (f->has_outcomes) {
				json_real(j, "measured_share_cpus", f->measured[i].cpu_s / c->elapsed_s);
				json_real(j, "measured_wait_01", f->measured[i].wait_s / c->elapsed_s);
				json_real(j, "measured_timeslices", f->measured[i].slices);
			}
			json_close(j);
		}
	}
	json_close(j);
}

static void print_json(const struct fairshare *f,
                       const struct fairshare_errors errors[static FAIRSHARE_STRATA])
{
	struct json j;
	char text[33];
	fingerprint(f, text);
	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "case", "fairshare");
	for (uint32_t k = 0; k < FIGURES; k++)
		json_real(&j, figures[k].name,
		          f->has_outcomes ? figure_of(&errors[FAIRSHARE_ALL], k) : (double)NAN);
	json_text(&j, "predictions_digest", text);
	if (f->has_outcomes) {
		json_object(&j, "strata");
		for (uint32_t s = 0; s < FAIRSHARE_STRATA; s++) {
			json_object(&j, fairshare_stratum_names[s]);
			json_errors(&j, &errors[s]);
			json_close(&j);
		}
		json_close(&j);
	}
	json_threads(&j, f);
	json_close(&j);
}

static void heading(const void *context, uint32_t column, struct cell *cell)
{
	(void)context;
	const char *name = column == 0 ? "configurations" : column == 1 ? "" : figures[column - 2].heading;
	snprintf(cell->text, CELL_SIZE, "%s", name);
}

/* A row a stratum, then the aims. */
static void error_cell(const void *context, uint64_t row, uint32_t column, struct cell *cell)
{
	const struct fairshare_errors *errors = context;
	cell->number = column > 0;
	bool aims = row == FAIRSHARE_STRATA;
	if (column == 0)
		snprintf(cell->text, CELL_SIZE, "%s", aims ? "aim" : fairshare_stratum_names[row]);
	else if (column == 1)
		snprintf(cell->text, CELL_SIZE, aims ? "%s" : "%.0s%u", "", aims ? 0 : errors[row].configs);
	else
		snprintf(cell->text, CELL_SIZE, "%.4f",
		         aims ? figures[column - 2].aim : figure_of(&errors[row], column - 2));
	if (strcmp(cell->text, "nan") == 0)
		snprintf(cell->text, CELL_SIZE, "-");
}

static void prediction_heading(const void *context, uint32_t column, struct cell *cell)
{
	static const char *const names[] = {"configuration", "group", "share (CPUs)", "wait (of time)",
	                                    "time slices"};
	(void)context;
	snprintf(cell->text, CELL_SIZE, "%s", names[column]);
}

static void prediction_cell(const void *context, uint64_t row, uint32_t column, struct cell *cell)
{
	const struct fairshare *f = context;
	const struct fairshare_config *c = f->configs;
	const struct fairshare_outcome *p = &f->predicted[row];
	while (row >= (uint64_t)c->first + c->count)
		c++;
	cell->number = column > 0;
	if (column == 0)
		snprintf(cell->text, CELL_SIZE, "%.100s", c->name);
	else if (column == 1)
		snprintf(cell->text, CELL_SIZE, "%u", f->threads[row].group);
	else if (column == 4)
		snprintf(cell->text, CELL_SIZE, "%.0f", p->slices);
	else
		snprintf(cell->text, CELL_SIZE, "%.4f", (column == 2 ? p->cpu_s : p->wait_s) / c->elapsed_s);
}

static void print_text(const struct fairshare *f,
                       const struct fairshare_errors errors[static FAIRSHARE_STRATA])
{
	struct table table = {.rows = FAIRSHARE_STRATA + 1, .columns = 2 + FIGURES, .context = errors,
	                      .heading = heading, .cell = error_cell};
	if (!f->has_outcomes)
		table = (struct table){.rows = f->thread_count, .columns = 5, .context = f,
		                       .heading = prediction_heading, .cell = prediction_cell};
	table_print(&table, TABLE_ALIGNED, stdout);
}

/* Measured against predicted: on the diagonal they agree. */
static void draw(const struct fairshare *f, const char *folder)
{
	char path[PATH_MAX];
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		fault_surroundings("cannot make the folder %s: %s", folder, strerror(errno));
	snprintf(path, sizeof path, "%.3800s/fairshare.svg", folder);
	FILE *out = popen("gnuplot --default-settings -", "w");
	if (!out)
		fault_surroundings("gnuplot cannot be run: %s", strerror(errno));
	fputs("set terminal svg size 1000,500 dynamic enhanced font 'sans,18' background '#ffffff'\n"
	      "set output ", out);
	plot_quoted(out, path);
	fputs("\nset encoding utf8\nset border 3 lw 0.8 lc rgb '#404040'\nset tics nomirror out scale 0.6\n"
	      "set grid lt 1 lw 0.5 lc rgb '#e4e4e4'\n$data << EOD\n",
	      out);
	for (uint32_t k = 0; k < f->config_count; k++) {
		const struct fairshare_config *c = &f->configs[k];
		for (uint32_t i = c->first; i < c->first + c->count; i++)
			fprintf(out, "%u %.9g %.9g %.9g %.9g\n", c->cores,
			        f->measured[i].cpu_s / c->elapsed_s,
			        f->predicted[i].cpu_s / c->elapsed_s, f->measured[i].wait_s / c->elapsed_s,
			        f->predicted[i].wait_s / c->elapsed_s);
	}
	fputs("EOD\nset multiplot layout 1,2\nset size ratio -1\nset xrange [0:1.02]\nset yrange [0:1.02]\n"
	      "set key top left Left reverse samplen 1 nobox\n",
	      out);
	for (uint32_t k = 0; k < 2; k++)
		fprintf(out, "set xlabel 'measured %s'\nset ylabel 'predicted'\n"
		             "plot x with lines lw 0.8 lc rgb '#808080' notitle, "
		             "$data using ($1==1?$%u:1/0):%u with points pt 7 ps 0.5 lc rgb '%s' "
		        "title '1 core', "
		             "'' using ($1>1?$%u:1/0):%u with points pt 4 ps 0.6 lc rgb '%s' "
		        "title '2 cores'\n",
		        k ? "wait (of the time)" : "share (CPUs)", 2 + 2 * k, 3 + 2 * k, PLOT_BLUE, 2 + 2 * k,
		        3 + 2 * k, PLOT_VERMILION);
	fputs("unset multiplot\nunset output\n", out);
	int status = pclose(out);
	if (status != 0)
		fault_surroundings("gnuplot failed with status %d (Debian: apt-get install gnuplot-nox)",
		                   status >> 8);
	fprintf(stderr, "drew %s\n", path);
}

static enum exit_status judge(const struct fairshare_errors *all)
{
	enum exit_status status = EXIT_DONE;
	for (uint32_t k = 0; k < FIGURES; k++) {
		if (figure_of(all, k) <= figures[k].aim)
			continue;
		fprintf(stderr, "vdcsim validate: fairshare: %s is %.5f; the aim is %g\n", figures[k].name,
		        figure_of(all, k), figures[k].aim);
		status = EXIT_COMPARISON;
	}
	return status;
}

static enum exit_status compare(const struct command *command, const struct validate_values *values,
                                struct fairshare *f)
{
	struct fairshare_errors errors[FAIRSHARE_STRATA];
	for (uint32_t k = 0; k < f->config_count; k++) {
		const struct fairshare_config *c = &f->configs[k];
		fairshare_predict(c, &f->threads[c->first], &f->predicted[c->first]);
	}
	if ((values->assert || values->plot) && !f->has_outcomes)
		return usage_error(command,
		                   "the file has no outcomes (cpu_s, runqueue_wait_s, timeslices) for --%s",
		                   values->assert ? "assert" : "plot");
	for (uint32_t s = 0; s < FAIRSHARE_STRATA; s++)
		errors[s] = fairshare_compare(f, (enum fairshare_stratum)s);
	if (values->json)
		print_json(f, errors);
	else
		print_text(f, errors);
	if (values->plot)
		draw(f, values->plot);
	return values->assert ? judge(&errors[FAIRSHARE_ALL]) : EXIT_DONE;
}

static enum exit_status run_kind(const struct command *command, const struct validate_values *values,
                                 struct comparisons *out)
{
	struct fairshare f;
	struct diag diag;
	enum exit_status status = EXIT_INPUT;
	(void)out;
	if (!values->file)
		return usage_error(command,
		                   "fairshare needs measurements: vdcsim validate fairshare FILE.csv");
	diag_init(&diag);
	if (fairshare_read(&f, values->file, &diag))
		status = compare(command, values, &f);
	diag_print(&diag, stderr);
	fairshare_free(&f);
	diag_fini(&diag);
	return status;
}

const struct validate_kind validate_fairshare = {
	.name = "fairshare",
	.summary = "CPU shares, waits and time slices under Linux",
	.run = run_kind,
	.takes_file = true,
	.prints_itself = true,
};

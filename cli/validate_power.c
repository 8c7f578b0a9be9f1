/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against the measured power of SURF's cluster Lisa: instant by instant, and as energy. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/plot.h"
#include "cli/json.h"
#include "cli/lisa.h"
#include "cli/validate.h"
#include "sim/digest.h"
#include "sim/fault.h"
#include "sim/time.h"

/* The aims. */
#define MAPE 0.02
#define ENERGY 0.005

/* A fingerprint of every prediction: whoever removes the outcomes from a file must get the same. */
static void fingerprint(const struct lisa *l, char text[static 33])
{
	struct digest digest = {0};
	for (uint32_t i = 0; i < l->count; i++) {
		const uint64_t words[5] = {digest_of_string("power"), i, (uint64_t)l->at_ns[i],
		                           digest_of_double(lisa_predicted_w(l, i))};
		digest_add(&digest, DIGEST_VALUE, words);
	}
	digest_text(&digest, text);
}

static void json_constants(struct json *j, const struct cluster_power *p)
{
	json_object(j, "constants");
	json_count(j, "hosts", p->hosts);
	json_real(j, "idle_w", p->idle_w);
	json_real(j, "first_core_w", p->first_w);
	json_real(j, "core_w", p->core_w);
	json_real(j, "waiting_w", p->waiting_w);
	json_real(j, "cores_most", p->cores);
	json_real(j, "moves_most", p->moves);
	json_real(j, "reading_s", time_s(p->reading_ns));
	json_real(j, "lag_s", time_s(p->lag_ns));
	json_close(j);
}

static void json_errors(struct json *j, const struct lisa_errors *e)
{
	json_real(j, "power_mape", e->mape);
	json_real(j, "energy_rel_err", fabs(e->energy_rel));
	json_real(j, "energy_rel_err_signed", e->energy_rel);
	json_real(j, "energy_predicted_j", e->predicted_j);
	json_real(j, "energy_measured_j", e->measured_j);
}

static void json_fit(struct json *j, const struct lisa_fit *fit)
{
	json_object(j, "fit");
	json_constants(j, &fit->power);
	json_errors(j, &fit->inside);
	json_list(j, "days_from_the_others");
	for (uint32_t k = 0; k < fit->day_count; k++) {
		json_object(j, NULL);
		json_count(j, "day", fit->day[k]);
		json_errors(j, &fit->days[k]);
		json_close(j);
	}
	json_close(j);
	json_close(j);
}

static void print_json(const struct lisa *l, const struct lisa_fit *fit)
{
	struct json j;
	char text[33];
	struct lisa_errors e = lisa_compare(l);
	fingerprint(l, text);
	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "case", "power");
	json_errors(&j, &e);
	json_text(&j, "predictions_digest", text);
	json_count(&j, "measurements", l->count);
	json_count(&j, "jobs", l->jobs);
	json_constants(&j, l->power);
	if (fit)
		json_fit(&j, fit);
	json_list(&j, "predicted_w");
	for (uint32_t i = 0; i < l->count; i++)
		json_real(&j, NULL, lisa_predicted_w(l, i));
	json_close(&j);
	json_close(&j);
}

static void print_fit(const struct lisa_fit *fit)
{
	const struct cluster_power *p = &fit->power;
	printf("\nfitted on these measurements: idle %.2f W, first core %.1f W, core %.1f W, "
	       "waiting %.1f W\n",
	       p->idle_w, p->first_w, p->core_w, p->waiting_w);
	printf("power, mean error  %.2f %%; energy  %+.2f %%\n", 100 * fit->inside.mape,
	       100 * fit->inside.energy_rel);
	for (uint32_t k = 0; k < fit->day_count; k++)
		printf("day %u, fitted on the others: power %.2f %%, energy %+.2f %%\n", fit->day[k],
		       100 * fit->days[k].mape, 100 * fit->days[k].energy_rel);
}

static void print_text(const struct lisa *l, const struct lisa_fit *fit)
{
	if (!l->has_outcomes) {
		for (uint32_t i = 0; i < l->count; i++)
			printf("%.3f %.0f\n", time_s(l->at_ns[i]), lisa_predicted_w(l, i));
		return;
	}
	struct lisa_errors e = lisa_compare(l);
	printf("%u measurements, %u jobs\n", l->count, l->jobs);
	printf("power, mean error  %.2f %%  (aim %.2f %%)\n", 100 * e.mape, 100 * MAPE);
	printf("energy             %+.2f %%  (aim %.2f %%)\n", 100 * e.energy_rel, 100 * ENERGY);
	if (fit)
		print_fit(fit);
}

static FILE *gnuplot_open(const char *folder, char path[static PATH_MAX])
{
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		fault_surroundings("cannot make the folder %s: %s", folder, strerror(errno));
	snprintf(path, PATH_MAX, "%.3800s/power.svg", folder);
	FILE *out = popen("gnuplot --default-settings -", "w");
	if (!out)
		fault_surroundings("gnuplot cannot be run: %s", strerror(errno));
	return out;
}

/* Are both the same at the next instant? */
static bool stays(const struct lisa *l, uint32_t i)
{
	return l->measured_w[i] == l->measured_w[i + 1] &&
	       lisa_predicted_w(l, i) == lisa_predicted_w(l, i + 1);
}

/* Both over time, and below them how far they are apart. */
static void draw(const struct lisa *l, const char *folder)
{
	char path[PATH_MAX];
	FILE *out = gnuplot_open(folder, path);
	fputs("set terminal svg size 1000,600 dynamic enhanced font 'sans,18' background '#ffffff'\n"
	      "set output ", out);
	plot_quoted(out, path);
	fputs("\nset encoding utf8\nset border 3 lw 0.8 lc rgb '#404040'\nset tics nomirror out scale 0.6\n"
	      "set grid lt 1 lw 0.5 lc rgb '#e4e4e4'\n$data << EOD\n", out);
	for (uint32_t i = 0; i < l->count; i++)
		if (i == 0 || i + 1 == l->count || !stays(l, i - 1) || !stays(l, i))
			fprintf(out, "%.7g %.5g %.5g\n", time_s(l->at_ns[i]) / 86400, l->measured_w[i] / 1e3,
			        lisa_predicted_w(l, i) / 1e3);
	fprintf(out,
	        "EOD\nset multiplot\nset lmargin at screen 0.09\nset rmargin at screen 0.98\n"
	        "set xrange [%.9g:%.9g]\nset xtics 0.5\nset format x ''\n"
	        "set tmargin at screen 0.97\nset bmargin at screen 0.40\n"
	        "set ylabel 'power (kW)'\nset yrange [0:*]\n"
	        "set key bottom right horizontal nobox samplen 1.5\n"
	        "plot $data using 1:2 with lines lw 1.2 lc rgb '" PLOT_BLUE "' title 'measured', "
	        "'' using 1:3 with lines lw 1.0 lc rgb '" PLOT_VERMILION "' title 'predicted'\n",
	        floor(time_s(l->at_ns[0]) / 86400), ceil(time_s(l->at_ns[l->count - 1]) / 86400));
	fputs("set tmargin at screen 0.36\nset bmargin at screen 0.17\nset format x '%g'\n"
	      "set xlabel 'time (days)'\nset ylabel 'error (%)'\nset yrange [-10:10]\nset ytics 5\n"
	      "unset key\n"
	      "plot 0 with lines lw 0.8 lc rgb '#808080', $data using 1:(100*($3/$2-1)) with lines lw 0.8 "
	      "lc rgb '" PLOT_VERMILION "'\nunset multiplot\nunset output\n", out);
	int status = pclose(out);
	if (status != 0)
		fault_surroundings("gnuplot failed with status %d (Debian: apt-get install gnuplot-nox)",
		                   status >> 8);
	fprintf(stderr, "drew %s\n", path);
}

static enum exit_status judge(const struct lisa *l)
{
	struct lisa_errors e = lisa_compare(l);
	if (e.mape <= MAPE && fabs(e.energy_rel) <= ENERGY)
		return EXIT_DONE;
	fprintf(stderr, "vdcsim validate: power: power_mape is %.4f (aim %g), energy_rel_err %.4f (aim %g)\n",
	        e.mape, MAPE, fabs(e.energy_rel), ENERGY);
	return EXIT_COMPARISON;
}

static enum exit_status compare(const struct command *command, const struct validate_values *values,
                                const struct lisa *l)
{
	struct lisa_fit fit;
	if ((values->assert || values->plot || values->fit) && !l->has_outcomes)
		return usage_error(command, "the file has no power_w for --%s",
		                   values->assert ? "assert" : values->plot ? "plot" : "fit");
	if (values->fit && !lisa_fit(l, &fit))
		return usage_error(command, "the file's measurements do not tell the constants apart");
	if (values->json)
		print_json(l, values->fit ? &fit : NULL);
	else
		print_text(l, values->fit ? &fit : NULL);
	if (values->plot)
		draw(l, values->plot);
	return values->assert ? judge(l) : EXIT_DONE;
}

static enum exit_status run_kind(const struct command *command, const struct validate_values *values,
                                 struct comparisons *out)
{
	struct lisa l;
	struct diag diag;
	enum exit_status status = EXIT_INPUT;
	(void)out;
	if (!values->file || !values->second_file)
		return usage_error(command, "power needs a folder of jobs and the measured power: "
		                            "vdcsim validate power DIR POWER.csv");
	diag_init(&diag);
	if (lisa_read(&l, values->file, values->second_file, &diag))
		status = compare(command, values, &l);
	diag_print(&diag, stderr);
	lisa_free(&l);
	diag_fini(&diag);
	return status;
}

const struct validate_kind validate_power = {
	.name = "power",
	.summary = "the power of a cluster by the minute, from its jobs",
	.run = run_kind,
	.takes_file = true,
	.takes_second = true,
	.prints_itself = true,
};

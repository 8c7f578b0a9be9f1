/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plots: every plot in every format is drawn; what is missing is told. */
#include "analysis/plot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/time.h"
#include "tests/analysis/fixture.h"
#include "tests/test.h"

struct drawn {
	struct fixture fixture;
	struct results *results;
	char folder[64], file[80];
};

static void drawn_open(struct drawn *d, bool series)
{
	const char *why = NULL;
	snprintf(d->folder, sizeof d->folder, "/tmp/vdcsim-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(d->folder));
	snprintf(d->file, sizeof d->file, "%s/run.h5", d->folder);
	fixture_open(&d->fixture, 3);
	fixture_schedule(&d->fixture);
	fixture_run(&d->fixture, &(struct record_options){
		.hosts = series, .sites = true, .vms = true, .events = true, .interval_ns = 300 * NS_PER_S});
	struct results_input in = fixture_input(&d->fixture);
	results_write(d->file, &in);
	d->results = results_open(d->file, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d->results);
}

static void drawn_close(struct drawn *d)
{
	results_close(d->results);
	fixture_close(&d->fixture);
	unlink(d->file);
	CU_ASSERT_EQUAL(rmdir(d->folder), 0); /* empty: nothing unfinished was left */
}

static bool gnuplot_absent(void)
{
	if (system("gnuplot --version >/dev/null 2>&1") == 0)
		return false;
	test_skip("gnuplot");
	return true;
}

/* The first bytes tell a format. Removes the file. */
static bool starts_with(const struct drawn *d, const char *name, const char *format, const char *magic)
{
	char path[160], bytes[8] = "";
	snprintf(path, sizeof path, "%s/%s.%s", d->folder, name, format);
	FILE *file = fopen(path, "rb");
	if (!file)
		return false;
	size_t got = fread(bytes, 1, sizeof bytes, file);
	fseek(file, 0, SEEK_END);
	long size = ftell(file);
	fclose(file);
	unlink(path);
	return got == sizeof bytes && size > 2000 && memcmp(bytes, magic, strlen(magic)) == 0;
}

static void every_plot(void)
{
	static const char *const magic[PLOT_FORMATS] = {"<?xml", "\x89PNG", "%PDF"};
	struct drawn d = {0};
	if (gnuplot_absent())
		return;
	drawn_open(&d, true);
	for (unsigned format = 0; format < PLOT_FORMATS; format++) {
		const char *why = "unset";
		unsigned plots = 0;
		unsigned count = plot_draw(d.results, NULL, 0, (enum plot_format)format, d.folder, &why);
		for (const struct plot *p = plot_table; p->name; p++) {
			if (fixture_lacks(p->name))
				continue;
			plots++;
			CU_ASSERT(starts_with(&d, p->name, plot_format_names[format], magic[format]));
		}
		CU_ASSERT_EQUAL(count, plots);
		CU_ASSERT_PTR_NULL(why);
	}
	drawn_close(&d);
}

static void overlaid(void)
{
	struct drawn d = {0};
	const char *why = NULL;
	unsigned plots = 0;
	if (gnuplot_absent())
		return;
	drawn_open(&d, true);
	const struct plot_input inputs[] = {{d.results, "first_one"}, {d.results, "it's 'another'"}};
	struct plot_job job = {.inputs = inputs, .input_count = 2, .format = PLOT_SVG, .folder = d.folder};
	unsigned count = plot_job_draw(&job, &why);
	for (const struct plot *p = plot_table; p->name; p++) {
		plots += p->overlay != NULL;
		CU_ASSERT_EQUAL(starts_with(&d, p->name, "svg", "<?xml"), p->overlay != NULL);
	}
	CU_ASSERT(plots >= 5);
	CU_ASSERT_EQUAL(count, plots);
	CU_ASSERT_PTR_NULL(why);
	const struct plot *energy = plot_find("energy");
	job.plots = &energy;
	job.plot_count = 1;
	CU_ASSERT_EQUAL(plot_job_draw(&job, &why), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(why);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "one file at a time"));
	drawn_close(&d);
}

/* What a plot hands to gnuplot. The caller frees it. */
static char *commands_of(const struct drawn *d, const char *name)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	CU_ASSERT(plot_find(name)->draw(file, d->results));
	fclose(file);
	return text;
}

static void lives_counted(void)
{
	struct drawn d = {0};
	drawn_open(&d, true);
	char *population = commands_of(&d, "population"), *life = commands_of(&d, "lifecycle");
	/* Six of the seven guests run the whole two hours, one waits. */
	CU_ASSERT_PTR_NOT_NULL(strstr(population, "\n0 6 1\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(population, "\n120 6 1\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(life, "$waits0 << EOD\nNaN NaN NaN\n7 0 120\nEOD"));
	CU_ASSERT_PTR_NOT_NULL(strstr(life, "$moves << EOD\nNaN NaN\n2 3\nEOD"));
	free(population);
	free(life);
	drawn_close(&d);
}

static void energy_summed(void)
{
	struct drawn d = {0};
	drawn_open(&d, true);
	char *energy = commands_of(&d, "energy");
	/* Hosts 0, 2, 4 are of the first group: 1 + 3 + 5 kWh, of which 3 x 90 W x 2 h is idling. */
	CU_ASSERT_PTR_NOT_NULL(strstr(energy, "2 0.54 9\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(energy, "1 0.36 6\n"));
	free(energy);
	drawn_close(&d);
}

/* The last line of a datablock: what is reached at the run's end. */
static unsigned last_line(const char *text, const char *block, double numbers[static 11])
{
	const char *at = strstr(text, block), *end = at ? strstr(at, "\nEOD") : NULL;
	unsigned count = 0;
	if (!end)
		return 0;
	for (at = end; at[-1] != '\n';)
		at--;
	for (char *next; count < 11 && at < end; at = next, count++)
		numbers[count] = strtod(at, &next);
	return count;
}

static void cost_summed(void)
{
	struct drawn d = {0};
	struct results_series power;
	double last[11], energy = 0;
	drawn_open(&d, true);
	char *cost = commands_of(&d, "cost");
	CU_ASSERT_FATAL(results_series(d.results, "series/sites/power_w", &power));
	for (uint64_t t = 0; t < power.times; t++)
		energy += (double)power.values[2 * t] * 0.25 + (double)power.values[2 * t + 1] * 0.125 * 1.5;
	energy *= 300 / 3.6e6; /* W times intervals of 300 s: kWh */
	/* time; an hour of energy, + hardware, + space ...; spent, likewise */
	CU_ASSERT_EQUAL_FATAL(last_line(cost, "$cost0 << EOD\n", last), 11);
	CU_ASSERT_DOUBLE_EQUAL(last[0], 120, 0);
	CU_ASSERT_DOUBLE_EQUAL(last[6], energy, 1e-6 * energy);
	/* 3 hosts x 4380 / 4 years of 8760 h: 0.375 an hour; 2 of them in the north at 73 / 730 h */
	CU_ASSERT_DOUBLE_EQUAL(last[2] - last[1], 0.375, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(last[7] - last[6], d.fixture.summary.cost_hardware, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(last[3] - last[2], 0.2, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(last[8] - last[7], 0.4, 1e-6);
	/* Nothing is paid for people and licences: no area, no name in the key. */
	CU_ASSERT_DOUBLE_EQUAL(last[10], last[8], 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(cost, "title 'space'"));
	CU_ASSERT_PTR_NULL(strstr(cost, "title 'licences'"));
	free(cost);
	drawn_close(&d);
}

static void shares_full(void)
{
	struct drawn d = {0};
	double use, share, before = 0;
	drawn_open(&d, true);
	char *distribution = commands_of(&d, "distribution"), *duration = commands_of(&d, "duration");
	const char *at = strstr(distribution, "$ecdf0 << EOD\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	at = strchr(at, '\n') + 1;
	for (; sscanf(at, "%lf %lf", &use, &share) == 2; at = strchr(at, '\n') + 1) {
		CU_ASSERT(share >= before - 1e-3 && share <= 100 + 1e-3);
		before = share;
	}
	CU_ASSERT_DOUBLE_EQUAL(before, 100, 0);
	at = strstr(duration, "$power0 << EOD\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	at = strchr(at, '\n') + 1;
	for (before = 1e300; sscanf(at, "%lf %lf", &share, &use) == 2; at = strchr(at, '\n') + 1) {
		CU_ASSERT(use <= before);
		before = use;
	}
	CU_ASSERT_DOUBLE_EQUAL(share, 100, 0);
	free(distribution);
	free(duration);
	drawn_close(&d);
}

static void missing_series(void)
{
	struct drawn d = {0};
	const char *why = NULL;
	const struct plot *heat = plot_find("utilisation");
	drawn_open(&d, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(heat);
	CU_ASSERT_EQUAL(plot_draw(d.results, &heat, 1, PLOT_SVG, d.folder, &why), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(why);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "needs series of hosts"));
	drawn_close(&d);
}

static void missing_folder(void)
{
	struct drawn d = {0};
	const char *why = NULL;
	drawn_open(&d, true);
	CU_ASSERT_EQUAL(plot_draw(d.results, NULL, 0, PLOT_SVG, "/nowhere", &why), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(why);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "cannot write into '/nowhere'"));
	drawn_close(&d);
}

/* Draws with another program in place of gnuplot: the first found on PATH. */
static void gnuplot_replaced(const char *script, const char *expected)
{
	struct drawn d = {0};
	char program[96], *path = memory_string(getenv("PATH"));
	const char *why = NULL;
	drawn_open(&d, true);
	snprintf(program, sizeof program, "%s/gnuplot", d.folder);
	if (script) {
		FILE *file = fopen(program, "w");
		CU_ASSERT_PTR_NOT_NULL_FATAL(file);
		fputs(script, file);
		fclose(file);
		chmod(program, 0755);
	}
	setenv("PATH", d.folder, 1);
	CU_ASSERT_EQUAL(plot_draw(d.results, NULL, 0, PLOT_PNG, d.folder, &why), 0);
	setenv("PATH", path, 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(why);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, expected));
	unlink(program);
	free(path);
	drawn_close(&d);
}

static void absent_gnuplot(void)
{
	gnuplot_replaced(NULL, "gnuplot cannot be run: No such file or directory");
}

static void failing_gnuplot(void)
{
	gnuplot_replaced("#!/bin/sh\necho 'no such  terminal' >&2\nexit 1\n",
	                 "gnuplot failed with status 1: no such terminal");
}

static void quoted_folder(void)
{
	struct drawn d = {0};
	char folder[160], file[180];
	const char *why = NULL;
	if (gnuplot_absent())
		return;
	drawn_open(&d, true);
	snprintf(folder, sizeof folder, "%s/it's a \"folder\"", d.folder);
	CU_ASSERT_EQUAL(mkdir(folder, 0755), 0);
	const struct plot *cpu = plot_find("cpu");
	CU_ASSERT_EQUAL(plot_draw(d.results, &cpu, 1, PLOT_SVG, folder, &why), 1);
	snprintf(file, sizeof file, "%s/cpu.svg", folder);
	CU_ASSERT_EQUAL(unlink(file), 0);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
	drawn_close(&d);
}

static void every_caption(void)
{
	for (const struct plot *p = plot_table; p->name; p++) {
		CU_ASSERT(strlen(p->caption) > 100);
		CU_ASSERT_PTR_EQUAL(plot_find(p->name), p);
	}
	CU_ASSERT_PTR_NULL(plot_find("nonsense"));
}

static const struct test tests[] = {
	{"every plot is drawn in every format", every_plot},
	{"several files are overlaid where that says something", overlaid},
	{"population and lives count running and waiting guests, and migrations", lives_counted},
	{"energy of a group is its hosts', and idling is a part of it", energy_summed},
	{"cost is energy at each site's price, and what time costs on top of it", cost_summed},
	{"a distribution rises to 100 %, a duration curve falls", shares_full},
	{"a plot without its series says which it needs", missing_series},
	{"a folder that is not there is told", missing_folder},
	{"gnuplot's absence is told", absent_gnuplot},
	{"gnuplot's failure is told in its own words", failing_gnuplot},
	{"a folder's name may hold quotes and blanks", quoted_folder},
	{"every plot has a caption and is found by its name", every_caption},
};
SUITE(analysis_plot, tests)

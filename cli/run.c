/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim run: one scenario, one process, one results file. */
#include "scenarios/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/figures.h"
#include "cli/progress.h"
#include "cli/results_save.h"
#include "scenarios/scenario_read.h"

struct run_values {
	struct words sets;
	const char *output;
	struct option_count seed;
	struct option_time until;
	bool json;
	double begun_s;                 /* wall */
};

static double wall_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* -o with the scenario's own name, or with that of a trace, is a slip of the hand: only what may be an old
 * result is replaced, or an empty file (mktemp makes them). */
static bool may_be_replaced(const char *path)
{
	static const char mark[8] = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
	char begin[sizeof mark];
	FILE *file = fopen(path, "rb");
	if (!file)
		return true; /* not there, or not ours to read: writing will tell */
	size_t size = fread(begin, 1, sizeof begin, file);
	fclose(file);
	return size == 0 || (size == sizeof mark && memcmp(begin, mark, sizeof mark) == 0);
}

/* A day's work should not end with "no such folder": that is found out before it begins. And a result takes
 * its place by a rename, which would put a file where /dev/null was. False after a message. */
static bool output_check(const struct command *command, const char *path)
{
	struct stat at;
	if (!*path) {
		usage_error(command, "-o needs the name of a file");
		return false;
	}
	if (stat(path, &at) == 0 && !S_ISREG(at.st_mode))
		fault_surroundings("cannot write %s: it is %s", path,
		                   S_ISDIR(at.st_mode) ? "a folder" : "no ordinary file");
	char *folder = memory_string(path);
	char *slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = '\0';
	if (access(slash ? folder : ".", W_OK | X_OK) != 0)
		fault_surroundings("cannot write %s: %s", path, strerror(errno));
	free(folder);
	if (may_be_replaced(path))
		return true;
	usage_error(command, "%s is there and is no results file: it is not overwritten", path);
	return false;
}

static void summary_tell(const struct run *run, const struct run_values *values,
                         const struct provenance *provenance)
{
	const struct scenario *s = run->scenario;
	if (values->json) {
		struct json j;
		json_begin(&j, stdout);
		json_object(&j, NULL);
		json_text(&j, "scenario", s->name);
		json_count(&j, "seed", s->seed);
		json_bool(&j, "generated", run->generated);
		json_text(&j, "file", values->output);
		figures_json(&j, &run->summary, provenance);
		json_close(&j);
	} else {
		printf("%s, seed %llu%s\n\n", s->name, (unsigned long long)s->seed,
		       run->generated ? ", generated demand in place of a trace that is not here" : "");
		figures_print(&run->summary, provenance, stdout);
	}
	fflush(stdout); /* where both go to one place, what comes now is last; main() tells a failure */
	if (values->output)
		fprintf(stderr, "wrote %s\n", values->output);
	else
		fputs("nothing is kept but this summary; -o FILE keeps the results\n", stderr);
}

static enum exit_status run_scenario(const struct scenario *scenario, const struct run_values *values,
                                     struct diag *diag)
{
	struct run run = {0};
	struct progress progress;
	if (!run_open(&run, scenario, diag)) {
		diag_print(diag, stderr);
		run_close(&run);
		return EXIT_INPUT;
	}
	diag_print(diag, stderr); /* warnings */
	progress_begin(&progress, scenario->name);
	run_go(&run, progress_step, &progress);
	progress_end(&progress);
	struct provenance provenance;
	provenance_of(&provenance, wall_s() - values->begun_s);
	provenance.load_s = run.load_s;
	provenance.simulate_s = run.run_s;
	if (values->output)
		results_save(&run, values->output, &provenance);
	summary_tell(&run, values, &provenance);
	run_close(&run);
	return EXIT_DONE;
}

static enum exit_status read_and_run(const struct command *command, void *given, const struct words *words)
{
	const struct run_values *values = given;
	enum exit_status status = EXIT_INPUT;
	struct diag diag;
	diag_init(&diag);
	struct scenario *scenario = scenario_read(words->items[0], &(struct scenario_options){
		.overrides = values->sets.items, .override_count = values->sets.count,
		.has_seed = values->seed.given, .seed = values->seed.value,
		.has_until = values->until.given, .until_ns = values->until.value_ns,
		.supervise = true}, &diag);
	if (!scenario)
		diag_print(&diag, stderr);
	else if (!values->output || output_check(command, values->output))
		status = run_scenario(scenario, values, &diag);
	scenario_free(scenario);
	diag_fini(&diag);
	return status;
}

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	struct run_values values = {.begun_s = wall_s()};
	enum exit_status status = options_go(command, argc, argv, &values, read_and_run);
	words_free(&values.sets);
	return status;
}

static const struct option options[] = {
	{"output", 'o', OPTION_TEXT, offsetof(struct run_values, output), "FILE",
	 "keep the results (HDF5) in FILE", NULL, 0},
	{"set", 0, OPTION_LIST, offsetof(struct run_values, sets), "KEY=VALUE",
	 "override a key of the scenario; may be repeated", NULL, 0},
	{"seed", 0, OPTION_COUNT, offsetof(struct run_values, seed), "N", "the seed of all chance", NULL, 0},
	{"until", 0, OPTION_TIME, offsetof(struct run_values, until), "TIME", "end the run early: 2h, 90s",
	 NULL, 0},
	{"json", 0, OPTION_FLAG, offsetof(struct run_values, json), NULL, "print the summary as JSON", NULL,
	 0},
	{0},
};

const struct command command_run = {
	.name = "run",
	.arguments = "SCENARIO [-o FILE] [--set KEY=VALUE]... [--seed N] [--until TIME]",
	.summary = "Run a scenario, print its summary and keep its results",
	.help = "The same scenario, overrides and seed give the same results, bit for bit, on any machine.\n"
	        "Without -o only the summary is printed. Lists are counted from 0: --set hosts.0.count=400.",
	.options = options,
	.least_words = 1,
	.most_words = 1,
	.words_meaning = "one scenario file",
	.run = go,
};

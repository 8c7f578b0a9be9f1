/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vdcsim sweep: the runs of a study, each once. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/sweep_collect.h"
#include "cli/sweep_pool.h"
#include "cli/sweep_slurm.h"
#include "sim/fault.h"

#define WORKERS_MOST 4096
#define FAILURES_SHOWN 10

struct sweep_values {
	const char *output;
	struct option_count workers, chunk, nodes, first, count;
	const char *partition, *time, *memory;
	bool slurm;
};

/* How many of the study's runs are done and failed, as far as it knows by now how many there are. */
struct counts {
	uint64_t done, failed, left, generated;
};

static struct counts count(const struct sweep *sweep)
{
	struct sweep_todo todo = sweep_todo(sweep);
	struct counts c = {.left = todo.count};
	for (uint32_t i = 0; i < sweep->count; i++) {
		if (!sweep_is_ours(sweep, &sweep->records[i]))
			continue;
		c.done += sweep->records[i].end == RUN_DONE;
		c.failed += sweep->records[i].end != RUN_DONE;
		c.generated += sweep->records[i].generated;
	}
	free(todo.runs);
	return c;
}

static void tell_failure(const struct sweep *sweep, const struct run_record *record)
{
	struct arena arena;
	arena_init(&arena);
	struct study_run run = study_run(sweep->study, record->point, record->replication, &arena);
	fprintf(stderr, "%016" PRIx64 " %s", record->name,
	        record->end == RUN_KILLED ? strsignal(record->status) : "ended with status");
	if (record->end == RUN_FAILED)
		fprintf(stderr, " %" PRId32, record->status);
	fprintf(stderr, ": vdcsim run %s", sweep->study->scenario);
	for (uint32_t i = 0; i < run.override_count; i++)
		fprintf(stderr, " --set '%s'", run.overrides[i]);
	fprintf(stderr, " --seed %" PRIu64 "\n", record->seed);
	/* Its last line says most. */
	const char *line = record->tail, *end = line + strlen(line);
	while (end > line && end[-1] == '\n')
		end--;
	for (const char *at = line; at < end; at++)
		if (*at == '\n')
			line = at + 1;
	if (end > line)
		fprintf(stderr, "    %.*s\n", (int)(end - line), line);
	arena_fini(&arena);
}

static void tell_failures(const struct sweep *sweep)
{
	uint64_t told = 0, all = 0;
	for (uint32_t i = 0; i < sweep->count; i++) {
		if (sweep->records[i].end == RUN_DONE || !sweep_is_ours(sweep, &sweep->records[i]))
			continue;
		if (all++ < FAILURES_SHOWN) {
			tell_failure(sweep, &sweep->records[i]);
			told++;
		}
	}
	if (all > told)
		fprintf(stderr, "and %" PRIu64 " more that failed\n", all - told);
}

static enum exit_status tell(const struct sweep *sweep)
{
	struct counts c = count(sweep);
	tell_failures(sweep);
	printf("%" PRIu64 " runs done, %" PRIu64 " failed, %" PRIu64 " left\n", c.done, c.failed, c.left);
	if (c.generated)
		fprintf(stderr, "%" PRIu64 " runs had generated demand in place of a trace that was not "
		        "there\n",
		        c.generated);
	if (sweep->doubled)
		fprintf(stderr, "%" PRIu64 " runs were done more than once; each counts once\n",
		        sweep->doubled);
	if (sweep->torn_bytes)
		fprintf(stderr, "%" PRIu64 " bytes of the logs are torn and left out\n", sweep->torn_bytes);
	return c.left ? EXIT_COMPARISON : EXIT_DONE;
}

static uint32_t workers_of(const struct sweep_values *values)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	if (values->workers.given)
		return (uint32_t)values->workers.value;
	return cores > 0 ? (uint32_t)cores : 1;
}

static void go_on_slurm(struct sweep *sweep, const struct sweep_values *values)
{
	sweep_slurm(sweep, &(struct slurm_options){
		.partition = values->partition, .time = values->time, .memory = values->memory,
		.chunk = (uint32_t)values->chunk.value, .nodes = (uint32_t)values->nodes.value,
		.workers = values->workers.given ? (uint32_t)values->workers.value : 1,
	});
}

/* Until nothing is left that has not failed in this very session. */
static void go_on(struct sweep *sweep, uint32_t workers)
{
	bool stopped = false, more = true;
	uint32_t failed = 0;
	while (more && !stopped && failed == 0) {
		struct sweep_todo todo = sweep_todo(sweep);
		more = todo.more;
		if (todo.count)
			failed = sweep_pool(sweep, &todo, workers, &stopped);
		more = more && todo.count;
		free(todo.runs);
		sweep_load(sweep);
	}
}

static enum exit_status work(struct sweep *sweep, bool good, struct diag *diag,
                             const struct sweep_values *values)
{
	enum exit_status status = EXIT_INPUT;
	diag_print(diag, stderr);
	if (good) {
		if (values->slurm)
			go_on_slurm(sweep, values);
		else
			go_on(sweep, workers_of(values));
		status = tell(sweep);
	}
	sweep_close(sweep);
	diag_fini(diag);
	return status;
}

static bool within(const struct command *command, const char *name, const struct option_count *count,
                   uint64_t most)
{
	if (!count->given || (count->value >= 1 && count->value <= most))
		return true;
	usage_error(command, "--%s is %" PRIu64 "; it must be from 1 to %" PRIu64, name, count->value, most);
	return false;
}

/* False after a message. */
static bool values_good(const struct command *command, const struct sweep_values *values)
{
	bool of_slurm = values->partition || values->time || values->memory || values->chunk.given ||
	                values->nodes.given;
	if (of_slurm && !values->slurm) {
		usage_error(command, "--partition, --time, --mem, --chunk and --nodes are for --slurm");
		return false;
	}
	return within(command, "workers", &values->workers, WORKERS_MOST) &&
	       within(command, "chunk", &values->chunk, STUDY_RUNS_MOST) &&
	       within(command, "nodes", &values->nodes, 1000000);
}

static enum exit_status begin(const struct command *command, void *given, const struct words *words)
{
	const struct sweep_values *values = given;
	struct sweep sweep;
	struct diag diag;
	if (!values->output)
		return usage_error(command, "-o FOLDER is needed: where the sweep's logs and results go");
	if (!values_good(command, values))
		return EXIT_INPUT;
	diag_init(&diag);
	bool good = sweep_begin(&sweep, words->items[0], values->output, &diag);
	return work(&sweep, good, &diag, values);
}

static enum exit_status resume(const struct command *command, void *given, const struct words *words)
{
	const struct sweep_values *values = given;
	struct sweep sweep;
	struct diag diag;
	if (!values_good(command, values))
		return EXIT_INPUT;
	diag_init(&diag);
	bool good = sweep_continue(&sweep, words->items[0], &diag);
	return work(&sweep, good, &diag, values);
}

static enum exit_status status_of(const struct command *command, void *given, const struct words *words)
{
	struct sweep sweep;
	struct diag diag;
	enum exit_status status = EXIT_INPUT;
	(void)command;
	(void)given;
	diag_init(&diag);
	bool good = sweep_continue(&sweep, words->items[0], &diag);
	diag_print(&diag, stderr);
	if (good)
		status = tell(&sweep) == EXIT_INPUT ? EXIT_INPUT : EXIT_DONE;
	sweep_close(&sweep);
	diag_fini(&diag);
	return status;
}

static enum exit_status collect(const struct command *command, void *given, const struct words *words)
{
	const struct sweep_values *values = given;
	struct sweep sweep;
	struct diag diag;
	enum exit_status status = EXIT_INPUT;
	char output[PATH_MAX], here[PATH_MAX];
	if (!values->output)
		return usage_error(command, "-o FILE is needed: where the collected runs go");
	if (!getcwd(here, sizeof here) ||
	    snprintf(output, sizeof output, "%s%s%s", *values->output == '/' ? "" : here,
	             *values->output == '/' ? "" : "/", values->output) >= (int)sizeof output)
		fault_surroundings("the path of the output is too long");
	diag_init(&diag);
	bool good = sweep_continue(&sweep, words->items[0], &diag);
	diag_print(&diag, stderr);
	if (good) {
		sweep_collect(&sweep, output);
		status = tell(&sweep);
		fprintf(stderr, "wrote %s\n", values->output);
	}
	sweep_close(&sweep);
	diag_fini(&diag);
	return status;
}

/* A task of a cluster: a part of a list of runs. */
static enum exit_status work_list(const struct command *command, void *given, const struct words *words)
{
	const struct sweep_values *values = given;
	struct sweep sweep;
	struct sweep_todo todo;
	struct diag diag;
	bool stopped = false;
	enum exit_status status = EXIT_INPUT;
	if (!within(command, "workers", &values->workers, WORKERS_MOST))
		return EXIT_INPUT;
	diag_init(&diag);
	bool good = sweep_continue(&sweep, words->items[0], &diag);
	diag_print(&diag, stderr);
	if (good && !sweep_list_read(words->items[1], values->first.value,
	                             values->count.given ? values->count.value : UINT32_MAX, &todo)) {
		usage_error(command, "cannot read the list %s", words->items[1]);
	} else if (good) {
		sweep_drop_done(&sweep, &todo);
		uint32_t workers = values->workers.given ? (uint32_t)values->workers.value : 1;
		bool whole = sweep_pool(&sweep, &todo, workers, &stopped) == 0 && !stopped;
		status = whole ? EXIT_DONE : EXIT_COMPARISON;
		free(todo.runs);
	}
	sweep_close(&sweep);
	diag_fini(&diag);
	return status;
}

static enum exit_status go_work(const struct command *command, int argc, char **argv)
{
	struct sweep_values values = {0};
	return options_go(command, argc, argv, &values, work_list);
}

static enum exit_status go_begin(const struct command *command, int argc, char **argv)
{
	struct sweep_values values = {0};
	return options_go(command, argc, argv, &values, begin);
}

static enum exit_status go_resume(const struct command *command, int argc, char **argv)
{
	struct sweep_values values = {0};
	return options_go(command, argc, argv, &values, resume);
}

static enum exit_status go_status(const struct command *command, int argc, char **argv)
{
	struct sweep_values values = {0};
	return options_go(command, argc, argv, &values, status_of);
}

static enum exit_status go_collect(const struct command *command, int argc, char **argv)
{
	struct sweep_values values = {0};
	return options_go(command, argc, argv, &values, collect);
}

static const struct option run_options[] = {
	{"output", 'o', OPTION_TEXT, offsetof(struct sweep_values, output), "FOLDER",
	 "the sweep's folder: logs, and results where they are kept", NULL, 0},
	{"workers", 'j', OPTION_COUNT, offsetof(struct sweep_values, workers), "N",
	 "runs at a time: as many as there are cores if not told", NULL, 0},
	{"slurm", 0, OPTION_FLAG, offsetof(struct sweep_values, slurm), NULL,
	 "run on the Slurm cluster of this machine; all nodes share the folder", NULL, 0},
	{"partition", 0, OPTION_TEXT, offsetof(struct sweep_values, partition), "NAME", "with --slurm: where",
		NULL, 0},
	{"time", 0, OPTION_TEXT, offsetof(struct sweep_values, time), "LIMIT",
	 "with --slurm: wall time of a task, as sbatch takes it", NULL, 0},
	{"mem", 0, OPTION_TEXT, offsetof(struct sweep_values, memory), "SIZE",
	 "with --slurm: memory of a task, as sbatch takes it", NULL, 0},
	{"chunk", 0, OPTION_COUNT, offsetof(struct sweep_values, chunk), "N",
	 "with --slurm: runs a task; a minute's worth if not told", NULL, 0},
	{"nodes", 0, OPTION_COUNT, offsetof(struct sweep_values, nodes), "N",
	 "with --slurm: most tasks at a time", NULL, 0},
	{0},
};

static const struct option no_options[] = {{0}};

static const struct option work_options[] = {
	{"first", 0, OPTION_COUNT, offsetof(struct sweep_values, first), "N", "the first of the list, from 0",
		NULL, 0},
	{"count", 0, OPTION_COUNT, offsetof(struct sweep_values, count), "N", "how many", NULL, 0},
	{"workers", 'j', OPTION_COUNT, offsetof(struct sweep_values, workers), "N",
		"runs at a time: 1 if not told",
	 NULL, 0},
	{0},
};

static const struct option collect_options[] = {
	{"output", 'o', OPTION_TEXT, offsetof(struct sweep_values, output), "FILE",
	 "the collected runs: HDF5, a row a run", NULL, 0},
	{0},
};

static const struct command command_resume = {
	.name = "sweep resume",
	.arguments = "FOLDER [--workers N]",
	.summary = "Run what is missing or failed",
	.options = run_options + 1, /* all but the output, which is the folder */
	.least_words = 1, .most_words = 1, .words_meaning = "the folder of a sweep",
	.run = go_resume,
};

static const struct command command_status = {
	.name = "sweep status",
	.arguments = "FOLDER",
	.summary = "Say what is done, what failed and why",
	.options = no_options,
	.least_words = 1, .most_words = 1, .words_meaning = "the folder of a sweep",
	.run = go_status,
};

static const struct command command_collect = {
	.name = "sweep collect",
	.arguments = "FOLDER -o FILE",
	.summary = "Put all runs into one file, a row each",
	.options = collect_options,
	.least_words = 1, .most_words = 1, .words_meaning = "the folder of a sweep",
	.run = go_collect,
};

static const struct command command_work = {
	.name = "sweep work",
	.arguments = "FOLDER LIST [--first N] [--count N]",
	.summary = "Run a part of a list of runs: what a task on a cluster does",
	.options = work_options,
	.least_words = 2, .most_words = 2, .words_meaning = "the folder of a sweep and a list",
	.run = go_work,
};

static const struct command *const actions[] = {&command_resume, &command_status, &command_collect,
	&command_work,
	NULL};

static enum exit_status go(const struct command *command, int argc, char **argv)
{
	for (uint32_t i = 0; argc > 1 && actions[i]; i++)
		if (strcmp(argv[1], strchr(actions[i]->name, ' ') + 1) == 0)
			return actions[i]->run(actions[i], argc - 1, argv + 1);
	return go_begin(command, argc, argv);
}

const struct command command_sweep = {
	.name = "sweep",
	.arguments = "STUDY.yaml -o FOLDER [--workers N] [--slurm] | resume FOLDER | status FOLDER | "
		"collect FOLDER -o FILE",
	.summary = "Run a study: axes over keys, replications, each run once",
	.help = "Each run is a process of its own; one that fails is told with its last words and does\n"
	        "not stop the others. Ctrl-C lets the runs under way finish; a second one ends them. The\n"
	        "same command, or `resume`, goes on where it stopped. Status 1 when runs are left.",
	.options = run_options,
	.least_words = 1,
	.most_words = 1,
	.words_meaning = "a study",
	.run = go,
	.actions = actions,
};

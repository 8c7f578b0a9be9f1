/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sends chunks of a sweep to Slurm and waits for their logs. */
#include "cli/sweep_slurm.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "analysis/save.h"
#include "cli/sweep_pool.h"
#include "scenarios/study.h"
#include "sim/fault.h"

#define CHUNK_S 60.0           /* of work a task: long against the start of one, short against a wall time */
#define CHUNK_MOST 5000
#define TASKS_MOST 1000        /* of an array: Slurm's own preset is 1001 */
#define TRIED_RUNS 4           /* here, first, where no log tells how long a run takes */
#define LOOK_NS 500000000
#define JOBS_LOOKS 4           /* logs are looked at so often for once asking after jobs */

static void command_failed(const char *command)
{
	fault_surroundings("'%s' failed; is this machine part of a Slurm cluster?", command);
}

/* The first word of a command's output, "" for none. */
static void first_word(const char *command, char *word, size_t size)
{
	char line[256] = "";
	FILE *pipe = popen(command, "r");
	if (!pipe)
		fault_surroundings("cannot run '%s': %s", command, strerror(errno));
	char *got = fgets(line, sizeof line, pipe);
	while (getc(pipe) != EOF)
		continue;
	if (pclose(pipe) != 0)
		command_failed(command);
	snprintf(word, size, "%.*s", got ? (int)strcspn(line, " ;\n") : 0, line);
}

/* Mean wall time of the runs that are done, s; 0 if none is. */
static double run_s(const struct sweep *sweep)
{
	double sum = 0;
	uint32_t n = 0;
	for (uint32_t i = 0; i < sweep->count; i++)
		if (sweep->records[i].end == RUN_DONE) {
			sum += (double)sweep->records[i].wall_ns / 1e9;
			n++;
		}
	return n ? sum / n : 0;
}

static uint32_t chunk_of(const struct sweep *sweep, const struct slurm_options *options, uint32_t runs)
{
	double each = run_s(sweep), fitting = each > 0 ? CHUNK_S * options->workers / each : 1;
	if (options->chunk)
		return options->chunk;
	uint32_t chunk = fitting < 1 ? 1 : fitting > CHUNK_MOST ? CHUNK_MOST : (uint32_t)fitting;
	/* Every node gets something to do, twice over, so that the last one is not waited for long. */
	uint32_t shares = options->nodes ? runs / (2 * options->nodes) + 1 : chunk;
	return chunk < shares ? chunk : shares;
}

static void list_write(const struct sweep_todo *todo, const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		fault_surroundings("out of memory: list of runs");
	for (uint32_t i = 0; i < todo->count; i++)
		fprintf(out, "%" PRIu32 " %" PRIu32 "\n", todo->runs[i].point, todo->runs[i].replication);
	if (fclose(out) != 0)
		fault_surroundings("out of memory: list of runs");
	save_file(path, text, size);
	free(text);
}

bool sweep_list_read(const char *path, uint64_t first, uint64_t count, struct sweep_todo *todo)
{
	FILE *file = fopen(path, "r");
	uint32_t room = 0;
	struct study_run run = {0};
	*todo = (struct sweep_todo){0};
	if (!file)
		return false;
	for (uint64_t i = 0; fscanf(file, "%" SCNu32 " %" SCNu32, &run.point, &run.replication) == 2; i++) {
		if (i < first || i >= first + count)
			continue;
		ARRAY_GROW(todo->runs, todo->count, room, "runs to do");
		todo->runs[todo->count++] = run;
	}
	fclose(file);
	return true;
}

/* A line for a shell: quotes around, quotes within escaped. */
static void quoted(FILE *out, const char *text)
{
	putc('\'', out);
	for (; *text; text++)
		*text == '\'' ? fputs("'\\''", out) : putc(*text, out);
	putc('\'', out);
}

static void option_line(FILE *out, const char *name, const char *value)
{
	if (value)
		fprintf(out, "#SBATCH --%s=%s\n", name, value);
}

/* The batch script: finds its part of the list by its number. */
static void script_write(const struct sweep *sweep, const struct slurm_options *options, const char *list,
                         const char *path, uint32_t chunk)
{
	char program[PATH_MAX], *text = NULL;
	size_t size = 0;
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
	FILE *out = open_memstream(&text, &size);
	if (length < 0 || !out)
		fault_surroundings("cannot write the batch script: %s", strerror(errno));
	program[length] = '\0';
	fprintf(out, "#!/bin/sh\n#SBATCH --job-name=vdcsim\n#SBATCH --signal=TERM@30\n#SBATCH --requeue\n");
	fprintf(out, "#SBATCH --output=%s/slurm-%%A_%%a.out\n#SBATCH --cpus-per-task=%u\n", sweep->folder,
	        options->workers);
	option_line(out, "partition", options->partition);
	option_line(out, "time", options->time);
	option_line(out, "mem", options->memory);
	fputs("exec ", out);
	quoted(out, program);
	fputs(" sweep work ", out);
	quoted(out, sweep->folder);
	putc(' ', out);
	quoted(out, list);
	fprintf(out, " --first $((SLURM_ARRAY_TASK_ID * %u)) --count %u --workers %u\n", chunk, chunk,
	        options->workers);
	if (fclose(out) != 0)
		fault_surroundings("out of memory: batch script");
	save_file(path, text, size);
	free(text);
}

/* Sends what is to do; the job's number into `job`. */
static void submit(const struct sweep *sweep, const struct slurm_options *options,
                   const struct sweep_todo *todo,
                   char *job, size_t size)
{
	char list[PATH_MAX + 64], script[PATH_MAX + 128], command[2 * PATH_MAX];
	uint32_t chunk = chunk_of(sweep, options, todo->count);
	if ((todo->count + chunk - 1) / chunk > TASKS_MOST)
		chunk = (todo->count + TASKS_MOST - 1) / TASKS_MOST;
	uint32_t tasks = (todo->count + chunk - 1) / chunk;
	snprintf(list, sizeof list, "%s/todo-%ld", sweep->folder, (long)time(NULL));
	snprintf(script, sizeof script, "%s.sh", list);
	list_write(todo, list);
	script_write(sweep, options, list, script, chunk);
	char limit[16] = "";
	if (options->nodes)
		snprintf(limit, sizeof limit, "%%%u", options->nodes);
	FILE *out = fmemopen(command, sizeof command, "w");
	if (!out)
		fault_surroundings("out of memory: command");
	fprintf(out, "sbatch --parsable --array=0-%u%s ", tasks - 1, limit);
	quoted(out, script);
	if (fclose(out) != 0)
		fault_surroundings("the path of the sweep's folder is too long");
	first_word(command, job, size);
	if (!*job || strspn(job, "0123456789") != strlen(job))
		command_failed("sbatch");
	fprintf(stderr, "job %s: %u runs in %u tasks of %u\n", job, todo->count, tasks, chunk);
}

/* Is any task of the job waiting or running? A controller that does not answer may be back soon. */
static bool job_lives(const char *job)
{
	char command[128], line[64];
	snprintf(command, sizeof command, "squeue -h -o %%T -j %s 2>&1", job);
	FILE *pipe = popen(command, "r");
	if (!pipe)
		fault_surroundings("cannot run squeue: %s", strerror(errno));
	bool lives = false, unknown = false;
	while (fgets(line, sizeof line, pipe)) {
		unknown |= strstr(line, "Invalid job id") != NULL;
		lives = true;
	}
	pclose(pipe);
	return lives && !unknown;
}

static uint32_t left(struct sweep *sweep)
{
	sweep_load(sweep);
	struct sweep_todo todo = sweep_todo(sweep);
	free(todo.runs);
	return todo.count;
}

/* Until the logs are full or the job is gone. */
static uint32_t wait_for(struct sweep *sweep, const char *job)
{
	const struct timespec look = {0, LOOK_NS};
	for (uint32_t turn = 1;; turn++) {
		uint32_t missing = left(sweep);
		if (missing == 0 || (turn % JOBS_LOOKS == 0 && !job_lives(job)))
			return missing ? left(sweep) : 0;
		nanosleep(&look, NULL);
	}
}

uint32_t sweep_slurm(struct sweep *sweep, const struct slurm_options *options)
{
	char job[32];
	uint32_t missing = left(sweep), before = UINT32_MAX;
	bool stopped = false;
	if (missing > TRIED_RUNS && run_s(sweep) <= 0) {
		struct sweep_todo first = sweep_todo(sweep);
		first.count = TRIED_RUNS;
		sweep_pool(sweep, &first, 1, &stopped);
		free(first.runs);
		missing = left(sweep);
	}
	/* A round that gets nothing done will not do better a second time: those runs fail. */
	while (missing && missing < before && !stopped) {
		struct sweep_todo todo = sweep_todo(sweep);
		before = missing;
		submit(sweep, options, &todo, job, sizeof job);
		free(todo.runs);
		missing = wait_for(sweep, job);
	}
	return missing;
}

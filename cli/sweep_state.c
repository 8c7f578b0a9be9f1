/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder of a sweep, the names of its runs, and what its logs say. */
#include "cli/sweep_state.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/inference.h"
#include "analysis/save.h"
#include "analysis/seal.h"
#include "scenarios/folder.h"
#include "scenarios/scenario_read.h"
#include "scenarios/study_read.h"
#include "scenarios/yaml.h"
#include "sim/fault.h"
#include "sim/hash.h"

static uint64_t hash_text(uint64_t hash, const char *text)
{
	return hash_seeded(text, strlen(text) + 1, hash);
}

/* A value that names a plug-in stands for what is in that file, too: one that was built anew is another. */
static uint64_t hash_value(uint64_t hash, const char *text)
{
	size_t length = strlen(text);
	hash = hash_text(hash, text);
	if (!strchr(text, '/') || length < 3 || strcmp(text + length - 3, ".so") != 0)
		return hash;
	FILE *file = fopen(text, "rb");
	char block[4096];
	for (size_t got; file && (got = fread(block, 1, sizeof block, file)) > 0;)
		hash = hash_seeded(block, got, hash);
	if (file)
		fclose(file);
	return hash;
}

/* A scenario's tree with all that it includes, whatever its comments and blanks. */
static uint64_t hash_tree(uint64_t hash, const struct yaml_node *node)
{
	hash = hash_text(hash, yaml_kind_names[node->kind]);
	if (node->kind == YAML_SCALAR)
		return hash_value(hash, node->text);
	for (uint32_t i = 0; i < node->count; i++) {
		if (node->kind == YAML_MAP)
			hash = hash_text(hash, node->keys[i]);
		hash = hash_tree(hash, node->items[i]);
	}
	return hash;
}

/* The metric's place among a record's figures, or UINT32_MAX. */
static uint32_t figure_at(const char *name)
{
	for (uint32_t i = 0; i < run_figure_count(); i++)
		if (strcmp(run_figure(i)->name, name) == 0)
			return i;
	return UINT32_MAX;
}

static void metric_check(const struct study *study, const char *name, struct diag *diag)
{
	const char *known[RUN_FIGURES_MOST];
	uint32_t n = run_figure_count();
	if (!name || figure_at(name) != UINT32_MAX)
		return;
	for (uint32_t i = 0; i < n; i++)
		known[i] = run_figure(i)->name;
	const char *near = diag_near(name, known, n);
	diag_error(diag, (struct place){study->path, 0, 0},
	           "no run has a figure '%.60s'%s%s%s (`vdcsim run` shows "
	           "them all)", name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* Opens the scenario with a run's overrides, so that mistakes are told before anything runs. */
static bool scenario_good(struct sweep *sweep, struct diag *diag)
{
	struct arena arena;
	struct provenance version;
	arena_init(&arena);
	struct study_run first = study_run(sweep->study, 0, 0, &arena);
	struct scenario *scenario = scenario_read(sweep->study->scenario, &(struct scenario_options){
		.overrides = first.overrides, .override_count = first.override_count,
		.has_seed = true, .seed = first.seed}, diag);
	if (scenario) {
		const struct yaml_node *root = yaml_read_file(scenario->path, NULL, &arena, diag);
		provenance_of(&version, 0);
		sweep->base = root ? hash_tree(hash_text(0, version.version), root) : 0;
	}
	uint32_t errors = diag->errors;
	metric_check(sweep->study, sweep->study->until_metric, diag);
	for (uint32_t i = 0; i < sweep->study->metric_count; i++)
		metric_check(sweep->study, sweep->study->metrics[i], diag);
	bool good = scenario != NULL && diag->errors == errors;
	scenario_free(scenario);
	arena_fini(&arena);
	return good;
}

static char *text_of(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = NULL;
	size_t size = 0;
	if (!file)
		return NULL;
	if (getdelim(&text, &size, '\0', file) < 0) {
		free(text);
		text = memory_string("");
	}
	fclose(file);
	return text;
}

static bool in_folder(const struct sweep *sweep, const char *name, char *path, size_t size)
{
	int length = snprintf(path, size, "%s/%s", sweep->folder, name);
	return length > 0 && (size_t)length < size;
}

/* Writes the study down, or finds it there; false after a message. */
static bool folder_ready(struct sweep *sweep, const char *folder, struct diag *diag)
{
	char path[PATH_MAX], origin[PATH_MAX];
	struct place place = {folder, 0, 0};
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		fault_surroundings("cannot make the folder %s: %s", folder, strerror(errno));
	if (!realpath(folder, sweep->folder) || !getcwd(origin, sizeof origin) ||
	    !in_folder(sweep, "study.yaml", path, sizeof path))
		fault_surroundings("cannot use the folder %s: %s", folder, strerror(errno));
	char *there = text_of(path);
	if (there && strcmp(there, sweep->study->text) != 0) {
		diag_error(diag, place, "holds another study (%s); take another folder, or `vdcsim sweep "
		           "resume` that "
		           "one", path);
		free(there);
		return false;
	}
	if (!there) {
		save_file(path, sweep->study->text, strlen(sweep->study->text));
		if (in_folder(sweep, "origin", path, sizeof path))
			save_file(path, origin, strlen(origin));
	}
	free(there);
	return true;
}

/* A study that is not there is looked for among those that come with the program: "sweep_tutorial". */
static const char *study_path_of(const char *path, char *buffer, size_t size)
{
	char folder[PATH_MAX];
	if (access(path, F_OK) == 0 || strchr(path, '/') || !scenario_folder(folder, sizeof folder))
		return path;
	bool whole = strlen(path) > 5 && strcmp(path + strlen(path) - 5, ".yaml") == 0;
	int length = snprintf(buffer, size, "%s/studies/%s%s", folder, path, whole ? "" : ".yaml");
	return length > 0 && (size_t)length < size && access(buffer, F_OK) == 0 ? buffer : path;
}

bool sweep_begin(struct sweep *sweep, const char *study_path, const char *folder, struct diag *diag)
{
	char path[PATH_MAX];
	*sweep = (struct sweep){.study = study_read(study_path_of(study_path, path, sizeof path), diag)};
	if (!sweep->study || !scenario_good(sweep, diag) || !folder_ready(sweep, folder, diag))
		return false;
	sweep_load(sweep);
	return true;
}

bool sweep_continue(struct sweep *sweep, const char *folder, struct diag *diag)
{
	char path[PATH_MAX];
	*sweep = (struct sweep){0};
	struct place place = {folder, 0, 0};
	if (!realpath(folder, sweep->folder) || !in_folder(sweep, "origin", path, sizeof path)) {
		diag_error(diag, place, "%s", strerror(errno));
		return false;
	}
	char *origin = text_of(path);
	if (!origin || !in_folder(sweep, "study.yaml", path, sizeof path)) {
		diag_error(diag, place, "is no folder of a sweep: it has no file `origin`");
		return false;
	}
	if (*origin != '/' || strchr(origin, '\n')) {
		diag_error(diag, place, "its file `origin` is damaged: it must hold the folder in which the "
		           "sweep was "
		           "begun");
		free(origin);
		return false;
	}
	if (chdir(origin) != 0)
		fault_surroundings("cannot go to %s, where the sweep was begun: %s", origin, strerror(errno));
	free(origin);
	sweep->study = study_read(path, diag);
	if (!sweep->study || !scenario_good(sweep, diag))
		return false;
	sweep_load(sweep);
	return true;
}

void sweep_close(struct sweep *sweep)
{
	study_free(sweep->study);
	free(sweep->records);
	free(sweep->slots);
	arena_fini(&sweep->tails);
	*sweep = (struct sweep){0};
}

uint64_t sweep_name(const struct sweep *sweep, const struct study_run *run)
{
	uint64_t name = hash_seeded(&run->seed, sizeof run->seed, sweep->base);
	for (uint32_t i = 0; i < run->override_count; i++)
		name = hash_value(hash_text(name, run->overrides[i]), strchr(run->overrides[i], '=') + 1);
	return name;
}

bool sweep_is_ours(const struct sweep *sweep, const struct run_record *record)
{
	struct arena arena;
	if (record->point >= sweep->study->points)
		return false;
	arena_init(&arena);
	struct study_run run = study_run(sweep->study, record->point, record->replication, &arena);
	bool ours = sweep_name(sweep, &run) == record->name;
	arena_fini(&arena);
	return ours;
}

/* The slot of a name: its own, or the free one where it belongs. */
static uint32_t slot_of(const struct sweep *sweep, uint64_t name)
{
	uint32_t slot = (uint32_t)name & sweep->slot_mask;
	while (sweep->slots[slot] && sweep->records[sweep->slots[slot] - 1].name != name)
		slot = (slot + 1) & sweep->slot_mask;
	return slot;
}

static void slots_grow(struct sweep *sweep)
{
	uint32_t room = sweep->slots ? (sweep->slot_mask + 1) * 2 : 1024;
	free(sweep->slots);
	sweep->slots = memory_new(room, sizeof *sweep->slots, "names of runs");
	sweep->slot_mask = room - 1;
	for (uint32_t i = 0; i < sweep->count; i++)
		sweep->slots[slot_of(sweep, sweep->records[i].name)] = i + 1;
}

/* Keeps a record beyond the call that tells it. */
static struct run_record kept(struct sweep *sweep, const struct run_record *record)
{
	struct run_record copy = *record;
	copy.tail = *record->tail ? arena_string(&sweep->tails, record->tail) : "";
	return copy;
}

/* A run that was done once is done, however often it failed before or was done again. */
static void take(void *context, const struct run_record *record)
{
	struct sweep *sweep = context;
	if (!sweep->slots || sweep->count * 2 > sweep->slot_mask)
		slots_grow(sweep);
	uint32_t slot = slot_of(sweep, record->name);
	if (!sweep->slots[slot]) {
		ARRAY_GROW(sweep->records, sweep->count, sweep->room, "records of runs");
		sweep->records[sweep->count++] = kept(sweep, record);
		sweep->slots[slot] = sweep->count;
		return;
	}
	struct run_record *known = &sweep->records[sweep->slots[slot] - 1];
	sweep->doubled += known->end == RUN_DONE && record->end == RUN_DONE;
	if (known->end != RUN_DONE)
		*known = kept(sweep, record);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_log(const struct dirent *entry)
{
	return strncmp(entry->d_name, "log-", 4) == 0;
}

void sweep_load(struct sweep *sweep)
{
	struct dirent **entries;
	char path[PATH_MAX];
	int n = scandir(sweep->folder, &entries, is_log, by_name);
	if (n < 0)
		fault_surroundings("cannot read the folder %s: %s", sweep->folder, strerror(errno));
	arena_fini(&sweep->tails);
	arena_init(&sweep->tails);
	sweep->count = 0;
	sweep->torn_bytes = sweep->doubled = 0;
	free(sweep->slots);
	sweep->slots = NULL;
	for (int i = 0; i < n; i++) {
		if (in_folder(sweep, entries[i]->d_name, path, sizeof path))
			sweep->torn_bytes += run_log_read(path, take, sweep);
		free(entries[i]);
	}
	free(entries);
}

const struct run_record *sweep_find(const struct sweep *sweep, uint64_t name)
{
	if (!sweep->slots)
		return NULL;
	uint32_t slot = sweep->slots[slot_of(sweep, name)];
	return slot ? &sweep->records[slot - 1] : NULL;
}

/* How many replications the point needs: as many as are asked for, or until its interval is narrow enough.
 * The half width falls with the root of their number, which says how many more to try. */
static int64_t replications_of(const struct sweep *sweep, uint32_t point, double *values)
{
	const struct study *s = sweep->study;
	struct arena arena;
	int64_t n = 0;
	if (!s->has_until)
		return s->replications;
	uint32_t figure = figure_at(s->until_metric);
	for (; n < s->until_most; n++) {
		arena_init(&arena);
		struct study_run run = study_run(s, point, (uint32_t)n, &arena);
		const struct run_record *record = sweep_find(sweep, sweep_name(sweep, &run));
		arena_fini(&arena);
		if (!record || record->end != RUN_DONE || figure >= record->figure_count)
			break;
		values[n] = record->figures[figure];
	}
	if (n < s->replications)
		return s->replications;
	struct interval i = interval_mean(values, (size_t)n, 0.95);
	double half = (i.high - i.low) / 2, wanted = s->until_half_width * (i.estimate < 0 ?
	                                                                    -i.estimate : i.estimate);
	if (half <= wanted || n >= s->until_most)
		return n;
	double ratio = wanted > 0 ? half / wanted : 2, ask = (double)n * ratio * ratio;
	int64_t next = ask < 1.5 * (double)n ? (int64_t)ask + 1 : n + (n + 1) / 2;
	return next < s->until_most ? next : s->until_most;
}

/* Where the study keeps them: is the run's file there and whole? */
static bool has_results(const struct sweep *sweep, uint64_t name)
{
	char file[32], path[PATH_MAX];
	const char *why;
	if (!sweep->study->keep_results)
		return true;
	snprintf(file, sizeof file, "%016" PRIx64 ".h5", name);
	return in_folder(sweep, file, path, sizeof path) && seal_check(path, &why);
}

static bool is_done(const struct sweep *sweep, uint32_t point, uint32_t replication, struct study_run *run)
{
	struct arena arena;
	arena_init(&arena);
	*run = study_run(sweep->study, point, replication, &arena);
	const struct run_record *record = sweep_find(sweep, sweep_name(sweep, run));
	run->overrides = NULL;
	arena_fini(&arena);
	return record && record->end == RUN_DONE && has_results(sweep, record->name);
}

void sweep_drop_done(const struct sweep *sweep, struct sweep_todo *todo)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < todo->count; i++) {
		struct study_run run;
		if (!is_done(sweep, todo->runs[i].point, todo->runs[i].replication, &run))
			todo->runs[kept++] = run;
	}
	todo->count = kept;
}

struct sweep_todo sweep_todo(const struct sweep *sweep)
{
	const struct study *s = sweep->study;
	struct sweep_todo todo = {0};
	uint32_t room = 0;
	double *values = memory_new((size_t)(s->has_until ? s->until_most : 1), sizeof *values,
	                            "values of a point");
	for (uint32_t p = 0; p < s->points; p++) {
		int64_t n = replications_of(sweep, p, values);
		for (int64_t r = 0; r < n; r++) {
			struct study_run run;
			if (is_done(sweep, p, (uint32_t)r, &run))
				continue;
			ARRAY_GROW(todo.runs, todo.count, room, "runs to do");
			todo.runs[todo.count++] = run;
		}
	}
	todo.more = s->has_until && todo.count > 0;
	free(values);
	return todo;
}

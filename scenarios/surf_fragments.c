/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the fragments of SURF's jobs into a set of packed rows. */
#include "scenarios/surf_fragments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/arrivals_csv.h"
#include "sim/time.h"

#define DURATION_MOST_MS INT64_C(500000000000)
#define MHZ_MOST 65535 /* of a capacity: a sample has 16 bits */
#define JOBS_MOST 10000000
#define FRAGMENTS_MOST 1000000000

/* tasks.csv */
enum { CAPACITY,
       TASK_WHOLE,
       SUBMISSION = TASK_WHOLE,
       TASK_ID };
static const char *const task_names[] = {
	[CAPACITY] = "cpu_capacity",
	[SUBMISSION] = "submission_time",
	[TASK_ID] = "id",
	NULL,
};
static const struct columns_limits task_limits[] = {[CAPACITY] = {1, MHZ_MOST}};

/* fragments.csv */
enum { DURATION,
       USAGE,
       FRAGMENT_WHOLE,
       FRAGMENT_ID = FRAGMENT_WHOLE };
static const char *const fragment_names[] = {
	[DURATION] = "duration",
	[USAGE] = "cpu_usage",
	[FRAGMENT_ID] = "id",
	NULL,
};
static const struct columns_limits fragment_limits[] = {
	[DURATION] = {1, DURATION_MOST_MS},
	[USAGE] = {0, MHZ_MOST},
};

struct job {
	struct text_field id;           /* in the text */
	int64_t start_ns;               /* since 1970, then since the first job */
	int64_t span_ns;                /* of its fragments */
	int64_t mhz;
	uint32_t fragments;
};

struct fragment {
	uint32_t job, ms_low;           /* duration below 2^39 ms, in two parts: 12 bytes a fragment */
	uint16_t mhz, ms_high;
};

struct surf {
	struct job *jobs;
	uint32_t job_count, job_room;
	struct fragment *fragments;
	uint32_t fragment_count, fragment_room;
	int64_t most_mhz;
	struct columns columns;         /* of fragments.csv, which may come in pieces */
	struct job *last;               /* whose line was the last */
	uint32_t line;                  /* which that was; 0: not even the heading */
	struct text_mistake *mistake;
	bool in_fragments;              /* where it is */
};

static int ids_compare(struct text_field a, struct text_field b)
{
	int order = memcmp(a.at, b.at, a.length < b.length ? a.length : b.length);
	return order ? order : (a.length > b.length) - (a.length < b.length);
}

static int by_id(const void *a, const void *b)
{
	return ids_compare(((const struct job *)a)->id, ((const struct job *)b)->id);
}

static bool tasks_parse(struct surf *r, const char *text, size_t size)
{
	struct text_lines lines = {.at = text, .stop = text + size, .separator = ','};
	struct text_mistake *mistake = r->mistake;
	struct columns columns = {task_names, TASK_WHOLE, {0}};
	if (!columns_find(&lines, &columns, mistake))
		return false;
	while (text_next(&lines)) {
		struct job job = {.id = columns_field(&lines, &columns, TASK_ID)};
		struct text_field submission = columns_field(&lines, &columns, SUBMISSION);
		if (!columns_whole(&lines, &columns, task_limits, &job.mhz, mistake))
			return false;
		if (!text_date(submission, &job.start_ns))
			return text_wrong(mistake, lines.line, submission, "is no time of submission");
		if (!job.id.length || memchr(job.id.at, '\0', job.id.length))
			return text_wrong(mistake, lines.line, job.id, "is no id of a job");
		if (r->job_count == JOBS_MOST)
			return columns_wrong(mistake, lines.line, "more jobs than there may be");
		ARRAY_GROW(r->jobs, r->job_count, r->job_room, "jobs of a trace");
		r->jobs[r->job_count++] = job;
		r->most_mhz = job.mhz > r->most_mhz ? job.mhz : r->most_mhz;
	}
	return r->job_count || columns_wrong(mistake, 0, "there are no jobs");
}

/* Puts the jobs in order of their ids, and their starts behind the first one. */
static bool jobs_settle(struct surf *r)
{
	struct text_mistake *mistake = r->mistake;
	qsort(r->jobs, r->job_count, sizeof *r->jobs, by_id);
	int64_t first_ns = r->jobs[0].start_ns, last_ns = first_ns, span_ns;
	for (uint32_t i = 1; i < r->job_count; i++) {
		int64_t at_ns = r->jobs[i].start_ns;
		if (ids_compare(r->jobs[i - 1].id, r->jobs[i].id) == 0)
			return text_wrong(mistake, 0, r->jobs[i].id, "is the id of two jobs");
		first_ns = at_ns < first_ns ? at_ns : first_ns;
		last_ns = at_ns > last_ns ? at_ns : last_ns;
	}
	if (__builtin_sub_overflow(last_ns, first_ns, &span_ns) || span_ns > TIME_MAX_NS)
		return columns_wrong(mistake, 0, "more than 18 years lie between the first and the last job");
	for (uint32_t i = 0; i < r->job_count; i++)
		r->jobs[i].start_ns -= first_ns;
	return true;
}

/* The job of an id; mostly it is the one of the line before. */
static struct job *job_of(const struct surf *r, struct text_field id, struct job *last)
{
	if (last && ids_compare(last->id, id) == 0)
		return last;
	const struct job key = {.id = id};
	return bsearch(&key, r->jobs, r->job_count, sizeof *r->jobs, by_id);
}

static bool fragment_add(struct surf *r, struct job *job, const int64_t values[FRAGMENT_WHOLE])
{
	int64_t span_ns = job->span_ns + values[DURATION] * NS_PER_MS;
	if (r->fragment_count == FRAGMENTS_MOST || span_ns > TIME_MAX_NS)
		return false;
	ARRAY_GROW(r->fragments, r->fragment_count, r->fragment_room, "fragments of jobs");
	r->fragments[r->fragment_count++] = (struct fragment){
		.job = (uint32_t)(job - r->jobs), .mhz = (uint16_t)values[USAGE],
		.ms_low = (uint32_t)values[DURATION], .ms_high = (uint16_t)(values[DURATION] >> 32),
	};
	job->span_ns = span_ns;
	job->fragments++;
	return true;
}

/* The fragment of a line. */
static bool line_take(struct surf *r, const struct text_lines *lines)
{
	int64_t values[FRAGMENT_WHOLE];
	struct text_field id = columns_field(lines, &r->columns, FRAGMENT_ID);
	if (!columns_whole(lines, &r->columns, fragment_limits, values, r->mistake))
		return false;
	r->last = job_of(r, id, r->last);
	if (!r->last)
		return text_wrong(r->mistake, lines->line, id, "is no job of tasks.csv");
	if (values[USAGE] > r->last->mhz)
		return text_wrong(r->mistake, lines->line, columns_field(lines, &r->columns, USAGE),
		                  "is more than the job's cpu_capacity");
	return fragment_add(r, r->last, values) ||
	       columns_wrong(r->mistake, lines->line, "more fragments than there may be");
}

/* The next piece of fragments.csv, of whole lines. */
static bool fragments_parse(struct surf *r, const char *text, size_t size)
{
	struct text_lines lines = {.at = text, .stop = text + size, .separator = ',', .line = r->line};
	r->in_fragments = true;
	if (!r->line && !columns_find(&lines, &r->columns, r->mistake))
		return false;
	while (text_next(&lines))
		if (!line_take(r, &lines))
			return false;
	r->line = lines.line;
	return true;
}

static void surf_init(struct surf *r, struct text_mistake *mistake)
{
	*r = (struct surf){.mistake = mistake, .columns = {fragment_names, FRAGMENT_WHOLE, {0}}};
}

/* What the set's pointers point to. */
struct backing {
	struct arena names;
	uint32_t *row_count;
	uint64_t *row_at;
	int64_t *stamps_ns;
	uint16_t *samples;
	double *row_cpu_hz;
};

static void release(struct demand_set *set)
{
	struct backing *b = set->backing;
	arena_fini(&b->names);
	free(b->row_count);
	free(b->row_at);
	free(b->stamps_ns);
	free(b->samples);
	free(b->row_cpu_hz);
	free(b);
	*set = (struct demand_set){0};
}

/* A row is a job's fragments and the 0 behind them. */
static uint32_t rows_lay_out(const struct surf *r, struct backing *b, const char **names)
{
	uint32_t longest = 1;
	for (uint32_t i = 0; i < r->job_count; i++) {
		const struct job *job = &r->jobs[i];
		names[i] = arena_string_n(&b->names, job->id.at, job->id.length);
		b->row_cpu_hz[i] = (double)job->mhz * 1e6;
		b->row_count[i] = job->fragments + 1;
		b->row_at[i + 1] = b->row_at[i] + b->row_count[i];
		longest = b->row_count[i] > longest ? b->row_count[i] : longest;
	}
	return longest;
}

static void samples_fill(const struct surf *r, struct backing *b)
{
	uint64_t *next = memory_new(r->job_count, sizeof *next, "rows of a trace");
	int64_t *at_ns = memory_new(r->job_count, sizeof *at_ns, "rows of a trace");
	for (uint32_t i = 0; i < r->job_count; i++) {
		next[i] = b->row_at[i];
		at_ns[i] = r->jobs[i].start_ns;
		b->stamps_ns[b->row_at[i + 1] - 1] = at_ns[i] + r->jobs[i].span_ns; /* 0 is there already */
	}
	for (uint32_t k = 0; k < r->fragment_count; k++) {
		const struct fragment *f = &r->fragments[k];
		int64_t mhz = r->jobs[f->job].mhz;
		b->stamps_ns[next[f->job]] = at_ns[f->job];
		b->samples[next[f->job]++] = (uint16_t)((f->mhz * r->most_mhz + mhz / 2) / mhz);
		at_ns[f->job] += ((int64_t)f->ms_high << 32 | f->ms_low) * NS_PER_MS;
	}
	free(next);
	free(at_ns);
}

static void set_make(const struct surf *r, struct demand_set *set)
{
	uint32_t n = r->job_count;
	struct backing *b = memory_new(1, sizeof *b, "trace");
	arena_init(&b->names);
	const char **names = arena_new(&b->names, n, sizeof *names);
	b->row_count = memory_new(n, sizeof *b->row_count, "rows of a trace");
	b->row_at = memory_new(n + 1, sizeof *b->row_at, "rows of a trace");
	b->row_cpu_hz = memory_new(n, sizeof *b->row_cpu_hz, "rows of a trace");
	uint32_t longest = rows_lay_out(r, b, names);
	b->stamps_ns = memory_new(b->row_at[n], sizeof *b->stamps_ns, "trace stamps");
	b->samples = memory_new(b->row_at[n], sizeof *b->samples, "trace samples");
	samples_fill(r, b);
	*set = (struct demand_set){
		.name = arena_string(&b->names, "surf"),
		.rows = n, .irregular = true, .axis = {0, 0, longest},
		.row_count = b->row_count, .stamps_ns = b->stamps_ns, .row_at = b->row_at, .row_names = names,
		.row_cpu_hz = b->row_cpu_hz, .release = release, .backing = b,
		.backing_bytes = b->row_at[n] * (sizeof *b->stamps_ns + sizeof *b->samples),
	};
	set->columns[DEMAND_CPU] =
		(struct demand_samples){.at = b->samples, .bits = 16, .full_scale = (double)r->most_mhz};
}

/* After all pieces. */
static bool surf_make(const struct surf *r, struct demand_set *set)
{
	if (!r->fragment_count)
		return columns_wrong(r->mistake, 0, "there are no fragments");
	set_make(r, set);
	return true;
}

static void surf_fini(struct surf *r)
{
	free(r->jobs);
	free(r->fragments);
}

bool surf_fragments_parse(const struct surf_texts *texts, struct demand_set *set,
                          struct text_mistake *mistake, bool *in_fragments)
{
	struct surf r;
	surf_init(&r, mistake);
	bool well = tasks_parse(&r, texts->tasks, texts->tasks_size) && jobs_settle(&r) &&
	            fragments_parse(&r, texts->fragments, texts->fragments_size) && surf_make(&r, set);
	*in_fragments = r.in_fragments;
	surf_fini(&r);
	return well;
}

/* The two files as they come. The text of tasks is kept: ids of jobs point into it. */
struct two_files {
	struct surf surf;
	char *tasks;
	size_t tasks_size;
	bool well;
};

static bool tasks_keep(void *context, const struct archive_file *file)
{
	struct two_files *r = context;
	r->tasks = memory_string_n(file->data, file->size);
	r->tasks_size = file->size;
	return false;
}

static bool piece_take(void *context, const struct archive_file *piece)
{
	struct two_files *r = context;
	r->well = fragments_parse(&r->surf, piece->data, piece->size);
	return r->well;
}

static bool fragments_read(const char *path, const char *subset, struct demand_set *set, struct place place,
                           struct diag *diag)
{
	struct text_mistake mistake = {0, ""};
	struct two_files r = {.well = true};
	if (subset) {
		diag_error(diag, place, "a trace of the format surf has no subsets");
		return false;
	}
	surf_init(&r.surf, &mistake);
	bool there = arrivals_text(path, "tasks.csv", tasks_keep, &r, place, diag);
	r.well = there && tasks_parse(&r.surf, r.tasks, r.tasks_size) && jobs_settle(&r.surf);
	r.surf.in_fragments = r.well;
	if (r.well)
		there = arrivals_pieces(path, "fragments.csv", piece_take, &r, place, diag);
	r.well = r.well && there && surf_make(&r.surf, set);
	if (there && !r.well)
		diag_error(diag, place, "%s/%s:%u: %s", path,
		           r.surf.in_fragments ? "fragments.csv" : "tasks.csv", mistake.line, mistake.text);
	surf_fini(&r.surf);
	free(r.tasks);
	return r.well;
}

const struct trace_reader surf_fragments_reader = {
	"surf",
	"A folder with tasks.csv and fragments.csv: jobs, and what they used of their CPU from their start",
	1,
	fragments_read,
};

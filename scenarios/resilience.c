/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs and guests of a scenario, from keys to tables. */
#include "scenarios/resilience.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/memory.h"
#include "sim/time.h"
#include "sim/transcend.h"

#define PAGE_BYTES 4096.0
#define HEAD_BYTES 8.0          /* of a page on its way, as in QEMU's stream (models/migration/qemu.h) */
#define SIDE 5.0                /* without limits, intervals go from Young's best / SIDE to SIDE times it */
/* For the simulated optimum each interval sees about so many failures: the curve is flat there, and
 * what is known of it goes with the root of their number. */
#define SEARCH_FAILURES 50000
#define SEARCH_RUNS_LEAST 50
#define SEARCH_RUNS_MOST 10000

void law_check(const struct check *c, const struct scenario_law *law, const char *what, uint32_t i,
               const char *section)
{
	char path[64];
	snprintf(path, sizeof path, "%s.shape", section);
	if (law->has_shape && !law_shaped(law->kind))
		diag_error(c->diag, check_place(c, what, i, path), "'shape' is not used by distribution %s",
		           law_names[law->kind]);
	if (!law->has_shape && law_shaped(law->kind))
		diag_error(c->diag, check_place(c, what, i, section),
		           "distribution %s needs 'shape': %s", law_names[law->kind],
		           law->kind == LAW_WEIBULL ? "the exponent, say 0.7"
		                                    : "the standard deviation of the logarithm, say 1");
}

struct law law_of(const struct scenario_law *law)
{
	return (struct law){law->kind, law->mean_ns / 1e9, law->shape};
}

/* Young's best interval of a job; its least and longest. */
static double young_s(const struct scenario_job *g)
{
	return checkpoint_young_optimum_s(g->between.mean_ns / 1e9, time_s(g->dump_ns));
}

static void limits(const struct scenario_job *g, double *least_s, double *most_s)
{
	*least_s = g->has_least ? time_s(g->least_ns) : young_s(g) / SIDE;
	*most_s = g->has_most ? time_s(g->most_ns) : young_s(g) * SIDE;
}

static void job_check(const struct check *c, uint32_t i)
{
	const struct scenario_job *g = &c->s->jobs[i];
	double least_s, most_s;
	law_check(c, &g->between, "jobs", i, "failures");
	if (!(g->between.mean_ns > 0)) /* no mapping, which was told */
		return;
	limits(g, &least_s, &most_s);
	if (!(least_s < most_s))
		diag_error(c->diag, check_place(c, "jobs", i, "intervals"),
		           "the shortest interval (%g s) must be below the longest (%g s)", least_s,
		           most_s);
	for (uint32_t k = 0; k < i; k++)
		if (g->name && c->s->jobs[k].name && strcmp(c->s->jobs[k].name, g->name) == 0)
			diag_error(c->diag, g->place,
			           "there are two of jobs called '%s'; names must differ", g->name);
}

static void remus_check(const struct check *c, uint32_t i)
{
	const struct scenario_remus *g = &c->s->remus[i];
	if (!g->name) /* no mapping, which was told */
		return;
	if (g->least_ns >= g->most_ns)
		diag_error(c->diag, check_place(c, "remus", i, "epochs"),
		           "the shortest epoch must be below the longest");
	for (uint32_t k = 0; k < i; k++)
		if (c->s->remus[k].name && strcmp(c->s->remus[k].name, g->name) == 0)
			diag_error(c->diag, g->place,
			           "there are two of remus called '%s'; names must differ", g->name);
}

void resilience_check(const struct check *c)
{
	for (uint32_t i = 0; i < c->s->job_count; i++)
		job_check(c, i);
	for (uint32_t i = 0; i < c->s->remus_count; i++)
		remus_check(c, i);
}

/* The k-th of n values in equal ratios. */
static double ratio_step(double least, double most, int64_t k, int64_t n)
{
	return least * exp(log(most / least) * (double)k / (double)(n - 1));
}

static struct checkpoint job_of(const struct scenario_job *g)
{
	return (struct checkpoint){
		.between = law_of(&g->between), .work_ns = g->work_ns, .dump_ns = g->dump_ns,
		.restart_ns = g->restart_ns, .interval_ns = 1,
	};
}

/* A whole number of nanoseconds, at least one and at most the time that there is. */
static int64_t interval_ns(double s)
{
	int64_t ns;
	if (!time_from_s(s, &ns) || ns >= TIME_MAX_NS)
		return TIME_MAX_NS - 1;
	return ns > 0 ? ns : 1;
}

/* Run time after Daly with an interval, over the least that there is, less 1. */
static double cost_01(struct checkpoint job, double interval_s, double best_s)
{
	job.interval_ns = interval_ns(interval_s);
	double with_s = checkpoint_daly_s(&job);
	job.interval_ns = interval_ns(best_s);
	return with_s / checkpoint_daly_s(&job) - 1;
}

static double error_01(double x, double reference)
{
	return reference > 0 ? x / reference - 1 : 0;
}

static uint32_t search_runs(struct checkpoint job, double interval_s)
{
	job.interval_ns = interval_ns(interval_s);
	double runs = SEARCH_FAILURES * job.between.mean_s / checkpoint_daly_s(&job);
	if (!(runs > SEARCH_RUNS_LEAST))
		return SEARCH_RUNS_LEAST;
	return runs < SEARCH_RUNS_MOST ? (uint32_t)runs : SEARCH_RUNS_MOST;
}

static void job_go(struct job_row *row, const struct scenario_job *g, uint64_t seed)
{
	struct checkpoint job = job_of(g);
	double mean_s = job.between.mean_s, dump_s = time_s(g->dump_ns);
	*row = (struct job_row){
		.name = g->name, .law = job.between.kind, .mean_s = mean_s, .shape = job.between.shape,
		.work_s = time_s(g->work_ns), .dump_s = dump_s, .restart_s = time_s(g->restart_ns),
		.young_s = checkpoint_young_optimum_s(mean_s, dump_s),
		.daly_s = checkpoint_daly_optimum_s(mean_s, dump_s),
		.exact_s = checkpoint_exact_optimum_s(mean_s, dump_s),
	};
	if (row->daly_s > 0)
		row->simulated_s =
			checkpoint_search_s(&job, row->daly_s, seed, search_runs(job, row->daly_s));
	row->young_error_01 = error_01(row->young_s, row->simulated_s);
	row->daly_error_01 = error_01(row->daly_s, row->simulated_s);
	row->young_cost_01 = cost_01(job, row->young_s, row->exact_s);
	row->daly_cost_01 = cost_01(job, row->daly_s, row->exact_s);
}

static void value_tell(struct digest *digest, const char *name, uint64_t row, double value)
{
	digest_add(digest, DIGEST_VALUE,
	           (const uint64_t[5]){digest_of_string(name), row, digest_of_double(value), 0, 0});
}

static void jobs_go(struct resilience *r, const struct scenario *s, struct digest *digest)
{
	for (uint32_t i = 0; i < s->job_count; i++) {
		const struct scenario_job *g = &s->jobs[i];
		struct checkpoint job = job_of(g);
		double least_s, most_s;
		limits(g, &least_s, &most_s);
		job_go(&r->jobs[i], g, s->seed);
		value_tell(digest, "job.optimum", i, r->jobs[i].simulated_s);
		for (int64_t k = 0; k < g->points; k++) {
			struct checkpoint_row *row = &r->checkpoints[r->checkpoint_count];
			job.interval_ns = interval_ns(ratio_step(least_s, most_s, k, g->points));
			*row = (struct checkpoint_row){
				.job = i, .interval_s = time_s(job.interval_ns),
				.daly_s = checkpoint_daly_s(&job),
				.mean = checkpoint_simulate(&job, s->seed, (uint32_t)g->runs),
			};
			row->error_01 = error_01(row->mean.run_s, row->daly_s);
			value_tell(digest, "job.run_s", r->checkpoint_count++, row->mean.run_s);
		}
	}
}

static struct remus remus_of(const struct scenario_remus *g)
{
	int64_t pages = g->set_bytes / (int64_t)PAGE_BYTES;
	double rate_hz = (double)g->rate_bps / 8 / PAGE_BYTES;
	return (struct remus){
		.dirty = dirty_pattern(g->pattern, 0, pages, rate_hz), .pause_ns = g->pause_ns,
		.copy_ns = g->copy_ns, .bandwidth_Bps = (double)g->bandwidth_bps / 8,
		.page_bytes = HEAD_BYTES + PAGE_BYTES * (1 - g->compression_01),
		.latency_ns = g->latency_ns, .detect_ns = g->detect_ns, .activate_ns = g->activate_ns,
	};
}

static void guests_go(struct resilience *r, const struct scenario *s, struct digest *digest)
{
	for (uint32_t i = 0; i < s->remus_count; i++) {
		const struct scenario_remus *g = &s->remus[i];
		struct remus guest = remus_of(g);
		for (int64_t k = 0; k < g->points; k++) {
			struct remus_row *row = &r->remus[r->remus_count];
			guest.epoch_ns = interval_ns(ratio_step(time_s(g->least_ns), time_s(g->most_ns), k,
			                                        g->points));
			struct remus_outcome o = remus_run(&guest);
			*row = (struct remus_row){
				.name = g->name,
				.epoch_s = time_s(guest.epoch_ns),
				.run_s = time_s(o.run_ns),
				.paused_s = time_s(o.paused_ns),
				.send_s = time_s(o.send_ns),
				.outcome = o,
				.closed_loop_01 = remus_closed_loop_01(&o, time_s(g->response_ns)),
			};
			value_tell(digest, "remus.latency", r->remus_count, o.latency_mean_s);
			value_tell(digest, "remus.speed", r->remus_count++, o.speed_01);
		}
	}
}

void resilience_go(struct resilience *r, const struct scenario *s, struct digest *digest)
{
	size_t intervals = 0, epochs = 0;
	*r = (struct resilience){.job_count = s->job_count};
	for (uint32_t i = 0; i < s->job_count; i++)
		intervals += (size_t)s->jobs[i].points;
	for (uint32_t i = 0; i < s->remus_count; i++)
		epochs += (size_t)s->remus[i].points;
	r->jobs = memory_new(s->job_count, sizeof *r->jobs, "jobs");
	r->checkpoints = memory_new(intervals, sizeof *r->checkpoints, "jobs with checkpoints");
	r->remus = memory_new(epochs, sizeof *r->remus, "guests that are copied all the time");
	jobs_go(r, s, digest);
	guests_go(r, s, digest);
}

void resilience_close(struct resilience *r)
{
	free(r->jobs);
	free(r->checkpoints);
	free(r->remus);
}

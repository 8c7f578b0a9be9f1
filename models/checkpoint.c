/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs with checkpoints, failure by failure, and what closed forms expect of them. */
#include "models/checkpoint.h"

#include "sim/fault.h"
#include "sim/time.h"
#include "sim/transcend.h"

#define SEARCH_SPAN 0.5         /* the search goes from guess exp(-span) to guess exp(span) */
#define CUBIC 4

/* Time that so much work takes when all goes well. */
static int64_t well_ns(const struct checkpoint *job, int64_t work_ns)
{
	int64_t dumps = (work_ns + job->interval_ns - 1) / job->interval_ns, all_ns;
	if (__builtin_mul_overflow(dumps, job->dump_ns, &all_ns) ||
	    __builtin_add_overflow(all_ns, work_ns, &all_ns) || all_ns > TIME_MAX_NS)
		return TIME_MAX_NS;
	return all_ns;
}

/* A failure comes `after_ns` into a try. Returns the work that is safe then. */
static int64_t fail(const struct checkpoint *job, struct checkpoint_outcome *o, int64_t after_ns)
{
	int64_t restart_ns = o->failures ? job->restart_ns : 0,
		stretch_ns = job->interval_ns + job->dump_ns;
	o->failures++;
	o->run_ns += after_ns;
	if (after_ns <= restart_ns) {
		o->restart_ns += after_ns;
		return 0;
	}
	o->restart_ns += restart_ns;
	int64_t whole = (after_ns - restart_ns) / stretch_ns;
	o->redone_ns += after_ns - restart_ns - whole * stretch_ns;
	return whole * job->interval_ns;
}

struct checkpoint_outcome checkpoint_run(const struct checkpoint *job, struct random_stream *r)
{
	struct checkpoint_outcome o = {.failures = 0};
	int64_t left_ns = job->work_ns;
	ASSERT(job->interval_ns > 0 && job->dump_ns >= 0 && job->restart_ns >= 0 && left_ns >= 0);
	ASSERT(job->interval_ns < TIME_MAX_NS && job->dump_ns < TIME_MAX_NS &&
	       job->restart_ns < TIME_MAX_NS);
	while (o.failures < CHECKPOINT_FAILURES_MOST) {
		int64_t restart_ns = o.failures ? job->restart_ns : 0;
		int64_t need_ns = restart_ns + well_ns(job, left_ns),
			after_ns = law_draw_ns(&job->between, r);
		int64_t most_ns = TIME_MAX_NS - o.run_ns;
		o.finished = after_ns >= need_ns && need_ns <= most_ns;
		if (o.finished) {
			o.run_ns += need_ns;
			o.restart_ns += restart_ns;
			break;
		}
		if (after_ns >= most_ns) {
			o.run_ns = TIME_MAX_NS;
			break;
		}
		int64_t safe_ns = fail(job, &o, after_ns);
		ASSERT(safe_ns < left_ns); /* or it would have been finished */
		left_ns -= safe_ns;
	}
	return o;
}

struct checkpoint_mean checkpoint_simulate(const struct checkpoint *job, uint64_t seed, uint32_t runs)
{
	struct checkpoint_mean m = {.runs = runs, .finished = true};
	double squares = 0;
	for (uint32_t k = 0; k < runs; k++) {
		struct random_stream r;
		random_init(&r, seed, "job fails", k);
		struct checkpoint_outcome o = checkpoint_run(job, &r);
		/* Welford 1962: no difference of large sums. */
		double x = time_s(o.run_ns), step = x - m.run_s;
		m.run_s += step / (k + 1);
		squares += step * (x - m.run_s);
		m.redone_s += time_s(o.redone_ns) / runs;
		m.restart_s += time_s(o.restart_ns) / runs;
		m.failures += (double)o.failures / runs;
		m.finished = m.finished && o.finished;
	}
	m.error_s = runs > 1 ? sqrt(squares / ((double)runs * (runs - 1.0))) : 0;
	return m;
}

/* Expected time of a stretch of s, with all its tries. */
static double stretch_s(const struct checkpoint *job, double s)
{
	double mean_s = job->between.mean_s;
	return mean_s * exp(time_s(job->restart_ns) / mean_s) * expm1(s / mean_s);
}

double checkpoint_daly_s(const struct checkpoint *job)
{
	double stretch = stretch_s(job, time_s(job->interval_ns + job->dump_ns));
	return stretch * ((double)job->work_ns / (double)job->interval_ns);
}

double checkpoint_expected_s(const struct checkpoint *job)
{
	int64_t whole = job->work_ns / job->interval_ns, rest_ns = job->work_ns % job->interval_ns;
	double run_s = (double)whole * stretch_s(job, time_s(job->interval_ns + job->dump_ns));
	return rest_ns ? run_s + stretch_s(job, time_s(rest_ns + job->dump_ns)) : run_s;
}

double checkpoint_young_optimum_s(double mean_s, double dump_s)
{
	ASSERT(mean_s > 0 && dump_s >= 0);
	return sqrt(2 * dump_s * mean_s);
}

double checkpoint_daly_optimum_s(double mean_s, double dump_s)
{
	double part = dump_s / (2 * mean_s);
	if (part >= 1)
		return mean_s;
	return checkpoint_young_optimum_s(mean_s, dump_s) * (1 + sqrt(part) / 3 + part / 9) - dump_s;
}

/* With x = tau/M the derivative has the sign of -(x + delta/M + log(1 - x)), which falls from delta/M
 * at 0 to minus infinity at 1: halving finds where it is 0. */
double checkpoint_exact_optimum_s(double mean_s, double dump_s)
{
	double low = 0, high = 1;
	ASSERT(mean_s > 0 && dump_s >= 0);
	for (int i = 0; i < 80; i++) {
		double x = (low + high) / 2;
		if (x + dump_s / mean_s + log1p(-x) > 0)
			low = x;
		else
			high = x;
	}
	return mean_s * (low + high) / 2;
}

/* Solves a x = b by Gauss with the largest pivot; a is used up. False: it is singular. */
static bool solve(double a[CUBIC][CUBIC + 1], double x[CUBIC])
{
	for (int c = 0; c < CUBIC; c++) {
		int best = c;
		for (int r = c + 1; r < CUBIC; r++)
			best = fabs(a[r][c]) > fabs(a[best][c]) ? r : best;
		if (!(fabs(a[best][c]) > 0))
			return false;
		for (int k = 0; k <= CUBIC; k++) {
			double swapped = a[c][k];
			a[c][k] = a[best][k];
			a[best][k] = swapped;
		}
		for (int r = c + 1; r < CUBIC; r++) {
			double factor = a[r][c] / a[c][c];
			for (int k = c; k <= CUBIC; k++)
				a[r][k] -= factor * a[c][k];
		}
	}
	for (int r = CUBIC - 1; r >= 0; r--) {
		x[r] = a[r][CUBIC];
		for (int k = r + 1; k < CUBIC; k++)
			x[r] -= a[r][k] * x[k];
		x[r] /= a[r][r];
	}
	return true;
}

/* Where the cubic of least squares through the points is least; 0 where it has no minimum. */
static double cubic_minimum(const double *u, const double *y, int n)
{
	double a[CUBIC][CUBIC + 1] = {{0}}, c[CUBIC];
	for (int i = 0; i < n; i++) {
		const double power[CUBIC] = {1, u[i], u[i] * u[i], u[i] * u[i] * u[i]};
		for (int r = 0; r < CUBIC; r++) {
			for (int k = 0; k < CUBIC; k++)
				a[r][k] += power[r] * power[k];
			a[r][CUBIC] += power[r] * y[i];
		}
	}
	if (!solve(a, c))
		return 0;
	double discriminant = c[2] * c[2] - 3 * c[3] * c[1];
	if (!(discriminant >= 0) || !(c[2] + sqrt(discriminant) > 0))
		return 0;
	/* The root of c1 + 2 c2 u + 3 c3 u^2 at which the second derivative is positive, without
	 * cancellation. */
	return -c[1] / (c[2] + sqrt(discriminant));
}

double checkpoint_search_s(const struct checkpoint *job, double guess_s, uint64_t seed, uint32_t runs)
{
	double u[CHECKPOINT_SEARCH], y[CHECKPOINT_SEARCH], work_s = time_s(job->work_ns);
	struct checkpoint tried = *job;
	ASSERT(guess_s > 0 && runs > 0);
	if (work_s < 2 * guess_s)
		return 0;
	for (int i = 0; i < CHECKPOINT_SEARCH; i++) {
		double at = SEARCH_SPAN * (2.0 * i / (CHECKPOINT_SEARCH - 1) - 1);
		/* Intervals that divide the work: a last, shorter one would put steps into the curve.
		 * */
		double parts = ceil(work_s / (guess_s * exp(at)));
		tried.interval_ns = (job->work_ns + (int64_t)parts - 1) / (int64_t)parts;
		struct checkpoint_mean mean = checkpoint_simulate(&tried, seed, runs);
		if (!mean.finished)
			return 0;
		u[i] = log(time_s(tried.interval_ns) / guess_s);
		y[i] = mean.run_s / work_s - 1;
	}
	return guess_s * exp(cubic_minimum(u, y, CHECKPOINT_SEARCH));
}

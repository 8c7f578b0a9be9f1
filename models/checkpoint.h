/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A long job that saves its state now and then, on a machine that fails now and then.
 *
 * The job needs T_s of work. After each tau of work (and after what is left at the end) it writes a
 * checkpoint, which takes delta. A failure throws it back to the last checkpoint that was complete, and
 * costs a restart R, in which it may fail again. Failures come with mean M, counted anew from each
 * failure.
 *
 * Closed forms, for exponential failures. A stretch of tau + delta is tried until no failure falls into
 * it: the tries take M (exp((tau + delta)/M) - 1) in expectation and see exp((tau + delta)/M) - 1
 * failures, each with a restart that succeeds after M (exp(R/M) - 1), hence
 *     T = M exp(R/M) (exp((tau + delta)/M) - 1) T_s/tau
 * (Daly, FGCS 22, 2006, the complete cost function, delta << T_s). It is least where
 *     exp((tau + delta)/M) (1 - tau/M) = 1
 * whatever R is. Young (CACM 17, 1974) has sqrt(2 delta M); Daly (eq. 37)
 *     sqrt(2 delta M) (1 + sqrt(delta/2M)/3 + (delta/2M)/9) - delta     for delta < 2M, else M.
 * His own three cases (M 24 h, 6 h, 15 min; delta 5 min: 117, 57, 9.1 min) are tests.
 *
 * The simulation is arithmetic on one variate a failure, in whole nanoseconds: no engine, and no cost
 * for work that goes well. */
#ifndef MODELS_CHECKPOINT_H
#define MODELS_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "models/law.h"

struct checkpoint {
	struct law between;             /* failures */
	int64_t work_ns;                /* T_s */
	int64_t interval_ns;            /* tau, of work: > 0 */
	int64_t dump_ns;                /* delta */
	int64_t restart_ns;             /* R */
};

/* Where the wall time of a run went: run = work + dumps + redone + restarts. */
struct checkpoint_outcome {
	int64_t run_ns;
	int64_t redone_ns;              /* work and unfinished dumps that a failure threw away */
	int64_t restart_ns;             /* restarts, with those that failed */
	uint64_t failures;
	bool finished;                  /* false: given up after 18 years or CHECKPOINT_FAILURES_MOST */
};
#define CHECKPOINT_FAILURES_MOST UINT64_C(10000000)

/* One run. */
struct checkpoint_outcome checkpoint_run(const struct checkpoint *job, struct random_stream *r);

/* Many runs, of the streams (seed, "job fails", k): equal failures for every interval, so that
 * differences between intervals are far more certain than each of them. */
struct checkpoint_mean {
	double run_s, error_s;          /* mean, and its standard error */
	double redone_s, restart_s, failures;
	uint32_t runs;
	bool finished;                  /* every one of them */
};
struct checkpoint_mean checkpoint_simulate(const struct checkpoint *job, uint64_t seed, uint32_t runs);

/* Daly's expression; of `between` the mean counts alone. */
double checkpoint_daly_s(const struct checkpoint *job);
/* The same without its approximation: whole stretches and the one that is left at the end. */
double checkpoint_expected_s(const struct checkpoint *job);

/* The best interval: after Young, after Daly, and where Daly's expression is least. */
double checkpoint_young_optimum_s(double mean_s, double dump_s);
double checkpoint_daly_optimum_s(double mean_s, double dump_s);
double checkpoint_exact_optimum_s(double mean_s, double dump_s);

/* The best interval of the simulation, near `guess_s`: the minimum of a cubic through the means of
 * `runs` runs at CHECKPOINT_SEARCH intervals that divide the work evenly. The curve is flat there: the
 * place of its minimum is known far worse than its height. 0 where the work is less than two guesses,
 * or a run is never finished. */
#define CHECKPOINT_SEARCH 17
double checkpoint_search_s(const struct checkpoint *job, double guess_s, uint64_t seed, uint32_t runs);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fair sharing measured on a real kernel, and what the quantum scheduler predicts for the same threads.
 *
 * A file has one row a thread and is read by the names of its columns. What was set up (inputs) and what
 * came out (outcomes) are different structs: a prediction is given only the first and so cannot read the
 * second, and a file without outcomes is predicted all the same.
 *
 * The prediction runs the discrete scheduler (models/hypervisor/quantum.h) with the rules of Linux's EEVDF
 * for each configuration, several times: when the threads started relative to the kernel's timer tick and to
 * the refill of caps was not recorded, so it is taken at equal steps over all that it can have been, and the
 * means are the prediction. */
#ifndef CLI_FAIRSHARE_H
#define CLI_FAIRSHARE_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/diag.h"

struct fairshare_thread {            /* inputs */
	uint32_t group;
	double shares;               /* of its group: 1024 is ordinary */
	int32_t nice;
	double quota_us, quota_period_us; /* of its group; 0: no cap */
	double duty_period_ms, duty_work_ms; /* 0: always busy */
};

struct fairshare_outcome {           /* of one thread: measured, or predicted */
	double cpu_s, wait_s, slices;
};

struct fairshare_config {
	uint32_t first, count;       /* threads */
	uint32_t line;               /* in the file, for messages */
	uint32_t cores;
	double elapsed_s;
	double received_cpus, ideal_cpus; /* what all got together, and would have got had nothing else run */
	const char *name;
};

struct fairshare {
	struct arena arena;
	struct fairshare_config *configs;
	struct fairshare_thread *threads;
	struct fairshare_outcome *measured, *predicted; /* one a thread */
	uint32_t config_count, config_room, thread_count;
	uint32_t thread_room, measured_room, predicted_room;
	bool has_outcomes;
};

/* Reads a file; false after mistakes, which are in the diag. */
bool fairshare_read(struct fairshare *f, const char *path, struct diag *diag);
void fairshare_free(struct fairshare *f);

/* What the scheduler does with one configuration's threads. */
void fairshare_predict(const struct fairshare_config *config, const struct fairshare_thread *threads,
                       struct fairshare_outcome *predicted);

/* Errors over a set of configurations; NaN where there is nothing to compare. */
enum fairshare_stratum {
	FAIRSHARE_ALL, FAIRSHARE_WEIGHTS, FAIRSHARE_CAPS, FAIRSHARE_DUTY, FAIRSHARE_TWO_CORES,
	FAIRSHARE_STRATA
};
extern const char *const fairshare_stratum_names[FAIRSHARE_STRATA];

struct fairshare_errors {
	uint32_t configs, groups, threads, waiters;
	double share_mean, share_max;    /* of a group's share, in CPUs */
	double wait_mean;                /* as a fraction of the time, of threads with a duty or a cap */
	double slices_median;            /* relative, of all threads */
};
struct fairshare_errors fairshare_compare(const struct fairshare *f, enum fairshare_stratum stratum);

/* A group's share in CPUs: the sum over its threads, in outcomes of all threads. */
double fairshare_group_cpus(const struct fairshare *f, const struct fairshare_config *config, uint32_t group,
                            const struct fairshare_outcome *outcomes);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sweep on a Slurm cluster whose nodes share the sweep's folder.
 *
 * Runs go out in chunks, tasks of one array job, as a task for each run would leave the cluster to its
 * scheduler (15 tasks a second). How long a chunk is comes from the run times in the logs. Each task is a
 * worker like the local one: it appends to a log of its own. What is done is read from the logs and from
 * nowhere else; when no job of ours is left and runs are missing (a node died, the controller forgot a job, a
 * wall time was too short), they go out again, as long as each round gets something done. */
#ifndef CLI_SWEEP_SLURM_H
#define CLI_SWEEP_SLURM_H

#include "cli/sweep_state.h"

struct slurm_options {
	const char *partition, *time, *memory; /* as sbatch takes them; NULL: the cluster's defaults */
	uint32_t chunk;                        /* runs a task; 0: from the measured run time */
	uint32_t nodes;                        /* most tasks at a time; 0: no limit */
	uint32_t workers;                      /* runs at a time in a task: its CPUs */
};

/* Returns how many runs are left; ends the process with status 3 where Slurm cannot be spoken to. */
uint32_t sweep_slurm(struct sweep *sweep, const struct slurm_options *options);

/* A task: runs count runs of a list of todo from `first` on. */
bool sweep_list_read(const char *path, uint64_t first, uint64_t count, struct sweep_todo *todo);

#endif

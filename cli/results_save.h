/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A finished run into its results file: for `run` and for sweeps. */
#ifndef CLI_RESULTS_SAVE_H
#define CLI_RESULTS_SAVE_H

#include "scenarios/run.h"

/* Ends the process with status 3 and a message if it cannot be written. */
void results_save(const struct run *run, const char *path, const struct provenance *provenance);

#endif

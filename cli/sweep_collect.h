/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All runs of a sweep in one HDF5 file: arrays of one element a run, in order of point and replication.
 *
 *   /runs/point, replication, seed, done (1, else 0), generated, status (exit status or signal), wall_s,
 *   cpu_s, peak_rss_bytes, digest, name
 *   /parameters/KEY    what the axes set: numbers where every value is one (with their common unit as
 *                      attribute `units`), else texts
 *   /metrics/FIGURE    the run's figures with their units; NaN where it has none
 *   /study             the study's text
 * Attributes, a line each: `keys` and `axes` of /parameters (the axes' keys and the numbers of their axes),
 * `chosen` of /metrics (the study's metrics).
 *
 * h5py reads it as it is: pandas.DataFrame({k: f['metrics'][k] for k in f['metrics']}). */
#ifndef CLI_SWEEP_COLLECT_H
#define CLI_SWEEP_COLLECT_H

#include "cli/sweep_state.h"

/* Only runs of this study as it stands, each once; those that never ended are not in it. */
void sweep_collect(const struct sweep *sweep, const char *path);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which VM leaves an overloaded host first?
 *
 *   mmt   the one with the least memory, so that its migration is short
 *   mc    the one whose past is best explained by the others': largest R^2 of a regression on them
 *   mu    the one that uses the least of its own CPU
 *   rs    any; seeded here, not in CloudSim, whose results with it are not the same twice
 *
 * Ties go to the first in the list. mc solves by Householder's reflections in the order of operations of
 * org.apache.commons.math3's QRDecomposition; where it cannot (one VM, fewer samples than VMs, a matrix that
 * is singular to the last bit) mmt decides. */
#ifndef MODELS_CLOUDSIM_SELECTION_H
#define MODELS_CLOUDSIM_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "models/cloudsim/books.h"
#include "sim/random.h"

/* Index in `vms` of the one to go; count > 0. `lots` is for rs only. */
uint32_t cloudsim_select(const struct cloudsim_books *b, const uint32_t *vms, uint32_t count,
                         struct random_stream *lots);

/* r2[i]: R^2 of an ordinary least-squares fit, with an intercept, of row i on the other rows: 1 - residual
 * sum of squares / total; NaN where the row is constant. False where a matrix is singular. 1 < count <=
 * samples <= CLOUDSIM_HISTORY_MOST. */
bool cloudsim_determinations(const double (*rows)[CLOUDSIM_HISTORY_MOST], uint32_t count, uint32_t samples,
                             double *r2);

#endif

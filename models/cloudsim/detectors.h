/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a host overloaded? U = sum of requested MIPS / MIPS of the host.
 *
 *   thr   U > t
 *   mad   U > 1 - s * median absolute deviation of the host's history
 *   iqr   U > 1 - s * interquartile range of it
 *   lr    s * (a + b (n + m)) >= 1: a line fitted to n samples of it at x = 1 ... n by least squares, m ticks
 *         ahead, as many as the longest migration from there takes
 *   lrr   the same: the weights of CloudSim's "robust local" regression are applied only where 40 % of
 *         them are not positive, which never is
 *
 * The history of a host is the sum of the histories of the VMs that are there now, whose past elsewhere
 * included. With too few samples thr with a lower threshold decides. All sums are in the order of the list,
 * and the fit is org.apache.commons.math3's SimpleRegression, operation by operation. */
#ifndef MODELS_CLOUDSIM_DETECTORS_H
#define MODELS_CLOUDSIM_DETECTORS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/cloudsim/books.h"

/* What a detector knows of a host: sums over the VMs that were added, in that order. */
struct cloudsim_load {
	uint32_t vms;                   /* how many */
	uint32_t nonzero;               /* bit i: a sample of age i is not 0 */
	double most_ram_mb;
	double requested;               /* MIPS */
	double history[CLOUDSIM_HISTORY_MOST]; /* the part of the window that is read, oldest first */
};

static inline void cloudsim_load_clear(struct cloudsim_load *load)
{
	load->vms = load->nonzero = 0;
	load->most_ram_mb = load->requested = 0;
	for (uint32_t i = 0; i < CLOUDSIM_HISTORY_MOST; i++)
		load->history[i] = 0;
}
void cloudsim_load_add(struct cloudsim_load *load, const struct cloudsim_books *b, uint32_t host_type,
                       uint32_t vm);

bool cloudsim_overloaded(const struct cloudsim_load *load, const struct cloudsim_books *b,
                         uint32_t host_type);

/* Pure parts, for tests. `samples` are oldest first. */
double cloudsim_median(double *values, uint32_t n);             /* sorts them; n > 0 */
double cloudsim_mad(const double *samples, uint32_t n);
double cloudsim_iqr(const double *samples, uint32_t n);         /* n >= 2 */
/* The line through y[0], y[1], ... at 1, 2, ..., read off at x. */
double cloudsim_line(const double *y, uint32_t n, double x);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selects the VM that leaves an overloaded host. */
#include "models/cloudsim/selection.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "sim/fault.h"

#define MOST CLOUDSIM_HISTORY_MOST

static uint32_t least_memory(const struct cloudsim_books *b, const uint32_t *vms, uint32_t count)
{
	uint32_t least = 0;
	for (uint32_t i = 1; i < count; i++)
		if (cloudsim_vm_types[b->vms[vms[i]].type].ram_mb <
		    cloudsim_vm_types[b->vms[vms[least]].type].ram_mb)
			least = i;
	return least;
}

/* CloudSim multiplies by the VM's MIPS and divides again, which may round. */
static uint32_t least_used(const struct cloudsim_books *b, const uint32_t *vms, uint32_t count)
{
	const struct cloudsim_demand *d = &b->demand;
	double used = DBL_MAX;
	uint32_t least = 0;
	for (uint32_t i = 0; i < count; i++) {
		double own = d->requested[vms[i]] / d->mips[vms[i]];
		if (own < used) {
			used = own;
			least = i;
		}
	}
	return least;
}

/* A design matrix, column by column, that becomes R above the diagonal and reflectors below. */
struct reflections {
	double columns[MOST + 1][MOST];
	double diagonal[MOST + 1];      /* of R */
	uint32_t count, samples;
};

/* Householder's reflection that makes column k vanish below the diagonal, taken off those behind it. */
static void reflect(struct reflections *q, uint32_t k)
{
	double *column = q->columns[k], squares = 0;
	for (uint32_t i = k; i < q->samples; i++)
		squares += column[i] * column[i];
	double length = column[k] > 0 ? -sqrt(squares) : sqrt(squares);
	q->diagonal[k] = length;
	if (length == 0)
		return;
	column[k] -= length;
	for (uint32_t j = k + 1; j < q->count; j++) {
		double *other = q->columns[j], along = 0;
		for (uint32_t i = k; i < q->samples; i++)
			along -= other[i] * column[i];
		along /= length * column[k];
		for (uint32_t i = k; i < q->samples; i++)
			other[i] -= along * column[i];
	}
}

/* Coefficients of the least-squares solution; y is used up. False when singular. */
static bool solve(const struct reflections *q, double *y, double *coefficients)
{
	for (uint32_t k = 0; k < q->count; k++)
		if (q->diagonal[k] == 0)
			return false;
	for (uint32_t k = 0; k < q->count; k++) {
		const double *column = q->columns[k];
		double along = 0;
		for (uint32_t i = k; i < q->samples; i++)
			along += y[i] * column[i];
		along /= q->diagonal[k] * column[k];
		for (uint32_t i = k; i < q->samples; i++)
			y[i] += along * column[i];
	}
	for (uint32_t k = q->count; k-- > 0;) {
		y[k] /= q->diagonal[k];
		coefficients[k] = y[k];
		for (uint32_t i = 0; i < k; i++)
			y[i] -= y[k] * q->columns[k][i];
	}
	return true;
}

/* Sum of squares about the mean, updated value by value. */
static double scatter(const double *values, uint32_t n)
{
	double mean = 0, squares = 0;
	for (uint32_t i = 0; i < n; i++) {
		double away = values[i] - mean, part = away / (i + 1.0);
		mean += part;
		squares += (double)i * away * part;
	}
	return squares;
}

/* R^2 of row `which` on the others, whose matrix is reflected up to column `which`; that of the row itself
 * comes next and is left out. */
static bool determination(const struct reflections *shared, const double (*rows)[MOST], uint32_t which,
                          double *r2)
{
	struct reflections q = {.count = shared->count - 1, .samples = shared->samples};
	double y[MOST], coefficients[MOST], residual = 0;
	memcpy(q.columns, shared->columns, (which + 1) * sizeof *q.columns);
	memcpy(q.columns + which + 1, shared->columns + which + 2, (q.count - which - 1) * sizeof *q.columns);
	memcpy(q.diagonal, shared->diagonal, (which + 1) * sizeof *q.diagonal);
	memcpy(y, rows[which], sizeof y);
	for (uint32_t k = which + 1; k < q.count; k++)
		reflect(&q, k);
	if (!solve(&q, y, coefficients))
		return false;
	for (uint32_t i = 0; i < q.samples; i++) {
		double fitted = coefficients[0];
		for (uint32_t j = 0, k = 1; j < q.count; j++)
			if (j != which)
				fitted += rows[j][i] * coefficients[k++];
		double away = rows[which][i] - fitted;
		residual += away * away;
	}
	*r2 = 1 - residual / scatter(rows[which], q.samples);
	return true;
}

/* The columns before a row's own are the same for all rows behind it, so they are reflected once. */
bool cloudsim_determinations(const double (*rows)[MOST], uint32_t count, uint32_t samples, double *r2)
{
	struct reflections shared = {.count = count + 1, .samples = samples};
	ASSERT(count > 1 && count <= samples && samples <= MOST);
	for (uint32_t i = 0; i < samples; i++)
		shared.columns[0][i] = 1;
	memcpy(shared.columns + 1, rows, count * sizeof *rows);
	for (uint32_t which = 0; which < count; which++) {
		reflect(&shared, which);
		if (!determination(&shared, rows, which, &r2[which]))
			return false;
	}
	return true;
}

static uint32_t most_explained(const struct cloudsim_books *b, const uint32_t *vms, uint32_t count)
{
	const struct cloudsim_demand *d = &b->demand;
	double rows[MOST][MOST], r2[MOST], most = 0x1p-1074; /* CloudSim begins above 0 */
	uint32_t samples = d->samples, best = 0;
	if (count < 2 || count > samples)
		return least_memory(b, vms, count);
	for (uint32_t v = 0; v < count; v++) {
		const double *row = d->fractions + (uint64_t)vms[v] * CLOUDSIM_WINDOW + d->from;
		bool forward = b->rules.history_order == CLOUDSIM_OLDEST_FIRST;
		for (uint32_t i = 0; i < samples; i++)
			rows[v][i] = row[forward ? i : samples - 1 - i];
	}
	if (!cloudsim_determinations((const double (*)[MOST])rows, count, samples, r2))
		return least_memory(b, vms, count);
	for (uint32_t v = 0; v < count; v++)
		if (r2[v] > most) { /* NaN is not */
			most = r2[v];
			best = v;
		}
	return best;
}

uint32_t cloudsim_select(const struct cloudsim_books *b, const uint32_t *vms, uint32_t count,
                         struct random_stream *lots)
{
	ASSERT(count > 0);
	switch (b->rules.selection) {
	case CLOUDSIM_MC:
		return most_explained(b, vms, count);
	case CLOUDSIM_MU:
		return least_used(b, vms, count);
	case CLOUDSIM_RS:
		return (uint32_t)random_below(lots, count);
	default:
		return least_memory(b, vms, count);
	}
}

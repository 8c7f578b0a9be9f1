/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the trace at the instants of the study, and keeps windows of it. */
#include "models/cloudsim/demand.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/fault.h"
#include "sim/memory.h"

static const char what[] = "demand of the CloudSim study";

void cloudsim_demand_open(struct cloudsim_demand *d, const struct demand_set *trace,
                          const struct cloudsim_rules *rules, bool fractions)
{
	const struct demand_samples *cpu = &trace->columns[DEMAND_CPU];
	ASSERT(!trace->irregular && cpu->at && cpu->bits == 8);
	ASSERT(rules->history_length >= 2 && rules->history_length <= CLOUDSIM_HISTORY_MOST);
	uint32_t n = trace->rows;
	*d = (struct cloudsim_demand){.trace = trace, .count = n, .period = UINT32_MAX,
	                              .steps = rules->steps};
	for (unsigned i = 0; i < 256; i++)
		d->scale[i] = (double)i / cpu->full_scale;
	d->at = memory_new(5 * (size_t)n, sizeof *d->at, what);
	d->slope = d->at + n;
	d->mips = d->slope + n;
	d->fraction = d->mips + n;
	d->requested = d->fraction + n;
	uint32_t part = (n + CLOUDSIM_VM_TYPES - 1) / CLOUDSIM_VM_TYPES;
	for (uint32_t i = 0; i < n; i++)
		d->mips[i] = cloudsim_vm_types[i / part].mips;
	d->most = rules->history_length;
	if (rules->policy != CLOUDSIM_CONSOLIDATE)
		return;
	for (unsigned t = 0; rules->detector != CLOUDSIM_THR && t < CLOUDSIM_HOST_TYPES; t++)
		d->loads[t] = memory_new((size_t)n * CLOUDSIM_WINDOW, sizeof(double), what);
	if (fractions)
		d->fractions = memory_new((size_t)n * CLOUDSIM_WINDOW, sizeof(double), what);
	d->nonzero = memory_new(n, sizeof *d->nonzero, what);
}

void cloudsim_demand_close(struct cloudsim_demand *d)
{
	free(d->at);
	for (unsigned t = 0; t < CLOUDSIM_HOST_TYPES; t++)
		free(d->loads[t]);
	free(d->fractions);
	free(d->nonzero);
	*d = (struct cloudsim_demand){0};
}

/* The row's sample i; the last one stays. */
static double sample(const struct cloudsim_demand *d, uint32_t vm, uint32_t i)
{
	const struct demand_set *trace = d->trace;
	const uint8_t *row = (const uint8_t *)trace->columns[DEMAND_CPU].at +
	                     demand_row_samples(trace, DEMAND_CPU, vm);
	uint32_t last = trace->axis.count - 1;
	return d->scale[row[i < last ? i : last]];
}

static double period_s(const struct cloudsim_demand *d)
{
	return (double)d->trace->axis.period_ns / 1e9;
}

bool cloudsim_demand_zero(const struct cloudsim_demand *d, uint32_t vm, double t_s)
{
	return sample(d, vm, (uint32_t)floor(t_s / period_s(d))) == 0;
}

/* In CloudSim's order of operations: what is read off depends on it in the last bits, ties on those. */
void cloudsim_demand_read(struct cloudsim_demand *d, double t_s)
{
	double period = period_s(d);
	uint32_t first = (uint32_t)floor(t_s / period);
	if (first != d->period) {
		for (uint32_t i = 0; i < d->count; i++) {
			d->at[i] = sample(d, i, first);
			d->slope[i] = (sample(d, i, first + 1) - d->at[i]) / period;
		}
		d->period = first;
	}
	double into = d->steps ? 0 : t_s - (double)first * period;
	for (uint32_t i = 0; i < d->count; i++) {
		d->fraction[i] = d->at[i] + d->slope[i] * into;
		d->requested[i] = d->fraction[i] * d->mips[i];
	}
}

static void rows_to_front(const struct cloudsim_demand *d, double *rows)
{
	for (uint32_t i = 0; rows && i < d->count; i++) {
		double *row = rows + (uint64_t)i * CLOUDSIM_WINDOW;
		memmove(row, row + d->from, d->samples * sizeof *row);
	}
}

static void column_set(const struct cloudsim_demand *d, double *rows, const double *from, double by)
{
	double *at = rows + d->from + d->samples - 1;
	for (uint32_t i = 0; i < d->count; i++)
		at[(uint64_t)i * CLOUDSIM_WINDOW] = from[i] / by;
}

void cloudsim_demand_remember(struct cloudsim_demand *d)
{
	if (!d->nonzero)
		return;
	if (d->samples == d->most) {
		d->from++;
		d->samples--;
	}
	if (d->from + d->samples == CLOUDSIM_WINDOW) {
		for (unsigned t = 0; t < CLOUDSIM_HOST_TYPES; t++)
			rows_to_front(d, d->loads[t]);
		rows_to_front(d, d->fractions);
		d->from = 0;
	}
	d->samples++;
	for (unsigned t = 0; t < CLOUDSIM_HOST_TYPES && d->loads[t]; t++) {
		const struct cloudsim_host_type *type = &cloudsim_host_types[t];
		column_set(d, d->loads[t], d->requested, type->cores * type->core_mips);
	}
	if (d->fractions)
		column_set(d, d->fractions, d->fraction, 1);
	uint32_t kept = d->most == 32 ? UINT32_MAX : (UINT32_C(1) << d->most) - 1;
	for (uint32_t i = 0; i < d->count; i++)
		d->nonzero[i] = ((d->nonzero[i] << 1) | (d->fraction[i] != 0)) & kept;
}

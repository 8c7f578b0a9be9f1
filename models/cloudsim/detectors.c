/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The detectors of CloudSim's study, in the order of operations of CloudSim and commons-math. */
#include "models/cloudsim/detectors.h"

#include <math.h>
#include <string.h>

#include "sim/fault.h"

static bool regresses(const struct cloudsim_rules *rules)
{
	return rules->detector == CLOUDSIM_LR || rules->detector == CLOUDSIM_LRR;
}

/* The part of the window that is summed: regressions read a few samples at one end of it. */
static void part_of_window(const struct cloudsim_books *b, uint32_t *from, uint32_t *count)
{
	uint32_t n = b->demand.samples;
	*from = 0;
	*count = n;
	if (!regresses(&b->rules) || n <= b->rules.regression_samples)
		return;
	*count = b->rules.regression_samples;
	if (b->rules.history_order == CLOUDSIM_NEWEST_FIRST)
		*from = n - *count;
}

void cloudsim_load_add(struct cloudsim_load *load, const struct cloudsim_books *b, uint32_t host_type,
                       uint32_t vm)
{
	const struct cloudsim_demand *d = &b->demand;
	double ram_mb = cloudsim_vm_types[b->vms[vm].type].ram_mb;
	load->vms++;
	load->requested += d->requested[vm];
	if (ram_mb > load->most_ram_mb)
		load->most_ram_mb = ram_mb;
	if (!d->loads[host_type])
		return;
	uint32_t from, count;
	part_of_window(b, &from, &count);
	const double *samples = cloudsim_demand_loads(d, host_type, vm) + from;
	load->nonzero |= d->nonzero[vm];
	for (uint32_t i = 0; i < count; i++)
		load->history[i] += samples[i];
}

double cloudsim_median(double *values, uint32_t n)
{
	ASSERT(n > 0);
	for (uint32_t i = 1; i < n; i++) {
		double value = values[i];
		uint32_t at = i;
		for (; at > 0 && values[at - 1] > value; at--)
			values[at] = values[at - 1];
		values[at] = value;
	}
	double lower = values[(n - 1) / 2], upper = values[n / 2];
	return n % 2 ? lower : lower + 0.5 * (upper - lower);
}

double cloudsim_mad(const double *samples, uint32_t n)
{
	double values[CLOUDSIM_HISTORY_MOST];
	ASSERT(n > 0 && n <= CLOUDSIM_HISTORY_MOST);
	memcpy(values, samples, n * sizeof *values);
	double median = cloudsim_median(values, n);
	for (uint32_t i = 0; i < n; i++)
		values[i] = fabs(median - samples[i]);
	return cloudsim_median(values, n);
}

/* Math.round: halves up. */
static uint32_t quartile(double quarter, uint32_t n)
{
	return (uint32_t)floor(quarter * (n + 1) + 0.5) - 1;
}

double cloudsim_iqr(const double *samples, uint32_t n)
{
	double values[CLOUDSIM_HISTORY_MOST];
	ASSERT(n >= 2 && n <= CLOUDSIM_HISTORY_MOST);
	memcpy(values, samples, n * sizeof *values);
	cloudsim_median(values, n);
	return values[quartile(0.75, n)] - values[quartile(0.25, n)];
}

/* i / (1 + i): what the i-th addition to a running mean takes of its deviation. */
#define SHRINK(i) ((i) / (1.0 + (i)))
#define SHRINKS(i) SHRINK(i), SHRINK((i) + 1), SHRINK((i) + 2), SHRINK((i) + 3)

/* SimpleRegression updates means and sums point by point. The mean of 1 ... i is (i + 1) / 2 exactly. */
double cloudsim_line(const double *y, uint32_t n, double x)
{
	static const double shrinks[CLOUDSIM_HISTORY_MOST] = {
		SHRINKS(0),  SHRINKS(4),  SHRINKS(8),  SHRINKS(12),
		SHRINKS(16), SHRINKS(20), SHRINKS(24), SHRINKS(28),
	};
	double sum_y = y[0], mean_y = y[0], squares = 0, products = 0;
	ASSERT(n > 1 && n <= CLOUDSIM_HISTORY_MOST);
	for (uint32_t i = 1; i < n; i++) {
		double dx = (i + 1) * 0.5, dy = y[i] - mean_y;
		squares += dx * dx * shrinks[i];
		products += dx * dy * shrinks[i];
		mean_y += dy / (1.0 + i);
		sum_y += y[i];
	}
	double slope = products / squares, sum_x = (double)n * (n + 1) / 2;
	return (sum_y - slope * sum_x) / n + slope * x;
}

static bool over_threshold(const struct cloudsim_load *load, uint32_t host_type, double threshold)
{
	const struct cloudsim_host_type *type = &cloudsim_host_types[host_type];
	return load->requested / (type->cores * type->core_mips) > threshold;
}

/* How many samples, newest first, until the oldest that is not 0; 1 where there is none. */
static uint32_t until_oldest(uint32_t nonzero)
{
	return nonzero ? 32 - (uint32_t)__builtin_clz(nonzero) : 1;
}
/* How many, oldest first, until the newest that is not 0. */
static uint32_t until_newest(uint32_t nonzero, uint32_t samples)
{
	return nonzero ? samples - (uint32_t)__builtin_ctz(nonzero) : 1;
}

static bool varies(const struct cloudsim_load *load, const struct cloudsim_books *b, uint32_t host_type)
{
	const struct cloudsim_rules *rules = &b->rules;
	uint32_t samples = load->vms ? b->demand.samples : 0, length = samples, counted = 1;
	if (rules->trims_tail)
		length = counted = until_oldest(load->nonzero);
	else if (rules->history_order == CLOUDSIM_NEWEST_FIRST)
		counted = until_oldest(load->nonzero);
	else
		counted = until_newest(load->nonzero, samples);
	if (counted < rules->least_samples || length > samples)
		return over_threshold(load, host_type, rules->fallback);
	const double *from = load->history + samples - length;
	double spread = rules->detector == CLOUDSIM_MAD ? cloudsim_mad(from, length) :
	                                                  cloudsim_iqr(from, length);
	return over_threshold(load, host_type, 1 - rules->parameter * spread);
}

static bool rises(const struct cloudsim_load *load, const struct cloudsim_books *b, uint32_t host_type)
{
	const struct cloudsim_rules *rules = &b->rules;
	uint32_t n = rules->regression_samples, samples = load->vms ? b->demand.samples : 0;
	double y[CLOUDSIM_HISTORY_MOST];
	if (samples < n || (rules->trims_tail && until_oldest(load->nonzero) < n))
		return over_threshold(load, host_type, rules->fallback);
	bool forward = rules->history_order == CLOUDSIM_NEWEST_FIRST;
	for (uint32_t i = 0; i < n; i++)
		y[i] = load->history[forward ? i : n - 1 - i];
	double rate = cloudsim_host_types[host_type].bandwidth * rules->bandwidth_01 / 8000;
	double ticks = ceil(load->most_ram_mb / rate / rules->interval_s);
	return cloudsim_line(y, n, n + ticks) * rules->parameter >= 1;
}

bool cloudsim_overloaded(const struct cloudsim_load *load, const struct cloudsim_books *b,
                         uint32_t host_type)
{
	switch (b->rules.detector) {
	case CLOUDSIM_MAD:
	case CLOUDSIM_IQR:
		return varies(load, b, host_type);
	case CLOUDSIM_LR:
	case CLOUDSIM_LRR:
		return rises(load, b, host_type);
	default:
		return over_threshold(load, host_type, b->rules.parameter);
	}
}

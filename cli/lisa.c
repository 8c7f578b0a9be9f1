/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the cluster's jobs and measured power, and adds up what its hosts do at each instant. */
#include "cli/lisa.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/regression.h"
#include "cli/columns.h"
#include "scenarios/arrivals.h"
#include "scenarios/trace.h"
#include "scenarios/trace_stats.h"
#include "sim/fault.h"
#include "sim/memory.h"
#include "sim/time.h"

#define FORMAT "surf"

enum { AT,
       POWER,
       COLUMNS };

static const struct column columns[COLUMNS] = {
	[AT] = {"timestamp_ms", true, false, true, 0, 1e12},
	[POWER] = {"power_w", false, false, false, 1e-3, 1e9},
};

static void power_row(struct lisa *l, const struct columns *c)
{
	int64_t at_ns = (int64_t)columns_number(c, AT) * NS_PER_MS;
	if (l->count && at_ns <= l->at_ns[l->count - 1])
		diag_error(c->diag, columns_at(c, AT), "timestamp_ms is not after that of the row before");
	ARRAY_GROW(l->at_ns, l->count, l->room, "measurements");
	ARRAY_GROW(l->measured_w, l->count, l->measured_room, "measurements");
	l->at_ns[l->count] = at_ns;
	l->measured_w[l->count++] = l->has_outcomes ? columns_number(c, POWER) : (double)NAN;
}

static bool power_read(struct lisa *l, const char *path, struct diag *diag)
{
	struct columns c;
	bool good = columns_open(&c, path, columns, COLUMNS, diag);
	l->has_outcomes = good && columns_has(&c, POWER);
	while (good && columns_next(&c))
		power_row(l, &c);
	if (good && l->count == 0)
		diag_error(diag, columns_place(&c), "there are no rows behind the column names");
	columns_close(&c);
	return diag->errors == 0;
}

/* The loads of one job, in the order of time. */
struct loads {
	const struct demand_set *set;
	uint32_t row, count;            /* without the 0 behind the last */
	double cores;
	int64_t start_ns, end_ns;
};

static double load_of(const struct loads *j, uint32_t i)
{
	return trace_value(j->set, j->row, DEMAND_CPU, i) * j->cores;
}

/* The first measurement at or after an instant. */
static uint32_t first_at(const struct lisa *l, int64_t at_ns)
{
	uint32_t low = 0, high = l->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (l->at_ns[middle] < at_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Adds a job's host to each measurement of its time, with the load that tells of the meter's last reading. */
static void job_add(struct lisa *l, const struct loads *j)
{
	uint32_t first = first_at(l, j->start_ns), load = 0;
	for (uint32_t i = first; i < l->count && l->at_ns[i] < j->end_ns; i++) {
		int64_t told_ns = cluster_reading_ns(l->power, l->at_ns[i]) + l->power->lag_ns;
		while (load + 1 < j->count && trace_stamp_ns(j->set, j->row, load + 1) <= told_ns)
			load++;
		double now = load_of(j, load), before = load ? load_of(j, load - 1) : now;
		cluster_use_add(l->power, &l->use[i], now, now - before);
	}
	l->jobs += first < l->count && l->at_ns[first] < j->end_ns;
}

/* Rows are in byte order of their names. */
static bool row_named(const struct demand_set *set, const char *name, uint32_t *row)
{
	uint32_t low = 0, high = set->rows;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(set->row_names[middle], name);
		*row = middle;
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static void jobs_add(struct lisa *l, const struct arrivals *jobs, const struct demand_set *set)
{
	for (uint32_t i = 0; i < jobs->count; i++) {
		struct loads j = {.set = set, .start_ns = jobs->start_ns[i]};
		if (!row_named(set, jobs->name[i], &j.row) || trace_row_count(set, j.row) < 2)
			continue;
		j.count = trace_row_count(set, j.row) - 1;
		j.cores = (double)jobs->flavours[jobs->flavour[i]].cpu_milli / 1000;
		j.end_ns = trace_stamp_ns(set, j.row, j.count);
		if (jobs->life_ns[i] < j.end_ns - j.start_ns)
			j.end_ns = j.start_ns + jobs->life_ns[i];
		job_add(l, &j);
	}
}

static bool jobs_read(struct lisa *l, const char *folder, struct diag *diag)
{
	const struct arrivals_request want = {.name = folder, .format = FORMAT};
	const struct place place = {folder, 0, 0};
	struct arrivals jobs;
	struct demand_set set;
	if (!arrivals_open(&want, &jobs, place, diag))
		return false;
	bool good = trace_open(folder, NULL, FORMAT, &set, place, diag);
	if (good) {
		l->use = memory_new(l->count, sizeof *l->use, "measurements");
		jobs_add(l, &jobs, &set);
		set.release(&set);
	}
	arrivals_close(&jobs);
	return good;
}

bool lisa_read(struct lisa *l, const char *folder, const char *path, struct diag *diag)
{
	*l = (struct lisa){.power = &cluster_power_lisa};
	return power_read(l, path, diag) && jobs_read(l, folder, diag);
}

void lisa_free(struct lisa *l)
{
	free(l->at_ns);
	free(l->measured_w);
	free(l->use);
	*l = (struct lisa){0};
}

double lisa_predicted_w(const struct lisa *l, uint32_t i)
{
	return cluster_power_w(l->power, &l->use[i]);
}

/* How long a measurement stands for: since the one before. */
static double span_s(const struct lisa *l, uint32_t i)
{
	if (l->count == 1)
		return 0;
	return time_s(i ? l->at_ns[i] - l->at_ns[i - 1] : l->at_ns[1] - l->at_ns[0]);
}

/* Days begin behind midnight: what stands at midnight is of the day before. */
static uint32_t day_of(const struct lisa *l, uint32_t i)
{
	return (uint32_t)((l->at_ns[i] - (l->at_ns[i] > 0)) / NS_PER_DAY) + 1;
}

/* Of one day, or with 0 of all. */
static struct lisa_errors compare(const struct lisa *l, const struct cluster_power *power, uint32_t day)
{
	struct lisa_errors e = {0, 0, 0, 0};
	uint32_t n = 0;
	for (uint32_t i = 0; i < l->count; i++) {
		if (day && day_of(l, i) != day)
			continue;
		double predicted_w = cluster_power_w(power, &l->use[i]), measured_w = l->measured_w[i];
		e.mape += fabs(predicted_w - measured_w) / measured_w;
		e.predicted_j += predicted_w * span_s(l, i);
		e.measured_j += measured_w * span_s(l, i);
		n++;
	}
	e.mape /= n;
	e.energy_rel = (e.predicted_j - e.measured_j) / e.measured_j;
	return e;
}

struct lisa_errors lisa_compare(const struct lisa *l)
{
	return compare(l, l->power, 0);
}

/* Fits the powers on all days but one; on all with 0. */
static bool fit_without(const struct lisa *l, uint32_t day, struct cluster_power *power)
{
	struct regression_row *rows = memory_new(l->count, sizeof *rows, "rows of a fit");
	size_t n = 0;
	double c[REGRESSION_COLUMNS];
	for (uint32_t i = 0; i < l->count; i++) {
		const struct cluster_use *use = &l->use[i];
		if (day_of(l, i) == day)
			continue;
		rows[n++] = (struct regression_row){
			{l->power->hosts, use->first, use->cores, -use->moving}, l->measured_w[i],
		};
	}
	bool well = n > 0 && regression_fit(rows, n, c);
	free(rows);
	*power = *l->power;
	if (well) {
		power->idle_w = c[0];
		power->first_w = c[1];
		power->core_w = c[2];
		power->waiting_w = c[3];
	}
	return well;
}

bool lisa_fit(const struct lisa *l, struct lisa_fit *fit)
{
	struct cluster_power others;
	*fit = (struct lisa_fit){0};
	if (!l->has_outcomes || !fit_without(l, 0, &fit->power))
		return false;
	fit->inside = compare(l, &fit->power, 0);
	for (uint32_t i = 0; i < l->count && fit->day_count < LISA_DAYS; i++)
		if (i == 0 || day_of(l, i) != day_of(l, i - 1))
			fit->day[fit->day_count++] = day_of(l, i);
	if (fit->day_count == 1)
		fit->day_count = 0;
	for (uint32_t k = 0; k < fit->day_count; k++) {
		if (!fit_without(l, fit->day[k], &others))
			return false;
		fit->days[k] = compare(l, &others, fit->day[k]);
	}
	return true;
}

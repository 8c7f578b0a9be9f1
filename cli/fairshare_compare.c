/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far predictions of fair sharing are from what was measured, over all or one kind of configurations. */
#include <math.h>
#include <stdlib.h>

#include "cli/fairshare.h"

const char *const fairshare_stratum_names[FAIRSHARE_STRATA] = {"all", "weights", "caps", "duty", "two_cores"};

static bool waits(const struct fairshare_thread *t)
{
	return t->duty_period_ms > 0 || t->quota_us > 0;
}

/* Two cores before all, then caps, then duty cycles: each configuration is of one kind. */
static enum fairshare_stratum stratum_of(const struct fairshare *f, const struct fairshare_config *c)
{
	bool duty = false, cap = false;
	for (uint32_t i = c->first; i < c->first + c->count; i++) {
		duty |= f->threads[i].duty_period_ms > 0;
		cap |= f->threads[i].quota_us > 0;
	}
	if (c->cores > 1)
		return FAIRSHARE_TWO_CORES;
	return cap ? FAIRSHARE_CAPS : duty ? FAIRSHARE_DUTY : FAIRSHARE_WEIGHTS;
}

double fairshare_group_cpus(const struct fairshare *f, const struct fairshare_config *config, uint32_t group,
                            const struct fairshare_outcome *outcomes)
{
	double sum_s = 0;
	for (uint32_t i = config->first; i < config->first + config->count; i++)
		sum_s += f->threads[i].group == group ? outcomes[i].cpu_s : 0;
	return sum_s / config->elapsed_s;
}

static bool first_of_group(const struct fairshare *f, const struct fairshare_config *config, uint32_t thread)
{
	for (uint32_t i = config->first; i < thread; i++)
		if (f->threads[i].group == f->threads[thread].group)
			return false;
	return true;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *values, uint32_t count)
{
	if (count == 0)
		return (double)NAN;
	qsort(values, count, sizeof *values, by_size);
	return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

struct sums {
	double share, share_max, wait;
	double *slices;
	uint32_t slice_count;
};

static void add_thread(const struct fairshare *f, const struct fairshare_config *c, uint32_t i,
                       struct fairshare_errors *e, struct sums *sums)
{
	const struct fairshare_outcome *m = &f->measured[i], *p = &f->predicted[i];
	uint32_t group = f->threads[i].group;
	e->threads++;
	if (first_of_group(f, c, i)) {
		double error = fabs(fairshare_group_cpus(f, c, group, f->predicted) -
		                    fairshare_group_cpus(f, c, group, f->measured));
		e->groups++;
		sums->share += error;
		sums->share_max = error > sums->share_max ? error : sums->share_max;
	}
	if (waits(&f->threads[i])) {
		e->waiters++;
		sums->wait += fabs(p->wait_s - m->wait_s) / c->elapsed_s;
	}
	if (m->slices > 0)
		sums->slices[sums->slice_count++] = fabs(p->slices - m->slices) / m->slices;
}

struct fairshare_errors fairshare_compare(const struct fairshare *f, enum fairshare_stratum stratum)
{
	struct fairshare_errors e = {0};
	struct sums sums = {.slices = memory_new(f->thread_count, sizeof(double), "errors")};
	for (uint32_t k = 0; k < f->config_count; k++) {
		const struct fairshare_config *c = &f->configs[k];
		if (stratum != FAIRSHARE_ALL && stratum_of(f, c) != stratum)
			continue;
		e.configs++;
		for (uint32_t i = c->first; i < c->first + c->count; i++)
			add_thread(f, c, i, &e, &sums);
	}
	e.share_mean = e.groups ? sums.share / e.groups : (double)NAN;
	e.share_max = e.groups ? sums.share_max : (double)NAN;
	e.wait_mean = e.waiters ? sums.wait / e.waiters : (double)NAN;
	e.slices_median = median(sums.slices, sums.slice_count);
	free(sums.slices);
	return e;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits generators to traces: moments and least squares, in closed form. */
#include "scenarios/fit.h"

#include <stdlib.h>

#include "sim/memory.h"
#include "sim/time.h"
#include "sim/transcend.h"

#define SAMPLES_LEAST 4
#define CLASSES 256                     /* bins of the threshold's histogram */
#define TWO_PI 6.283185307179586
#define SHIFT (TWO_PI * 2 / 24)         /* half the range of rows' peaks: 2 h (generate.h) */
#define MEMORY_MOST 0.999               /* beyond, a row is too short to tell a from 1 */
#define KEPT_LEAST 1e-3                 /* on_off: a correlation of samples that no longer says anything */

static const int64_t *row_stamps(const struct demand_set *set, uint32_t row)
{
	return set->stamps_ns + demand_row_stamps(set, row);
}

static int order_ns(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* The median distance of the stamps of the row that has the most. */
static int64_t period_of(const struct demand_set *set)
{
	uint32_t longest = 0;
	if (!set->irregular)
		return set->axis.period_ns;
	for (uint32_t row = 1; row < set->rows; row++)
		longest = set->row_count[row] > set->row_count[longest] ? row : longest;
	uint32_t n = set->row_count[longest];
	if (n < 2)
		return 1;
	int64_t *gaps = memory_new(n - 1, sizeof *gaps, "distances of stamps");
	for (uint32_t k = 0; k + 1 < n; k++)
		gaps[k] = row_stamps(set, longest)[k + 1] - row_stamps(set, longest)[k];
	qsort(gaps, n - 1, sizeof *gaps, order_ns);
	int64_t median = gaps[(n - 1) / 2];
	free(gaps);
	return median > 0 ? median : 1;
}

/* Samples of a row at even distances. */
static uint32_t row_samples(const struct demand_set *set, uint32_t row, int64_t period_ns)
{
	if (!set->irregular)
		return set->axis.count;
	uint32_t n = set->row_count[row];
	int64_t span_ns = n ? row_stamps(set, row)[n - 1] - row_stamps(set, row)[0] : 0;
	return n ? (uint32_t)(span_ns / period_ns) + 1 : 0;
}

static void row_read(const struct demand_set *set, uint32_t row, struct fit_data *data, uint32_t to)
{
	const struct demand_plan plan = {.set = set, .scale = 1, .hold = DEMAND_STEP, .end = DEMAND_END_HOLD};
	struct demand_cursor cursor;
	double *x = data->x + (size_t)to * data->panel.n;
	int64_t t_ns = set->irregular ? row_stamps(set, row)[0] : set->axis.start_ns;
	data->row_start_ns[to] = t_ns;
	demand_seek(&plan, row, t_ns, &cursor);
	for (uint32_t k = 0; k < data->panel.n; k++, t_ns += data->period_ns) {
		while (cursor.next_ns <= t_ns)
			demand_step(&plan, row, &cursor);
		x[k] = demand_value(&plan, row, DEMAND_CPU, &cursor);
	}
}

bool fit_data_read(struct fit_data *data, const struct demand_set *set)
{
	uint32_t longest = 0, shortest = UINT32_MAX, rows = 0;
	*data = (struct fit_data){.period_ns = period_of(set)};
	for (uint32_t row = 0; row < set->rows; row++) {
		uint32_t n = row_samples(set, row, data->period_ns);
		longest = n > longest ? n : longest;
	}
	uint32_t enough = longest / 2 > SAMPLES_LEAST ? longest / 2 : SAMPLES_LEAST;
	for (uint32_t row = 0; row < set->rows; row++) {
		uint32_t n = row_samples(set, row, data->period_ns);
		if (n < enough)
			continue;
		shortest = n < shortest ? n : shortest;
		rows++;
	}
	if (!rows || !set->columns[DEMAND_CPU].at)
		return false;
	data->x = memory_new((size_t)rows * shortest, sizeof *data->x, "samples to fit");
	data->row_start_ns = memory_new(rows, sizeof *data->row_start_ns, "starts of rows");
	data->panel = (struct panel){data->x, rows, shortest};
	data->left_out = set->rows - rows;
	for (uint32_t row = 0, to = 0; row < set->rows; row++)
		if (row_samples(set, row, data->period_ns) >= enough)
			row_read(set, row, data, to++);
	return true;
}

void fit_data_free(struct fit_data *data)
{
	free(data->x);
	free(data->row_start_ns);
	*data = (struct fit_data){0};
}

static double cut(double x, double least, double most)
{
	return x < least ? least : x > most ? most : x;
}

/* The variance of the mean of n samples of an autoregression, over that of one sample. */
static double mean_variance(double a, double n)
{
	return ((1 + a) / (1 - a) - 2 * a * (1 - pow(a, n)) / (n * (1 - a) * (1 - a))) / n;
}

/* A wave that is in every row: its variance, and what of it is left after one sample. */
struct wave_part {
	double variance, kept;
	double common;          /* mean covariance of two rows without the wave */
};

static const char *noise_fit(const struct fit_data *data, const struct wave_part *wave,
                             struct scenario_demand *d)
{
	const struct panel *p = &data->panel;
	struct variances v = statistics_variances(p);
	double n = p->n, left = v.within - wave->variance;
	if (left <= 1e-9)
		return "beside its mean and wave the trace does not vary: there is no noise to fit";
	double r = (statistics_autocorrelation(p, 1) * v.within - wave->variance * wave->kept) / left;
	double a = cut((n * r + 1) / (n - 3), -MEMORY_MOST, MEMORY_MOST);
	double hidden = cut(mean_variance(a, n), 0, 0.9);
	double variance = left / (1 - hidden);
	d->autocorrelation = a;
	d->noise_01 = cut(sqrt(variance), 0, 1);
	d->correlation_01 = cut(wave->common / left, 0, 1);
	double own = v.between - (1 - d->correlation_01) * variance * hidden;
	d->spread_01 = own > 0 ? cut(sqrt(own), 0, 1) : 0;
	return NULL;
}

static const char *fit_ar1(const struct fit_data *data, struct scenario_demand *d)
{
	const struct panel *p = &data->panel;
	double within = statistics_variances(p).within;
	const struct wave_part none = {0, 0, statistics_row_correlation(p) * within};
	d->level_01 = cut(statistics_moments(p->x, (size_t)p->rows * p->n).mean, 0, 1);
	return noise_fit(data, &none, d);
}

/* x = mean of the row + cosine cos(wt) + sine sin(wt) + rest, by least squares. */
struct harmonic {
	double cosine, sine;
	double mean;            /* of x without the wave */
};

static double angle_of(const struct fit_data *data, uint32_t row, uint32_t k)
{
	int64_t t_ns = (data->row_start_ns[row] + k * data->period_ns) % NS_PER_DAY;
	return TWO_PI * (double)t_ns / (double)NS_PER_DAY;
}

static struct harmonic harmonic_of(const struct fit_data *data)
{
	const struct panel *p = &data->panel;
	double cc = 0, cs = 0, ss = 0, xc = 0, xs = 0, all[3] = {0, 0, 0}, n = p->n;
	for (uint32_t row = 0; row < p->rows; row++) {
		const double *x = p->x + (size_t)row * p->n;
		double mean[3] = {0, 0, 0};
		for (uint32_t k = 0; k < p->n; k++) {
			double angle = angle_of(data, row, k), c = cos(angle), s = sin(angle);
			mean[0] += x[k] / n;
			mean[1] += c / n;
			mean[2] += s / n;
			cc += c * c;
			cs += c * s;
			ss += s * s;
			xc += x[k] * c;
			xs += x[k] * s;
		}
		cc -= n * mean[1] * mean[1];
		cs -= n * mean[1] * mean[2];
		ss -= n * mean[2] * mean[2];
		xc -= n * mean[0] * mean[1];
		xs -= n * mean[0] * mean[2];
		for (int i = 0; i < 3; i++)
			all[i] += mean[i] / p->rows;
	}
	double determinant = cc * ss - cs * cs;
	struct harmonic h = {(xc * ss - xs * cs) / determinant, (xs * cc - xc * cs) / determinant, 0};
	h.mean = all[0] - h.cosine * all[1] - h.sine * all[2];
	return h;
}

/* The mean covariance of two rows once the wave is taken off. */
static double rest_common(const struct fit_data *data, const struct harmonic *h)
{
	struct panel rest = data->panel;
	double *x = memory_new((size_t)rest.rows * rest.n, sizeof *x, "samples without their wave");
	for (uint32_t row = 0; row < rest.rows; row++)
		for (uint32_t k = 0; k < rest.n; k++) {
			size_t i = (size_t)row * rest.n + k;
			double angle = angle_of(data, row, k);
			x[i] = rest.x[i] - h->cosine * cos(angle) - h->sine * sin(angle);
		}
	rest.x = x;
	double common = statistics_row_correlation(&rest) * statistics_variances(&rest).within;
	free(x);
	return common;
}

static const char *fit_diurnal(const struct fit_data *data, struct scenario_demand *d)
{
	if (data->period_ns * (int64_t)data->panel.n < NS_PER_DAY)
		return "diurnal needs rows of a day at least";
	if (data->period_ns > NS_PER_DAY / 4)
		return "diurnal needs a sample every 6 h at least";
	struct harmonic h = harmonic_of(data);
	double amplitude = sqrt(h.cosine * h.cosine + h.sine * h.sine) * SHIFT / sin(SHIFT);
	double swing = cut(amplitude, 0, 0.5), peak = atan2(h.sine, h.cosine) / TWO_PI;
	d->level_01 = cut(h.mean, 0, 1);
	d->least_01 = cut(d->level_01 - swing, 0, 1 - 2 * swing);
	d->most_01 = cut(d->least_01 + 2 * swing, 0, 1);
	d->peak_ns = (int64_t)((peak < 0 ? peak + 1 : peak) * (double)NS_PER_DAY);
	double turn = TWO_PI * (double)data->period_ns / (double)NS_PER_DAY;
	const struct wave_part wave = {swing * swing / 2, cos(turn), rest_common(data, &h)};
	return noise_fit(data, &wave, d);
}

/* The edge between two classes of values that leaves the least variance within them. */
static double threshold_of(const struct panel *p)
{
	size_t n = (size_t)p->rows * p->n;
	double count[CLASSES] = {0}, most = 0, below = 0, below_sum = 0, total = 0, best = 0, edge = 0;
	for (size_t i = 0; i < n; i++)
		most = p->x[i] > most ? p->x[i] : most;
	for (size_t i = 0; most > 0 && i < n; i++)
		count[(int)cut(p->x[i] / most * CLASSES, 0, CLASSES - 1)]++;
	for (int i = 0; i < CLASSES; i++)
		total += count[i] * i;
	for (int i = 0; i + 1 < CLASSES; i++) {
		below += count[i];
		below_sum += count[i] * i;
		double above = (double)n - below;
		if (below == 0 || above == 0)
			continue;
		double apart = below_sum / below - (total - below_sum) / above;
		if (below * above * apart * apart > best) {
			best = below * above * apart * apart;
			edge = (i + 1) * most / CLASSES;
		}
	}
	return edge;
}

static const char *fit_on_off(const struct fit_data *data, struct scenario_demand *d)
{
	const struct panel *p = &data->panel;
	double edge = threshold_of(p), sum[2] = {0, 0}, count[2] = {0, 0};
	double from[2] = {0, 0}, change[2] = {0, 0}; /* samples that have a next one, and where it differs */
	for (uint32_t row = 0; row < p->rows; row++) {
		const double *x = p->x + (size_t)row * p->n;
		for (uint32_t k = 0; k < p->n; k++) {
			int on = x[k] >= edge;
			sum[on] += x[k];
			count[on]++;
			if (k + 1 == p->n)
				continue;
			from[on]++;
			change[on] += (x[k + 1] >= edge) != on;
		}
	}
	if (change[0] == 0 || change[1] == 0)
		return "on_off needs a trace that goes up and down";
	double up = change[0] / from[0], down = change[1] / from[1], on_01 = up / (up + down);
	double rate = -log(cut(1 - up - down, KEPT_LEAST, 1)) / (double)data->period_ns;
	d->least_01 = cut(sum[0] / count[0], 0, 1);
	d->most_01 = cut(sum[1] / count[1], 0, 1);
	d->on_ns = (int64_t)(1 / ((1 - on_01) * rate));
	d->off_ns = (int64_t)(1 / (on_01 * rate));
	return NULL;
}

const char *fit_demand(const struct fit_data *data, enum scenario_source source,
                       struct scenario_demand *demand)
{
	*demand = (struct scenario_demand){
		.source = source, .generator = source, .has_generator = true, .level_01 = 0.5, .most_01 = 1,
		.period_ns = data->period_ns, .parts = 1, .part = 1, .scale = 1,
	};
	if (source == SOURCE_DIURNAL)
		return fit_diurnal(data, demand);
	return source == SOURCE_ON_OFF ? fit_on_off(data, demand) : fit_ar1(data, demand);
}

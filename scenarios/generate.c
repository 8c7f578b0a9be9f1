/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws demand row by row, each row from its own stream. */
#include "scenarios/generate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/cache.h"
#include "sim/fault.h"
#include "sim/lanes.h"
#include "sim/memory.h"
#include "sim/random.h"
#include "sim/time.h"
#include "sim/transcend.h"

#define FULL_SCALE 255
#define ROW_ALIGN 16u                   /* models/demand.h: rows start at multiples of 16 bytes */
#define PEAK_SHIFT_S (2.0 * 3600)       /* a row's peak is earlier or later by at most this */
#define TWO_PI 6.283185307179586

const struct generator_info generator_table[SOURCES] = {
	[SOURCE_CONSTANT] = {"x = level", "scenarios/generate.h"},
	[SOURCE_UNIFORM] = {"x uniform in [least, most], samples independent", "scenarios/generate.h"},
	[SOURCE_DIURNAL] = {"x = level + (most - least)/2 cos(2 pi (t - peak_at)/24 h) + noise",
	                    "harmonic regression; Chatfield, The Analysis of Time Series, 2004, ch. 7"},
	[SOURCE_ON_OFF] = {"x = most for exponential times of mean on_time, least for those of mean off_time",
	                   "two-state chain; Cox and Miller, The Theory of Stochastic Processes, 1965"},
	[SOURCE_AR1] = {"x[k] - level = a (x[k-1] - level) + noise sqrt(1 - a^2) z[k], a the autocorrelation",
	                "Box and Jenkins, Time Series Analysis, 1970, ch. 3"},
	[SOURCE_FLASH_CROWD] = {"x = level + (most - level) s; s = (t - start)/rise, then "
	                        "exp(-(t - start - rise)/decay); + noise",
	                        "phases as in Ari et al., Managing flash crowds on the Internet, "
	                        "MASCOTS 2003, but an exponential fall"},
};

static uint8_t level_8bit(double x_01)
{
	double x = x_01 * FULL_SCALE + 0.5;
	return (uint8_t)(x <= 0 ? 0 : x >= FULL_SCALE ? FULL_SCALE : x);
}

/* A byte b becomes least + floor(b levels / 256): integer arithmetic, which vectorizes. Levels
 * differ in probability by at most 1/256. */
LANES static void squeeze(uint8_t *at, uint32_t n, uint8_t least, uint16_t levels)
{
	for (uint32_t k = 0; k < n; k++)
		at[k] = (uint8_t)(least + ((uint16_t)(at[k] * levels) >> 8));
}

static void uniform_row(uint8_t *at, uint32_t n, uint8_t least, uint8_t most, struct random_stream *r)
{
	random_bytes(r, at, n);
	if (most - least < FULL_SCALE)
		squeeze(at, n, least, most < least ? 1 : (uint16_t)(most - least + 1));
}

/* The day's wave at each sample. A row's shift of phase turns it: cos(a + b) = cos a cos b - sin a
 * sin b. */
struct wave {
	double *cos, *sin;
};

static struct wave wave_new(uint32_t n, int64_t period_ns, int64_t peak_ns)
{
	struct wave w = {
		.cos = memory_new(n, sizeof(double), "daily wave"),
		.sin = memory_new(n, sizeof(double), "daily wave"),
	};
	for (uint32_t k = 0; k < n; k++) {
		double turns = (double)((k * period_ns - peak_ns) % NS_PER_DAY) / (double)NS_PER_DAY;
		w.cos[k] = cos(TWO_PI * turns);
		w.sin[k] = sin(TWO_PI * turns);
	}
	return w;
}

static double cut(double x, double least, double most)
{
	return x < least ? least : x > most ? most : x;
}

/* What the rows of a set share while they are drawn. */
struct drawing {
	const struct scenario_demand *demand;
	struct wave wave;           /* diurnal */
	double *curve;              /* flash_crowd: of every row */
	double *common;             /* the group's noise, when rows correlate */
	double *x;                  /* the row under way */
	const char *levels;         /* purpose of the streams of rows' own levels */
	uint64_t seed;
	uint32_t n;
};

static void diurnal_curve(const struct drawing *g, double *x, struct random_stream *r)
{
	const struct scenario_demand *d = g->demand;
	double shift = TWO_PI * random_uniform(r, -PEAK_SHIFT_S, PEAK_SHIFT_S) / time_s(NS_PER_DAY);
	double swing = (d->most_01 - d->least_01) / 2, turn_cos = cos(shift), turn_sin = sin(shift);
	for (uint32_t k = 0; k < g->n; k++) {
		double wave = g->wave.cos[k] * turn_cos + g->wave.sin[k] * turn_sin;
		x[k] = cut(d->level_01 + swing * wave, d->least_01, d->most_01);
	}
}

/* How much of the crowd is there, from 0 to 1. */
static double crowd_01(const struct scenario_demand *d, int64_t t_ns)
{
	int64_t since_ns = t_ns - d->start_ns;
	if (since_ns < 0)
		return 0;
	if (since_ns < d->rise_ns)
		return (double)since_ns / (double)d->rise_ns;
	return exp(-(double)(since_ns - d->rise_ns) / (double)d->decay_ns);
}

static void crowd_curve(const struct scenario_demand *d, double *x, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++)
		x[k] = d->level_01 + (d->most_01 - d->level_01) * crowd_01(d, k * d->period_ns);
}

/* Adds scale times a stationary autoregression of deviation 1 to x. */
static void noise_add(double *x, uint32_t n, double scale, double autocorrelation, struct random_stream *r)
{
	double fresh = sqrt(1 - autocorrelation * autocorrelation);
	double e = random_normal(r, 0, 1);
	for (uint32_t k = 0;;) {
		x[k] += scale * e;
		if (++k == n)
			return;
		e = autocorrelation * e + fresh * random_normal(r, 0, 1);
	}
}

static void noisy_row(const struct drawing *g, uint8_t *at, uint32_t row, struct random_stream *r)
{
	const struct scenario_demand *d = g->demand;
	double *x = g->x, own = 0;
	if (d->spread_01 > 0) {
		struct random_stream levels;
		random_init(&levels, g->seed, g->levels, row);
		own = random_normal(&levels, 0, d->spread_01);
	}
	for (uint32_t k = 0; k < g->n; k++)
		x[k] += own + (g->common ? g->common[k] : 0);
	if (d->noise_01 > 0)
		noise_add(x, g->n, d->noise_01 * sqrt(1 - d->correlation_01), d->autocorrelation, r);
	for (uint32_t k = 0; k < g->n; k++)
		at[k] = level_8bit(cut(x[k], 0, 1));
}

static void on_off_row(const struct scenario_demand *d, uint8_t *at, uint32_t n, struct random_stream *r)
{
	double on = (double)d->on_ns, off = (double)d->off_ns, period = (double)d->period_ns;
	double on_01 = on / (on + off), kept = exp(-period / on - period / off);
	/* The chance to be on at the next sample, of one that is off and of one that is on. */
	double next_01[2] = {on_01 * (1 - kept), on_01 + (1 - on_01) * kept};
	uint8_t level[2] = {level_8bit(d->least_01), level_8bit(d->most_01)};
	bool now = random_01(r) < on_01;
	for (uint32_t k = 0; k < n; k++) {
		at[k] = level[now];
		now = random_01(r) < next_01[now];
	}
}

static void release(struct demand_set *set)
{
	memory_huge_free(set->backing, set->backing_bytes);
	*set = (struct demand_set){0};
}

static uint32_t count_of(int64_t duration_ns, int64_t period_ns, const char *group)
{
	ASSERT(period_ns > 0 && duration_ns >= 0);
	int64_t count = duration_ns / period_ns + (duration_ns % period_ns != 0);
	if (count > INT32_MAX)
		fault_surroundings("out of memory: the demand of group '%s' would have %lld samples a guest",
		                   group, (long long)count);
	return count ? (uint32_t)count : 1;
}

static void row_draw(const struct drawing *g, enum scenario_source source, uint8_t *at, uint32_t row,
                     struct random_stream *r)
{
	const struct scenario_demand *d = g->demand;
	if (source == SOURCE_UNIFORM) {
		uniform_row(at, g->n, level_8bit(d->least_01), level_8bit(d->most_01), r);
		return;
	}
	if (source == SOURCE_ON_OFF) {
		on_off_row(d, at, g->n, r);
		return;
	}
	if (source == SOURCE_DIURNAL)
		diurnal_curve(g, g->x, r);
	else if (source == SOURCE_FLASH_CROWD)
		memcpy(g->x, g->curve, g->n * sizeof *g->x);
	else
		for (uint32_t k = 0; k < g->n; k++)
			g->x[k] = d->level_01;
	noisy_row(g, at, row, r);
}

static char *purpose_of(const char *what, const char *group)
{
	size_t size = strlen(what) + strlen(group) + 1;
	char *purpose = memory_new(size, 1, "text");
	snprintf(purpose, size, "%s%s", what, group);
	return purpose;
}

static void common_draw(struct drawing *g, const char *group)
{
	const struct scenario_demand *d = g->demand;
	if (!(d->noise_01 > 0 && d->correlation_01 > 0))
		return;
	char *purpose = purpose_of("demand.common/", group);
	struct random_stream r;
	random_init(&r, g->seed, purpose, 0);
	g->common = memory_new(g->n, sizeof *g->common, "a group's noise");
	noise_add(g->common, g->n, d->noise_01 * sqrt(d->correlation_01), d->autocorrelation, &r);
	free(purpose);
}

static void rows_draw(struct demand_set *set, const struct scenario_demand *d, enum scenario_source source,
                      const char *group, uint64_t seed)
{
	uint32_t n = set->axis.count, stride = set->columns[DEMAND_CPU].stride;
	uint8_t *table = set->columns[DEMAND_CPU].at;
	char *purpose = purpose_of("demand/", group), *levels = purpose_of("demand.level/", group);
	struct drawing g = {.demand = d, .levels = levels, .seed = seed, .n = n};
	g.x = memory_new(n, sizeof *g.x, "a row of demand");
	if (source == SOURCE_DIURNAL)
		g.wave = wave_new(n, set->axis.period_ns, d->peak_ns);
	if (source == SOURCE_FLASH_CROWD) {
		g.curve = memory_new(n, sizeof *g.curve, "flash crowd");
		crowd_curve(d, g.curve, n);
	}
	common_draw(&g, group);
	for (uint32_t row = 0; row < set->rows; row++) {
		struct random_stream r;
		random_init(&r, seed, purpose, row);
		row_draw(&g, source, table + (size_t)row * stride, row, &r);
	}
	free(g.wave.cos);
	free(g.wave.sin);
	free(g.curve);
	free(g.common);
	free(g.x);
	free(levels);
	free(purpose);
}

/* tidy: many, since a run's seed and length are not the scenario's demand to tell (--seed, --until). */
void generate_set(struct demand_set *set, const struct scenario_demand *demand, enum scenario_source source,
                  const char *group, uint32_t rows, int64_t duration_ns, uint64_t seed)
{
	uint32_t count = count_of(duration_ns, demand->period_ns, group);
	uint32_t stride = (count + ROW_ALIGN - 1) / ROW_ALIGN * ROW_ALIGN;
	size_t bytes;
	if (__builtin_mul_overflow((size_t)rows, (size_t)stride, &bytes))
		fault_surroundings("out of memory: the demand of group '%s' is too large to address", group);
	*set = (struct demand_set){
		.name = group, .rows = rows, .axis = {0, demand->period_ns, count}, .release = release,
		.backing = memory_huge_new(bytes, "generated demand"), .backing_bytes = bytes,
	};
	struct demand_samples *cpu = &set->columns[DEMAND_CPU];
	*cpu = (struct demand_samples){set->backing, 8, stride, FULL_SCALE, 0};
	if (source == SOURCE_CONSTANT) {
		/* A scale of its own, so that the level is met exactly and not to 1/255. */
		bool some = demand->level_01 > 0;
		cpu->full_scale = some ? 1 / demand->level_01 : 1;
		memset(cpu->at, some, bytes);
	} else {
		rows_draw(set, demand, source, group, seed);
	}
	set->checksum = cache_checksum(set);
}

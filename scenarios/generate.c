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
#define PEAK_NS (14 * NS_PER_HOUR)
#define PEAK_SHIFT_S (2.0 * 3600)       /* a row's peak is earlier or later by at most this */
#define TWO_PI 6.283185307179586

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

static struct wave wave_new(uint32_t n, int64_t period_ns)
{
	struct wave w = {
		.cos = memory_new(n, sizeof(double), "daily wave"),
		.sin = memory_new(n, sizeof(double), "daily wave"),
	};
	for (uint32_t k = 0; k < n; k++) {
		double turns = (double)((k * period_ns - PEAK_NS) % NS_PER_DAY) / (double)NS_PER_DAY;
		w.cos[k] = cos(TWO_PI * turns);
		w.sin[k] = sin(TWO_PI * turns);
	}
	return w;
}

static double cut(double x, double least, double most)
{
	return x < least ? least : x > most ? most : x;
}

static void diurnal_row(uint8_t *at, uint32_t n, const struct wave *w, const struct scenario_demand *d,
                        struct random_stream *r)
{
	double shift = TWO_PI * random_uniform(r, -PEAK_SHIFT_S, PEAK_SHIFT_S) / time_s(NS_PER_DAY);
	double swing = (d->most_01 - d->least_01) / 2, turn_cos = cos(shift), turn_sin = sin(shift);
	for (uint32_t k = 0; k < n; k++) {
		double x = d->level_01 + swing * (w->cos[k] * turn_cos + w->sin[k] * turn_sin);
		x = cut(x, d->least_01, d->most_01);
		if (d->noise_01 > 0)
			x = cut(x + random_normal(r, 0, d->noise_01), 0, 1);
		at[k] = level_8bit(x);
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

static void rows_draw(struct demand_set *set, const struct scenario_demand *d, enum scenario_source source,
                      const char *purpose, uint64_t seed)
{
	uint32_t n = set->axis.count, stride = set->columns[DEMAND_CPU].stride;
	uint8_t *table = set->columns[DEMAND_CPU].at;
	uint8_t least = level_8bit(d->least_01), most = level_8bit(d->most_01);
	struct wave wave = {NULL, NULL};
	if (source == SOURCE_DIURNAL)
		wave = wave_new(n, set->axis.period_ns);
	for (uint32_t row = 0; row < set->rows; row++) {
		struct random_stream r;
		uint8_t *at = table + (size_t)row * stride;
		random_init(&r, seed, purpose, row);
		if (source == SOURCE_UNIFORM)
			uniform_row(at, n, least, most, &r);
		else
			diurnal_row(at, n, &wave, d, &r);
	}
	free(wave.cos);
	free(wave.sin);
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
		size_t size = strlen(group) + sizeof "demand/";
		char *purpose = memory_new(size, 1, "text");
		snprintf(purpose, size, "demand/%s", group);
		rows_draw(set, demand, source, purpose, seed);
		free(purpose);
	}
	set->checksum = cache_checksum(set);
}

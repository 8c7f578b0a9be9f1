/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/carbon.h"

#include <stdlib.h>

#include "analysis/record.h"
#include "sim/time.h"
#include "tests/analysis/fixture.h"
#include "tests/test.h"

static struct carbon_series *series_for(const struct world *w, uint32_t site, uint32_t count,
                                        int64_t phase_ns)
{
	struct carbon_series *all = calloc(w->site_count, sizeof *all);
	all[site].g_per_kwh = calloc(count, sizeof(double));
	all[site].count = count;
	all[site].phase_ns = phase_ns;
	for (uint32_t h = 0; h < count; h++)
		all[site].g_per_kwh[h] = 100 * (h + 1);
	return all;
}

/* Hands a span to whoever listens, and to the host's own books. */
static void spend(struct fixture *f, const struct host_span *span)
{
	for (uint32_t k = 0; k < span->n; k++)
		f->world.hosts[span->host.i].energy +=
			2 * wide_product((int64_t)span->power_uw[k], span->dt_ns);
	f->world.hooks.span(f->world.hooks.context, span);
}

/* 1 kW for 90 minutes from the start of the run, which begins half an hour into an hour of 100 g/kWh; the
 * next is of 200, the one after of 300. 0.5 kWh x 100 + 1 kWh x 200 = 250 g for 1.5 kWh. */
static void begins_within_an_hour(void)
{
	struct fixture f;
	struct carbon c;
	double none = 0, power_uw = 1e9;
	fixture_open(&f, 1);
	carbon_open(&c, &f.world, series_for(&f.world, 1, 3, NS_PER_HOUR / 2));
	CU_ASSERT_DOUBLE_EQUAL(f.world.sites[1].carbon_g_per_kwh, 200, 1e-12); /* mean over time so far */
	spend(&f, &(struct host_span){.host = {2}, .dt_ns = 3 * NS_PER_HOUR / 2, .n = 1, .demand_hz = &none,
	                              .given_hz = &none, .power_uw = &power_uw, .on = true});
	carbon_finish(&c);
	CU_ASSERT_DOUBLE_EQUAL(f.world.sites[1].carbon_g_per_kwh, 250 / 1.5, 1e-12);
	CU_ASSERT_EQUAL(f.world.sites[0].carbon_g_per_kwh, 0);
	/* By the hour, with a PUE of 1.5; the third hour is not reached. */
	CU_ASSERT_EQUAL_FATAL(c.hour_count, 3);
	CU_ASSERT_EQUAL(c.hours[0].time_ns, 0);
	CU_ASSERT_EQUAL(c.hours[1].time_ns, NS_PER_HOUR / 2);
	CU_ASSERT_DOUBLE_EQUAL(c.hours[0].carbon_g, 75, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(c.hours[1].carbon_g, 300, 1e-12);
	CU_ASSERT_EQUAL(c.hours[2].carbon_g, 0);
	carbon_close(&c);
	fixture_close(&f);
}

/* Against a walk nanosecond range by nanosecond range: cut at each hour. */
static void random_batches(void)
{
	struct fixture f;
	struct carbon c;
	wide naive[6] = {0};
	fixture_open(&f, 3);
	int64_t phase_ns = 1234567890123;
	carbon_open(&c, &f.world, series_for(&f.world, 1, 6, phase_ns));
	for (uint32_t i = 0; i < 200; i++) {
		uint32_t n = 1 + (uint32_t)fixture_chance(&f, FIXTURE_SPAN);
		int64_t dt_ns = 1 + (int64_t)fixture_chance(&f, (uint64_t)(5 * NS_PER_HOUR / n));
		int64_t t0_ns = (int64_t)fixture_chance(&f, (uint64_t)(5 * NS_PER_HOUR - n * dt_ns + 1));
		struct host_span span = fixture_span(&f, 2, t0_ns, dt_ns, n);
		spend(&f, &span);
		for (uint32_t k = 0; k < n; k++)
			for (int64_t h = 0; h < 6; h++) {
				int64_t from = t0_ns + k * dt_ns + phase_ns, to = from + dt_ns;
				from = from > h * NS_PER_HOUR ? from : h * NS_PER_HOUR;
				to = to < (h + 1) * NS_PER_HOUR ? to : (h + 1) * NS_PER_HOUR;
				if (from < to)
					naive[h] += wide_product((int64_t)span.power_uw[k], to - from);
			}
	}
	for (uint32_t h = 0; h < 6; h++)
		CU_ASSERT(c.drawn[1][h] == naive[h]);
	carbon_finish(&c);
	carbon_close(&c);
	fixture_close(&f);
}

static void record_still_listens(void)
{
	struct fixture f;
	struct carbon c;
	fixture_open(&f, 1);
	record_open(&f.record, &f.world, &(struct record_options){.sites = true, .events = true,
	                                                          .interval_ns = NS_PER_HOUR}, NS_PER_HOUR);
	carbon_open(&c, &f.world, series_for(&f.world, 1, 1, 0));
	double none = 0, power_uw = 7e8;
	spend(&f, &(struct host_span){.host = {2}, .dt_ns = NS_PER_HOUR, .n = 1, .demand_hz = &none,
	                              .given_hz = &none, .power_uw = &power_uw, .on = true});
	world_note(&f.world, NOTE_VM_PLACED, 0, 0, 0);
	CU_ASSERT_EQUAL(f.record.note_count, 1);
	carbon_finish(&c);
	carbon_close(&c);
	CU_ASSERT_PTR_EQUAL(f.world.hooks.context, &f.record);
	record_finish(&f.record);
	CU_ASSERT_DOUBLE_EQUAL(f.record.site_series[SERIES_POWER][1], 700, 1e-9);
	fixture_close(&f);
}

static void nothing_without_series(void)
{
	struct fixture f;
	struct carbon c;
	fixture_open(&f, 1);
	carbon_open(&c, &f.world, NULL);
	CU_ASSERT_PTR_NULL(f.world.hooks.span);
	carbon_finish(&c);
	CU_ASSERT_EQUAL(f.world.sites[1].carbon_g_per_kwh, 400);
	carbon_close(&c);
	fixture_close(&f);
}

static void hours_touched(void)
{
	CU_ASSERT_EQUAL(carbon_hours(0, 24 * NS_PER_HOUR), 24);
	CU_ASSERT_EQUAL(carbon_hours(1, 24 * NS_PER_HOUR), 25);
	CU_ASSERT_EQUAL(carbon_hours(NS_PER_HOUR - 1, 1), 1);
	CU_ASSERT_EQUAL(carbon_hours(0, 0), 1);
}

static const struct test tests[] = {
	{"a run that begins within an hour emits by the hour's two parts", begins_within_an_hour},
	{"energy by the hour equals a naive cut of every span", random_batches},
	{"recording hears all that passes", record_still_listens},
	{"without a series nobody listens and nothing changes", nothing_without_series},
	{"the hours that a run touches are counted", hours_touched},
};
SUITE(analysis_carbon, tests)

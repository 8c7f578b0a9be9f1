/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recording against a naive oracle: every span cut at every interval, one product each. */
#include "analysis/record.h"

#include <stdlib.h>
#include <string.h>

#include "sim/time.h"
#include "tests/analysis/fixture.h"
#include "tests/test.h"

struct oracle {
	int64_t interval_ns, end_ns;
	uint32_t intervals;
	wide (*sum)[SERIES_COUNT];   /* [host][interval] */
};

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void oracle_add(struct oracle *o, const struct host_span *span)
{
	for (uint32_t k = 0; k < span->n; k++) {
		int64_t from = span->t0_ns + k * span->dt_ns, to = from + span->dt_ns;
		for (uint32_t i = (uint32_t)(from / o->interval_ns);
		     i < o->intervals && i * o->interval_ns < to; i++) {
			int64_t ns = smaller(to, (i + 1) * o->interval_ns) - larger(from, i * o->interval_ns);
			wide *sum = o->sum[span->host.i * o->intervals + i];
			sum[SERIES_DEMANDED] += (wide)span->demand_hz[k] * ns;
			sum[SERIES_DELIVERED] += (wide)span->given_hz[k] * ns;
			sum[SERIES_POWER] += (wide)span->power_uw[k] * ns;
			sum[SERIES_ON] += span->on ? ns : 0;
			sum[SERIES_ACTIVE] += span->on && span->demand_hz[k] > 0 ? ns : 0;
		}
	}
}

static double oracle_mean(const struct oracle *o, wide sum, uint32_t interval, unsigned series)
{
	static const double scale[SERIES_COUNT] = {1e9, 1e9, 1e6, 1, 1};
	int64_t length = smaller(o->end_ns - interval * o->interval_ns, o->interval_ns);
	return wide_double(sum) / (double)length / scale[series];
}

/* Within one Hz or uW, to which means are rounded, and the rounding to float. */
static bool near(double a, double b, double unit)
{
	double apart = a > b ? a - b : b - a;
	return apart <= unit + b * 0x1p-23;
}

static bool hosts_agree(const struct oracle *o, const struct record *r)
{
	for (size_t at = 0; at < (size_t)FIXTURE_HOSTS * o->intervals; at++)
		for (unsigned s = 0; s < SERIES_COUNT; s++)
			if (!near((double)r->host_series[s][at],
			          oracle_mean(o, o->sum[at][s], (uint32_t)(at % o->intervals), s),
			          s == SERIES_POWER ? 1e-6 : 1e-9))
				return false;
	return true;
}

static bool sites_agree(const struct oracle *o, const struct record *r)
{
	for (uint32_t site = 0; site < 2; site++) {
		for (uint32_t at = 0; at < o->intervals * SERIES_COUNT; at++) {
			unsigned s = at % SERIES_COUNT, i = at / SERIES_COUNT;
			wide sum = 0;
			for (uint32_t host = 0; host < FIXTURE_HOSTS; host++)
				if (r->world->hosts[host].site.i == site)
					sum += o->sum[host * o->intervals + i][s];
			double value = r->site_series[s][site * o->intervals + i];
			if (!near(value, oracle_mean(o, sum, i, s), 1e-6))
				return false;
		}
	}
	return true;
}

/* Contiguous spans of random lengths and batches for each host, from an odd offset to the end of the run. */
static void spans_random(struct fixture *f, struct oracle *o, int64_t first_ns)
{
	for (uint32_t host = 0; host < FIXTURE_HOSTS; host++) {
		for (int64_t now = first_ns; now < o->end_ns;) {
			const int64_t lengths[] = {
				o->interval_ns,          o->interval_ns,
				o->interval_ns / 3 + 1,  7,
				5 * o->interval_ns + 11, o->interval_ns - now % o->interval_ns};
			int64_t dt = smaller(lengths[fixture_chance(f, 6)], o->end_ns - now);
			int64_t most = smaller((o->end_ns - now) / dt, FIXTURE_SPAN);
			uint32_t n = 1 + (uint32_t)fixture_chance(f, (uint64_t)most);
			struct host_span span = fixture_span(f, host, now, dt, n);
			f->world.hooks.span(f->world.hooks.context, &span);
			oracle_add(o, &span);
			now += n * dt;
		}
	}
}

static void compare_random(uint64_t chance, bool hosts, bool sites)
{
	struct fixture f;
	fixture_open(&f, chance);
	struct oracle o = {.interval_ns = 100 + (int64_t)fixture_chance(&f, 400)};
	o.end_ns = 20 * o.interval_ns + (int64_t)fixture_chance(&f, 2) * 37;
	o.intervals = (uint32_t)((o.end_ns + o.interval_ns - 1) / o.interval_ns);
	o.sum = memory_new((size_t)FIXTURE_HOSTS * o.intervals, sizeof *o.sum, "test");
	record_open(&f.record, &f.world, &(struct record_options){
		.hosts = hosts, .sites = sites, .interval_ns = o.interval_ns}, o.end_ns);
	CU_ASSERT_EQUAL(f.record.intervals, o.intervals);
	spans_random(&f, &o, chance % 3 ? 0 : 13);
	record_finish(&f.record);
	CU_ASSERT(!hosts || hosts_agree(&o, &f.record));
	CU_ASSERT(!sites || sites_agree(&o, &f.record));
	free(o.sum);
	fixture_close(&f);
}

static void random_spans(void)
{
	for (uint64_t chance = 1; chance < 60; chance++)
		compare_random(chance, chance % 4 != 1, chance % 4 != 2);
}

/* The digest after a run of 10 intervals, fed in pieces of `piece` of an interval's ten parts, at constant
 * rates. */
static void digest_of_pieces(int64_t piece, double extra_uw, char text[static 33])
{
	struct fixture f;
	const int64_t interval = 300 * NS_PER_S, end = 10 * interval;
	fixture_open(&f, 1);
	record_open(&f.record, &f.world, &(struct record_options){
		.hosts = true, .sites = true, .interval_ns = interval}, end);
	double demand = 1234567891, given = 1200000007, power = 93123457 + extra_uw;
	for (int64_t now = 0; now < end; now += interval / 10 * piece)
		f.world.hooks.span(f.world.hooks.context, &(struct host_span){
			.host = {3}, .t0_ns = now, .dt_ns = smaller(interval / 10 * piece, end - now), .n = 1,
			.demand_hz = &demand, .given_hz = &given, .power_uw = &power, .on = true});
	record_finish(&f.record);
	digest_text(engine_digest(f.engine), text);
	fixture_close(&f);
}

static void pieces_do_not_matter(void)
{
	char whole[33], pieces[33];
	digest_of_pieces(10, 0, whole);
	for (int64_t piece = 1; piece <= 100; piece += 3) {
		digest_of_pieces(piece, 0, pieces);
		CU_ASSERT_STRING_EQUAL(whole, pieces);
	}
}

static void digest_covers_values(void)
{
	char before[33], after[33];
	digest_of_pieces(10, 0, before);
	digest_of_pieces(10, 64, after);
	CU_ASSERT_STRING_NOT_EQUAL(before, after);
}

static void nothing_asked_for(void)
{
	struct fixture f;
	fixture_open(&f, 1);
	record_open(&f.record, &f.world, &(struct record_options){.interval_ns = 1}, TIME_MAX_NS);
	CU_ASSERT_PTR_NULL(f.world.hooks.span);
	CU_ASSERT_PTR_NULL(f.world.hooks.note);
	struct digest before = *engine_digest(f.engine);
	record_finish(&f.record);
	CU_ASSERT_EQUAL(before.lo, engine_digest(f.engine)->lo);
	fixture_close(&f);
}

static void notes_are_kept(void)
{
	struct fixture f;
	fixture_open(&f, 1);
	record_open(&f.record, &f.world, &(struct record_options){.events = true, .interval_ns = 1}, 0);
	for (uint32_t i = 0; i < 20; i++)
		world_note(&f.world, NOTE_VM_PLACED, i % FIXTURE_VMS, i % FIXTURE_HOSTS, i);
	record_finish(&f.record);
	CU_ASSERT_EQUAL_FATAL(f.record.note_count, 20);
	CU_ASSERT_EQUAL(f.record.notes[19].vm, 19 % FIXTURE_VMS);
	CU_ASSERT_EQUAL(f.record.notes[19].value, 19);
	fixture_close(&f);
}

static void summary_by_hand(void)
{
	struct fixture f;
	fixture_open(&f, 1);
	fixture_run(&f, &(struct record_options){.interval_ns = NS_PER_HOUR});
	const struct summary *s = &f.summary;
	CU_ASSERT_DOUBLE_EQUAL(s->it_energy_j, 15 * 3.6e6, 1e-6);
	/* hosts 2 and only they stand in rack c, site south: 3 kWh at PUE 1.5 and 400 g/kWh */
	CU_ASSERT_DOUBLE_EQUAL(s->energy_j, 16.5 * 3.6e6, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(s->carbon_g, 3 * 1.5 * 400, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(s->mean_power_w, 7500, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(s->demanded_ghz_h, 20, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(s->delivered_ghz_h, 19, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(s->overall_sla_violation, 0.05, 1e-15);
	CU_ASSERT_DOUBLE_EQUAL(s->slatah, 0.5 / 4, 1e-15);
	CU_ASSERT_DOUBLE_EQUAL(s->pdm, 0.125 / 5, 1e-15);
	CU_ASSERT_DOUBLE_EQUAL(s->esv, 16.5 * 0.125 * 0.025, 1e-12);
	CU_ASSERT_EQUAL(s->events, 10 * FIXTURE_HOSTS);
	CU_ASSERT_EQUAL(s->migrations, 1);
	CU_ASSERT_EQUAL(s->vms_placed, 6);
	CU_ASSERT_EQUAL(s->vms_waiting, 1);
	CU_ASSERT_EQUAL(strlen(s->digest), 32);
	CU_ASSERT_EQUAL(strlen(f.provenance.date), strlen("2026-01-01T00:00:00Z"));
	CU_ASSERT(f.provenance.peak_rss_bytes > 0);
	fixture_close(&f);
}

static const struct test tests[] = {
	{"series equal a naive cut of every span at every interval", random_spans},
	{"the pieces in which a rate comes do not change the digest", pieces_do_not_matter},
	{"the digest changes when a recorded value changes", digest_covers_values},
	{"what is not asked for is not recorded", nothing_asked_for},
	{"notes are kept in order", notes_are_kept},
	{"the summary agrees with figures worked out by hand", summary_by_hand},
};
SUITE(analysis_record, tests)

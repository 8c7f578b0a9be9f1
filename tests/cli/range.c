/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ranges in which the model of migration was measured, worked out anew from the measurements. */
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/migration.h"
#include "models/migration/range.h"

#define MIB 1048576.0

/* Where a run lies on the axes of range.h. */
static void place_of(const struct migration_run *run, bool held, double place[static RANGE_AXES])
{
	double rate_Bps = held ? run->bandwidth_Bps : run->link_Bps;
	place[RANGE_BANDWIDTH] = rate_Bps / MIB;
	place[RANGE_RAM] = run->ram_mib;
	place[RANGE_DIRTY] = run->rate_hz * 4096 / rate_Bps;
	place[RANGE_SET] = run->rate_hz > 0 ? run->ws_mib / run->ram_mib : 0;
	place[RANGE_LIMIT] = run->downtime_limit_s * 1e3;
}

static bool of_stratum(const struct migration_runs *m, uint32_t i, const struct range_stratum *s)
{
	const struct migration_run *run = &m->runs[i];
	const struct migration_pair *pair = &m->pairs[i];
	static const struct {
		const char *kind;
		uint32_t stratum;
	} kinds[] = {{"precopy", MIGRATION_PRECOPY}, {"postcopy", MIGRATION_POSTCOPY},
	             {"hybrid", MIGRATION_HYBRID}, {"cold", MIGRATION_COLD}};
	uint32_t way = 1u << (s->held ? MIGRATION_THROTTLE : MIGRATION_LINK), kind = 0;
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		if (strcmp(kinds[k].kind, s->kind) == 0)
			kind = 1u << kinds[k].stratum;
	return (pair->strata & way) && (pair->strata & kind) && run->auto_converge == s->throttled &&
	       !run->xbzrle && !run->multifd && !pair->left_out;
}

/* Every run of the stratum lies in its box, and near each end of the box there is one; but a box may begin at
 * guests that do nothing. */
static uint32_t box_check(const struct migration_runs *m, const struct range_stratum *s)
{
	double least[RANGE_AXES], most[RANGE_AXES], place[RANGE_AXES];
	uint32_t runs = 0;
	for (unsigned a = 0; a < RANGE_AXES; a++) {
		least[a] = (double)INFINITY;
		most[a] = -(double)INFINITY;
	}
	for (uint32_t i = 0; i < m->count; i++) {
		if (!of_stratum(m, i, s))
			continue;
		place_of(&m->runs[i], s->held, place);
		for (unsigned a = 0; a < RANGE_AXES; a++) {
			least[a] = fmin(least[a], place[a]);
			most[a] = fmax(most[a], place[a]);
		}
		runs++;
	}
	for (unsigned a = 0; a < RANGE_AXES; a++) {
		bool idle = (a == RANGE_DIRTY || a == RANGE_SET) && s->box[a].least <= 0;
		bool fits = s->box[a].least <= least[a] && (idle || s->box[a].least >= least[a] * 0.88) &&
		            s->box[a].most >= most[a] && s->box[a].most <= most[a] * 1.07;
		if (!fits)
			fprintf(stderr, "%s, %s: measured %g to %g, the box says %g to %g\n", s->name,
			        range_axes[a].name, least[a], most[a], s->box[a].least, s->box[a].most);
		CU_ASSERT(fits);
	}
	return runs;
}

/* Is this told as large as it is, but for rounding, and not so large that one should measure anew? */
static bool honest(double told, double found, double rounding)
{
	return told >= found * 0.95 - rounding && told <= found * 2 + rounding;
}

static void errors_check(const struct migration_runs *m, const struct range_stratum *s)
{
	struct migration_pair *pairs = calloc(m->count, sizeof *pairs);
	uint32_t count = 0;
	CU_ASSERT_PTR_NOT_NULL_FATAL(pairs);
	for (uint32_t i = 0; i < m->count; i++)
		if (of_stratum(m, i, s))
			pairs[count++] = m->pairs[i];
	struct migration_errors e = migration_compare(pairs, count, MIGRATION_ALL, true);
	bool same = count == s->runs && honest(s->total_01, e.total_median, 0.0005) &&
	            honest(s->total_p90_01, e.total_p90, 0.0005) &&
	            honest(s->bytes_01, e.bytes_median, 0.0003) &&
	            honest(s->downtime_ms, e.downtime_ms_median, 0.5);
	if (!same)
		fprintf(stderr, "%s: measured %u, %.4f, %.4f, %.4f, %.1f\n", s->name, count, e.total_median,
		        e.total_p90, e.bytes_median, e.downtime_ms_median);
	CU_ASSERT(same);
	free(pairs);
}

static void test_ranges(void)
{
	struct migration_runs m;
	struct diag d;
	if (access("measure/data/migration.csv", R_OK) != 0) {
		test_skip("the tests do not run in the project's folder");
		return;
	}
	diag_init(&d);
	CU_ASSERT_FATAL(migration_runs_read(&m, "measure/data/migration.csv", &d));
	diag_fini(&d);
	for (uint32_t i = 0; i < m.count; i++)
		m.pairs[i].closed = migration_predict_closed(&m.runs[i]);
	for (const struct range_stratum *s = range_strata; s->name; s++) {
		CU_ASSERT_EQUAL(box_check(&m, s), s->runs);
		errors_check(&m, s);
	}
	migration_runs_free(&m);
}

static const struct test tests[] = {
	{"boxes and errors of the ranges are those of the measured migrations", test_ranges},
};
SUITE(cli_range, tests)

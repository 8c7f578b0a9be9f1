/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measured migrations: readers, predictions that do not know what came out, errors, bounds of regression. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/grid5000.h"
#include "cli/migration.h"
#include "cli/postgres.h"
#include "tests/test.h"

#define INPUTS "accel,mode,switch_rule,ram_mib,fill_mib,ws_mib,pattern,rate_req_pps,rate_before_pps,wbytes," \
	       "bw_mib_s,link_mib_s,dlimit_ms,caps,channel,time_limit_s"
#define GRID "plan,run,from_node,to_node,mem_used_MB,dirty_rate_MBps,measured_start_s"
#define POSTGRES "scenario,run,kind,postcopy_delay_s,guest_memory_gib,pre_throughput_ops_s"

static void file_write(char path[static 32], const char *text)
{
	snprintf(path, 32, "/tmp/vdcsim-migration-XXXXXX");
	int file = mkstemp(path);
	CU_ASSERT_FATAL(file >= 0);
	CU_ASSERT_EQUAL_FATAL(write(file, text, strlen(text)), (ssize_t)strlen(text));
	close(file);
}

static bool read_text(const char *text, struct migration_runs *m, struct diag *d)
{
	char path[32];
	file_write(path, text);
	diag_init(d);
	bool good = migration_runs_read(m, path, d);
	unlink(path);
	return good;
}

static void read_and_predict(const char *text, struct migration_runs *m)
{
	struct diag d;
	CU_ASSERT_FATAL(read_text(text, m, &d));
	diag_fini(&d);
	migration_runs_predict(m);
}

static void outcomes_are_not_read(void)
{
	struct migration_runs without, with;
	read_and_predict(INPUTS "\nkvm,precopy,,64,32,16,uniform,4000,4001,8,4096,64,100,,unix,15\n"
	                        "kvm,hybrid,pass2,64,32,16,seq,4000,,8,32,,100,,unix,15\n", &without);
	read_and_predict("status,event_total_ms,stop_resume_ms,transferred_b,dirty_sync_count,noise,"
	                 INPUTS "\n"
	                 "completed,1,2,3,4,x,kvm,precopy,,64,32,16,uniform,4000,4001,8,4096,64,100,,unix,"
	                 "15\n"
	                 "cancelled(limit),,,3,4,y,kvm,hybrid,pass2,64,32,16,seq,4000,,8,32,,100,,unix,15\n",
	                 &with);
	CU_ASSERT(!without.has_outcomes && with.has_outcomes);
	for (uint32_t i = 0; i < 2; i++) {
		const struct migration_result *a = &without.pairs[i].predicted, *b = &with.pairs[i].predicted;
		CU_ASSERT_EQUAL(a->total_s, b->total_s);
		CU_ASSERT_EQUAL(a->bytes, b->bytes);
		CU_ASSERT_EQUAL(a->downtime_s, b->downtime_s);
		CU_ASSERT_EQUAL(a->rounds, b->rounds);
	}
	CU_ASSERT(with.pairs[0].measured.completed && !with.pairs[1].measured.completed);
	migration_runs_free(&without);
	migration_runs_free(&with);
}

static void strata(void)
{
	struct migration_runs m;
	struct diag d;
	CU_ASSERT_FATAL(read_text(
		INPUTS "\nkvm,precopy,,64,32,16,uniform,0,,8,4096,64,100,auto-converge,unix,15\n"
		"kvm,postcopy,start,64,32,16,seq,0,,8,32,64,100,,unix,15\n"
		"kvm,cold,,64,32,16,hotcold,0,,8,4096,,100,xbzrle+multifd,tcp,15\n", &m, &d));
	const uint32_t all = 1u << MIGRATION_ALL;
	CU_ASSERT_EQUAL(m.pairs[0].strata, all | 1u << MIGRATION_LINK | 1u << MIGRATION_UNIFORM |
	                                   1u << MIGRATION_PRECOPY | 1u << MIGRATION_AUTO_CONVERGE);
	CU_ASSERT_EQUAL(m.pairs[1].strata, all | 1u << MIGRATION_THROTTLE | 1u << MIGRATION_SEQ |
	                                   1u << MIGRATION_POSTCOPY);
	CU_ASSERT_EQUAL(m.pairs[2].strata, all | 1u << MIGRATION_BARE | 1u << MIGRATION_HOTCOLD |
	                                   1u << MIGRATION_COLD);
	CU_ASSERT(m.runs[2].xbzrle && m.runs[2].multifd && !m.runs[2].auto_converge);
	migration_runs_free(&m);
	diag_fini(&d);
}

static void figures(void)
{
	struct migration_result done = {true, 10, 1000, 0.1, 3, (double)NAN};
	struct migration_result near = {true, 11, 1010, 0.103, 3, (double)NAN};
	struct migration_result off = {true, 13, 1000, 0.1, 4, (double)NAN};
	struct migration_result not = {.completed = false, .throttle_01 = (double)NAN};
	struct migration_pair pairs[] = {
		{"a", 1, false, done, near, done}, {"b", 1, false, done, off, done},
		{"c", 1, false, not, not, done}, {"d", 1, false, not, done, done},
		{"e", 1, true, done, off, done},
	};
	struct migration_errors e = migration_compare(pairs, 5, 0, false);
	CU_ASSERT_EQUAL(e.runs, 4);
	CU_ASSERT_DOUBLE_EQUAL(e.total_median, 0.2, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(e.total_p90, 0.28, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(e.bytes_median, 0.005, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(e.downtime_ms_median, 1.5, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(e.rounds_exact, 0.5, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(e.outcome, 0.75, 1e-12); /* both completed, one of two that did not */
	CU_ASSERT(isnan(e.throttle_abs_median));
	CU_ASSERT(isnan(migration_compare(pairs, 5, 1, false).total_median));
}

static void refused(const char *text, uint32_t line, const char *says)
{
	struct migration_runs m;
	struct diag d;
	CU_ASSERT(!read_text(text, &m, &d));
	CU_ASSERT_FATAL(d.count >= 1);
	CU_ASSERT_EQUAL(d.messages[0].place.line, line);
	CU_ASSERT_PTR_NOT_NULL(strstr(d.messages[0].text, says));
	migration_runs_free(&m);
	diag_fini(&d);
}

static void mistakes(void)
{
	refused("", 1, "the file is empty");
	refused(INPUTS "\n", 1, "there are no rows");
	refused("accel,mode\n", 1, "there is no column 'switch_rule'");
	refused(INPUTS ",status\n", 1, "there is no column 'event_total_ms'");
	refused(INPUTS "\nxen,precopy,,64,32,16,uniform,0,,8,4096,64,100,,unix,15\n", 2,
	        "'xen' is none of kvm, tcg");
	refused(INPUTS "\nkvm,teleport,,64,32,16,uniform,0,,8,4096,64,100,,unix,15\n", 2,
	        "mode: 'teleport' is none");
	refused(INPUTS "\nkvm,precopy,,64,32,16,uniform,fast,,8,4096,64,100,,unix,15\n", 2,
	        "'fast' is not a number");
	refused(INPUTS "\nkvm,precopy,,64,32,16,uniform,0,,8,0,64,100,,unix,15\n", 2,
	        "bw_mib_s: 0 is not a number from");
	refused(INPUTS "\nkvm,precopy,,64,64,16,uniform,0,,8,9,64,100,,unix,15\n", 2,
	        "fill_mib must leave 6 MiB");
	refused(INPUTS "\nkvm,precopy,,64,32,16,uniform,0,,8,9,64,100,compress,unix,15\n", 2,
	        "caps: 'compress' is none");
	refused(INPUTS "\nkvm,hybrid,later,64,32,16,uniform,0,,8,9,64,100,,unix,15\n", 2,
	        "switch_rule: 'later'");
}

/* Two of 1000 MB from one shaped node: each gets half of 500 Mbit/s. */
static void sharing(void)
{
	struct grid5000_move moves[] = {{0, 0, 2, 1e9, 0, 0}, {0, 0, 3, 1e9, 0, 0}, {0, 2, 3, 1e9, 0, 100}};
	double end_s[3], again_s[3];
	grid5000_predict(moves, 3, end_s);
	CU_ASSERT_DOUBLE_EQUAL(end_s[0], 2e9 / (0.93 * 62.5e6) + 2.5, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(end_s[1], end_s[0], 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(end_s[2], 100 + 1e9 / (0.93 * 125e6) + 2.5, 1e-6);
	/* Into a shaped node whose uplink is full: 12 % of the link is lost. */
	struct grid5000_move both[] = {{0, 0, 2, 9e9, 0, 0}, {0, 3, 0, 1e9, 0, 0}};
	grid5000_predict(both, 2, again_s);
	CU_ASSERT_DOUBLE_EQUAL(again_s[1], 1e9 / (0.88 * 0.93 * 62.5e6) + 2.5, 1e-6);
}

static void postgres_names(void)
{
	struct postgres p;
	struct diag d;
	char path[32];
	file_write(path, POSTGRES "\nBaseline_4T,1,baseline,,8.0,\nPrecopy_X,1,migration,0,8.0,600\n"
	                 "Stop_and_Copy,1,migration,0,8,600\nPrecopy_AutoConverge,1,migration,0,8,600\n"
	                 "Hybrid_5s,1,migration,5,8,600\nPostcopy_16T,1,migration,0,8,1200\n");
	diag_init(&d);
	CU_ASSERT_FATAL(postgres_read(&p, path, &d));
	unlink(path);
	CU_ASSERT_EQUAL_FATAL(p.count, 5);
	CU_ASSERT_EQUAL(p.runs[0].mode, QEMU_PRECOPY);
	CU_ASSERT_EQUAL(p.runs[1].mode, QEMU_COLD);
	CU_ASSERT(p.runs[2].auto_converge && p.runs[2].mode == QEMU_PRECOPY);
	CU_ASSERT(p.runs[3].mode == QEMU_HYBRID && p.runs[3].delay_s == 5);
	CU_ASSERT_EQUAL(p.runs[4].mode, QEMU_HYBRID);
	struct qemu_case one = postgres_case_of(&p.runs[0]), two = postgres_case_of(&p.runs[4]);
	CU_ASSERT_DOUBLE_EQUAL(two.dirty.writer[0].rate_hz / one.dirty.writer[0].rate_hz, 2, 1e-12);
	postgres_free(&p);
	diag_fini(&d);
}

static bool trace_path(const char *name, char path[static 4096])
{
	const char *folders[] = {getenv("VDCSIM_TRACES"), "../shared/traces"};
	for (int i = 0; i < 2; i++) {
		if (!folders[i])
			continue;
		snprintf(path, 4096, "%.3900s/%s", folders[i], name);
		if (access(path, R_OK) == 0)
			return true;
	}
	return false;
}

static void calibration(void)
{
	char path[4096];
	struct migration_runs m;
	struct diag d;
	if (!trace_path("kvm-measured/migrations-calibration.csv", path)) {
		test_skip("the calibration file of migrations is not on this machine");
		return;
	}
	diag_init(&d);
	CU_ASSERT_FATAL(migration_runs_read(&m, path, &d));
	diag_fini(&d);
	migration_runs_predict(&m);
	struct migration_errors all = migration_compare(m.pairs, m.count, MIGRATION_ALL, false);
	CU_ASSERT(all.total_p90 < 0.03);          /* the aim is 0.05 */
	CU_ASSERT(all.bytes_median < 0.002);      /* 0.005 */
	CU_ASSERT(all.downtime_ms_median < 3.5);  /* 4 */
	CU_ASSERT(all.rounds_exact >= 0.79);      /* 0.8 */
	CU_ASSERT(all.outcome >= 0.95);           /* 0.95 */
	CU_ASSERT(migration_compare(m.pairs, m.count, MIGRATION_LINK, false).total_median < 0.006);
	CU_ASSERT(migration_compare(m.pairs, m.count, MIGRATION_THROTTLE, false).total_median < 0.008);
	CU_ASSERT(migration_compare(m.pairs, m.count, MIGRATION_HYBRID, false).total_median < 0.01);
	migration_runs_free(&m);
}

static void grid5000(void)
{
	char path[4096];
	struct grid5000 g;
	struct diag d;
	if (!trace_path("grid5000-migrations/plans-01-25.csv", path)) {
		test_skip("the plans of Grid'5000 are not on this machine");
		return;
	}
	diag_init(&d);
	CU_ASSERT_FATAL(grid5000_read(&g, path, &d));
	diag_fini(&d);
	grid5000_predict_all(&g);
	CU_ASSERT(grid5000_compare(&g).duration_mean < 0.0351);
	CU_ASSERT(grid5000_compare(&g).makespan_mean < 0.008);
	grid5000_free(&g);
}

static void postgres(void)
{
	char path[4096];
	struct postgres p;
	struct diag d;
	if (!trace_path("qemu-postgres/runs-calibration.csv", path)) {
		test_skip("the runs of the PostgreSQL guest are not on this machine");
		return;
	}
	diag_init(&d);
	CU_ASSERT_FATAL(postgres_read(&p, path, &d));
	diag_fini(&d);
	postgres_predict(&p);
	struct migration_errors all = migration_compare(p.pairs, p.count, 0, false);
	CU_ASSERT(all.total_median < 0.06); /* the aim is 0.15 */
	CU_ASSERT(all.bytes_median < 0.04);
	CU_ASSERT(all.downtime_ms_median < 4);
	postgres_free(&p);
}

static const struct test tests[] = {
	{"predictions are the same with outcomes and without", outcomes_are_not_read},
	{"what limits a migration, how it writes and how it moves are its strata", strata},
	{"errors are of runs that completed, the outcome is balanced", figures},
	{"each mistake is told with its line", mistakes},
	{"migrations share what goes out of a node, and wait for acknowledgements", sharing},
	{"a scenario's name says how the PostgreSQL guest was moved", postgres_names},
	{"the calibration migrations are predicted as well as on the day this was written", calibration},
	{"the plans of Grid'5000 are predicted as well as on the day this was written", grid5000},
	{"the PostgreSQL guest is predicted as well as on the day this was written", postgres},
};
SUITE(cli_migration, tests)

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migrations in results: what is told of each, when a guest changes its host, and their plots. */
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/columns.h"
#include "analysis/plot.h"
#include "analysis/timeline.h"
#include "scenarios/run.h"
#include "scenarios/scenario_read.h"
#include "sim/time.h"

/* Four equal guests, each of which moves in its own way over a cable of its own; a fifth pauses, so that
 * events tell states. */
static const char scenario[] =
	"name: moves\n"
	"duration: 60 s\n"
	"hosts:\n"
	"  - {name: from, count: 5, cores: 8, ram: 8 GiB, nic: 1 Gbit/s}\n"
	"  - {name: to, count: 5, cores: 8, ram: 8 GiB, nic: 1 Gbit/s}\n"
	"vms: [{name: vm, count: 5, vcpus: 2, ram: 1 GiB, demand: {level: 50 %},\n"
	"  dirty: {working_set: 256 MiB, rate: 50 MB/s, free: 30 %}}]\n"
	"placement: {policy: worst_fit}\n"
	"migration: {kind: precopy}\n"
	"actions:\n"
	"  - {at: 10 s, do: migrate, vm: vm-0, host: to-0}\n"
	"  - {at: 10 s, do: migrate, vm: vm-1, host: to-1, with: {balloon: true}}\n"
	"  - {at: 10 s, do: migrate, vm: vm-2, host: to-2, kind: postcopy}\n"
	"  - {at: 10 s, do: migrate, vm: vm-3, host: to-3, kind: hybrid, with: {hybrid_after: 2 s}}\n"
	"  - {at: 20 s, do: vm_pause, vm: vm-4}\n";

enum { PRECOPY, BALLOON, POSTCOPY, HYBRID, MOVES };

struct moved {
	struct run run;
	struct scenario *s;
	struct results *results;
	char file[64];
};

static void moved_open(struct moved *m)
{
	struct diag diag;
	struct provenance provenance = {0};
	const char *why = NULL;
	*m = (struct moved){.file = "/tmp/vdcsim-test-XXXXXX"};
	int fd = mkstemp(m->file);
	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	diag_init(&diag);
	m->s = scenario_read_text(scenario, NULL, &diag);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m->s);
	CU_ASSERT_FATAL(run_open(&m->run, m->s, &diag));
	run_go(&m->run, NULL, NULL);
	provenance_of(&provenance, 0);
	results_write(m->file, &(struct results_input){
		.world = &m->run.world, .record = &m->run.record, .migrations = &m->run.migrations,
		.summary = &m->run.summary, .provenance = &provenance, .costs = &m->run.costs,
		.scenario_name = m->s->name, .scenario_text = m->s->text, .seed = m->s->seed});
	m->results = results_open(m->file, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m->results);
	diag_fini(&diag);
}

static void moved_close(struct moved *m)
{
	results_close(m->results);
	run_close(&m->run);
	scenario_free(m->s);
	unlink(m->file);
}

static double value(const struct moved *m, const char *column, uint64_t row)
{
	uint64_t rows;
	double *values = columns_reals(m->results, "migrations", column, &rows);
	CU_ASSERT_PTR_NOT_NULL_FATAL(values);
	CU_ASSERT_FATAL(row < rows);
	double x = values[row];
	free(values);
	return x;
}

static void test_told(void)
{
	static const char *const always[] = {"sent_bytes", "downtime_s", "total_s", "rounds", "prepare_s",
		"stop_s", "activate_s", "sent_pages", "path_bytes_s", "dirty_bytes_s"};
	struct moved m;
	moved_open(&m);
	for (uint64_t row = 0; row < MOVES; row++) {
		for (size_t i = 0; i < sizeof always / sizeof *always; i++)
			CU_ASSERT(value(&m, always[i], row) > 0);
		CU_ASSERT_DOUBLE_EQUAL(value(&m, "total_s", row),
		                       value(&m, "end_s", row) - value(&m, "start_s", row), 1e-9);
		bool followed = row == POSTCOPY || row == HYBRID;
		CU_ASSERT_EQUAL(value(&m, "faults", row) > 0, followed);
		CU_ASSERT_EQUAL(value(&m, "residual_s", row) > 0.1, followed);
		CU_ASSERT_EQUAL(value(&m, "fault_latency_s", row) > 0, followed);
		CU_ASSERT_EQUAL(value(&m, "freed_pages", row) > 0, row == BALLOON);
		CU_ASSERT_EQUAL(value(&m, "shared", row), 0);
	}
	CU_ASSERT(value(&m, "again_pages", PRECOPY) > 0);
	CU_ASSERT_DOUBLE_EQUAL(value(&m, "again_pages", POSTCOPY), 0, 0);
	CU_ASSERT_DOUBLE_EQUAL(value(&m, "faults", POSTCOPY) * value(&m, "fault_latency_s", POSTCOPY),
	                       value(&m, "stall_s", POSTCOPY), 1e-6);
	/* Like measured ones; ballooning was not measured, and no error is made up. */
	CU_ASSERT_EQUAL(value(&m, "validated", PRECOPY), 1);
	CU_ASSERT(value(&m, "total_error", PRECOPY) > 0 && value(&m, "stratum_runs", PRECOPY) > 0);
	CU_ASSERT_EQUAL(value(&m, "validated", BALLOON), 0);
	CU_ASSERT(isnan(value(&m, "total_error", BALLOON)));
	moved_close(&m);
}

static void test_with(void)
{
	struct moved m;
	moved_open(&m);
	/* 30 % of its 262144 pages stay behind; beyond that both move alike. */
	CU_ASSERT_DOUBLE_EQUAL(value(&m, "freed_pages", BALLOON), 0.3 * 262144, 1);
	CU_ASSERT(value(&m, "sent_bytes", BALLOON) < 0.8 * value(&m, "sent_bytes", PRECOPY));
	CU_ASSERT(value(&m, "balloon_s", BALLOON) > 0);
	CU_ASSERT_DOUBLE_EQUAL(value(&m, "balloon_s", PRECOPY), 0, 0);
	/* Post-copy began at the deadline, in mid first round. */
	CU_ASSERT_DOUBLE_EQUAL(value(&m, "switch_s", HYBRID), 12, 0.1);
	CU_ASSERT_DOUBLE_EQUAL(value(&m, "rounds_s", HYBRID), 2, 0.01);
	moved_close(&m);
}

static void test_switch(void)
{
	struct moved m;
	moved_open(&m);
	for (uint64_t row = 0; row < MOVES; row++) {
		double switch_s = value(&m, "switch_s", row);
		double after_s = value(&m, "activate_s", row) + value(&m, "push_s", row);
		CU_ASSERT_DOUBLE_EQUAL(switch_s + after_s, value(&m, "end_s", row), 1e-6);
	}
	CU_ASSERT(value(&m, "switch_s", POSTCOPY) < 10.1);
	CU_ASSERT(value(&m, "end_s", POSTCOPY) > 15);
	moved_close(&m);
}

static void test_timeline(void)
{
	struct moved m;
	struct timeline_counts counts;
	char *text = NULL, stay[160];
	size_t size = 0;
	moved_open(&m);
	FILE *out = open_memstream(&text, &size);
	timeline_write(out, m.results, &(struct timeline_limits){100, 100000}, &counts);
	fclose(out);
	/* Hosts are processes from 3 on, to-2 is the eighth; until 60 s it stays there. */
	double switch_s = value(&m, "switch_s", POSTCOPY);
	snprintf(stay, sizeof stay, "\"cat\":\"vm\",\"pid\":10,\"tid\":1,\"ts\":%.3f,\"name\":\"vm-2\","
	         "\"dur\":%.3f}", switch_s * 1e6, (60 - switch_s) * 1e6);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, stay));
	snprintf(stay, sizeof stay, "\"cat\":\"migration\",\"pid\":10,\"tid\":1,\"ts\":%.3f,",
	         switch_s * 1e6);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, stay));
	/* At the end of the migration nothing begins. */
	snprintf(stay, sizeof stay, "\"ts\":%.3f,\"name\":\"vm-2\"", value(&m, "end_s", POSTCOPY) * 1e6);
	CU_ASSERT_PTR_NULL(strstr(text, stay));
	free(text);
	moved_close(&m);
}

/* What a plot hands to gnuplot. The caller frees it. */
static char *commands_of(const struct moved *m, const char *name)
{
	char *text = NULL;
	size_t size = 0;
	const struct plot *plot = plot_find(name);
	CU_ASSERT_PTR_NOT_NULL_FATAL(plot);
	FILE *file = open_memstream(&text, &size);
	CU_ASSERT(plot->draw(file, m->results));
	fclose(file);
	return text;
}

static void test_lives(void)
{
	struct moved m;
	char mark[64];
	moved_open(&m);
	char *life = commands_of(&m, "lifecycle");
	CU_ASSERT_PTR_NOT_NULL(strstr(life, "title 'moved, memory follows'"));
	/* Migrating until the switch, then followed, then running: rows 3 of three looks. */
	double switch_s = value(&m, "switch_s", POSTCOPY), end_s = value(&m, "end_s", POSTCOPY);
	snprintf(mark, sizeof mark, "\n3 10 %.9g\n", switch_s);
	CU_ASSERT_PTR_NOT_NULL(strstr(life, mark));
	snprintf(mark, sizeof mark, "\n3 %.9g %.9g\n", switch_s, end_s);
	CU_ASSERT_PTR_NOT_NULL(strstr(life, mark));
	snprintf(mark, sizeof mark, "\n%.9g 3\n", switch_s); /* in $moves */
	CU_ASSERT_PTR_NOT_NULL(strstr(life, mark));
	free(life);
	moved_close(&m);
}

static void test_plots(void)
{
	static const char *const names[] = {"migration_rounds", "migration_rates", "migration_guest",
		"migration_compare"};
	struct moved m;
	moved_open(&m);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *commands = commands_of(&m, names[i]);
		CU_ASSERT_PTR_NOT_NULL(strstr(commands, "\nplot ") ? commands : NULL);
		free(commands);
	}
	char *guest = commands_of(&m, "migration_guest"), *compare = commands_of(&m, "migration_compare");
	CU_ASSERT_PTR_NOT_NULL(strstr(guest, "set label 1 'post-copy, vm-2'"));
	CU_ASSERT_PTR_NULL(strstr(guest, "CPU taken away")); /* nobody was throttled */
	CU_ASSERT_PTR_NOT_NULL(strstr(guest, "'balloon'"));
	CU_ASSERT_PTR_NOT_NULL(strstr(compare, "'vm-3' 4)"));
	free(guest);
	free(compare);
	moved_close(&m);
}

/* All of these guests dirty at one rate: a line of downtime over it would be a vertical one. */
static void test_one_rate(void)
{
	struct moved m;
	char *text = NULL;
	size_t size = 0;
	moved_open(&m);
	FILE *file = open_memstream(&text, &size);
	CU_ASSERT_FALSE(plot_find("migration_downtime")->draw(file, m.results));
	fclose(file);
	CU_ASSERT_EQUAL(size, 0);
	free(text);
	moved_close(&m);
}

static const struct test tests[] = {
	{"stages, pages, faults and their latency stand in the table of migrations", test_told},
	{"one action may have rules of its own", test_with},
	{"a guest is at its target from the switch on, not from the end", test_switch},
	{"in the timeline a guest changes its host at the switch", test_timeline},
	{"in the plot of lives it is migrating, then followed by its memory", test_lives},
	{"each plot of migrations is drawn of all kinds", test_plots},
	{"downtime is not drawn over a single dirty rate", test_one_rate},
};
SUITE(analysis_moves, tests)

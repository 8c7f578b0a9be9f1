/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small hand-made run for tests of analysis/: hosts with made-up spans, guests, notes and a migration. */
#ifndef TESTS_ANALYSIS_FIXTURE_H
#define TESTS_ANALYSIS_FIXTURE_H

#include <stdbool.h>

#include "analysis/costs.h"
#include "analysis/record.h"
#include "analysis/results.h"
#include "analysis/summary.h"
#include "models/migration/migration.h"
#include "models/world.h"

#define FIXTURE_HOSTS 5
#define FIXTURE_VMS 7
#define FIXTURE_SPAN 64

struct fixture {
	struct engine *engine;
	struct world world;
	struct migrations migrations;
	struct migration migration;
	struct record record;
	struct summary summary;
	struct costs costs;
	struct costs_site site_prices[2];
	struct costs_host host_prices[2];
	double vm_prices[2];
	struct provenance provenance;
	uint64_t chance;             /* state of a small generator */
	double demand[FIXTURE_SPAN], given[FIXTURE_SPAN], power[FIXTURE_SPAN];
};

/* Two sites, three racks, two groups of hosts and of guests. */
void fixture_open(struct fixture *f, uint64_t chance);
/* Before fixture_run: every second host had a discrete scheduler, and a core of the first was watched;
 * and it reclaimed memory. */
void fixture_schedule(struct fixture *f);
void fixture_close(struct fixture *f);

/* Plots of what the hand-made run has not: tests/cli.sh draws them from library scenarios. */
bool fixture_lacks(const char *plot);

/* A number below `below`. */
uint64_t fixture_chance(struct fixture *f, uint64_t below);

/* A span of at most FIXTURE_SPAN random rates for a host; valid until the next. */
struct host_span fixture_span(struct fixture *f, uint32_t host, int64_t t0_ns, int64_t dt_ns, uint32_t n);

/* A day of two hours' worth of spans on a 300 s grid, notes, a migration, and the summary. */
void fixture_run(struct fixture *f, const struct record_options *options);
struct results_input fixture_input(const struct fixture *f);

#endif

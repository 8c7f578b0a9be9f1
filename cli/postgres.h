/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migrations of a PostgreSQL guest under YCSB, measured by others, and what the page-by-page model says.
 *
 * The guest has 8 GiB, three quarters of it zero pages; source and destination are processes of one host over
 * a unix socket; pre-copy is held to QEMU's default of 128 MiB/s, post-copy is not. What the guest writes
 * comes from QEMU's counters in the calibration runs (postgres.c) and scales with the throughput that a run
 * had before its migration. */
#ifndef CLI_POSTGRES_H
#define CLI_POSTGRES_H

#include "cli/migration.h"

#define POSTGRES_SCENARIOS 24

struct postgres_run {                /* inputs */
	char name[MIGRATION_NAME];
	uint32_t scenario;
	enum qemu_mode mode;
	bool auto_converge;
	double delay_s;              /* until post-copy is asked for */
	double memory_gib, operations_hz; /* before the migration */
};

struct postgres {
	struct postgres_run *runs;
	struct migration_pair *pairs; /* strata: all, then a scenario a bit */
	uint32_t count, run_room, pair_room;
	char names[POSTGRES_SCENARIOS + 1][MIGRATION_NAME]; /* "all", and the scenarios */
	uint32_t name_count;
	bool has_outcomes;
};

bool postgres_read(struct postgres *p, const char *path, struct diag *diag);
void postgres_free(struct postgres *p);
struct qemu_case postgres_case_of(const struct postgres_run *run);
void postgres_predict(struct postgres *p);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of how a VM moves. */
#include "scenarios/key_table.h"

#include <stddef.h>

#include "models/migration/migration.h"
#include "scenarios/scenario.h"

#define S(member) offsetof(struct scenario, member)

static const char *migration_name(uint32_t i)
{
	return migration_kinds[i] ? migration_kinds[i]->name : NULL;
}

static const struct key rows[] = {
	{"migration", KEY_SECTION, .summary = "How a VM moves"},
	{"migration.kind", KEY_TEXT, .most = 63, .preset = "ram_over_bandwidth", .name_at = migration_name,
         .offset = S(migration_kind), .summary = "Kind of migration (`vdcsim list models`)"},
	{"migration.bandwidth_share", KEY_REAL, .dimension = DIM_FRACTION, .least = 0.0001, .most = 1,
         .preset = "50 %", .offset = S(migration_bandwidth_01),
         .summary = "Share of the path that a migration takes"},
	{"migration.cpu_loss", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "10 %",
         .offset = S(migration_cpu_loss_01), .summary = "CPU that the VM loses while it moves"},
};
const struct key_table key_migration = {rows, sizeof rows / sizeof *rows};

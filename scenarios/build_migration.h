/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of migration and what there is to move, from the scenario. */
#ifndef SCENARIOS_BUILD_MIGRATION_H
#define SCENARIOS_BUILD_MIGRATION_H

#include "models/migration/migration.h"
#include "scenarios/scenario.h"

/* A kind that goes leg by leg; NULL where none has the name, or there is no name. */
const struct move_kind *build_move_kind(const char *name);

/* Once the world is there; opens the migrations. */
void build_migrations(struct migrations *m, const struct scenario *s);

#endif

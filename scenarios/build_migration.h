/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of migration and what there is to move, from the scenario. */
#ifndef SCENARIOS_BUILD_MIGRATION_H
#define SCENARIOS_BUILD_MIGRATION_H

#include <stdbool.h>

#include "models/migration/migration.h"
#include "scenarios/scenario.h"

/* A kind that goes leg by leg; NULL where none has the name, or there is no name. */
const struct move_kind *build_move_kind(const char *name);

/* Does it say anything? */
bool build_move_differs(const struct scenario_move *with);

/* The rules of one migration: those of the scenario, with what is given otherwise; kept in the arena. NULL:
 * nothing is. */
const struct move_rules *build_move_rules(struct arena *arena, const struct scenario *s,
                                          const struct scenario_move *with);

/* Once the world is there; opens the migrations. */
void build_migrations(struct migrations *m, const struct scenario *s);

#endif

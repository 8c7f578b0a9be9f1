/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks between keys of a scenario: what each row of the table of keys alone cannot know. */
#ifndef SCENARIOS_SCENARIO_CHECK_H
#define SCENARIOS_SCENARIO_CHECK_H

#include "scenarios/scenario.h"
#include "scenarios/yaml.h"

/* Tells every mistake it finds. `root` is the tree from which s was read: it knows what was given, and
 * where. */
void scenario_check(const struct scenario *s, const struct yaml_node *root, struct diag *diag);

#endif

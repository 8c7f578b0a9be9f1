/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of the control loop, from the scenario. */
#ifndef SCENARIOS_BUILD_CONTROL_H
#define SCENARIOS_BUILD_CONTROL_H

#include "policies/loop.h"
#include "scenarios/scenario.h"

/* The values of a policy's parameters in the order of its table; absent ones are its presets. */
double *build_values(struct arena *arena, const struct policy *policy, const struct scenario_value *given,
                     uint32_t n);

/* The rules live as long as the arena. */
void build_control(struct loop_rules *rules, const struct scenario *s, struct arena *arena);

#endif

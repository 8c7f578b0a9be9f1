/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of the policies that a scenario names: does each answer what it is asked, with these parameters? */
#ifndef SCENARIOS_CHECK_POLICIES_H
#define SCENARIOS_CHECK_POLICIES_H

#include "scenarios/check.h"

void check_policies(const struct check *c);

#endif

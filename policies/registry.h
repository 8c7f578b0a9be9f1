/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The policies that can be named in a scenario. One line in registry.c makes a policy file selectable. */
#ifndef POLICIES_REGISTRY_H
#define POLICIES_REGISTRY_H

#include "policies/policy.h"

/* Ended by NULL, in the order in which `list policies` shows them. */
extern const struct policy *const policy_registry[];

/* NULL when there is none of that name. */
const struct policy *policy_find(const char *name);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of policies: a new policy is one file and one line here. */
#include "policies/registry.h"

#include <string.h>

extern const struct policy policy_first_fit, policy_next_fit, policy_best_fit, policy_worst_fit;
extern const struct policy policy_power_aware_best_fit;

const struct policy *const policy_registry[] = {
	&policy_first_fit,
	&policy_next_fit,
	&policy_best_fit,
	&policy_worst_fit,
	&policy_power_aware_best_fit,
	NULL,
};

const struct policy *policy_find(const char *name)
{
	for (const struct policy *const *p = policy_registry; *p; p++)
		if (strcmp((*p)->name, name) == 0)
			return *p;
	return NULL;
}

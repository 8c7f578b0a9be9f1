/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of policies: a new policy is one file and one line here. */
#include "policies/registry.h"

#include <string.h>

extern const struct policy policy_first_fit, policy_next_fit, policy_best_fit, policy_worst_fit;
extern const struct policy policy_power_aware_best_fit, policy_least_loaded, policy_spread;
extern const struct policy policy_static_threshold, policy_mad, policy_iqr, policy_least_squares;
extern const struct policy policy_local_regression, policy_ar1, policy_holt_winters;
extern const struct policy policy_k_of_n, policy_gray_box;
extern const struct policy policy_minimum_migration_time, policy_minimum_utilisation;
extern const struct policy policy_random_choice, policy_maximum_correlation;
extern const struct policy policy_largest_volume_to_size;
extern const struct policy policy_least_utilised_first, policy_cost_benefit;
extern const struct policy policy_by_dirty_rate;
extern const struct policy policy_sandpiper, policy_drs_like, policy_replicate_or_migrate;
extern const struct policy policy_first_fit_decreasing;
extern const struct policy policy_sleep_idle, policy_power_cap, policy_carbon_timing;
extern const struct policy policy_performance, policy_powersave, policy_ondemand;
extern const struct policy policy_conservative, policy_schedutil;
extern const struct policy policy_ha_restart, policy_proactive_move;
extern const struct policy policy_threshold_scaling, policy_target_tracking;
extern const struct policy policy_queue_scaling;

const struct policy *const policy_registry[] = {
	/* place: which host */
	&policy_first_fit,
	&policy_next_fit,
	&policy_best_fit,
	&policy_worst_fit,
	&policy_power_aware_best_fit,
	&policy_least_loaded,
	&policy_spread,
	/* overloaded: which hosts are hotspots */
	&policy_static_threshold,
	&policy_mad,
	&policy_iqr,
	&policy_least_squares,
	&policy_local_regression,
	&policy_ar1,
	&policy_holt_winters,
	&policy_k_of_n,
	&policy_gray_box,
	/* select: which guest leaves */
	&policy_minimum_migration_time,
	&policy_minimum_utilisation,
	&policy_random_choice,
	&policy_maximum_correlation,
	&policy_largest_volume_to_size,
	/* drain, worth: which host is emptied, and is it worth it */
	&policy_least_utilised_first,
	&policy_cost_benefit,
	/* method: how a guest moves */
	&policy_by_dirty_rate,
	/* balance: the cluster as a whole */
	&policy_sandpiper,
	&policy_drs_like,
	&policy_replicate_or_migrate,
	&policy_first_fit_decreasing,
	/* power: sleep, caps, speeds */
	&policy_sleep_idle,
	&policy_power_cap,
	&policy_carbon_timing,
	&policy_performance,
	&policy_powersave,
	&policy_ondemand,
	&policy_conservative,
	&policy_schedutil,
	/* failed: restart, or leave in time */
	&policy_ha_restart,
	&policy_proactive_move,
	/* scale: how many guests */
	&policy_threshold_scaling,
	&policy_target_tracking,
	&policy_queue_scaling,
	NULL,
};

const struct policy *policy_find(const char *name)
{
	for (const struct policy *const *p = policy_registry; *p; p++)
		if (strcmp((*p)->name, name) == 0)
			return *p;
	return NULL;
}

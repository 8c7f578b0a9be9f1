/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CloudSim's constants, presets, and the names of its experiments. */
#include "models/cloudsim/rules.h"

#include <stdio.h>
#include <string.h>

const char *const cloudsim_version_names[CLOUDSIM_VERSIONS] = {"7G", "3.0.3"};
const char *const cloudsim_policy_names[CLOUDSIM_POLICIES] = {"consolidate", "dvfs", "non_power_aware"};
const char *const cloudsim_detector_names[CLOUDSIM_DETECTORS] = {"thr", "mad", "iqr", "lr", "lrr"};
const char *const cloudsim_selection_names[CLOUDSIM_SELECTIONS] = {"mmt", "mc", "mu", "rs"};
const char *const cloudsim_death_names[CLOUDSIM_DEATHS] = {"two_zeros", "one_zero", "never"};
const char *const cloudsim_ties_names[CLOUDSIM_TIES] = {"rounding", "lowest_id"};
const char *const cloudsim_order_names[CLOUDSIM_ORDERS] = {"oldest_first", "newest_first"};

/* examples.power.Constants; the tables are SPECpower_ssj2008 results of the two servers. */
const struct cloudsim_host_type cloudsim_host_types[CLOUDSIM_HOST_TYPES] = {
	{"HP ProLiant ML110 G4", 2, 1860, 4096, 1e6,
	 {86, 89.4, 92.6, 96, 99.5, 102, 106, 108, 112, 114, 117}},
	{"HP ProLiant ML110 G5", 2, 2660, 4096, 1e6,
	 {93.7, 97, 101, 105, 110, 116, 121, 125, 129, 133, 135}},
};
const struct cloudsim_vm_type cloudsim_vm_types[CLOUDSIM_VM_TYPES] = {
	{2500, 870, 1e5}, {2000, 1740, 1e5}, {1000, 1740, 1e5}, {500, 613, 1e5},
};

struct cloudsim_rules cloudsim_rules(enum cloudsim_version version)
{
	bool old = version == CLOUDSIM_3_0_3;
	return (struct cloudsim_rules){
		.version = version,
		.policy = CLOUDSIM_CONSOLIDATE,
		.detector = CLOUDSIM_THR,
		.parameter = cloudsim_parameter(CLOUDSIM_THR),
		.selection = CLOUDSIM_MMT,
		.seed = 1,
		.history_length = 30,
		.history_order = old ? CLOUDSIM_NEWEST_FIRST : CLOUDSIM_OLDEST_FIRST,
		.trims_tail = old,
		.least_samples = 12,
		.regression_samples = 10,
		.fallback = 0.7,
		.interval_s = 300,
		.offset_s = old ? 0.1 : 0.01,
		.end_s = 86400,
		.death = CLOUDSIM_TWO_ZEROS,
		.ties = CLOUDSIM_ROUNDING,
		.stale_subtrahend = true,
		.double_migration = true,
		.floors = true,
		.source_left_01 = 0.9,
		.target_share_01 = 0.1,
		.bandwidth_01 = 0.5,
	};
}

double cloudsim_parameter(enum cloudsim_detector detector)
{
	static const double parameters[CLOUDSIM_DETECTORS] = {0.8, 2.5, 1.5, 1.2, 1.2};
	return parameters[detector];
}

static const char *const detector_parts[CLOUDSIM_DETECTORS] = {"Thr", "Mad", "Iqr", "Lr", "Lrr"};
static const char *const selection_parts[CLOUDSIM_SELECTIONS] = {"Mmt", "Mc", "Mu", "Rs"};
static const char *const policy_parts[CLOUDSIM_POLICIES] = {NULL, "Dvfs", "NonPowerAware"};

bool cloudsim_rules_named(struct cloudsim_rules *rules, const char *name)
{
	struct cloudsim_rules named = *rules;
	char text[32];
	for (unsigned p = 0; p < CLOUDSIM_POLICIES; p++)
		for (unsigned i = 0; i < CLOUDSIM_DETECTORS * CLOUDSIM_SELECTIONS; i++) {
			named.policy = (enum cloudsim_policy)p;
			named.detector = (enum cloudsim_detector)(i / CLOUDSIM_SELECTIONS);
			named.selection = (enum cloudsim_selection)(i % CLOUDSIM_SELECTIONS);
			named.parameter = cloudsim_parameter(named.detector);
			cloudsim_rules_name(&named, text, sizeof text);
			if (strcmp(text, name) != 0)
				continue;
			*rules = named;
			return true;
		}
	return false;
}

void cloudsim_rules_name(const struct cloudsim_rules *rules, char *name, size_t size)
{
	const char *alone = policy_parts[rules->policy];
	if (alone)
		snprintf(name, size, "%s", alone);
	else
		snprintf(name, size, "%s%s", detector_parts[rules->detector],
		         selection_parts[rules->selection]);
}

const char *cloudsim_experiment(uint32_t i)
{
	static const char *const names[] = {
		"Dvfs",  "NonPowerAware", "ThrMmt", "ThrMc", "ThrMu", "MadMmt", "MadMc", "MadMu", "IqrMmt",
		"IqrMc", "IqrMu",         "LrMmt",  "LrMc",  "LrMu",  "LrrMmt", "LrrMc", "LrrMu",
	};
	return i < sizeof names / sizeof *names ? names[i] : NULL;
}

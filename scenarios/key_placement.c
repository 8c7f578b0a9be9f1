/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of who decides on which host a VM starts. */
#include "scenarios/key_table.h"

#include <stddef.h>

#include "policies/registry.h"
#include "scenarios/scenario.h"

#define S(member) offsetof(struct scenario, member)

static const char *const refuse_wait[] = {"refuse", "wait"};

static const char *policy_name(uint32_t i)
{
	for (const struct policy *const *p = policy_registry; *p; p++)
		if ((*p)->place && i-- == 0)
			return (*p)->name;
	return NULL;
}

static const struct key rows[] = {
	{"placement", KEY_SECTION, .summary = "Which host a VM starts on"},
	{"placement.policy", KEY_TEXT, .most = 1000, .preset = "first_fit", .name_at = policy_name,
         .or_path = true, .offset = S(policy), .place_offset = offsetof(struct scenario, policy_place),
         .summary = "Policy (`vdcsim list policies`), or a plug-in by its path: ./mine.so"},
	{"placement.parameters", KEY_VALUES, .optional = true, .offset = S(policy_values),
         .count_offset = S(policy_value_count), .summary = "Parameters of the policy: name and number"},
	{"placement.budget", KEY_REAL, .dimension = DIM_TIME, .least = 1e6, .most = 1e15, .preset = "10 s",
         .offset = S(plugins.budget_ns),
         .summary = "CPU time that a plug-in may take to answer one question"},
	{"placement.cpu_overcommit", KEY_REAL, .dimension = DIM_FRACTION, .least = 0.01, .most = 1000,
         .preset = "1", .offset = S(admission.cpu_overcommit),
         .summary = "CPU that VMs may be promised, of what the host has"},
	{"placement.ram_overcommit", KEY_REAL, .dimension = DIM_FRACTION, .least = 0.01, .most = 1000,
         .preset = "1", .offset = S(admission.ram_overcommit),
         .summary = "Memory that VMs may be promised, of what the host has"},
	{"placement.disk_overcommit", KEY_REAL, .dimension = DIM_FRACTION, .least = 0.01, .most = 1000,
         .preset = "1", .offset = S(admission.disk_overcommit),
         .summary = "Disk that VMs may be promised, of what the host has"},
	{"placement.when_full", KEY_SWITCH, .preset = "wait", .names = refuse_wait, .name_count = 2,
         .offset = S(admission.wait),
         .summary = "A VM for which no host has room: waits for room, or is refused"},
};
const struct key_table key_placement = {rows, sizeof rows / sizeof *rows};

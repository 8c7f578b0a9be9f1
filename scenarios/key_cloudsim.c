/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of CloudSim's consolidation study: each of its rules by its name. */
#include "scenarios/key_table.h"

#include <stddef.h>

#include "models/cloudsim/rules.h"
#include "scenarios/scenario.h"

#define TOLD(member) offsetof(struct scenario, cloudsim.member)

static const char *const kept_trimmed[] = {"kept", "trimmed"};
static const char *const line_step[] = {"line", "step"};
static const char *const skip_run[] = {"skip", "run"};
static const char *const present_stale[] = {"present", "stale"};
static const char *const creation_always[] = {"at_creation", "always"};
static const char *const newcomer_all[] = {"newcomer", "all"};
static const char *const forbidden_allowed[] = {"forbidden", "allowed"};

static const struct key rows[] = {
	{"cloudsim", KEY_SECTION, .optional = true, .has_offset = offsetof(struct scenario, has_cloudsim),
         .place_offset = TOLD(place),
         .summary = "CloudSim's consolidation study (Beloglazov and Buyya 2012), to the last digit; a "
                    "scenario with it needs no hosts and no VMs. Presets are CloudSim's own rules"},
	{"cloudsim.version", KEY_CHOICE, .preset = "7G", .names = cloudsim_version_names,
         .name_count = CLOUDSIM_VERSIONS, .offset = TOLD(version),
         .summary = "Whose presets history_order, history_tail and offset have"},
	{"cloudsim.trace", KEY_TEXT, .most = 1000, .preset = "planetlab", .offset = TOLD(trace),
         .summary = "Trace of the VMs, a row each"},
	{"cloudsim.day", KEY_TEXT, .most = 1000, .preset = "20110303", .offset = TOLD(day),
         .summary = "Day of the trace"},
	{"cloudsim.hosts", KEY_COUNT, .least = 1, .most = 1e6, .preset = "800", .offset = TOLD(hosts),
         .summary = "Hosts, HP ML110 G4 and G5 in turn"},
	{"cloudsim.policy", KEY_CHOICE, .preset = "consolidate", .names = cloudsim_policy_names,
         .name_count = CLOUDSIM_POLICIES, .offset = TOLD(policy),
         .summary = "consolidate; or first fit without migrations: dvfs (no other frequencies), "
                    "non_power_aware"},
	{"cloudsim.detector", KEY_CHOICE, .preset = "thr", .names = cloudsim_detector_names,
         .name_count = CLOUDSIM_DETECTORS, .offset = TOLD(detector),
         .summary = "When a host is overloaded: threshold, MAD, IQR, least-squares line (lr and lrr alike)"},
	{"cloudsim.parameter", KEY_REAL, .most = 1000, .optional = true, .offset = TOLD(parameter),
         .has_offset = TOLD(has_parameter),
         .summary = "Threshold or safety; absent: CloudSim's (thr 0.8, mad 2.5, iqr 1.5, lr and lrr 1.2)"},
	{"cloudsim.selection", KEY_CHOICE, .preset = "mmt", .names = cloudsim_selection_names,
         .name_count = CLOUDSIM_SELECTIONS, .offset = TOLD(selection),
         .summary = "Who leaves an overloaded host: least memory, most correlated, least used, any"},
	{"cloudsim.history_length", KEY_COUNT, .least = 2, .most = CLOUDSIM_HISTORY_MOST, .preset = "30",
         .offset = TOLD(history_length), .summary = "Samples of each VM that are kept"},
	{"cloudsim.history_order", KEY_CHOICE, .optional = true, .names = cloudsim_order_names,
         .name_count = CLOUDSIM_ORDERS, .offset = TOLD(history_order),
         .has_offset = TOLD(has_history_order),
         .summary = "Absent: 7G oldest_first, so that its lines are fitted to the oldest samples backwards"},
	{"cloudsim.history_tail", KEY_SWITCH, .optional = true, .names = kept_trimmed, .name_count = 2,
         .offset = TOLD(trims_tail), .has_offset = TOLD(has_trims_tail),
         .summary = "Zeros before the first sample that is not: absent: 3.0.3 trimmed, 7G kept"},
	{"cloudsim.least_samples", KEY_COUNT, .least = 2, .most = CLOUDSIM_HISTORY_MOST, .preset = "12",
         .offset = TOLD(least_samples), .summary = "Samples that mad and iqr need"},
	{"cloudsim.regression_samples", KEY_COUNT, .least = 3, .most = CLOUDSIM_HISTORY_MOST, .preset = "10",
         .offset = TOLD(regression_samples), .summary = "Samples that lr and lrr fit"},
	{"cloudsim.fallback", KEY_REAL, .dimension = DIM_FRACTION, .most = 10, .preset = "0.7",
         .offset = TOLD(fallback), .summary = "Threshold for as long as there are fewer samples"},
	{"cloudsim.interval", KEY_REAL, .dimension = DIM_TIME, .least = 1e9, .most = TIME_MOST,
         .preset = "300 s", .offset = TOLD(interval_ns), .summary = "Time between ticks"},
	{"cloudsim.offset", KEY_REAL, .dimension = DIM_TIME, .most = 299e9, .optional = true,
         .offset = TOLD(offset_ns), .has_offset = TOLD(has_offset),
         .summary = "Ticks are so far behind the samples; absent: 7G 10 ms, 3.0.3 100 ms"},
	{"cloudsim.last_tick", KEY_SWITCH, .preset = "skip", .names = skip_run, .name_count = 2,
         .offset = TOLD(last_tick), .summary = "The tick at the end, or just behind it"},
	{"cloudsim.reading", KEY_SWITCH, .preset = "line", .names = line_step, .name_count = 2,
         .offset = TOLD(steps),
         .summary = "Between two samples demand is on the line, or the first of them: one zero is enough"},
	{"cloudsim.vm_death", KEY_CHOICE, .preset = "two_zeros", .names = cloudsim_death_names,
         .name_count = CLOUDSIM_DEATHS, .offset = TOLD(death),
         .summary = "A VM that asks for nothing is destroyed for good: at an update between two samples "
                    "of 0, at one, or never"},
	{"cloudsim.ties", KEY_CHOICE, .preset = "rounding", .names = cloudsim_ties_names,
         .name_count = CLOUDSIM_TIES, .offset = TOLD(ties),
         .summary = "Among targets of equal rise of power rounding decides, or the lowest id within 1e-9 W"},
	{"cloudsim.subtrahend", KEY_SWITCH, .preset = "stale", .names = present_stale, .name_count = 2,
         .offset = TOLD(stale_subtrahend),
         .summary = "Rise of a target's power: over that of the last update, or over the present one with "
                    "what is tentatively there"},
	{"cloudsim.ram", KEY_SWITCH, .preset = "at_creation", .names = creation_always, .name_count = 2,
         .offset = TOLD(ram_always), .summary = "When memory and bandwidth of hosts bound what they take"},
	{"cloudsim.start_load", KEY_SWITCH, .preset = "newcomer", .names = newcomer_all, .name_count = 2,
         .offset = TOLD(start_counts_all), .summary = "Whom detectors count at the first placement"},
	{"cloudsim.double_migration", KEY_SWITCH, .preset = "allowed", .names = forbidden_allowed,
         .name_count = 2, .offset = TOLD(double_migration),
         .summary = "May a host that just got VMs from overloaded ones be emptied at the same tick?"},
	{"cloudsim.floor", KEY_BOOL, .preset = "true", .offset = TOLD(floors),
         .summary = "Shares of a host with too little CPU are whole MIPS"},
	{"cloudsim.source_left", KEY_REAL, .dimension = DIM_FRACTION, .least = 0.01, .most = 1,
         .preset = "0.9", .offset = TOLD(source_left_01),
         .summary = "Part of its CPU that a VM on the move has at the source"},
	{"cloudsim.target_share", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "0.1",
         .offset = TOLD(target_share_01), .summary = "Part of its demand that it holds at the target"},
	{"cloudsim.migration_bandwidth", KEY_REAL, .dimension = DIM_FRACTION, .least = 0.001, .most = 1,
         .preset = "0.5", .offset = TOLD(bandwidth_01),
         .summary = "Part of the target's NIC that each migration has to itself"},
	{"cloudsim.violation_tolerance", KEY_REAL, .dimension = DIM_CPU_RATE, .most = 1e12, .preset = "0",
         .offset = TOLD(violation_hz),
         .summary = "A host that gives less than is asked by no more than this keeps its word"},
};
const struct key_table key_cloudsim = {rows, sizeof rows / sizeof *rows};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of a run: how it counts, what is kept, what is done at given times, how the engine works. */
#include "scenarios/key_table.h"

#include <stddef.h>

#include "models/world.h"
#include "scenarios/scenario.h"

#define S(member) offsetof(struct scenario, member)
#define ACTION(member) offsetof(struct scenario_action, member)

static const char *migration_leg_name(uint32_t i)
{
	return move_kinds[i] ? move_kinds[i]->name : NULL;
}

static const char *const nothing_draw[] = {"nothing", "draw"};
static const char *const skip_count[] = {"skip", "count"};

static const struct key rows[] = {
	{"energy", KEY_SECTION,
         .summary =
                 "How energy is counted: the presets are physical, the others reproduce other simulators"},
	{"energy.rule", KEY_CHOICE, .preset = "exact", .names = energy_rule_names,
         .name_count = ENERGY_RULES, .offset = S(rules.energy),
         .summary = "exact: power between changes is constant; trapezoid: the mean of both ends"},
	{"energy.idle_hosts", KEY_SWITCH, .preset = "draw", .names = nothing_draw, .name_count = 2,
         .offset = S(rules.idle_draws),
         .summary = "A running host that gives no CPU: draws its power at idle, or nothing"},
	{"energy.first_interval", KEY_SWITCH, .preset = "count", .names = skip_count, .name_count = 2,
         .offset = S(rules.first_interval),
         .summary = "trapezoid: the time before the first change of demand"},
	{"energy.last_interval", KEY_SWITCH, .preset = "count", .names = skip_count, .name_count = 2,
         .offset = S(rules.last_interval),
         .summary = "trapezoid: the time after the last change of demand"},
	{"record", KEY_SECTION, .summary = "What the results file holds"},
	{"record.interval", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e6, .most = TIME_MOST,
         .preset = "300 s", .offset = S(record.interval_ns),
         .summary = "Length of an interval of the series"},
	{"record.hosts", KEY_BOOL, .preset = "true", .offset = S(record.hosts),
         .summary = "Series of each host"},
	{"record.sites", KEY_BOOL, .preset = "true", .offset = S(record.sites),
         .summary = "Series of each site"},
	{"record.vms", KEY_BOOL, .preset = "true", .offset = S(record.vms), .summary = "Table of VMs"},
	{"record.events", KEY_BOOL, .preset = "true", .offset = S(record.events),
         .summary = "Table of what happened"},
	{"record.schedule", KEY_SECTION, .optional = true, .has_offset = S(has_schedule),
         .summary = "Keeps which virtual CPU was on which core of a host with a discrete scheduler"},
	{"record.schedule.host", KEY_MEMBER, .most = 74, .optional = true, .offset = S(schedule.host),
         .place_offset = S(schedule.place), .summary = "Which host: group-number, from 0; must be given"},
	{"record.schedule.from", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .preset = "0 s",
         .offset = S(schedule.from_ns), .summary = "From when on"},
	{"record.schedule.for", KEY_WHOLE, .dimension = DIM_TIME, .least = 1, .most = 3.6e12,
         .preset = "100 ms", .offset = S(schedule.for_ns), .summary = "How long"},
	{"actions[]", KEY_SECTION, .most = 100000, .optional = true, .offset = S(actions),
         .count_offset = S(action_count), .place_offset = offsetof(struct scenario_action, place),
         .size = sizeof(struct scenario_action), .summary = "What is done to hosts and VMs at given times"},
	{"actions[].at", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .offset = ACTION(at_ns),
         .summary = "When"},
	{"actions[].do", KEY_CHOICE, .names = action_kind_names, .name_count = ACTION_KINDS,
         .offset = ACTION(kind), .summary = "What"},
	{"actions[].vm", KEY_MEMBER, .most = 74, .optional = true, .offset = ACTION(vm),
         .summary = "On which VM: group-number, from 0"},
	{"actions[].host", KEY_MEMBER, .most = 74, .optional = true, .offset = ACTION(host),
         .summary = "On which host, or to which: group-number, from 0"},
	{"actions[].into", KEY_MEMBER, .most = 74, .optional = true, .offset = ACTION(into),
         .summary = "vm_clone: the VM that is to be the clone, undefined so far: group-number, from 0"},
	{"actions[].by", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .optional = true,
         .offset = ACTION(by_ns), .has_offset = ACTION(has_by),
         .summary = "host_drain: when the host is to be empty; absent: no deadline"},
	{"actions[].kind", KEY_TEXT, .most = 63, .optional = true, .name_at = migration_leg_name,
         .offset = ACTION(migration), .summary = "migrate: how; absent: as migration.kind says"},
	{"actions[].with", KEY_SECTION,
         .summary = "migrate: how this one differs from what migration says"},
	{"actions[].with.stop", KEY_CHOICE, .optional = true, .names = stop_rule_names,
         .name_count = STOP_RULES, .offset = ACTION(with.stop), .has_offset = ACTION(with.has_stop),
         .summary = "Another migration.stop"},
	{"actions[].with.downtime_limit", KEY_WHOLE, .dimension = DIM_TIME, .most = 1e13, .optional = true,
         .offset = ACTION(with.downtime_limit_ns), .has_offset = ACTION(with.has_downtime_limit),
         .summary = "Another migration.downtime_limit"},
	{"actions[].with.rounds", KEY_COUNT, .least = 1, .most = 10000, .optional = true,
         .offset = ACTION(with.rounds), .has_offset = ACTION(with.has_rounds),
         .summary = "Another migration.rounds"},
	{"actions[].with.bandwidth", KEY_WHOLE, .dimension = DIM_BIT_RATE, .least = 1, .most = 1e14,
         .optional = true, .offset = ACTION(with.bandwidth_bps), .has_offset = ACTION(with.has_bandwidth),
         .summary = "Another migration.bandwidth"},
	{"actions[].with.auto_converge", KEY_BOOL, .optional = true, .offset = ACTION(with.auto_converge),
         .has_offset = ACTION(with.has_auto_converge), .summary = "Another migration.auto_converge"},
	{"actions[].with.balloon", KEY_BOOL, .optional = true, .offset = ACTION(with.balloon),
         .has_offset = ACTION(with.has_balloon), .summary = "Another migration.balloon"},
	{"actions[].with.hybrid_round", KEY_COUNT, .least = 1, .most = 10000, .optional = true,
         .offset = ACTION(with.hybrid_round), .has_offset = ACTION(with.has_hybrid_round),
         .summary = "Another migration.hybrid_round"},
	{"actions[].with.hybrid_after", KEY_WHOLE, .dimension = DIM_TIME, .least = 1, .most = 1e15,
         .optional = true, .offset = ACTION(with.hybrid_after_ns),
         .has_offset = ACTION(with.has_hybrid_after), .summary = "Another migration.hybrid_after"},
	{"actions[].with.push", KEY_CHOICE, .optional = true, .names = push_way_names,
         .name_count = PUSH_WAYS, .offset = ACTION(with.push), .has_offset = ACTION(with.has_push),
         .summary = "Another migration.push"},
	{"actions[].with.disk", KEY_CHOICE, .optional = true, .names = disk_way_names,
         .name_count = DISK_WAYS,
         .offset = ACTION(with.disk), .has_offset = ACTION(with.has_disk),
         .summary = "Another migration.disk"},
	{"engine", KEY_SECTION, .summary = "How the simulator works; the results do not depend on it"},
	{"engine.batch", KEY_BOOL, .preset = "true", .offset = S(rules.batch),
         .summary = "Replays many samples at once; false: one event each, slower by far, to compare with: "
                    "another digest, the same figures"},
};
const struct key_table key_run = {rows, sizeof rows / sizeof *rows};

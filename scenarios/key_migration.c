/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of how a VM moves, and of what there is to move. */
#include "scenarios/key_table.h"

#include <stddef.h>

#include "models/migration/migration.h"
#include "scenarios/scenario.h"

#define S(member) offsetof(struct scenario, migration.member)
#define VM(member) offsetof(struct scenario_vm, member)

/* Planned kinds, then those that go leg by leg. */
static const char *migration_name(uint32_t i)
{
	uint32_t planned = 0;
	while (migration_kinds[planned])
		planned++;
	if (i < planned)
		return migration_kinds[i]->name;
	return move_kinds[i - planned] ? move_kinds[i - planned]->name : NULL;
}

static const char *cpu_model_name(uint32_t i)
{
	return cpu_models[i].name;
}

static const struct key rows[] = {
	{"vms[].cpu_model", KEY_TEXT, .most = 63, .optional = true, .name_at = cpu_model_name,
         .offset = VM(cpu_model),
         .summary = "Processor that it was started for: it can migrate only to hosts that have its features"},
	{"vms[].dirty", KEY_SECTION, .summary = "Its memory as a migration sees it; all absent: never "
		"written"},
	{"vms[].dirty.working_set", KEY_WHOLE, .dimension = DIM_BYTES, .most = 0x1p50, .preset = "0 B",
         .offset = VM(dirty.set_bytes), .summary = "Memory that it writes to, at most its RAM"},
	{"vms[].dirty.rate", KEY_WHOLE, .dimension = DIM_BIT_RATE, .most = 1e15, .preset = "0 B/s",
         .offset = VM(dirty.rate_bps),
         .summary = "Pages that it writes a second, each counted whole, when it gets the CPU it wants"},
	{"vms[].dirty.pattern", KEY_CHOICE, .preset = "uniform", .names = dirty_pattern_names,
         .name_count = DIRTY_PATTERNS, .offset = VM(dirty.pattern),
         .summary = "Evenly; nine writes of ten to a tenth of the set; or in sweeps"},
	{"vms[].dirty.zero", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "0 %",
         .offset = VM(dirty.zero_01), .summary = "Pages that hold nothing but zeros, of its RAM"},
	{"vms[].dirty.free", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "0 %",
         .offset = VM(dirty.free_01), .summary = "Pages not in use, of those that are not zero"},
	{"vms[].dirty.cache", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "0 %",
         .offset = VM(dirty.cache_01), .summary = "Page cache, of those that are not zero"},
	{"vms[].dirty.disk_set", KEY_WHOLE, .dimension = DIM_BYTES, .most = 0x1p60, .preset = "0 B",
         .offset = VM(dirty.disk_set_bytes), .summary = "Blocks of its disk that it writes to"},
	{"vms[].dirty.disk_rate", KEY_WHOLE, .dimension = DIM_BIT_RATE, .most = 1e15, .preset = "0 B/s",
         .offset = VM(dirty.disk_bps), .summary = "What it writes to its disk"},
	{"migration", KEY_SECTION, .summary = "How a VM moves"},
	{"migration.kind", KEY_TEXT, .most = 63, .preset = "ram_over_bandwidth", .name_at = migration_name,
         .offset = S(kind), .summary = "Kind of migration (`vdcsim list models`)"},
	{"migration.bandwidth_share", KEY_REAL, .dimension = DIM_FRACTION, .least = 0.0001, .most = 1,
         .preset = "50 %", .offset = S(bandwidth_01),
         .summary = "ram_over_bandwidth: share of the path that a migration takes"},
	{"migration.cpu_loss", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "10 %",
         .offset = S(cpu_loss_01), .summary = "ram_over_bandwidth: CPU that the VM loses while it moves"},
	{"migration.link_share", KEY_REAL, .dimension = DIM_FRACTION, .least = 0.0001, .most = 1,
         .preset = "100 %", .offset = S(link_share_01),
         .summary = "Other kinds: share of each link that all migrations may take together"},
	{"migration.stop", KEY_CHOICE, .preset = "qemu", .names = stop_rule_names, .name_count = STOP_RULES,
         .offset = S(stop), .summary = "Whose rule stops the VM at the end of pre-copy"},
	{"migration.downtime_limit", KEY_WHOLE, .dimension = DIM_TIME, .most = 1e13, .optional = true,
         .offset = S(downtime_limit_ns), .has_offset = S(has_downtime_limit),
         .summary = "qemu, vmotion, simgrid: expected downtime at which it may stop; absent: 300, 500, 30 "
             "ms"},
	{"migration.rounds", KEY_COUNT, .least = 1, .most = 10000, .optional = true, .offset = S(rounds),
         .has_offset = S(has_rounds),
         .summary = "Most rounds before it stops in any case; absent: xen, clark 29, rounds 5, others none"},
	{"migration.bandwidth", KEY_WHOLE, .dimension = DIM_BIT_RATE, .least = 1, .most = 1e14,
		.optional = true,
         .offset = S(bandwidth_bps), .has_offset = S(has_bandwidth),
         .summary = "Most that one migration sends; absent: clark 500 Mbit/s, others no limit"},
	{"migration.first_bandwidth", KEY_WHOLE, .dimension = DIM_BIT_RATE, .least = 1, .most = 1e14,
         .optional = true, .offset = S(least_bps), .has_offset = S(has_least),
         .summary = "clark: rate of the first round; later ones add 50 Mbit/s to the dirty rate; absent: "
             "100 Mbit/s"},
	{"migration.auto_converge", KEY_BOOL, .preset = "false", .offset = S(auto_converge),
         .summary = "Takes CPU from a VM that dirties faster than half of what is sent, step by step"},
	{"migration.stun", KEY_COUNT, .most = 1e9, .preset = "0", .offset = S(stun_hz),
         .summary = "Holds each writer to so many pages a second after the first round; 0: none"},
	{"migration.self", KEY_BOOL, .preset = "false", .offset = S(self),
         .summary = "The VM sends its own memory (Clark 2005, s. 4.2)"},
	{"migration.balloon", KEY_BOOL, .preset = "false", .offset = S(balloon),
         .summary = "Free pages are given back before the first round"},
	{"migration.drop_cache", KEY_BOOL, .preset = "false", .offset = S(drop_cache),
         .summary = "Page cache is given back before the first round"},
	{"migration.hybrid_round", KEY_COUNT, .least = 1, .most = 10000, .preset = "2",
         .offset = S(hybrid_round), .summary = "hybrid: post-copy begins instead of this round"},
	{"migration.hybrid_after", KEY_WHOLE, .dimension = DIM_TIME, .least = 1, .most = 1e15,
		.optional = true,
         .offset = S(hybrid_after_ns), .has_offset = S(has_hybrid_after),
         .summary = "hybrid: post-copy begins so long after the start; absent: by round"},
	{"migration.push", KEY_CHOICE, .preset = "active", .names = push_way_names, .name_count = PUSH_WAYS,
         .offset = S(push), .summary = "postcopy: pages not asked for stay, follow, or follow around faults"},
	{"migration.push_bandwidth", KEY_WHOLE, .dimension = DIM_BIT_RATE, .least = 1, .most = 1e14,
         .optional = true, .offset = S(push_bps), .has_offset = S(has_push_bandwidth),
         .summary = "postcopy: most that follows; absent: no limit"},
	{"migration.switch", KEY_CHOICE, .preset = "qemu", .names = switch_way_names,
		.name_count = SWITCH_WAYS,
         .offset = S(switching), .summary = "postcopy: how pages are made absent at the target"},
	{"migration.disk", KEY_CHOICE, .preset = "shared", .names = disk_way_names, .name_count = DISK_WAYS,
         .offset = S(disk), .summary = "Local disks: shared, copied with the memory, or mirrored"},
	{"migration.compression", KEY_REAL, .dimension = DIM_FRACTION, .least = 0.001, .most = 1,
		.preset = "100 %",
         .offset = S(compression_01), .summary = "What compression leaves of a page"},
	{"migration.xbzrle", KEY_BOOL, .preset = "false", .offset = S(xbzrle),
         .summary = "Pages sent again go as differences of about 450 bytes, from a cache of 64 MiB"},
	{"migration.channels", KEY_COUNT, .least = 1, .most = 256, .preset = "1", .offset = S(channels),
         .summary = "Streams side by side"},
	{"migration.dirty_logging", KEY_REAL, .dimension = DIM_FRACTION, .most = 0.99, .preset = "0 %",
         .offset = S(logging_01), .summary = "CPU that a VM loses while its writes are watched"},
	{"migration.host_cpu", KEY_REAL, .dimension = DIM_FRACTION, .most = 16, .preset = "0 %",
         .offset = S(host_cpu_01),
         .summary = "CPU that sending costs both hosts, of a core; VMware reserves 30 % for 1 Gbit/s"},
	{"migration.at_once", KEY_COUNT, .most = 1e6, .preset = "0", .offset = S(all),
         .summary = "Most migrations at once, the others wait their turn; 0: no limit"},
	{"migration.from_host", KEY_COUNT, .most = 1e6, .preset = "0", .offset = S(out),
         .summary = "Most at once away from a host; 0: no limit"},
	{"migration.to_host", KEY_COUNT, .most = 1e6, .preset = "0", .offset = S(in),
         .summary = "Most at once to a host; 0: no limit"},
	{"migration.over_link", KEY_COUNT, .most = 1e6, .preset = "0", .offset = S(link),
         .summary = "Most at once over a link, each way; 0: no limit. Not for ram_over_bandwidth"},
};
const struct key_table key_migration = {rows, sizeof rows / sizeof *rows};

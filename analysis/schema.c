/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables and columns of results files. */
#include "analysis/schema.h"

#include <stdlib.h>

#include "analysis/carbon.h"
#include "analysis/costs.h"
#include "analysis/schema_columns.h"
#include "models/hypervisor/machine_run.h"
#include "models/migration/processes.h"
#include "models/migration/traffic.h"
#include "models/power.h"
#include "sim/memory.h"

static const struct field site_fields[] = {
	ROW_ID("site"), FIELD("name", site, name, FIELD_TEXT, NULL, "name in the scenario"),
	FIELD("pue", site, pue, FIELD_F64, "1", "power usage effectiveness: facility power over IT power"),
	FIELD("carbon_g_per_kwh", site, carbon_g_per_kwh, FIELD_F64, "g/kWh",
	      "carbon intensity of its electricity"),
	EXTRA("electricity_price", costs_site, electricity_per_kwh, FIELD_F64, NULL,
	      "price of a kWh, in the currency of the summary"),
	END};

static const struct field rack_fields[] = {
	ROW_ID("rack"),
	FIELD("name", rack, name, FIELD_TEXT, NULL, "name"),
	FIELD("site", rack, site, FIELD_ID, NULL, "site that it stands in"),
	EXTRA("hosts_offset", schema_rack, hosts_offset, FIELD_U32, "1", "first of its rows in rack_hosts"),
	EXTRA("hosts_count", schema_rack, hosts_count, FIELD_U32, "1", "number of its rows in rack_hosts"),
	END
};

static const struct field rack_host_fields[] = {
	{"host", NULL, "hosts, rack by rack", FIELD_ID, 0, 0, NULL, 0},
	END
};

static const struct field host_type_fields[] = {
	ROW_ID("host group"),
	FIELD("name", host_type, name, FIELD_TEXT, NULL, "name in the scenario"),
	FIELD("catalog", host_type, catalog, FIELD_TEXT, NULL, "catalogue entry, if any"),
	FIELD("cores", host_type, cores, FIELD_U32, "1", "cores of a host"),
	FIELD("core_ghz", host_type, core_hz, FIELD_GHZ, "GHz", "speed of a core"),
	FIELD("cpu_ghz", host_type, cpu_hz, FIELD_GHZ, "GHz", "CPU capacity of a host"),
	FIELD("ram_bytes", host_type, ram_bytes, FIELD_I64, "B", "memory"),
	FIELD("disk_bytes", host_type, disk_bytes, FIELD_I64, "B", "disk"),
	FIELD("nic_bps", host_type, nic_bps, FIELD_I64, "bit/s", "network interface"),
	EXTRA("idle_w", schema_host_type, idle_w, FIELD_F64, "W", "power at no load"),
	EXTRA("max_w", schema_host_type, max_w, FIELD_F64, "W", "power at full load"),
	END
};

static const struct field host_fields[] = {
	ROW_ID("host"),
	FIELD("type", host, type, FIELD_ID, NULL, "host group"),
	FIELD("number", host, number, FIELD_ID, NULL, "number within the group"),
	FIELD("site", host, site, FIELD_ID, NULL, "site that it stands in"),
	FIELD("rack", host, rack, FIELD_ID, NULL, "rack that it stands in"),
	EXTRA("cpu_ghz", schema_host, cpu_hz, FIELD_GHZ, "GHz", "CPU capacity"),
	EXTRA_WORDS("first_state", schema_host, first_state, host_state_names, HOST_STATES,
	            "state at the start of the run"),
	WORDS("state", host, state, host_state_names, HOST_STATES, "state at the end of the run"),
	FIELD("energy_j", host, energy, FIELD_ENERGY, "J", "energy drawn"),
	FIELD("demanded_ghz_h", host, demanded, FIELD_WORK, "GHz h", "work demanded by its guests"),
	FIELD("delivered_ghz_h", host, given, FIELD_WORK, "GHz h",
	      "work delivered to its guests and to its service domain"),
	FIELD("service_ghz_h", host, service, FIELD_WORK, "GHz h",
	      "the service domain's part of that: dom0, parent partition, host system"),
	FIELD("overhead_ghz_h", host, overhead, FIELD_WORK, "GHz h",
	      "the guests' part of that which virtualization took"),
	FIELD("on_s", host, on_ns, FIELD_TIME, "s", "time in state on"),
	FIELD("active_s", host, active_ns, FIELD_TIME, "s", "time on with guests that demanded CPU"),
	FIELD("saturated_s", host, saturated_ns, FIELD_TIME, "s",
	      "active time with demand at or above capacity"),
	END};

static const struct field vm_type_fields[] = {
	ROW_ID("guest group"),
	FIELD("name", vm_type, name, FIELD_TEXT, NULL, "name in the scenario"),
	FIELD("vcpus", vm_type, vcpus, FIELD_U32, "1", "virtual CPUs of a guest"),
	FIELD("vcpu_ghz", vm_type, vcpu_hz, FIELD_GHZ, "GHz", "speed of a virtual CPU"),
	FIELD("cpu_ghz", vm_type, cpu_hz, FIELD_GHZ, "GHz", "CPU capacity of a guest"),
	FIELD("cap_ghz", vm_type, cap_hz, FIELD_GHZ, "GHz", "most CPU that it may get"),
	FIELD("reservation_ghz", vm_type, reservation_hz, FIELD_GHZ, "GHz", "CPU that it gets in any case"),
	FIELD("weight", vm_type, weight, FIELD_U32, "1", "share of CPU under contention; 1024 is ordinary"),
	FIELD("priority", vm_type, priority, FIELD_U32, "1", "larger goes first when room is scarce"),
	FIELD("ram_bytes", vm_type, ram_bytes, FIELD_I64, "B", "memory"),
	FIELD("disk_bytes", vm_type, disk_bytes, FIELD_I64, "B", "disk"),
	FIELD("image", vm_type, image, FIELD_ID, NULL, "image, or -1"),
	FIELD("tenant", vm_type, tenant, FIELD_ID, NULL, "tenant, or -1"),
	FIELD("service", vm_type, service, FIELD_ID, NULL, "service, or -1"),
	END
};

static const struct field vm_fields[] = {
	ROW_ID("guest"),
	FIELD("type", vm, type, FIELD_ID, NULL, "guest group"),
	FIELD("number", vm, number, FIELD_ID, NULL, "number within the group"),
	WORDS("state", vm, state, vm_state_names, VM_STATES, "state at the end of the run"),
	FIELD("parent", vm, parent.i, FIELD_ID, NULL, "host or guest that it runs on, or -1"),
	FIELD("nested", vm, parent.is_vm, FIELD_FLAG, NULL, "1: the parent is a guest; 0: a host"),
	FIELD("start_s", vm, start_ns, FIELD_TIME, "s", "time at which it was asked for"),
	FIELD("placed_s", vm, placed_ns, FIELD_TIME, "s", "time at which it began to run, or NaN"),
	FIELD("ended_s", vm, ended_ns, FIELD_TIME, "s", "time at which it stopped, or NaN"),
	FIELD("demanded_ghz_h", vm, demanded, FIELD_WORK, "GHz h", "work demanded"),
	FIELD("stolen_ghz_h", vm, stolen, FIELD_WORK, "GHz h", "work demanded and not delivered"),
	FIELD("migration_lost_ghz_h", vm, migration_lost, FIELD_WORK, "GHz h",
	      "the part of that due to migrations"),
	FIELD("migrations", vm, migrations, FIELD_ID, "1", "migrations that ended"),
	EXTRA("useful_ghz_h", schema_vm, useful, FIELD_WORK, "GHz h",
	      "work delivered / slow-down under the hypervisor"),
	EXTRA("overhead_ghz_h", schema_vm, overhead, FIELD_WORK, "GHz h",
	      "work delivered that virtualization took"),
	END};

static const struct field vm_tenant_fields[] = {
	ROW_ID("guest: its row in vms"),
	{"tenant", NULL, "number in the list of arrivals, equal for what was asked for together; -1: none",
	 FIELD_ID, 0, 0, NULL, 0},
	END
};

static const struct field image_fields[] = {
	ROW_ID("image"),
	FIELD("name", image, name, FIELD_TEXT, NULL, "name in the scenario"),
	FIELD("os", image, os, FIELD_TEXT, NULL, "operating system"),
	FIELD("isa", image, isa, FIELD_TEXT, NULL, "instruction set architecture"),
	FIELD("format", image, format, FIELD_TEXT, NULL, "file format"),
	FIELD("size_bytes", image, size_bytes, FIELD_I64, "B", "size"),
	END
};

static const struct field name_fields[] = {
	ROW_ID("row"),
	{"name", NULL, "name in the scenario", FIELD_TEXT, 0, 0, NULL, 0},
	END
};

static const struct field pool_fields[] = {
	ROW_ID("storage pool"),
	FIELD("name", pool, name, FIELD_TEXT, NULL, "name in the scenario"),
	FIELD("site", pool, site, FIELD_ID, NULL, "site that it stands in"),
	FIELD("capacity_bytes", pool, capacity_bytes, FIELD_I64, "B", "capacity"),
	FIELD("read_bps", pool, read_bps, FIELD_I64, "bit/s", "rate of reading"),
	FIELD("write_bps", pool, write_bps, FIELD_I64, "bit/s", "rate of writing"),
	END
};

static const struct field event_fields[] = {
	FIELD("time_s", note, time_ns, FIELD_TIME, "s", "time"),
	WORDS("kind", note, kind, note_kind_names, NOTE_KINDS, "what happened"),
	FIELD("vm", note, vm, FIELD_ID, NULL, "guest that it happened to, or -1"),
	FIELD("host", note, host, FIELD_ID, NULL, "host where it happened, or -1"),
	FIELD("value", note, value, FIELD_I64, NULL,
	      "migrations: target host; host state: the new state's number"),
	END};

static const struct field migration_fields[] = {
	FIELD("vm", migration, vm, FIELD_ID, NULL, "guest that moved"),
	FIELD("source", migration, source, FIELD_ID, NULL, "host that it left"),
	FIELD("target", migration, target, FIELD_ID, NULL, "host that it went to"),
	FIELD("start_s", migration, start_ns, FIELD_TIME, "s", "start"),
	FIELD("end_s", migration, end_ns, FIELD_TIME, "s", "end"),
	FIELD("switch_s", migration, switch_ns, FIELD_TIME, "s",
	      "since when the guest was at its target; NaN: it never was"),
	FIELD("total_s", migration, outcome.total_ns, FIELD_TIME, "s", "from start to end"),
	FIELD("downtime_s", migration, outcome.downtime_ns, FIELD_TIME, "s",
	      "time in which the guest stood still"),
	FIELD("sent_bytes", migration, outcome.sent_bytes, FIELD_I64, "B", "bytes sent"),
	FIELD("done", migration, done, FIELD_FLAG, NULL, "1: over; 0: under way when the run ended"),
	FIELD("failed", migration, failed, FIELD_FLAG, NULL, "1: broken off; the guest did not move"),
	FIELD("kind", migration, kind, FIELD_TEXT, NULL, "kind of migration"),
	WORDS("result", migration, result, migration_verdict_names, MIGRATION_VERDICTS, "how it ended"),
	FIELD("lost", migration, lost, FIELD_FLAG, NULL, "1: the guest was lost with it"),
	FIELD("asked_s", migration, asked_ns, FIELD_TIME, "s", "when it was asked for: before the start, "
		"it waited"),
	FIELD("rounds", migration, rounds, FIELD_U32, "1", "passes over memory, the last with the guest "
		"stopped"),
	FIELD("converged", migration, converged, FIELD_FLAG, NULL, "1: pre-copy stopped because little "
		"was left"),
	FIELD("path_bytes_s", migration, path_Bps, FIELD_F64, "B/s", "bandwidth of the path without others"),
	FIELD("round_trip_s", migration, round_trip_ns, FIELD_TIME, "s", "of the path; 0: planned"),
	WORDS("disk", migration, disk, disk_way_names, DISK_WAYS, "how its local disk went"),
	FIELD("dirty_bytes_s", migration, dirty_Bps, FIELD_F64, "B/s", "pages that the guest wrote, "
		"undisturbed"),
	FIELD("sent_pages", migration, sent_pages, FIELD_F64, "1", "pages sent that were not zero"),
	FIELD("freed_pages", migration, freed_pages, FIELD_F64, "1",
	      "free pages and page cache, given back and never sent"),
	FIELD("again_pages", migration, again_pages, FIELD_F64, "1", "pages dirtied, and so sent again"),
	FIELD("stay_pages", migration, stay_pages, FIELD_F64, "1",
	      "pages that stay at the source: the guest never asked for them"),
	FIELD("saved_bytes", migration, saved_bytes, FIELD_F64, "B", "saved by compression and differences"),
	FIELD("disk_bytes", migration, disk_bytes, FIELD_F64, "B", "the disk's part of what was sent"),
	FIELD("throttle", migration, throttle_01, FIELD_F64, "1", "CPU taken away on purpose in the end"),
	FIELD("slowed_s", migration, slowed_s, FIELD_F64, "s", "CPU that the guest lost while it ran, as "
		"time"),
	FIELD("faults", migration, faults, FIELD_F64, "1", "pages that the guest had to wait for"),
	FIELD("stall_s", migration, stall_ns, FIELD_TIME, "s", "time that its virtual CPUs waited for them"),
	FIELD("fault_latency_s", migration, fault_s, FIELD_F64, "s", "time for one of them, mean"),
	FIELD("residual_s", migration, residual_ns, FIELD_TIME, "s", "time at the target, still needing "
		"the source"),
	FIELD("prepare_s", migration, stage_ns[LEG_PREPARE], FIELD_TIME, "s", "pre-migration and "
		"reservation"),
	FIELD("balloon_s", migration, stage_ns[LEG_BALLOON], FIELD_TIME, "s", "free pages given back"),
	FIELD("disk_s", migration, stage_ns[LEG_DISK], FIELD_TIME, "s", "disk ahead of memory"),
	FIELD("rounds_s", migration, stage_ns[LEG_ROUND], FIELD_TIME, "s", "iterative pre-copy"),
	FIELD("stop_s", migration, stage_ns[LEG_STOP], FIELD_TIME, "s", "stop-and-copy"),
	FIELD("commit_s", migration, stage_ns[LEG_COMMIT], FIELD_TIME, "s", "commitment"),
	FIELD("activate_s", migration, stage_ns[LEG_ACTIVATE], FIELD_TIME, "s", "activation"),
	FIELD("push_s", migration, stage_ns[LEG_PUSH], FIELD_TIME, "s", "memory follows a guest at the "
		"target"),
	FIELD("shared", migration, shared, FIELD_FLAG, NULL,
	      "1: its path was slower than it is alone, since others used it"),
	FIELD("validated", migration, validated, FIELD_FLAG, NULL,
	      "1: like migrations that the model was held against"),
	FIELD("stratum", migration, stratum, FIELD_TEXT, NULL, "which: vdcsim list models migration.range"),
	FIELD("stratum_runs", migration, stratum_runs, FIELD_U32, "1", "how many of them were measured"),
	FIELD("outside", migration, outside, FIELD_TEXT, NULL, "or why not"),
	FIELD("total_error", migration, total_error_01, FIELD_F64, "1", "median relative error of the "
		"time there"),
	FIELD("total_error_p90", migration, total_error_p90_01, FIELD_F64, "1",
	      "what nine tenths of the errors of the time do not exceed"),
	FIELD("bytes_error", migration, bytes_error_01, FIELD_F64, "1", "median relative error of the "
		"bytes there"),
	FIELD("downtime_error_s", migration, downtime_error_s, FIELD_F64, "s", "median error of the "
		"downtime there"),
	END};

static const struct field migration_leg_fields[] = {
	FIELD("migration", migration_leg, migration, FIELD_U32, "1", "row in migrations"),
	WORDS("stage", migration_leg, stage, leg_stage_names, LEG_STAGES, "stage of the migration"),
	FIELD("round", migration_leg, round, FIELD_U32, "1", "pass over memory, from 1"),
	FIELD("start_s", migration_leg, start_ns, FIELD_TIME, "s", "start"),
	FIELD("end_s", migration_leg, end_ns, FIELD_TIME, "s", "end"),
	FIELD("bytes", migration_leg, bytes, FIELD_F64, "B", "bytes sent"),
	FIELD("pages", migration_leg, pages, FIELD_F64, "1", "pages of them that were not zero"),
	FIELD("dirtied_pages", migration_leg, dirtied_pages, FIELD_F64, "1", "pages dirtied meanwhile"),
	FIELD("activity", migration_leg, activity_01, FIELD_F64, "1", "CPU that the guest used, of what "
		"it wanted"),
	FIELD("throttle", migration_leg, throttle_01, FIELD_F64, "1", "CPU taken away on purpose"),
	FIELD("limit_bytes_s", migration_leg, most_Bps, FIELD_F64, "B/s",
	      "the sender's own limit; 0: none"),
	END};

static const struct field carbon_fields[] = {
	FIELD("time_s", carbon_hour, time_ns, FIELD_TIME, "s", "start of the hour, or of the run"),
	FIELD("site", carbon_hour, site, FIELD_ID, NULL, "site"),
	FIELD("g_per_kwh", carbon_hour, g_per_kwh, FIELD_F64, "g/kWh", "carbon intensity of that hour"),
	FIELD("energy_j", carbon_hour, energy, FIELD_ENERGY, "J", "energy of the site's hosts, without PUE"),
	FIELD("carbon_g", carbon_hour, carbon_g, FIELD_F64, "g", "emitted, with PUE"),
	END
};

static const struct field machine_fields[] = {
	FIELD("name", machine_run, name, FIELD_TEXT, NULL, "name in the scenario"),
	FIELD("program", machine_run, program, FIELD_TEXT, NULL, "what the guests ran"),
	FIELD("isa", machine_run, isa, FIELD_TEXT, NULL, "instruction set"),
	WORDS("technique", machine_run, technique, vmm_technique_names, VMM_TECHNIQUES, "technique"),
	FIELD("guests", machine_run, guests, FIELD_U32, "1", "guests side by side"),
	FIELD("levels", machine_run, levels, FIELD_U32, "1", "monitors within the guest"),
	FIELD("instructions", machine_run, outcome.instructions, FIELD_I64, "1",
	      "instructions of the guests"),
	FIELD("direct_share", machine_run, outcome.direct_01, FIELD_F64, "1",
	      "share run without intervention"),
	FIELD("vmm_calls", machine_run, outcome.vmm_calls, FIELD_F64, "1",
	      "calls of the monitor's modules, and instructions of monitors within, per instruction"),
	FIELD("traps", machine_run, outcome.counts.traps, FIELD_I64, "1", "traps to the monitor"),
	FIELD("dispatcher", machine_run, outcome.counts.dispatcher, FIELD_I64, "1",
	      "calls of the dispatcher"),
	FIELD("allocator", machine_run, outcome.counts.allocator, FIELD_I64, "1", "calls of the allocator"),
	FIELD("interpreter", machine_run, outcome.counts.interpreter, FIELD_I64, "1",
	      "calls of the interpreter"),
	FIELD("hypercalls", machine_run, outcome.counts.hypercalls, FIELD_I64, "1", "hypercalls"),
	FIELD("blocks", machine_run, outcome.counts.blocks, FIELD_I64, "1", "blocks translated"),
	FIELD("chained", machine_run, outcome.counts.chained, FIELD_I64, "1",
	      "blocks reached without looking"),
	FIELD("hits", machine_run, outcome.counts.hits, FIELD_I64, "1", "blocks found in the cache"),
	FIELD("inner_instructions", machine_run, outcome.inner, FIELD_I64, "1",
	      "instructions of the monitors within"),
	FIELD("halted", machine_run, outcome.halted, FIELD_FLAG, NULL, "1: every guest came to its end"),
	FIELD("equivalent", machine_run, outcome.equivalent, FIELD_FLAG, NULL,
	      "1: equal to the bare machine after every step"),
	FIELD("contained", machine_run, outcome.contained, FIELD_FLAG, NULL,
	      "1: nothing outside what was given was changed"),
	FIELD("first_step", machine_run, outcome.first.step, FIELD_I64, "1",
	      "step of the first difference, or 0"),
	FIELD("first_address", machine_run, outcome.first.address, FIELD_U32, "1",
	      "address of its instruction"),
	FIELD("first_instruction", machine_run, instruction, FIELD_TEXT, NULL, "its instruction"),
	FIELD("first_difference", machine_run, what, FIELD_TEXT, NULL, "what differed"),
	END
};

static const struct field vm_scheduling_fields[] = {
	ROW_ID("guest: its row in vms"),
	FIELD("type", scheduling_vm, type, FIELD_ID, NULL, "guest group"),
	FIELD("number", scheduling_vm, number, FIELD_ID, NULL, "number within the group"),
	FIELD("run_s", scheduling_vm, run_ns, FIELD_TIME, "s", "time on cores, sum over its virtual CPUs"),
	FIELD("ready_s", scheduling_vm, ready_ns, FIELD_TIME, "s",
	      "ready time: runnable and waiting for a core, or for a switch"),
	FIELD("throttled_s", scheduling_vm, throttled_ns, FIELD_TIME, "s", "runnable, its cap used up"),
	FIELD("spun_s", scheduling_vm, spun_ns, FIELD_TIME, "s", "the part of run_s burnt at a lock"),
	FIELD("context_switches", scheduling_vm, slices, FIELD_I64, "1", "times it was put on a core"),
	FIELD("wakeups", scheduling_vm, wakeups, FIELD_I64, "1", "times it woke"),
	FIELD("preemptions", scheduling_vm, preemptions, FIELD_I64, "1",
	      "times it lost a core while it could run"),
	FIELD("moves", scheduling_vm, moves, FIELD_I64, "1", "times it was put on another core than before"),
	FIELD("wakeup_latency_mean_s", scheduling_vm, wait_mean_s, FIELD_F64, "s",
	      "mean time from waking to running"),
	FIELD("wakeup_latency_p99_s", scheduling_vm, wait_p99_s, FIELD_F64, "s",
	      "what 99 % of the wake-ups do not exceed, rounded up to a step of sqrt 2"),
	END};

static const struct field host_scheduling_fields[] = {
	ROW_ID("host: its row in hosts"),
	FIELD("type", scheduling_host, type, FIELD_ID, NULL, "host group"),
	FIELD("number", scheduling_host, number, FIELD_ID, NULL, "number within the group"),
	FIELD("busy_s", scheduling_host, busy_ns, FIELD_TIME, "s", "time in which cores ran guests"),
	FIELD("switch_time_s", scheduling_host, switch_ns, FIELD_TIME, "s",
	      "time that cores lost in switches"),
	FIELD("idle_s", scheduling_host, idle_ns, FIELD_TIME, "s", "time in which cores were idle"),
	FIELD("context_switches", scheduling_host, switches, FIELD_I64, "1",
	      "changes from one virtual CPU to another"),
	END};

static const struct field wakeup_latency_fields[] = {
	FIELD("type", scheduling_bin, type, FIELD_ID, NULL, "guest group"),
	FIELD("from_s", scheduling_bin, from_s, FIELD_F64, "s", "latency from which on"),
	FIELD("to_s", scheduling_bin, to_s, FIELD_F64, "s", "and below which"),
	FIELD("wakeups", scheduling_bin, count, FIELD_I64, "1", "wake-ups with such a latency"),
	END};

static const struct field schedule_fields[] = {
	FIELD("core", discrete_stay, core, FIELD_U32, "1", "core of the watched host"),
	FIELD("from_s", discrete_stay, from_ns, FIELD_TIME, "s", "since when, the switch included"),
	FIELD("to_s", discrete_stay, to_ns, FIELD_TIME, "s", "until when"),
	FIELD("vm", discrete_stay, vm, FIELD_ID, NULL, "guest that was on it"),
	FIELD("vcpu", discrete_stay, vcpu, FIELD_U32, "1", "which of its virtual CPUs"),
	END};

static const struct field vm_memory_fields[] = {
	ROW_ID("guest: its row in vms"),
	FIELD("type", pressure_vm, type, FIELD_ID, NULL, "guest group"),
	FIELD("number", pressure_vm, number, FIELD_ID, NULL, "number within the group"),
	FIELD("memory_lost_ghz_h", pressure_vm, memory_lost, FIELD_WORK, "GHz h",
	      "the part of stolen in which it waited for pages"),
	FIELD("memory_lost_s", pressure_vm, memory_lost_s, FIELD_F64, "s",
	      "the same, in time of its virtual CPUs"),
	FIELD("ballooned_bytes", pressure_vm, ballooned_bytes, FIELD_F64, "B", "in its balloon, mean"),
	FIELD("most_ballooned_bytes", pressure_vm, most_ballooned_bytes, FIELD_I64, "B", "and at most"),
	FIELD("swapped_bytes", pressure_vm, swapped_bytes, FIELD_F64, "B", "swapped out by its host, mean"),
	FIELD("most_swapped_bytes", pressure_vm, most_swapped_bytes, FIELD_I64, "B", "and at most"),
	FIELD("forbidden", pressure_vm, forbidden, FIELD_I64, "1", "forbidden operations that were filtered"),
	FIELD("filter_lost_ghz_h", pressure_vm, filter_lost, FIELD_WORK, "GHz h",
	      "the part of stolen that filtering them took"),
	END
};

static const struct field host_memory_fields[] = {
	ROW_ID("host"),
	FIELD("type", pressure_host, type, FIELD_ID, NULL, "host group"),
	FIELD("number", pressure_host, number, FIELD_ID, NULL, "number within the group"),
	FIELD("resident_bytes", pressure_host, resident_bytes, FIELD_F64, "B",
	      "guests' pages in memory, mean"),
	FIELD("shared_bytes", pressure_host, shared_bytes, FIELD_F64, "B",
	      "saved by merging equal pages, mean"),
	FIELD("ballooned_bytes", pressure_host, ballooned_bytes, FIELD_F64, "B", "in balloons, mean"),
	FIELD("swapped_bytes", pressure_host, swapped_bytes, FIELD_F64, "B", "swapped out, mean"),
	FIELD("high_s", pressure_host, state_ns[MEMORY_STATE_HIGH], FIELD_TIME, "s",
	      "time without reclaiming"),
	FIELD("soft_s", pressure_host, state_ns[MEMORY_STATE_SOFT], FIELD_TIME, "s",
	      "time in which balloons reclaimed"),
	FIELD("hard_s", pressure_host, state_ns[MEMORY_STATE_HARD], FIELD_TIME, "s",
	      "time in which pages were swapped by force"),
	FIELD("low_s", pressure_host, state_ns[MEMORY_STATE_LOW], FIELD_TIME, "s",
	      "time in which guests were stopped"),
	END
};

static const struct field io_path_fields[] = {
	FIELD("host_type", pressure_io, host_type, FIELD_ID, NULL, "host group"),
	FIELD("vm_type", pressure_io, vm_type, FIELD_ID, NULL, "guest group"),
	FIELD("path", pressure_io, path, FIELD_TEXT, NULL, "way of its I/O there"),
	FIELD("guest_ns", pressure_io, guest_ns, FIELD_F64, "ns",
	      "CPU of the guest for a request, beyond the native"),
	FIELD("service_ns", pressure_io, service_ns, FIELD_F64, "ns", "CPU of the service domain for it"),
	FIELD("latency_ns", pressure_io, latency_ns, FIELD_F64, "ns", "added to its latency"),
	FIELD("guest_most_per_s", pressure_io, guest_most, FIELD_F64, "1/s",
	      "requests that a virtual CPU can make at most"),
	FIELD("service_most_per_s", pressure_io, service_most, FIELD_F64, "1/s",
	      "requests that a core of the service domain can serve; 0: it has no part in them"),
	END
};

static const struct field memory_fields[] = {
	FIELD("time_s", memory_row, time_ns, FIELD_TIME, "s", "time from which on"),
	FIELD("host", memory_row, host, FIELD_ID, NULL, "host"),
	WORDS("state", memory_row, state, memory_state_names, MEMORY_STATES,
	      "free memory: Waldspurger's states"),
	FIELD("capacity_bytes", memory_row, capacity_bytes, FIELD_I64, "B", "what guests can have"),
	FIELD("used_bytes", memory_row, used_bytes, FIELD_I64, "B",
	      "touched by guests: the sum of those that follow"),
	FIELD("resident_bytes", memory_row, resident_bytes, FIELD_I64, "B", "in memory"),
	FIELD("shared_bytes", memory_row, shared_bytes, FIELD_I64, "B", "saved by merging equal pages"),
	FIELD("ballooned_bytes", memory_row, ballooned_bytes, FIELD_I64, "B", "in balloons"),
	FIELD("swapped_bytes", memory_row, swapped_bytes, FIELD_I64, "B", "swapped out"),
	FIELD("denied_bytes", memory_row, denied_bytes, FIELD_I64, "B",
	      "nowhere: swap is full, guests are stopped"),
	END
};

void schema_init(struct schema *schema, const struct results_input *in)
{
	const struct world *world = in->world;
	const char *what = "tables of the results";
	*schema = (struct schema){
		.sites = memory_new(world->site_count, sizeof *schema->sites, what),
		.hosts = memory_new(world->host_count, sizeof *schema->hosts, what),
		.vms = memory_new(in->record->options.vms ? world->vm_count : 0, sizeof *schema->vms, what),
		.host_types = memory_new(world->host_type_count, sizeof *schema->host_types, what),
		.racks = memory_new(world->rack_count, sizeof *schema->racks, what),
		.rack_hosts = memory_new(world->host_count, sizeof *schema->rack_hosts, what),
	};
	for (uint32_t i = 0; in->costs && i < world->site_count; i++)
		schema->sites[i] = in->costs->sites[i];
	for (uint32_t i = 0; i < world->host_type_count; i++) {
		const struct power_curve *curve = &world->curves[world->host_types[i].curve.i];
		schema->host_types[i] = (struct schema_host_type){power_w(curve, 0), power_w(curve, 1)};
	}
	for (uint32_t i = 0; i < world->host_count; i++) {
		schema->hosts[i] = (struct schema_host){
			world->host_types[world->hosts[i].type].cpu_hz, in->record->first_states[i]};
		schema->racks[world->hosts[i].rack.i].hosts_count++;
	}
	for (uint32_t i = 1; i < world->rack_count; i++)
		schema->racks[i].hosts_offset =
			schema->racks[i - 1].hosts_offset + schema->racks[i - 1].hosts_count;
	for (uint32_t i = 0; in->record->options.vms && i < world->vm_count; i++) {
		wide overhead = world->useful ? world->useful[i].overhead : 0;
		wide delivered = world->vms[i].demanded - world->vms[i].stolen;
		schema->vms[i] = (struct schema_vm){delivered - overhead, overhead};
	}
	schema->vm_memory = in->record->options.vms ? pressure_vms(world) : NULL;
	schema->host_memory = pressure_hosts(world);
	schema->io_paths = pressure_ios(world, &schema->io_path_count);
	scheduling_open(&schema->scheduling, world, in->record->options.vms);
	uint32_t *next = memory_new(world->rack_count, sizeof *next, what);
	for (uint32_t i = 0; i < world->host_count; i++) {
		uint32_t rack = world->hosts[i].rack.i;
		schema->rack_hosts[schema->racks[rack].hosts_offset + next[rack]++] = i;
	}
	free(next);
}

void schema_fini(struct schema *schema)
{
	free(schema->sites);
	free(schema->hosts);
	free(schema->vms);
	free(schema->host_types);
	free(schema->racks);
	free(schema->rack_hosts);
	scheduling_close(&schema->scheduling);
	free(schema->vm_memory);
	free(schema->io_paths);
	free(schema->host_memory);
}

/* Is it a table of discrete schedulers, or of memory? Where there are none it has no rows at all. */
static bool optional(const struct field *fields)
{
	if (fields == vm_memory_fields || fields == host_memory_fields || fields == memory_fields ||
	    fields == io_path_fields)
		return true;
	if (fields == migration_leg_fields || fields == refusal_fields || fields == stream_fields ||
	    fields == span_fields || fields == process_fields)
		return true;
	return fields == vm_scheduling_fields || fields == host_scheduling_fields ||
	       fields == wakeup_latency_fields || fields == schedule_fields;
}

/* Is this table written? Not when the scenario asks for none, or when there is nothing that it could tell. */
static bool is_written(const struct schema_table *table, const struct results_input *in)
{
	const struct field *fields = table->fields;
	const struct record_options *options = &in->record->options;
	if (fields == vm_tenant_fields)
		return options->vms && in->world->vm_tenant;
	if (fields == vm_fields)
		return options->vms;
	if (fields == event_fields)
		return options->events;
	if (fields == carbon_fields)
		return in->carbon;
	if (fields == machine_fields)
		return in->machine_count > 0;
	return !optional(fields) || table->base[0];
}

/* tidy: long, since it is one table */
unsigned schema_tables(struct schema_table tables[static SCHEMA_TABLES], const struct results_input *in,
                       const struct schema *schema)
{
	const struct world *w = in->world;
	const struct record *r = in->record;
	const struct migrations *m = in->migrations;
	const struct schema_table all[] = {
		TABLE_2("entities/sites", site_fields, w->sites, schema->sites, w->site_count, "sites"),
		TABLE_2("entities/racks", rack_fields, w->racks, schema->racks, w->rack_count, "racks"),
		TABLE("entities/rack_hosts", rack_host_fields, schema->rack_hosts, w->host_count,
		      "hosts of the racks"),
		TABLE_2("entities/host_types", host_type_fields, w->host_types, schema->host_types,
		        w->host_type_count, "groups of equal hosts"),
		TABLE_2("entities/hosts", host_fields, w->hosts, schema->hosts, w->host_count,
		        "hosts, and what they did"),
		TABLE("entities/vm_types", vm_type_fields, w->vm_types, w->vm_type_count,
		      "groups of equal guests"),
		TABLE("entities/images", image_fields, w->images, w->image_count, "images of guests"),
		TABLE("entities/tenants", name_fields, w->tenants, w->tenant_count, "tenants"),
		TABLE("entities/services", name_fields, w->services, w->service_count, "services"),
		TABLE("entities/pools", pool_fields, w->pools, w->pool_count, "storage pools"),
		TABLE("migrations", migration_fields, m->all, m->count,
		      "migrations in the order of their starts"),
		TABLE("migration_legs", migration_leg_fields, m->legs, m->leg_count,
		      "migrations leg by leg, in the order of their ends"),
		TABLE("migration_refusals", refusal_fields, m->refusals, m->refusal_count,
		      "migrations that were refused before the first byte"),
		TABLE("traffic", stream_fields, m->traffic ? m->traffic->streams : NULL,
		      m->traffic ? m->traffic->count : 0, "streams of packets"),
		TABLE("traffic_spans", span_fields, m->traffic ? m->traffic->spans : NULL,
		      m->traffic ? m->traffic->span_count : 0, "streams, each time that they changed"),
		TABLE("processes", process_fields, m->processes ? m->processes->all : NULL,
		      m->processes ? m->processes->count : 0, "processes that move without a VM"),
		TABLE_2("entities/vms", vm_fields, w->vms, schema->vms, w->vm_count,
		        "guests, and what became of them"),
		TABLE("entities/vm_tenants", vm_tenant_fields, w->vm_tenant, w->vm_tenant_count,
		      "guest by guest, who asked for it in the list of arrivals"),
		TABLE("carbon", carbon_fields, in->carbon, in->carbon_count,
		      "sites with a carbon trace, hour by hour"),
		TABLE("machines", machine_fields, in->machines, in->machine_count,
		      "guests that ran on the small machine"),
		TABLE("entities/vm_scheduling", vm_scheduling_fields, schema->scheduling.vms, w->vm_count,
		      "guest by guest, how it waited for cores of discrete schedulers"),
		TABLE("entities/host_scheduling", host_scheduling_fields, schema->scheduling.hosts,
		      w->host_count, "host by host, what its discrete scheduler did"),
		TABLE("wakeup_latency", wakeup_latency_fields, schema->scheduling.bins,
		      schema->scheduling.bin_count, "wake-ups of groups of guests by their latency"),
		TABLE("schedule", schedule_fields, w->discrete ? w->discrete->watch.stays : NULL,
		      w->discrete ? w->discrete->watch.count : 0,
		      "what ran on the cores of the watched host"),
		TABLE("entities/vm_memory", vm_memory_fields, schema->vm_memory, w->vm_count,
		      "guest by guest, what memory pressure and forbidden operations cost it"),
		TABLE("entities/host_memory", host_memory_fields, schema->host_memory, w->host_count,
		      "host by host, where its guests' memory was"),
		TABLE("io_paths", io_path_fields, schema->io_paths, schema->io_path_count,
		      "groups of guests on groups of hosts: what a request of I/O costs"),
		TABLE("memory", memory_fields, w->memory ? w->memory->rows : NULL,
		      w->memory ? w->memory->row_count : 0, "memory of hosts, each time that it changed"),
		TABLE("events", event_fields, r->notes, r->note_count, "what happened to whom, in order"),
	};
	unsigned count = 0;
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
		if (is_written(&all[i], in))
			tables[count++] = all[i];
	count += schema_resilience(tables + count, in);
	return count + schema_cloudsim(tables + count, in);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of hosts: each element of the list is a group of equal ones. */
#include "scenarios/key_table.h"

#include <stddef.h>

#include "models/hypervisor/hypervisor.h"
#include "models/hypervisor/quantum.h"
#include "models/migration/compat.h"
#include "models/power.h"
#include "scenarios/scenario.h"
#include "scenarios/schedulers.h"

#define S(member) offsetof(struct scenario, member)
#define HOST(member) offsetof(struct scenario_host, member)

static const char *cpu_model_name(uint32_t i)
{
	return cpu_models[i].name;
}

static const char *hypervisor_name(uint32_t i)
{
	return hypervisor_at(i) ? hypervisor_at(i)->name : NULL;
}

static const char *const off_on[] = {"off", "on"};
static const char *const time_samples[] = {"time", "samples"};

static const struct key rows[] = {
	{"hosts[]", KEY_SECTION, .least = 1, .most = 10000, .optional = true, .offset = S(hosts),
         .count_offset = S(host_group_count), .place_offset = offsetof(struct scenario_host, place),
         .size = sizeof(struct scenario_host), .summary = "Groups of equal hosts"},
	{"hosts[].name", KEY_NAME, .most = 63, .optional = true, .offset = HOST(name),
         .summary = "Name of the group; its hosts are name-0, name-1 ...; absent: the type, or 'host'"},
	{"hosts[].description", KEY_TEXT, .most = 4096, .optional = true, .offset = HOST(description),
         .summary = "What kind of machine this is"},
	{"hosts[].type", KEY_NAME, .most = 63, .optional = true, .offset = HOST(type),
         .summary =
                 "Entry of the catalogue (`vdcsim list catalog`): gives every key that the group does not"},
	{"hosts[].count", KEY_COUNT, .least = 1, .most = 1e7, .preset = "1", .offset = HOST(count),
         .summary = "Number of hosts"},
	{"hosts[].nodes", KEY_TEXT, .most = 4096, .optional = true, .offset = HOST(nodes),
         .place_offset = HOST(nodes_place),
         .summary = "List of machines (openb, or a path to a CSV with cpu_milli, memory_mib): tells count, "
                    "cores and ram; those of one size are called GROUP.SIZE-0, ..."},
	{"hosts[].cores", KEY_COUNT, .least = 1, .most = 4096, .preset = "16", .offset = HOST(cores),
         .summary = "CPU cores of a host"},
	{"hosts[].core_speed", KEY_WHOLE, .dimension = DIM_CPU_RATE, .least = 1e6, .most = 1e11,
         .preset = "2.5 GHz", .offset = HOST(core_hz), .summary = "Speed of a core; a MIPS is a MHz"},
	{"hosts[].ram", KEY_WHOLE, .dimension = DIM_BYTES, .least = 1, .most = 0x1p50, .preset = "64 GiB",
         .offset = HOST(ram_bytes), .summary = "Memory of a host"},
	{"hosts[].disk", KEY_WHOLE, .dimension = DIM_BYTES, .most = 0x1p60, .preset = "1 TB",
         .offset = HOST(disk_bytes), .summary = "Local disk of a host"},
	{"hosts[].nic", KEY_WHOLE, .dimension = DIM_BIT_RATE, .least = 1, .most = 1e15,
         .preset = "10 Gbit/s", .offset = HOST(nic_bps),
         .summary = "Network interface of a host, each direction"},
	{"hosts[].site", KEY_NAME, .most = 63, .optional = true, .offset = HOST(site),
         .summary = "Site of the group; absent: the first"},
	{"hosts[].per_rack", KEY_COUNT, .least = 1, .most = 1e7, .optional = true, .offset = HOST(per_rack),
         .has_offset = HOST(has_per_rack), .summary = "Hosts in a rack; absent: the group is one rack"},
	{"hosts[].state", KEY_SWITCH, .preset = "on", .names = off_on, .name_count = 2, .offset = HOST(on),
         .summary = "State at the start"},
	{"hosts[].rack_units", KEY_REAL, .least = 0.1, .most = 1000, .preset = "1",
         .offset = HOST(rack_units),
         .summary = "Height of a host, 44.45 mm each; used with sites[].rack_unit_price"},
	{"hosts[].price", KEY_REAL, .dimension = DIM_MONEY, .most = 1e9, .preset = "0",
         .offset = HOST(price), .summary = "Purchase of a host"},
	{"hosts[].depreciation_years", KEY_REAL, .least = 0.01, .most = 100, .preset = "4",
         .offset = HOST(depreciation_years), .summary = "Years over which the purchase is spread evenly"},
	{"hosts[].administration", KEY_REAL, .dimension = DIM_MONEY, .most = 1e9, .preset = "0",
         .offset = HOST(administration), .summary = "Cost of administrators for a host a year"},
	{"hosts[].licence", KEY_REAL, .dimension = DIM_MONEY, .most = 1e9, .preset = "0",
         .offset = HOST(licence), .summary = "Licences of a host a year"},
	{"hosts[].core_licence", KEY_REAL, .dimension = DIM_MONEY, .most = 1e9, .preset = "0",
         .offset = HOST(core_licence), .summary = "Licences of a core a year"},
	{"hosts[].power", KEY_SECTION, .summary = "What a running host draws"},
	{"hosts[].power.model", KEY_CHOICE, .optional = true, .names = power_form_names,
         .name_count = POWER_FORMS, .offset = HOST(power_form), .has_offset = HOST(has_power_form),
         .summary = "Form of power over load; absent: table when power.table is given, else linear"},
	{"hosts[].power.idle", KEY_REAL, .dimension = DIM_POWER, .most = 1e6, .preset = "100 W",
         .offset = HOST(power_idle_w), .summary = "Power without load; every model but table"},
	{"hosts[].power.max", KEY_REAL, .dimension = DIM_POWER, .most = 1e6, .preset = "200 W",
         .offset = HOST(power_max_w), .summary = "Power at full load; every model but table"},
	{"hosts[].power.table", KEY_TABLE, .dimension = DIM_POWER, .most = 1e6, .optional = true,
         .offset = HOST(power_table_w), .count_offset = HOST(power_table_count),
         .summary = "Power at 0, 10, ... 100 % of load (SPECpower_ssj2008), straight between"},
	{"hosts[].isolation", KEY_CHOICE, .optional = true, .names = isolation_names,
         .name_count = ISOLATIONS, .offset = HOST(isolation), .has_offset = HOST(has_isolation),
         .summary = "Who falls with a VM that crashes: type_1 and type_2 it alone, os all that share the "
                    "kernel; absent: as its hypervisor is, or type_1"},
	{"hosts[].cpu_model", KEY_TEXT, .most = 63, .optional = true, .name_at = cpu_model_name,
         .offset = HOST(cpu_model),
         .summary = "Model of its processor: guests that need more cannot migrate to it; absent: it has "
             "every feature"},
	{"hosts[].hypervisor", KEY_SECTION, .optional = true, .shorthand = "preset",
         .has_offset = HOST(has_hypervisor),
         .summary = "What shares a host among its VMs, and what that costs; absent: nothing"},
	{"hosts[].hypervisor.preset", KEY_TEXT, .most = 63, .preset = "kvm", .name_at = hypervisor_name,
         .offset = HOST(hypervisor), .summary = "Which one (`vdcsim list hypervisors`)"},
	{"hosts[].hypervisor.parameters", KEY_VALUES, .optional = true, .offset = HOST(hypervisor_values),
         .count_offset = HOST(hypervisor_value_count),
         .summary = "Costs that differ from the preset's, by the names and units that the list prints"},
	{"hosts[].memory", KEY_SECTION, .optional = true, .shorthand = "overcommit",
		.has_offset = HOST(has_memory),
         .summary = "How memory is reclaimed when VMs use more than there is; absent: they never do, "
                    "placement.ram_overcommit only promises"},
	{"hosts[].memory.overcommit", KEY_REAL, .least = 0.01, .most = 1000, .preset = "1",
         .offset = HOST(memory.overcommit),
         .summary = "RAM promised to VMs, of the host's: admission, instead of placement.ram_overcommit"},
	{"hosts[].memory.balloon", KEY_BOOL, .preset = "true", .offset = HOST(memory.balloon),
         .summary = "VMs have balloon drivers, which give back what they miss least"},
	{"hosts[].memory.balloon_limit", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "65 %",
         .offset = HOST(memory.balloon_01),
         .summary = "A balloon takes at most this part of its VM's RAM; the preset is as recalled of ESX, "
                    "not checked"},
	{"hosts[].memory.balloon_rate", KEY_WHOLE, .dimension = DIM_BIT_RATE, .least = 8e3, .most = 1e15,
         .preset = "200 MB/s", .offset = HOST(balloon_bps),
         .summary = "How fast each balloon inflates and deflates; the preset is assumed"},
	{"hosts[].memory.sharing", KEY_BOOL, .preset = "false", .offset = HOST(memory.sharing),
         .summary = "Pages of equal content are found and kept once (KSM)"},
	{"hosts[].memory.scan_rate", KEY_COUNT, .least = 1, .most = 1e9, .preset = "5000",
         .offset = HOST(memory.scan_rate),
         .summary = "Pages of 4 KiB a second that are looked at; the preset is Linux's, 100 each 20 ms"},
	{"hosts[].memory.scan_cost", KEY_WHOLE, .dimension = DIM_TIME, .most = 1e9, .preset = "5 us",
         .offset = HOST(memory.scan_ns),
         .summary = "CPU that looking at a page takes; the preset is assumed"},
	{"hosts[].memory.swap", KEY_SECTION, .shorthand = "latency",
		.summary = "Where pages go that find no room"},
	{"hosts[].memory.swap.size", KEY_WHOLE, .dimension = DIM_BYTES, .most = 0x1p50, .preset = "1024 TiB",
         .offset = HOST(memory.swap_bytes), .summary = "Its size; when it is full, VMs are stopped"},
	{"hosts[].memory.swap.latency", KEY_WHOLE, .dimension = DIM_TIME, .least = 1, .most = 1e10,
         .preset = "100 us", .offset = HOST(memory.swap_latency_ns),
         .summary = "Bringing in a page, from swap or from the VM's own disk; the preset is an SSD's, "
                    "assumed"},
	{"hosts[].memory.swap.bandwidth", KEY_WHOLE, .dimension = DIM_BIT_RATE, .least = 8e3, .most = 1e15,
         .preset = "500 MB/s", .offset = HOST(swap_bps),
         .summary = "Pages in and out together; latency grows when they would exceed it"},
	{"hosts[].memory.idle_tax", KEY_REAL, .dimension = DIM_FRACTION, .most = 0.99, .preset = "75 %",
         .offset = HOST(memory.idle_tax_01),
         .summary = "Who gives: 0, in proportion to RAM; more, those with idle memory first "
                    "(Waldspurger 2002; 75 % there)"},
	{"hosts[].scheduler", KEY_SECTION, .shorthand = "kind",
         .summary = "How virtual CPUs share a host's cores"},
	{"hosts[].scheduler.kind", KEY_CHOICE, .preset = "fluid", .names = scheduler_kind_names,
         .name_count = SCHEDULER_KINDS, .offset = HOST(scheduler.kind),
         .summary = "fluid: exact fair shares at each instant, no waiting; the others run slices on cores "
                    "(docs/models.md)"},
	{"hosts[].scheduler.slice", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e3, .most = 1e12,
         .optional = true,
         .offset = HOST(scheduler.slice_ns), .has_offset = HOST(scheduler.has_slice),
         .summary = "round_robin, stride, credit: how long a vCPU runs at most while others wait; eevdf: its "
                    "base slice; absent: the scheduler's own"},
	{"hosts[].scheduler.latency", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e3, .most = 1e12,
         .optional = true,
         .offset = HOST(scheduler.latency_ns), .has_offset = HOST(scheduler.has_latency),
         .summary = "cfs: period in which every runnable vCPU runs once; absent: the scheduler's own"},
	{"hosts[].scheduler.granularity", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e3, .most = 1e12,
         .optional = true,
         .offset = HOST(scheduler.granularity_ns), .has_offset = HOST(scheduler.has_granularity),
         .summary = "cfs: least time that a vCPU runs; absent: the scheduler's own"},
	{"hosts[].scheduler.wakeup", KEY_WHOLE, .dimension = DIM_TIME, .least = 0, .most = 1e12,
         .optional = true,
         .offset = HOST(scheduler.wakeup_ns), .has_offset = HOST(scheduler.has_wakeup),
         .summary = "cfs: how much less virtual runtime a waking vCPU needs to preempt; absent: the "
                    "scheduler's own"},
	{"hosts[].scheduler.tick", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e3, .most = 1e12,
         .optional = true,
         .offset = HOST(scheduler.tick_ns), .has_offset = HOST(scheduler.has_tick),
         .summary = "cfs, eevdf, credit: timer at which the running vCPU is looked at; absent: the "
                    "scheduler's own"},
	{"hosts[].scheduler.cap_period", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e6, .most = 1e12,
         .optional = true,
         .offset = HOST(scheduler.cap_period_ns), .has_offset = HOST(scheduler.has_cap_period),
         .summary = "Period in which caps and reservations are settled; absent: the scheduler's own"},
	{"hosts[].scheduler.switch_cost", KEY_WHOLE, .dimension = DIM_TIME, .least = 0, .most = 1e12,
         .optional = true,
         .offset = HOST(scheduler.switch_ns), .has_offset = HOST(scheduler.has_switch),
         .summary = "What a core loses at each change of vCPU; absent: the scheduler's own"},
	{"hosts[].scheduler.migrate_cost", KEY_WHOLE, .dimension = DIM_TIME, .least = 0, .most = 1e12,
         .optional = true,
         .offset = HOST(scheduler.migrate_ns), .has_offset = HOST(scheduler.has_migrate),
         .summary = "What it loses more when the vCPU ran elsewhere last: cold caches; absent: the "
                    "scheduler's own"},
	{"hosts[].scheduler.balance", KEY_WHOLE, .dimension = DIM_TIME, .least = 0, .most = 1e12,
         .optional = true,
         .offset = HOST(scheduler.balance_ns), .has_offset = HOST(scheduler.has_balance),
         .summary = "Time between looks at the balance of cores; 0: only idle cores pull; absent: the "
                    "scheduler's own"},
	{"hosts[].scheduler.boost", KEY_BOOL, .optional = true, .offset = HOST(scheduler.boost),
         .has_offset = HOST(scheduler.has_boost),
         .summary = "credit: a waking vCPU with credits left runs first; absent: true"},
	{"hosts[].scheduler.debit", KEY_SWITCH, .preset = "time", .names = time_samples, .name_count = 2,
         .offset = HOST(scheduler.debit_samples),
         .summary = "credit: a vCPU pays for the time that it ran, or, the old rule, for a whole tick when "
                    "the tick finds it running"},
	{"hosts[].scheduler.gang", KEY_BOOL, .preset = "false", .offset = HOST(scheduler.gang),
         .summary = "The vCPUs of a VM run at the same time or not at all"},
	{"hosts[].scheduler.allocation", KEY_CHOICE, .preset = "availability",
         .names = quantum_allocation_names, .name_count = QUANTUM_ALLOCATIONS,
         .offset = HOST(scheduler.allocation),
         .summary = "How a waking vCPU chooses its core: an idle one, the least loaded one, the one that "
                    "runs the lowest priority, its last one always"},
	{"hosts[].speeds[]", KEY_SECTION, .least = 1, .most = 32, .optional = true, .offset = HOST(speeds),
         .count_offset = HOST(speed_count), .place_offset = offsetof(struct scenario_speed, place),
         .size = sizeof(struct scenario_speed),
         .summary = "P-states slower than the host's own speed, the fastest first; policies of "
	"`control.power` "
                    "choose among them"},
	{"hosts[].speeds[].core_speed", KEY_WHOLE, .dimension = DIM_CPU_RATE, .least = 1, .most = 1e15,
         .offset = offsetof(struct scenario_speed, core_hz), .summary = "Speed of a core"},
	{"hosts[].speeds[].idle", KEY_REAL, .dimension = DIM_POWER, .most = 1e6,
         .offset = offsetof(struct scenario_speed, idle_w), .summary = "Power of the idle host"},
	{"hosts[].speeds[].max", KEY_REAL, .dimension = DIM_POWER, .most = 1e6,
         .offset = offsetof(struct scenario_speed, max_w),
         .summary = "Power at full load; between, linear in the load"},
	{"hosts[].boot", KEY_SECTION, .summary = "From off to on"},
	{"hosts[].boot.time", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .preset = "90 s",
         .offset = HOST(boot.time_ns), .summary = "How long it takes"},
	{"hosts[].boot.power", KEY_REAL, .dimension = DIM_POWER, .most = 1e6, .optional = true,
         .offset = HOST(boot.power_w), .has_offset = HOST(boot.has_power),
         .summary = "Power meanwhile; absent: the power without load"},
	{"hosts[].shutdown", KEY_SECTION, .summary = "From on to off"},
	{"hosts[].shutdown.time", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .preset = "30 s",
         .offset = HOST(shutdown.time_ns), .summary = "How long it takes"},
	{"hosts[].shutdown.power", KEY_REAL, .dimension = DIM_POWER, .most = 1e6, .optional = true,
         .offset = HOST(shutdown.power_w), .has_offset = HOST(shutdown.has_power),
         .summary = "Power meanwhile; absent: the power without load"},
	{"hosts[].suspend", KEY_SECTION, .summary = "From on to suspended (memory kept)"},
	{"hosts[].suspend.time", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .preset = "10 s",
         .offset = HOST(suspend.time_ns), .summary = "How long it takes"},
	{"hosts[].suspend.power", KEY_REAL, .dimension = DIM_POWER, .most = 1e6, .optional = true,
         .offset = HOST(suspend.power_w), .has_offset = HOST(suspend.has_power),
         .summary = "Power meanwhile; absent: the power without load"},
	{"hosts[].resume", KEY_SECTION, .summary = "From suspended to on"},
	{"hosts[].resume.time", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .preset = "10 s",
         .offset = HOST(resume.time_ns), .summary = "How long it takes"},
	{"hosts[].resume.power", KEY_REAL, .dimension = DIM_POWER, .most = 1e6, .optional = true,
         .offset = HOST(resume.power_w), .has_offset = HOST(resume.has_power),
         .summary = "Power meanwhile; absent: the power without load"},
	{"hosts[].off", KEY_SECTION, .summary = "A host that is off"},
	{"hosts[].off.power", KEY_REAL, .dimension = DIM_POWER, .most = 1e6, .preset = "0",
         .offset = HOST(off.power_w), .summary = "Power of a host that is off"},
	{"hosts[].suspended", KEY_SECTION, .summary = "A host that is suspended"},
	{"hosts[].suspended.power", KEY_REAL, .dimension = DIM_POWER, .most = 1e6, .preset = "10 W",
         .offset = HOST(suspended.power_w), .summary = "Power of a suspended host"},
	{"host_order", KEY_CHOICE, .preset = "grouped", .names = host_order_names, .name_count = ORDERS,
         .offset = S(host_order),
         .summary = "Ids of hosts: group after group, or one of each group in turn"},
};
const struct key_table key_hosts = {rows, sizeof rows / sizeof *rows};

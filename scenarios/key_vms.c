/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of VMs: each element of the list is a group of equal ones. What they demand: key_demand.c. */
#include "scenarios/key_table.h"

#include <stddef.h>

#include "models/hypervisor/hypervisor.h"
#include "scenarios/arrivals.h"
#include "scenarios/draw.h"
#include "scenarios/scenario.h"

#define S(member) offsetof(struct scenario, member)
#define VM(member) offsetof(struct scenario_vm, member)

static const char *const true_false[] = {"true", "false"};
static const char *const shared_transfer[] = {"shared", "transfer"};
static const char *const given_trace[] = {"given", "trace"};

static const char *mix_name(uint32_t i)
{
	return mix_at(i) ? mix_at(i)->name : NULL;
}

static const char *arrivals_format_name(uint32_t i)
{
	return arrivals_readers[i] ? arrivals_readers[i]->format : NULL;
}

static const struct key rows[] = {
	{"vms[]", KEY_SECTION, .least = 1, .most = 10000, .optional = true, .offset = S(vms),
         .count_offset = S(vm_group_count), .place_offset = offsetof(struct scenario_vm, place),
         .size = sizeof(struct scenario_vm), .summary = "Groups of equal VMs"},
	{"vms[].name", KEY_NAME, .most = 63, .preset = "vm", .offset = VM(name),
         .summary = "Name of the group; its VMs are name-0, name-1 ...; absent: 'vm'"},
	{"vms[].type", KEY_TEXT, .most = 63, .optional = true, .offset = VM(type),
         .summary = "Instance type of a cloud (aws/m5.large, `vdcsim list catalog`): gives keys that the "
                    "group does not"},
	{"vms[].price", KEY_REAL, .dimension = DIM_MONEY, .most = 1e6, .preset = "0",
         .offset = VM(price), .summary = "What a cloud asks for a VM an hour: rent_total of the summary"},
	{"vms[].nic", KEY_WHOLE, .dimension = DIM_BIT_RATE, .least = 1, .most = 1e15, .optional = true,
         .offset = VM(nic_bps), .has_offset = VM(has_nic),
         .summary = "Network that its instance type promises; for information, it limits nothing"},
	{"vms[].count", KEY_COUNT, .least = 1, .most = 1e8, .optional = true, .offset = VM(count),
         .has_offset = VM(has_count),
         .summary = "Number of VMs; absent: one, or with a trace one for each of its rows"},
	{"vms[].vcpus", KEY_COUNT, .least = 1, .most = 4096, .preset = "1", .offset = VM(vcpus),
         .summary = "Virtual CPUs of a VM"},
	{"vms[].vcpu_speed", KEY_WHOLE, .dimension = DIM_CPU_RATE, .least = 1e6, .most = 1e11,
         .preset = "1 GHz", .offset = VM(vcpu_hz),
         .summary = "Speed of a virtual CPU: what 100 % of demand means; a MIPS is a MHz"},
	{"vms[].ram", KEY_WHOLE, .dimension = DIM_BYTES, .least = 1, .most = 0x1p50, .preset = "1 GiB",
         .offset = VM(ram_bytes), .summary = "Memory of a VM"},
	{"vms[].disk", KEY_WHOLE, .dimension = DIM_BYTES, .most = 0x1p60, .preset = "10 GB",
         .offset = VM(disk_bytes), .summary = "Disk of a VM"},
	{"vms[].cap", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "100 %",
         .offset = VM(cap_01), .summary = "Most CPU it may get, of vcpus x vcpu_speed"},
	{"vms[].reservation", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "0 %",
         .offset = VM(reservation_01),
         .summary = "CPU that it gets in any case when it asks, of vcpus x vcpu_speed"},
	{"vms[].weight", KEY_COUNT, .least = 1, .most = 1048576, .preset = "1024", .offset = VM(weight),
         .summary = "Share of a contended CPU, relative to the other VMs of the host"},
	{"vms[].priority", KEY_COUNT, .most = 1000000, .preset = "0", .offset = VM(priority),
         .summary = "Larger is placed first among those that start or wait together; of CPU says "
                    "cpu_priority"},
	{"vms[].cpu_priority", KEY_COUNT, .most = 31, .preset = "0", .offset = VM(cpu_priority),
         .summary = "Larger gets a host's CPU first, strictly: smaller ones share what it leaves, whatever "
                    "their weights and reservations; says nothing of placement: priority"},
	{"vms[].start", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .preset = "0 s",
         .offset = VM(start_ns), .summary = "When the first VM of the group is asked for"},
	{"vms[].spacing", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .preset = "0 s",
         .offset = VM(spacing_ns), .summary = "Time from one VM's start to the next one's"},
	{"vms[].interarrival", KEY_SECTION, .former = "arrival", .optional = true,
         .has_offset = VM(has_interarrival),
         .summary = "VMs that arrive at random, from 'start' on; absent: every 'spacing'"},
	{"vms[].interarrival.process", KEY_CHOICE, .preset = "poisson",
         .names = draw_process_names + DRAW_EXPONENTIAL, .name_count = DRAWS - DRAW_EXPONENTIAL,
         .first = DRAW_EXPONENTIAL, .offset = VM(interarrival.kind),
         .summary = "Distribution of the times between arrivals; poisson: exponential"},
	{"vms[].interarrival.mean", KEY_WHOLE, .dimension = DIM_TIME, .least = 1, .most = TIME_MOST,
         .optional = true, .offset = VM(interarrival.mean_ns), .has_offset = VM(interarrival.has_mean),
         .summary = "Mean time from one arrival to the next; must be given"},
	{"vms[].interarrival.shape", KEY_REAL, .most = 1000, .optional = true,
         .offset = VM(interarrival.shape), .has_offset = VM(interarrival.has_shape),
         .summary = "pareto: exponent of the tail; weibull: exponent; lognormal: deviation of the logarithm"},
	{"vms[].lifetime", KEY_SECTION, .optional = true, .has_offset = VM(has_life), .shorthand = "mean",
         .summary = "How long a VM lives once it runs; absent: to the end"},
	{"vms[].lifetime.distribution", KEY_CHOICE, .preset = "constant", .names = draw_names,
         .name_count = DRAWS, .offset = VM(life.kind), .summary = "Distribution of the VMs' lifetimes"},
	{"vms[].lifetime.mean", KEY_WHOLE, .dimension = DIM_TIME, .least = 1, .most = TIME_MOST,
         .optional = true, .offset = VM(life.mean_ns), .has_offset = VM(life.has_mean),
         .summary = "Mean lifetime; must be given"},
	{"vms[].lifetime.shape", KEY_REAL, .most = 1000, .optional = true, .offset = VM(life.shape),
         .has_offset = VM(life.has_shape),
         .summary = "pareto: exponent of the tail; weibull: exponent; lognormal: deviation of the logarithm"},
	{"vms[].sizes", KEY_SWITCH, .preset = "given", .names = given_trace, .name_count = 2,
         .offset = VM(trace_sizes),
         .summary = "How large the VMs are: as given here, or each as its machine of the trace "
                    "(CPU, memory)"},
	{"vms[].dies_idle", KEY_BOOL, .preset = "false", .offset = VM(dies_idle),
         .summary = "Ends for good at the first update at which it demands no CPU (a rule of CloudSim)"},
	{"vms[].workload", KEY_SECTION, .shorthand = "mix",
         .summary = "What its work is made of: under a hypervisor, some of it costs more (`vdcsim list "
                    "mixes`)"},
	{"vms[].workload.mix", KEY_TEXT, .most = 63, .preset = "compute", .name_at = mix_name,
         .offset = VM(mix), .summary = "A mix of operations by name"},
	{"vms[].workload.rates", KEY_VALUES, .optional = true, .offset = VM(mix_values),
         .count_offset = VM(mix_value_count),
         .summary = "Operations in a second of native work, shares of code, page_walks, that differ from the "
                    "mix"},
	{"vms[].guest", KEY_CHOICE, .preset = "any", .names = guest_form_names, .name_count = GUEST_FORMS,
         .offset = VM(form),
         .summary = "What it is to a hypervisor: made for whatever it is put on, an OS as it is sold, an OS "
                    "ported to hypercalls, programs without a kernel, a program for another API, bytecode"},
	{"vms[].technique", KEY_CHOICE, .optional = true, .names = technique_names, .name_count = TECHNIQUES,
         .offset = VM(technique), .has_offset = VM(has_technique),
         .summary = "Virtualized in this way, with the host's costs for it; absent: the hypervisor's own"},
	{"vms[].burst_period", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e3, .most = 1e12,
         .preset = "100 ms", .offset = VM(bursts.period_ns),
         .summary = "Under a discrete scheduler, a demand of d is a burst of work, d of this long, in each "
                    "such period; the preset is a choice: Linux's own period of CPU limits"},
	{"vms[].lock", KEY_SECTION, .optional = true, .has_offset = VM(has_lock),
         .summary = "A spin lock that a VM's virtual CPUs share: who wants it burns CPU until it is free "
                    "(discrete schedulers)"},
	{"vms[].lock.every", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e3, .most = 1e12, .preset = "1 ms",
         .offset = VM(bursts.lock_every_ns), .summary = "Work between two takings of it"},
	{"vms[].lock.hold", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e2, .most = 1e12, .preset = "20 us",
         .offset = VM(bursts.lock_hold_ns), .summary = "Work done while it is held"},
	{"vms[].cheat", KEY_WHOLE, .dimension = DIM_TIME, .most = 1e9, .preset = "0 s",
         .offset = VM(bursts.cheat_ns),
         .summary = "Scheduler attack: always busy, but asleep this long before each tick of the host's "
                    "scheduler, so that samples find others; 0: honest"},
	{"vms[].pin", KEY_TEXT, .most = 255, .optional = true, .offset = VM(pin),
         .summary = "Cores that its virtual CPUs may run on, from 0 (\"0-3,8\"); absent: every core"},
	{"vms[].memory", KEY_SECTION, .shorthand = "used",
         .summary = "What a VM does with its RAM; counts on hosts with 'memory'"},
	{"vms[].memory.used", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "100 %",
         .offset = VM(memory.used_01), .summary = "Touched so far, of its RAM: the host must keep it"},
	{"vms[].memory.active", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "50 %",
         .offset = VM(memory.active_01), .summary = "Working set, of its RAM; at most what is used"},
	{"vms[].memory.reuse", KEY_WHOLE, .dimension = DIM_TIME, .least = 1e6, .most = 1e15, .preset = "30 s",
         .offset = VM(memory.reuse_ns),
         .summary = "Work in which it comes back to all of its working set; the preset is ESX's sampling "
                    "period, recalled"},
	{"vms[].memory.trace", KEY_CHOICE, .preset = "none", .names = memory_trace_names,
         .name_count = MEMORY_TRACES, .offset = VM(memory.trace),
         .summary = "The demand trace's memory column is what is used or active, over time; none: it is "
                    "not looked at"},
	{"vms[].memory.shareable", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "0 %",
         .offset = VM(memory.shareable_01),
         .summary = "Of what is used, equal to pages of VMs with this content"},
	{"vms[].memory.content", KEY_NAME, .most = 63, .optional = true, .offset = VM(content),
         .summary = "Name of that content; absent: its image, or else its group"},
	{"vms[].memory.reservation", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "0 %",
         .offset = VM(memory.reservation_01), .summary = "Never taken from it, of its RAM"},
	{"vms[].memory.limit", KEY_REAL, .dimension = DIM_FRACTION, .least = 0.01, .most = 1,
		.preset = "100 %",
         .offset = VM(memory.limit_01),
         .summary = "Most of its RAM that the host keeps for it: a cap on memory"},
	{"vms[].io", KEY_CHOICE, .optional = true, .names = io_path_names, .name_count = IO_PATHS,
         .offset = VM(io), .has_offset = VM(has_io),
         .summary =
         "Way of its I/O: an emulated device, a paravirtual one (virtio), or the device itself, with the "
                    "costs of a preset that goes that way; absent: the hypervisor's own"},
	{"vms[].misbehaviour", KEY_REAL, .most = 1e9, .preset = "0", .offset = VM(misbehaviour),
         .summary = "Forbidden operations that it attempts in a second of a vCPU's work: filtered, counted, "
                    "paid for in its own time"},
	{"vms[].image", KEY_NAME, .most = 63, .optional = true, .offset = VM(image),
         .summary = "Image it is made from: a name in images"},
	{"vms[].storage", KEY_NAME, .most = 63, .optional = true, .offset = VM(storage),
         .summary = "Pool that holds its disk, and its memory while it is saved; absent: its host's disk, "
                    "and it cannot be saved, cloned or snapshot"},
	{"vms[].defined", KEY_SWITCH, .preset = "true", .names = true_false, .name_count = 2,
         .offset = VM(undefined),
         .summary = "Known from the start; false: only once vm_define or vm_clone makes it so"},
	{"vms[].boot", KEY_SECTION, .shorthand = "time",
         .summary = "What starting takes; all absent: a VM runs as soon as it is placed"},
	{"vms[].boot.time", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .preset = "0 s",
         .offset = VM(boot.time_ns), .summary = "How long it boots"},
	{"vms[].boot.cpu", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "100 %",
         .offset = VM(boot.cpu_01), .summary = "CPU that it asks for while it boots, of vcpus x vcpu_speed"},
	{"vms[].boot.read", KEY_WHOLE, .dimension = DIM_BYTES, .most = 0x1p50, .preset = "0 B",
         .offset = VM(boot_read_bytes),
         .summary = "Read from its pool while it boots: it runs when time and reading are both over"},
	{"vms[].boot.image", KEY_SWITCH, .preset = "shared", .names = shared_transfer, .name_count = 2,
         .offset = VM(boot_image),
         .summary = "transfer: its image is read from its pool before each boot; shared: it is used there"},
	{"vms[].shut_down", KEY_SECTION, .shorthand = "time", .summary = "What shutting down takes"},
	{"vms[].shut_down.time", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .preset = "0 s",
         .offset = VM(shut_down.time_ns), .summary = "How long it shuts down when asked to"},
	{"vms[].shut_down.cpu", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "0 %",
         .offset = VM(shut_down.cpu_01),
         .summary = "CPU that it asks for meanwhile, of vcpus x vcpu_speed"},
	{"vms[].on_crash", KEY_CHOICE, .preset = "destroy", .names = vm_on_crash_names,
         .name_count = ON_CRASHES, .offset = VM(on_crash),
         .summary = "A VM that crashed: leaves its host, boots again there, or keeps its memory there"},
	{"vms[].snapshots", KEY_SECTION, .shorthand = "copy", .summary = "How snapshots and clones are made"},
	{"vms[].snapshots.copy", KEY_CHOICE, .preset = "copy_on_write", .names = vm_copy_names,
         .name_count = VM_COPIES, .offset = VM(copy),
         .summary = "copy_on_write: a layer, at once; full: every byte of the disk is copied"},
	{"vms[].snapshots.layer", KEY_REAL, .dimension = DIM_FRACTION, .most = 1, .preset = "10 %",
         .offset = VM(layer_01), .summary = "copy_on_write: what a layer books in the pool, of the disk"},
	{"vms[].tenant", KEY_NAME, .most = 63, .optional = true, .offset = VM(tenant),
         .summary = "Who owns it"},
	{"vms[].service", KEY_NAME, .most = 63, .optional = true, .offset = VM(service),
         .summary = "The application that it is part of"},
	{"vms[].inside", KEY_NAME, .most = 63, .optional = true, .offset = VM(inside),
         .summary = "Group of VMs that hold these, one by one: containers, nested hypervisors"},
	{"vms[].arrivals", KEY_SECTION, .optional = true, .has_offset = VM(has_arrivals),
         .place_offset = offsetof(struct scenario_vm, arrivals.place),
         .summary = "A trace tells when VMs are asked for, how large they are, how long they live; those of "
                    "one size are called GROUP.SIZE-0, ..."},
	{"vms[].arrivals.trace", KEY_TEXT, .most = 4096, .optional = true, .offset = VM(arrivals.trace),
         .summary = "List of arrivals: a name (`vdcsim list traces`) or a path; must be given"},
	{"vms[].arrivals.subset", KEY_TEXT, .most = 255, .optional = true, .offset = VM(arrivals.subset),
         .summary = "Part of the list by name; absent: all of it"},
	{"vms[].arrivals.format", KEY_TEXT, .most = 63, .optional = true, .name_at = arrivals_format_name,
         .offset = VM(arrivals.format), .summary = "Format of a list given by path"},
	{"vms[].arrivals.lifetimes", KEY_CHOICE, .preset = "drawn", .names = arrivals_lifetimes_names,
         .name_count = ARRIVALS_LIFETIMES, .offset = VM(arrivals.lifetimes),
         .summary = "A lifetime that the list does not tell: drawn from those it does tell, or endless"},
	{"vms[].arrivals.offset", KEY_WHOLE, .dimension = DIM_TIME, .most = TIME_MOST, .optional = true,
         .offset = VM(arrivals.offset_ns), .has_offset = VM(arrivals.has_offset),
         .summary = "Where in the list the run starts; absent: with the first arrival"},
};
const struct key_table key_vms = {rows, sizeof rows / sizeof *rows};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Presets of hypervisors, each number with its source, and the mixes of named workloads.
 *
 * Sources that were read: [SplitX] Landau et al. 2011, table 1: 2000 cycles for an exit, Xeon X5570, KVM.
 * [vSphere] VMware, vSphere 6.5 Resource Management, sample overhead memory: 20.29 MB at 256 MB and 48.64 MB
 * at 4096 MB, one vCPU. [Xen wiki] Xen Project Best Practices: 1024 MB for dom0 is a good start. [Citrix]
 * Citrix Hypervisor, memory usage: 1 GiB + 5 % of memory for dom0. [Altaro] Memory management in Hyper-V:
 * about 300 MB for the hypervisor itself. [OpenVZ] its own claim of 1 to 3 % beside a standalone server.
 * [Sugerman] Sugerman et al. 2001, Workstation's network: 22.7 us to send a packet through VMNet.
 * [AutoScale] Gandhi et al. 2012: 30 to 60 s to make a VM with KVM. All else is assumed; where a figure is
 * recalled from a paper that could not be read, the source says "assumed, recalled from". */
#include "models/hypervisor/presets.h"

#include <string.h>

const char *const hypervisor_type_names[HYPERVISOR_TYPES] = {"none", "type 1", "type 2", "OS level"};

const struct hypervisor_parameter_info hypervisor_parameters[HYPERVISOR_PARAMETERS] = {
#define X(member, unit, text) {#member, unit, text, offsetof(struct hypervisor, technique_costs.member)},
	TECHNIQUE_COSTS(X)
#undef X
#define X(member, unit, text) {#member, unit, text, offsetof(struct hypervisor, costs.member)},
	HYPERVISOR_COSTS(X)
#undef X
};

#define T(member, value, from) .technique_costs.member = (value), .source[PARAMETER_##member] = (from)
#define S(member, value, from) .costs.member = (value), .source[PARAMETER_##member] = (from)
#define A "assumed"
#define ADAMS "assumed, recalled from Adams and Agesen 2006"
#define DALL "assumed, recalled from Dall et al. 2016 (2.1 GHz)"
#define WALK "assumed: 24 loads of a two-dimensional walk beside 4, most of them cached"

/* Nested paging with exits, common to all that use the processor's mode for guests. */
#define NESTED(exit, from) \
	T(exit_ns, exit, from), T(emulate_ns, 300, A), T(privileged_share, 0.05, A), \
	T(violation_share, 0.02, A), T(interrupt_exits, 1.5, A)

/* An operating system that containers share: nothing exits, some paths are longer. */
#define CONTAINERS(call, change, request) \
	T(syscall_ns, call, A), T(switch_ns, change, A), T(io_ns, request, A)

static const struct hypervisor presets[] = {
	{.name = "none", .summary = "A dedicated machine: processes of one operating system",
	 .type = HYPERVISOR_NONE, .technique = TECHNIQUE_PROCESS, .io = "native"},
	{.name = "xen_pv", .summary = "Xen with ported kernels; devices in dom0",
	 .type = HYPERVISOR_TYPE_1, .technique = TECHNIQUE_PARAVIRTUAL, .io = "paravirtual",
	 T(trap_ns, 400, A), T(hypercall_ns, 250, A), T(hypercall_batch, 8, A),
	 T(privileged_share, 0.2, A), T(interrupt_exits, 1, A), T(io_exits, 2, A), T(io_batch, 4, A),
	 T(syscall_ns, 180, "assumed: on x86-64 a system call passes through Xen"),
	 S(service_cores, 0.05, A), S(guest_cores, 0.002, A), S(service_io_ns, 9000, A),
	 S(service_weight, 1024, "as a guest: 256 of 256 in Xen's credit scheduler"),
	 S(service_ram_mib, 1024 + 128, "[Xen wiki]; 128 MB of Xen assumed"), S(guest_ram_mib, 8, A),
	 S(guest_ram_share, 0.002, A), S(io_latency_ns, 25000, A), S(start_s, 3, A)},
	{.name = "xen_hvm", .summary = "Xen with unmodified guests and paravirtual drivers; QEMU in dom0",
	 .type = HYPERVISOR_TYPE_1, .technique = TECHNIQUE_HARDWARE, .io = "paravirtual",
	 NESTED(585, DALL ": 1228 cycles"), T(walk_factor, 1.9, WALK), T(io_exits, 2, A),
	 T(io_batch, 4, A), S(service_cores, 0.06, A),
	 S(guest_cores, 0.006, "assumed: a device model each"), S(service_io_ns, 9500, A),
	 S(service_weight, 1024, A), S(service_ram_mib, 1024, "[Citrix]"),
	 S(service_ram_share, 0.05, "[Citrix]"), S(guest_ram_mib, 24, A), S(guest_ram_share, 0.008, A),
	 S(io_latency_ns, 30000, A), S(start_s, 5, A)},
	{.name = "xen_pvh",
	 .summary = "Xen with ported kernels in the processor's guest mode; no device model",
	 .type = HYPERVISOR_TYPE_1, .technique = TECHNIQUE_HARDWARE, .io = "paravirtual",
	 .ported_only = true, NESTED(585, DALL ": 1228 cycles"), T(walk_factor, 1.9, WALK),
	 T(io_exits, 1.5, A), T(io_batch, 4, A), S(service_cores, 0.05, A), S(guest_cores, 0.002, A),
	 S(service_io_ns, 9000, A), S(service_weight, 1024, A),
	 S(service_ram_mib, 1024 + 128, "[Xen wiki]; 128 MB of Xen assumed"), S(guest_ram_mib, 12, A),
	 S(guest_ram_share, 0.006, A), S(io_latency_ns, 25000, A), S(start_s, 3, A)},
	{.name = "kvm",
	 .summary = "Linux as a hypervisor, QEMU with virtio; the host's kernel does the I/O",
	 .type = HYPERVISOR_TYPE_1, .technique = TECHNIQUE_HARDWARE, .io = "paravirtual",
	 NESTED(683, "[SplitX]: 2000 cycles at 2.93 GHz"), T(walk_factor, 1.9, WALK), T(io_exits, 1, A),
	 T(io_batch, 2, A), S(service_cores, 0.03, A), S(guest_cores, 0.004, A),
	 S(service_io_ns, 6000, "assumed: a vhost thread"), S(service_weight, 1024, "Linux: nice 0"),
	 S(service_ram_mib, 1024, A), S(guest_ram_mib, 120, "assumed: QEMU's own memory"),
	 S(guest_ram_share, 0.004, "assumed: nested page tables, memory map"), S(io_latency_ns, 18000, A),
	 S(start_s, 2, "assumed; [AutoScale] 30 to 60 s with copying the image and booting")},
	{.name = "esxi", .summary = "VMware ESXi with hardware assistance and PVSCSI, VMXNET3",
	 .type = HYPERVISOR_TYPE_1, .technique = TECHNIQUE_HARDWARE, .io = "paravirtual",
	 NESTED(480, "assumed: clusters of exits handled at once, Agesen et al. 2012"),
	 T(walk_factor, 1.85, WALK), T(io_exits, 1, A), T(io_batch, 3, A),
	 S(service_cores, 0.1, "assumed: VMkernel's worlds"), S(guest_cores, 0.003, A),
	 S(service_io_ns, 5000, A), S(service_weight, 2000, A), S(service_ram_mib, 1500, A),
	 S(guest_ram_mib, 17.6, "[vSphere], converted"), S(guest_ram_share, 0.0074, "[vSphere]"),
	 S(io_latency_ns, 15000, A), S(start_s, 4, A)},
	{.name = "workstation",
	 .summary = "VMware Workstation before VT-x: translated kernels on a host OS",
	 .type = HYPERVISOR_TYPE_2, .technique = TECHNIQUE_BINARY_TRANSLATION, .io = "emulated",
	 .os = NULL, T(trap_ns, 540, ADAMS ": a system call costs 2308 cycles, natively 242 (3.8 GHz)"),
	 T(emulate_ns, 400, A), T(callout_ns, 60, ADAMS), T(translate_ns, 12000, A), T(blocks, 150000, A),
	 T(block_rate, 5e7, A), T(warm_s, 4, A), T(kernel_factor, 1.25, A), T(io_exits, 5, A),
	 T(io_batch, 1, A), S(service_cores, 0.1, A), S(noise_cores, 0.25, "assumed: a desktop in use"),
	 S(guest_cores, 0.02, A), S(service_io_ns, 22700, "[Sugerman]: 22.7 us a packet sent"),
	 S(service_weight, 2048, A), S(service_ram_mib, 2048, A), S(guest_ram_mib, 120, A),
	 S(guest_ram_share, 0.01, A), S(io_latency_ns, 80000, A), S(start_s, 4, A)},
	{.name = "hyperv", .summary = "Microsoft Hyper-V: the parent partition has the devices, VMBus",
	 .type = HYPERVISOR_TYPE_1, .technique = TECHNIQUE_HARDWARE, .io = "paravirtual", NESTED(640, A),
	 T(walk_factor, 1.9, WALK), T(io_exits, 1.5, A), T(io_batch, 3, A),
	 S(service_cores, 0.15, "assumed: Windows Server as parent"), S(guest_cores, 0.005, A),
	 S(service_io_ns, 8500, A), S(service_weight, 1024, A),
	 S(service_ram_mib, 300 + 2048, "[Altaro]: 300 MB of Hyper-V; 2 GiB of the parent assumed"),
	 S(guest_ram_mib, 24, "assumed: 32 MB for the first GB"),
	 S(guest_ram_share, 0.0078, "assumed: 8 MB for each GB more"), S(io_latency_ns, 24000, A),
	 S(start_s, 3, A)},
	{.name = "virtualbox",
	 .summary = "VirtualBox with hardware assistance on a host OS, emulated devices",
	 .type = HYPERVISOR_TYPE_2, .technique = TECHNIQUE_HARDWARE, .io = "emulated", NESTED(900, A),
	 T(walk_factor, 1.9, WALK), T(io_exits, 6, A), T(io_batch, 1, A), S(service_cores, 0.1, A),
	 S(noise_cores, 0.25, "assumed: a desktop in use"), S(guest_cores, 0.03, A),
	 S(service_io_ns, 20000, A), S(service_weight, 2048, A), S(service_ram_mib, 2048, A),
	 S(guest_ram_mib, 110, A), S(guest_ram_share, 0.01, A), S(io_latency_ns, 70000, A),
	 S(start_s, 5, A)},
	{.name = "parallels", .summary = "Parallels Desktop with hardware assistance on macOS",
	 .type = HYPERVISOR_TYPE_2, .technique = TECHNIQUE_HARDWARE, .io = "paravirtual", NESTED(750, A),
	 T(walk_factor, 1.9, WALK), T(io_exits, 2, A), T(io_batch, 2, A), S(service_cores, 0.15, A),
	 S(noise_cores, 0.3, "assumed: a desktop in use"), S(guest_cores, 0.02, A),
	 S(service_io_ns, 12000, A), S(service_weight, 2048, A), S(service_ram_mib, 3072, A),
	 S(guest_ram_mib, 250, A), S(guest_ram_share, 0.01, A), S(io_latency_ns, 40000, A),
	 S(start_s, 3, A)},
	{.name = "lxc", .summary = "Linux containers: namespaces and control groups, a bridge and veth",
	 .type = HYPERVISOR_OS, .technique = TECHNIQUE_OS_LEVEL, .io = "native", .os = "linux",
	 CONTAINERS(5, 60, 500), S(service_cores, 0.02, A), S(service_ram_mib, 768, A),
	 S(guest_ram_mib, 4, A), S(guest_cores, 0.0002, A), S(io_latency_ns, 1500, A),
	 S(start_s, 0.3, A)},
	{.name = "openvz", .summary = "OpenVZ containers: one Linux kernel, venet", .type = HYPERVISOR_OS,
	 .technique = TECHNIQUE_OS_LEVEL, .io = "native", .os = "linux",
	 T(syscall_ns, 12, "assumed, within [OpenVZ]: 1 to 3 % in all"), T(switch_ns, 150, A),
	 T(io_ns, 350, A), S(service_cores, 0.03, A), S(service_ram_mib, 1024, A), S(guest_ram_mib, 6, A),
	 S(guest_cores, 0.0003, A), S(io_latency_ns, 1200, A), S(start_s, 0.6, A)},
	{.name = "zones", .summary = "Solaris Zones: one Solaris kernel, fair-share scheduler",
	 .type = HYPERVISOR_OS, .technique = TECHNIQUE_OS_LEVEL, .io = "native", .os = "solaris",
	 CONTAINERS(8, 100, 250), S(service_cores, 0.04, A), S(service_ram_mib, 1536, A),
	 S(guest_ram_mib, 40, A), S(guest_cores, 0.0005, A), S(io_latency_ns, 1000, A), S(start_s, 8, A)},
	{.name = "lpar", .summary = "Logical partitions of POWER or z: firmware, dedicated adapters",
	 .type = HYPERVISOR_TYPE_1, .technique = TECHNIQUE_HARDWARE, .io = "pass-through", .isa = "power",
	 .virtualizable = true, T(exit_ns, 250, A), T(emulate_ns, 150, A), T(privileged_share, 0.02, A),
	 T(violation_share, 0, "hashed page tables of the hypervisor: no second walk"),
	 T(interrupt_exits, 0.3, A), S(service_cores, 0.01, A), S(service_ram_mib, 2048, A),
	 S(guest_ram_mib, 64, A), S(guest_ram_share, 0.0156, "assumed: a hashed page table of 1/64"),
	 S(io_latency_ns, 500, A), S(start_s, 20, A)},
	{.name = "vm370",
	 .summary = "VM/370: trap and emulate with shadow page tables, speeds as of today",
	 .type = HYPERVISOR_TYPE_1, .technique = TECHNIQUE_TRAP_EMULATE, .io = "emulated", .isa = "s370",
	 .virtualizable = true, T(trap_ns, 150, A), T(emulate_ns, 500, A), T(io_exits, 3, A),
	 T(io_batch, 1, A), S(service_cores, 0.02, A), S(guest_cores, 0.004, A),
	 S(service_io_ns, 5000, A), S(service_ram_mib, 64, A), S(guest_ram_mib, 2, A),
	 S(guest_ram_share, 0.004, A), S(io_latency_ns, 10000, A), S(start_s, 1, A)},
	{.name = "qemu", .summary = "QEMU's translator: a guest of any ISA as a process of the host OS",
	 .type = HYPERVISOR_TYPE_2, .technique = TECHNIQUE_CROSS_ISA, .io = "emulated",
	 T(integer_factor, 4, A), T(float_factor, 20, "assumed: helpers instead of instructions"),
	 T(memory_factor, 6, "assumed: each access looks into a software TLB"), T(kernel_factor, 6, A),
	 T(emulate_ns, 2000, A), T(translate_ns, 8000, A), T(blocks, 400000, A), T(block_rate, 5e7, A),
	 T(warm_s, 3, A), T(io_exits, 4, A), T(io_batch, 2, A), S(service_cores, 0.03, A),
	 S(noise_cores, 0.02, A), S(guest_cores, 0.01, A), S(service_io_ns, 12000, A),
	 S(service_ram_mib, 1024, A), S(guest_ram_mib, 300, A), S(guest_ram_share, 0.02, A),
	 S(io_latency_ns, 60000, A), S(start_s, 2, A)},
	{.name = "bochs", .summary = "Bochs: an interpreter of x86 as a process of the host OS",
	 .type = HYPERVISOR_TYPE_2, .technique = TECHNIQUE_INTERPRETATION, .io = "emulated",
	 T(interpret_factor, 40, A), T(emulate_ns, 2000, A), T(io_exits, 4, A), T(io_batch, 1, A),
	 S(service_cores, 0.03, A), S(service_io_ns, 15000, A), S(service_ram_mib, 1024, A),
	 S(guest_ram_mib, 60, A), S(io_latency_ns, 200000, A), S(start_s, 2, A)},
	{.name = "jvm",
	 .summary = "A Java machine: bytecode interpreted, then compiled, garbage collected",
	 .type = HYPERVISOR_OS, .technique = TECHNIQUE_LANGUAGE, .io = "native", .os = "linux",
	 T(integer_factor, 1.3, A), T(float_factor, 1.2, A),
	 T(memory_factor, 1.5, "assumed: collector, headers"), T(interpret_factor, 25, A),
	 T(warm_s, 1.5, A), T(syscall_ns, 40, A), S(service_cores, 0.02, A), S(service_ram_mib, 768, A),
	 S(guest_ram_mib, 80, A), S(guest_ram_share, 0.3, "assumed: room for the collector"),
	 S(start_s, 0.2, A)},
	{.name = "wine",
	 .summary = "Wine: the Windows API made of Linux calls, a server for shared state",
	 .type = HYPERVISOR_OS, .technique = TECHNIQUE_APPLICATION, .io = "native", .os = "linux",
	 T(syscall_ns, 350, "assumed: some calls ask the wineserver"), T(switch_ns, 300, A),
	 T(io_ns, 600, A), S(service_cores, 0.03, A), S(guest_cores, 0.002, A),
	 S(service_ram_mib, 768, A), S(guest_ram_mib, 60, A), S(start_s, 1, A)},
	{.name = "m44", .summary = "Partial: address spaces alone are virtual, as on the IBM M44/44X",
	 .type = HYPERVISOR_OS, .technique = TECHNIQUE_PARTIAL, .io = "native", T(trap_ns, 150, A),
	 T(emulate_ns, 300, A), S(service_cores, 0.02, A), S(service_ram_mib, 64, A),
	 S(guest_ram_mib, 1, A), S(start_s, 0.1, A)},
};

const struct hypervisor *hypervisor_at(uint32_t i)
{
	return i < sizeof presets / sizeof *presets ? &presets[i] : NULL;
}

const struct hypervisor *hypervisor_find(const char *name)
{
	const struct hypervisor *h;
	for (uint32_t i = 0; (h = hypervisor_at(i)); i++)
		if (strcmp(h->name, name) == 0)
			return h;
	return NULL;
}

/* Orders of magnitude of busy servers; a second is one of native CPU work, not of the clock. In the order of
 * operation_names: system calls, page faults, page-table updates, context switches, privileged, sensitive,
 * I/O requests, interrupts; then integer, float, memory, kernel code; then page walks. */
static const struct mix mixes[] = {
	{"compute", "numbers, few system calls", "assumed; like SPEC CPU",
	 {300, 200, 400, 100, 2000, 1000, 5, 500}, {0.45, 0.35, 0.19, 0.01}, 0.05},
	{"memory", "pointers in a large heap", "assumed; like an in-memory store",
	 {3000, 1500, 3000, 300, 3000, 1500, 50, 600}, {0.35, 0.03, 0.58, 0.04}, 0.2},
	{"web", "many small requests over the network", "assumed; like a busy web server",
	 {60000, 1500, 4000, 15000, 60000, 40000, 8000, 8000}, {0.5, 0.02, 0.13, 0.35}, 0.08},
	{"database", "transactions with a log", "assumed; like an OLTP server",
	 {40000, 1000, 3000, 12000, 50000, 30000, 6000, 6000}, {0.47, 0.03, 0.3, 0.2}, 0.12},
	{"file_io", "reads and writes files through the page cache", "assumed; like a file server",
	 {80000, 500, 2000, 8000, 60000, 40000, 14000, 9000}, {0.2, 0, 0.3, 0.5}, 0.06},
	{"build", "short processes: fork, map, fault", "assumed; like compiling a kernel",
	 {30000, 60000, 150000, 2500, 80000, 50000, 500, 1500}, {0.68, 0.02, 0.2, 0.1}, 0.1},
	{"idle_desktop", "timers, windows, little work", "assumed; like a desktop that waits",
	 {25000, 4000, 8000, 9000, 70000, 40000, 600, 20000}, {0.5, 0.05, 0.2, 0.25}, 0.08},
};

const struct mix *mix_at(uint32_t i)
{
	return i < sizeof mixes / sizeof *mixes ? &mixes[i] : NULL;
}

const struct mix *mix_find(const char *name)
{
	const struct mix *m;
	for (uint32_t i = 0; (m = mix_at(i)); i++)
		if (strcmp(m->name, name) == 0)
			return m;
	return NULL;
}
